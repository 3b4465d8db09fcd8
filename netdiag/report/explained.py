"""What codes mean, for people and for machines, whatever has happened."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from netdiag import findings
from netdiag.model.report import Report
from netdiag.report.dumped import dumped
from netdiag.report.labels import label
from netdiag.report.page import Page
from netdiag.report.told import body, command, title

SCHEMA: Final = "netdiag/explain/1"


def as_text(codes: Sequence[str], language: str = "en", *, briefly: bool = False) -> str:
    """Return each code with its explanation and every remedy, or ``briefly`` its title alone."""
    page = Page()
    for number, code in enumerate(codes):
        described = findings.described(code, language)
        head = f"{code} ({label(described.severity, language)})"
        said = label("colon", language) + described.title
        if briefly:
            page.verbatim(head + said)  # a list to search in: one line for each
        else:
            page.headed(described.severity, head, said)
            _explain(page, described, language)
            if number < len(codes) - 1:
                page.verbatim("")
    return page.text()


def as_json(codes: Sequence[str], language: str = "en") -> str:
    """Return the codes as one JSON object, ``netdiag/explain/1``."""
    listed = [_as_dict(code, language) for code in codes]
    return dumped({"schema": SCHEMA, "codes": listed}, indent=2) + "\n"


def conditions(when: Mapping[str, Sequence[str]], language: str) -> str:
    """Return in words for which platform, system or service a remedy is shown."""
    comma = label("comma", language)
    said = []
    for name, wanted in when.items():
        words = [label(word, language) for word in wanted] if name == "systems" else wanted
        words = [findings.term(word, language) for word in wanted] if name in ("reason", "family") else words
        words = [label(word, language) if word in ("yes", "no") else word for word in words]
        asked = label(f"when_{name}", language)
        said.append(f"{asked}{'' if asked.endswith('：') else ' '}{comma.join(words)}")
    return label("semicolon", language).join(said)


def beginnings(codes: Sequence[str]) -> str:
    """Return codes, and beginnings of codes as ``ND3xx``."""
    return ", ".join(f"{code:x<5}" for code in codes)


def pasted(page: Page, report: Report, language: str) -> None:
    """Write what a pasted error can mean, the most likely first, each with why and what to do."""
    for finding in report.findings:
        said = findings.words(finding, language)
        title(page, finding, said, language)
        body(page, said, finding.evidence, language)


def _explain(page: Page, described: findings.Described, language: str) -> None:
    page.paragraph(described.explanation, 4)
    if described.hidden_by:
        page.paragraph(label("hidden_by", language, codes=beginnings(described.hidden_by)), 4)
    if described.remedies:
        page.paragraph(label("do", language), 4)
    for remedy, when in described.remedies:
        colon = label("colon", language)
        page.paragraph(remedy.on + colon + remedy.text if remedy.on else remedy.text, 6)
        if when:
            page.paragraph(label("applies", language, when=conditions(when, language)), 10)
        command(page, remedy.command)


def _as_dict(code: str, language: str) -> dict[str, Any]:
    described = findings.described(code, language)
    return {
        "code": code,
        "severity": described.severity,
        "title": described.title,
        "explanation": described.explanation,
        "hidden_by": list(described.hidden_by),
        "remedies": [{**remedy._asdict(), "when": dict(when)} for remedy, when in described.remedies],
    }
