"""From how each connect ended, and what it is compared with, to the cause: the table of causes."""

import pytest

from netdiag import findings
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.model.report import Examined

LOCAL = Candidate("localhost", "loopback", "itself", 0, ("127.0.0.1",))
NAME = Candidate("host.docker.internal", "name", "/etc/hosts:3", 1, ("192.168.65.254",))
GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 2, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "bridge", 3, ("172.17.0.1",))
GATEWAY6 = Candidate("fd00::1", "gateway", "eth0", 4, ("fd00::1",))
CONTEXT = Context((LOCAL, NAME, GATEWAY, DOCKER0, GATEWAY6), "0.8", 120)

REFUSED, SILENT, UNREACHABLE = "connection_refused", "timed_out", "host_unreachable"
NO_NETWORK, DENIED, UNUSABLE = "network_unreachable", "not_permitted", "address_unusable"
KNOWN, NOBODY = "complete", "incomplete"
NOT_PROBED = "not probed"


def tried(
    candidate: Candidate, failure: str | None, control: str | None = NOT_PROBED, neighbour="", unsent=""
) -> list[Attempt]:
    """A connect that ended like this, and the control of the same address after it."""
    (address,) = candidate.addresses
    tcp = Attempt("tcp", candidate.host, address, 11434, 0, 1, failure, neighbour=neighbour, unsent=unsent)
    if control == NOT_PROBED:
        return [tcp]
    return [tcp, Attempt("control", address, address, 1, 0, 1, control)]


def examined(*ways: list[Attempt], proofs: tuple[Proof, ...] = (), base_url="http://localhost:11434/") -> Examined:
    """An endpoint that does not work, with what was tried for it; localhost refused."""
    endpoint = Endpoint("llm.json", 1, "", "chat", "ollama", "qwen2.5:3b", base_url)
    attempts = tuple(attempt for way in (tried(LOCAL, REFUSED), *ways) for attempt in way)
    return Examined(endpoint, "broken", attempts, proofs)


def codes(item: Examined, context: Context = CONTEXT) -> list[str]:
    """The codes of what is told."""
    return [finding.code for finding in of_endpoint(item, context)]


ONE_ADDRESS = [
    # failure, control, neighbour, unsent → code
    (REFUSED, REFUSED, KNOWN, "", "ND201"),
    (REFUSED, SILENT, KNOWN, "", "ND201"),
    (REFUSED, UNREACHABLE, KNOWN, "", "ND201"),
    (REFUSED, NOT_PROBED, "", "", "ND201"),
    (SILENT, REFUSED, KNOWN, "", "ND209"),
    (SILENT, REFUSED, "", "", "ND209"),
    (SILENT, None, KNOWN, "", "ND209"),
    (SILENT, SILENT, KNOWN, "", "ND210"),
    (SILENT, SILENT, "", "", "ND202"),
    (SILENT, NOT_PROBED, KNOWN, "", "ND202"),
    (SILENT, SILENT, NOBODY, "", "ND211"),
    (SILENT, UNREACHABLE, NOBODY, "", "ND211"),
    (UNREACHABLE, UNREACHABLE, NOBODY, "", "ND211"),
    (UNREACHABLE, UNREACHABLE, KNOWN, "", "ND212"),
    (UNREACHABLE, REFUSED, KNOWN, "", "ND212"),
    (SILENT, UNREACHABLE, KNOWN, "", "ND212"),
    (UNREACHABLE, UNREACHABLE, "", "", "ND203"),
    (SILENT, UNREACHABLE, "", "", "ND203"),
    (UNREACHABLE, NOT_PROBED, "", "unreachable", "ND213"),
    (DENIED, NOT_PROBED, "", "prohibit", "ND213"),
    (UNUSABLE, NOT_PROBED, "", "blackhole", "ND213"),
    (DENIED, NOT_PROBED, "", "policy", "ND203"),
    (NO_NETWORK, NOT_PROBED, "", "no_route", "ND214"),
    (NO_NETWORK, NO_NETWORK, KNOWN, "", "ND215"),
    (NO_NETWORK, NO_NETWORK, "", "", "ND215"),
    (UNUSABLE, NOT_PROBED, "", "", "ND203"),
]


@pytest.mark.parametrize(("failure", "control", "neighbour", "unsent", "code"), ONE_ADDRESS)
def test_one_address(failure, control, neighbour, unsent, code):
    """Target, control, ARP table and kernel together name one cause, with its words and evidence."""
    (found,) = of_endpoint(examined(tried(GATEWAY, failure, control, neighbour, unsent)), CONTEXT)
    assert found.code == code
    assert found.values["address"] == "172.18.0.1:11434"
    assert len(found.evidence) == (1 if control == NOT_PROBED else 2)
    assert all(findings.words(found, language).title for language in findings.LANGUAGES)


def test_icmpv6_tells_a_prohibition_from_an_unreachable_host():
    """What IPv4 merges into one errno has one of its own in IPv6; neighbours are not known there."""
    assert codes(examined(tried(GATEWAY6, DENIED, SILENT))) == ["ND212"]
    assert codes(examined(tried(GATEWAY6, UNREACHABLE, SILENT))) == ["ND203"]


