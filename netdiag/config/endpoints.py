"""Trees → endpoints: which mapping is one, what kind it is, and whether its base_url may be edited."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from netdiag.config import ini_tree, quoting, yaml_tree
from netdiag.config.tree import STRING, Found, Node, Positions, Scalar, Sequence, dotted, mappings
from netdiag.config.tree import Mapping as MappingNode
from netdiag.model import Endpoint, Kind, Span
from netdiag.text import Secret, without_secrets

_MERGED: Final = 8
_MERGED_KEYS: Final = 64
"""How many mappings are followed through ``<<`` for one endpoint, and how many of their keys: real files have one
with ten keys, and a document of nothing but ``<<`` must stay cheap.
"""

_KIND: Final = re.compile(r"(?i)(?P<rerank>rerank)|(?P<embedding>vectori[sz]e|embed)|(?P<chat>llm|chat)")
_SECRET: Final = re.compile(r"(?i)key|token(?!s|iz)|secret|passw|pwd|credential|signature|auth(?!ors?$)")
_TAKEN: Final = frozenset({"base_url", "type", "client_type", "model"})

_TEMPLATE: Final = re.compile(r"\{\{|\{%")
_UNQUOTED_TEMPLATE: Final = re.compile(r"\{\{[^\r\n]{0,200}?\}\}")  # to YAML a mapping in a mapping


@dataclass(frozen=True)
class _Read:
    """What is read: the name of the source, its text, and where the text's characters stand in the source."""

    source: str
    text: str
    positions: Positions


def endpoints(source: str, text: str, roots: list[Node], positions: Positions) -> Iterator[Endpoint]:
    """Yield every mapping with a ``base_url`` under ``roots``, in the document's order."""
    read = _Read(source, text, positions)
    for root in roots:
        for found in mappings(root):
            url = found.node.pairs.get("base_url")
            if url is not None:
                yield _endpoint(read, found, url)


def _endpoint(read: _Read, found: Found, url: Node) -> Endpoint:
    scalars = _scalars(found.node)
    settings = {name: yaml_tree.value_of(scalar) for name, scalar in scalars.items() if name not in _TAKEN}
    inner = _inner(read.text, url)
    left_alone = _left_alone(read.text, url) or ("" if inner else "escaped")
    start, end = inner or (url.start, url.start)
    span = Span(read.positions.byte(start), read.positions.byte(end))
    return Endpoint(
        source=read.source,
        line=read.positions.line(start),
        node=dotted(found.steps),
        kind=_kind(found.steps, scalars),
        type=_text(scalars.get("type") or scalars.get("client_type")),
        model=_text(scalars.get("model")),
        base_url=_written(read.text, url),
        api_key=_api_key(read.text, scalars.get("api_key")),
        settings={name: value for name, value in settings.items() if not _is_secret(name, value)},
        url_span=None if left_alone else span,
        left_alone=left_alone,
        uses=found.uses,
    )


def _scalars(mapping: MappingNode) -> dict[str, Scalar]:
    """Return the mapping's scalars, with those merged into it, without those of a custom tag (their value is unknown).

    What the mapping says itself hides what is merged, and an earlier merged mapping hides a later one (YAML's ``<<``).
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
    return {key: value for key, value in found.items() if isinstance(value, Scalar) and value.tag[:1] != "!"}


def _kind(steps: list[str | int], scalars: dict[str, Scalar]) -> Kind:
    """Return what the endpoint is for: what it says itself, else the nearest key above it that says so."""
    said = _KIND.search(_text(scalars.get("modelType")))
    if said is None and "vector_dimensions" in scalars:
        return "embedding"
    words = [step for step in reversed(steps) if isinstance(step, str)]
    for word in (*words, _text(scalars.get("type"))):
        said = said or _KIND.search(word)
    kind: Kind = "chat"
    if said is not None and said["rerank"]:
        kind = "rerank"
    elif said is not None and said["embedding"]:
        kind = "embedding"
    return kind


def _left_alone(text: str, url: Node) -> str:
    """Return why the value of a base_url must not be edited, in a word, or nothing where it may be."""
    if not isinstance(url, Scalar):
        return "template" if text.startswith("{{", url.start) else "not_a_string"
    if url.style == "block" or (url.style == "ini" and "\n" in url.text):
        return _filled_in(text, url) or "block_scalar"
    if yaml_tree.tag_of(url) != STRING:
        return _filled_in(text, url) or "not_a_string"
    used_elsewhere = url.places > 1 and url.places != url.base_urls
    return _filled_in(text, url) or ("alias" if used_elsewhere else "")


def _filled_in(text: str, scalar: Scalar) -> str:
    """Return what fills the scalar in before KAG uses it, if anything does."""
    if (scalar.tag.startswith("!") and "ENV" in scalar.tag.upper()) or "${" in scalar.text:
        return "environment"
    interpolated = scalar.style == "ini" and ini_tree.INTERPOLATION.search(text, scalar.start, scalar.end)
    return "template" if interpolated or _TEMPLATE.search(scalar.text) else ""


def _inner(text: str, node: Node) -> tuple[int, int] | None:
    """Return the characters within the scalar's quotes, where each of them is known to stand for one of the value."""
    if not isinstance(node, Scalar) or node.style == "block":
        return None
    start, end = node.start, node.end
    if node.style != "ini":
        start = yaml_tree.without_properties(text, node)
    if node.style in ("'", '"'):
        start, end = start + 1, end - 1
    raw = text[start:end]
    if raw != node.text:  # an escape is always longer than what it means
        decoded = quoting.decode(raw, node.style)
        if decoded is None or decoded[0] != node.text:
            return None
    return start, end


def _written(text: str, url: Node) -> str:
    """Return the base_url: its value, or what stands in its place."""
    if not isinstance(url, Scalar):
        template = _UNQUOTED_TEMPLATE.match(text, url.start)
        return template.group() if template else ""
    return f"{url.tag} {url.text}" if url.tag.startswith("!") else url.text


def _text(scalar: Scalar | None) -> str:
    return "" if scalar is None or yaml_tree.value_of(scalar) is None else scalar.text


def _api_key(text: str, scalar: Scalar | None) -> Secret | None:
    """Return the key; ``None`` where there is none, or only KAG's own environment or template knows it."""
    if scalar is None or yaml_tree.value_of(scalar) is None:
        return None
    return None if _filled_in(text, scalar) else Secret(scalar.text)


def _is_secret(name: str, value: Any) -> bool:
    return bool(_SECRET.search(name)) or (isinstance(value, str) and without_secrets(value) != value)
