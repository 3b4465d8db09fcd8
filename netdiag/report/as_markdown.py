"""The report in Markdown, short enough for an issue: how it stands, each cause with its way out, the endpoints."""

import re
from collections.abc import Iterator, Sequence

from netdiag import __version__, findings
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Finding, Report
from netdiag.report.few import few, values
from netdiag.report.grouped import groups
from netdiag.report.labels import label
from netdiag.report.outcomes import headline_of, label_name, outcomes
from netdiag.report.seen import seen
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
    for finding, places, left in _told(report):
        yield from _cause(finding, places, language)
        if left:
            yield f"{label('and_alike', language, n=left)}\n"


def _told(report: Report) -> Iterator[tuple[Finding, list[str], int]]:
    """Yield the problems and then the warnings, each cause once, with the places it is about."""
    said = [(finding, "") for finding in report.findings]
    said += [(f, _where(item.endpoint)) for item in report.endpoints for f in item.findings]
    causes: dict[tuple[str, findings.Words, tuple[str, ...]], tuple[Finding, list[str]]] = {}
    for finding, place in said:
        if findings.severity_of(finding) != "note":
            key = (finding.code, findings.words(finding), finding.evidence)
            causes.setdefault(key, (finding, []))[1].append(place)
    ordered = sorted(causes.values(), key=lambda each: findings.severity_of(each[0]) != "error")
    for (finding, places), left in few(ordered, lambda each: (each[0].code, each[0].evidence)):
        yield finding, [place for place in places if place], left


def _where(endpoint: Endpoint) -> str:
    """Return where an endpoint is: ``kag_config.yaml:4 chat_llm``, or a place in OpenSPG's pages."""
    where = endpoint.where if endpoint.line else endpoint.place or endpoint.source
    row = f"({endpoint.source})" if endpoint.place and not endpoint.line else ""
    return " ".join(filter(None, (where, endpoint.node, row)))


def _cause(finding: Finding, places: Sequence[str], language: str) -> Iterator[str]:
    said = findings.words(finding, language)
    severity = label(findings.severity_of(finding), language) + label("colon", language)
    yield f"**{severity.strip()} {finding.code}** {_text(shown(said.title))}\n"
    for place, left in few(places or filter(None, [finding.where]), lambda _: True):
        yield f"- {_text(shown(findings.placed(place, language)))}"
        if left:
            yield f"- {label('and_alike', language, n=left)}"
    if places or finding.where:
        yield ""
    if said.explanation:
        yield f"{_text(explanation(said))}\n"
    for remedy in said.remedies:
        on = f"{remedy.on}{label('colon', language)}" if remedy.on else ""
        yield f"- {_text(on + shown(remedy.text))}\n"
        if remedy.command:
            yield _fenced("\n".join(command_lines(remedy.command)), "  ")
    if finding.evidence:
        yield f"{label('seen', language)}\n"
        yield _fenced("\n".join(seen(shown(line), language) for line in finding.evidence))


def _table(report: Report, language: str) -> Iterator[str]:
    if not report.endpoints:
        return
    yield f"| | {label('page_endpoints', language)} | base_url | |"
    yield "|---|---|---|---|"
    every = zip(report.endpoints, outcomes(report), strict=True)
    for group in groups(every):
        rows: dict[tuple[str, str], list[str]] = {}
        for item, left in few(group.items, values):
            proven = f"→ {_text(shown(item.proven_url))}" if group.now else ""
            named = _text(shown(_named(item.endpoint, language)))
            row = rows.setdefault((_text(shown(item.endpoint.base_url)), proven), [])
            row += [named, label("and_alike", language, n=left)] if left else [named]
        became = label(label_name(report, group.outcome), language)
        for (url, proven), places in rows.items():
            yield f"| {became} | {label('semicolon', language).join(places)} | {url} | {proven} |"
    yield ""


def _named(endpoint: Endpoint, language: str) -> str:
    where = findings.placed(endpoint.where if endpoint.line else endpoint.place or endpoint.source, language)
    return " ".join(filter(None, (where, endpoint.node, endpoint.type, endpoint.model)))


def _text(text: str) -> str:
    """Return ``text`` with whatever Markdown would read as markup escaped; a URL stays text by a broken scheme."""
    return _SPECIAL.sub(r"\\\1", text).replace("://", "&#58;//")


def _fenced(text: str, indent: str = "") -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(indent + line for line in (fence, *text.splitlines(), fence)) + "\n"
