"""What the server's database holds: rows of three tables, each a document whose bytes are the column's text.

Which version wrote it is told by the tables, since no release number is stored: 0.8 keeps models in ``kg_user_model``;
0.6 and 0.7 keep one global configuration in ``kg_config`` and a frozen copy of it in each knowledge base; 0.5 has only
those of the knowledge bases. Whatever else is there is not looked at.
"""

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from netdiag import config
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Finding
from netdiag.openspg import model_page
from netdiag.openspg.connection import Connection, FailedError
from netdiag.openspg.gone import gone, ids
from netdiag.openspg.places import placed, said
from netdiag.openspg.settings import Database, Scope

ROWS: Final = 10_000
"""Rows that are read of one table, and told where there are more (ND589). A server has a handful; each takes 20 KB."""

BYTES: Final = 64 * 1024 * 1024
"""Bytes of text that are read of one table, and told where there are more. A row has some 1 KB."""

PAGE: Final = 500
"""Rows that are read by one statement, and ``PAGE_BYTES`` the bytes, so that each is answered in time."""

PAGE_BYTES: Final = 4 * 1024 * 1024

TEXT: Final = "CAST(CONVERT(config USING utf8mb4) AS BINARY)"
"""The text of the column as UTF-8, whatever the column's own character set is."""

_TABLES: Final = ("kg_config", "kg_project_info", "kg_user_model")

_SHAPE: Final = (
    "SELECT table_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND column_name = 'config' AND table_name IN (%s, %s, %s)"
)
_TYPES: Final = "SELECT {text} FROM kg_config WHERE config_id = 'PROVIDER_BASE_INFO' AND version = '1' LIMIT 1"
_SIZES: Final = "SELECT id, COALESCE(LENGTH(config), 0) FROM {table} WHERE {which} ORDER BY id LIMIT {rows}"
_PAGE: Final = (
    "SELECT id, LEFT({text}, {most}){columns} FROM {table} WHERE {which} AND id BETWEEN %s AND %s ORDER BY id"
)
_COUNT: Final = "SELECT COUNT(*) FROM {table} WHERE {which} AND id > %s"

_OBJECT: Final = "{"
_ARRAY: Final = "["

_URL_IN_IT: Final = re.compile(rb'"[^"]*(?:base_?url|api_?base|endpoint)[^"]*"\s*:\s*"[^"]', re.IGNORECASE)
"""What shows that a text configures a model although no endpoint is found in it: a shape that is not known."""


class Limit(NamedTuple):
    """Where the reading of a table ended: the ``last`` row that was read, how many are ``left``, and the limit."""

    last: int
    left: int
    reason: Literal["limit_rows", "limit_bytes"]


Limits: TypeAlias = dict[str, Limit]
"""By the table's name."""


class Found(NamedTuple):
    """The documents with their sources, every endpoint in them, and what is to be said."""

    documents: Mapping[str, config.Document]
    endpoints: tuple[Endpoint, ...]
    findings: tuple[Finding, ...]


class _Table(NamedTuple):
    """What is read of a table: the columns beside the text, and which rows."""

    name: str
    columns: tuple[str, ...] = ()
    which: str = "TRUE"


_GLOBAL: Final = _Table("kg_config", which="config_id = 'KAG_CONFIG' AND version = '1'")
_PROJECTS: Final = _Table("kg_project_info", ("name", "status"))
_MODELS: Final = _Table("kg_user_model", ("provider", "name"))


class _Row(NamedTuple):
    """A row: its place in words, how its text has to begin, and of a row of the model page the provider."""

    table: str
    id: int
    text: bytes | None
    place: tuple[str, ...]
    opening: str
    deleted: bool = False
    provider: str = ""


def source(database: Database, table: str, row: int) -> str:
    """Return the source's name: ``openspg:mysql:3306/openspg/kg_user_model/3``."""
    return f"openspg:{database.where}/{table}/{row}"


def read(database: Database, scope: Scope) -> Found:
    """Return what the database configures within ``scope``.

    Raises :class:`netdiag.openspg.connection.FailedError` when it cannot be read.
    """
    with contextlib.closing(Connection(database)) as connection:
        tables = {str(name).lower() for (name,) in connection.rows(_SHAPE, _TABLES)}
        _may_look(connection, tables)
        if not tables:
            return Found({}, (), (Finding("ND536", database.where, {"database": database.where}),))
        limits: Limits = {}
        rows = list(_rows(connection, tables, scope, limits))
        models = _models(connection, rows, scope, limits) if "kg_user_model" in tables else None
        types = _types(connection, tables, rows)
    documents: dict[str, config.Document] = {}
    findings = list(_limited(limits, database))
    used: set[str] = set()
    for row in rows:
        name = source(database, row.table, row.id)
        document = _document(row, name, types)
        if document:
            used.add(row.table)
        if isinstance(document, Finding):
            findings.append(document)
        elif document:
            documents[name] = document
            findings += model_page.twice(document.endpoints)
        if models is not None and row.table == "kg_project_info" and not row.deleted:
            findings += gone(row.place, row.text, models)
    endpoints = tuple(endpoint for document in documents.values() for endpoint in document.endpoints)
    if scope != "projects":
        findings += _nothing_saved(tables, used, database)
    if not endpoints and not findings:
        findings.append(Finding("ND543", database.where, {"database": database.where, "scope": scope}))
    return Found(documents, endpoints, tuple(findings))


def _may_look(connection: Connection, tables: Collection[str]) -> None:
    """Raise :class:`FailedError` where a table is not shown because this user may not read it.

    ``information_schema`` shows a user only what he has a right on: to him a table without one looks like none.
    """
    for table in _TABLES:
        if table in tables:
            continue
        try:
            connection.rows(f"SELECT config FROM {table} LIMIT 0")  # noqa: S608 - a name of this module
        except FailedError as error:
            if error.word != "db_unknown_shape":
                raise


