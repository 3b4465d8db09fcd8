"""``netdiag report``: a check, or a saved one, written into one file that can be looked at and passed on."""

import argparse
from pathlib import Path

from netdiag import exits
from netdiag.cli.spoken import said
from netdiag.cli.terminal import complain
from netdiag.model.report import Report
from netdiag.text import shown


def write(report: Report, arguments: argparse.Namespace) -> int:
    """Write ``report`` in the form that the file's name asks for; return the status of the check, or that it cannot."""
    path = Path(arguments.output)
    try:
        path.write_text(_rendered(report, path.suffix, arguments.lang), "utf-8", errors="backslashreplace")
    except OSError as error:
        reason = said(error.strerror or "")
        complain(said("{name} cannot be written: {reason}", name=shown(str(path)), reason=shown(reason)))
        return exits.CANNOT_WRITE
    if not arguments.quiet:
        complain(said("wrote {name}", name=shown(str(path))))
    return report.exit_code


def _rendered(report: Report, suffix: str, language: str) -> str:
    if suffix == ".html":
        from netdiag.report.as_html import as_html  # noqa: PLC0415 - one of the three is needed

        return as_html(report, language)
    if suffix == ".md":
        from netdiag.report.as_markdown import as_markdown  # noqa: PLC0415

        return as_markdown(report, language)
    from netdiag.report.rendered import rendered  # noqa: PLC0415

    return rendered(report, "json", language)
