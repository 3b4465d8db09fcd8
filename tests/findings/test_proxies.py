"""From what a call met on its way to what is said of it: tables of proofs, proxies and TLS."""

import pytest

from netdiag import failures, findings
from netdiag.findings import proxies, tls
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.lab.scenarios import SCENARIOS
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.model.report import Examined

GATEWAY = Candidate("172.17.0.1", "gateway", "way out", 2, ("172.17.0.1",))
PLACE = {"platform": "docker-bridge", "systems": "linux", "gateway": "172.17.0.1"}
CONTEXT = Context((GATEWAY,), "0.8", 120, ("HTTP_PROXY",), PLACE)
OLLAMA, OTHER = Service("ollama", "0.17.4", ("qwen2.5:3b",)), Service("other")
LINE = "NO_PROXY=localhost,127.0.0.1,172.17.0.1"
SEEN = {
    "proxy": "http://10.0.0.1:3128",
    "proxy_port": "3128",
    "variable": "HTTP_PROXY",
    "whose": "server",
    "at": "elsewhere",
    "line": LINE,
    "direct": "works",
}


def proof(failure: str | None, service: Service = OLLAMA, host: str = "172.17.0.1", status=None, **seen: str) -> Proof:
    """A call that failed."""
    return Proof(host, f"https://{host}:11434/", failure, "says so", status, 1.0, service, seen=seen)


def spoiled(failure: str, **seen: str) -> Proof:
    """A call that a proxy spoiled."""
    return proof(failure, **{**SEEN, **seen})


def found(*proofs: Proof):
    """What is said of an endpoint with these proofs, at whose address another connect was refused."""
    refused = Attempt("tcp", "172.17.0.1", "172.17.0.1", 11434, 0, 1, "connection_refused")
    endpoint = Endpoint("kag_config.yaml", 3, "chat_llm", "chat", "ollama", "qwen2.5:3b", "https://localhost:8443/")
    return of_endpoint(Examined(endpoint, "broken", (refused,), proofs), CONTEXT)


def codes(*proofs: Proof) -> list[str]:
    """The codes of what is said."""
    return [finding.code for finding in found(*proofs)]


@pytest.mark.parametrize(
    ("proofs", "said"),
    [
        ([spoiled("proxy_failed")], ["ND301"]),
        ([spoiled("proxy_unreachable", at="own", hop_failure="connection_refused")], ["ND303"]),
        ([spoiled("proxy_unreachable", hop_failure="timed_out")], ["ND304"]),
        ([spoiled("proxy_unreachable", entry="172.16.0.0/12")], ["ND305"]),
        ([spoiled("proxy_failed", entry="172.16.0.0/12")], ["ND305"]),
        ([spoiled("proxy_no_way", entry="172.16.0.0/12", direct="timed_out")], ["ND311", "ND201"]),
        ([spoiled("proxy_unusable", reason="socks")], ["ND306"]),
        ([spoiled("proxy_unusable", reason="proxy_twice")], ["ND307"]),
        ([spoiled("proxy_unusable", reason="no_proxy", entry="fd00::/8", direct="")], ["ND308"]),
        ([spoiled("proxy_login", status=407)], ["ND309"]),
        ([spoiled("proxy_forbids", status=403)], ["ND310"]),
        ([spoiled("proxy_no_way", status=502)], ["ND311"]),
        ([spoiled("proxy_failed", shell="direct")], ["ND301", "ND312"]),
        ([spoiled("proxy_login", shell="direct")], ["ND309", "ND312"]),
        ([spoiled("proxy_no_way"), proof("model_not_found")], ["ND403"]),
    ],
)
def test_what_a_proxy_did(proofs, said):
    """Each thing a proxy does has a code; a service that answered at another address is the cause instead.

    Where the direct way leads nowhere either, that it was refused is told as well.
    """
    assert codes(*proofs) == said


def test_the_call_that_works_directly_is_told():
    """Of several addresses the one is told at which a line in NO_PROXY was proven to help."""
    first = spoiled("proxy_no_way", direct="timed_out")
    second = proof("proxy_no_way", host="172.18.0.1", **{**SEEN, "line": "NO_PROXY=172.18.0.1"})
    (said,) = found(first, second)
    assert said.values["line"] == "NO_PROXY=172.18.0.1"


@pytest.mark.parametrize("language", findings.LANGUAGES)
@pytest.mark.parametrize(
    ("failure", "direct", "offered"),
    [
        ("proxy_failed", "works", True),
        ("proxy_unreachable", "works", True),
        ("proxy_login", "works", True),
        ("proxy_forbids", "works", True),
        ("proxy_no_way", "works", True),
        ("proxy_unreachable", "timed_out", False),
        ("proxy_login", "timed_out", False),
        ("proxy_no_way", "connection_refused", False),
    ],
)
def test_the_line_is_offered_only_where_it_helps(failure, direct, offered, language):
    """The exact line is a remedy where the call made directly has worked, and nowhere else."""
    said, *_ = found(spoiled(failure, direct=direct))
    commands = [remedy.command for remedy in findings.words(said, language).remedies]
    assert any(LINE in command for command in commands) == offered
    assert all("?" not in command for command in commands)


