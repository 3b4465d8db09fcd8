"""Trees → endpoints: which mapping is one, what kind it is, and whether its base_url may be edited."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from netdiag.config import ini_tree, quoting, unread, uses, yaml_tree
from netdiag.config.tree import STRING, Found, Node, Positions, Scalar, Sequence, Style, dotted, mappings
from netdiag.config.uses import Used, effective
from netdiag.model.endpoint import Endpoint, Form, Span
from netdiag.text import Secret, without_secrets

_EXPANDED: Final = re.compile(r"[$`]")  # by a shell, Docker Compose, python-dotenv
_WHOLE_KEYS: Final = 64
"""How many keys of a mapping that KAG sends whole are read."""

_SECRET: Final = re.compile(r"(?i)key|token(?!s|iz)|secret|passw|pwd|credential|signature|auth(?!ors?$)")
_TAKEN: Final = frozenset({"base_url", "type", "client_type", "model"})

_NESTED: Final = frozenset({"stop", "extra_body"})
"""Settings that KAG sends whole, a list and a mapping (0.8 openai_client.py:81-87)."""

_UNTYPED: Final = frozenset({"timeout", "max_rate", "time_period", "max_tokens"})
"""Numbers that KAG has since 0.6, which reads neither INI nor ``.env``: there all is text and none is meant so."""

_TEMPLATE: Final = re.compile(r"\{[{%#]")
_UNQUOTED_TEMPLATE: Final = re.compile(r"\{\{[^\r\n]{0,200}?\}\}")  # to YAML a mapping in a mapping


class _Read(NamedTuple):
    """What is read: the name of the source, its text, and where the text's characters stand in the source."""

    source: str
    text: str
    positions: Positions


def endpoints(
    source: str, text: str, roots: list[Node], positions: Positions
) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield every mapping with a ``base_url`` under ``roots``, in the document's order, and how that is written.

    A base_url that is used as several kinds of model, or merged into mappings of other types or models, is one endpoint
    for each of them, which share its bytes (:mod:`netdiag.config.uses`).
    """
    read = _Read(source, text, positions)
    for root in roots:
        found = mappings(root, uses.word)
        is_kags = unread.is_kags(root)
        heirs: dict[Node, list[Found]] = {}
        for each in found:
            if each.node.merged and "base_url" not in each.node.pairs and (url := effective(each.node).get("base_url")):
                heirs.setdefault(url, []).append(each)
        for each in found:
            without = tuple(_without_url(read, each, is_kags=is_kags))
            yield from without
            urls = [node for key, node in each.node.displaced if key == "base_url"]
            urls += [each.node.pairs["base_url"]] if "base_url" in each.node.pairs else []
            for url in () if without else urls:
                for used in uses.of_base_url(each, heirs.pop(url, [])):
                    yield _endpoint(read, used, url), _styles(url)


def _without_url(read: _Read, found: Found, *, is_kags: bool) -> Iterator[tuple[Endpoint, tuple[Style, ...]]]:
    """Yield the uses of a model's node that has no base_url, each with what was meant, or what its client calls."""
    values = effective(found.node) if found.node.merged else found.node.pairs
    if not unread.is_without_url(values):
        return
    for used in uses.of_base_url(found, []):
        ignored = unread.ignored(used.values)
        address = unread.without_url(used, ignored, is_kags=is_kags)
        if address is not None:
            endpoint = _endpoint(read, used, Scalar(address, found.node.start, found.node.start, "plain"))
            why = "misspelt" if any(each.setting == "base_url" for each in ignored) else "absent"
            yield endpoint._replace(url_span=None, left_alone=why), ()


def _styles(url: Node) -> tuple[Style, ...]:
    return (*url.outer, url.style) if isinstance(url, Scalar) else ()


def _endpoint(read: _Read, use: Used, url: Node) -> Endpoint:
    scalars = use.scalars
    settings = {name: _value(name, scalar) for name, scalar in scalars.items() if name not in _TAKEN}
    nested = {name: node for name, node in use.values.items() if name in _NESTED and not isinstance(node, Scalar)}
    settings |= {name: _whole(node) for name, node in nested.items()}
    inner = _inner(read.text, url)
    left_alone = _left_alone(read.text, url) or ("" if inner else "escaped")
    start, end = inner or (url.start, url.start)
    span = Span(read.positions.byte(start), read.positions.byte(end))
    type_, model = use.model
    ignored = unread.ignored(use.values)
    type_ = type_ or next((str(each.value) for each in ignored if each.setting == "type"), "")
    return Endpoint(
        source=read.source,
        line=read.positions.line(start),
        node=dotted(use.steps),
        kind=use.kind,
        type=type_,
        model=model,
        base_url=_written(read.text, url),
        api_key=_api_key(read.text, scalars.get("api_key")),
        settings={name: value for name, value in settings.items() if not _is_secret(name, value)},
        url_span=None if left_alone else span,
        left_alone=left_alone,
        uses=use.uses,
        column=read.positions.column(start),
        forms={name: form for name in ("model", "api_key") if (form := _form(read.text, scalars.get(name)))},
        ignored=() if isinstance(url, Scalar) and _has_no_types(url) else ignored,
        is_overlay=use.is_overlay,
    )


def _value(name: str, scalar: Scalar) -> Any:
    return yaml_tree.value_of(scalar, is_untyped=name in _UNTYPED and _has_no_types(scalar))


def _has_no_types(scalar: Scalar) -> bool:
    return scalar.style in ("ini", "env")


def _whole(node: Node, depth: int = 4) -> Any:
    """Return a list or mapping with all in it, but for what is a secret or lies too deep."""
    if isinstance(node, Scalar):
        return yaml_tree.value_of(node)
    if depth == 0:
        return None
    if isinstance(node, Sequence):
        return [_whole(item, depth - 1) for item in node.items[:_WHOLE_KEYS]]
    found = {name: _whole(inner, depth - 1) for name, inner in islice(node.pairs.items(), _WHOLE_KEYS)}
    return {name: value for name, value in found.items() if not _is_secret(name, value)}


def _form(text: str, scalar: Scalar | None) -> Form | None:
    """Return how a text is given that is none, or nothing where it is one."""
    if scalar is None or _filled_in(text, scalar):
        return None
    value = yaml_tree.value_of(scalar)
    if value == "":
        return "empty"
    if isinstance(value, str) or _has_no_types(scalar):
        return None
    return "null" if value is None else "boolean" if isinstance(value, bool) else "number"


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


def _api_key(text: str, scalar: Scalar | None) -> Secret | None:
    """Return the key; ``None`` where there is none, or only KAG's own environment or template knows it."""
    if scalar is None or yaml_tree.value_of(scalar) is None:
        return None
    return None if _filled_in(text, scalar) else Secret(scalar.text)


def _is_secret(name: str, value: Any) -> bool:
    return bool(_SECRET.search(name)) or (isinstance(value, str) and without_secrets(value) != value)
