"""The page of ``fix-compose``: what was put into the file or stands in the way, and what has to be done on the host."""

from netdiag import findings
from netdiag.model.report import Report
from netdiag.report.labels import label
from netdiag.report.page import Page
from netdiag.report.told import body, title
from netdiag.text import shown


def composed(page: Page, report: Report, language: str, detail: int) -> None:
    """Write what was or would be written, then every finding in full; ``detail`` is that of the text report."""
    colon = label("colon", language)
    if detail >= 0:
        for edit in report.plan.edits if report.applied else ():
            text = shown(f"{edit.source}:{edit.line} {edit.node}")
            page.headed("repaired", label("written", language), f"{colon}{text}")
        if report.plan.diff and not report.applied:
            page.paragraph(label("pending", language))
            page.verbatim(report.plan.diff.rstrip("\n"))
    for finding in report.findings:
        if detail < 0 and findings.severity_of(finding) != "error":
            continue
        said = findings.words(finding, language)
        title(page, finding, said, language)
        body(page, said, finding.evidence, language)
    if report.applied and detail >= 0:
        page.paragraph(label("undo", language))
