"""Every way in which a run can have looked at nothing, in every format: none ends well, and each says the cause first.

The program runs in this process, in a place that has no ways to a host: nothing is sent to anybody.
"""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from report.judges import JUDGES

from netdiag import cli, engine, platform
from netdiag.job import Job
from netdiag.model.place import Platform
from netdiag.model.report import Finding
from netdiag.openspg import Server, database, projects
from netdiag.openspg.connection import FailedError
from netdiag.openspg.settings import Database
from netdiag.report.rendered import FORMATS
from netdiag.watch import Agent, Metrics, Rhythm, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNREADABLE = 78
PLACE = Platform("docker-compose", in_container=True, shares_host_network=False, confidence="certain")
NO_HOST = "ND583"
"""What the search for model services comes to where no candidate is known; the ways that hold nothing make it."""
WORDS = {"database": "mysql:3306/openspg", "scope": "all"}


NONE = Server(listens=False)
ASKED_FOR = Server(named=True, listens=False)
BESIDE = Server(runs=True, database=Database())


@dataclass(frozen=True)
class Way:
    """A file and options, or a server beside; the codes that are said, and how the first line begins."""

    codes: set[str]
    first: str
    text: str = ""
    arguments: tuple[str, ...] = ("kag_config.yaml",)
    server: Server = NONE
    database: Callable[..., database.Found] | None = None


def refused(word: str) -> Callable[..., database.Found]:
    """A database that cannot be read."""

    def read(*_: object) -> database.Found:
        raise FailedError(word)

    return read


def holding(*codes: str) -> Callable[..., database.Found]:
    """A database in which nothing is found, and why."""
    return lambda *_: database.Found({}, (), tuple(Finding(code, "place_models", WORDS) for code in codes))


CHAT = "chat_llm: {{type: ollama, model: m, base_url: {url}}}\n"
WAYS = {
    "no configuration": Way({"ND502", NO_HOST}, "no configuration was found", arguments=()),
    "an empty directory": Way({"ND501"}, "empty: cannot be read", arguments=("empty",)),
    "no such file": Way({"ND501"}, "none.yaml: cannot be read", arguments=("none.yaml",)),
    "no YAML": Way({"ND501"}, "kag_config.yaml:2: cannot be read", "chat_llm: [\n"),
    "no base_url": Way({"ND505", NO_HOST}, "kag_config.yaml: holds no base_url", "project: {id: 1}\n"),
    "an OLLAMA_HOST only": Way({"ND544"}, "no model was called: what was", "environment: {OLLAMA_HOST: 0.0.0.0}\n"),
    "a template": Way({"ND559"}, "NETDIAG_NOBODY is not set", CHAT.format(url="'{{ NETDIAG_NOBODY }}'")),
    "a variable": Way({"ND559"}, "NETDIAG_NOBODY is not set", CHAT.format(url="!ENV NETDIAG_NOBODY")),
    "a shell's variable": Way({"ND558"}, "KAG 0.8 does not fill in ${URL}", CHAT.format(url="'${URL}'")),
    "a variable of an .env file": Way(
        {"ND504"}, "this base_url is filled in", "OPENAI_BASE_URL=${URL}\n", arguments=("kag_config.env",)
    ),
    "a file that KAG cannot load": Way({"ND557"}, "kag_config.yaml", "a: 1\n---\nproject: {id: 1}\n"),
    "a type that calls nobody": Way(
        {"ND545"},
        "no model was called: KAG calls no service for type mock",
        "chat_llm: {type: mock, model: m, base_url: 'http://localhost:9'}\n",
    ),
    "flat keys without a type": Way(
        {"ND567"},
        "chat_llm: type is not in this file",
        '{"chat_llm.base_url": "http://localhost:9", "chat_llm.model": "m"}',
        arguments=("kag_config.json",),
    ),
    "standard input": Way({"ND505", NO_HOST}, "-: holds no base_url", arguments=("-",)),
    "no server": Way({"ND540"}, "no OpenSPG server answers", arguments=("--only", "server"), server=ASKED_FOR),
    "a refused login": Way(
        {"ND531"}, "the database refused the login", arguments=(), server=BESIDE, database=refused("db_login_refused")
    ),
    "a name that nobody knows": Way(
        {"ND531"}, "the name of the database's", arguments=(), server=BESIDE, database=refused("db_name_unknown")
    ),
    "neither server nor database": Way(
        {"ND530"},
        "the database refused the login",
        arguments=(),
        server=BESIDE._replace(listens=False),
        database=refused("db_login_refused"),
    ),
    "a login that needs a package": Way(
        {"ND553"}, "the login needs", arguments=(), server=BESIDE, database=refused("db_needs_cryptography")
    ),
    "another database": Way({"ND536"}, "the database mysql", arguments=(), server=BESIDE, database=holding("ND536")),
    "nothing saved, 0.7": Way(
        {"ND537", NO_HOST}, "model page: no model", arguments=(), server=BESIDE, database=holding("ND537")
    ),
    "nothing saved, 0.8": Way(
        {"ND538", NO_HOST}, "model page: no model", arguments=(), server=BESIDE, database=holding("ND538")
    ),
    "an unknown shape": Way({"ND542"}, "model page: it holds", arguments=(), server=BESIDE, database=holding("ND542")),
    "nothing in scope": Way(
        {"ND543", NO_HOST}, "the database mysql", arguments=(), server=BESIDE, database=holding("ND543")
    ),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return the way to run a command where only one of these ways is: its status and what it wrote."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platform, "candidates", lambda *_, **__: ())
    monkeypatch.setattr(platform, "name", lambda *_: PLACE)
    monkeypatch.setattr(projects, "ask", lambda *_: projects.Told("answers"))
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "empty").mkdir()

    def made(way: Way, *words: str) -> tuple[int, str]:
        prepared(way, tmp_path, monkeypatch)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"project: {id: 1}\n")))
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with redirect_stdout(out), redirect_stderr(out):
            status = cli.main([words[0], *way.arguments, *words[1:], "--kag-version", "0.8"])
            out.flush()
        return status, out.buffer.getvalue().decode()

    return made


