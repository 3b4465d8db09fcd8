"""The tree that every format is read into: scalars that know where they stand, mappings and sequences.

Offsets count characters of the text without its byte order mark; :class:`Positions` turns them into bytes and lines.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final, Literal, NamedTuple, TypeAlias

DEPTH: Final = 100
"""Levels of nesting that are read. KAG's own files have ten; PyYAML, which KAG uses, ends between 400 and 900."""

Style = Literal["plain", "'", '"', "block", "ini", "env", "python"]
STRING: Final = "tag:yaml.org,2002:str"


class _Merge(str):
    """The step to what is merged into a mapping: no key, though one of JSON's may be written so."""

    __slots__ = ()


MERGED: Final = _Merge("<<")

_BLOCK: Final = 1024


class NotRead(Exception):  # noqa: N818 - becomes Unreadable, which says the same of a file
    """Why a text cannot be read, and the offset at which that was seen."""

    def __init__(self, at: int, detail: str, reason: Literal["syntax", "too_deep"] = "syntax") -> None:
        super().__init__(detail)
        self.at = at
        self.detail = detail
        self.reason = reason


def too_deep(at: int) -> NotRead:
    """Return the refusal of one more level at ``at``."""
    return NotRead(at, f"nested more than {DEPTH} levels deep", "too_deep")


