"""Rows of a database, written in the same run as files; the way to the database is given to the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from netdiag.model.journal import Applied
from netdiag.store.disk import digest
from netdiag.store.lock import Hold
from netdiag.store.records import Replacement, RunFile, State
from netdiag.store.refusal import CannotWrite
from netdiag.store.writing import Job

PREFIX = "openspg:"
"""What the place of a row begins with, where that of a file has its path."""


class RowChange(NamedTuple):
    """A row that holds ``old``, and is to hold ``new``, which is ``old`` with ``edits`` made."""

    place: Path
    old: bytes
    edits: Sequence[Replacement]
    new: bytes


class Transaction(Protocol):
    """Changes of rows that are all made by :meth:`commit`, or none. Every method raises :class:`CannotWrite`.

    Each method takes all rows at once, since a question for each of thousands would take minutes.
    """

    def read(self, places: Sequence[Path]) -> Mapping[Path, bytes]:
        """Return what the rows hold, and keep others from changing them until the end; a row that is gone is absent."""

    def replace(self, changes: Sequence[RowChange]) -> None:
        """Make the edits of each row that holds its old bytes, and make sure that it then holds the new ones."""

    def commit(self) -> None:
        """Make all of it last; twice does no more than once. What raises has changed nothing, or says so."""

    def close(self) -> None:
        """End it; what was not committed is as it was."""


class Rows(Protocol):
    """The way to a database."""

    def open(self) -> Transaction:
        """Begin a transaction; raises :class:`CannotWrite`."""


def reading(rows: Rows | None, places: Sequence[Path]) -> Mapping[Path, bytes]:
    """Return what the rows hold now, without those that are gone; raises :class:`CannotWrite`."""
    if not places:
        return {}
    transaction = opened(rows, places[0])
    try:
        return transaction.read(places)
    finally:
        transaction.close()


def opened(rows: Rows | None, place: Path) -> Transaction:
    """Begin a transaction for a row; raises :class:`CannotWrite` where no database is known."""
    if rows is None:
        detail = "run this beside the OpenSPG server, or name its database with --db-url"
        raise CannotWrite(reason="db_none", path=place, detail=detail)
    return rows.open()


class RowsWriting:
    """The rows of a run on their way from their old to their new bytes, all in one ``transaction``.

    What :class:`netdiag.store.writing.Writing` is for a file. Every method raises :class:`CannotWrite` about the row.
    """

    def __init__(self, jobs: Sequence[Job], transaction: Transaction) -> None:
        self._jobs = jobs
        self._transaction = transaction
        self._refusal: CannotWrite | None = None

    def records(self, state: State) -> tuple[RunFile, ...]:
        """Return the journal's record of each row in ``state``."""
        return tuple(
            RunFile(str(job.path), digest(job.old), digest(job.new), "row", "", job.edits, state, job.undoes, job.name)
            for job in self._jobs
        )

    def applied(self, run: str) -> tuple[Applied, ...]:
        """Return what is told of the rows when all went well."""
        return tuple(Applied(str(job.path), run, "row", len(job.edits), job.name) for job in self._jobs)

    def lock(self, _hold: Hold) -> None:
        """Lock the rows until the transaction ends: from now on they hold what they hold now."""
        held = self._transaction.read([job.path for job in self._jobs])
        for job in self._jobs:
            if held.get(job.path) != job.old:
                is_there = job.path in held
                self._refusal = CannotWrite(reason="changed_since" if is_there else "vanished", path=job.path)
                break

    def close(self) -> None:
        """End the transaction."""
        self._transaction.close()

    def require_unchanged(self) -> None:
        """Raise :class:`CannotWrite` unless each row held the bytes the plan was made for when it was locked."""
        if self._refusal:
            raise self._refusal

    def stage(self) -> None:
        """Change the rows within the transaction, where nobody else sees it."""
        self._transaction.replace([RowChange(job.path, job.old, job.edits, job.new) for job in self._jobs])

    def commit(self) -> None:
        """Commit the transaction."""
        self._transaction.commit()

    def put_back(self) -> None:
        """End the transaction, which was not committed: of a run the rows are committed last, and at once."""
        self._transaction.close()

    def clean_up(self) -> None:
        """Leave nothing: a row has no copy beside it."""
