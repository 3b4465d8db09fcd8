"""What reaches the two streams: text that any terminal can show; for machines UTF-8, an event a line where asked."""

import argparse
import codecs
import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from typing import Final, TextIO

from netdiag import handed_in
from netdiag.cli.terminal import is_terminal
from netdiag.clock import since
from netdiag.model.event import Event, Started, Tell
from netdiag.model.report import Report

READABLE: Final = "netdiag.readable"
"""The name of the error handler that shows what a stream cannot as well as it can be."""

_LOOKS_LIKE: Final[Mapping[str, str]] = {
    "…": "...",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "→": "->",
    "×": "x",
    "·": "*",
    "\u00a0": " ",
}


def prepare(arguments: argparse.Namespace) -> None:
    """Make the streams take any text, and speak English for people where Chinese could not be shown.

    That is so in a locale of ASCII, where a Chinese sentence would be nothing but ``\\u4e2d\\u6587``.
    """
    codecs.register_error(READABLE, _readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=READABLE)
    if getattr(arguments, "format", "text") == "text" and arguments.lang == "zh" and not _shows("中", sys.stdout):
        arguments.lang = "en"


@contextlib.contextmanager
def watching(arguments: argparse.Namespace, stream: TextIO) -> Iterator[Tell]:
    """Yield what a run is to tell: progress to a person, or each event as a line on ``stream``."""
    from netdiag.cli.progress import Progress  # noqa: PLC0415 - needs threads

    quiet = arguments.quiet or (arguments.format != "text" and stream is sys.stderr)  # pure output there, too
    with contextlib.closing(Progress(quiet=quiet, language=arguments.lang)) as progress:
        if arguments.format != "jsonl":
            yield progress.tell
            return
        lines = Lines(stream, arguments.lang)

        def tell(event: Event) -> None:
            progress.tell(event)
            lines.tell(event)

        yield tell


class Lines:
    """Writes each event to ``stream`` as it happens, a line of JSON in UTF-8."""

    def __init__(self, stream: TextIO, language: str) -> None:
        self._stream = stream
        self._language = language
        self._began = 0.0

    def tell(self, event: Event) -> None:
        """Hear from the engine."""
        from netdiag.report.as_jsonl import line  # noqa: PLC0415 - for one format of six

        if isinstance(event, Started):
            self._began = time.monotonic()
        write(line(event, self._language, since(self._began)), self._stream)


def show(report: Report, arguments: argparse.Namespace, stream: TextIO, *, told: bool = False) -> int:
    """Write the report to ``stream`` in the format asked for, and return the exit status, which does not depend on it.

    ``told`` says that what can be told while it happens was.
    """
    if arguments.format == "text":
        from netdiag.report.as_text import as_text  # noqa: PLC0415 - one of the formats is needed

        detail = -1 if arguments.quiet else arguments.verbose
        colour = is_terminal(stream, "stdout") and not arguments.no_color and not os.environ.get("NO_COLOR")
        called = handed_in.called() or "netdiag"
        stream.write(as_text(report, arguments.lang, detail=detail, colour=colour, called=called))
        stream.flush()
    elif arguments.format != "jsonl" or not told:
        from netdiag.report.rendered import rendered  # noqa: PLC0415

        write(rendered(report, arguments.format, arguments.lang), stream)
    return report.exit_code


def write(text: str, stream: TextIO) -> None:
    """Write what is for machines: in UTF-8, whatever the locale (RFC 8259, 8.1; the declaration of the XML says so)."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    stream.write(text)
    stream.flush()


def _readable(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    piece = error.object[error.start : error.end]
    shown = "".join(_LOOKS_LIKE.get(c) or c.encode("ascii", "backslashreplace").decode() for c in piece)
    return shown, error.end


def _shows(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