DEAD = tried(NAME, SILENT, SILENT, NOBODY)
FOREIGN = tried(NAME, NO_NETWORK, NO_NETWORK)
SEVERAL = {
    "a dead pin beside a refusal": ([DEAD, tried(GATEWAY, REFUSED, REFUSED, KNOWN)], "ND201"),
    "a foreign pin beside a refusal": ([FOREIGN, tried(GATEWAY, REFUSED, REFUSED, KNOWN)], "ND201"),
    "a dead pin beside a firewall": ([DEAD, tried(GATEWAY, SILENT, SILENT, KNOWN)], "ND210"),
    "a foreign pin beside firewalld": ([FOREIGN, tried(GATEWAY, UNREACHABLE, UNREACHABLE, KNOWN)], "ND212"),
    "a dropped gateway, a dead constant": ([tried(GATEWAY, SILENT, REFUSED, KNOWN), DEAD], "ND209"),
    "a dead gateway and what lies behind it": (
        [tried(GATEWAY, SILENT, SILENT, NOBODY), tried(DOCKER0, SILENT, SILENT)],
        "ND211",
    ),
    "silence of unknown origin beside a dead pin": ([DEAD, tried(GATEWAY6, SILENT, SILENT)], "ND202"),
    "a forbidden gateway, no route elsewhere": (
        [tried(GATEWAY, DENIED, unsent="prohibit"), tried(DOCKER0, NO_NETWORK, unsent="no_route")],
        "ND213",
    ),
    "rejected here, its report withheld there": (
        [tried(GATEWAY, UNREACHABLE, SILENT, KNOWN), tried(DOCKER0, SILENT, UNREACHABLE)],
        "ND212",
    ),
    "refused by one of two": ([tried(GATEWAY, SILENT, SILENT, KNOWN), tried(DOCKER0, REFUSED, SILENT)], "ND201"),
}


@pytest.mark.parametrize(("ways", "code"), SEVERAL.values(), ids=SEVERAL)
def test_several_addresses(ways, code):
    """What says most of the host is told, and every address is in the evidence."""
    (found,) = of_endpoint(examined(*ways), CONTEXT)
    assert found.code == code
    assert len(found.evidence) == sum(len(way) for way in ways)


@pytest.mark.parametrize("way", [tried(GATEWAY, SILENT, SILENT, KNOWN), tried(GATEWAY, SILENT, REFUSED)])
def test_a_host_that_is_there_outweighs_an_unknown_name(way):
    """The configured name is not known, but the host was reached and drops: the name would mend nothing."""
    unknown = [Attempt("dns", "host.docker.internal", "", 11434, 0, 1, "dns_nxdomain")]
    url = "http://host.docker.internal:11434/"
    assert codes(examined(unknown, way, base_url=url)) in (["ND209"], ["ND210"])
    assert codes(examined(unknown, tried(GATEWAY, SILENT, SILENT), base_url=url)) == ["ND103"]


def proof(failure: str, unheard: str = "", service: str = "other") -> Proof:
    """A call to the gateway that ended like this; ``unheard`` is how the question who is there had failed."""
    seen = {"unheard": unheard} if unheard else {}
    url = "http://172.18.0.1:11434/"
    return Proof("172.18.0.1", url, failure, duration_ms=1.0, service=Service(service), seen=seen)


CLOSED, RESET, MUTE, BEGUN = "connection_closed", "connection_reset", "read_timed_out", "answer_unfinished"


@pytest.mark.parametrize(
    ("control", "call", "told"),
    [
        (REFUSED, proof(RESET, RESET), "ND217"),
        (REFUSED, proof(CLOSED, CLOSED), "ND217"),
        (SILENT, proof(CLOSED, RESET), "ND217"),
        (None, proof(CLOSED, CLOSED), "ND216"),
        (None, proof(RESET, RESET), "ND216"),
        (None, proof(MUTE, MUTE), "ND216"),
        (REFUSED, proof(MUTE, MUTE), "ND218"),
        (REFUSED, proof(MUTE), "ND204"),
        (REFUSED, proof(MUTE, service="ollama"), "ND204"),
        (REFUSED, proof(CLOSED), "ND205"),
        (NOT_PROBED, proof(CLOSED, CLOSED), "ND205"),
        (NOT_PROBED, proof(BEGUN, service="ollama"), "ND219"),
    ],
)
def test_accepted_and_broken_off(control, call, told):
    """Who is behind an accepted connection: everything, nobody, somebody who hangs, or a service with a fault."""
    assert codes(examined(tried(GATEWAY, None, control, KNOWN), proofs=(call,))) == [told]


def test_a_proxy_may_have_closed_the_connection():
    """With a proxy set, what was closed may have been the proxy's connection: no forwarder is accused."""
    item = examined(tried(GATEWAY, None, REFUSED), proofs=(proof(CLOSED, CLOSED),))
    assert codes(item, CONTEXT._replace(proxy_variables=("HTTP_PROXY",))) == ["ND205"]


def test_what_a_known_service_says_comes_first():
    """One address leads to a dead forwarder, the other to Ollama without the model: Ollama is the one to mend."""
    elsewhere = Proof("172.17.0.1", "http://172.17.0.1:11434/", "model_not_found", service=Service("ollama"))
    item = examined(tried(GATEWAY, None, REFUSED), proofs=(proof(CLOSED, CLOSED), elsewhere))
    assert codes(item) == ["ND403"]


@pytest.mark.parametrize(
    ("listeners", "said"),
    [
        (("127.0.0.1:8887", "0.0.0.0:8000"), "listening here: 127.0.0.1:8887, 0.0.0.0:8000"),
        ((), "listening here: nobody"),
        (tuple(f"0.0.0.0:{port}" for port in range(9000, 9100)), ":9019"),
    ],
    ids=["two", "nobody", "many"],
)
def test_who_listens_is_told_where_localhost_is_right(listeners, said):
    """Where localhost is the right address the ports that are open are evidence: often the right one is among them."""
    context = CONTEXT._replace(candidates=(LOCAL,), listeners=listeners)
    (finding,) = of_endpoint(examined(), context)
    assert finding.code == "ND207"
    assert finding.evidence[-1].endswith(said)
