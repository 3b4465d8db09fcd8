"""What a mapping is used for: by the keys that lead to it, whatever the name under which it is written."""

import re
from itertools import islice
from typing import Final, NamedTuple

from netdiag.config import yaml_tree
from netdiag.config.tree import Found, Node, Scalar, Sequence, Use
from netdiag.config.tree import Mapping as MappingNode
from netdiag.model.endpoint import Kind

_MERGED: Final = 8
_MERGED_KEYS: Final = 64
"""How many mappings are followed through ``<<`` for one endpoint, and how many of their keys: real files have one
with ten keys, and a document of nothing but ``<<`` must stay cheap.
"""

NODES: Final[dict[str, Kind]] = {
    "llm": "chat",
    "chat_llm": "chat",
    "openie_llm": "chat",
    "llm_client": "chat",
    "llm_module": "chat",
    "llm_select": "chat",
    "llm_judge": "chat",
    "vectorizer": "embedding",
    "vectorize_model": "embedding",
    "rerank_model": "rerank",
}
"""Where KAG itself takes a model from: the sections that it reads by name (0.8 common/config.py:6, knext), and
the parameters of its components that are one (``llm: LLMClient``, in kag/ of 0.6 to 0.8)."""

_RESEMBLES: Final = re.compile(r"(?i)(?P<rerank>rerank)|(?P<embedding>vectori[sz]e|embed)|(?P<chat>llm|chat)")
_BY_NAME: Final = "?"


def word(step: str) -> str:
    """Return the kind of model that a key names, with a mark where it merely resembles a key that KAG reads."""
    return NODES.get(step) or _resembling(step)


def _resembling(text: str) -> str:
    found = _RESEMBLES.search(text)
    return f"{found.lastgroup}{_BY_NAME}" if found else ""


class Used(NamedTuple):
    """A mapping that uses a base_url: the way to it, its values, how often it is used, and what for.

    ``scalars`` are the values that are scalars, without those of a custom tag: what they mean is not known here.
    ``model`` is type and model, empty where they are not said. ``is_said`` tells that a key says the kind, ``is_named``
    that it is one of KAG's own, and ``is_overlay`` that the mapping is one of flat keys.
    """

    steps: list[str | int]
    values: dict[str, Node]
    scalars: dict[str, Scalar]
    model: tuple[str, str]
    uses: int
    kind: Kind = "chat"
    is_said: bool = False
    is_named: bool = False
    is_overlay: bool = False


def effective(mapping: MappingNode) -> dict[str, Node]:
    """Return the mapping's values with those merged into it (YAML's ``<<``, INI's ``[DEFAULT]``).

    What the mapping says itself hides what is merged, and an earlier merged mapping hides a later one.
    """
    found: dict[str, Node] = dict(mapping.pairs)
    waiting = mapping.merged[:_MERGED]
    for _ in range(_MERGED):
        if not waiting:
            break
        node, *waiting = waiting
        if isinstance(node, Sequence):
            waiting = [*node.items[:_MERGED], *waiting]
        elif isinstance(node, MappingNode):
            found = {**dict(islice(node.pairs.items(), _MERGED_KEYS)), **found}
            waiting = [*node.merged[:_MERGED], *waiting]
    return found


def text_of(scalar: Scalar | None) -> str:
    """Return a scalar's text, empty for null and for what is not there."""
    return "" if scalar is None or yaml_tree.value_of(scalar) is None else scalar.text


def of_base_url(source: Found, heirs: list[Found]) -> list[Used]:
    """Return what a base_url that ``source`` says, and ``heirs`` merge, is used for: one for each kind, type and model.

    A mapping that a name of KAG's leads to is nothing else under its own name, and one that such a mapping merges is
    only its basis. What nothing leads to is what it is called, or says of itself.
    """
    found = [(source, use) for use in _by_kind(source)]
    found += [(heir, use) for heir in heirs for use in _by_kind(heir)]
    is_taken = any(use.word and not _is_nominal(use) for _, use in found)
    kept = [(each, use) for each, use in found if not (is_taken and _is_idle(each, use, each is source))]
    entries: dict[tuple[Kind, str, str], Used] = {}
    for each, use in sorted(kept, key=lambda pair: not pair[1].word):
        _enter(entries, _used(each, use))
    return _complete(source, list(entries.values()))