def _rows(connection: Connection, tables: set[str], scope: Scope, limits: Limits) -> Iterator[_Row]:
    """Yield the rows of the tables that this version uses: a database that was brought to 0.8 may hold older ones."""
    if scope != "projects":
        if "kg_user_model" in tables:
            for row, text, provider, name in _all(connection, _MODELS, limits):
                place = ("place_models", *dict.fromkeys((said(provider), said(name))))
                yield _Row("kg_user_model", row, text, place, _ARRAY, provider=str(provider))
        elif "kg_config" in tables:
            for row, text in _all(connection, _GLOBAL, limits):
                yield _Row("kg_config", row, text, ("place_global",), _OBJECT)
    if scope != "global" and "kg_project_info" in tables:
        for row, text, name, status in _all(connection, _PROJECTS, limits):
            place = ("place_base", said(name))
            yield _Row("kg_project_info", row, text, place, _OBJECT, deleted=status == "DELETE")


def _all(connection: Connection, table: _Table, limits: Limits) -> Iterator[tuple[Any, ...]]:
    """Yield id, text and columns of the rows by their ids, page by page; ``limits`` gets what is left out."""
    named = {"table": table.name, "which": table.which}
    sizes = connection.rows(_SIZES.format(**named, rows=ROWS + 1))
    kept = _within(sizes)
    if len(kept) < len(sizes):
        last = kept[-1][0] if kept else 0
        ((left,),) = connection.rows(_COUNT.format(**named), (last,))
        limits[table.name] = Limit(last, int(left), "limit_rows" if len(kept) == ROWS else "limit_bytes")
    columns = "".join(f", {column}" for column in table.columns)
    page = _PAGE.format(**named, text=TEXT, most=config.LIMIT + 1, columns=columns)
    for first, last in _pages(kept):
        yield from connection.rows(page, (first, last))


def _within(sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the rows, each an id and a length, that are read: the first ROWS with at most BYTES altogether."""
    total = accumulate(length for _, length in sizes)
    return [row for row, so_far in zip(sizes[:ROWS], total, strict=False) if so_far <= BYTES]


def _pages(rows: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last id of each page."""
    first, count, size = 0, 0, 0
    for at, (_, length) in enumerate(rows):
        if count and (count == PAGE or size + length > PAGE_BYTES):
            yield rows[first][0], rows[at - 1][0]
            first, count, size = at, 0, 0
        count, size = count + 1, size + length
    if count:
        yield rows[first][0], rows[-1][0]


def _models(connection: Connection, rows: list[_Row], scope: Scope, limits: Limits) -> frozenset[str] | None:
    """Return the ids of all models, or ``None`` where it is not certain that they are all."""
    texts = [row.text for row in rows if row.table == "kg_user_model"]
    if scope == "projects":
        limits = {}
        texts = [text for _, text, _, _ in _all(connection, _MODELS, limits)]
    found = [ids(text) for text in texts]
    known = [each for each in found if each is not None]
    return frozenset().union(*known) if len(known) == len(found) and "kg_user_model" not in limits else None


def _limited(limits: Limits, database: Database) -> Iterator[Finding]:
    """Yield what was not looked at since there is too much of it."""
    for table, (last, left, reason) in limits.items():
        values = {"id": str(last), "left": str(left), "reason": reason, "table": table}
        yield Finding("ND589", f"{database.where}/{table}", values)


def _types(connection: Connection, tables: set[str], rows: list[_Row]) -> Mapping[str, str]:
    """Return the type of each provider's models, where there are models at all."""
    if "kg_config" not in tables or not any(row.provider for row in rows):
        return model_page.TYPES
    text = next((text for (text,) in connection.rows(_TYPES.format(text=TEXT))), None)
    return model_page.types(text)


def _document(row: _Row, name: str, types: Mapping[str, str]) -> config.Document | Finding | None:
    """Return the row's document with the places people know, a finding where it cannot be read, or nothing in it."""
    text = row.text or b""
    if not text.strip() or text.strip() == b"null":
        return None
    where, values = " > ".join(row.place), {"table": row.table, "id": str(row.id)}
    try:
        document = model_page.parse(text, name)
    except config.Unreadable as error:
        return Finding("ND535", where, values | {"detail": error.detail})
    is_one = document.format in ("json", "python") and text.lstrip()[:1] == row.opening.encode()
    if not is_one:
        kind = "array" if row.opening == _ARRAY else "object"
        return Finding("ND535", where, values | {"detail": f"not a JSON {kind}"})
    if row.deleted:
        return None
    if not document.endpoints:
        return Finding("ND542", where, values) if _URL_IN_IT.search(text) else None
    endpoints = document.endpoints
    if row.provider:
        endpoints = tuple(model_page.completed(endpoint, row.provider, types) for endpoint in endpoints)
    endpoints = tuple(endpoint._replace(line=0, place=placed(row.place, endpoint)) for endpoint in endpoints)
    return document._replace(endpoints=endpoints)


def _nothing_saved(tables: set[str], used: set[str], database: Database) -> Iterator[Finding]:
    """Yield that nobody has filled in the page yet: 0.6 and 0.7 begin with an empty text, 0.8 with no row."""
    values = {"database": database.where}
    if "kg_user_model" in tables:
        if "kg_user_model" not in used:
            yield Finding("ND538", "place_models", values)
    elif "kg_config" in tables and "kg_config" not in used:
        yield Finding("ND537", "place_global", values)
