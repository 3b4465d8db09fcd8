"""JSON text → a tree. Only the standard library's string scanner is used: json.loads keeps no positions.

``#`` comments are blank space here, since OpenSPG's own documentation begins its samples with one.
"""

import re
from collections.abc import Sequence as SequenceOf
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs leave it out
from typing import Final

from netdiag.config import env_tree, quoting
from netdiag.config.tree import DEPTH, Mapping, Node, NotRead, Scalar, Sequence, Style, encodable, too_deep

_BLANKS: Final = r"(?:[ \t\r\n]+|#[^\r\n]*)*"
_SPACE: Final = re.compile(_BLANKS)
_COLON: Final = re.compile(f"{_BLANKS}:{_BLANKS}")
_BETWEEN: Final = re.compile(f"{_BLANKS}(?:,{_BLANKS}|([]}}]))")
_LITERAL: Final = re.compile(
    r"(?P<float>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]+|-?(?:0|[1-9][0-9]*)\.[0-9]+|NaN|-?Infinity)"
    r"|(?P<int>-?(?:0|[1-9][0-9]*))|(?P<bool>true|false)|(?P<null>null)"
)

_STRINGS_IN_STRINGS: Final = 3
"""How often a string may hold a document whose string holds one: OpenSPG's database nests once, a dump of it twice."""

_FLAT: Final = ".base_url"
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*_(?:BASE_URL|API_BASE|BASE|HOST|URL)")


def read(text: str) -> list[Node]:
    """Return the root of the one value in ``text``. Raises :class:`NotRead`."""
    return [Reader(text).root()]


def member(text: str, key: str) -> Node:
    """Return the value in ``text``, which is that of ``key`` in an object. Raises :class:`NotRead`."""
    return Reader(text).root(1, key)


class Reader:
    """Each method takes the offset at which it begins and returns the one behind what it read.

    ``origins`` are the places in the file of each character of ``text`` where the text is that of a string, and
    ``outer`` how that string is written.
    """

    language = "JSON"
    quotes: tuple[str, ...] = ('"',)
    quoted = "double quotes"
    style_of_strings: Style = '"'
    literals = _LITERAL

    def __init__(self, text: str, origins: SequenceOf[int] | None = None, outer: tuple[Style, ...] = ()) -> None:
        self.text = text
        self._origins = range(len(text) + 1) if origins is None else origins
        self._outer = outer

    def root(self, depth: int = 0, key: str = "") -> Node:
        """Return the one value in the text."""
        node, at = self._value(self._skip(0), depth, key)
        at = self._skip(at)
        if at < len(self.text):
            raise NotRead(at, f"not valid {self.language}: more text after its end")
        return node

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _value(self, at: int, depth: int, key: str = "") -> tuple[Node, int]:
        first = self.text[at : at + 1]
        if first in self.quotes:
            text, end = self._text(at)
            scalar = Scalar(text, at, end, self.style_of_strings)
            if "base_url" in scalar.text and "prompt" not in key:
                scalar.inner = self._within(scalar, at + 1, end - 1, depth)
            return self._placed(scalar), end
        if first not in ("{", "["):
            scalar, end = self._literal(at)
            return self._placed(scalar), end
        if depth >= DEPTH:
            raise too_deep(at)
        return self._mapping(at, depth + 1) if first == "{" else self._sequence(at, depth + 1)

    def _within(self, scalar: Scalar, start: int, end: int, depth: int) -> Node | None:
        """Return the document that a string's text is, each part of it with its place in the file."""
        if len(self._outer) >= _STRINGS_IN_STRINGS or not scalar.text.lstrip().startswith(("{", "[")):
            return None
        decoded = quoting.decode(self.text[start:end], (scalar.style,))
        if decoded is None:
            return None
        origins = [self._origins[start + at] for at in decoded[1]]
        try:
            return Reader(encodable(decoded[0]), origins, (*self._outer, scalar.style)).root(depth)
        except NotRead:
            return None  # a text like any other

    def _placed(self, scalar: Scalar) -> Scalar:
        """Give a value its place in the file."""
        if self._outer:
            quotes = 1 if scalar.style == '"' else 0
            scalar.within = self._origins[scalar.start + quotes], self._origins[scalar.end - quotes]
            scalar.start, scalar.end = self._origins[scalar.start], self._origins[scalar.end]
            scalar.outer = self._outer
        return scalar

    def _mapping(self, start: int, depth: int) -> tuple[Node, int]:
        mapping = Mapping(self._origins[start])
        at = self._skip(start + 1)
        ended = self.text.startswith("}", at)
        end = at + 1
        while not ended:
            if self.text[at : at + 1] not in self.quotes:
                raise self._expected(at, f"a key in {self.quoted}")
            key, at = self._text(at)
            colon = _COLON.match(self.text, at)
            if colon is None:
                raise self._expected(self._skip(at), "a colon")
            value, at = self._value(colon.end(), depth, key)
            mapping.put(key, value)
            at, ended = self._after_item(at, "}")
            end = at
        _group(mapping)
        return mapping, end

    def _sequence(self, start: int, depth: int) -> tuple[Node, int]:
        sequence = Sequence(self._origins[start])
        at = self._skip(start + 1)
        if self.text.startswith("]", at):
            return sequence, at + 1
        while True:
            value, at = self._value(at, depth)
            sequence.items.append(value)
            at, ended = self._after_item(at, "]")
            if ended:
                return sequence, at

    def _after_item(self, at: int, closing: str) -> tuple[int, bool]:
        found = _BETWEEN.match(self.text, at)
        if found is None or found[1] not in (None, closing):
            raise self._expected(self._skip(at), f"a comma or {closing}")
        return found.end(), bool(found[1])

    def _text(self, at: int) -> tuple[str, int]:
        """Return what a string says."""
        try:
            value, end = scanstring(self.text, at + 1, True)
        except JSONDecodeError as error:
            raise NotRead(error.pos, f"not valid JSON: {error.msg}") from None
        return encodable(value), end

    def _literal(self, at: int) -> tuple[Scalar, int]:
        found = self.literals.match(self.text, at)
        if found is None:
            raise self._expected(at, "a value")
        return Scalar(found.group(), at, found.end(), "plain", f"tag:yaml.org,2002:{found.lastgroup}"), found.end()

    def _expected(self, at: int, what: str) -> NotRead:
        rest = "" if at < len(self.text) else ", but the text ends here"
        return NotRead(at, f"not valid {self.language}: {what} is expected{rest}")


def _group(mapping: Mapping) -> None:
    """Put keys like ``chat_llm.base_url`` together, as KAG's open_benchmark/env.json writes whole endpoints.

    So are variables like ``OPENAI_BASE_URL``, which some tools keep as JSON.
    """
    if any(key.endswith(_FLAT) for key in mapping.pairs):
        groups: dict[str, Mapping] = {}
        for key, value in mapping.pairs.items():
            prefix, _, name = key.rpartition(".")
            if prefix:
                groups.setdefault(prefix, Mapping(value.start)).put(name, value)
        mapping.groups = {prefix: group for prefix, group in groups.items() if "base_url" in group.pairs}
        for group in mapping.groups.values():
            group.is_overlay = True
    if any(map(_VARIABLE.fullmatch, mapping.pairs)) and all(map(str.isupper, mapping.pairs)):
        mapping.groups |= env_tree.groups({name: it for name, it in mapping.pairs.items() if isinstance(it, Scalar)})