@pytest.mark.parametrize("place", ["docker-compose", "docker-desktop", "podman", "kubernetes", "linux-host", "lxc"])
def test_every_place_is_told_where_the_line_goes(place):
    """Wherever KAG runs there is a way to set the variable for it."""
    (said,) = found(spoiled("proxy_failed"))
    words = findings.words(type(said)(said.code, said.where, {**said.values, "platform": place}))
    assert any(LINE in remedy.command for remedy in words.remedies)


CERTIFICATE = {
    "subject": "models",
    "issuer": "Lab Root CA",
    "signed": "other",
    "starts": "2000-01-01",
    "ends": "2001-01-01",
    "names": "10.0.0.1, *.models, models",
    "store": "SSL_CERT_FILE",
    "here": "2026-11-24",
    "there": "2026-11-24",
}


def untrusted(failure: str, faults: str = "", **seen: str) -> Proof:
    """A call that failed at a certificate."""
    return proof(failure, OTHER, **{**CERTIFICATE, "faults": faults or failure, **seen})


@pytest.mark.parametrize(
    ("proofs", "said"),
    [
        ([untrusted("tls_unknown_issuer")], ["ND313"]),
        ([untrusted("tls_expired")], ["ND314"]),
        ([untrusted("tls_not_yet_valid")], ["ND315"]),
        ([untrusted("tls_wrong_name")], ["ND316"]),
        (
            [untrusted("tls_unknown_issuer", "tls_unknown_issuer tls_expired tls_wrong_name")],
            ["ND313", "ND314", "ND316"],
        ),
        ([untrusted("tls_not_yet_valid", clock="differs")], ["ND321"]),
        ([untrusted("tls_expired", clock="differs")], ["ND321"]),
        ([untrusted("tls_untrusted", "tls_expired")], ["ND302"]),
        ([proof("tls_spoken", OTHER, suggestion="https://h")], ["ND317"]),
        ([proof("tls_not_spoken", OTHER, suggestion="http://h")], ["ND318"]),
        ([proof("tls_not_spoken", OTHER)], ["ND302"]),
        ([proof("tls_no_common_protocol", OTHER)], ["ND319"]),
        ([proof("tls_no_store", OTHER, variable="SSL_CERT_FILE", file="/no/file")], ["ND320"]),
        ([proof("tls_failed", OTHER)], ["ND302"]),
        (
            [untrusted("tls_wrong_name", "tls_wrong_name tls_unknown_issuer"), untrusted("tls_unknown_issuer")],
            ["ND313"],
        ),
        ([untrusted("tls_wrong_name"), proof("model_not_found")], ["ND403"]),
    ],
)
def test_what_is_wrong_with_tls(proofs, said):
    """All that is wrong at the best of the addresses is told at once, and what the clocks explain only once."""
    assert codes(*proofs) == said


@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_a_wrong_name_is_answered_with_a_right_one(language):
    """The first name that can be pinned is offered, as a line for compose and in the base_url."""
    (said,) = found(untrusted("tls_wrong_name"))
    pinned, written, *_ = (remedy.command for remedy in findings.words(said, language).remedies)
    assert 'extra_hosts: ["models:host-gateway"]' in pinned
    assert written == "base_url: https://models:11434/"


@pytest.mark.parametrize("names", ["10.0.0.1", "*.models", "-", "fd00::1"])
def test_a_certificate_without_a_usable_name_offers_none(names):
    """Addresses and wildcards cannot be pinned to a host."""
    (said,) = found(untrusted("tls_wrong_name", names=names))
    assert said.values["named"] == "no"


@pytest.mark.parametrize(("signed", "remedies"), [("itself", 4), ("other", 4)])
def test_how_to_trust_an_issuer(signed, remedies):
    """For a certificate signed by itself, or by a private issuer, there is one way each, and three steps to use it."""
    (said,) = found(untrusted("tls_unknown_issuer", signed=signed))
    told = findings.words(said).remedies
    assert len(told) == remedies
    assert "SSL_CERT_FILE=" in told[-1].command


def test_every_word_has_a_code():
    """Each failure of a proxy or of TLS is told by a code that exists."""
    told = {**proxies.BY_FAILURE, **tls.BY_FAILURE}
    words = {word for word in failures.WORDS if word.startswith(("proxy_", "tls_"))}
    assert words - told.keys() == {
        failures.TLS_UNTRUSTED,  # told by netdiag.findings.service
        failures.TLS_NO_KEY_LOG,  # told by netdiag.findings.process
    }
    assert {*told.values(), *proxies.BY_PROBLEM.values(), tls.CLOCKS} <= findings.catalog().keys()


def test_every_code_has_a_scenario():
    """Each code about proxies and TLS is raised by a world in which that happens; prove/test_process.py has its own."""
    shown = {code for scenario in SCENARIOS for code in scenario.expect_codes}
    of_process = {"ND322", "ND323", "ND324", "ND325"}
    assert {code for code in findings.catalog() if code.startswith("ND3")} - of_process <= shown
