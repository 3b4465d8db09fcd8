"""Diagnosing a saved report again: what is one, what is none, and what stays as it was."""

import json

import pytest
from host_views import listening, sibling, view
from hypothesis import given, settings
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
from netdiag.text import harmless


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


SAVED = [
    json.loads(as_json(report))
    for report in SITUATIONS.values()
    if report.evidence and report.command in ("check", "fix-base-url", "suggest", "detect")
]
HOSTILE = st.one_of(
    st.sampled_from([None, True, 0, -1, 2**63, 10**30, 1.5, float("nan"), float("inf"), [], {}, [[]], ["x"], [1]]),
    st.sampled_from(["", "::error::x", "\x1b[31m", "\u202e", "\ud800", "x" * 5000, "999.1.1.1", "::1", "1.2.3.4/99"]),
    st.sampled_from(["http://[", "http://a:b", "ND999", "ND201", "[::]:x", ":80", "²", "{0.__class__}", "a > b", "-5"]),
)


def spoilt(value, data, depth=0):
    """A value with something else, or nothing, in one of its places."""
    if not value or not isinstance(value, dict | list) or (depth and data.draw(st.integers(0, 3)) == 0):
        return data.draw(HOSTILE)
    at = data.draw(st.sampled_from(sorted(value)) if isinstance(value, dict) else st.integers(0, len(value) - 1))
    copy = value.copy()
    if data.draw(st.integers(0, 9)) == 0:
        del copy[at]
    else:
        copy[at] = spoilt(value[at], data, depth + 1)
    return copy


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(SAVED), st.data())
def test_a_forged_report_is_refused_or_shown(saved, data):
    """Whatever is in a report, it is one sentence that it is none, or text in every format that drives nothing."""
    try:
        report = replay(json.dumps(spoilt(spoilt(saved, data), data)).encode())
    except NotAReportError:
        return
    texts = [rendered(report, form, "en") for form in FORMATS if form != "text"]
    for text in (*texts, as_text(report, "zh", detail=2), as_markdown(report), as_html(report)):
        assert harmless(text) == text
        text.encode()


@pytest.mark.parametrize(
    ("keys", "value"),
    [(("duration_ms",), float("nan")), (("exit_code",), 2), (("platform", "name"), 7), (("started",), "yesterday")],
)
def test_what_the_schema_has_not_is_named(keys, value, capsys, tmp_path):
    """A report of another shape is a sentence on standard error that says where, and status 78."""
    saved = json.loads(json.dumps(SAVED[0]))
    inner = saved
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    (tmp_path / "report.json").write_text(json.dumps(saved), "utf-8")
    assert cli.main(["check", "--replay", str(tmp_path / "report.json")]) == 78
    out, err = capsys.readouterr()
    assert (out, keys[-1] in err, err.count("\n")) == ("", True, 1)
