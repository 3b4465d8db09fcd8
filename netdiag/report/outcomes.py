"""What became of the endpoints, counted, and what is said of one that can be repaired."""

from netdiag import findings
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Report
from netdiag.report.labels import label
from netdiag.text import shown

REPAIRABLE = "repairable"
"""Stands where others have a code: that a base_url can be repaired is a verdict, and no finding."""


def summary(report: Report) -> dict[str, int]:
    """Count the endpoints by outcome."""
    became = outcomes(report)
    return {name: became.count(name) for name in ("works", "repaired", "repairable", "broken", "left_alone")}


def counted(report: Report, language: str) -> str:
    """Return the counts in words, ``2 working, 1 with a problem``; empty where there are no endpoints."""
    counts = [label(f"count_{outcome}", language, n=n) for outcome, n in summary(report).items() if n]
    return label("comma", language).join(counts)


def ended(attempt: Attempt, language: str) -> str:
    """Return in words how an attempt ended."""
    if attempt.failure:
        return findings.term(attempt.failure, language)
    return f"HTTP {attempt.status}" if attempt.step == "call" else label("connected", language)


def outcomes(report: Report) -> list[str]:
    """Return what became of each endpoint: its verdict, or ``repaired`` where its edit was written."""
    written = {applied.source for applied in report.applied}
    return [
        "repaired" if item.verdict == "repairable" and item.endpoint.source in written else item.verdict
        for item in report.endpoints
    ]


def change(item: Examined, outcome: str, language: str) -> str:
    """Return what was changed, or can be: ``can be repaired: http://localhost:1/ -> http://172.17.0.1:1/``."""
    colon = label("colon", language)
    return f"{label(outcome, language)}{colon}{shown(item.endpoint.base_url)} -> {shown(item.proven_url)}"
