"""JSON text → a tree. Only the standard library's string scanner is used: json.loads keeps no positions.

``#`` comments are blank space here, since OpenSPG's own documentation begins its samples with one.
"""

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs leave it out
from typing import Final

from netdiag.config.tree import DEPTH, Mapping, Node, NotRead, Scalar, Sequence, encodable, too_deep

_BLANK: Final = frozenset(" \t\r\n#")
_SPACE: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_LITERAL: Final = re.compile(
    r"(?P<float>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]+|-?(?:0|[1-9][0-9]*)\.[0-9]+|NaN|-?Infinity)"
    r"|(?P<int>-?(?:0|[1-9][0-9]*))|(?P<bool>true|false)|(?P<null>null)"
)


def read(text: str) -> list[Node]:
    """Return the root of the one value in ``text``. Raises :class:`NotRead`."""
    reader = _Reader(text)
    node, at = reader.value(reader.skip(0), 0)
    at = reader.skip(at)
    if at < len(text):
        raise NotRead(at, "not valid JSON: more text after its end")
    return [node]


class _Reader:
    """Each method takes the offset at which it begins and returns the one behind what it read."""

    def __init__(self, text: str) -> None:
        self._text = text

    def skip(self, at: int) -> int:
        if self._text[at : at + 1] not in _BLANK:
            return at
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        first = self._text[at : at + 1]
        if first == '"':
            return self._string(at)
        if first not in ("{", "["):
            return self._literal(at)
        if depth >= DEPTH:
            raise too_deep(at)
        return self._mapping(at, depth + 1) if first == "{" else self._sequence(at, depth + 1)

    def _mapping(self, start: int, depth: int) -> tuple[Node, int]:
        mapping = Mapping(start)
        at = self.skip(start + 1)
        if self._text.startswith("}", at):
            return mapping, at + 1
        while True:
            if not self._text.startswith('"', at):
                raise self._expected(at, "a key in double quotes")
            key, at = self._string(at)
            at = self.skip(at)
            if not self._text.startswith(":", at):
                raise self._expected(at, "a colon")
            value, at = self.value(self.skip(at + 1), depth)
            mapping.put(key.text, value)
            at, ended = self._after_item(at, "}")
            if ended:
                return mapping, at

    def _sequence(self, start: int, depth: int) -> tuple[Node, int]:
        sequence = Sequence(start)
        at = self.skip(start + 1)
        if self._text.startswith("]", at):
            return sequence, at + 1
        while True:
            value, at = self.value(at, depth)
            sequence.items.append(value)
            at, ended = self._after_item(at, "]")
            if ended:
                return sequence, at

    def _after_item(self, at: int, closing: str) -> tuple[int, bool]:
        at = self.skip(at)
        if self._text.startswith(closing, at):
            return at + 1, True
        if not self._text.startswith(",", at):
            raise self._expected(at, f"a comma or {closing}")
        return self.skip(at + 1), False

    def _string(self, at: int) -> tuple[Scalar, int]:
        try:
            value, end = scanstring(self._text, at + 1, True)
        except JSONDecodeError as error:
            raise NotRead(error.pos, f"not valid JSON: {error.msg}") from None
        return Scalar(encodable(value), at, end, '"'), end

    def _literal(self, at: int) -> tuple[Scalar, int]:
        found = _LITERAL.match(self._text, at)
        if found is None:
            raise self._expected(at, "a value")
        return Scalar(found.group(), at, found.end(), "plain", f"tag:yaml.org,2002:{found.lastgroup}"), found.end()

    def _expected(self, at: int, what: str) -> NotRead:
        rest = "" if at < len(self._text) else ", but the text ends here"
        return NotRead(at, f"not valid JSON: {what} is expected{rest}")
