"""Somebody else at a candidate address: not one key reaches him, the run says why, and real services are proven."""

import socket

import pytest
from probe.web import reply, serving
from prove.test_examine import KEY, LOOPBACK, NOBODY, endpoint, no_proxies, openai  # noqa: F401 - a fixture

from netdiag import findings
from netdiag.findings.context import Context
from netdiag.findings.places import values
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Request
from netdiag.model.host import Attached, HostView, Published, Sibling
from netdiag.model.place import Candidate, Fact, Facts, Gateway, HostsLine, Interface
from netdiag.model.report import Examined
from netdiag.platform import name, names, siblings
from netdiag.probe import http
from netdiag.probe.environment import Environment
from netdiag.prove.caller import Caller, not_trusted
from netdiag.prove.examine import examine
from netdiag.prove.target import target
from netdiag.prove.ways import Ways
from netdiag.text import Secret

DOCKER = Facts(
    marks=(Fact("dockerenv", "present", "/.dockerenv"),),
    interfaces=(Interface("eth0", ("127.0.0.200/25",), "veth"),),
    gateways=(Gateway("127.0.0.129", "eth0"),),
    nameservers=("127.0.0.11",),
)
"""A container on a bridge whose gateway is 127.0.0.129 and whose other containers are 127.0.0.130 to 127.0.0.254."""

NEIGHBOUR = "127.0.0.140"
OUTSIDE = "127.0.0.66"


def candidate(kind: str, host: str, address: str = "") -> Candidate:
    """Return a candidate of a kind."""
    return Candidate(host, kind, "test", 5, (address or host,))


@pytest.fixture
def known(monkeypatch):
    """Let names stand for these addresses, one after another, the last for ever."""

    def told(**answers: list[str]) -> None:
        real = socket.getaddrinfo

        def lookup(host, *given, **more):
            name = host.decode() if isinstance(host, bytes) else host
            left = answers.get(str(name).replace(".", "_"))
            if left is None:
                return real(host, *given, **more)
            return real(left.pop(0) if len(left) > 1 else left[0], *given, **more)

        monkeypatch.setattr(socket, "getaddrinfo", lookup)

    return told


def run(item, *candidates, facts=DOCKER, variables=None, seconds=3.0):
    """Examine an endpoint as KAG 0.8 would call it, with the findings."""
    ways = Ways((LOOPBACK, *candidates), [item], facts=facts)
    (examined,) = examine([item], ways, Caller("0.8", seconds, lambda _: None, Environment(variables or {})))
    context = Context(ways.candidates, "0.8", seconds, place=values(facts, name(facts)))
    return examined, of_endpoint(examined, context)


DECOYS = {
    "a container with the alias host.docker.internal": (NEIGHBOUR, "name", "host.docker.internal", DOCKER, "ND280"),
    "a container with docker0's address": (NEIGHBOUR, "docker0", NEIGHBOUR, DOCKER, "ND280"),
    "a container that took .1 of an internal network": (
        "127.0.0.129",
        "first_address",
        "127.0.0.129",
        DOCKER._replace(gateways=()),
        "ND280",
    ),
    "the router of a macvlan": (
        "127.0.0.129",
        "gateway",
        "127.0.0.129",
        DOCKER._replace(interfaces=(Interface("eth0", ("127.0.0.200/25",), "macvlan"),)),
        "ND282",
    ),
    "a private address that a name server gives": (OUTSIDE, "name", "host.docker.internal", DOCKER, "ND282"),
    "a container that only has the port": (NEIGHBOUR, "alike", NEIGHBOUR, DOCKER, "ND283"),
}


@pytest.mark.parametrize("decoy", DECOYS.values(), ids=DECOYS)
def test_a_decoy_is_sent_nothing_and_the_run_says_why(decoy, known):
    """It answers as a model service does; keys at it: 0; the first finding says why and how to name it."""
    address, kind, host, facts, code = decoy
    with serving(openai, address) as site:
        known(host_docker_internal=[address])
        item, said = run(endpoint(f"http://{NOBODY}:{site.port}/v1"), candidate(kind, host, address), facts=facts)
    assert KEY not in repr(site.requests)
    assert [method for method, *_ in site.requests if method == "POST"] == []
    assert (item.verdict, said[0].code) == ("broken", code)
    for language in ("en", "zh"):
        commands = [remedy.command for remedy in findings.words(said[0], language).remedies]
        assert f"netdiag fix-base-url --host {address}" in commands


