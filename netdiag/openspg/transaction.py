"""Writing rows for the store: in one transaction, each only where it still holds what the plan was made for.

The statements change single bytes within the database: neither the old text nor the new one, and so no key, is in what
is sent, nor in any log of statements. A row is locked from before it is compared until the transaction ends.
"""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from netdiag.openspg.connection import Connection, FailedError
from netdiag.openspg.database import TEXT
from netdiag.openspg.settings import Database
from netdiag.store import CannotWrite, Replacement
from netdiag.store.disk import digest

_ROW: Final = re.compile(
    r"openspg:(?P<database>.+)/(?P<table>kg_config|kg_project_info|kg_user_model)/(?P<id>\d{1,20})"
)

_ENGINE: Final = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"

_TRIES: Final = 3
"""How often a database is asked what became of a commit that it did not answer."""


class RowsOf:
    """The rows of one database, as :class:`netdiag.store.Rows` wants them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> "Transaction":
        """Begin a transaction; raises :class:`CannotWrite`."""
        return Transaction(self._database)


class Transaction:
    """Changes that are all made by :meth:`commit`, or not at all. Every method raises :class:`CannotWrite`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after: dict[Path, tuple[str, str]] = {}
        self._is_committed = False
        where = Path(f"openspg:{database.where}")
        try:
            self._connection = Connection(database)
            self._connection.begin()
        except FailedError as error:
            raise _refused(where, error) from None

    def read(self, place: Path) -> bytes:
        """Return what the row holds, and keep others from changing it until the end."""
        table, row = self._row(place)
        try:
            found = self._connection.rows(f"SELECT {TEXT} FROM {table} WHERE id = %s FOR UPDATE", (row,))  # noqa: S608
        except FailedError as error:
            raise _refused(place, error) from None
        if not found:
            raise CannotWrite(reason="vanished", path=place)
        return found[0][0] or b""

    def replace(self, place: Path, old: bytes, edits: Sequence[Replacement], new: bytes) -> None:
        """Make the ``edits`` of a row that holds ``old``, and make sure that it holds ``new`` then."""
        table, row = self._row(place)
        text, values = TEXT, list[object]()
        for edit in reversed(edits):
            text = f"INSERT({text}, %s, %s, %s)"
            values += [edit.offset + 1, len(edit.old), edit.new]
        statement = (
            f"UPDATE {table} SET config = CONVERT({text} USING utf8mb4)"  # noqa: S608 - names from a closed list
            " WHERE id = %s AND SHA2(CONVERT(config USING utf8mb4), 256) = %s"
        )
        try:
            engines = self._connection.rows(_ENGINE, (table,))
            if [str(engine).lower() for (engine,) in engines] != ["innodb"]:
                raise CannotWrite(reason="db_no_transactions", path=place)
            changed = self._connection.change(statement, (*values, row, digest(old)))
        except FailedError as error:
            raise _refused(place, error) from None
        if changed != 1:
            raise CannotWrite(reason="changed_since", path=place)
        if self.read(place) != new:
            raise CannotWrite(reason="db_failed", path=place, detail="the database made something else of it")
        self._after[place] = digest(old), digest(new)

    def commit(self) -> None:
        """Commit once. Where the connection is lost, the database is asked on another one which bytes it holds.

        Raises :class:`CannotWrite` ``outcome_unknown`` when it cannot be asked; everything else means that nothing
        was changed.
        """
        if self._is_committed or not self._after:
            return
        try:
            self._connection.commit()
        except FailedError as error:
            self._connection.close()
            self._settle(error)
        self._is_committed = True

    def close(self) -> None:
        """End it: what was not committed is as it was."""
        self._connection.close()

    def _settle(self, lost: FailedError) -> None:
        """Find out how a commit ended: it holds its rows until then, so whoever can lock one of them sees it."""
        place, (old, new) = next(iter(self._after.items()))
        why = lost
        for _ in range(_TRIES):
            try:
                with contextlib.closing(Connection(self._database)) as connection:
                    connection.begin()
                    table, row = self._row(place)
                    found = connection.rows(f"SELECT {TEXT} FROM {table} WHERE id = %s FOR UPDATE", (row,))  # noqa: S608
            except FailedError as error:
                why = error
                continue
            now = digest(found[0][0] or b"") if found else ""
            if now == new:
                return
            if now == old:
                raise _refused(place, lost)
            break
        raise CannotWrite(reason="outcome_unknown", path=place, detail=why.detail) from None

    def _row(self, place: Path) -> tuple[str, int]:
        """Return table and id; refuses a row of another database than the one that can be reached now."""
        row = _ROW.fullmatch(str(place))
        if not row or row["database"] != self._database.where:
            detail = f"the database at hand is {self._database.where}; name the other one with --db-url"
            raise CannotWrite(reason="db_another", path=place, detail=detail)
        return row["table"], int(row["id"])


def _refused(place: Path, error: FailedError) -> CannotWrite:
    return CannotWrite(reason=error.word, path=place, detail=error.detail)
