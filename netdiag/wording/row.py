"""What a row of the table is."""

from typing import Final, NamedTuple


class Row(NamedTuple):
    """What an answer that ``says`` this ``means``: a word of :mod:`netdiag.failures`.

    ``says`` is a regular expression, searched in the answer's words and codes in lower case
    (:mod:`netdiag.wording.bodies`). ``service`` is whose words they are, ``source`` where they were read or recorded.
    ``statuses`` narrows the row to answers with one of them; empty stands for any.
    """

    means: str
    service: str
    says: str
    source: str
    statuses: frozenset[int] = frozenset()


BAD: Final = frozenset({200, 400, 413, 422})
"""Statuses of a request that was read and refused; 200 is what some gateways put before an error."""

DENIED: Final = frozenset({200, 400, 401, 403})
"""Statuses of a caller who is refused."""

FAILED: Final = frozenset({408, 500, 502, 503, 504, 521, 522, 523, 530})
"""Statuses of a server that could not do what was asked; 521 and above are Cloudflare's own."""


def code(value: str) -> str:
    """Return the pattern for an error code, as JSON, Python and :mod:`netdiag.wording.bodies` print it."""
    return rf"\bcode\W{{1,6}}{value}\b"
