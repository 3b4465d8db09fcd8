"""YAML text → trees, by the parser's events: nothing is constructed, and each node is made once however often used.

Events instead of ``yaml.compose``: 5 MB take 0.4 s instead of 2.2 s with libyaml, and the recursion is ours to limit.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml
from yaml import events as ev

from netdiag.config.jinja import Template
from netdiag.config.tree import DEPTH, STRING, Mapping, Node, NotRead, Scalar, Sequence, Style, encodable, too_deep
from netdiag.model.endpoint import NotText
from netdiag.text import printable

# Measured: after the byte order mark is taken away, both count their marks in characters of the text, CRLF as two.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_RESOLVER: Final[Any] = yaml.SafeLoader("")
_TYPED: Final = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
_OF_YAML: Final = frozenset(f"tag:yaml.org,2002:{name}" for name in ("timestamp", "binary"))
_RESOLVED_LENGTH: Final = 4300
"""Longer text stays text: Python makes no number of more digits, and 1:59:59:… of megabytes takes hours to add up."""

NULL: Final = "tag:yaml.org,2002:null"
SET: Final = "tag:yaml.org,2002:set"
PAIRED: Final = frozenset({"tag:yaml.org,2002:omap", "tag:yaml.org,2002:pairs"})
"""Tags of which the safe loader makes a set, and a list of pairs: no mappings of their keys."""

_PERHAPS_NO_TEXT: Final = re.compile(r"(?i:yes|no|true|false|on|off|null)?$|~$|[-+.\d]")
"""Plain keys that YAML's rules may make something else of; to ask of each takes 2 µs."""

_STYLES: Final[dict[str | None, Style]] = {"'": "'", '"': '"', "|": "block", ">": "block"}
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+(?:#[^\r\n]*[\r\n]\s*)*)*")


Tag = Callable[[str], str | None]
"""Returns the value of the variable that a tag names."""


def read_loaded(text: str, tag: Tag | None) -> list[Node]:
    """Return the root of every document in ``text``, which is what KAG's YAML reads: no template any more.

    ``tag`` fills in ``!ENV NAME``, where KAG does. Raises :class:`NotRead`.
    """
    return list(_Composer(text, None, tag).documents())


def read(text: str) -> list[Node]:
    """Return the root of every document in ``text``, which may be a Jinja template of them. Raises :class:`NotRead`."""
    template = Template(text)
    for lone_expressions in (True, False) if template.constructs else ():
        with contextlib.suppress(NotRead):
            return list(_Composer(template.neutral(lone_expressions=lone_expressions), template).documents())
    return list(_Composer(text, template).documents())


class _Composer:
    """Makes nodes of the parser's events on ``text``: of a ``template`` with neutral text for what Jinja makes."""

    def __init__(self, text: str, template: Template | None, tag: Tag | None = None) -> None:
        self._events = events(text)
        self._template = template if template and template.constructs else None
        self._tag = tag
        self._anchors: dict[str | None, Node] = {}

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, ev.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events), 0)

    def _node(self, event: Any, depth: int) -> Node:
        at = event.start_mark.index
        if isinstance(event, ev.AliasEvent):
            return self._aliased(event.anchor, at)
        if depth > DEPTH:
            raise too_deep(at)
        if isinstance(event, ev.ScalarEvent):
            scalar = _scalar(event)
            if self._template:
                _fill_in(scalar, self._template)
            if self._tag and scalar.tag == "!ENV":
                _of_variable(scalar, self._tag)
            return self._anchored(event, scalar)
        if isinstance(event, ev.SequenceStartEvent):
            sequence = Sequence(at)
            sequence.tag = event.tag if event.tag in PAIRED else ""
            self._anchored(event, sequence)
            while not isinstance(event := next(self._events), ev.SequenceEndEvent):
                sequence.items.append(self._node(event, depth + 1))
            return sequence
        mapping = Mapping(at)
        mapping.tag = SET if event.tag == SET else ""
        self._anchored(event, mapping)
        while not isinstance(event := next(self._events), ev.MappingEndEvent):
            self._pair(mapping, self._node(event, depth + 1), depth + 1)
        return mapping

    def _pair(self, mapping: Mapping, key: Node, depth: int) -> None:
        value = self._node(next(self._events), depth)
        if not isinstance(key, Scalar):
            mapping.put("?", value)  # a key that is a collection: only {{ template }} is written so
        elif key.text == "<<" and key.style == "plain":
            mapping.merged.append(value)
        else:
            name = key.text if key.is_template else key_of(key)
            if self._template and name in mapping.pairs:
                mapping.displaced.append((name, mapping.pairs[name]))
            mapping.put(name, value)
            if name == "base_url" and isinstance(value, Scalar):
                value.base_urls += 1

    def _anchored(self, event: Any, node: Node) -> Node:
        if event.anchor is not None:
            if event.anchor in self._anchors and not self._template:  # else one of each branch
                raise NotRead(event.start_mark.index, "an anchor (&) that is defined twice")
            self._anchors[event.anchor] = node
        return node

    def _aliased(self, name: str | None, at: int) -> Node:
        node = self._anchors.get(name)
        if node is None:  # the name is not told: a masked or forgotten quote may make it a part of a key
            raise NotRead(at, "an alias (*) whose anchor (&) does not come before it")
        if isinstance(node, Scalar):
            node.places += 1
        return node


