"""Product mode: what an OpenSPG server holds, read from its database or its public API, and repaired in the database.

The server's own way to change a knowledge base is never used: it replaces everything, loses keys, and makes the
indexes of the graph anew (facts: openspg-server.md). Answers and rows carry keys in clear; of the server's answers
nothing is kept but the endpoints.
"""

from typing import TYPE_CHECKING

from netdiag.openspg.settings import Database, Given, Scope, Server, find, given

if TYPE_CHECKING:
    from netdiag.store import Rows


def rows(server: Server) -> "Rows | None":
    """Return the way to the rows of the server's database for the store; nothing is connected before it is used."""
    if server.database is None:
        return None
    from netdiag.openspg.transaction import RowsOf  # noqa: PLC0415 - PyMySQL is paid for only where there may be one

    return RowsOf(server.database)


__all__ = ["Database", "Given", "Scope", "Server", "find", "given", "rows"]
