"""Which base_url is proven, and where a key goes: real servers and real calls, on loopback addresses only."""

import time

import pytest
from probe.sockets import closed
from probe.web import reply, serving

from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate, Fact, Facts, Gateway, Interface
from netdiag.probe.environment import Environment
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways
from netdiag.text import Secret

KEY = "sk-canary-4f1d"
CHAT = b'{"choices":[{"message":{"content":"hi"}}]}'
OLLAMA_CHAT = b'{"message":{"role":"assistant","content":"hi"},"eval_count":1,"prompt_eval_count":1}'
MODELS = b'{"object":"list","data":[{"id":"m"}]}'

NOBODY = "127.0.0.9"
"""A loopback address on which nothing listens: it stands for a container's own localhost."""

LOOPBACK = Candidate("localhost", "loopback", "test", 0, (NOBODY,))
GATEWAY = Candidate("127.0.0.1", "gateway", "test", 5, ("127.0.0.1",))
FACTS = Facts(
    marks=(Fact("dockerenv", "present", "/.dockerenv"),),
    interfaces=(Interface("eth0", ("172.18.0.2/16",), "veth"),),
    gateways=(Gateway("127.0.0.1", "eth0"),),
)
"""What a container of Docker knows whose bridge is 127.0.0.1."""

USER = Candidate("127.0.0.1", "user", "test", 5, ("127.0.0.1",))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """The machine's own proxy settings must not decide what a test sees."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def openai(method: str, path: str):
    """Answer as an OpenAI-compatible server does."""
    if path == "/v1/models":
        return reply(200, MODELS)
    return reply(200, CHAT) if path == "/v1/chat/completions" else reply(404, b'{"detail":"Not Found"}')


def ollama(method: str, path: str):
    """Answer as Ollama does."""
    if path == "/api/version":
        return reply(200, b'{"version":"0.17.4"}')
    return reply(200, OLLAMA_CHAT) if path == "/api/chat" else reply(404, b"404 page not found")


def web_page(method: str, path: str):
    """Answer as a web site does."""
    return reply(200, b"<html>hello</html>", content_type="text/html")


def endpoint(base_url: str, **more) -> Endpoint:
    """A chat endpoint."""
    fields = {"type": "maas", "model": "m", "api_key": Secret(KEY), **more}
    return Endpoint("f.yaml", 1, "chat_llm", "chat", base_url=base_url, **fields)


def examined(*endpoints: Endpoint, candidates=(LOOPBACK, GATEWAY), facts=FACTS):
    """Examine the endpoints as KAG 0.8 would call them."""
    ways = Ways(candidates, endpoints, facts=facts)
    return examine(endpoints, ways, Caller("0.8", 2.0, lambda event: None))


def keys(site) -> list[str]:
    """Every key the site was sent."""
    return [headers["authorization"] for _, _, headers, _ in site.requests if "authorization" in headers]


def test_what_works_is_not_touched():
    """The configured URL is called first; when it works nothing else is called."""
    with serving(openai) as site:
        url = f"{site.origin}/v1"
        (item,) = examined(
            endpoint(url), candidates=(Candidate("localhost", "loopback", "t", 9, ("127.0.0.1",)), GATEWAY)
        )
    assert (item.verdict, item.proven_url) == ("works", url)
    assert len(keys(site)) == 1


def test_the_host_is_replaced_by_one_that_is_proven():
    """localhost refuses, the gateway answers KAG's call: the URL with the gateway's address is proven."""
    with serving(openai) as site:
        (item,) = examined(endpoint(f"http://{NOBODY}:{site.port}/v1"))
    assert (item.verdict, item.proven_url, item.chosen) == ("repairable", f"{site.origin}/v1", GATEWAY)


def test_the_better_rank_is_chosen_among_those_that_work():
    """An address and a name lead to the same service; the smaller rank is chosen, whoever answered first."""
    alias = Candidate("127.0.0.2", "name", "test", 2, ("127.0.0.2",))
    with serving(ollama) as site, serving(ollama, "127.0.0.2", site.port):
        (item,) = examined(
            endpoint(f"http://{NOBODY}:{site.port}", type="ollama", api_key=None), candidates=(GATEWAY, alias)
        )
    assert item.chosen == alias


def test_an_address_that_connects_but_fails_the_call_is_passed_over():
    """A candidate whose name KAG's own client cannot use connects in the race and is still not chosen."""
    unusable = Candidate("a" * 70 + ".internal", "name", "pinned", 2, ("127.0.0.1",))
    with serving(ollama) as site:
        (item,) = examined(
            endpoint(f"http://{NOBODY}:{site.port}", type="ollama", api_key=None), candidates=(unusable, GATEWAY)
        )
    assert (item.proofs[0].host, item.chosen) == (unusable.host, GATEWAY)


