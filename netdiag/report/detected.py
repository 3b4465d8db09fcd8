"""The page of ``netdiag detect``: which address would be written, where this is, and the way to the host drawn."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import findings
from netdiag.model.place import Hop, Platform
from netdiag.model.report import Report
from netdiag.report import from_host
from netdiag.report.labels import label, origin
from netdiag.report.page import Page
from netdiag.report.told import body, title
from netdiag.text import shown

_INDENT: Final = 4
_COLUMN: Final = 18


def detected(page: Page, report: Report, language: str) -> None:
    """Write the choice, the place, its evidence, the way and the candidates; nothing where no place was looked at."""
    platform = report.platform
    if platform is None:
        return
    colon = label("colon", language)
    _choose(page, report, language)
    page.headed("note", label("where", language), colon + _named(platform, language))
    for name, facts in (("because", platform.evidence), ("against", platform.against)):
        for fact in facts:
            page.paragraph(f"{label(name, language)}{colon}{fact.name} = {shown(fact.value)} ({fact.source})", _INDENT)
    page.paragraph(label("way", language) + colon.rstrip())
    _draw(page, report, platform, language)
    page.paragraph(label("candidates", language) + colon.rstrip())
    for candidate in report.candidates:
        addresses = ", ".join(candidate.addresses) or label("unknown_here", language)
        behind = "" if addresses == candidate.host else f" [{addresses}]"
        page.paragraph(candidate.host + behind + colon + origin(candidate, language), _INDENT)
    if report.evidence and report.evidence.host:
        page.paragraph(label("page_host", language) + colon.rstrip())
        for line in from_host.lines(report.evidence.host, language):
            page.paragraph(line, _INDENT)
    for finding in report.findings:
        said = findings.words(finding, language)
        title(page, finding, said, language)
        body(page, said, finding.evidence, language)


def _named(platform: Platform, language: str) -> str:
    names = [name for name in (platform.name, platform.below) if name]
    on = f" {label('here', language)} "
    words = on.join(findings.term(name, language) for name in names)
    said = (" / ".join(names), label(platform.confidence, language))
    return words + label("bracketed", language, what=label("comma", language).join(said))


def _draw(page: Page, report: Report, platform: Platform, language: str) -> None:
    """Draw the stations under one another: what each is, and what is known of it."""
    service = ("hop_service", label("about_service", language))
    for number, (kind, about) in enumerate((*_stations(report.path, platform, language), service)):
        if number:
            page.verbatim("|", _INDENT + 3)
        page.columns(label(kind, language), about, _INDENT, _COLUMN)


def _stations(path: Sequence[Hop], platform: Platform, language: str) -> Iterator[tuple[str, str]]:
    for hop, after in itertools.zip_longest(path, path[1:]):
        known = _known(hop, after, platform, language)
        yield f"hop_{hop.kind}", label("comma", language).join(filter(None, (hop.detail, known)))


def _known(hop: Hop, after: Hop | None, platform: Platform, language: str) -> str:
    """Return what is known of a station beside its address."""
    if hop.kind == "container":
        return ""
    if hop.kind == "bridge":
        return label("of_host" if after and after.kind == "host" else "not_of_host", language)
    if hop.kind != "host":
        return label(f"about_{hop.kind}", language)
    systems = label("or", language).join(label(system, language) for system in platform.systems)
    reached = label("loopback_reached" if platform.reaches_loopback else "loopback_not_reached", language)
    return f"{systems}{label('semicolon', language)}{reached}"


def _choose(page: Page, report: Report, language: str) -> None:
    """Write which address would be written, why, and the one after it."""
    colon, choice = label("colon", language), report.choice
    if choice is None:
        page.paragraph(label("would_write", language) + colon + label("no_choice", language))
        return
    page.paragraph(label("would_write", language) + colon + choice.candidate.host)
    page.paragraph(label(choice.reason, language), _INDENT)
    if other := choice.runner_up:
        page.paragraph(label("runner_up", language, host=other.host, origin=origin(other, language)), _INDENT)
