"""The report as people and machines get it: golden text in both languages, JSON held against its schema."""

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from golden import check
from report.situations import KEY, SITUATIONS, endpoint, report

from netdiag.model.report import Examined, Finding
from netdiag.report.as_json import as_dict, as_json
from netdiag.report.as_text import as_text
from netdiag.report.labels import LABELS
from netdiag.report.page import cells, wrapped

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads(resources.files("netdiag.report").joinpath("schema.json").read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_text(name, language):
    """What a person reads, in either language, at 80 columns."""
    check(GOLDEN / f"{name}.{language}.txt", as_text(SITUATIONS[name], language))


@pytest.mark.parametrize("name", SITUATIONS)
def test_quiet_and_verbose_text(name):
    """Quiet prints problems only, and in a line what a repair waits for; verbose every attempt."""
    quiet, loud = (as_text(SITUATIONS[name], "en", detail=detail) for detail in (-1, 2))
    if name in ("repaired", "nothing-to-do"):
        assert quiet == ""
    if name in ("dry-run", "check"):
        line = "can be repaired: kag_config.yaml:4 chat_llm http://localhost:11434/ -> http://172.18.0.1:11434/"
        assert " ".join(quiet.split()) == line
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


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_text_fits_80_columns(name, language):
    """Whatever can be broken is; commands, which are there to be copied, and the lists of rollback are not."""
    if SITUATIONS[name].runs is not None:
        return
    for line in as_text(SITUATIONS[name], language, detail=2).splitlines():
        assert cells(line) <= 80 or line.startswith(" " * 10), line


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


def test_how_netdiag_is_called():
    """The command that is advised is one that works where it is read: on the host, it names the container."""
    said = as_text(SITUATIONS["repaired"], called="netdiag --container openspg")
    assert "`netdiag --container openspg rollback`" in " ".join(said.split())


def test_what_is_to_be_done_comes_first():
    """Models that were not called, and every attempt, stand below what is said: the first line is the useful one."""
    report = SITUATIONS["wants-a-key"]
    service = report.suggestions.services[0]._replace(left_out=tuple(f"m{n}" for n in range(300)))
    many = report._replace(suggestions=report.suggestions._replace(services=(service,)))
    for detail in (0, 1):
        assert as_text(many, "en", detail=detail).startswith("problem: model services answer")
        assert "and 288 more" in " ".join(as_text(many, "en", detail=detail).split())
