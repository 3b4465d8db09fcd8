"""Trees → endpoints: which mapping is one, what kind it is, and whether its base_url may be edited."""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from netdiag.config import ini_tree, quoting, yaml_tree
from netdiag.config.tree import DEPTH, STRING, Node, Positions, Scalar, Sequence, Style, dotted, mappings
from netdiag.config.tree import Mapping as MappingNode
from netdiag.model.endpoint import Endpoint, Form, Kind, Span
from netdiag.text import Secret, without_secrets

_EXPANDED: Final = re.compile(r"[$`]")  # by a shell, Docker Compose, python-dotenv
_MERGED: Final = 8
_MERGED_KEYS: Final = 64
"""How many mappings are followed through ``<<`` for one endpoint, and how many of their keys: real files have one
with ten keys, and a document of nothing but ``<<`` must stay cheap.
"""

_KIND: Final = re.compile(r"(?i)(?P<rerank>rerank)|(?P<embedding>vectori[sz]e|embed)|(?P<chat>llm|chat)")
_SECRET: Final = re.compile(r"(?i)key|token(?!s|iz)|secret|passw|pwd|credential|signature|auth(?!ors?$)")
_TAKEN: Final = frozenset({"base_url", "type", "client_type", "model"})

_SENT: Final = frozenset(
    {"stop", "extra_body", "seed", "top_p", "stream", "think", "temperature", "max_tokens", "timeout", "max_rate"}
    | {"time_period", "vector_dimensions", "batch_size", "name"}
)
"""Settings that KAG sends, or fails at: a list or a mapping is read whole, and what may be a secret is kept as one."""

_UNTYPED: Final = frozenset({"timeout", "max_rate", "time_period", "max_tokens"})
"""Numbers that KAG has since 0.6, which reads neither INI nor ``.env``: there all is text and none is meant so."""

_TEXTS: Final = ("type", "model", "api_key")
"""Settings that must be text, which :attr:`Endpoint.forms` tells of."""

_MOST: Final = 10_000
"""Values that are read of one setting. KAG's requests have some twenty."""

_TEMPLATE: Final = re.compile(r"\{[{%#]")
_UNQUOTED_TEMPLATE: Final = re.compile(r"\{\{[^\r\n]{0,200}?\}\}")  # to YAML a mapping in a mapping


class _Read(NamedTuple):
    """What is read: the name of the source, its text, and where the text's characters stand in the source."""

    source: str
    text: str
    positions: Positions


class _Use(NamedTuple):
    """A mapping that uses a base_url: the way to it, all its values, and in how many places it is used."""

    steps: list[str | int]
    values: dict[str, Node]
    uses: int

    @property
    def scalars(self) -> dict[str, Scalar]:
        """The values that are scalars, without those of a custom tag: what they mean is not known here."""
        return {k: v for k, v in self.values.items() if isinstance(v, Scalar) and v.tag[:1] != "!"}

    @property
    def model(self) -> tuple[str, str]:
        """Type and model, empty where they are not said."""
        scalars = self.scalars
        return _text(scalars.get("type") or scalars.get("client_type")), _text(scalars.get("model"))


