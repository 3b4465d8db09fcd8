"""Trees → endpoints: which mapping is one, what kind it is, and whether its base_url may be edited."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from netdiag.config import filled, ini_tree, quoting, unread, uses, whole, yaml_tree
from netdiag.config.learned import learned
from netdiag.config.tree import (
    DEPTH,
    STRING,
    Found,
    Mapping,
    Node,
    Positions,
    Scalar,
    Sequence,
    Style,
    dotted,
    mappings,
)
from netdiag.config.uses import Used, effective
from netdiag.model.endpoint import Endpoint, Form, NotText, Part, Span
from netdiag.text import Secret, without_logins

_EXPANDED: Final = re.compile(r"[$`]")  # by a shell, Docker Compose, python-dotenv
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


ByKag = Literal["", "loaded", "refused"]
"""Whether a text is what KAG's YAML reads, so that nothing else fills it in, or one that only KAG could fill in."""


class Read(NamedTuple):
    """A text that was read: the name of the source, its text, and where the text's characters stand in the source."""

    source: str
    text: str
    positions: Positions
    by_kag: ByKag = ""


def endpoints(  # noqa: PLR0913, PLR0917 - what is known of a document when its endpoints are looked for
    source: str,
    text: str,
    roots: list[Node],
    positions: Positions,
    by_kag: ByKag = "",
    models: frozenset[Node] = frozenset(),
) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield every mapping with a ``base_url`` under ``roots``, in the document's order, and how that is written.

    A base_url that is used as several kinds of model, or merged into mappings of other types or models, is one endpoint
    for each of them, which share its bytes (:mod:`netdiag.config.uses`). ``by_kag`` tells what KAG makes of ``text``.
    ``models`` are mappings of which KAG makes a model even where they have no base_url.
    """
    read = Read(source, text, positions, by_kag)
    for root in roots:
        yield from of_root(read, root, is_kags=unread.is_kags(root), built=whole.built(root) | models)


def of_root(
    read: Read, root: Node, *, is_kags: bool, built: frozenset[Node]
) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield those under one root. ``is_kags`` tells that it has sections of KAG's, ``built`` which are models."""
    found = mappings(root, uses.word)
    heirs: dict[Node, list[Found]] = {}
    for each in found:
        is_heir = each.node.merged and "base_url" not in each.node.pairs and not (is_kags and uses.is_basis(each))
        if is_heir and (url := effective(each.node).get("base_url")):
            heirs.setdefault(url, []).append(each)
    for each in found:
        without = tuple(_without_url(read, each, is_kags=is_kags, is_built=each.node in built))
        yield from without
        urls = [node for key, node in each.node.displaced if key == "base_url"]
        urls += [each.node.pairs["base_url"]] if "base_url" in each.node.pairs else []
        for url in () if without else (url for url in urls if not unread.is_null(url)):
            inherited = heirs.pop(url, [])
            is_idle = is_kags and not inherited and uses.is_basis(each)
            for used in () if is_idle else uses.of_base_url(each, inherited):
                yield _endpoint(read, used, url), _styles(url)


def _without_url(
    read: Read, found: Found, *, is_kags: bool, is_built: bool
) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield the uses of a model's node that has no base_url, each with what was meant, or what its client calls."""
    values = effective(found.node) if found.node.merged else found.node.pairs
    has_null = unread.is_null(values.get("base_url"))
    if not has_null and ("base_url" in values or not (is_built or unread.has_type(values))):
        return
    if has_null and uses.is_basis(found):
        return
    for used in uses.of_base_url(found, []):
        ignored = unread.ignored(used.values, is_named=used.is_named)
        address = unread.without_url(used, ignored, is_kags=is_kags, is_built=is_built or has_null)
        if address is not None:
            at = values.get("base_url", found.node).start
            endpoint = _endpoint(read, used, Scalar(address, at, at, "plain"))
            if address == unread.OPENAI and "base_url" in endpoint.unset:  # a key for another is not tried there
                endpoint = endpoint._replace(base_url="")
            why = "misspelt" if any(each.setting == "base_url" for each in ignored) else "absent"
            yield endpoint._replace(url_span=None, left_alone=why), ()


def _styles(url: Node) -> tuple[Style, ...]:
    return (*url.outer, url.style) if isinstance(url, Scalar) else ()


