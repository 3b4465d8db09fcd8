"""The report for people: problems first, one line each, then why and what to do; legible at 80 columns.

Every line is right without colour; colour only underlines the first word.
"""

from netdiag.model.report import Report
from netdiag.report.page import Page


def as_text(
    report: Report, language: str = "en", *, detail: int = 0, colour: bool = False, called: str = "netdiag"
) -> str:
    """Return the report as text in ``language``.

    ``detail`` is -1 for problems only, 0 as usual, 1 with every attempt, 2 with what cannot be of use to most.
    ``called`` is how netdiag is called here, in the commands that are advised.
    """
    page = Page(colour=colour, called=called)
    if report.command == "detect":
        from netdiag.report.detected import detected  # noqa: PLC0415 - a command needs one of the pages

        detected(page, report, language)
    elif report.command == "explain":
        from netdiag.report.explained import pasted  # noqa: PLC0415

        pasted(page, report, language)
    elif report.command == "fix-compose":
        from netdiag.report.composed import composed  # noqa: PLC0415

        composed(page, report, language, detail)
    else:
        from netdiag.report.examined import examined  # noqa: PLC0415

        examined(page, report, language, detail)
    return page.text()
