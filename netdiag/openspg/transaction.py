"""Writing rows for the store: in one transaction, each only where it still holds what the plan was made for.

The statements change single bytes within the database: neither the old text nor the new one, and so no key, is in what
is sent, nor in any log of statements. A row is locked from before it is compared until the transaction ends. Each
statement is for many rows, so that thousands of rows take seconds.
"""

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from netdiag.openspg.connection import Connection, FailedError
from netdiag.openspg.database import TEXT
from netdiag.openspg.settings import Database
from netdiag.store import CannotWrite, Reason, RowChange
from netdiag.store.disk import digest

READ: Final = 500
"""Rows that are read by one statement."""

CHANGED: Final = 100
"""Rows that are changed by one statement: it has some 150 bytes for each edit of them."""

_ROW: Final = re.compile(
    r"openspg:(?P<database>.+)/(?P<table>kg_config|kg_project_info|kg_user_model)/(?P<id>\d{1,20})"
)

_ENGINE: Final = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"

_DIGEST: Final = "SHA2(CONVERT(config USING utf8mb4), 256)"

_BY_ID: Final = "FORCE INDEX (PRIMARY) WHERE id IN"
"""Without the hint many ids make MySQL read the whole table, and so lock rows that are not named."""

_OF_ONE_ROW: Final[frozenset[Reason]] = frozenset({"db_too_large", "db_locked"})
"""Why a statement for many rows is refused because of one of them; the transaction itself goes on."""

_TRIES: Final = 3
"""How often a database is asked what became of a commit that it did not answer."""

_Item = TypeVar("_Item")