def _endpoint(read: Read, use: Used, url: Node) -> Endpoint:
    scalars = use.scalars
    settings: dict[str, Any] = {}
    for name, scalar in scalars.items():
        if name not in _TAKEN:
            value = _value(name, scalar)
            if not _is_secret(name, value):
                settings[name] = value
            elif name in _SENT and isinstance(value, str):
                settings[name] = Secret(value)
    sent = {name: node for name, node in use.values.items() if name in _SENT and not isinstance(node, Scalar)}
    settings |= {name: _whole(node, [_MOST]) for name, node in sent.items()}
    left = [_MOST]
    settings |= {
        name: _keys(node, left)
        for name, node in use.values.items()
        if name not in settings and name not in _TAKEN and (not isinstance(node, Scalar) or _is_strange(name))
    }
    inner = _inner(read.text, url)
    fillings = {name: filled.of(scalar, read.text, read.positions) for name, scalar in scalars.items()}
    parts = filled.parts(url, inner, read.text, read.positions, fillings["base_url"]) if "base_url" in scalars else ()
    left_alone = _left_alone(read, use, url, parts) or ("" if inner else "escaped")
    start, end = inner or (url.start, url.start)
    span = Span(*read.positions.span(start, end))
    type_, model = use.model
    ignored = unread.ignored(use.values, is_named=use.is_named)
    type_ = type_ or next((str(each.value) for each in ignored if each.setting == "type"), "")
    if isinstance(url, Scalar) and _has_no_types(url):
        ignored = unread.ignored_by_older(use.values, use.kind) if url.style == "ini" else ()
    endpoint = Endpoint(
        source=read.source,
        line=read.positions.line(start),
        node=dotted(use.steps),
        kind=use.kind,
        type=type_,
        model=model,
        base_url=_written(read.text, url),
        api_key=_api_key(read, scalars.get("api_key")),
        settings=settings,
        url_span=None if left_alone else span,
        left_alone=left_alone,
        uses=use.uses,
        column=read.positions.column(start),
        forms=_forms(read, {**{name: use.values.get(name) for name in _TEXTS}, "base_url": url}),
        filled={name: filling.variables for name, filling in fillings.items() if filling.variables},
        unset={name: filling.unset for name, filling in fillings.items() if filling.unset},
        unfilled=filled.unfilled(scalars) if read.by_kag == "loaded" else {},
        parts=parts,
        ignored=ignored,
        is_overlay=use.is_overlay,
    )
    return learned(endpoint)


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
    if isinstance(node, Mapping) and node.tag:
        return set(islice(node.pairs, left[0]))
    if isinstance(node, Sequence):
        items = [_whole(item, left, depth - 1, hidden=hidden) for item in islice(node.items, left[0])]
        return [pair for each in items if isinstance(each, dict) for pair in each.items()] if node.tag else items
    pairs = islice(_pairs(node).items(), left[0])
    return {name: _whole(each, left, depth - 1, hidden=hidden or _is_secret(name, "")) for name, each in pairs}


def _keys(node: Node, left: list[int], depth: int = DEPTH) -> Any:
    """Return the keys of a value that KAG does not send, and nothing of what they hold: KAG fails at some of them."""
    left[0] -= 1
    if isinstance(node, Scalar) or node.tag or depth == 0 or left[0] < 0:
        return None
    if isinstance(node, Sequence):
        return [_keys(item, left, depth - 1) for item in islice(node.items, left[0])]
    return {name: _keys(each, left, depth - 1) for name, each in islice(_pairs(node).items(), left[0])}


def _pairs(node: Mapping) -> dict[str, Node]:
    return effective(node) if node.merged else node.pairs


def _is_strange(name: str) -> bool:
    """Tell whether a key is one that KAG may fail at, whatever it holds."""
    return isinstance(name, NotText) or not re.search(r"\w", name)


def _forms(read: Read, nodes: dict[str, Node | None]) -> dict[str, Form]:
    return {name: form for name, node in nodes.items() if (form := _form(read, node))}


def _form(read: Read, node: Node | None) -> Form | None:
    """Return how a text is given that is none, or nothing where it is one."""
    if node is None or (read.by_kag != "loaded" and read.text.startswith("{{", node.start)):
        return None
    if not isinstance(node, Scalar):
        return "list" if isinstance(node, Sequence) else "mapping"
    if node.tag[:1] == "!" or _filled_in(read, node):
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


def _left_alone(read: Read, use: Used, url: Node, parts: tuple[Part, ...]) -> str:
    """Return why the value of a base_url must not be edited, in a word, or nothing where it may be."""
    if not isinstance(url, Scalar):
        return "template" if read.text.startswith("{{", url.start) else "not_a_string"
    is_unknown = read.by_kag == "refused" and any(map(_is_unknown, use.values.values()))
    if filled_in := _filled_in(read, url) or ("template" if is_unknown else ""):
        return filled_in
    if parts and not filled.has_literal_host(parts):
        return "variable"
    if url.style == "python":
        return "python"
    return _uneditable(url)


def _uneditable(url: Scalar) -> str:
    """Return why a base_url that stands in the file must not be edited there, or nothing where it may be."""
    if url.style == "block" or (url.style in ("ini", "env") and "\n" in url.text):
        return "block_scalar"
    if yaml_tree.tag_of(url) != STRING:
        return "not_a_string"
    return "alias" if url.places > 1 and url.places != url.base_urls else ""


def _is_unknown(node: Node) -> bool:
    """Tell whether only KAG knows what a value is: of a template, or a tag, that was not filled in."""
    return isinstance(node, Scalar) and (node.is_template or node.tag.upper().startswith("!ENV"))


def _filled_in(read: Read, scalar: Scalar) -> str:
    """Return what fills the scalar in before KAG uses it, if anything does that was not done already."""
    if read.by_kag == "loaded":
        return ""
    text = read.text
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


def _api_key(read: Read, scalar: Scalar | None) -> Secret | None:
    """Return the key; ``None`` where there is none, or only KAG's own environment or template knows it."""
    if scalar is None or yaml_tree.value_of(scalar) is None:
        return None
    return None if _filled_in(read, scalar) else Secret(scalar.text)


def _is_secret(name: str, value: Any) -> bool:
    return _names_secret(str(name)) or (isinstance(value, str) and without_logins(value) != value)


@lru_cache(maxsize=1024)
def _names_secret(name: str) -> bool:
    return bool(_SECRET.search(name))