class Scalar:
    """One value: its ``text`` and the characters ``[start, end)`` that write it, with quotes, anchor and tag.

    ``tag`` is YAML's, or empty where YAML's rules for plain scalars decide the type. ``places`` counts where it is
    used, aliases included, and ``base_urls`` how many of those are the value of a YAML ``base_url``.

    ``within`` are the characters between its quotes where these are not simply its first and last one, and ``outer``
    the styles of the strings it is written inside, the outermost first. ``inner`` is the document that the text
    itself is. ``is_template`` tells that Jinja makes a part of it, or may. ``variable`` is the one that a tag has
    filled it in from.
    """

    __slots__ = (
        "base_urls", "end", "inner", "is_template", "outer", "places", "start", "style", "tag", "text", "variable",
        "within",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 - what a reader knows of a value when it meets it
        self,
        text: str,
        start: int,
        end: int,
        style: Style,
        tag: str = STRING,
        within: tuple[int, int] | None = None,
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.style = style
        self.tag = tag
        self.places = 1
        self.base_urls = 0
        self.within = within
        self.outer: tuple[Style, ...] = ()
        self.inner: Node | None = None
        self.is_template = False
        self.variable = ""


class Mapping:
    """Keys and values, the last of equal keys only; ``merged`` are the values of YAML's ``<<`` keys.

    ``groups`` are mappings that keys of one prefix spell out together (``chat_llm.base_url``, ``KAG_LLM_BASE_URL``),
    and ``displaced`` the earlier values of equal keys where a template chooses between them. ``is_overlay`` tells that
    it is such a group of flat keys, whose other values may stand in the file that they are merged into. ``tag`` is
    YAML's where it makes something else of it (``!!set``). A key that is no text is a :class:`NotText`.
    """

    __slots__ = ("displaced", "groups", "is_overlay", "merged", "pairs", "start", "tag")

    def __init__(self, start: int, pairs: "dict[str, Node] | None" = None) -> None:
        self.start = start
        self.pairs = pairs or {}
        self.merged: list[Node] = []
        self.groups: dict[str, Mapping] = {}
        self.displaced: list[tuple[str, Node]] = []
        self.is_overlay = False
        self.tag = ""

    def put(self, key: str, value: "Node") -> None:
        """Set ``key``, which then stands where it was written last."""
        self.pairs.pop(key, None)
        self.pairs[key] = value


class Sequence:
    """A list of nodes; ``tag`` is YAML's where it makes pairs of it (``!!omap``)."""

    __slots__ = ("items", "start", "tag")

    def __init__(self, start: int) -> None:
        self.start = start
        self.items: list[Node] = []
        self.tag = ""


Node: TypeAlias = Scalar | Mapping | Sequence


class Place(NamedTuple):
    """A step on the way from the root to a node: a key or an index, and the step before it."""

    step: str | int
    before: "Place | None"

    def steps(self) -> list[str | int]:
        """Return all steps, the root's first."""
        steps: list[str | int] = []
        place: Place | None = self
        while place is not None:
            steps.append(place.step)
            place = place.before
        return steps[::-1]


def dotted(steps: list[str | int]) -> str:
    """Return steps as people write them: ``kag_builder_pipeline.chain[0].llm``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


class Use(NamedTuple):
    """The places of a mapping in which one and the same ``word`` says what it is for (empty: nothing does).

    ``steps`` lead to the first of them and ``places`` is how many there are. ``is_basis`` tells that it is only merged
    there (YAML's ``<<``, INI's ``[DEFAULT]``), ``is_definition`` that the first place is where it is written itself.
    """

    word: str
    steps: list[str | int]
    places: int
    is_basis: bool
    is_definition: bool


class Found(NamedTuple):
    """A mapping and its uses, the one where it is written first."""

    node: Mapping
    uses: tuple[Use, ...]


_State: TypeAlias = tuple[str, bool]


def mappings(root: Node, word: Callable[[str], str] = lambda _: "") -> list[Found]:
    """Return every mapping under ``root`` once, in the document's order, with all its uses.

    ``word`` returns what a key says of what is under it, or nothing; the nearest key that says something counts.
    Aliases may lead anywhere, back to an ancestor too: each node is visited once for each word that leads to it.
    """
    places: dict[Node, dict[_State, tuple[Place | None, int]]] = {}
    waiting: list[tuple[Node, Place | None, _State]] = [(root, None, ("", False))]
    while waiting:
        node, place, state = waiting.pop()
        states = places.setdefault(node, {})
        first, count = states.get(state, (place, 0))
        states[state] = first, count + 1
        if count:
            continue
        inner = []
        for step, child in _collections(node):
            said = word(step) if isinstance(step, str) and step is not MERGED else ""
            is_basis = step is MERGED or (state[1] and isinstance(node, Sequence))  # <<: [*one, *other]
            inner.append((child, Place(step, place), (said or state[0], is_basis)))
        waiting.extend(reversed(inner))
    return [Found(node, tuple(_uses(states))) for node, states in places.items() if isinstance(node, Mapping)]


def _uses(states: dict[_State, tuple[Place | None, int]]) -> Iterator[Use]:
    for at, ((word, is_basis), (place, count)) in enumerate(states.items()):
        yield Use(word, place.steps() if place else [], count, is_basis, at == 0)


def _collections(node: Node) -> Iterator[tuple[str | int, Node]]:
    """Yield what may hold mappings: scalars only where they are documents themselves, and those in their place."""
    for step, child in _children(node):
        if not isinstance(child, Scalar):
            yield step, child
        elif child.inner is not None:
            yield step, child.inner


def _children(node: Node) -> Iterator[tuple[str | int, Node]]:
    if isinstance(node, Mapping):
        yield from ((MERGED, merged) for merged in node.merged)
        yield from node.displaced
        yield from node.pairs.items()
        yield from node.groups.items()
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)


def encodable(text: str) -> str:
    """Return ``text`` without half characters, as ``"\\ud800"`` alone writes one: no output can encode them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Positions:
    """Turns offsets in ``text`` into lines, and into bytes of the file: ``shift`` bytes (of a mark) stand before it."""

    def __init__(self, text: str, shift: int = 0) -> None:
        self._text = text
        self._shift = shift
        self._line_starts = [found.end() for found in re.finditer(r"\r\n|\r|\n", text)]
        blocks = range(0, 0 if text.isascii() else len(text), _BLOCK)
        self._bytes_before = list(accumulate((len(text[at : at + _BLOCK].encode()) for at in blocks), initial=0))

    def byte(self, at: int) -> int:
        """Return the file's byte at which the character ``at`` begins."""
        if len(self._bytes_before) == 1:
            return self._shift + at
        block = at // _BLOCK
        return self._shift + self._bytes_before[block] + len(self._text[block * _BLOCK : at].encode())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the file's bytes ``[start, end)`` of these characters."""
        return self.byte(start), self.byte(end)

    def line(self, at: int) -> int:
        """Return the line of the character ``at``, counted from 1 as an editor does."""
        return bisect_right(self._line_starts, at) + 1

    def column(self, at: int) -> int:
        """Return which character of its line the character ``at`` is, counted from 1."""
        line = bisect_right(self._line_starts, at)
        return at - (self._line_starts[line - 1] if line else 0) + 1
