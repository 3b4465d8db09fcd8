"""The report as SARIF 2.1.0 (OASIS, errata 01), which code scanning reads: rules, results with regions, and fixes.

A result is what is wrong in a file, or in a row of a database, which has a logical location only. What is wrong with
the place, and no file's fault, is a notification: services that show results beside a file refuse those without one.
"""

import hashlib
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any, Final

from netdiag import __version__, exits, findings
from netdiag.model.report import Examined, Finding, Report
from netdiag.report.dumped import dumped
from netdiag.report.labels import label
from netdiag.report.markup import LANGUAGES
from netdiag.report.outcomes import REPAIRABLE, change, outcomes
from netdiag.report.sarif_places import fix, of_endpoint, of_finding
from netdiag.report.told import headline, in_full

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PAGES: Final = {"en": "troubleshooting.md", "zh": "troubleshooting.zh-CN.md"}


def as_sarif(report: Report, language: str = "en") -> str:
    """Return the report as indented JSON text."""
    placed, elsewhere = _sorted(report)
    results: list[dict[str, Any]] = [
        *_of_endpoints(report, language),
        *(_of_run(finding, places, language) for finding, places in placed),
    ]
    used = sorted({result["ruleId"] for result in results} | {finding.code for finding in elsewhere})
    for result in results:
        result["ruleIndex"] = used.index(result["ruleId"])
    run = {
        "tool": {
            "driver": {"name": "netdiag", "version": __version__, "rules": [_rule(code, language) for code in used]}
        },
        "language": LANGUAGES[language],
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, elsewhere, language)],
        "results": results,
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _sorted(report: Report) -> tuple[list[tuple[Finding, dict[str, Any]]], list[Finding]]:
    """Return the findings about the run that are of a place, with it, and the others."""
    sources = {item.endpoint.source for item in report.endpoints} | {edit.source for edit in report.plan.edits}
    placed = [(finding, of_finding(finding, sources)) for finding in report.findings]
    return [(finding, place) for finding, place in placed if place], [finding for finding, place in placed if not place]


def _invocation(report: Report, elsewhere: Iterable[Finding], language: str) -> dict[str, Any]:
    return {
        "executionSuccessful": report.exit_code != exits.NO_CONFIGURATION,
        "exitCode": report.exit_code,
        "startTimeUtc": report.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {"descriptor": {"id": finding.code}, "level": _level(finding), "message": _message(finding, language)}
            for finding in elsewhere
        ],
    }


def _of_endpoints(report: Report, language: str) -> Iterator[dict[str, Any]]:
    for item, outcome in zip(report.endpoints, outcomes(report), strict=True):
        locations = [of_endpoint(item.endpoint, findings.placed(item.endpoint.place, language))]
        for finding in item.findings:
            said = _message(finding, language)
            yield _result(finding.code, _level(finding), said, locations, _identity(finding.code, item))
        if outcome == REPAIRABLE:
            said = {"text": change(report, item, outcome, language)}
            result = _result(REPAIRABLE, "error", said, locations, _identity(REPAIRABLE, item))
            replaced = fix(report.plan.edits, item.endpoint)
            yield {**result, "fixes": [{"description": said, **replaced}]} if replaced else result


def _of_run(finding: Finding, place: dict[str, Any], language: str) -> dict[str, Any]:
    identity = f"{finding.code}|{finding.where.rpartition(':')[0] or finding.where}"
    return _result(finding.code, _level(finding), _message(finding, language), [place], identity)


def _result(
    rule: str, level: str, said: dict[str, str], locations: list[dict[str, Any]], identity: str
) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": level,
        "message": said,
        "locations": locations,
        "partialFingerprints": {"netdiagFinding/v1": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()},
    }


def _identity(code: str, item: Examined) -> str:
    """Return what stays the same when lines move or words change."""
    endpoint = item.endpoint
    return "|".join((code, endpoint.source, endpoint.node, endpoint.kind, endpoint.model))


def _message(finding: Finding, language: str) -> dict[str, str]:
    more = in_full(finding, language)
    return {"text": f"{headline(finding, language)}\n\n{more}".strip()}


def _level(finding: Finding) -> str:
    return str(findings.severity_of(finding))


def _rule(code: str, language: str) -> dict[str, Any]:
    if code == REPAIRABLE:
        said = {"text": label(REPAIRABLE, language)}
        help_ = {"text": label("repair", language)}
        return {"id": code, "shortDescription": said, "help": help_, "defaultConfiguration": {"level": "error"}}
    described = findings.described(code, language)
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": described.title},
        "fullDescription": {"text": described.explanation},
        "help": _help(described),
        "defaultConfiguration": {"level": described.severity},
    }
    if page := _page(code, language):
        rule["helpUri"] = page
    return rule


def _help(described: findings.Described) -> dict[str, str]:
    """Return every remedy as plain text and as Markdown: what people see who have no network."""
    plain, marked = [described.explanation], [described.explanation]
    for remedy, _ in described.remedies:
        said = ": ".join(filter(None, (remedy.on, remedy.text)))
        plain.append("\n    ".join((said, *remedy.command.splitlines())))
        marked.append(f"{said}\n\n```\n{remedy.command}\n```" if remedy.command else said)
    return {"text": "\n\n".join(plain), "markdown": "\n\n".join(marked)}


def _page(code: str, language: str) -> str:
    """Return the address of the code's section in the documentation, where this distribution names an address of it.

    ``helpUri`` must be absolute (3.49.12), and services refuse a file where it is not; so there is none without.
    """
    try:
        urls = metadata.metadata("netdiag").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    named = dict(url.split(", ", 1) for url in urls)
    home = named.get("Documentation", "").rstrip("/")
    return f"{home}/{PAGES[language]}#{code.lower()}" if home else ""