NO_EVIDENCE = FACTS._replace(gateways=())


@pytest.mark.parametrize("site", [openai, ollama, web_page], ids=["model service", "Ollama", "page"])
@pytest.mark.parametrize(
    ("candidate", "facts", "sent"),
    [(GATEWAY, FACTS, True), (GATEWAY, NO_EVIDENCE, False), (USER, NO_EVIDENCE, True)],
    ids=["surely the host", "anybody", "named by the user"],
)
def test_a_key_follows_addresses_and_not_manners(site, candidate, facts, sent):
    """Who answers, and how, decides nothing: whose address it is does."""
    with serving(site) as here:
        (item,) = examined(endpoint(f"http://{NOBODY}:{here.port}/v1"), candidates=(LOOPBACK, candidate), facts=facts)
    assert bool(keys(here)) == sent
    assert any(proof.failure == "not_trusted" for proof in item.proofs) != sent


def test_an_address_of_the_host_that_fails_is_replaced():
    """172.17.0.1, as guides say, or the gateway of yesterday: who wrote a candidate's address meant the host."""
    stale = Candidate("127.0.0.8", "docker0", "test", 7, ("127.0.0.8",))
    with serving(openai) as site:
        (item,) = examined(endpoint(f"http://127.0.0.8:{site.port}/v1"), candidates=(LOOPBACK, GATEWAY, stale))
    assert (item.verdict, item.chosen) == ("repairable", GATEWAY)


def test_a_path_is_corrected_only_by_proof():
    """Ollama below /v1 is a 404; at the root it answers, so host and path are proven together."""
    with serving(ollama) as site:
        (item,) = examined(endpoint(f"http://{NOBODY}:{site.port}/v1", type="ollama", api_key=None))
    assert [proof.failure for proof in item.proofs] == ["path_not_found", None]
    assert item.proven_url == site.origin


def test_a_wrong_path_that_cannot_be_proven_is_told():
    """When no other path and no other type works either, nothing is offered, and what was tried is kept."""
    with serving(
        lambda m, path: ollama(m, path) if path == "/api/version" else reply(404, b"404 page not found")
    ) as site:
        (item,) = examined(endpoint(f"http://{NOBODY}:{site.port}/v1", type="ollama", api_key=None))
    assert item.verdict == "broken"
    assert {proof.failure for proof in item.proofs} == {"path_not_found"}
    assert [proof.seen.get("alternative", "") for proof in item.proofs] == ["", "path", "type", "type", "type"]
    assert [proof.wanted_url for proof in item.proofs if proof.wanted_url] == []


def test_one_call_for_many_uses():
    """Endpoints that make the same call share one; another model is a call of its own."""
    with serving(openai) as site:
        url = f"http://{NOBODY}:{site.port}/v1"
        items = examined(endpoint(url), endpoint(url), endpoint(url, model="m2"))
    assert [item.verdict for item in items] == ["repairable"] * 3
    assert len(keys(site)) == 2


def test_an_address_that_is_not_the_hosts_is_not_replaced():
    """A provider that does not answer is reported as it is; no candidate is tried in its place."""
    with serving(openai) as site:
        # the kernel refuses a broadcast address for TCP by itself: nothing is sent
        (item,) = examined(endpoint(f"http://255.255.255.255:{site.port}/v1"))
    assert (item.verdict, [proof.failure for proof in item.proofs]) == ("broken", ["network_unreachable"])
    assert site.requests == []


