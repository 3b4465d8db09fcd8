"""A configured address that is none of the host's and leads nowhere: who is called in its place, and with what."""

import pytest
from probe.web import serving
from prove.test_decoys import DOCKER, candidate, known  # noqa: F401 - a fixture
from prove.test_examine import KEY, LOOPBACK, endpoint, no_proxies, openai  # noqa: F401 - a fixture

from netdiag.findings.context import Context
from netdiag.findings.places import values
from netdiag.findings.rules import of_endpoint
from netdiag.model.place import NameAnswer
from netdiag.platform import name, names
from netdiag.probe.environment import Environment
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.unreached import Unreached
from netdiag.prove.ways import Ways
from netdiag.text import Secret

GATEWAY, BESIDE = "127.0.0.129", "127.0.0.140"
DNS = "127.0.0.11"


def run(item, *candidates, answers=()):
    """Examine an endpoint, look further where nobody was reached, and say what it means."""
    ways = Ways((LOOPBACK, *candidates), [item], facts=DOCKER)
    caller = Caller("0.8", 3.0, lambda _: None, Environment({}))
    unreached = Unreached(ways, caller)
    (examined,) = unreached.look(examine([item], ways, caller), answers)
    context = Context(
        ways.candidates, "0.8", 3.0, place=values(DOCKER, name(DOCKER)), facts=DOCKER, names=tuple(answers)
    )
    return examined, of_endpoint(examined, context)


def foreign(port: int, scheme: str = "http", host: str = "llm.example.lan", **more):
    """An endpoint at a name that is none of the host's."""
    return endpoint(f"{scheme}://{host}:{port}/v1", **more)


WAYS = {
    # kind of way, key of the endpoint → was it called with POST, verdict, code
    "the gateway, no key": ("gateway", None, True, "broken", "ND224"),
    "the gateway, a key": ("gateway", Secret(KEY), False, "broken", "ND290"),
    "what the user named, a key": ("user", Secret(KEY), True, "repairable", "ND603"),  # an endpoint of no file
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_answers_at_the_host_is_told_and_sent_no_key_unasked(way, known):  # noqa: F811
    """The key belongs to the configured address; only the user says that it is meant for another one."""
    kind, key, called, verdict, code = way
    with serving(openai, GATEWAY) as site:
        known(llm_example_lan=["127.0.0.1"])
        item, said = run(foreign(site.port, api_key=key), candidate(kind, GATEWAY))
    assert (KEY in repr(site.requests)) == (kind == "user")
    assert any(method == "POST" for method, *_ in site.requests) == called
    assert (item.verdict, said[0].code) == (verdict, code)


@pytest.mark.parametrize(("scheme", "host"), [("https", "api.example.com"), ("https", "llm.example.com.")])
def test_a_service_on_the_internet_is_not_looked_for_on_the_host(scheme, host, known):  # noqa: F811
    """Nobody connects to the host's port 443, whoever listens there, not even by `--host`."""
    with serving(openai, GATEWAY) as site:
        known(api_example_com=["127.0.0.1"], llm_example_com_=["127.0.0.1"])
        item, _ = run(foreign(site.port, scheme, host, api_key=None), candidate("user", GATEWAY))
    assert (item.verdict, site.requests) == ("broken", [])
    assert not any(attempt.address == GATEWAY for attempt in item.attempts)


CONTAINERS = {
    "as Docker's name server says": ((NameAnswer("ollama", DNS, (BESIDE,)),), ["ND227"]),
    "another name server": ((NameAnswer("ollama", "127.0.0.53", (BESIDE,)),), []),
    "outside this container's networks": ((NameAnswer("ollama", DNS, ("127.0.0.66",)),), []),
    "not a usual name": ((NameAnswer("somebody", DNS, (BESIDE,)),), []),
    "one that answers everything": (
        (NameAnswer("ollama", DNS, (BESIDE,)), NameAnswer(names.CONTROL, DNS, (BESIDE,))),
        [],
    ),
}


@pytest.mark.parametrize("case", CONTAINERS.values(), ids=CONTAINERS)
@pytest.mark.parametrize("key", [None, Secret(KEY)], ids=["no key", "a key"])
def test_a_container_is_known_by_a_usual_name_alone(case, key, known):  # noqa: F811
    """Only Docker's own name server, only names of model servers, only this network; and never with a key."""
    answers, codes = case
    known(ollama=[BESIDE], somebody=[BESIDE])
    with serving(openai, BESIDE) as site:
        item, said = run(endpoint(f"http://localhost:{site.port}/v1", api_key=key), answers=answers)
    assert KEY not in repr(site.requests)
    assert item.verdict == "broken"
    assert [finding.code for finding in said if finding.code == "ND227"] == codes
    assert ("POST" in {method for method, *_ in site.requests}) == (bool(codes) and key is None)