SECRETS = {
    "key": {},
    "user-info": {"api_key": None, "base_url": "http://user:canary-pw@{at}/v1"},
    "query": {"api_key": None, "base_url": "http://{at}/v1?code=canary"},
    "token in the path": {"api_key": None, "base_url": "http://{at}/t/canary/v1"},
    "extra_body": {"api_key": None, "settings": {"extra_body": {"token": "canary"}}},
    "a field of KAG's that extra_body replaces": {
        "api_key": None,
        "settings": {"extra_body": {"chat_template_kwargs": {"token": "canary"}}},
    },
}


@pytest.mark.parametrize("more", SECRETS.values(), ids=SECRETS)
def test_every_secret_is_kept_back(more):
    """Also without an api_key: a plain web page was sent a login."""
    more = dict(more)
    with serving(lambda m, p: reply(200, b"<html>", content_type="text/html"), NEIGHBOUR) as site:
        base_url = more.pop("base_url", "http://{at}/v1").format(at=f"{NOBODY}:{site.port}")
        item, _ = run(endpoint(base_url, **more), candidate("docker0", NEIGHBOUR))
    assert (item.verdict, site.requests) == ("broken", [])


def test_what_is_in_netrc_is_kept_back(tmp_path):
    """The default entry of KAG's .netrc would go to any address: type vllm of KAG 0.6 reads it."""
    (tmp_path / ".netrc").write_text("default login u password canary\n")
    with serving(openai, NEIGHBOUR) as site:
        item = endpoint(f"http://{NOBODY}:{site.port}/v1/chat/completions", type="vllm", api_key=None)
        ways = Ways((LOOPBACK, candidate("docker0", NEIGHBOUR)), [item], facts=DOCKER)
        (examined,) = examine([item], ways, Caller("0.6", 3.0, lambda _: None, Environment({"HOME": str(tmp_path)})))
    assert (examined.verdict, site.requests) == ("broken", [])


@pytest.mark.parametrize("address", [NEIGHBOUR, "203.0.113.10"], ids=["another container", "public"])
def test_a_strangers_name_is_not_written_without_a_secret_either(address, known):
    """A name of the host's that stands for another container, or for a public address, is no way to the host."""
    known(host_docker_internal=[address])
    way = candidate("name", "host.docker.internal", address)
    trust = Ways((way,), [], facts=DOCKER).trust(_target(), way)
    code = {"neighbour": "ND280", "public": "ND281"}[trust.distrust]
    proof = not_trusted(way.host, "http://host.docker.internal:1/v1", trust, trust.distrust)
    item = Examined(endpoint(proof.url), "broken", proofs=(proof,))
    assert of_endpoint(item, Context((way,), "0.8", 3.0))[0].code == code
    assert names.is_strange(DOCKER, address)


def _target():
    found = target(endpoint(f"http://{NOBODY}:1/v1"))
    assert found
    return found


def test_a_name_that_changes_after_it_was_judged(known):
    """Nothing is sent over a connection to another address than those that were judged, and this is said."""
    gateway = DOCKER.gateways[0].address
    with serving(openai, gateway) as good, serving(openai, NEIGHBOUR, good.port) as decoy:
        known(host_docker_internal=[gateway, NEIGHBOUR])
        way = candidate("name", "host.docker.internal", gateway)
        item, said = run(endpoint(f"http://{NOBODY}:{good.port}/v1"), way)
    assert (item.verdict, said[0].code, decoy.requests) == ("broken", "ND285", [])


def test_no_byte_goes_to_another_peer():
    """The connection is closed before its first byte, whoever made the name lead there."""
    with serving(openai) as site:
        request = Request("POST", f"{site.origin}/v1/chat/completions", bearer=Secret(KEY))
        answer = http.send(request, connect_s=1, read_s=1, direct=True, peers=frozenset({"127.0.0.5"}))
    assert (answer.failure, answer.detail, site.requests) == ("not_trusted", "127.0.0.1", [])


