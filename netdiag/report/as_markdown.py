"""The report in Markdown, short enough for an issue: how it stands, each cause with its way out, the endpoints."""

import re
from collections.abc import Iterator

from netdiag import __version__, findings
from netdiag.model.report import Finding, Report
from netdiag.report.few import few, values
from netdiag.report.labels import label
from netdiag.report.outcomes import CHANGES, headline_of, label_name, outcomes
from netdiag.report.told import command_lines, explanation
from netdiag.text import harmless, shown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@!])")


def as_markdown(report: Report, language: str = "en") -> str:
    """Return the report in ``language``; nothing in it mentions a user, links, or is markup of somebody else's."""
    return harmless("\n".join((*_head(report, language), *_causes(report, language), *_table(report, language))))


def _head(report: Report, language: str) -> Iterator[str]:
    yield f"## netdiag: {_text(headline_of(report, language))}\n"
    place = findings.term(report.platform.name, language) if report.platform else ""
    about = (f"netdiag {__version__}", place, f"KAG {report.kag_version}" if report.kag_version else "", report.started)
    yield f"{_text(label('comma', language).join(filter(None, about)))}\n"


def _causes(report: Report, language: str) -> Iterator[str]:
    said = [*report.findings, *(finding for item in report.endpoints for finding in item.findings)]
    for finding, left in few(_distinct(said), lambda each: (each.code, each.evidence)):
        yield from _cause(finding, language)
        if left:
            yield f"{label('and_alike', language, n=left)}\n"


def _distinct(said: list[Finding]) -> list[Finding]:
    """Return the problems and warnings, each cause once."""
    told = [finding for finding in said if findings.severity_of(finding) != "note"]
    return list({(f.code, findings.words(f), f.evidence): f for f in reversed(told)}.values())[::-1]


def _cause(finding: Finding, language: str) -> Iterator[str]:
    said = findings.words(finding, language)
    yield f"**{finding.code}** {_text(shown(said.title))}\n"
    if said.explanation:
        yield f"{_text(explanation(said))}\n"
    if finding.evidence:
        yield _fenced("\n".join(map(shown, finding.evidence)))
    for remedy in said.remedies:
        on = f"{remedy.on}{label('colon', language)}" if remedy.on else ""
        yield f"- {_text(on + shown(remedy.text))}\n"
        if remedy.command:
            yield _fenced("\n".join(command_lines(remedy.command)), "  ")


def _table(report: Report, language: str) -> Iterator[str]:
    if not report.endpoints:
        return
    yield f"| | {label('page_endpoints', language)} | base_url | |"
    yield "|---|---|---|---|"
    every = zip(report.endpoints, outcomes(report), strict=True)
    for (item, outcome), left in few(every, lambda each: (each[1], values(each[0]))):
        endpoint = item.endpoint
        where = findings.placed(endpoint.where if endpoint.line else endpoint.place or endpoint.source, language)
        named = _text(shown(" ".join(filter(None, (where, endpoint.node, endpoint.type, endpoint.model)))))
        proven = f"→ {_text(shown(item.proven_url))}" if outcome in CHANGES else ""
        became = label(label_name(report, outcome), language)
        yield f"| {became} | {named} | {_text(shown(endpoint.base_url))} | {proven} |"
        if left:
            yield f"| | {label('and_alike', language, n=left)} | | |"
    yield ""


def _text(text: str) -> str:
    """Return ``text`` with whatever Markdown would read as markup escaped; a URL stays text by a broken scheme."""
    return _SPECIAL.sub(r"\\\1", text).replace("://", "&#58;//")


def _fenced(text: str, indent: str = "") -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(indent + line for line in (fence, *text.splitlines(), fence)) + "\n"
