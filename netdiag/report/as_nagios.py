"""The report as a line for Nagios and those that read the same: ``NETDIAG CRITICAL - … | works=1;;;0 …``.

The word tells what netdiag's exit status means; the status itself is netdiag's own, in every format. The grammar is
that of the Monitoring Plugins' development guidelines: https://www.monitoring-plugins.org/doc/guidelines.html, 2.6.
"""

from collections.abc import Iterator
from typing import Final

from netdiag import exits, findings
from netdiag.model.report import Report
from netdiag.report.labels import label
from netdiag.report.outcomes import REPAIRABLE, change, counted, outcomes, summary
from netdiag.report.told import headline
from netdiag.text import harmless

_WORDS: Final = {
    exits.OK: "OK",
    exits.PENDING: "WARNING",
    exits.PROBLEM: "CRITICAL",
    exits.ROLLED_BACK: "CRITICAL",
    exits.CANNOT_WRITE: "CRITICAL",
    exits.TIMED_OUT: "CRITICAL",  # what was waited for did not come
}


def as_nagios(report: Report, language: str = "en") -> str:
    """Return one line: the word, the problems or what works, and the performance data."""
    said = list(dict.fromkeys(_problems(report, language))) or [counted(report, language) or label("nothing", language)]
    more = label("and_more", language, n=len(said) - 1) if len(said) > 1 else ""
    text = harmless(" ".join(f"{said[0]}{more}".split())).replace("|", "/")
    return f"NETDIAG {_WORDS.get(report.exit_code, 'UNKNOWN')} - {text} | {' '.join(_measured(report))}\n"


def _problems(report: Report, language: str) -> Iterator[str]:
    for finding in report.findings:
        if findings.severity_of(finding) == "error":
            yield f"{headline(finding, language)} [{finding.code}]"
    for item, outcome in zip(report.endpoints, outcomes(report), strict=True):
        for finding in item.findings:
            if findings.severity_of(finding) == "error":
                yield f"{headline(finding, language)} [{finding.code}]"
        if outcome == REPAIRABLE:
            yield change(report, item, outcome, language)


def _measured(report: Report) -> Iterator[str]:
    """Yield performance data: the counts, the run's seconds, and those of the slowest call that went well."""
    for outcome, n in summary(report).items():
        yield f"{outcome}={n};;;0"
    yield f"time={report.duration_ms / 1000:.3f}s;;;0"
    calls = [p.duration_ms for item in report.endpoints for p in item.proofs if p.failure is None and p.status]
    if calls:
        yield f"slowest_call={max(calls) / 1000:.3f}s;;;0"