@pytest.mark.parametrize(
    ("more", "verdict", "failure"),
    [
        ({"left_alone": "template", "base_url": "{{ X }}"}, "left_alone", None),
        ({"base_url": "http:/localhost:1"}, "broken", "bad_url"),
        ({"base_url": "localhost:1/v1"}, "broken", "bad_url"),
        ({"type": "mock", "base_url": "http://localhost:1"}, "works", None),
        ({"type": "nonsense", "base_url": "http://255.255.255.255"}, "broken", "unsupported_type"),
    ],
)
def test_what_is_not_called(more, verdict, failure):
    """Templates, URLs that cannot be used and types that call nobody are judged without a packet."""
    (item,) = examined(endpoint(**{"base_url": "", **more}))
    assert item.verdict == verdict
    assert (item.proofs[0].failure if item.proofs else None) == failure


def sleepy(method: str, path: str):
    """Answer as an Ollama whose model never loads."""
    return (lambda handler: time.sleep(1)) if path == "/api/chat" else ollama(method, path)


def test_a_silent_model_is_not_called_unreachable():
    """A service that accepts and says nothing in time has its own word."""
    with serving(sleepy) as site:
        url = endpoint(f"http://{NOBODY}:{site.port}", type="ollama", api_key=None)
        ways = Ways((LOOPBACK, GATEWAY), [url], facts=FACTS)
        (item,) = examine([url], ways, Caller("0.8", 0.2, lambda event: None))
    assert [proof.failure for proof in item.proofs] == ["read_timed_out"]


def test_a_base_url_that_works_through_the_proxy_is_not_touched():
    """To a proxy on the host localhost is the host: what KAG reaches through it works, though nothing listens here."""

    def forwarded(method: str, path: str):
        return openai(method, path.removeprefix(f"http://{NOBODY}:9"))

    with serving(forwarded) as proxy:
        url = endpoint(f"http://{NOBODY}:9/v1")
        caller = Caller("0.8", 2.0, lambda event: None, Environment({"HTTP_PROXY": proxy.origin}))
        (item,) = examine([url], Ways((LOOPBACK, GATEWAY), [url], facts=FACTS), caller)
    assert (item.verdict, item.proven_url) == ("works", url.base_url)


def container(site, configured: int, kind: str = "sibling") -> Candidate:
    """The site as another container, in place of a configured port."""
    return Candidate("127.0.0.2", kind, "ollama (net)", 3, ("127.0.0.2",), site.port, (configured,))


def test_another_container_is_proven_on_its_own_port():
    """Published on one port, it listens on another: its name and its own port are what is proven."""
    with serving(ollama, "127.0.0.2") as site, closed() as configured:
        near = container(site, configured)
        url = f"http://localhost:{configured}/"
        (item,) = examined(endpoint(url, type="ollama", api_key=None), candidates=(LOOPBACK, near, GATEWAY))
    assert (item.verdict, item.chosen, item.proven_url) == ("repairable", near, f"http://127.0.0.2:{site.port}/")
    assert {attempt.port for attempt in item.attempts if attempt.host == "127.0.0.2" and attempt.step == "tcp"} == {
        site.port
    }


@pytest.mark.parametrize(("kind", "is_told"), [("sibling", True), ("alike", False)])
def test_a_container_that_only_has_the_port_is_none_of_our_business(kind, is_told):
    """What publishes the port is what is configured, and in the way; what merely has the same port is left out."""
    with serving(web_page, "127.0.0.2") as site, closed() as configured:
        url = f"http://localhost:{configured}/v1"
        (item,) = examined(endpoint(url), candidates=(LOOPBACK, container(site, configured, kind)))
    assert bool(item.proofs) == is_told
    assert ("127.0.0.2" in {attempt.host for attempt in item.attempts}) == is_told
    assert bool(keys(site)) == is_told


def test_who_names_another_container_means_that_one():
    """A configured name of a container is called as it stands, and no address of the host is put in its place."""
    with serving(openai) as site:
        near = Candidate("ollama.invalid", "sibling", "ollama (net)", 3, ("127.0.0.2",), site.port, (site.port,))
        (item,) = examined(endpoint(f"http://ollama.invalid:{site.port}/v1"), candidates=(LOOPBACK, near, GATEWAY))
    assert item.verdict == "broken"
    assert site.requests == []
