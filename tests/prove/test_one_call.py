"""The configured URL first, one service one verdict, and one request where all is well: counted at real servers."""

import socket
import time

import pytest
from probe.sockets import dropping, listening
from probe.web import reply, serving
from prove.test_examine import GATEWAY, KEY, LOOPBACK, NOBODY, USER, endpoint, keys, no_proxies, ollama, openai

from netdiag.model.event import nobody
from netdiag.model.place import Candidate, Fact, Facts, Gateway, Interface
from netdiag.probe.environment import Environment
from netdiag.probe.race import race
from netdiag.prove import caller
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

assert no_proxies  # a fixture for every test of this file too

CONTAINER = Facts(
    marks=(Fact("dockerenv", "present", "/.dockerenv"),),
    interfaces=(Interface("eth0", ("172.18.0.2/16",), "veth"),),
    gateways=(Gateway("127.0.0.1", "eth0"),),
)
"""A container on a Docker Engine, whose gateway is GATEWAY."""

HOST = Facts()
"""No container at all: localhost is the host."""

OTHER = Candidate("127.0.0.2", "docker0", "test", 6, ("127.0.0.2",))
HERE = Candidate("localhost", "loopback", "test", 0, ("127.0.0.1",))
NAME = Candidate("host.docker.internal", "name", "test", 3)


@pytest.fixture(autouse=True)
def names(monkeypatch) -> None:
    """The name that Docker Desktop has for its host stands for 127.0.0.2, and takes longer than any grace."""
    real = socket.getaddrinfo

    def known(host, *arguments, **more):
        if host == NAME.host:
            time.sleep(0.1)
            return real("127.0.0.2", *arguments, **more)
        return real(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", known)


def examined(*endpoints, candidates=(LOOPBACK, GATEWAY), facts=CONTAINER, read_s=5.0, variables=None, **more):
    """Examine the endpoints as KAG 0.8 would call them, in a container."""
    ways = Ways(candidates, endpoints, facts=facts)
    return examine(endpoints, ways, Caller("0.8", read_s, nobody, variables and Environment(variables), **more))


def paths(site) -> list[str]:
    """What the site was asked, in order."""
    return [path for _, path, _, _ in site.requests]


def slow(method: str, path: str):
    """Answer as an Ollama whose model takes too long to load."""
    return (lambda handler: time.sleep(1.5)) if path == "/api/chat" else ollama(method, path)


def local(port: int, **more):
    """An endpoint of type ollama without a key on this container's own localhost."""
    return endpoint(f"http://{NOBODY}:{port}", type="ollama", api_key=None, **more)


def named(port: int, **more):
    """The same on the host, by its name."""
    return endpoint(f"http://{NAME.host}:{port}", type="ollama", api_key=None, **more)


@pytest.mark.parametrize("candidates", [(LOOPBACK, NAME, GATEWAY), (LOOPBACK, GATEWAY), (LOOPBACK,)])
def test_a_configured_name_that_works_is_not_replaced(candidates):
    """It is waited for though the gateway answers at once, whether or not this platform has that name."""
    with serving(ollama) as gateway, serving(ollama, "127.0.0.2", gateway.port) as site:
        (item,) = examined(named(site.port), candidates=candidates)
    assert (item.verdict, item.proven_url) == ("works", f"http://{NAME.host}:{site.port}")
    assert item.chosen == (NAME if NAME in candidates else None)
    assert (paths(site), gateway.requests) == (["/api/chat"], [])


def test_a_configured_name_that_takes_longer_than_the_race_is_waited_for(monkeypatch):
    """The race for all ends without it, and nothing else is called before it is resolved."""
    monkeypatch.setattr(race, "__kwdefaults__", {**race.__kwdefaults__, "limit_s": 0.05})
    with serving(ollama) as gateway, serving(ollama, "127.0.0.2", gateway.port) as site:
        (item,) = examined(named(site.port))
    assert (item.verdict, gateway.requests) == ("works", [])
    assert [attempt.failure for attempt in item.attempts if attempt.host == NAME.host] == [None, None, None]


def test_a_configured_name_that_leads_nowhere_is_replaced():
    """Nobody accepts at what it stands for: it is not called, and the gateway is."""
    with serving(ollama) as site:
        (item,) = examined(named(site.port))
    assert (item.verdict, item.chosen, len(item.proofs)) == ("repairable", GATEWAY, 1)
    assert "connection_refused" in [a.failure for a in item.attempts if a.host == NAME.host]


@pytest.mark.parametrize("key", [KEY, None])
def test_a_repair_sends_one_request(key):
    """The host by evidence is sent KAG's own call, key and all, and nothing before or after it."""
    with serving(openai) as site:
        more = {} if key else {"api_key": None}
        (item,) = examined(endpoint(f"http://{NOBODY}:{site.port}/v1", **more))
    assert (item.verdict, item.chosen) == ("repairable", GATEWAY)
    assert paths(site) == ["/v1/chat/completions"]


def test_each_model_of_a_service_is_one_request():
    """Endpoints that make the same call share it."""
    with serving(openai) as site:
        url = f"{site.origin}/v1"
        items = examined(endpoint(url), endpoint(url), endpoint(url, model="other"), candidates=(HERE,))
    assert [item.verdict for item in items] == ["works"] * 3
    assert paths(site) == ["/v1/chat/completions"] * 2


def test_who_answers_is_asked_after_the_call_where_that_is_wanted():
    """The report names the service then, and its models."""
    with serving(openai) as site:
        (item,) = examined(endpoint(f"{site.origin}/v1"), candidates=(HERE,), asks_who=True)
    assert paths(site)[0] == "/v1/chat/completions"
    assert item.proofs[0].service.models == ("m",)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"api_key": None, "base_url": f"http://u:secret@{NOBODY}:%d/v1"},
        {"api_key": None, "base_url": f"http://{NOBODY}:%d/v1?code=secret"},
        {"api_key": None, "settings": {"extra_body": {"token": "secret"}}},
    ],
    ids=["key", "user-info", "query", "extra_body"],
)
def test_nothing_secret_goes_where_anybody_may_listen(more):
    """An address that may be another container's is sent nothing at all, whoever answers there."""
    with serving(lambda method, path: reply(200, b"<html>", content_type="text/html"), "127.0.0.2") as site:
        base_url = more.pop("base_url", f"http://{NOBODY}:%d/v1") % site.port
        (item,) = examined(endpoint(base_url, **more), candidates=(LOOPBACK, OTHER))
    assert item.verdict == "broken"
    assert site.requests == []
    assert [proof.failure for proof in item.proofs] == ["not_trusted"]


