"""What of an endpoint KAG's environment fills in: which variables, which of them are empty, and where a host stands."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from netdiag.config.rendering import Origins, Piece
from netdiag.config.tree import Node, Positions, Scalar
from netdiag.config.url import split
from netdiag.model.endpoint import Part

_AS_IF_FILLED: Final = re.compile(r"\$\{[^}\r\n]*\}|\{\{.*?\}\}|\{%.*?%\}|!ENV[ \t]+\w+")
"""What KAG takes as it stands once it has filled in a file: how Docker Compose and others write variables, Jinja in
quotes under 0.6, a tag in quotes.
"""

_BARE: Final = re.compile(r"(?<!\w)(?:\$[A-Za-z_]\w*|%[A-Za-z_]\w{2,}%)(?=[:/]|\Z)|\Aos\.environ/\w+")
"""The same of shells, Windows and LiteLLM, as whole parts of a base_url: a password may hold a dollar."""

_BLANKS: Final = re.compile(r"[ \t]*")


class Filling(NamedTuple):
    """How one setting is filled in."""

    variables: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    is_made: bool = False


NOTHING: Final = Filling()
"""Of a setting that stands in the file as it is."""


def of(scalar: Scalar, text: str, positions: Positions) -> Filling:
    """Return how ``scalar`` of ``text`` is filled in."""
    if scalar.variable:
        return Filling((scalar.variable,), () if scalar.text else (scalar.variable,), is_made=True)
    if not isinstance(positions, Origins):
        return NOTHING
    start, end = _with_blanks(text, scalar)
    pieces = [piece for _, __, piece in positions.made(start, end) if not piece.is_literal]
    empty = positions.empty(start, end)
    return Filling(
        _names([*pieces, *empty]),
        tuple(name for name in _names(empty) if not positions.values.get(name)),
        is_made=bool(pieces or empty),
    )


def _with_blanks(text: str, scalar: Scalar) -> tuple[int, int]:
    """Return where the scalar stands with the blanks around it: an empty construct may be behind them."""
    found = _BLANKS.match(text, scalar.end)
    before = text[max(0, scalar.start - 200) : scalar.start]
    return scalar.start - (len(before) - len(before.rstrip(" \t"))), found.end() if found else scalar.end


def _names(pieces: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for piece in pieces for name in piece.variables))


def unfilled(settings: Mapping[str, Scalar]) -> Mapping[str, str]:
    """Return the settings that hold something written as if it were filled in, with the first of it."""
    found = {name: _AS_IF_FILLED.search(scalar.text) for name, scalar in settings.items() if not scalar.variable}
    url = settings.get("base_url")
    if url is not None and not url.variable:
        found["base_url"] = found.get("base_url") or _BARE.search(url.text)
    return {name: match.group() for name, match in found.items() if match}


def parts(
    url: Node, inner: tuple[int, int] | None, text: str, positions: Positions, filling: Filling
) -> tuple[Part, ...]:
    """Return the parts of a base_url, whose value are the characters ``inner`` of ``text``; none if all stand there."""
    if not isinstance(url, Scalar) or not filling.is_made:
        return ()
    if inner is None or url.variable or not isinstance(positions, Origins):
        written = f"!ENV {url.variable}" if url.variable else url.text
        return (Part(url.text, written, filling.variables, is_made=True),)
    found = positions.made(*inner)
    return tuple(
        Part(text[start:end], positions.of_file(start, end, piece), piece.variables, not piece.is_literal)
        for start, end, piece in found
    )


def has_literal_host(found: tuple[Part, ...]) -> bool:
    """Tell whether the host of a base_url stands in the file itself."""
    base_url = "".join(part.text for part in found)
    return bool(split(base_url).host) and in_file(found, *split(base_url).host_at) is not None


def in_file(found: tuple[Part, ...], start: int, end: int) -> tuple[int, int] | None:
    """Return where characters of a base_url are in what is written in the file, if they stand there."""
    at = written = 0
    for part in found:
        stop = at + len(part.text)
        if not part.is_made and at <= start and end <= stop:
            return written + start - at, written + end - at
        at, written = stop, written + len(part.written)
    return None
