"""Every situation in every format and language: golden, and judged by the format's own schema or grammar."""

import ast
import json
import re
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from golden import check
from report.judges import JUDGES
from report.situations import EXAMINED, KEY, REPAIRABLE, SITUATIONS, endpoint, report

from netdiag import __version__, findings
from netdiag.model.report import Finding
from netdiag.report import as_sarif
from netdiag.report.as_jsonl import as_jsonl
from netdiag.report.rendered import FORMATS, OF_A_CALL, rendered

GOLDEN = Path(__file__).parent / "golden"
MACHINE = [form for form in FORMATS if form != "text"]
CASES = [
    (name, form)
    for name, each in SITUATIONS.items()
    for form in MACHINE
    if name in EXAMINED or (each.command == "chat" and form in OF_A_CALL)
]


def test_there_are_enough_of_them():
    """At least twelve situations have every format."""
    assert len(EXAMINED) >= 12


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "form"), CASES, ids="-".join)
def test_golden(name, form, language):
    """What a machine reads is what it read before; the version alone may differ."""
    text = rendered(SITUATIONS[name], form, language)
    JUDGES[form](text)
    assert KEY not in text
    check(GOLDEN / form / f"{name}.{language}", text.replace(f'"{__version__}"', '"VERSION"'))


@pytest.mark.parametrize("name", EXAMINED)
def test_all_formats_agree(name):
    """The status, the codes and the number of endpoints are the same wherever they are said."""
    item = EXAMINED[name]
    events = [json.loads(line) for line in as_jsonl(item).splitlines()]
    suites = ET.fromstring(rendered(item, "junit", "en"))
    log = json.loads(rendered(item, "sarif", "en"))["runs"][0]
    said = [*item.findings, *(finding for each in item.endpoints for finding in each.findings)]
    codes = {finding.code for finding in said}
    notified = [notice["descriptor"]["id"] for notice in log["invocations"][0]["toolExecutionNotifications"]]
    assert events[-1]["exit_code"] == log["invocations"][0]["exitCode"] == item.exit_code
    assert suites.find(".//property[@name='exit_code']").get("value") == str(item.exit_code)
    assert {event["finding"]["code"] for event in events if event["event"] == "finding"} == codes
    assert {*(each["ruleId"] for each in log["results"]), *notified} - {"repairable"} == codes
    assert len(suites.findall("testsuite/testcase")) == len(item.endpoints) + len(item.findings)
    problems = {finding.code for finding in said if findings.severity_of(finding) == "error"}
    told = {each.get("type") for each in [*suites.iter("failure"), *suites.iter("error")]}
    assert told - {"repairable"} == problems


def test_a_region_is_the_base_url_itself():
    """Line and columns of a result cut the base_url out of its file, those of its fix what is replaced."""
    result = json.loads(rendered(SITUATIONS["check"], "sarif", "en"))["runs"][0]["results"][0]
    line = "  base_url: http://localhost:11434/"
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 4
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == REPAIRABLE.endpoint.base_url
    cut = [
        (
            line[r["deletedRegion"]["startColumn"] - 1 : r["deletedRegion"]["endColumn"] - 1],
            r["insertedContent"]["text"],
        )
        for r in result["fixes"][0]["artifactChanges"][0]["replacements"]
    ]
    assert cut == [("localhost", "172.18.0.1"), ("/", "")]


def test_a_row_of_a_database_has_a_logical_location_only():
    """What is in no file points at none, and has no fix."""
    result = json.loads(rendered(SITUATIONS["of-the-server"], "sarif", "en"))["runs"][0]["results"][0]
    (location,) = result["locations"]
    assert list(location) == ["logicalLocations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "model page > Ollama > qwen2.5:3b"
    assert "fixes" not in result


def test_a_fingerprint_survives_moved_lines():
    """The same fault of the same endpoint has the same fingerprint on another line and in another language."""
    moved = REPAIRABLE._replace(endpoint=endpoint()._replace(line=40))
    made = [
        json.loads(rendered(report("check", item), "sarif", language))["runs"][0]["results"][0]["partialFingerprints"]
        for item, language in ((REPAIRABLE, "en"), (moved, "zh"))
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        pytest.param([], None, id="no address is known"),
        pytest.param(["Homepage, https://h.example"], None, id="one of something else"),
        pytest.param(
            ["Documentation, https://h.example/docs/"], "https://h.example/docs/troubleshooting.md#nd201", id="named"
        ),
    ],
)
def test_where_help_is(urls, expected, monkeypatch):
    """A rule links to its code's section where the distribution names its documentation, and to nothing otherwise."""

    class Named:
        def get_all(self, _):
            return urls

    monkeypatch.setattr(metadata, "metadata", lambda name: Named())
    run = json.loads(as_sarif.as_sarif(SITUATIONS["two-with-one-cause"]))["runs"][0]
    assert run["tool"]["driver"]["rules"][0].get("helpUri") == expected


@pytest.mark.parametrize(
    ("where", "physical"),
    [
        ("bad.yaml:3", ("bad.yaml", 3)),
        ("/etc/hosts:7", ("file:///etc/hosts", 7)),
        ("配置/a b.yaml", ("%E9%85%8D%E7%BD%AE/a%20b.yaml", None)),
        ("c:d.yaml", ("c%3Ad.yaml", None)),
        ("mysql.lan:3306", None),
        ("openspg:127.0.0.1:3306/openspg/kg_config/1", None),
        ("place_models", None),
        ("", None),
    ],
)
def test_places_of_findings_about_the_run(where, physical):
    """A file becomes a URI, with its line where it has one; what is no file becomes a notification."""
    run = json.loads(rendered(report("check", findings=(Finding("ND501", where),)), "sarif", "en"))["runs"][0]
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert len(run["results"]) + len(notices) == 1
    if physical is None:
        assert notices
        return
    found = run["results"][0]["locations"][0]["physicalLocation"]
    assert (found["artifactLocation"]["uri"], found.get("region", {}).get("startLine")) == physical


def test_what_was_typed_is_in_no_junit():
    """Properties are named one by one; the command line, which may hold a URL with a key, is not among them."""
    names = {each.get("name") for each in ET.fromstring(rendered(SITUATIONS["check"], "junit", "en")).iter("property")}
    assert names == {"version", "command", "kag_version", "platform", "exit_code"}
    source = Path(as_sarif.__file__).with_name("as_junit.py").read_text("utf-8")
    assert not {"sys", "os"} & {
        name.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for name in node.names
    }


@pytest.mark.parametrize(
    ("status", "word"), [(0, "OK"), (3, "WARNING"), (1, "CRITICAL"), (4, "CRITICAL"), (77, "CRITICAL"), (78, "UNKNOWN")]
)
def test_nagios_word(status, word):
    """The word says in Nagios' terms what netdiag's status says in its own."""
    assert rendered(report("check", exit_code=status), "nagios", "en").startswith(f"NETDIAG {word} - ")


@pytest.mark.parametrize("form", MACHINE)
def test_hostile_words_are_tamed(form):
    """Nothing that a server said breaks out of a format: no control characters, no markup, no further column."""
    text = rendered(SITUATIONS["hostile"], form, "en")
    assert not set(text) & {"\x1b", "\x07", "\x9b"}
    assert not re.search(r"<script>", text) or form != "junit"