def test_what_carries_no_secret_is_called_at_once():
    """There is nothing to be kept from anybody, so nobody is asked first."""
    with serving(ollama, "127.0.0.2") as site:
        (item,) = examined(local(site.port), candidates=(LOOPBACK, OTHER))
    assert (item.verdict, paths(site)) == ("repairable", ["/api/chat"])


def test_a_slow_service_is_called_once_whatever_addresses_it_has():
    """The second address of the host is the same service: it would be as slow, and nothing is written."""
    with serving(slow) as site, serving(slow, "127.0.0.2", site.port) as again:
        (item,) = examined(local(site.port), candidates=(LOOPBACK, GATEWAY, OTHER), read_s=0.5)
    assert [(proof.host, proof.failure) for proof in item.proofs] == [(GATEWAY.host, "read_timed_out")]
    assert (item.verdict, item.proven_url) == ("broken", "")
    assert paths(site).count("/api/chat") == 1
    assert again.requests == []


def test_a_slow_service_at_the_configured_address_is_the_hosts_too():
    """Who configured one address of the host and waited in vain is not moved to another."""
    with serving(ollama) as again, serving(slow, "127.0.0.2", again.port) as site:
        (item,) = examined(named(site.port), candidates=(LOOPBACK, NAME, GATEWAY), read_s=0.5)
    assert (item.verdict, len(item.proofs)) == ("broken", 1)
    assert again.requests == []


