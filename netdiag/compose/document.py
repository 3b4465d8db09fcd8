"""A compose file as it was read, and what is put into it. Pure: who writes files is the store."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from netdiag.compose.refusal import not_exact
from netdiag.compose.tree import Node, outline, read, with_more
from netdiag.config.document import decoded
from netdiag.config.tree import NotRead, Positions
from netdiag.config.unreadable import Unreadable
from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit
from netdiag.text import shown

Part = Literal["extra_hosts", "networks", "environment", "dns"]

QUOTES: Final = ("'", '"')

_REST: Final = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?P<newline>\r\n|\r|\n|$)")
"""What may follow a value on its line."""

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_BLANKS: Final = re.compile(r" *")
_DASH: Final = re.compile(r" *- +")


class Document(NamedTuple):
    """A compose file: its bytes, the text in them, and the root of each YAML document."""

    source: str
    data: bytes
    digest: str
    text: str
    positions: Positions
    roots: tuple[Node, ...]

    def __repr__(self) -> str:
        """Show nothing of what is in it: passwords stand there."""
        return f"Document({self.source!r}, {self.digest!r})"

    def where(self, node: Node) -> str:
        """Return the place a person opens: ``docker-compose.yml:3``."""
        return f"{self.source}:{self.positions.line(node.start)}"


def parse(data: bytes, source: str) -> Document:
    """Return the compose file ``data``; raises :class:`Unreadable`, also for keys that compose takes once only."""
    text, positions = decoded(data, source)
    try:
        roots = read(text)
        for root in roots:
            _require_single_keys(root)
    except NotRead as error:
        raise Unreadable(error.reason, source, positions.line(error.at), error.detail) from None
    except RecursionError:
        raise Unreadable(reason="too_deep", source=source, line=0, detail="too deeply nested") from None
    return Document(source, data, hashlib.sha256(data).hexdigest(), text, positions, tuple(roots))


def _require_single_keys(node: Node) -> None:
    keys: set[str] = set()
    for key, value in node.pairs:
        if key.kind == "scalar" and key.text != "<<":
            if key.text in keys:
                raise NotRead(key.start, f"the key {shown(key.text)} for the second time, which compose refuses")
            keys.add(key.text)
        _require_single_keys(value)
    for item in node.items:
        _require_single_keys(item)


class Spot(NamedTuple):
    """A collection or a text of ``document`` that grows; ``path`` is what people call it, ``part`` what it gets."""

    document: Document
    into: Node
    part: Part
    path: str


class Growth(NamedTuple):
    """``text`` put at the character ``at``, by which a collection holds what ``added`` holds too, ``first`` or last.

    A text that grows says what ``added`` says; several insertions may make it one.
    """

    spot: Spot
    at: int
    text: str
    added: Node
    first: bool = False


def entry(spot: Spot, key: str, value: str) -> Growth:
    """Return ``key`` with ``value``, which is JSON, as a new entry of a mapping: see :func:`entries`."""
    return entries(spot, {key: value})


def entries(spot: Spot, pairs: Mapping[str, str]) -> Growth:
    """Return keys with values, which are JSON, as new entries of a mapping in that one's style.

    In block style each is a line of its own, behind the last value whose end is plain to see.
    """
    mapping = spot.into
    style = mapping.pairs[-1][0].style if mapping.pairs else ""
    quote = style if style in QUOTES else ""
    lines = [f"{quote}{key}{quote}: {value}" for key, value in pairs.items()]
    flow = ", ".join(lines)
    added = read(f"{{{flow}}}")[0]
    if mapping.style == "flow":
        at = mapping.pairs[-1][1].end if mapping.pairs else mapping.end - 1
        return Growth(spot, at, f", {flow}" if mapping.pairs else flow, added)
    first = mapping.pairs[0][0]
    indent = _before(spot, first, _BLANKS)
    next_line = f"{_newline(spot.document)}{indent}"
    block = next_line.join(lines)
    for _, last in reversed(mapping.pairs):
        if (after := _behind(spot.document, last, indent + block)) is not None:
            return Growth(spot, *after, added)
    return Growth(spot, first.start, f"{block}{next_line}", added)


def items(spot: Spot, texts: Sequence[str], *, first: bool = False) -> Growth:
    """Return ``texts`` as new items of a sequence, the last ones or the first, quoted as the one beside them."""
    sequence = spot.into
    beside = sequence.items[0 if first else -1] if sequence.items else None
    is_bare = beside is not None and beside.style == "plain" and sequence.style == "block"
    quote = beside.style if beside and beside.style in QUOTES else "" if is_bare else '"'
    words = [f"{quote}{text}{quote}" for text in texts]
    added = read("".join(f"- {word}\n" for word in words))[0]
    if sequence.style == "flow" or beside is None:
        flow = ", ".join(words)
        at = sequence.end - 1 if beside is None else beside.start if first else beside.end
        return Growth(spot, at, flow if beside is None else f"{flow}, " if first else f", {flow}", added, first)
    dash = _before(spot, beside, _DASH)
    block = f"{_newline(spot.document)}{dash}".join(words)
    if first:
        return Growth(spot, beside.start, f"{block}{_newline(spot.document)}{dash}", added, first)
    after = _behind(spot.document, beside, dash + block)
    if after is None:
        raise not_exact(spot.document.where(beside), spot.path)
    return Growth(spot, *after, added)


def longer(spot: Spot, more: str, *, is_in_flow: bool) -> tuple[Growth, ...]:
    """Return what makes a text end with ``more``, which has only characters that stand for themselves in every style.

    A bare text gets quotes inside ``{}`` and ``[]``, where a comma would end it.
    """
    node = spot.into
    if node.kind != "scalar" or node.tag or node.anchor or node.style not in ("plain", *QUOTES):
        raise not_exact(spot.document.where(node), spot.path)
    if node.style in QUOTES or not is_in_flow:
        added = Node("scalar", 0, 0, node.style, node.text + more)
        return (Growth(spot, node.end - (node.style in QUOTES), more, added),)
    added = Node("scalar", 0, 0, "'", node.text + more)
    return Growth(spot, node.start, "'", added), Growth(spot, node.end, f"{more}'", added)


def _before(spot: Spot, node: Node, wanted: re.Pattern[str]) -> str:
    """Return what stands before ``node`` on its line, which has to be what is ``wanted``."""
    text = spot.document.text
    start = max(text.rfind("\n", 0, node.start), text.rfind("\r", 0, node.start)) + 1
    before = text[start : node.start]
    if not wanted.fullmatch(before):
        raise not_exact(spot.document.where(node), spot.path)
    return before


def _behind(document: Document, node: Node, line: str) -> tuple[int, str] | None:
    """Return where a line behind ``node`` begins and what is put there, or ``None`` where that is not plain to see."""
    rest = _REST.match(document.text, node.end)
    if node.ends_in_block or rest is None:
        return None
    newline = rest["newline"]
    return rest.end(), line + newline if newline else _newline(document) + line


def _newline(document: Document) -> str:
    found = _NEWLINE.search(document.text)
    return found[0] if found else "\n"


def edits(document: Document, growths: Sequence[Growth]) -> tuple[Edit, ...]:
    """Return the insertions as edits, those at one place as one, the first first.

    Raises :class:`Refused` where the file would not say exactly what it says now and what was to be added.
    """
    joined: dict[int, list[Growth]] = {}
    for growth in growths:
        joined.setdefault(growth.at, []).append(growth)
    planned = tuple(_edit(document, at, sorted(joined[at], key=_inner_first)) for at in sorted(joined))
    _require_same(document, planned, growths)
    return planned


def _inner_first(growth: Growth) -> int:
    """Sort what is put at one place: a text ends before the collection that it is in."""
    return -growth.spot.into.start


def _edit(document: Document, at: int, growths: Sequence[Growth]) -> Edit:
    positions, new = document.positions, "".join(growth.text for growth in growths).encode()
    span = Span(positions.byte(at), positions.byte(at))
    spot = growths[0].spot
    below = new.startswith((b"\r", b"\n"))  # of a file whose last line has no end
    line, column = positions.line(at) + below, 1 if below else positions.column(at)
    return Edit(document.source, line, spot.path, span, b"", new, spot.part, column)


def _require_same(document: Document, planned: Iterable[Edit], growths: Sequence[Growth]) -> None:
    grown: dict[Node, Node] = {}
    for growth in growths:
        node = growth.spot.into
        is_text = node.kind == "scalar"
        grown[node] = growth.added if is_text else with_more(grown.get(node, node), growth.added, first=growth.first)
    try:
        after = parse(inserted(document.data, planned), document.source)
    except Unreadable:
        after = document
    wanted = tuple(outline(root, grown) for root in document.roots)
    if tuple(outline(root, {}) for root in after.roots) != wanted:
        raise not_exact(document.source, growths[0].spot.path)


def inserted(data: bytes, planned: Iterable[Edit]) -> bytes:
    """Return ``data`` with the insertions made."""
    for edit in sorted(planned, key=lambda each: each.span.start, reverse=True):
        data = data[: edit.span.start] + edit.new + data[edit.span.start :]
    return data


def unified(planned: Sequence[Edit]) -> str:
    """Return the insertions as a diff for people: what is added alone, since a password may stand beside it."""
    lines: list[str] = []
    for edit in planned:
        name = edit.source.lstrip("/")
        head = [f"--- {shown('a/' + name)}", f"+++ {shown('b/' + name)}"]
        lines += [line for line in head if line not in lines]
        lines.append(f"@@ {shown(f'{edit.source}:{edit.line} {edit.node}')} @@")
        for line in edit.new.decode().splitlines():
            bare = line.lstrip(" ")
            lines += [f"+{line[: -len(bare)]}{shown(bare)}"] if bare else []
    return "".join(f"{line}\n" for line in lines)