class _Id(NamedTuple):
    table: str
    row: int


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
        self._after: tuple[Path, str, str] | None = None
        self._transactional: set[str] = set()
        self._is_committed = False
        where = Path(f"openspg:{database.where}")
        try:
            self._connection = Connection(database)
            self._connection.begin()
        except FailedError as error:
            raise _refused(where, error) from None

    def read(self, places: Sequence[Path]) -> Mapping[Path, bytes]:
        """Return what the rows hold, and keep others from changing them; one that is gone is absent."""
        held: dict[Path, bytes] = {}
        for table, batch in self._batches(places, READ):
            found = self._each_or_all(batch, partial(self._select, table))
            held |= {batch[row]: text or b"" for row, text in found}
        return held

    def replace(self, changes: Sequence[RowChange]) -> None:
        """Make the edits of each row that holds its old bytes, and make sure that it holds the new ones then."""
        by_place = {change.place: change for change in changes}
        for table, batch in self._batches(list(by_place), CHANGED):
            self._require_transactions(table, next(iter(batch.values())))
            of_rows = {row: by_place[place] for row, place in batch.items()}
            self._each_or_all(batch, partial(self._change, table, of_rows))
            self._require_written(table, of_rows)
        if changes:
            first = changes[0]
            self._after = first.place, digest(first.old), digest(first.new)

    def _select(self, table: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        statement = f"SELECT id, {TEXT} FROM {table} {_BY_ID} ({_marks(ids)}) ORDER BY id FOR UPDATE"  # noqa: S608
        return self._connection.rows(statement, ids)

    def _change(self, table: str, changes: Mapping[int, RowChange], ids: Sequence[int]) -> list[int]:
        """Change those with these ``ids`` by one statement, as far as they hold their old bytes; return how many."""
        texts, digests = list[object](), list[object]()
        cases = ""
        for row in ids:
            change = changes[row]
            text, values = TEXT, list[object]()
            for edit in reversed(change.edits):
                text = f"INSERT({text}, %s, %s, %s)"
                values += [edit.offset + 1, len(edit.old), edit.new]
            cases += f" WHEN %s THEN CONVERT({text} USING utf8mb4)"
            texts += [row, *values]
            digests += [row, digest(change.old)]
        statement = (
            f"UPDATE {table} FORCE INDEX (PRIMARY) SET config = CASE id{cases} END"  # noqa: S608 - a closed list
            f" WHERE id IN ({_marks(ids)}) AND {_DIGEST} = CASE id{' WHEN %s THEN %s' * len(ids)} END"
        )
        return [self._connection.change(statement, (*texts, *ids, *digests))]

    def _require_written(self, table: str, changes: Mapping[int, RowChange]) -> None:
        """Raise :class:`CannotWrite` unless each row holds its new bytes."""
        first = next(iter(changes.values())).place
        statement = f"SELECT id, {_DIGEST} FROM {table} {_BY_ID} ({_marks(changes)})"  # noqa: S608
        try:
            now = dict(self._connection.rows(statement, tuple(changes)))
        except FailedError as error:
            raise _refused(first, error) from None
        for row, change in changes.items():
            if now.get(row) != digest(change.new):
                if now.get(row) == digest(change.old) or row not in now:
                    raise CannotWrite(reason="changed_since", path=change.place)
                raise CannotWrite(
                    reason="db_failed", path=change.place, detail="the database made something else of it"
                )

    def _require_transactions(self, table: str, place: Path) -> None:
        """Raise :class:`CannotWrite` about a row of a table whose changes could not be undone as a whole."""
        if table in self._transactional:
            return
        try:
            engines = self._connection.rows(_ENGINE, (table,))
        except FailedError as error:
            raise _refused(place, error) from None
        if [str(engine).lower() for (engine,) in engines] != ["innodb"]:
            raise CannotWrite(reason="db_no_transactions", path=place)
        self._transactional.add(table)

    def commit(self) -> None:
        """Commit once. Where the connection is lost, the database is asked on another one which bytes it holds.

        Raises :class:`CannotWrite` ``outcome_unknown`` when it cannot be asked; everything else means that nothing
        was changed.
        """
        if self._is_committed or self._after is None:
            return
        try:
            self._connection.commit()
        except FailedError as error:
            self._connection.close()
            self._settle(error, *self._after)
        self._is_committed = True

    def close(self) -> None:
        """End it: what was not committed is as it was."""
        self._connection.close()

    def _settle(self, lost: FailedError, place: Path, old: str, new: str) -> None:
        """Find out how a commit ended: it holds its rows until then, so whoever can lock one of them sees it."""
        why = lost
        for _ in range(_TRIES):
            try:
                with contextlib.closing(Connection(self._database)) as connection:
                    connection.begin()
                    table, row = self._id(place)
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

    def _batches(self, places: Iterable[Path], size: int) -> Iterator[tuple[str, dict[int, Path]]]:
        """Yield the rows table by table, at most ``size`` at a time and by their ids, so that no two wait crosswise."""
        ordered = sorted((self._id(place), place) for place in places)
        for table, of_table in groupby(ordered, lambda pair: pair[0].table):
            while batch := {at.row: place for at, place in islice(of_table, size)}:
                yield table, batch

    def _each_or_all(self, batch: Mapping[int, Path], do: Callable[[Sequence[int]], list[_Item]]) -> list[_Item]:
        """Return what ``do`` returns for the rows of a batch; a refusal because of one row names that row."""
        ids = list(batch)
        try:
            return do(ids)
        except FailedError as error:
            if error.word not in _OF_ONE_ROW:
                raise _refused(batch[ids[0]], error) from None
        found: list[_Item] = []
        for row in ids:
            try:
                found += do([row])
            except FailedError as error:  # noqa: PERF203 - each row may be the one
                raise _refused(batch[row], error) from None
        return found

    def _id(self, place: Path) -> _Id:
        """Return table and id; refuses a row of another database than the one that can be reached now."""
        row = _ROW.fullmatch(str(place))
        if not row or row["database"] != self._database.where:
            detail = f"the database at hand is {self._database.where}; name the other one with --db-url"
            raise CannotWrite(reason="db_another", path=place, detail=detail)
        return _Id(row["table"], int(row["id"]))


def _marks(ids: Collection[int]) -> str:
    return ", ".join(["%s"] * len(ids))


def _refused(place: Path, error: FailedError) -> CannotWrite:
    return CannotWrite(reason=error.word, path=place, detail=error.detail)
