"""Diagnosing a saved report again: what is one, what is none, and what stays as it was."""

import json
import re

import pytest
from host_views import listening, sibling, view
from hypothesis import given
from hypothesis import strategies as st
from places import PLACES
from report.situations import SITUATIONS

from netdiag import cli, findings, platform
from netdiag.model.place import Candidate, Facts
from netdiag.model.report import Evidence, Finding, Report
from netdiag.replay import NotAReportError, replay
from netdiag.report.as_html import as_html
from netdiag.report.as_json import as_json
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text
from netdiag.report.rendered import FORMATS, rendered


def detected(place, root) -> Report:
    """What `detect` reports of a place."""
    facts = platform.read(place.root(root), place.environ, place.links)
    named = platform.name(facts, place.answers)
    evidence = Evidence(facts, place.answers)
    said = findings.of_detection(named, evidence)
    listed = platform.candidates(facts, named, (), place.answers)
    return Report("detect", "2026-11-24T07:00:00+00:00", 1.0, 0, "", named, listed, findings=said, evidence=evidence)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_every_place_survives_being_saved(place, tmp_path):
    """A report of `detect` has the same findings, platform, candidates and evidence after it was saved and read."""
    report = detected(place, tmp_path)
    again = replay(as_json(report).encode())
    assert (again.findings, again.platform, again.candidates) == (report.findings, report.platform, report.candidates)
    assert again.evidence == report.evidence


def test_what_was_read_or_written_stays_as_it_was(tmp_path):
    """Findings about files are of that run; they are kept with their words."""
    report = detected(PLACES["docker-bridge"], tmp_path)
    written = Finding("ND607", "kag_config.yaml", {"editor": ".kag_config.yaml.swp"})
    saved = as_json(Report("check", "2026-11-24T07:00:00+00:00", 1.0, 0, "0.8", report.platform, (), (), (written,),
                           evidence=Evidence(Facts())))  # fmt: skip
    again = replay(saved.encode())
    assert (again.exit_code, again.findings) == (78, (Finding("ND544"), written))


@pytest.mark.parametrize(
    "name", ["to-enter-on-the-model-page", "to-enter-globally", "to-enter-in-a-file", "wants-a-key"]
)
def test_what_could_be_configured_survives_being_saved(name):
    """What to enter is read from a saved report as it was, and told again; a fix is replayed as a check."""
    report = SITUATIONS[name]
    again = replay(as_json(report).encode())
    assert again.suggestions == report.suggestions
    assert [finding.code for finding in again.findings] == [finding.code for finding in report.findings]
    assert as_text(again, "zh") == as_text(report, "zh")
    assert again.exit_code == (3 if report.command == "suggest" else 78)


GOOD = as_json(Report("rollback", "2026-11-24T07:00:00+00:00", 1.0, 0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no report of netdiag"),
        (b"[]", "no report of netdiag"),
        (b"{}", "does not say netdiag/report/1"),
        (b"\xff", "no report of netdiag"),
        (json.dumps({"schema": "netdiag/report/1"}).encode(), "no report of netdiag"),
        (GOOD.encode(), "report of `netdiag rollback`, which holds no evidence"),
    ],
)
def test_what_is_no_report_says_why(text, said):
    """Anything else is one plain sentence."""
    with pytest.raises(NotAReportError, match=said):
        replay(text)


SAVED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["tool", "evidence", "endpoints"]), inner),
)


@given(SAVED)
def test_whatever_json_it_is(value):
    """No JSON makes it fail otherwise."""
    saved = {**json.loads(GOOD), **(value if isinstance(value, dict) else {"evidence": value})}
    with pytest.raises(NotAReportError):
        replay(json.dumps(saved).encode())


ODD = st.sampled_from(
    [None, True, -1, 0, 2**70, 1.5, float("nan"), "", "x" * 5000, "ND999", "\x1b[2J", "::error::", "\ud800",
     [], [[]], {}, {"a": {}}]
)  # fmt: skip


def _places(value, path=()):
    """Every place in a JSON value, by the keys that lead there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield from (each for key, below in inner for each in ((*path, key), *_places(below, (*path, key))))


@given(st.data())
def test_a_report_with_anything_in_it(data):
    """Wherever something else stands, or nothing: it is no report, or every format shows it and drives nothing."""
    saved = json.loads(as_json(SITUATIONS[data.draw(st.sampled_from(sorted(SITUATIONS)))]))
    *path, last = data.draw(st.sampled_from(sorted(_places(saved), key=repr)))
    at = saved
    for key in path:
        at = at[key]
    if isinstance(at, dict) and data.draw(st.booleans()):
        del at[last]
    else:
        at[last] = data.draw(ODD)
    try:
        report = replay(json.dumps(saved).encode())
    except NotAReportError:
        return
    outputs = [rendered(report, form, "en") for form in FORMATS if form != "text"]
    for said in (*outputs, as_text(report, "zh", detail=2), as_html(report), as_markdown(report)):
        assert "\x1b" not in said
        assert not re.search("(?m)^::error::", said)


def test_a_file_that_cannot_be_read(capsys, tmp_path):
    """The command ends with 78 and says which file and why."""
    assert cli.main(["check", "--replay", str(tmp_path / "missing.json")]) == 78
    assert "missing.json cannot be diagnosed again: No such file or directory" in capsys.readouterr().err


def test_what_the_host_showed_survives_being_saved(tmp_path):
    """The view of the host, and containers with ports of their own, are the same after the report was read again."""
    report = detected(PLACES["docker-bridge"], tmp_path)
    shown = view(listening("127.0.0.1"), siblings=(sibling(publish="127.0.0.1"),))
    near = Candidate("ollama", "sibling", "ollama (net)", 9, ("172.18.0.9",), 11434, (8080,))
    report = report._replace(evidence=report.evidence._replace(host=shown), candidates=(*report.candidates, near))
    again = replay(as_json(report).encode())
    assert (again.evidence, again.candidates) == (report.evidence, report.candidates)
