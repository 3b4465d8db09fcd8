"""What a service's answer means: its own words first, its status where they tell nothing. Pure.

:data:`ROWS` is the one table, used for answers to KAG's call and for texts that people paste. The first row that fits
counts, so what tells more stands before what tells less: what is behind a gateway, memory and places before keys and
models, a rate that words name before a balance, a model of another kind before one that is missing.
"""

import re
from typing import Final

from netdiag import failures
from netdiag.wording import access, accounts, capacity, gateways, models
from netdiag.wording.row import BAD, Row

__all__ = ["BAD", "ROWS", "STATUSES", "Row", "by_status", "by_words", "meaning", "row_of"]

ROWS: Final[tuple[Row, ...]] = (
    *gateways.ROWS,
    *capacity.MEMORY,
    *access.PLACES,
    *capacity.TOKENS,
    *accounts.ROWS,
    *models.KINDS,
    *models.FORBIDDEN,
    *models.MISSING,
    *access.KEYS,
    *capacity.LOADING,
    Row(
        failures.PATH_NOT_FOUND,
        "LM Studio",
        r"unexpected endpoint or method",
        "lmstudio-bug-tracker: it says 200 of a path that it has not",
    ),
)

STATUSES: Final = {
    401: failures.KEY_REFUSED,
    402: failures.OUT_OF_CREDIT,
    403: failures.FORBIDDEN,
    404: failures.PATH_NOT_FOUND,
    405: failures.PATH_NOT_FOUND,
    407: failures.PROXY_FAILED,
    429: failures.RATE_LIMITED,
    502: failures.UPSTREAM_FAILED,
    503: failures.SERVICE_UNAVAILABLE,
    504: failures.UPSTREAM_FAILED,
    529: failures.RATE_LIMITED,
}
"""What a status alone means (RFC 9110, section 15; 529 is Anthropic's for an overload)."""

_LONGEST: Final = 4000
"""Characters that are searched: every answer that was seen says what is wrong within its first thousand."""


def row_of(status: int, said: str) -> Row | None:
    """Return the row that an answer of ``status`` that ``said`` this fits first, if any."""
    text = said[:_LONGEST].lower()
    fitting = (row for row in ROWS if not row.statuses or status in row.statuses)
    return next((row for row in fitting if re.search(row.says, text, re.DOTALL)), None)


def by_words(status: int, said: str) -> str | None:
    """Return the failure word that the words of an answer mean, or ``None`` where they tell nothing that is known."""
    row = row_of(status, said)
    return row.means if row else None


def by_status(status: int) -> str | None:
    """Return the failure word that a status alone means, or ``None``."""
    return STATUSES.get(status)


def meaning(status: int, said: str) -> str | None:
    """Return the failure word that a refusal means, or ``None`` where neither its words nor its status tell more.

    ``key_refused`` stands for all that can be wrong with a key.
    """
    return by_words(status, said) or by_status(status)
