"""From evidence to cause: tables of what was tried and the code that follows."""

import pytest

from netdiag import findings, platform
from netdiag.findings.context import Context
from netdiag.findings.places import of_place
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.place import Candidate, Fact, Facts, Gateway, Interface, NameAnswer, Platform
from netdiag.model.report import Evidence, Examined

LOCAL = Candidate("localhost", "loopback", "itself", 0, ("127.0.0.1",))
NAME = Candidate("host.docker.internal", "name", "name", 1)
GATEWAY = Candidate("172.18.0.1", "gateway", "way out", 2, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "bridge", 3, ("172.17.0.1",))
CONTEXT = Context((LOCAL, NAME, GATEWAY, DOCKER0), "0.8", 120, ("HTTP_PROXY",))

OLLAMA = Service("ollama", "0.17.4", ("qwen2.5:3b",))
OTHER = Service("other")


def endpoint(base_url="http://localhost:11434/", **more) -> Endpoint:
    """A chat endpoint of type ollama."""
    return Endpoint("kag_config.yaml", 3, "chat_llm", "chat", "ollama", "qwen2.5:3b", base_url, **more)


def tcp(candidate: Candidate, failure: str | None) -> Attempt:
    """A connect that ended like this."""
    return Attempt("tcp", candidate.host, candidate.addresses[0], 11434, 0, 1, failure)


def broken(*attempts: Attempt, proofs: tuple[Proof, ...] = (), base_url="http://localhost:11434/") -> Examined:
    """An endpoint that does not work, with its evidence."""
    return Examined(endpoint(base_url), "broken", attempts, proofs)


def proof(failure: str, service: Service = OLLAMA, status: int | None = None, detail: str = "says so") -> Proof:
    """A call that failed."""
    return Proof("172.18.0.1", "http://172.18.0.1:11434/", failure, detail, status, 1.0, service)


REFUSED, SILENT, REJECTED = "connection_refused", "timed_out", "host_unreachable"
NO_NAME = Attempt("dns", "host.docker.internal", "", 11434, 0, 1, "dns_nxdomain")


@pytest.mark.parametrize(
    ("attempts", "code"),
    [
        ([tcp(LOCAL, REFUSED), tcp(GATEWAY, REFUSED), tcp(DOCKER0, REFUSED)], "ND201"),
        ([tcp(LOCAL, REFUSED), tcp(GATEWAY, REFUSED), tcp(DOCKER0, SILENT)], "ND201"),
        ([tcp(LOCAL, REFUSED), NO_NAME, tcp(GATEWAY, REFUSED)], "ND201"),
        ([tcp(LOCAL, REFUSED), tcp(GATEWAY, SILENT), tcp(DOCKER0, SILENT)], "ND202"),
        ([tcp(LOCAL, REFUSED), tcp(GATEWAY, REJECTED)], "ND203"),
        ([tcp(LOCAL, REFUSED), tcp(GATEWAY, "not_permitted")], "ND203"),
        ([tcp(LOCAL, REFUSED)], "ND207"),
    ],
)
def test_connections(attempts, code):
    """How the connects to the host's addresses ended names the cause; loopback alone says nothing of the host."""
    found = of_endpoint(broken(*attempts), CONTEXT)
    assert [finding.code for finding in found] == [code]
    assert found[0].evidence


@pytest.mark.parametrize(
    ("failure", "service", "code"),
    [
        ("read_timed_out", OLLAMA, "ND204"),
        ("connection_closed", OTHER, "ND205"),
        ("not_a_model_service", OTHER, "ND401"),
        ("path_not_found", OLLAMA, "ND402"),
        ("model_not_found", OLLAMA, "ND403"),
        ("key_refused", OLLAMA, "ND404"),
        ("request_refused", OLLAMA, "ND405"),
        ("service_unavailable", OLLAMA, "ND406"),
        ("unsupported_type", OTHER, "ND407"),
        ("missing_setting", OTHER, "ND408"),
        ("unexpected_answer", OLLAMA, "ND410"),
        ("key_unsendable", OTHER, "ND411"),
        ("proxy_failed", OLLAMA, "ND301"),
        ("tls_untrusted", OTHER, "ND302"),
        ("bad_url", OTHER, "ND503"),
    ],
)
def test_calls(failure, service, code):
    """What a call ended with names the cause, whatever the connects to other addresses say."""
    found = of_endpoint(broken(tcp(GATEWAY, REFUSED), proofs=(proof(failure, service),)), CONTEXT)
    assert [finding.code for finding in found] == [code]


