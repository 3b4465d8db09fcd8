"""Tell the gate for outside text what of an endpoint is secret, and what a configuration says openly."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from netdiag import masking
from netdiag.model.endpoint import Endpoint


def learned(endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint``, after what is secret in its URL and settings has been remembered.

    Its key and whatever is a :class:`netdiag.text.Secret` is known already.
    """
    masking.remember_url(endpoint.base_url)
    for name, value in _texts("", endpoint.settings):
        masking.remember_word(name, value)
    masking.open_words((endpoint.model, endpoint.type, endpoint.node, endpoint.source, _origin(endpoint.base_url)))
    return endpoint


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of ``extra_body`` and of headers with their names; those of other settings are no secrets."""
    if isinstance(value, Mapping):
        for inner, each in value.items():
            if name or inner in ("extra_body", "default_headers", "headers", "extra_headers"):
                yield from _texts(str(inner), each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(name, each)
    elif isinstance(value, str):
        yield name, value


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
