"""What is configured."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from netdiag.text import Secret

Kind = Literal["chat", "embedding", "rerank"]
Form = Literal["empty", "null", "number", "boolean", "list", "mapping", "date", "binary"]

OLLAMA_PORT: Final = 11434
"""What a base_url without scheme and port means to KAG's type ``ollama`` (ollama/_client.py, ``_parse_host``)."""


class Span(NamedTuple):
    """Bytes ``[start, end)`` of a source."""

    start: int
    end: int


class Endpoint(NamedTuple):
    """One model configuration that holds a ``base_url``.

    ``source`` is a file's path, ``-`` for standard input, or a place in the OpenSPG server; ``node`` is the dotted
    path of the mapping inside it. ``url_span`` covers the base_url's text within its quotes; it is ``None`` where
    the value must not or cannot be edited, and ``left_alone`` then says why. ``settings`` holds the mapping's other
    scalars (temperature, stream, vector_dimensions…), never its key, and what KAG sends of lists and mappings; a text
    in them that may be a secret is a :class:`Secret`. ``forms`` says of ``type``, ``model``, ``api_key`` and
    ``base_url`` how each is given where that is not a text with something in it; what is neither there nor has a value
    is missing. ``place`` is where people find it when that is no file: ``place_models > Ollama > qwen2.5:3b``, its
    ``place_`` words to be translated. ``column`` is where on its line the base_url begins, in characters counted from
    1; 0 where there are no lines.
    """

    source: str
    line: int
    node: str
    kind: Kind
    type: str
    model: str
    base_url: str
    api_key: Secret | None = None
    settings: Mapping[str, Any] = MappingProxyType({})
    url_span: Span | None = None
    left_alone: str = ""
    uses: int = 1
    place: str = ""
    column: int = 0
    forms: Mapping[str, Form] = MappingProxyType({})

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must not be shown: the key, and every secret in the settings."""
        return (*([self.api_key] if self.api_key else ()), *_secrets(self.settings))

    @property
    def where(self) -> str:
        """The place a person opens: ``kag_config.yaml:3``."""
        return self.place or f"{self.source}:{self.line}"


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _secrets(inner)
