"""YAML as it is written: every node knows where it begins and ends, and an alias stays an alias.

:mod:`netdiag.config.yaml_tree` reads for values, and drops what an insertion needs: where a key stands, where a
collection ends, in which style it is. Offsets count characters of the text.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from yaml import events as ev

from netdiag.config.tree import DEPTH, NotRead, too_deep
from netdiag.config.yaml_tree import events

Kind = Literal["scalar", "sequence", "mapping", "alias"]

_BLOCK_SCALARS: Final = ("|", ">")


@dataclass(slots=True, eq=False)
class Node:
    """A node; ``end`` of a block collection is that of the last thing in it.

    ``style`` is ``plain``, a quote, ``|``, ``>``, ``block`` or ``flow``; ``text`` that of a scalar, or an alias' name.
    """

    kind: Kind
    start: int
    end: int
    style: str = "plain"
    text: str = ""
    tag: str = ""
    anchor: str = ""
    items: list["Node"] = field(default_factory=list)
    pairs: list[tuple["Node", "Node"]] = field(default_factory=list)
    target: "Node | None" = None

    @property
    def ends_in_block(self) -> bool:
        """Whether a block scalar ends here: which blank lines are its own depends on what comes next."""
        last = self.items[-1:] or [value for _, value in self.pairs[-1:]]
        return last[0].ends_in_block if last else self.style in _BLOCK_SCALARS


def read(text: str) -> list[Node]:
    """Return the root of every document in ``text``. Raises :class:`NotRead`."""
    stream = events(text)
    return [_Reader(stream).node(next(stream), 0) for event in stream if isinstance(event, ev.DocumentStartEvent)]


class _Reader:
    """Reads one document."""

    def __init__(self, stream: Iterator[Any]) -> None:
        self._stream = stream
        self._anchors: dict[str, Node] = {}

    def node(self, event: Any, depth: int) -> Node:
        start, end = event.start_mark.index, _end(event)
        if depth > DEPTH:
            raise too_deep(start)
        if isinstance(event, ev.AliasEvent):
            if event.anchor not in self._anchors:
                raise NotRead(start, "an alias (*) whose anchor (&) does not come before it")
            return Node("alias", start, end, "alias", event.anchor, target=self._anchors[event.anchor])
        tag, anchor = event.tag or "", event.anchor or ""
        if isinstance(event, ev.ScalarEvent):
            node = Node("scalar", start, end, event.style or "plain", event.value, tag, anchor)
            return self._named(node)
        kind: Kind = "mapping" if isinstance(event, ev.MappingStartEvent) else "sequence"
        node = self._named(Node(kind, start, end, "flow" if event.flow_style else "block", "", tag, anchor))
        while not isinstance(inner := next(self._stream), ev.CollectionEndEvent):
            child = self.node(inner, depth + 1)
            if kind == "sequence":
                node.items.append(child)
            else:
                node.pairs.append((child, self.node(next(self._stream), depth + 1)))
        last = node.items[-1] if node.items else node.pairs[-1][1] if node.pairs else None
        node.end = last.end if node.style == "block" and last else _end(inner)
        return node

    def _named(self, node: Node) -> Node:
        if node.anchor:
            self._anchors[node.anchor] = node
        return node


def _end(event: Any) -> int:
    at: int = event.end_mark.index
    return at


def resolved(node: Node) -> Node:
    """Return what an alias stands for, or ``node`` itself."""
    return node.target if node.target is not None else node


def outline(node: Node, grown: Mapping[Node, Node]) -> Hashable:
    """Return all that ``node`` says, as plain values, without its layout; aliases stay names.

    A node that ``grown`` has says what stands there for it.
    """
    node = grown.get(node, node)
    head = (node.kind, node.tag, node.anchor)
    if node.kind == "mapping":
        pairs = frozenset((outline(key, grown), outline(value, grown)) for key, value in node.pairs)
        return *head, pairs, len(node.pairs)
    if node.kind == "sequence":
        return *head, tuple(outline(item, grown) for item in node.items)
    return *head, node.text, node.style == "plain"


def with_more(node: Node, more: Node, *, first: bool) -> Node:
    """Return what a collection says once it holds what ``more`` holds too.

    Of a sequence the new items are the first ones or the last ones; the order of a mapping says nothing.
    """
    items = [*more.items, *node.items] if first else [*node.items, *more.items]
    return replace(node, items=items, pairs=[*node.pairs, *more.pairs])


def leads_to(node: Node, wanted: Node) -> bool:
    """Say whether an alias below ``node`` leads to ``wanted``, or to what holds it; each node is visited once."""
    seen: set[Node] = set()
    waiting = [(node, False)]
    while waiting:
        each, aliased = waiting.pop()
        if each is wanted and aliased:
            return True
        if each in seen:
            continue
        seen.add(each)
        if each.target is not None:
            waiting.append((each.target, True))
        waiting += [(child, aliased) for pair in each.pairs for child in pair]
        waiting += [(child, aliased) for child in each.items]
    return False
