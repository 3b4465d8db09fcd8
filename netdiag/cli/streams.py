"""The three standard streams, whatever this process was given: closed, full, or with nobody at the other end."""

import io
import os
import sys

from netdiag import exits

TYPE_CHECKING = False  # typing itself is more than `--version` costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

_FLAGS = (os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)
"""How each closed descriptor is opened: standard output so that writing fails, as coreutils' stdopen(3) does it."""

_LOST = "netdiag.lost"


def prepare(lost: "Callable[[OSError], None]") -> None:
    """Make ``sys.stdin``, ``sys.stdout`` and ``sys.stderr`` usable; ``lost`` says why output cannot be written.

    A descriptor that is closed would be given to the next file that is opened: a message would be written into it.
    """
    for descriptor, flags in enumerate(_FLAGS):
        _fill(descriptor, flags)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = _text(sys.stdout, _Output(lost))
    sys.stderr = _text(sys.stderr, _Errors(2, "w", closefd=False))


def _fill(descriptor: int, flags: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        try:
            os.open(os.devnull, flags)  # the lowest descriptor that is free, so this one
        except OSError:
            os.memfd_create(_LOST)  # no /dev here


def _text(before: "TextIO | None", raw: io.FileIO) -> "TextIO":
    """Return ``raw`` as the text stream that ``before`` was, as Python made it of the locale and its variables."""
    given: Any = before
    buffered = io.BufferedWriter(raw)
    if given is None:
        return io.TextIOWrapper(buffered, "utf-8", "backslashreplace", line_buffering=True)
    return io.TextIOWrapper(
        buffered, given.encoding, given.errors, line_buffering=given.line_buffering, write_through=given.write_through
    )


class _Output(io.FileIO):
    """Ends the run when what is written cannot be delivered: silently where the reader went away, as of ``| head``."""

    def __init__(self, lost: "Callable[[OSError], None]") -> None:
        super().__init__(1, "w", closefd=False)
        self._lost = lost
        self._is_lost = False

    def write(self, data: "Any") -> int:
        """Write as much as is taken; raises :exc:`SystemExit`, once."""
        if self._is_lost:
            return len(data)
        try:
            return _written(self, data)
        except OSError as error:
            self._is_lost = True
            if not isinstance(error, BrokenPipeError):
                self._lost(error)
            raise SystemExit(exits.PROBLEM) from None


class _Errors(io.FileIO):
    """Loses what cannot be written: there is nobody who could be told."""

    def write(self, data: "Any") -> int:
        """Write as much as is taken."""
        try:
            return _written(self, data)
        except OSError:
            return len(data)


def _written(raw: io.FileIO, data: "Any") -> int:
    """Write to a descriptor that may be one that does not block: whoever shares it may have made it so."""
    while (count := io.FileIO.write(raw, data)) is None:
        import select  # noqa: PLC0415 - hardly ever needed

        select.select([], [raw], [])
    return count