def prepared(way: Way, directory: Path, monkeypatch) -> None:
    """Put its file and its server there."""
    if way.text:
        (directory / next(name for name in (*way.arguments, "kag_config.yaml") if "kag_config" in name)).write_text(
            way.text
        )
    monkeypatch.setattr(engine, "server_of", lambda *_: way.server)
    if way.database:
        monkeypatch.setattr(database, "read", way.database)


def as_json(said: str) -> dict:
    """The report in what was said; standard input comes before it."""
    return json.loads(said[said.index("{\n") :])


@pytest.mark.parametrize("command", ["check", "fix-base-url"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_format_says_that_all_is_well(run, way, command):
    """The status is 78 in each, all name the same causes, and a monitor is told that nothing is known."""
    ended = {form: run(way, command, "--format", form) for form in FORMATS}
    if way.arguments == ("-",) and command == "fix-base-url":
        ended = {form: (status, said.replace("project: {id: 1}\n", "")) for form, (status, said) in ended.items()}
    assert {form: status for form, (status, _) in ended.items()} == dict.fromkeys(FORMATS, UNREADABLE)
    said = {form: text for form, (_, text) in ended.items()}
    for form in FORMATS[1:]:
        JUDGES[form](said[form])
    report = json.loads(said["json"])
    found = [*report["findings"], *(each for item in report["endpoints"] for each in item["findings"])]
    wrong = {each["code"] for each in found if each["severity"] == "error"}
    assert wrong == way.codes
    assert said["text"].startswith(f"problem: {way.first}"), said["text"]
    assert said["nagios"].startswith(f"NETDIAG UNKNOWN - {way.first}"), said["nagios"]
    assert " works=0;" in said["nagios"]
    errors = {element.get("type") for element in ET.fromstring(said["junit"]).iter("error")}
    assert errors == way.codes
    (sarif,) = json.loads(said["sarif"])["runs"]
    (invocation,) = sarif["invocations"]
    noted = [(n["descriptor"]["id"], n["level"]) for n in invocation["toolExecutionNotifications"]]
    levels = [*((result["ruleId"], result["level"]) for result in sarif["results"]), *noted]
    assert {code for code, level in levels if level == "error"} == way.codes
    assert invocation["executionSuccessful"] is False
    events = [json.loads(line) for line in said["jsonl"].splitlines()]
    told = {e["finding"]["code"] for e in events if e["event"] == "finding" and e["finding"]["severity"] == "error"}
    assert (told, events[-1]["exit_code"], events[-1]["summary"]["works"]) == (way.codes, UNREADABLE, 0)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_page_says_that_all_is_well(run, way, tmp_path):
    """What is passed on says the cause on top, and a report that is diagnosed again ends in the same way."""
    for name in ("report.html", "report.md", "report.json"):
        assert run(way, "report", "-q", "-o", name)[0] == UNREADABLE
    top = (
        "1 left alone"
        if way.codes & {"ND504", "ND558", "ND559", "ND567"}
        else "1 calling no service"
        if "ND545" in way.codes
        else way.first
    )
    plain = (tmp_path / "report.md").read_text().replace("\\", "")
    assert plain.startswith(f"## netdiag: {top}")
    assert f"<title>netdiag: {top}" in (tmp_path / "report.html").read_text()
    again, said = run(Way(set(), "", arguments=("--replay", "report.json")), "check", "--format", "json")
    assert (again, as_json(said)["exit_code"]) == (UNREADABLE, UNREADABLE)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_agent_is_not_well(run, way, tmp_path, monkeypatch):
    """An agent that examines nothing is neither ready nor well, and says why."""
    prepared(way, tmp_path, monkeypatch)
    words = [word for word in way.arguments if not word.startswith("-") and word != "server"]
    only = "server" if "server" in way.arguments else None
    report = engine.run(Job("watch", tuple(words), only=only, directory=tmp_path, kag_version="0.8"), lambda _: None)
    agent = Agent(Job("watch"), Rhythm(30.0), _Today(), _Nobody())
    metrics = Metrics(lambda: agent.seen)
    assert answer("/healthz", agent, metrics)[0] == 200  # nothing is known before the first check has ended
    agent._take_in(report, {}, 0.1)
    assert [answer(path, agent, metrics)[0] for path in ("/healthz", "/readyz")] == [503, 503]
    codes = way.codes - {NO_HOST} if words != [] or way.arguments != ("-",) else {"ND502"}
    assert codes <= set(answer("/healthz", agent, metrics)[2].decode().split())
    assert 'netdiag_checks_total{outcome="ok"} 0.0' in metrics.page().decode()


class _Today:
    def today(self) -> float:
        return 1000.0


class _Nobody:
    def changed(self, _: object) -> None:
        pass


def test_the_table_has_every_code_of_that_status():
    """What a run of these commands can end with 78 for is a row here, or told beside one by another test."""
    from netdiag import outcome  # noqa: PLC0415 - its tables, which are nobody else's

    listed = {code for way in WAYS.values() for code in way.codes}
    ending = {code for status, codes in outcome._BY_CODE if status == UNREADABLE for code in codes}
    elsewhere = {"ND532", "ND533", "ND534", "ND535", "ND539"}  # tests/openspg/test_reading.py: beside a database
    elsewhere |= {"ND547", "ND548", "ND549", "ND554"}  # tests/openspg/test_cause.py: with what the host shows
    elsewhere |= {"ND590", "ND591", "ND593"}  # tests/container/test_on_host.py: beside ND502, on a host
    elsewhere |= {"ND560", "ND561"}  # tests/cli/test_filled.py: beside what was examined all the same
    of_endpoints = {"ND504", *outcome._UNFILLED}  # why an endpoint is left alone, which counts as not examined
    assert (ending | outcome._WHY_NOTHING) - elsewhere - {"ND578", "ND580"} == listed - of_endpoints - {NO_HOST}
