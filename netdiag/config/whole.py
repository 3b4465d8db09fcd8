"""A document as the whole configuration that KAG reads: which of its sections are there, and which are empty."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from netdiag.config import yaml_tree
from netdiag.config.tree import STRING, Node, Positions, Scalar, Sequence
from netdiag.config.tree import Mapping as MappingNode
from netdiag.config.uses import effective

State = Literal["there", "missing", "empty", "null"]

SECTIONS: Final = ("chat_llm", "openie_llm", "llm", "vectorize_model", "vectorizer")
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
    project = values.get("project")
    inner = effective(project) if isinstance(project, MappingNode) else {}
    is_project = not inner.keys().isdisjoint(_PROJECT)
    chat = not values.keys().isdisjoint(("chat_llm", "openie_llm"))
    embedding = not values.keys().isdisjoint(("vectorize_model", "vectorizer"))
    if not is_project and not (chat and embedding):
        return None
    keys = {name: _state(values.get(name)) for name in SECTIONS}
    if is_project:
        keys |= {f"project.{name}": _state(inner.get(name)) for name in _PROJECT}
    elif any(name.endswith("_pipeline") for name in values):
        keys["project"] = _state(values.get("project"))
    elif keys["vectorize_model"] == "missing":
        del keys["vectorize_model"]  # OpenSPG's server has a vectorizer only, of which KAG makes the other
    there = {name: node for name, node in values.items() if name in (*SECTIONS, "project")}
    address = inner.get("host_addr")
    return Whole(
        keys=keys,
        lines={name: positions.line(node.start) for name, node in there.items()},
        anchors={name: found[1] for name in there if (found := re.search(_ANCHOR.format(key=name), text))},
        host_addr=address.text if isinstance(address, Scalar) and _is_plain(address) else "",
        is_older=format_ == "ini",
    )


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
