"""What could be configured, for people: what to enter and where comes first, then what was found beside it."""

from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import findings
from netdiag.findings.suggested import CODES, TO_TYPE, address, line, others, unproven, why
from netdiag.model.report import Finding, Report
from netdiag.model.suggestion import Suggestions
from netdiag.report.labels import label
from netdiag.report.outcomes import attempted
from netdiag.report.page import Page
from netdiag.report.told import body, command, explanation, placed, title
from netdiag.text import shown

_LIMIT: Final = 12
"""Lines of a list: a server may have hundreds of models."""


def suggested(page: Page, report: Report, suggestions: Suggestions, language: str, detail: int) -> None:
    """Write what to enter, and what is lacking beside it; ``detail`` is that of the text report."""
    for finding in report.findings:
        if finding.code == TO_TYPE:
            _Entered(page, finding, suggestions, language).write(detail)
        elif finding.code in CODES and (detail >= 0 or findings.severity_of(finding) == "error"):
            said = findings.words(finding, language)
            title(page, finding, said, language)
            body(page, said, finding.evidence, language)


def beside(page: Page, suggestions: Suggestions, language: str, detail: int) -> None:
    """Write which models were not called, and on request each connect and each call: behind all that is said."""
    for text in _left_out(suggestions, language):
        page.paragraph(text)
    if detail > 0:
        for text in _attempts(suggestions, language):
            page.paragraph(text, 4)


class _Entered:
    """What is to be entered, on a page."""

    def __init__(self, page: Page, finding: Finding, suggestions: Suggestions, language: str) -> None:
        self._page = page
        self._finding = finding
        self._suggestions = suggestions
        self._language = language

    def write(self, detail: int) -> None:
        """Write one line; unless problems only are asked for, also each text under its place, and the rest."""
        said = findings.words(self._finding, self._language)
        head = f"{label('colon', self._language)}{shown(said.title)}  [{TO_TYPE}]"
        self._page.headed("repairable", label("to_type", self._language), head)
        if detail < 0:
            return
        for remedy in said.remedies:
            self._page.paragraph(placed(remedy, self._language), 4)
            self._copied(remedy.command)
        self._listed("also_proven", [line(offer) for offer in others(self._suggestions)])
        self._listed("not_proven", [why(offer) for offer in unproven(self._suggestions)])
        self._page.paragraph(explanation(said), 4)

    def _listed(self, name: str, lines: Sequence[str]) -> None:
        if lines:
            self._page.paragraph(label(name, self._language), 4)
        for each in lines[:_LIMIT]:
            self._page.verbatim(shown(each), 10)
        if len(lines) > _LIMIT:
            self._page.paragraph(label("and_more", self._language, n=len(lines) - _LIMIT).lstrip("；; "), 10)

    def _copied(self, text: str) -> None:
        """Write what is copied. A block of YAML begins in the first column, where it has to stand in the file.

        What is entered was made printable, and is not cut or drawn together as words from outside are.
        """
        values = self._finding.values
        if text and text in (values.get("chat"), values.get("embedding"), values["block"]):
            self._page.verbatim(text, 0 if text == values["block"] else 10)
        else:
            command(self._page, text)


def _left_out(suggestions: Suggestions, language: str) -> Iterator[str]:
    for service in suggestions.services:
        if service.left_out:
            names = label("comma", language).join(map(shown, service.left_out[:_LIMIT]))
            more = len(service.left_out) - _LIMIT
            names += label("and_more", language, n=more) if more > 0 else ""
            yield label("left_out", language, address=address(service), models=names)


def _attempts(suggestions: Suggestions, language: str) -> Iterator[str]:
    """Yield each connect and each call, and how it ended."""
    for attempt in suggestions.tried:
        yield attempted(attempt, language)
    for offer in suggestions.offers:
        proof = offer.proof
        how = findings.term(proof.failure, language) if proof.failure else f"HTTP {proof.status}"
        yield shown(label("call_attempt", language, what=line(offer), how=how, ms=proof.duration_ms))
