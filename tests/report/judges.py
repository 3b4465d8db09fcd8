"""Independent judges of what netdiag writes: each raises where its format's own rules are broken."""

import json
import re
from functools import cache
from importlib import resources
from pathlib import Path

import jsonschema
import xmlschema
from referencing import Registry, Resource

SCHEMAS = Path(__file__).parent / "schemas"


def shipped(name: str) -> dict:
    """A schema of the package."""
    return json.loads(resources.files("netdiag.report").joinpath(name).read_text("utf-8"))


@cache
def _events() -> jsonschema.Draft202012Validator:
    report = Resource.from_contents(shipped("schema.json"))
    return jsonschema.Draft202012Validator(
        shipped("event.schema.json"), registry=Registry().with_resource("netdiag/report/1", report)
    )


@cache
def _sarif() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")))


@cache
def _junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def judge_json(text: str) -> None:
    """One object as schema.json has it."""
    jsonschema.validate(json.loads(text), shipped("schema.json"))


def judge_jsonl(text: str) -> None:
    """Lines as event.schema.json has them, which begin and end as it says."""
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        _events().validate(event)
    names = [event["event"] for event in events]
    assert (names[0], names[-1]) == ("started", "finished")
    assert names.count("started") == names.count("finished") == 1


def judge_junit(text: str) -> None:
    """A document as Jenkins' schema has it, whose counts are right."""
    _junit().validate(text)
    root = _junit().to_dict(text)
    suites = root["testsuite"]
    for suite in suites:
        cases = suite.get("testcase", [])
        counted = {kind: sum(kind in case for case in cases) for kind in ("failure", "error", "skipped")}
        said = [int(suite[f"@{name}"]) for name in ("tests", "failures", "errors", "skipped")]
        assert said == [len(cases), counted["failure"], counted["error"], counted["skipped"]]
    for name in ("tests", "failures", "errors"):
        assert int(root[f"@{name}"]) == sum(int(suite[f"@{name}"]) for suite in suites)


def judge_sarif(text: str) -> None:
    """A log as OASIS' schema has it; beyond that what the prose asks: rules by index, URIs, columns that begin at 1."""
    log = json.loads(text)
    _sarif().validate(log)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert len(result["partialFingerprints"]) == 1
            for location in result["locations"]:
                physical = location.get("physicalLocation", {})
                assert re.fullmatch(r"[\w.~/%+:-]+", physical.get("artifactLocation", {}).get("uri", "x"), re.ASCII)
                assert physical.get("region", {}).get("startLine", 1) >= 1


_LABEL = r"(?:'[^'=|]+'|[^ '=|]+)"
_NUMBER = r"-?\d+(?:\.\d+)?"
_PERFDATA = re.compile(rf"{_LABEL}={_NUMBER}(?:us|ms|s|%|[KMGT]?B|c)?(?:;(?:{_NUMBER})?){{0,4}}")
"""Monitoring Plugins' development guidelines, 2.6."""


def judge_nagios(text: str) -> None:
    """A line: a word of Nagios', text, a bar, and performance data by its grammar."""
    assert re.fullmatch(r"[^\n]+\n", text)
    said, bar, measured = text.rstrip("\n").partition(" | ")
    assert bar
    assert "|" not in said + measured
    assert re.match(r"NETDIAG (OK|WARNING|CRITICAL|UNKNOWN) - \S", said)
    for each in measured.split(" "):
        assert _PERFDATA.fullmatch(each), each


JUDGES = {
    "json": judge_json,
    "jsonl": judge_jsonl,
    "junit": judge_junit,
    "sarif": judge_sarif,
    "nagios": judge_nagios,
}
