"""Which formats there are, for which command, and what makes each; one is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from netdiag.model.report import Report

FORMATS: Final = ("text", "json", "jsonl", "junit", "sarif", "nagios")
"""Of a command that examines endpoints in files."""

OF_A_CALL: Final = ("text", "json", "jsonl", "junit", "nagios")
"""Of a single call: there is no file for SARIF to point at."""

PLAIN: Final = ("text", "json")
"""Of a command that examines no endpoint: nothing passes or fails."""


def rendered(report: Report, form: str, language: str) -> str:
    """Return ``report`` for machines in ``form``, which is not ``text``; to be written in UTF-8."""
    match form:
        case "json":
            from netdiag.report.as_json import as_json  # noqa: PLC0415 - of the six one is needed

            return as_json(report, language) + "\n"
        case "jsonl":
            from netdiag.report.as_jsonl import as_jsonl  # noqa: PLC0415

            return as_jsonl(report, language)
        case "junit":
            from netdiag.report.as_junit import as_junit  # noqa: PLC0415

            return as_junit(report, language)
        case "sarif":
            from netdiag.report.as_sarif import as_sarif  # noqa: PLC0415

            return as_sarif(report, language) + "\n"
        case "nagios":
            from netdiag.report.as_nagios import as_nagios  # noqa: PLC0415

            return as_nagios(report, language)
    msg = f"no such format: {form}"
    raise ValueError(msg)
