"""The report as JUnit's XML, as Jenkins' xUnit plugin (junit-10.xsd) and GitLab read it.

A suite for each configuration with a case for each endpoint, and one, ``netdiag``, for what is about the run. What was
typed on the command line is not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from netdiag import __version__, findings
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined, Finding, Report
from netdiag.outcome import Outcome, is_unwritten
from netdiag.report.labels import label
from netdiag.report.outcomes import REPAIRABLE, change, outcomes
from netdiag.report.told import headline, in_full
from netdiag.text import harmless, shown

_CANNOT_LOOK: Final = ("ND5", "ND7")
"""Codes of a run that could not look at something: an ``error``, where what was looked at is a ``failure``."""


def as_junit(report: Report, language: str = "en") -> str:
    """Return the report as an XML document, to be written in UTF-8."""
    root = ET.Element("testsuites", name="netdiag")
    _about_the_run(root, report, language)
    by_source: dict[str, list[tuple[Examined, Outcome]]] = {}
    for item, outcome in zip(report.endpoints, outcomes(report), strict=True):
        by_source.setdefault(_source(item.endpoint, language), []).append((item, outcome))
    for source, items in by_source.items():
        suite = ET.SubElement(root, "testsuite", name=source)
        for item, outcome in items:
            _case(suite, report, item, outcome, source, language)
        _count(suite, report)
    _total(root, report)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{harmless(ET.tostring(root, encoding="unicode"))}\n'


def _about_the_run(root: ET.Element, report: Report, language: str) -> None:
    suite = ET.SubElement(root, "testsuite", name="netdiag")
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", name=name, value=shown(value))
    for finding in report.findings:
        where = findings.placed(finding.where, language)
        case = ET.SubElement(suite, "testcase", name=shown(f"{finding.code} {where}".strip()), classname="netdiag")
        _tell(case, [finding], language, "error" if finding.code.startswith(_CANNOT_LOOK) else "failure")
    _count(suite, report)


def _properties(report: Report) -> Mapping[str, str]:
    return {
        "version": __version__,
        "command": report.command,
        "kag_version": report.kag_version,
        "platform": report.platform.name if report.platform else "",
        "exit_code": str(report.exit_code),
    }


def _source(endpoint: Endpoint, language: str) -> str:
    return shown(findings.placed(endpoint.place, language) or endpoint.source)


def _case(  # noqa: PLR0913, PLR0917 - what a case is made of
    suite: ET.Element, report: Report, item: Examined, outcome: Outcome, source: str, language: str
) -> None:
    endpoint = item.endpoint
    name = shown(" ".join(filter(None, (endpoint.node, endpoint.model, endpoint.base_url))))
    seconds = sum(proof.duration_ms for proof in item.proofs) / 1000
    case = ET.SubElement(suite, "testcase", name=name, classname=source, time=f"{seconds:.3f}")
    if outcome == "calls_nobody":
        ET.SubElement(case, "skipped", message=label(outcome, language))
    elif outcome == REPAIRABLE:
        failure = ET.SubElement(case, "failure", type=REPAIRABLE, message=change(report, item, outcome, language))
        failure.text = label("unwritten" if is_unwritten(report) else "repair", language)
    elif outcome == "repaired":
        ET.SubElement(case, "system-out").text = change(report, item, outcome, language)
    _tell(case, item.findings, language, "error" if outcome == "left_alone" else "failure")
    if outcome == "broken" and case.find("failure") is None:
        ET.SubElement(case, "failure", type="broken", message=label("broken", language))


def _tell(case: ET.Element, said: Sequence[Finding], language: str, kind: str = "failure") -> None:
    """Write problems as elements of ``kind``, and the rest as what the case printed."""
    others = []
    for finding in said:
        if findings.severity_of(finding) == "error":
            element = ET.SubElement(case, kind, type=finding.code, message=headline(finding, language))
            element.text = in_full(finding, language)
        else:
            others.append(f"{finding.code} {headline(finding, language)}\n{in_full(finding, language)}")
    if others:
        ET.SubElement(case, "system-out").text = "\n".join(others)


def _count(suite: ET.Element, report: Report) -> None:
    cases = suite.findall("testcase")
    suite.attrib |= {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{sum(_seconds(cases)):.3f}",
        "timestamp": report.started.removesuffix("+00:00"),  # the attribute has no room for a zone, and is UTC
    }


def _seconds(cases: Sequence[ET.Element]) -> Iterator[float]:
    return (float(case.get("time", "0")) for case in cases)


def _total(root: ET.Element, report: Report) -> None:
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report.duration_ms / 1000:.3f}")
