"""JSON of a service whose size in memory is known before it is parsed. Pure.

A value of two bytes becomes an object of 64: a few megabytes of brackets would take hundreds. Depth is bounded by
Python itself, with :exc:`RecursionError`.
"""

import json
from typing import Any, Final

MOST_VALUES: Final = 250_000
"""Values in one text, some 20 MB once parsed. An embedding has some 4,000, the longest lists of models some 10,000."""

MOST_DIGITS: Final = 4300
"""Digits of an integer, as Python itself has it since 3.10.7: more take time that grows with their square."""

MOST_LINES: Final = 100_000
"""Lines of an answer, and so pieces of a stream: KAG asks for 8,192 tokens, with two or three lines for each."""

_BREAKS: Final = (b"\n", b"\r", b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
"""Where :meth:`str.splitlines` breaks, as UTF-8 ends with it."""


def loads(text: bytes | str) -> Any:
    """Return the value of a JSON text; raises :exc:`ValueError` or :exc:`RecursionError` for what is none, or too much.

    Bytes and text are read as :func:`json.loads` reads them: a byte order mark is one in bytes only.
    """
    if _values(text) > MOST_VALUES:
        msg = f"more than {MOST_VALUES} values"
        raise ValueError(msg)
    return json.loads(text, parse_int=_integer)


def is_too_much(body: bytes) -> bool:
    """Tell whether an answer has more values or lines than are read."""
    return _values(body) > MOST_VALUES or sum(map(body.count, _BREAKS)) > MOST_LINES


def _values(text: bytes | str) -> int:
    if isinstance(text, str):
        return sum(map(text.count, "[{,"))
    return sum(map(text.count, (b"[", b"{", b",")))


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        msg = f"an integer of more than {MOST_DIGITS} digits"
        raise ValueError(msg)
    return int(digits)