def _by_kind(found: Found) -> list[Use]:
    """Return the uses of a mapping itself, one of each kind, without those in which it is only merged."""
    by_kind: dict[str, Use] = {}
    for use in found.uses:
        if not use.is_basis:
            kind = use.word.removesuffix(_BY_NAME)
            first = by_kind.get(kind)
            by_kind[kind] = first._replace(places=first.places + use.places, word=kind) if first else use
    return list(by_kind.values())


def _is_nominal(use: Use) -> bool:
    """Tell whether a mapping is only written there, under a name that KAG does not look for."""
    return use.is_definition and use.places == 1 and use.word not in NODES.values()


def is_basis(found: Found) -> bool:
    """Tell whether a mapping is only merged into others: nothing of KAG's is called by the name it is written under."""
    return any(use.is_basis for use in found.uses) and all(use.is_basis or _is_nominal(use) for use in found.uses)


def _is_idle(found: Found, use: Use, is_source: bool) -> bool:
    """Tell whether nothing is called for this use where another is KAG's: an anchor's name, INI's other sections."""
    if is_source or len(found.uses) > 1:
        return _is_nominal(use)
    return not use.word and not {"model", "type"} & found.node.pairs.keys()


def _used(found: Found, use: Use) -> Used:
    values = effective(found.node)
    scalars = {name: node for name, node in values.items() if isinstance(node, Scalar) and node.tag[:1] != "!"}
    return Used(
        use.steps,
        values,
        scalars,
        _model(scalars),
        use.places,
        _kind(use.word.removesuffix(_BY_NAME), scalars),
        is_said=bool(use.word),
        is_named=use.word in NODES.values(),
        is_overlay=found.node.is_overlay,
    )


def _model(scalars: dict[str, Scalar]) -> tuple[str, str]:
    """Return type and model."""
    older = scalars.get("client_type")
    type_ = scalars.get("type") or older
    if older and older.style == "ini":  # KAG 0.5 reads no other name of it (kag/common/llm/client/llm_client.py:32)
        type_ = older
    return text_of(type_), text_of(scalars.get("model"))


def _kind(said: str, scalars: dict[str, Scalar]) -> Kind:
    """Return what an endpoint is for: what it says itself, else the keys that lead to it, else what its values show."""
    named = _resembling(text_of(scalars.get("modelType"))).removesuffix(_BY_NAME) or said
    if not named and "vector_dimensions" in scalars:
        return "embedding"
    named = named or _resembling(text_of(scalars.get("type"))).removesuffix(_BY_NAME)
    return next((kind for kind in _KINDS if kind == named), "chat")


def _enter(entries: dict[tuple[Kind, str, str], Used], used: Used) -> None:
    """Add a use; what nothing says the kind of is the same as another use of its type and model."""
    key = (used.kind, *used.model)
    if not used.is_said:
        key = next((known for known in entries if known[1:] == key[1:]), key)
    known = entries.get(key)
    entries[key] = known._replace(uses=known.uses + used.uses) if known else used


def _complete(source: Found, entries: list[Used]) -> list[Used]:
    """Return the uses without those that are only the basis of others, which call nothing.

    One alone is told at the place where it is written.
    """
    said = [used.model for used in entries] if len(entries) > 1 else []
    types = {type_ for type_, model in said if model}
    models = {model for type_, model in said if type_}
    complete = [
        used
        for used in entries
        if len(entries) == 1
        or used.is_named
        or (any(used.model) and not (not used.model[1] and used.model[0] in types) and not _is_in(used, models))
    ]
    if len(complete) == 1:
        first = source.uses[0]
        return [complete[0]._replace(steps=first.steps, uses=sum(use.places for use in source.uses))]
    return complete or entries


def _is_in(used: Used, models: set[str]) -> bool:
    return not used.model[0] and used.model[1] in models


_KINDS: Final[tuple[Kind, ...]] = ("chat", "embedding", "rerank")