def _fill_in(scalar: Scalar, template: Template) -> None:
    """Mark what Jinja makes, or what a raw block keeps from it, and give it back the text that is in the file."""
    text = template.text
    scalar.is_template = template.touches(scalar.start, scalar.end)
    if template.overlaps(scalar.start, scalar.end):
        raw = text[without_properties(text, scalar) : scalar.end].strip()
        scalar.text = raw[1:-1] if scalar.style in ("'", '"') else raw


def _of_variable(scalar: Scalar, tag: Tag) -> None:
    """Give the scalar the value of the variable that it names; one that is not set is null to KAG."""
    scalar.variable = scalar.text.strip()
    value = tag(scalar.variable)
    scalar.text, scalar.tag = (value, STRING) if value is not None else ("", NULL)


def _scalar(event: Any) -> Scalar:
    style: Style = _STYLES.get(event.style, "plain")
    tag = event.tag
    if tag in (None, "!"):
        tag = "" if event.implicit[0] else STRING
    text = encodable(event.value) if style == '"' else event.value
    return Scalar(text, event.start_mark.index, event.end_mark.index, style, tag)


def events(text: str) -> Iterator[Any]:
    """Yield the parser's events; whatever it raises, its bugs too, becomes :class:`NotRead`."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark else 0
        raise NotRead(at, _detail(text, at, error.problem or error.context or "")) from None
    except yaml.reader.ReaderError:
        unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
        at = unprintable.start() if unprintable else 0
        raise NotRead(at, "a control character, which YAML does not allow") from None
    except (ValueError, OverflowError, LookupError, TypeError, AttributeError, yaml.YAMLError) as error:
        # seen: OverflowError and ValueError of the pure parser for "\UFFFFFFFF"
        raise NotRead(0, f"not valid YAML ({type(error).__name__})") from None


def _detail(text: str, at: int, problem: str) -> str:
    line_start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = re.compile(r"[^\r\n]*").match(text, line_start)
    if line and "{%" in line.group():
        return "a Jinja statement, {% … %}: the file is YAML only after KAG has filled it in"
    if line and "${" in line.group():
        return "${…} within {…} or […], where YAML wants quotation marks around it; and KAG does not fill it in"
    if text.startswith("\t", at):
        return "a tab, where YAML allows only blanks"
    return f"not valid YAML: {printable(problem, 120)}"


def tag_of(scalar: Scalar) -> str:
    """Return the scalar's tag as YAML 1.1 and PyYAML resolve it, in full: ``tag:yaml.org,2002:int``."""
    return scalar.tag or _resolved(scalar.text)


def _resolved(text: str) -> str:
    """Return what YAML's rules for plain scalars make of ``text``."""
    return STRING if len(text) > _RESOLVED_LENGTH else str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


def value_of(scalar: Scalar, *, is_untyped: bool = False) -> Any:
    """Return the scalar's value as YAML's safe loader makes it: a date and bytes too, which no request can carry.

    ``is_untyped`` tells that it comes from a format without types, and YAML's rules for plain scalars decide, but make
    no date. What the loader refuses, and what is of a tag of its own, stays text.
    """
    tag = _resolved(scalar.text) if is_untyped else tag_of(scalar)
    if tag == STRING or not (tag in _TYPED or (tag in _OF_YAML and not is_untyped)):
        return scalar.text
    if len(scalar.text) > _RESOLVED_LENGTH and tag not in _OF_YAML:
        return scalar.text
    try:
        return _RESOLVER.yaml_constructors[tag](_RESOLVER, yaml.ScalarNode(tag, scalar.text))
    except (ValueError, LookupError, ArithmeticError, AttributeError, TypeError, yaml.YAMLError):  # 0x_, !!bool maybe
        return scalar.text


def key_of(key: Scalar) -> str:
    """Return the text of a mapping's key, as a :class:`NotText` where YAML makes something else of it."""
    if key.tag == STRING or not (key.tag or _PERHAPS_NO_TEXT.match(key.text)):
        return key.text
    value = value_of(key)
    return key.text if isinstance(value, str) else NotText(key.text, type(value).__name__)


def without_properties(text: str, scalar: Scalar) -> int:
    """Return where the scalar itself begins: behind its anchor, its tag and the comments between."""
    found = _PROPERTIES.match(text, scalar.start, scalar.end)
    return found.end() if found else scalar.start
