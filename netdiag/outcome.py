"""How a run ends: its exit status, and what is told of it at last."""

from typing import Final

from netdiag import exits, findings
from netdiag.model.event import Finished, Found, Tell, tell_all
from netdiag.model.report import Report

_BY_CODE: Final = (
    (exits.ROLLED_BACK, {"ND602", "ND611"}),
    (exits.CANNOT_WRITE, {"ND601", "ND609", "ND610"}),
    (
        exits.NO_CONFIGURATION,
        {"ND501", "ND502", "ND505", "ND530", "ND532", "ND533", "ND534", "ND535", "ND540", "ND578", "ND580"},
    ),
)


def exit_code(report: Report, *, command: str, writes: bool) -> int:
    """Return the status of docs/reference.md: what could not be read or written outweighs what is broken."""
    said = [*report.findings, *(finding for item in report.endpoints for finding in item.findings)]
    codes = {finding.code for finding in said}
    for status, meaning in _BY_CODE:
        if codes & meaning:
            return status
    if writes and "ND603" in codes:
        return exits.CANNOT_WRITE
    if not report.endpoints and codes & {"ND536", "ND537", "ND538", "ND542", "ND543", "ND557", "ND560", "ND561"}:
        return exits.NO_CONFIGURATION
    if "ND603" in codes or any(findings.severity(code) == "error" for code in codes):
        return exits.PROBLEM
    if "ND556" in codes or (report.plan.edits and not writes):  # proven, and to be typed by hand, or to be written
        return exits.PENDING if command in ("fix-base-url", "fix-compose") else exits.PROBLEM
    return exits.OK


def finished(report: Report, tell: Tell, *, command: str, writes: bool) -> Report:
    """Return ``report`` with its exit status, after telling what the run found, and that it is over."""
    report = report._replace(exit_code=exit_code(report, command=command, writes=writes))
    told(report, tell)
    return report


def told(report: Report, tell: Tell) -> None:
    """Tell what a run found, and that it is over."""
    tell_all(tell, [Found(finding, item.endpoint) for item in report.endpoints for finding in item.findings])
    tell_all(tell, [Found(finding) for finding in report.findings])
    tell(Finished(report))
