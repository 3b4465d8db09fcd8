"""Undo what a run wrote, and say what the journal holds."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from netdiag import exits, platform, repair
from netdiag.clock import now, since
from netdiag.job import Job, server_of
from netdiag.model.report import Report
from netdiag.store import CannotWrite, NotTrustedError, Store


def rollback(
    paths: Sequence[Path], run: str | None = None, open_store: Callable[[], Store] = Store, job: Job | None = None
) -> Report:
    """Put back what the last run changed, or ``run``, or of it ``paths``; refused when a file was edited since."""
    began, started = time.monotonic(), now()
    job = job or Job("rollback")
    facts = platform.read(job.root)
    open_store = repair.reaching(open_store, server_of(job, facts, platform.name(facts)))
    said = repair.recover(open_store)
    try:
        applied = open_store().rollback(paths, run)
    except CannotWrite as error:
        said = () if isinstance(error, NotTrustedError) else said  # which was said of that too
        status = exits.PROBLEM if error.nothing_to_undo else exits.CANNOT_WRITE
        return Report("rollback", started, since(began), status, findings=(*said, repair.not_undone(error)))
    said = (*said, *repair.around(applied))
    return Report("rollback", started, since(began), exits.OK, findings=said, applied=applied)


def journal(open_store: Callable[[], Store] = Store) -> Report:
    """Say what the journal holds; nothing is written, not even to tidy up after a killed run."""
    began, started = time.monotonic(), now()
    try:
        runs = repair.history(open_store)
    except CannotWrite as error:
        refused = (repair.not_undone(error),)
        return Report("rollback", started, since(began), exits.CANNOT_WRITE, findings=refused)
    return Report("rollback", started, since(began), exits.OK, runs=runs)
