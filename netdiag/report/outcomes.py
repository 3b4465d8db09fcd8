"""What became of the endpoints, counted."""

from netdiag.model.report import Report


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
