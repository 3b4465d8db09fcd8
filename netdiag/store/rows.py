"""Rows of a database, written in the same run as files; the way to the database is given to the store."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from netdiag.model.journal import Applied
from netdiag.store.disk import digest
from netdiag.store.lock import Hold
from netdiag.store.records import Replacement, RunFile, State
from netdiag.store.refusal import CannotWrite
from netdiag.store.writing import Job

PREFIX = "openspg:"
"""What the place of a row begins with, where that of a file has its path."""


class Transaction(Protocol):
    """Changes of rows that are all made by :meth:`commit`, or none. Every method raises :class:`CannotWrite`."""

    def read(self, place: Path) -> bytes:
        """Return what the row holds, and keep others from changing it until the end."""

    def replace(self, place: Path, old: bytes, edits: Sequence[Replacement], new: bytes) -> None:
        """Make the edits of a row that holds ``old``, and make sure that it then holds ``new``."""

    def commit(self) -> None:
        """Make all of it last; twice does no more than once. What raises has changed nothing, or says so."""

    def close(self) -> None:
        """End it; what was not committed is as it was."""


class Rows(Protocol):
    """The way to a database."""

    def open(self) -> Transaction:
        """Begin a transaction; raises :class:`CannotWrite`."""


def is_row(path: Path | str) -> bool:
    """Tell whether this is the place of a row, and not of a file."""
    return str(path).startswith(PREFIX)


def reading(rows: Rows | None, place: Path) -> bytes:
    """Return what the row holds now; raises :class:`CannotWrite`."""
    transaction = opened(rows, place)
    try:
        return transaction.read(place)
    finally:
        transaction.close()


def opened(rows: Rows | None, place: Path) -> Transaction:
    """Begin a transaction for a row; raises :class:`CannotWrite` where no database is known."""
    if rows is None:
        detail = "run this beside the OpenSPG server, or name its database with --db-url"
        raise CannotWrite(reason="db_none", path=place, detail=detail)
    return rows.open()


class RowWriting:
    """One row on its way from its old to its new bytes, together with the others of ``transaction``.

    What :class:`netdiag.store.writing.Writing` is for a file. Every method raises :class:`CannotWrite` about the row.
    """

    def __init__(self, job: Job, transaction: Transaction) -> None:
        self._job = job
        self._transaction = transaction

    def record(self, state: State) -> RunFile:
        """Return the journal's record of this row in ``state``."""
        job = self._job
        before, after = digest(job.old), digest(job.new)
        return RunFile(str(job.path), before, after, "row", "", job.edits, state, job.undoes, job.name)

    def applied(self, run: str) -> Applied:
        """Return what is told of this row when all went well."""
        return Applied(str(self._job.path), run, "row", len(self._job.edits), self._job.name)

    def lock(self, _hold: Hold) -> None:
        """Lock the row until the transaction ends."""
        self._transaction.read(self._job.path)

    def close(self) -> None:
        """End the transaction."""
        self._transaction.close()

    def require_unchanged(self) -> None:
        """Raise :class:`CannotWrite` unless the row holds the bytes the plan was made for."""
        if self._transaction.read(self._job.path) != self._job.old:
            raise CannotWrite(reason="changed_since", path=self._job.path)

    def stage(self) -> None:
        """Change the row within the transaction, where nobody else sees it."""
        self._transaction.replace(self._job.path, self._job.old, self._job.edits, self._job.new)

    def commit(self) -> None:
        """Commit the transaction: the first row of it does that for all."""
        self._transaction.commit()

    def put_back(self) -> None:
        """End the transaction, which was not committed: of a run the rows are committed last, and at once."""
        self._transaction.close()

    def clean_up(self) -> None:
        """Leave nothing: a row has no copy beside it."""