def endpoints(
    source: str, text: str, roots: list[Node], positions: Positions
) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield every mapping with a ``base_url`` under ``roots``, in the document's order, and how that is written.

    A base_url that is merged into other mappings is one endpoint at its source; where these have other types or models,
    one for each of them, which share its bytes.
    """
    read = _Read(source, text, positions)
    for root in roots:
        found = mappings(root)
        heirs: dict[Node, list[_Use]] = {}
        for mapping, steps, uses in found:
            if mapping.merged and "base_url" not in mapping.pairs:
                values = _effective(mapping)
                if url := values.get("base_url"):
                    heirs.setdefault(url, []).append(_Use(steps, values, uses))
        for mapping, steps, uses in found:
            urls = [node for key, node in mapping.displaced if key == "base_url"]
            urls += [mapping.pairs["base_url"]] if "base_url" in mapping.pairs else []
            for url in urls:
                use = _Use(steps, _effective(mapping), uses)
                for each in _distinct(use, heirs.pop(url, [])):
                    yield _endpoint(read, each, url), _styles(url)


def _effective(mapping: MappingNode) -> dict[str, Node]:
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


def _distinct(source: _Use, heirs: list[_Use]) -> list[_Use]:
    """Return a use for each type and model, without those that are only the basis of others: they call nothing."""
    by_model: dict[tuple[str, str], _Use] = {}
    for use in (source._replace(uses=max(1, source.uses - len(heirs))), *heirs):
        said = use.model
        by_model[said] = by_model[said]._replace(uses=by_model[said].uses + use.uses) if said in by_model else use
    types = {type_ for type_, model in by_model if model}
    models = {model for type_, model in by_model if type_}
    complete = [
        use
        for (type_, model), use in by_model.items()
        if (type_ or model or len(by_model) == 1)
        and not (model == "" and type_ in types)
        and not (type_ == "" and model in models)
    ]
    return complete if len(complete) > 1 else [source._replace(values=complete[0].values)]


def _styles(url: Node) -> tuple[Style, ...]:
    return (*url.outer, url.style) if isinstance(url, Scalar) else ()


def _endpoint(read: _Read, use: _Use, url: Node) -> Endpoint:
    scalars = use.scalars
    settings = {name: _value(name, scalar) for name, scalar in scalars.items() if name not in _TAKEN}
    settings = {
        name: Secret(value) if _is_secret(name, value) else value
        for name, value in settings.items()
        if not _is_secret(name, value) or (name in _SENT and isinstance(value, str))
    }
    sent = {name: node for name, node in use.values.items() if name in _SENT and not isinstance(node, Scalar)}
    settings |= {name: _whole(node, [_MOST]) for name, node in sent.items()}
    inner = _inner(read.text, url)
    left_alone = _left_alone(read.text, url) or ("" if inner else "escaped")
    start, end = inner or (url.start, url.start)
    span = Span(read.positions.byte(start), read.positions.byte(end))
    type_, model = use.model
    return Endpoint(
        source=read.source,
        line=read.positions.line(start),
        node=dotted(use.steps),
        kind=_kind(use.steps, scalars),
        type=type_,
        model=model,
        base_url=_written(read.text, url),
        api_key=_api_key(read.text, scalars.get("api_key")),
        settings=settings,
        url_span=None if left_alone else span,
        left_alone=left_alone,
        uses=use.uses,
        column=read.positions.column(start),
        forms=_forms(read.text, {**{name: use.values.get(name) for name in _TEXTS}, "base_url": url}),
    )


def _value(name: str, scalar: Scalar) -> Any:
    return yaml_tree.value_of(scalar, is_untyped=name in _UNTYPED and _has_no_types(scalar))


def _has_no_types(scalar: Scalar) -> bool:
    return scalar.style in ("ini", "env")


def _whole(node: Node, left: list[int], depth: int = DEPTH, *, hidden: bool = False) -> Any:
    """Return what KAG makes of a value, with all in it; a text that is a secret, or lies below one, as such.

    ``left`` holds how many values may still be read: aliases can make more of a few lines than fit into memory.
    """
    left[0] -= 1
    if isinstance(node, Scalar):
        value = yaml_tree.value_of(node)
        return Secret(value) if isinstance(value, str) and (hidden or _is_secret("", value)) else value
    if depth == 0 or left[0] < 0:
        return None
    if isinstance(node, Sequence):
        return [_whole(item, left, depth - 1, hidden=hidden) for item in islice(node.items, left[0])]
    pairs = islice(node.pairs.items(), left[0])
    return {name: _whole(each, left, depth - 1, hidden=hidden or _is_secret(name, "")) for name, each in pairs}


def _forms(text: str, nodes: dict[str, Node | None]) -> dict[str, Form]:
    return {name: form for name, node in nodes.items() if (form := _form(text, node))}


def _form(text: str, node: Node | None) -> Form | None:
    """Return how a text is given that is none, or nothing where it is one."""
    if node is None or text.startswith("{{", node.start):
        return None
    if not isinstance(node, Scalar):
        return "list" if isinstance(node, Sequence) else "mapping"
    if node.tag[:1] == "!" or _filled_in(text, node):
        return None
    value = yaml_tree.value_of(node)
    if value == "":
        return "empty"
    if isinstance(value, str) or _has_no_types(node):
        return None
    return _FORMS.get(type(value), "number")


_FORMS: Final[dict[type, Form]] = {
    type(None): "null", bool: "boolean", dt.date: "date", dt.datetime: "date", bytes: "binary",
}  # fmt: skip


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
    if filled_in := _filled_in(text, url):
        return filled_in
    if url.style == "python":
        return "python"
    if url.style == "block" or (url.style in ("ini", "env") and "\n" in url.text):
        return "block_scalar"
    if yaml_tree.tag_of(url) != STRING:
        return "not_a_string"
    return "alias" if url.places > 1 and url.places != url.base_urls else ""


def _filled_in(text: str, scalar: Scalar) -> str:
    """Return what fills the scalar in before KAG uses it, if anything does."""
    if (scalar.tag.startswith("!") and "ENV" in scalar.tag.upper()) or "${" in scalar.text:
        return "environment"
    if scalar.style == "env" and not text.startswith("'", scalar.start) and _EXPANDED.search(scalar.text):
        return "environment"
    interpolated = scalar.style == "ini" and ini_tree.INTERPOLATION.search(text, scalar.start, scalar.end)
    return "template" if interpolated or scalar.is_template or _TEMPLATE.search(scalar.text) else ""


def _inner(text: str, node: Node) -> tuple[int, int] | None:
    """Return the characters within the scalar's quotes, where each of them is known to stand for one of the value."""
    if not isinstance(node, Scalar) or node.style == "block":
        return None
    if node.within or node.style == "env":
        inner = node.within
    elif node.style == "ini":
        inner = node.start, node.end
    else:
        quote = 1 if node.style in ("'", '"') else 0
        inner = yaml_tree.without_properties(text, node) + quote, node.end - quote
    raw = text[slice(*inner)] if inner else ""
    if raw != node.text or node.outer:  # an escape is always longer than what it means
        decoded = quoting.decode(raw, (*node.outer, node.style))
        if decoded is None or decoded[0] != node.text:
            return None
    return inner


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
