"""What is configured."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from netdiag.text import Secret

Kind = Literal["chat", "embedding", "rerank"]
Form = Literal["empty", "null", "number", "boolean", "list", "mapping", "date", "binary"]

MODEL_PAGE: Final = "kg_user_model"
"""The table of OpenSPG 0.8's model page (:attr:`Endpoint.table`)."""

OLLAMA_PORT: Final = 11434
"""What a base_url without scheme and port means to KAG's type ``ollama`` (ollama/_client.py, ``_parse_host``)."""

TOLD: Final = "OpenSPG server, "
"""How the source of an endpoint begins that the server itself tells, and no row or file holds as it stands."""


class Span(NamedTuple):
    """Bytes ``[start, end)`` of a source."""

    start: int
    end: int


class Ignored(NamedTuple):
    """A key that KAG does not read although a setting is meant by it: ``apiKey`` for ``api_key``, with its value."""

    written: str
    setting: str
    value: str | Secret


class Part(NamedTuple):
    """A part of a base_url: its ``text``, how it is ``written`` in the file, and the variables that made it, if any."""

    text: str
    written: str
    variables: tuple[str, ...] = ()
    is_made: bool = False


class NotText(str):
    """A key that is no text: how it is written, and in ``type_name`` the Python type that YAML makes of it.

    It differs from the text that is written alike, as the keys ``1`` and ``"1"`` of one mapping do.
    """

    __slots__ = ("type_name",)
    type_name: str

    def __new__(cls, written: str, type_name: str) -> "NotText":  # noqa: PYI034 - typing.Self is newer than 3.10
        """Make one of its text."""
        made = super().__new__(cls, written)
        made.type_name = type_name
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what a copy is made of."""
        return str(self), self.type_name

    def __eq__(self, other: object) -> bool:
        """Compare the type as well."""
        return isinstance(other, NotText) and other.type_name == self.type_name and str(self) == str(other)

    def __ne__(self, other: object) -> bool:
        """Compare the type as well."""
        return not self == other

    def __hash__(self) -> int:
        """Return a hash that tells it from the text."""
        return hash((str(self), self.type_name))


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

    ``ignored`` are the keys that are not read as they are written (``client_type`` only by KAG 0.5, which is the value
    of ``type`` here). Without a base_url ``left_alone`` is ``absent``, and ``base_url`` what the type's client takes
    then, or ``misspelt``, and it is what was meant. ``is_overlay`` tells that its missing values may stand in the file
    that this one is merged into. ``filled`` says which variables of KAG's environment fill in a setting, ``unset``
    which of them are empty, and ``unfilled`` what is written in a setting as if it were filled in, which this KAG takes
    as it stands. ``parts`` are those of a base_url that is filled in.
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
    ignored: tuple[Ignored, ...] = ()
    is_overlay: bool = False
    filled: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    unset: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    unfilled: Mapping[str, str] = MappingProxyType({})
    parts: tuple[Part, ...] = ()

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must not be shown: the key, and every secret in the settings."""
        return (*([self.api_key] if self.api_key else ()), *_secrets(self.settings))

    @property
    def table(self) -> str:
        """The table of the OpenSPG server's database whose row this is in; empty for a file."""
        return self.source.split("/")[-2] if self.source.startswith("openspg:") and self.source.count("/") > 1 else ""

    @property
    def is_told(self) -> bool:
        """Tell whether it is what an OpenSPG server tells of itself: not a text that is stored, so not to be edited."""
        return self.source.startswith(TOLD)

    @property
    def where(self) -> str:
        """The place a person opens: ``kag_config.yaml:3``."""
        return self.place or f"{self.source}:{self.line}"

    def assignment(self, base_url: str) -> tuple[str, str] | None:
        """Return the variable by which alone the base_url becomes another one, with the value that it needs."""
        for at, part in enumerate(self.parts):
            before = "".join(each.text for each in self.parts[:at])
            after = "".join(each.text for each in self.parts[at + 1 :])
            middle = base_url.removeprefix(before)
            value = middle.removesuffix(after)
            if part.is_made and len(part.variables) == 1 and before + value + after == base_url:
                return part.variables[0], value
        return None

    @property
    def written(self) -> str:
        """The base_url as the file says it, before it is filled in."""
        return "".join(part.written for part in self.parts) or self.base_url


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _secrets(inner)