def test_the_hosts_own_redirect_takes_no_key_to_a_decoy():
    """The key stays at the origin that was judged."""
    gateway = DOCKER.gateways[0].address
    with serving(openai, NEIGHBOUR) as decoy:
        away = reply(307, b"", location=f"{decoy.origin}/v1/chat/completions")
        with serving(lambda m, p: away, gateway) as site:
            run(endpoint(f"http://{NOBODY}:{site.port}/v1"), candidate("gateway", gateway))
    assert len(site.requests) >= 1
    assert KEY not in repr(decoy.requests)


def test_no_key_goes_through_a_proxy_by_evidence_of_this_container():
    """A proxy is another machine, to which the gateway's address may be another's."""
    gateway = DOCKER.gateways[0].address
    variables = {"HTTP_PROXY": "", "NO_PROXY": NOBODY}
    with serving(openai, gateway) as site, serving(lambda m, p: reply(503)) as proxy:
        variables["HTTP_PROXY"] = proxy.origin
        _, said = run(endpoint(f"http://{NOBODY}:{site.port}/v1"), candidate("gateway", gateway), variables=variables)
    assert (KEY in repr(proxy.requests), said[0].code) == (False, "ND284")


def test_two_containers_that_publish_the_port():
    """Nobody knows which one is meant, so neither is sent the key; one alone is."""

    def view(*addresses):
        each = [
            Sibling(
                f"c{at}",
                "running",
                networks=(Attached("n", where, (f"c{at}",)),),
                published=(Published(8000, f"10.0.0.{at}", 8000),),
            )
            for at, where in enumerate(addresses, 1)
        ]
        return HostView(0, "29", "openspg", ("n",), siblings=tuple(each))

    alone, both = (siblings(view(*at), [8000]).meant for at in ([NEIGHBOUR], [NEIGHBOUR, "127.0.0.141"]))
    trusts = [Ways((each,), [], facts=DOCKER).trust(_target(), each).distrust for each in both]
    assert trusts == ["container", "container"]
    assert ([each.contested for each in alone], [each.contested for each in both]) == ([False], [True, True])


def test_a_containers_name_must_stand_for_its_address(known):
    """An alias that another container has too is not the address that the host's view proves."""
    known(ollama=["127.0.0.150"])
    way = Candidate("ollama", "sibling", "c1 (n)", 1, (NEIGHBOUR,), 8000, (8000,))
    assert Ways((way,), [], facts=DOCKER).trust(_target(), way).distrust == "container"


def test_what_its_owner_pinned_counts(known):
    """/etc/hosts is the container's owner's: an address of another container is meant there."""
    facts = DOCKER._replace(hosts=(HostsLine(NEIGHBOUR, ("host.docker.internal",), 7),))
    known(host_docker_internal=[NEIGHBOUR])
    with serving(openai, NEIGHBOUR) as site:
        way = candidate("name", "host.docker.internal", NEIGHBOUR)
        item, _ = run(endpoint(f"http://{NOBODY}:{site.port}/v1"), way, facts=facts)
    assert item.verdict == "repairable"


REAL = {
    "lists nothing without a key": (openai, "/v1"),
    "knows the chat only": (lambda m, p: openai(m, p) if "completions" in p else reply(404), "/v1"),
    "below a path": (lambda m, p: openai(m, "/v1" + p[3:]) if p.startswith("/v3/chat") else reply(404), "/v3"),
    "behind a gateway's prefix": (
        lambda m, p: openai(m, p[4:]) if p.startswith("/llm/v1/chat") else reply(404, b"<html>"),
        "/llm/v1",
    ),
}


@pytest.mark.parametrize(("service", "path"), REAL.values(), ids=REAL)
def test_a_real_service_at_the_gateway_is_proven_with_a_key(service, path):
    """Without --host, by KAG's own call alone: nobody is asked who he is before."""
    gateway = DOCKER.gateways[0].address
    with serving(service, gateway) as site:
        item, _ = run(endpoint(f"http://{NOBODY}:{site.port}{path}"), candidate("gateway", gateway))
    assert (item.verdict, [method for method, *_ in site.requests]) == ("repairable", ["POST"])
