"""``netdiag watch``: one line on standard output for each change, errors of netdiag's own on standard error."""

import argparse
import sys
from datetime import datetime, timezone

from netdiag import exits, findings
from netdiag.cli import describe, system_errors
from netdiag.cli.spoken import said
from netdiag.cli.terminal import complain
from netdiag.job import Job
from netdiag.model.plan import Edit
from netdiag.model.report import Finding
from netdiag.report.labels import label
from netdiag.text import harmless, host_port, shown
from netdiag.watch import Change, Rhythm, watch


class Lines:
    """Tells what happens, in ``language``; ``quiet`` leaves out what works."""

    def __init__(self, language: str, *, quiet: bool) -> None:
        self._language = language
        self._quiet = quiet

    def changed(self, change: Change) -> None:
        """Write time, endpoint, from → to, cause, and what else had changed since it last worked."""
        if self._quiet and change.now in ("works", "left_alone"):
            return
        states = [label(f"watch_{state}", self._language) for state in (change.was, change.now) if state]
        where = findings.placed(change.where, self._language)
        line = f"{_time(change.at)}  {shown(f'{where} {change.node}'.strip()) or 'netdiag'}  {' -> '.join(states)}"
        causes = "; ".join(f"{shown(self._title(cause))}  [{cause.code}]" for cause in change.causes[:1])
        line += f"{label('colon', self._language)}{causes}" if causes else ""
        if change.changed:
            parts = label("comma", self._language).join(map(shown, change.changed))
            line += f" ({label('since', self._language, at=_time(change.worked), parts=parts)})"
        _say(line)

    def repaired(self, at: float, edit: Edit) -> None:
        """Write what was written."""
        change = f"{shown(edit.old.decode(errors='replace'))} -> {shown(edit.new.decode(errors='replace'))}"
        line = f"{shown(f'{edit.source}:{edit.line} {edit.node}')}  {label('repaired', self._language)}"
        _say(f"{_time(at)}  {line}{label('colon', self._language)}{change}")

    def gave_up(self, at: float, source: str) -> None:
        """Write that a source is no longer repaired."""
        _say(f"{_time(at)}  {shown(source)}  {label('gave_up', self._language)}")

    def failed(self, error: Exception) -> None:
        """Write the kind of an error and its place, on standard error; its text may hold a key."""
        if found := system_errors.trouble(error):
            system_errors.say(found, self._language)
            return
        sys.stderr.write(f"netdiag: ND701: {label('check_failed', self._language, error=describe(error))}\n")
        sys.stderr.flush()

    def listening(self, host: str, port: int) -> None:
        """Write where metrics are."""
        if not self._quiet:
            url = f"http://{host_port(host, port)}/metrics"
            sys.stderr.write(label("listening", self._language, url=url) + "\n")
            sys.stderr.flush()

    def _title(self, finding: Finding) -> str:
        return findings.words(finding, self._language).title


def run(job: Job, arguments: argparse.Namespace) -> int:
    """Watch until a signal says otherwise; return the exit status."""
    lines = Lines(arguments.lang, quiet=arguments.quiet)
    rhythm = Rhythm(arguments.interval, arguments.fix_every if arguments.fix else None)
    try:
        return watch(job, rhythm, arguments.listen, lines)
    except OSError as error:
        host, port = arguments.listen
        told = "{host} port {port} cannot be listened on: {reason}"
        complain(said(told, host=shown(host), port=port, reason=said(error.strerror or "")))
        return exits.USAGE


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def _say(line: str) -> None:
    sys.stdout.write(harmless(line) + "\n")
    sys.stdout.flush()
