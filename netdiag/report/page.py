"""What a report is written on: text that wraps at 80 columns, of which a Chinese character takes two.

Not rich's, whose import takes thirty times as long as writing a report.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from netdiag.text import harmless

WIDTH: Final = 80
_FURTHER: Final = 4

# SGR, ECMA-48 section 8.3.117
_GREEN: Final = "\x1b[32m"
_YELLOW: Final = "\x1b[33m"
_CYAN: Final = "\x1b[36m"
_BOLD_RED: Final = "\x1b[1;31m"
_PLAIN: Final = "\x1b[0m"
_STYLES: Final = {
    "repaired": _GREEN,
    "works": _GREEN,
    "repairable": _YELLOW,
    "left_alone": _YELLOW,
    "warning": _YELLOW,
    "note": _CYAN,
    "broken": _BOLD_RED,
    "error": _BOLD_RED,
}

# Where a line of Chinese may not end or begin. Straight quotes open as well as close.
_OPENING: Final = frozenset("（「『《〈【〔〖［｛“‘([{\"'`")
_CLOSING: Final = frozenset("，。；：、？！）」』》〉】〕〗］｝”’…·％～,.;:?!)]}%\"'`")


class Page:
    """Lines of text written one after another.

    A line feed in what is written begins a new line. No line ends with blanks, and none has an escape sequence but
    those of ``colour``: all else passes :func:`netdiag.text.harmless`.
    """

    def __init__(self, *, colour: bool = False, called: str = "netdiag") -> None:
        self.called = called
        self._colour = colour
        self._lines: list[str] = []
        self._coloured: dict[int, tuple[str, str]] = {}

    def headed(self, style: str, head: str, text: str) -> None:
        """Write a line that begins with ``head`` and its colon, which ``style``, a verdict or a severity, colours.

        What does not fit stands below what came after the colon.
        """
        hang = cells(head) + 2  # a colon and its blank, or a Chinese one
        first, *more = rows(text.lstrip(" :："), WIDTH - hang)
        self.verbatim(f"{head}{text[: len(text) - len(text.lstrip(' :：'))]}{first}")
        if self._colour:
            self._coloured[len(self._lines) - 1] = style, head
        for row in more:
            self.verbatim(row, hang)

    def columns(self, name: str, text: str, indent: int, column: int) -> None:
        """Write ``name``, and ``column`` columns after its beginning ``text``, wrapped to what that leaves."""
        first, *more = rows(text, WIDTH - indent - column)
        self.verbatim(f"{name}{' ' * max(1, column - cells(name))}{first}", indent)
        for row in more:
            self.verbatim(row, indent + column)

    def paragraph(self, text: str, indent: int = 0) -> None:
        """Write ``text`` wrapped to what ``indent`` leaves of the width."""
        for line in text.split("\n"):
            for row in rows(line, WIDTH - indent):
                self.verbatim(row, indent)

    def item(self, text: str, indent: int) -> None:
        """Write one of a list, of which what does not fit stands a little further in."""
        first, *more = rows(text, WIDTH - indent - _FURTHER)
        self.verbatim(first, indent)
        for row in more:
            self.verbatim(row, indent + _FURTHER)

    def verbatim(self, text: str, indent: int = 0) -> None:
        """Write ``text`` without wrapping it: commands and diffs are there to be copied."""
        self._lines += ((" " * indent + line).rstrip() for line in text.split("\n"))

    def text(self) -> str:
        """Return what was written."""
        lines = harmless("\n".join(self._lines)).split("\n") if self._lines else []
        for at, (style, head) in self._coloured.items():
            lines[at] = f"{_STYLES[style]}{head}{_PLAIN}{lines[at].removeprefix(head)}"
        return "".join(f"{line}\n" for line in lines)


def wrapped(text: str) -> str:
    """Return a paragraph in lines of at most 80 columns; Chinese characters are two columns wide."""
    page = Page()
    page.paragraph(text)
    return page.text()


def cells(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):  # an accent stands on the character before it
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def rows(line: str, room: int) -> Iterator[str]:
    """Yield ``line`` in rows of at most ``room`` columns, each as full as can be.

    The blanks at a break are dropped, all others kept. What cannot be broken and is longer stands alone.
    """
    row, used = "", 0
    for blanks, piece in _pieces(line.strip(" ")):
        wide = cells(piece)
        if row and used + blanks + wide > room:
            yield row
            row, used = piece, wide
        else:
            row += " " * blanks + piece
            used += blanks + wide
    yield row


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """Yield what no row may end inside of, each after the number of blanks before it."""
    blanks = 0
    for word in line.split(" "):
        for piece in _parts(word) if word else ():
            yield blanks, piece
            blanks = 0
        blanks += 1


def _parts(word: str) -> Iterator[str]:
    """Yield the parts of a word: an English one is whole, Chinese comes apart between its characters."""
    start = 0
    for at in range(1, len(word)) if not word.isascii() else ():
        if _may_part(word[at - 1], word[at]):
            yield word[start:at]
            start = at
    yield word[start:]


def _may_part(before: str, after: str) -> bool:
    """Say whether a row may end between two characters without a blank: beside a wide one, but for punctuation."""
    if before in _OPENING or after in _CLOSING or _cell(after) == 0:
        return False
    return _cell(before) == 2 or _cell(after) == 2