@pytest.mark.parametrize(("facts", "verdict"), [(CONTAINER, "repairable"), (HOST, "broken")])
def test_whether_localhost_is_the_host_decides_whether_it_is_the_same_service(facts, verdict):
    """What is slow in this container itself is no service of the host's; in the host's own network it is."""
    with serving(ollama) as host, serving(slow, NOBODY, host.port):
        (item,) = examined(local(host.port), read_s=0.5, facts=facts)
    assert item.verdict == verdict


def test_a_slow_container_says_nothing_of_the_host():
    """Another container that takes too long is another machine."""
    with serving(slow, "127.0.0.2") as near, serving(ollama) as host:
        sibling = Candidate("127.0.0.2", "sibling", "ollama (net)", 3, ("127.0.0.2",), near.port, (host.port,))
        (item,) = examined(local(host.port), candidates=(LOOPBACK, sibling, GATEWAY), read_s=0.5)
    assert (item.verdict, item.chosen) == ("repairable", GATEWAY)


def test_a_proxys_silence_is_not_the_services():
    """It may be the proxy that never answers; the next address may be exempt from it."""
    with listening() as proxy, serving(ollama, "127.0.0.2") as site:
        variables = {"HTTP_PROXY": f"http://127.0.0.1:{proxy}", "NO_PROXY": "127.0.0.2"}
        gateway = GATEWAY._replace(host="127.0.0.3", addresses=("127.0.0.3",))
        with serving(ollama, "127.0.0.3", site.port):
            (item,) = examined(local(site.port), candidates=(LOOPBACK, gateway, OTHER), read_s=0.5, variables=variables)
    assert (item.verdict, item.chosen) == ("repairable", OTHER)


@pytest.mark.parametrize("spelt", ["127.0.0.2", "127.2", "0x7f000002"])
def test_a_spelling_of_loopback_is_called_as_the_c_library_reads_it(spelt):
    """It need not be 127.0.0.1 on which something listens; what is called, and stays, is what is configured."""
    with serving(ollama, "127.0.0.2") as site:
        wanted = local(0)._replace(base_url=f"http://{spelt}:{site.port}")
        (item,) = examined(wanted, candidates=(HERE,), facts=HOST)
    assert (item.verdict, item.proven_url, paths(site)) == ("works", wanted.base_url, ["/api/chat"])


def test_another_address_of_loopback_is_no_more_than_a_candidate():
    """Nothing listens on the configured one: what works is written, and the configured one is not called."""
    with serving(ollama) as site:
        (item,) = examined(local(site.port), candidates=(HERE,), facts=HOST)
    assert (item.verdict, item.proven_url) == ("repairable", f"http://localhost:{site.port}")
    assert [proof.host for proof in item.proofs] == ["localhost"]


def test_what_the_user_names_comes_after_what_is_configured():
    """--host adds an address: a base_url that works is not replaced by it."""
    with serving(ollama) as other, serving(ollama, "127.0.0.2", other.port) as site:
        (item,) = examined(named(site.port), candidates=(USER._replace(rank=0), LOOPBACK, NAME))
    assert (item.verdict, item.chosen) == ("works", NAME)
    assert other.requests == []


def test_a_service_that_is_slow_to_say_who_it_is_is_no_stranger(monkeypatch):
    """It refused the call in its own time, and that nobody knows its name yet is no proof that it serves no models."""

    def late(method: str, path: str):
        return (lambda handler: time.sleep(1)) if method == "GET" else reply(404, b"404 page not found")

    monkeypatch.setattr(caller, "IDENTITY_LIMIT_S", 0.2)
    with serving(late) as site:
        (item,) = examined(endpoint(f"http://{NOBODY}:{site.port}/v1"), read_s=0.5)
    assert {proof.failure for proof in item.proofs} == {"path_not_found"}
    assert keys(site)


def test_a_candidate_with_a_silent_second_address_is_called_once():
    """It has accepted already, so what was called off of it is not tried again."""
    with dropping("127.0.0.2") as port, serving(lambda method, path: reply(500, b"{}"), "127.0.0.1", port):
        both = GATEWAY._replace(addresses=("127.0.0.1", "127.0.0.2"))
        (item,) = examined(local(port), candidates=(LOOPBACK, both))
    assert [proof.host for proof in item.proofs] == [GATEWAY.host]
