"""YAML that is a Jinja template: which text Jinja makes, and text of the same length that YAML can read instead.

KAG 0.7 and newer render a kag_config.yaml by ``Template(config).render(**os.environ)`` before YAML sees it
(kag/common/conf.py). Nothing is rendered here: what Jinja would write is replaced by neutral characters, so that every
offset stays what it is in the file.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

_MOST: Final = 2000
_LONGEST: Final = 4096
"""Constructs that are looked at, and characters of one in which quotes are understood: real files have a dozen, of one
line.
"""

_STRINGS: Final = r"\"[^\"\\]*(?:\\.[^\"\\]*)*\"|'[^'\\]*(?:\\.[^'\\]*)*'"
_OPENING: Final = re.compile(r"\{[{%#]")
_EXPRESSION: Final = re.compile(rf"\{{\{{(?:[^\"'}}]|\}}(?!\}})|{_STRINGS})*\}}\}}", re.DOTALL)
_STATEMENT: Final = re.compile(rf"\{{%[-+]?\s*(?P<name>\w*)(?P<rest>(?:[^\"'%]|%(?!\}})|{_STRINGS})*)%\}}", re.DOTALL)
_BLOCK_ENDS: Final = {name: re.compile(rf"\{{%[-+]?\s*end{name}\b[^%]*%\}}") for name in ("raw", "set", "macro")}
_GAP: Final = re.compile(r"[ \t]*")

_Kind = Literal["expression", "statement", "comment", "literal"]
_Behind: TypeAlias = Callable[[re.Pattern[str], int], re.Match[str] | None]
_FORMS: Final[dict[str, tuple[re.Pattern[str] | None, re.Pattern[str], _Kind]]] = {
    "{{": (_EXPRESSION, re.compile(r"\}\}"), "expression"),
    "{%": (_STATEMENT, re.compile(r"%\}"), "statement"),
    "{#": (None, re.compile(r"#\}"), "comment"),
}


class Construct(NamedTuple):
    """Characters ``[start, end)``: a statement may be a whole block that renders nothing, a literal that of ``raw``."""

    start: int
    end: int
    kind: _Kind


class Template:
    """A text with its Jinja constructs, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.constructs = tuple(_constructs(text))
        self._makers = [construct for construct in self.constructs if construct.kind != "comment"]
        self._starts = [construct.start for construct in self.constructs]
        self._ends = [construct.end for construct in self.constructs]

    def neutral(self, *, lone_expressions: bool) -> str:
        """Return the text with a word in place of every expression and blanks in place of the other constructs.

        Their line ends are replaced too: what they render to has none of them.

        Without ``lone_expressions``, an expression on lines of its own (which may render to whole lines) is blank too.
        """
        pieces: list[str] = []
        at = 0
        for start, end, kind in self.constructs:
            if kind != "literal":
                is_word = kind == "expression" and (lone_expressions or not self._is_lone(start, end))
                pieces += [self.text[at:start], ("x" if is_word else " ") * (end - start)]
                at = end
        return "".join([*pieces, self.text[at:]])

    def _is_lone(self, start: int, end: int) -> bool:
        before = re.split(r"[\r\n]", self.text[max(0, start - _LONGEST) : start])[-1]
        after = re.split(r"[\r\n]", self.text[end : end + _LONGEST])[0]
        return not before.strip() and not after.strip()

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether a construct stands in ``[start, end)``."""
        first = bisect_right(self._ends, start)
        return first < len(self._starts) and self._starts[first] < end

    def touches(self, start: int, end: int) -> bool:
        """Tell whether Jinja makes ``[start, end)``: by a construct in it, or by one next to it on its line."""
        before = bisect_right(self._makers, start, key=lambda maker: maker.end) - 1
        after = bisect_left(self._makers, end, key=lambda maker: maker.start)
        gaps = [(self._makers[before].end, start)] if before >= 0 else []
        gaps += [(end, self._makers[after].start)] if after < len(self._makers) else []
        return self.overlaps(start, end) or any(bool(_GAP.fullmatch(self.text, *gap)) for gap in gaps)


def _constructs(text: str) -> Iterator[Construct]:
    """Yield the constructs in order; behind too many of them, the rest as one that nothing is edited in."""
    absent: set[re.Pattern[str]] = set()  # what is not found once is not there further on either: search only once

    def behind(closing: re.Pattern[str], at: int) -> re.Match[str] | None:
        found = None if closing in absent else closing.search(text, at)
        if found is None:
            absent.add(closing)
        return found

    at = 0
    for _ in range(_MOST):
        opening = _OPENING.search(text, at)
        if opening is None:
            return
        at = opening.end()
        for construct in _construct(text, opening, behind):
            yield construct
            at = construct.end
    yield Construct(at, len(text), "literal")


def _construct(text: str, opening: re.Match[str], behind: _Behind) -> Iterator[Construct]:
    whole, closing, kind = _FORMS[opening.group()]
    start = opening.start()
    found = (whole.match(text, start, start + _LONGEST) if whole else None) or behind(closing, opening.end())
    if found is None:
        return  # Jinja refuses this
    name = found.groupdict().get("name") or ""
    is_block = name in _BLOCK_ENDS and not (name == "set" and "=" in found["rest"])
    ending = behind(_BLOCK_ENDS[name], found.end()) if is_block else None
    if ending is None:
        yield Construct(start, found.end(), kind)
    elif name == "raw":
        yield Construct(start, found.end(), kind)
        yield Construct(found.end(), ending.start(), "literal")
        yield Construct(ending.start(), ending.end(), kind)
    else:  # set and macro render as nothing where they stand
        yield Construct(start, ending.end(), kind)
