"""Content encodings taken off step by step, so that a small answer that unfolds to a huge one is refused. Pure.

What is decoded, and how, is httpx's way (httpx/_decoders.py): the header's encodings in reverse order, unknown ones
ignored, ``deflate`` with or without zlib's header, an end that is missing taken. ``br`` and ``zstd`` are not offered,
as KAG's clients do not where their packages are missing.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from netdiag.probe.bound import TooLargeError

ACCEPTED: Final = "gzip, deflate"
"""``Accept-Encoding`` of httpx and requests without packages beside them."""

MOST_ENCODINGS: Final = 5
"""Encodings around each other (urllib3 2 has the same limit, response.py); nobody honest uses two."""

STEP: Final = 64 * 1024
"""Bytes that are unfolded at a time."""

_GZIP: Final = zlib.MAX_WBITS | 16
_RAW: Final = -zlib.MAX_WBITS
_WINDOWS: Final = {"gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class BadEncodingError(Exception):
    """The body is not encoded as its header says."""


def decoded(pieces: Iterable[bytes], encodings: str, most_bytes: int, check: Callable[[], None]) -> Iterator[bytes]:
    """Yield the body of ``pieces`` without its ``encodings`` (the value of ``Content-Encoding``).

    ``check`` is called after each step. Raises :exc:`TooLargeError` where any of the encodings unfolds to more than
    ``most_bytes``, and :exc:`BadEncodingError`.
    """
    known = [name for each in encodings.split(",") if (name := each.strip().lower()) in _WINDOWS]
    if len(known) > MOST_ENCODINGS:
        msg = f"more than {MOST_ENCODINGS} content encodings"
        raise BadEncodingError(msg)
    pieces = _counted(pieces, most_bytes, check)
    for name in reversed(known):
        pieces = _counted(_unfolded(pieces, name), most_bytes, check)
    yield from pieces


def _counted(pieces: Iterable[bytes], most_bytes: int, check: Callable[[], None]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most_bytes:
            msg = f"more than {most_bytes} bytes"
            raise TooLargeError(msg)
        check()
        yield piece


def _unfolded(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    unfolding = zlib.decompressobj(_WINDOWS[name])
    is_first = True
    for piece in pieces:
        if unfolding.eof:
            continue  # what follows the end is ignored; zlib would keep all of it
        rest = piece
        while rest and not unfolding.eof:
            try:
                got = unfolding.decompress(rest, STEP)
            except zlib.error as error:
                if not (is_first and name == "deflate"):
                    raise BadEncodingError(str(error)) from error
                unfolding, is_first = zlib.decompressobj(_RAW), False
                continue
            is_first = False
            rest = unfolding.unconsumed_tail
            yield got
