"""Files from their old to their new bytes: all of them or none, each old or new and never torn."""

import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Final, TypeAlias

from netdiag.model.journal import Applied
from netdiag.store.disk import closing
from netdiag.store.journal import Journal
from netdiag.store.lock import Hold
from netdiag.store.records import Run, RunFile, State, is_row, staged_beside
from netdiag.store.refusal import CannotWrite, refusing_state
from netdiag.store.rows import Rows, RowsWriting
from netdiag.store.rows import opened as opened_row
from netdiag.store.target import Target, opened
from netdiag.store.writing import Job, Writing

_NAME_MAX: Final = 255  # bytes in a file name, limits.h

_Writing: TypeAlias = Writing | RowsWriting


def carry_out(
    jobs: Sequence[Job], run: str, journal: Journal, hold: Hold, rows: Rows | None = None
) -> tuple[Applied, ...]:
    """Write all ``jobs`` or none; the caller holds the lock of the journal's directory, ``hold`` gets those of files.

    A file given under two names is written once. Rows, in the database that ``rows`` leads to, are committed last.
    Raises :class:`CannotWrite`; when even putting the old bytes back fails, the record stays unfinished for recovery
    and the message says so.
    """
    state = journal.directory
    with ExitStack() as stack:
        with refusing_state(state):
            spare = os.open(state, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        stack.enter_context(closing(spare))
        writings: list[Writing] = []
        for number, job in enumerate(jobs):
            if is_row(job.path):
                continue
            target = stack.enter_context(opened(job.path, job.real))
            if any(writing.is_for(target, job) for writing in writings):
                continue
            beside = staged_beside(target.path, run)
            if _has_room_for(beside.name, target):
                writings.append(Writing(job, target, target.directory, beside))
            else:
                writings.append(Writing(job, target, spare, state / f"{run}-{number}.staged"))
        for writing in sorted(writings, key=lambda each: each.identity):  # in one order, or two would wait crosswise
            writing.lock(hold)
            stack.callback(writing.close)
        of_rows = _of_rows([job for job in jobs if is_row(job.path)], rows, hold, stack)
        every: list[_Writing] = [*writings, *of_rows]
        for each in every:
            each.require_unchanged()
        begun = journal.begin(run, _records(every, "begun"))
        _all_or_none(every, begun, journal)
        return tuple(applied for each in every for applied in each.applied(run))


def _of_rows(jobs: Sequence[Job], rows: Rows | None, hold: Hold, stack: ExitStack) -> list[RowsWriting]:
    """Return the rows on their way, if there are any: locked, and all in one transaction."""
    if not jobs:
        return []
    ordered = sorted(jobs, key=lambda job: str(job.path))
    transaction = opened_row(rows, ordered[0].path)
    stack.callback(transaction.close)
    of_rows = RowsWriting(ordered, transaction)
    of_rows.lock(hold)
    return [of_rows]


def _records(writings: Sequence[_Writing], state: State) -> tuple[RunFile, ...]:
    return tuple(record for writing in writings for record in writing.records(state))


def _has_room_for(name: str, target: Target) -> bool:
    # Read permission too: a directory that cannot be opened for reading cannot be fsynced.
    access = os.R_OK | os.W_OK | os.X_OK
    permitted = os.access(".", access, dir_fd=target.directory, effective_ids=True)
    return permitted and len(os.fsencode(name)) <= _NAME_MAX


def _all_or_none(writings: Sequence[_Writing], begun: Run, journal: Journal) -> None:
    def now(state: State) -> Run:
        return begun._replace(files=_records(writings, state))

    try:
        for writing in writings:
            writing.stage()
        journal.record(now("ready"))
        for writing in writings:
            writing.commit()
    except BaseException as error:
        if isinstance(error, CannotWrite) and error.reason == "outcome_unknown":
            raise  # the record stays unfinished: whether the rest is to be undone, recovery learns from the database
        try:
            _put_back(writings)
            journal.record(now("undone"))
        except CannotWrite as second:
            if isinstance(error, CannotWrite):
                detail = f"{error.detail}; it could not be tidied up ({second}): netdiag does that when it runs next"
                raise CannotWrite(error.reason, error.path, detail) from error
        raise
    # All is written now. Should a copy not go away or the journal not take this, recovery sees it by the digests.
    with suppress(CannotWrite):
        for writing in writings:
            writing.clean_up()
        journal.record(now("done"))


def _put_back(writings: Sequence[_Writing]) -> None:
    for writing in reversed(writings):
        writing.put_back()
    for writing in writings:
        writing.clean_up()
