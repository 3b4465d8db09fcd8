"""Facts before guesses, and no sentence that says more than what was seen."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdiag import findings
from netdiag.findings import degrees
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint, of_endpoints
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.host import HostView, Listener, Published, Sibling
from netdiag.model.place import Candidate, Fact, Facts, Gateway, HostsLine, Interface
from netdiag.model.report import Evidence, Examined, Finding
from netdiag.platform.naming import name

LOCAL = Candidate("localhost", "loopback", "", 0, ("127.0.0.1",))
NAME = Candidate("host.docker.internal", "name", "/etc/hosts:3", 1, ("192.168.65.254",))
GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 2, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "", 3, ("172.17.0.1",))
CANDIDATES = (LOCAL, NAME, GATEWAY, DOCKER0)
REFUSED, SILENT = "connection_refused", "timed_out"
OLLAMA = Service("ollama", "0.17.4", ("qwen2.5:3b",))
SLIP = 11343


def endpoint(port: int = SLIP, scheme: str = "http") -> Endpoint:
    """A chat endpoint of type ollama at localhost."""
    return Endpoint("llm.json", 1, "", "chat", "ollama", "m", f"{scheme}://localhost:{port}")


def tcp(way: Candidate, failure: str | None, port: int = SLIP, **more) -> Attempt:
    """A connect that ended like this."""
    return Attempt("tcp", way.host, way.addresses[0], port, 0, 1, failure, **more)


def everywhere(failure: str | None, port: int = SLIP) -> tuple[Attempt, ...]:
    """Connects to every candidate that ended alike, localhost refused."""
    return (tcp(LOCAL, REFUSED, port), *(tcp(way, failure, port) for way in (GATEWAY, DOCKER0)))


def view(*listeners: Listener, siblings: tuple[Sibling, ...] = ()) -> HostView:
    """What the host shows."""
    return HostView(0, "Docker", "openspg", ("bridge",), listeners, (), siblings)


def proof(failure: str, port: int = SLIP, status: int | None = 404, scheme: str = "http") -> Proof:
    """A call at the gateway that was answered."""
    return Proof("172.18.0.1", f"{scheme}://172.18.0.1:{port}", failure, "", status, 1, OLLAMA)


def codes(attempts, proofs=(), port=SLIP, scheme="http", **context) -> list[str]:
    """The codes told of an endpoint that does not work."""
    item = Examined(endpoint(port, scheme), "broken", tuple(attempts), tuple(proofs))
    return [each.code for each in of_endpoint(item, Context(CANDIDATES, "0.8", 120, **context))]


@pytest.mark.parametrize("code", sorted(findings.catalog()))
def test_every_code_has_a_degree(code):
    """One word of a closed, ordered vocabulary."""
    assert degrees.degree(code) in degrees.DEGREES


GUESSED = {
    "nothing else is known": (everywhere(REFUSED), {}, ["ND201", "ND511"]),
    "somebody answered on that very port": (
        (tcp(LOCAL, REFUSED), tcp(GATEWAY, None)),
        {"proofs": [proof("model_not_found")]},
        ["ND403"],
    ),
    "one address accepted, and its call was broken off": (
        (tcp(LOCAL, REFUSED), tcp(GATEWAY, None), tcp(DOCKER0, REFUSED)),
        {"proofs": [proof("connection_closed", status=None)]},
        ["ND205"],
    ),
    "the host's view shows the listener": (
        everywhere(REFUSED),
        {"host": view(Listener("127.0.0.1", SLIP, "ollama"))},
        ["ND270"],
    ),
    "by the host's view a container publishes the port": (
        everywhere(REFUSED),
        {"host": view(siblings=(Sibling("runner", "exited", published=(Published(80, "0.0.0.0", SLIP),)),))},
        ["ND277"],
    ),
    "by the host's view nothing listens, on the likely port neither": (
        everywhere(REFUSED),
        {"host": view(Listener("0.0.0.0", 22, "sshd"))},
        ["ND271"],
    ),
    "by the host's view the model server is on its own port": (
        everywhere(REFUSED),
        {"host": view(Listener("0.0.0.0", 11434, "ollama"))},
        ["ND272"],
    ),
    "in the host's network nothing listens on the likely port": (
        [tcp(LOCAL, REFUSED)],
        {"listeners": ("0.0.0.0:8000",)},
        ["ND207"],
    ),
    "in the host's network something listens on the likely port": (
        [tcp(LOCAL, REFUSED)],
        {"listeners": ("127.0.0.1:11434",)},
        ["ND207", "ND511"],
    ),
}


@pytest.mark.parametrize(("attempts", "more", "expected"), GUESSED.values(), ids=GUESSED)
def test_a_port_that_looks_alike_is_a_last_resort(attempts, more, expected):
    """ND511 is told where nothing else explains the failure, and never of a port at which anybody is."""
    assert codes(attempts, **more) == expected


def test_a_service_of_another_kind_is_not_taken_for_the_one_that_looks_alike():
    """Docker's Model Runner answers at 12434 (docker docs: model-runner): no slip, and no command of Ollama's."""
    runner = Service("docker-model-runner", "", ("ai/qwen2.5",))
    url = "http://172.18.0.1:12434/engines/v1"
    tried = (tcp(LOCAL, REFUSED, 12434), tcp(GATEWAY, None, 12434))
    missing = Proof("172.18.0.1", url, "model_not_found", "", 404, 1, runner)
    configured = endpoint(12434)._replace(type="openai", base_url="http://localhost:12434/engines/v1")
    found = of_endpoint(Examined(configured, "broken", tried, (missing,)), Context(CANDIDATES, "0.8", 120))
    assert [each.code for each in found] == ["ND403"]
    assert "ollama" not in str(findings.words(found[0]).remedies).lower()


def test_tls_that_was_answered_is_no_slip():
    """Who answers https on port 8000 speaks it: what it answered is the cause."""
    assert codes([tcp(GATEWAY, None, 8000)], [proof("model_not_found", 8000, 404, "https")], 8000, "https") == ["ND403"]
    assert codes(everywhere(REFUSED, 11434), (), 11434, "https") == ["ND201", "ND512"]


def test_what_was_seen_comes_before_what_follows():
    """The host shows who listens, and the firewall only follows from a silence."""
    control = Attempt("control", "172.18.0.1", "172.18.0.1", 1, 0, 1, REFUSED)
    found = codes([tcp(GATEWAY, SILENT), control], host=view(Listener("127.0.0.1", SLIP)))
    assert found == ["ND270", "ND209"]


ENDINGS = {
    "refused": {"failure": REFUSED},
    "silent": {"failure": SILENT},
    "nobody": {"failure": SILENT, "neighbour": "incomplete"},
    "rejected": {"failure": "host_unreachable", "neighbour": "complete"},
    "unreachable": {"failure": "host_unreachable"},
    "forbidden": {"failure": "not_permitted", "unsent": "prohibit"},
    "no route": {"failure": "network_unreachable", "unsent": "no_route"},
    "far": {"failure": "network_unreachable"},
}
UNIVERSAL = {
    "en": re.compile(
        r"\b(every|all|any|each|no)( other| of)?( the| its| his)?( host's)? (address|port|way|host)", re.IGNORECASE
    ),
    "zh": re.compile("(每个|所有|任何|全部)(其他)?(的)?(地址|端口|宿主机)"),
}
"""Quantifiers over addresses and ports: a sentence with one is told only where nothing ended differently."""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(ENDINGS)), min_size=3, max_size=3), st.booleans())
def test_no_sentence_generalises(ends, has_loopback):
    """Whatever each address ended in, what is told is told of an address that ended so, and names how others ended."""
    ways = (NAME, GATEWAY, DOCKER0)
    attempts = [tcp(way, **ENDINGS[end]) for way, end in zip(ways, ends, strict=True)]
    item = Examined(endpoint(), "broken", (tcp(LOCAL, REFUSED), *attempts))
    place = {"loopback": "yes" if has_loopback else "no", "platform": "docker-bridge", "systems": "linux"}
    found = of_endpoint(item, Context(CANDIDATES, "0.8", 120, place=place))
    alone = {way.addresses[0]: _alone(way, end, place) for way, end in zip(ways, ends, strict=True)}
    for finding, language in itertools.product(found, findings.LANGUAGES):
        if finding.code == "ND511":
            continue
        said = findings.words(finding, language)
        assert alone[finding.values["ip"]] == finding.code
        others = [way.addresses[0] for way in ways if way.addresses[0] != finding.values["ip"]]
        assert all(address in said.explanation for address in others)
        if len({*alone.values()}) > 1:
            assert not UNIVERSAL[language].search(f"{said.title}. {said.explanation}")


def _alone(way: Candidate, end: str, place) -> str:
    """The code that is told where this way is the only one."""
    item = Examined(endpoint(11435), "broken", (tcp(way, **ENDINGS[end]),))
    (found,) = of_endpoint(item, Context((LOCAL, way), "0.8", 120, place=place))
    return found.code


@pytest.mark.parametrize(
    "code", sorted(code for code in findings.catalog() if code.startswith(("ND20", "ND21", "ND22")))
)
@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_no_title_about_connects_has_a_quantifier(code, language):
    """A title stands by itself: it says nothing of every address or every port, whatever else was tried."""
    assert not UNIVERSAL[language].search(findings.catalog()[code]["title"][language])


DOCKER = (Fact("dockerenv", "present", "/.dockerenv"), Fact("own_veth", "eth0", "network interfaces"))
DESKTOP = (*DOCKER, Fact("kernel_linuxkit", "6.12.72-linuxkit", "/proc/sys/kernel/osrelease"))
PINNED = HostsLine("192.168.65.254", ("host.docker.internal",), 3)
CONSTANT = Candidate("192.168.65.254", "constant", "docker-desktop", 4, ("192.168.65.254",))
ANSWER = NAME._replace(source="127.0.0.11", addresses=("10.9.8.7",))

WHOSE = {
    "the gateway of a bridge": (DOCKER, [(GATEWAY, REFUSED)], "ND201", ""),
    "a gateway that may be a router": ((DOCKER[1], Fact("container_variable", "x", "")), [(GATEWAY, REFUSED)], "ND220",
        "host_unproven"),
    "what only a name server says": (DOCKER, [(ANSWER, REFUSED)], "ND220", "host_unproven"),
    "the virtual machine's gateway": (DESKTOP, [(GATEWAY, REFUSED)], "ND220", "gateway_of_machine"),
    "the machine refuses, the host is silent": (DESKTOP, [(GATEWAY, REFUSED), (CONSTANT, SILENT)], "ND202", ""),
    "the host refuses": (DESKTOP, [(GATEWAY, SILENT), (CONSTANT, REFUSED)], "ND208", ""),
    "a name that this container pins": (DOCKER, [(NAME, REFUSED)], "ND201", ""),
}  # fmt: skip


@pytest.mark.parametrize(("marks", "tried", "code", "reason"), WHOSE.values(), ids=WHOSE)
def test_the_host_answers_only_where_the_address_is_its_own(marks, tried, code, reason):
    """By platform and trust; of another address it is said why it may not be the host's."""
    link = Interface("eth0", ("172.18.0.2/16",), "veth")
    hosts = (PINNED,) if "pins" in str(tried) or any(way is NAME for way, _ in tried) else ()
    facts = Facts(marks, (link,), (Gateway("172.18.0.1", "eth0"),), hosts)
    item = Examined(endpoint(11435), "broken", tuple(tcp(way, failure, 11435) for way, failure in tried))
    ways = (LOCAL, *(way for way, _ in tried))
    (examined,) = of_endpoints([item], ways, name(facts), Evidence(facts, kag="0.8", seconds=120))
    assert [(each.code, each.values["reason"]) for each in examined.findings] == [(code, reason)]
    words = findings.words(examined.findings[0])
    assert ("the host answers" in words.title) == (code == "ND201")


