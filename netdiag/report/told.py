"""A finding on a page: its title, of a warning also what to do, and of a problem why it is one and what was seen."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import findings
from netdiag.findings import Remedy, Words
from netdiag.model.report import Finding
from netdiag.report.labels import label
from netdiag.report.page import Page
from netdiag.report.seen import seen
from netdiag.text import printable, shown, without_secrets

_EXPLANATION_LIMIT: Final = 2000


def tell(page: Page, finding: Finding, language: str, *, has_remedies: bool = True) -> None:
    """Write a finding that is not about one endpoint: a problem in full, a warning with what to do, a note's title.

    Without ``has_remedies`` what to do is told elsewhere on the page.
    """
    said = findings.words(finding, language)
    title(page, finding, said, language)
    severity = findings.severity_of(finding)
    if severity == "error":
        body(page, said, finding.evidence, language)
    elif severity == "warning" and has_remedies:
        remedies(page, said, language)


def in_full(finding: Finding, language: str) -> str:
    """Return why a finding is one, what was seen and what to do, as paragraphs of text."""
    page = Page()
    body(page, findings.words(finding, language), finding.evidence, language)
    return textwrap.dedent(page.text())


def headline(finding: Finding, language: str) -> str:
    """Return what is the matter, on one line."""
    return shown(findings.words(finding, language).title)


def title(page: Page, finding: Finding, said: Words, language: str) -> None:
    """Write the line that says what is the matter."""
    severity = findings.severity_of(finding)
    page.headed(severity, label(severity, language), f"{label('colon', language)}{shown(said.title)}  [{finding.code}]")


def body(page: Page, said: Words, evidence: Sequence[str], language: str, *, exactly: bool = False) -> None:
    """Write why, what to do, and what was seen: ``exactly`` as a report has it, or else in words."""
    if said.explanation:
        page.paragraph(explanation(said), 4)
    remedies(page, said, language)
    if evidence:
        page.paragraph(label("seen", language), 4)
        for line in evidence:
            page.paragraph(shown(line) if exactly else seen(shown(line), language), 8)


def remedies(page: Page, said: Words, language: str) -> None:
    """Write what to do, if anything."""
    if said.remedies:
        page.paragraph(label("do", language), 4)
    for remedy in said.remedies:
        page.paragraph(placed(remedy, language), 6)
        command(page, remedy.command)


def placed(remedy: Remedy, language: str) -> str:
    """Return what a remedy does, after the place where it is done."""
    return remedy.on + label("colon", language) + remedy.text if remedy.on else remedy.text


def command(page: Page, text: str) -> None:
    """Write what is to be copied."""
    for line in command_lines(text):
        page.verbatim(line, 10)


def command_lines(text: str) -> Iterator[str]:
    """Yield the lines of what is to be copied, blanks at their beginning kept, since they mean something to YAML."""
    for line in text.splitlines():
        bare = line.lstrip()
        yield line[: -len(bare) or None] + shown(bare)


def explanation(said: Words) -> str:
    """Return why a finding is one, as it may be shown: longer than other text, since all but its values is ours."""
    return printable(without_secrets(said.explanation), _EXPLANATION_LIMIT)
