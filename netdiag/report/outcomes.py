"""What became of the endpoints, counted, and what is said of one that can be repaired."""

from netdiag.model.report import Examined, Report
from netdiag.report.labels import label
from netdiag.text import shown

REPAIRABLE = "repairable"
"""Stands where others have a code: that a base_url can be repaired is a verdict, and no finding."""


def summary(report: Report) -> dict[str, int]:
    """Count the endpoints by outcome."""
    ended = outcomes(report)
    return {name: ended.count(name) for name in ("works", "repaired", "repairable", "broken", "left_alone")}


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
