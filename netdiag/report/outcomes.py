"""What became of the endpoints, counted, and what is said of one whose base_url is to be another."""

from typing import Final

from netdiag import findings
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Report
from netdiag.outcome import OUTCOMES, Outcome, is_unwritten, outcomes
from netdiag.report.labels import label
from netdiag.text import shown

CHANGES: Final = ("repaired", "repairable", "by_hand")
"""Outcomes of an endpoint that works with another base_url than the one in its file."""

REPAIRABLE: Final = "repairable"
"""Stands where others have a code: that a base_url can be repaired is a verdict, and no finding."""


def summary(report: Report) -> dict[str, int]:
    """Count the endpoints by outcome."""
    became = outcomes(report)
    return {name: became.count(name) for name in OUTCOMES}


def counted(report: Report, language: str) -> str:
    """Return the counts in words, ``2 working, 1 with a problem``; empty where there are no endpoints."""
    counts = [label(f"count_{outcome}", language, n=n) for outcome, n in summary(report).items() if n]
    return label("comma", language).join(counts)


def ended(attempt: Attempt, language: str) -> str:
    """Return in words how an attempt ended."""
    if attempt.failure:
        return findings.term(attempt.failure, language)
    return f"HTTP {attempt.status}" if attempt.step == "call" else label("connected", language)


def attempted(attempt: Attempt, language: str) -> str:
    """Return an attempt on a line: its step, where it went, and how it ended."""
    where, how = attempt.address or attempt.host, ended(attempt, language)
    return label(
        "attempt", language, step=attempt.step, where=where, port=attempt.port, how=how, ms=attempt.duration_ms
    )


def label_name(report: Report, outcome: Outcome) -> str:
    """Return the label of an outcome: what should have been written and was not is not said to be repairable."""
    return "not_written" if outcome == REPAIRABLE and is_unwritten(report) else outcome


def change(report: Report, item: Examined, outcome: Outcome, language: str) -> str:
    """Return what was changed, or can be: ``can be repaired: http://localhost:1/ -> http://172.17.0.1:1/``."""
    said = label(label_name(report, outcome), language) + label("colon", language)
    return f"{said}{shown(item.endpoint.base_url)} -> {shown(item.proven_url)}"


def headline_of(report: Report, language: str) -> str:
    """Return how it stands in a few words: the counts, or what is wrong where there are none."""
    if report.endpoints:
        return counted(report, language)
    wrong = (finding for finding in report.findings if findings.severity_of(finding) == "error")
    first = next(wrong, None)
    return shown(findings.words(first, language).title) if first else label("no_endpoints", language)


__all__ = [
    "CHANGES",
    "REPAIRABLE",
    "attempted",
    "change",
    "counted",
    "ended",
    "headline_of",
    "label_name",
    "outcomes",
    "summary",
]