def test_an_empty_403_of_ollama_is_about_the_origin_where_the_host_name_is_one_it_answers():
    """Ollama refuses a Host or an Origin with 403 and no body; with a body it is about something else."""
    empty, told = proof("forbidden", status=403, detail=""), proof("forbidden", status=403, detail="no")
    assert of_endpoint(broken(proofs=(empty._replace(host="dockerhost"),)), CONTEXT)[0].code == "ND409"
    assert of_endpoint(broken(proofs=(empty,)), CONTEXT)[0].code == "ND424"
    assert of_endpoint(broken(proofs=(told,)), CONTEXT)[0].code == "ND466"


def test_a_known_service_outweighs_a_stranger():
    """When a web page answers at one address and Ollama at another, Ollama's answer is the cause."""
    found = of_endpoint(broken(proofs=(proof("not_a_model_service", OTHER), proof("model_not_found"))), CONTEXT)
    assert found[0].code == "ND403"
    assert found[0].values["models"] == "qwen2.5:3b"


@pytest.mark.parametrize(
    ("base_url", "attempts", "code"),
    [
        ("http://host.docker.internal:11434/", [NO_NAME, tcp(LOCAL, REFUSED)], "ND103"),
        ("http://host.docker.internal:11434/", [NO_NAME, tcp(GATEWAY, REFUSED)], "ND201"),
        ("http://10.0.0.9:11434/", [Attempt("call", "10.0.0.9", "", 11434, 0, 1, SILENT)], "ND206"),
    ],
)
def test_configured_names_and_strangers(base_url, attempts, code):
    """A name that is not known, and an address that is not this host's, have causes of their own."""
    assert [f.code for f in of_endpoint(broken(*attempts, base_url=base_url), CONTEXT)] == [code]


@pytest.mark.parametrize(
    ("examined", "codes"),
    [
        (Examined(endpoint(), "works"), []),
        (Examined(endpoint(url_span=Span(0, 1)), "repairable"), []),
        (Examined(endpoint(left_alone="template"), "left_alone"), ["ND504"]),
        (Examined(endpoint(left_alone="escaped"), "repairable"), ["ND506"]),
        (Examined(endpoint(), "repairable"), ["ND603"]),
    ],
    ids=["works", "repairable", "template", "escaped", "server"],
)
def test_what_is_not_broken(examined, codes):
    """What works needs no words; what cannot be edited says why."""
    assert [finding.code for finding in of_endpoint(examined, CONTEXT)] == codes


SEEN = (Fact("dockerenv", "present", "/.dockerenv"),)
ETH0 = Facts(interfaces=(Interface("eth0", ("172.18.0.2/16",)),), gateways=(Gateway("172.18.0.1", "eth0"),))
NO_NETWORK = Facts(interfaces=(Interface("lo", ("127.0.0.1/8",)),))


@pytest.mark.parametrize(
    ("facts", "in_container", "shares", "codes"),
    [
        (ETH0, True, False, []),
        (ETH0, True, True, ["ND102"]),
        (ETH0, False, False, ["ND101"]),
        (NO_NETWORK, True, False, ["ND104"]),
    ],
)
def test_places(facts, in_container, shares, codes):
    """The place itself is a finding where localhost is right, or where there is no network at all."""
    platform = Platform("x", in_container, shares, "certain", SEEN)
    assert [finding.code for finding in of_place(facts, platform)] == codes


def test_a_host_whose_loopback_can_be_reached_has_nobody_listening():
    """Where even 127.0.0.1 of the host is reached (Docker Desktop), a refusal is no matter of the address bound to."""
    desktop = Context(CONTEXT.candidates, "0.8", 120, place={"loopback": "yes", "systems": "macos windows linux"})
    (found,) = of_endpoint(broken(tcp(LOCAL, REFUSED), tcp(GATEWAY, REFUSED)), desktop)
    assert found.code == "ND208"


def test_a_place_without_any_way_says_so():
    """On a macvlan only localhost could be tried: the cause is the network, not what localhost refused."""
    asked = (NameAnswer("host.docker.internal", "127.0.0.11", failure="dns_nxdomain"),)
    no_way = findings.no_way(platform.name(MACVLAN), Evidence(MACVLAN, asked))
    assert no_way is not None
    (found,) = of_endpoint(broken(tcp(LOCAL, REFUSED)), Context((LOCAL, NAME), "0.8", 120, no_way=no_way))
    assert found.code == "ND120"
    assert found.where == "kag_config.yaml:3"
    assert "eth0, macvlan" in found.values["interface"]


MACVLAN = Facts(
    (Fact("dockerenv", "present", "/.dockerenv"), Fact("own_macvlan", "eth0 (macvlan)", "network interfaces")),
    (Interface("eth0", ("10.222.0.2/24",), "macvlan"),),
    (Gateway("10.222.0.1", "eth0"),),
)
