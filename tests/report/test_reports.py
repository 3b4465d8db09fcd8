"""The report as people and machines get it: golden text in both languages, JSON held against its schema."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from golden import check

from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.journal import Applied, PastFile, PastRun
from netdiag.model.place import Candidate, Choice, Fact, Facts, Gateway, Hop, HostsLine, Interface, NameAnswer, Platform
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Evidence, Examined, Finding, Report
from netdiag.report.as_json import as_dict, as_json
from netdiag.report.as_text import as_text
from netdiag.report.labels import LABELS
from netdiag.report.page import wrapped
from netdiag.text import Secret

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads(resources.files("netdiag.report").joinpath("schema.json").read_text("utf-8"))

KEY = "sk-canary-4f1d"
LOCAL = Candidate("localhost", "loopback", "", 0, ("127.0.0.1", "::1"))
NAME = Candidate("host.docker.internal", "name", "", 1)
GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 4, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "", 5, ("172.17.0.1",))
DOCKERENV = Fact("dockerenv", "present", "/.dockerenv")
PLATFORM = Platform("docker-compose", True, False, "certain", (DOCKERENV,), systems=("linux",))
HOST, PATH = Span(70, 79), Span(85, 88)


def endpoint(line: int = 4, node: str = "chat_llm", base_url: str = "http://localhost:11434/") -> Endpoint:
    """An endpoint with a key that must never be seen."""
    return Endpoint("kag_config.yaml", line, node, "chat", "ollama", "qwen2.5:3b", base_url, Secret(KEY), {}, HOST)


def report(command: str = "fix-base-url", *endpoints: Examined, **more) -> Report:
    """A report about these endpoints."""
    known = {"kag_version": "0.8.0", "platform": PLATFORM, "candidates": (LOCAL, NAME, GATEWAY)}
    fields = {"exit_code": 0, "evidence": EVIDENCE, **known, "endpoints": endpoints, **more}
    return Report(command, "2026-11-23T16:40:00+00:00", 123.4, **fields)


REFUSED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.1, 0.3, "connection_refused", "Connection refused")
CONNECTED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.1, 0.3)
CALLED = Attempt("call", "172.18.0.1", "", 11434, 0.0, 38.0, None, "", 200)
PROVEN = Proof("172.18.0.1", "http://172.18.0.1:11434/", None, "", 200, 38.0, Service("ollama", "0.17.4"))
REPAIRABLE = Examined(
    endpoint(),
    "repairable",
    (REFUSED, CONNECTED, CALLED),
    (PROVEN,),
    GATEWAY,
    "http://172.18.0.1:11434/",
    runner_up=DOCKER0,
)
WORKS = replace(REPAIRABLE, verdict="works", endpoint=endpoint(9, "openie_llm", "http://172.18.0.1:11434/"))
LOOPBACK = Finding(
    "ND201",
    "kag_config.yaml:4",
    {"port": "11434", "service": "ollama", "model": "qwen2.5:3b", "platform": "docker-compose", "systems": "linux"},
    ("172.18.0.1:11434 tcp connection_refused (0.3 ms)",),
)
MADE_BY_A_MAC = Platform(
    "kubernetes",
    True,
    False,
    "likely",
    (Fact("kubernetes", "10.96.0.1", "environment: KUBERNETES_SERVICE_HOST"),),
    (Fact("dockerenv", "present", "/.dockerenv"),),
    "docker-desktop",
    ("linux", "macos", "windows"),
    reaches_loopback=True,
)
WAYS = (
    LOCAL,
    Candidate("host.docker.internal", "name", "/etc/hosts:7", 1, ("172.17.0.1",)),
    Candidate("host.lima.internal", "name", "127.0.0.11", 2, ("192.168.5.2",)),
    Candidate("192.168.5.2", "answer", "host.docker.internal", 3, ("192.168.5.2",)),
    GATEWAY,
    Candidate("172.20.0.1", "first_address", "172.20.0.0/16 eth1", 5, ("172.20.0.1",)),
    DOCKER0,
    Candidate("10.0.2.2", "constant", "docker-rootless", 7, ("10.0.2.2",)),
    Candidate("172.20.96.1", "host_nameserver", "/etc/resolv.conf", 8, ("172.20.96.1",)),
    Candidate("10.1.2.3", "user", "", 9, ("10.1.2.3",)),
)
STATIONS = ("container", "bridge", "router", "namespace", "machine", "wsl", "outer_container", "node", "host")
ANSWERS = (
    NameAnswer("host.docker.internal", "127.0.0.11", ("192.168.5.2",), duration_ms=1.5),
    NameAnswer("host.orb.internal", "127.0.0.11", failure="dns_nxdomain", detail="NXDOMAIN", duration_ms=1.6),
)
EVIDENCE = Evidence(
    Facts(
        (DOCKERENV,),
        (Interface("eth0", ("172.18.0.2/16",), "veth"),),
        (Gateway("172.18.0.1", "eth0"),),
        (HostsLine("172.17.0.1", ("host.docker.internal",), 7),),
        ("127.0.0.11",),
        ("172.20.96.1",),
        ("127.0.0.1:8887",),
    ),
    ANSWERS,
    "0.8.0",
    120.0,
    ("HTTP_PROXY",),
)
PIN = Finding(
    "ND118",
    "/etc/hosts:7",
    {
        "name": "host.docker.internal",
        "pinned": "172.17.0.1",
        "line": "7",
        "server": "127.0.0.11",
        "answered": "192.168.5.2",
    },
    ("127.0.0.11: 192.168.5.2 (host.docker.internal)",),
)
BROKEN = Examined(endpoint(), "broken", (REFUSED,), findings=(LOOPBACK,))
BROKEN_TOO = replace(BROKEN, endpoint=endpoint(9, "openie_llm"))
TEMPLATE = Examined(
    endpoint(12, "ner_llm", "{{ URL }}"), "left_alone", findings=(Finding("ND504", "", {"base_url": "{{ URL }}"}),)
)
EDITS = (
    Edit("kag_config.yaml", 4, "chat_llm", HOST, b"localhost", b"172.18.0.1", "host"),
    Edit("kag_config.yaml", 4, "chat_llm", PATH, b"/v1", b"", "path"),
)
PLAN = Plan(EDITS, {"kag_config.yaml": "0" * 64}, "--- a/kag_config.yaml\n+++ b/kag_config.yaml\n-x\n+y\n")
FILE = "/home/admin/kag_config.yaml"
WRITTEN, UNDOING = "20261123T164000.000001Z-42", "20261123T165000.000002Z-43"
RUNS = (
    PastRun("20261123T170000.000003Z-44", "2026-11-23T17:00:00+00:00", (PastFile(FILE, "done", "in_place", 2),)),
    PastRun(UNDOING, "2026-11-23T16:50:00+00:00", (PastFile(FILE, "done", "rename", 1, WRITTEN),)),
    PastRun(
        WRITTEN,
        "2026-11-23T16:40:00+00:00",
        (
            PastFile(FILE, "rolled_back", "rename", 1),
            PastFile("/home/admin/b.yaml", "undone", "rename", 1),
            PastFile("/home/admin/c.yaml", "left", "in_place", 1),
            PastFile("/home/admin/d.yaml", "unfinished", "rename", 3),
        ),
    ),
)
REFUSED_UNDO = Finding("ND605", "/var/lib/netdiag", {"reason": "file_no_such_run", "detail": "run x", "listed": "yes"})
AROUND = (
    Finding("ND607", "kag_config.yaml", {"editor": ".kag_config.yaml.swp"}),
    Finding("ND608", "kag_config.yaml", {"n": "2"}),
)
UNREADABLE = Finding("ND501", "bad.yaml:3", {"reason": "file_syntax", "detail": "expected ',' or ']'"})

SITUATIONS = {
    "repaired": report(
        "fix-base-url", REPAIRABLE, WORKS, plan=PLAN, applied=(Applied("kag_config.yaml", "r1", "rename", 2),)
    ),
    "dry-run": report("fix-base-url", REPAIRABLE, plan=PLAN, exit_code=3),
    "check": report("check", REPAIRABLE, plan=PLAN, exit_code=1),
    "two-with-one-cause": report("check", BROKEN, BROKEN_TOO, WORKS, exit_code=1),
    "nothing-to-do": report("check", WORKS, TEMPLATE),
    "unreadable": report("fix-base-url", findings=(UNREADABLE,), exit_code=78),
    "detect": report(
        "detect",
        path=(Hop("container", "172.18.0.2/16 (eth0)"), Hop("bridge", "172.18.0.1"), Hop("host")),
        choice=Choice(GATEWAY, "no_name_known", DOCKER0),
        evidence=EVIDENCE,
    ),
    "detect-every-kind": report(
        "detect",
        platform=MADE_BY_A_MAC,
        candidates=WAYS,
        path=tuple(Hop(kind) for kind in STATIONS),
        choice=Choice(WAYS[1], "stable_name", WAYS[3]),
        findings=(PIN,),
        evidence=EVIDENCE,
    ),
    "detect-no-way": report("detect", candidates=(LOCAL, NAME), path=(Hop("container"), Hop("router"), Hop("host"))),
    "repaired-beside-an-editor": report(
        "fix-base-url",
        REPAIRABLE,
        findings=AROUND,
        plan=PLAN,
        applied=(Applied("kag_config.yaml", "r1", "in_place", 2),),
    ),
    "runs": report("rollback", runs=RUNS),
    "no-runs": report("rollback", runs=()),
    "rollback-refused": report("rollback", findings=(REFUSED_UNDO,), exit_code=1),
    "rollback": report("rollback", applied=(Applied("kag_config.yaml", "r2", "in_place", 1),)),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_text(name, language):
    """What a person reads, in either language, at 80 columns."""
    check(GOLDEN / f"{name}.{language}.txt", as_text(SITUATIONS[name], language))


@pytest.mark.parametrize("name", SITUATIONS)
def test_quiet_and_verbose_text(name):
    """Quiet prints problems only; verbose every attempt."""
    quiet, loud = (as_text(SITUATIONS[name], "en", detail=detail) for detail in (-1, 2))
    if name in ("repaired", "dry-run", "check", "nothing-to-do"):
        assert quiet == ""
    if name == "two-with-one-cause":
        assert quiet.startswith("problem: ")
        assert "tcp  172.18.0.1 port 11434: connection refused" in loud


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_json(name, language):
    """Every report is valid against the schema that ships with the package, and says how it was asked for."""
    found = json.loads(as_json(SITUATIONS[name], language))
    jsonschema.validate(found, SCHEMA)
    assert found["exit_code"] == SITUATIONS[name].exit_code


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_key_in_any_report(name):
    """The key of an endpoint is in no rendering of it."""
    texts = [as_text(SITUATIONS[name], lang, detail=2, colour=True) for lang in ("en", "zh")]
    assert KEY not in as_json(SITUATIONS[name]) + "".join(texts)


def test_no_colour_unless_asked_for():
    """Without colour there is no escape sequence; with it the words are the same."""
    plain = as_text(SITUATIONS["two-with-one-cause"])
    coloured = as_text(SITUATIONS["two-with-one-cause"], colour=True)
    assert "\x1b" not in plain
    assert "\x1b" in coloured


def test_a_servers_words_cannot_drive_the_terminal():
    """Escape sequences in what a server said are gone from every rendering."""
    said = Finding("ND404", "f:1", {"address": "http://h", "detail": "\x1b]0;owned\x07\x9b2J"}, ("\x1b[2J",))
    hostile = report("check", Examined(endpoint(), "broken", findings=(said,)))
    assert not set(as_text(hostile)) & {"\x1b", "\x07", "\x9b"}
    assert "\\u001b" not in as_json(hostile)


def test_one_cause_is_told_once():
    """Two endpoints stopped by the same cause share one explanation."""
    assert as_text(SITUATIONS["two-with-one-cause"]).count("ND201") == 1


def test_the_schema_knows_every_key():
    """Nothing is written that the schema does not describe, at the top as inside."""
    assert set(as_dict(SITUATIONS["repaired"])) == set(SCHEMA["properties"])


def test_every_label_is_in_both_languages():
    """No fixed word of the text report lacks its translation."""
    assert all(set(words) == {"en", "zh"} for words in LABELS.values())


@pytest.mark.parametrize("text", ["word " * 60, "中文" * 60], ids=["English", "Chinese"])
def test_paragraphs_fit_80_columns(text):
    """A Chinese character counts two columns."""
    widths = [sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in wrapped(text).splitlines()]
    assert max(widths) <= 80
    assert len(widths) > 1
