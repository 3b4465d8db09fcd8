"""A document as the whole configuration that KAG reads: which of its sections are there, and which are empty."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from netdiag.config import yaml_tree
from netdiag.config.tree import STRING, Node, Positions, Scalar, Sequence
from netdiag.config.tree import Mapping as MappingNode
from netdiag.config.uses import effective

State = Literal["there", "missing", "empty", "null", "list", "text", "value"]
"""``list``, ``text`` and ``value`` (a number, a boolean) are what is no section where one belongs."""

SECTIONS: Final = ("chat_llm", "openie_llm", "llm", "vectorize_model", "vectorizer")
_BUILT: Final = ("chat_llm", "vectorize_model", "vectorizer", "rerank_model")
"""Sections that KAG makes a model of, whoever refers to them."""

_PROJECT: Final = ("namespace", "host_addr")
_ANCHOR: Final = r"(?m)^{key}[ \t]*:[ \t]+[&*]([^\s,\[\]{{}}]+)"


class Whole(NamedTuple):
    """The state of each key that KAG may need (``chat_llm``, ``project.namespace``) and the line of those there.

    ``anchors`` are the names by which YAML refers to sections, ``host_addr`` is where the OpenSPG server is said to be;
    ``is_older`` tells that it is KAG 0.5's file.
    """

    keys: Mapping[str, State]
    lines: Mapping[str, int] = MappingProxyType({})
    anchors: Mapping[str, str] = MappingProxyType({})
    host_addr: str = ""
    is_older: bool = False


def whole(format_: str, text: str, roots: list[Node], positions: Positions) -> Whole | None:
    """Return what there is of a whole configuration, or ``None`` where a document is none, but a part of one.

    It is one by a ``project`` of KAG's, or by a model for chatting and one for embeddings under KAG's names. That the
    ``project`` is missing is told only beside pipelines: who gives KAG its project by variables writes none.
    """
    if format_ not in ("yaml", "ini") or len(roots) != 1 or not isinstance(roots[0], MappingNode):
        return None
    values = effective(roots[0])
    if not _is_whole(values):
        return None
    inner = _inner(values)
    is_project = _is_project(values)
    keys = {name: _state_of_section(values.get(name)) for name in (*SECTIONS, "rerank_model")}
    if is_project:
        keys |= {f"project.{name}": _state(inner.get(name)) for name in _PROJECT}
    elif any(name.endswith("_pipeline") for name in values):
        keys["project"] = _state(values.get("project"))
    elif keys["vectorize_model"] == "missing":
        del keys["vectorize_model"]  # OpenSPG's server has a vectorizer only, of which KAG makes the other
    there = {name: node for name, node in values.items() if name in (*SECTIONS, "rerank_model", "project")}
    address = inner.get("host_addr")
    return Whole(
        keys=keys,
        lines={name: positions.line(node.start) for name, node in there.items()},
        anchors={name: found[1] for name in there if (found := re.search(_ANCHOR.format(key=name), text))},
        host_addr=address.text if isinstance(address, Scalar) and _is_plain(address) else "",
        is_older=format_ == "ini",
    )


def built(root: Node) -> frozenset[Node]:
    """Return the mappings of a whole configuration's root that KAG makes a model of, whatever is in them."""
    values = effective(root) if isinstance(root, MappingNode) else {}
    if not _is_whole(values):
        return frozenset()
    sections = (values.get(name) for name in _BUILT)
    return frozenset(node for node in sections if isinstance(node, MappingNode) and _state(node) == "there")


def _inner(values: Mapping[str, Node]) -> Mapping[str, Node]:
    """Return what is below ``project``."""
    project = values.get("project")
    return effective(project) if isinstance(project, MappingNode) else {}


def _is_project(values: Mapping[str, Node]) -> bool:
    return not _inner(values).keys().isdisjoint(_PROJECT)


def _is_whole(values: Mapping[str, Node]) -> bool:
    chat = not values.keys().isdisjoint(("chat_llm", "openie_llm"))
    embedding = not values.keys().isdisjoint(("vectorize_model", "vectorizer"))
    return _is_project(values) or (chat and embedding)


def _state_of_section(node: Node | None) -> State:
    """Return the state of a key whose value KAG makes a model of, which takes a section."""
    state = _state(node)
    if state != "there" or node is None or isinstance(node, MappingNode):
        return state
    if isinstance(node, Sequence):
        return "list"
    if node.is_template or node.tag[:1] == "!":
        return state
    return "text" if isinstance(yaml_tree.value_of(node), str) else "value"


def _state(node: Node | None) -> State:
    if node is None:
        return "missing"
    if isinstance(node, MappingNode):
        return "there" if effective(node) or node.merged else "empty"
    if isinstance(node, Sequence):
        return "there" if node.items else "empty"
    if not node.is_template and node.tag[:1] != "!" and yaml_tree.value_of(node) is None:
        return "null"
    return "there" if node.text.strip() else "empty"


def _is_plain(scalar: Scalar) -> bool:
    """Tell whether a value is a text that nothing fills in."""
    if yaml_tree.tag_of(scalar) != STRING:
        return False
    return not scalar.is_template and scalar.tag[:1] != "!" and "{" not in scalar.text and "$" not in scalar.text
