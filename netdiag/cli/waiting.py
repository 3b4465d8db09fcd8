"""``--wait``: say on standard error what is waited for, once for each thing that is in the way."""

import argparse
import contextlib
import sys
from collections.abc import Sequence

from netdiag import engine, findings, waiting
from netdiag.cli.progress import Progress
from netdiag.cli.terminal import is_terminal
from netdiag.job import Job
from netdiag.model.report import Finding, Report
from netdiag.report import as_text, examined  # noqa: F401 - loaded while there is time, used when there is none
from netdiag.report.labels import label
from netdiag.text import harmless, shown


def waited(job: Job, arguments: argparse.Namespace) -> Report:
    """Return the report of the last run, made when all was well, when nothing could heal any more, or in time."""

    def tell(new: Sequence[Finding]) -> None:
        if arguments.quiet:
            return
        progress.close()
        for finding in new:
            title = shown(findings.words(finding, arguments.lang).title)
            sys.stderr.write(harmless(label("waiting", arguments.lang, title=title, code=finding.code)) + "\n")
        sys.stderr.flush()

    # a log has a line for each change, and none that counts seconds
    quiet = arguments.quiet or not is_terminal(sys.stderr, "stderr")
    with contextlib.closing(Progress(quiet=quiet, language=arguments.lang)) as progress:
        return waiting.until_settled(job, arguments.wait, lambda each: engine.run(each, progress.tell), tell)