def test_groups_are_said_in_both_languages():
    """Addresses that ended otherwise are named with their own cause."""
    finding = Finding("ND201", values={"port": "1", "address": "a:1", "beside": "ND202 b:1, c:1; ND211 d:1"})
    assert "no answer within 1.5 s at b:1, c:1" in findings.words(finding).explanation
    assert "b:1、c:1 在 1.5 秒内" in findings.words(finding, "zh").explanation
    assert "nobody has d:1." in findings.words(finding).explanation
    assert "d:1 无人使用。" in findings.words(finding, "zh").explanation


@pytest.mark.parametrize(
    ("localhost", "code", "said"),
    [
        ("host", "ND207", "localhost is the right address here"),
        ("machine", "ND222", "virtual machine"),
        ("container", "ND222", "this container itself"),
    ],
)
def test_localhost_is_the_right_address_only_where_it_is_the_host(localhost, code, said):
    """In a virtual machine's network, or another container's, it is told what localhost is."""
    item = Examined(endpoint(11435), "broken", (tcp(LOCAL, REFUSED, 11435),))
    (found,) = of_endpoint(item, Context((LOCAL,), "0.8", 120, place={"localhost": localhost}))
    words = findings.words(found)
    assert found.code == code
    assert said in f"{words.title} {words.explanation}"
