"""What KAG of each version needs of a whole configuration, and what it does not read of a node. Pure.

``ROWS`` is the table: ``knext project create`` and ``update`` give ``chat_llm`` and ``vectorizer`` to KAG's checkers
(knext/command/sub_command/project.py), and its solver and retrievers take ``vectorize_model``
(``KAG_CONFIG.all_config["vectorize_model"]``). What they say was heard of the released packages.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from netdiag.kag.version import LATE, OF_08, SINCE_06, Version
from netdiag.model.endpoint import Endpoint

State = Literal["missing", "empty", "null", "list", "text", "value"]

_06: Final[tuple[Version, ...]] = ("0.6",)
_07: Final[tuple[Version, ...]] = ("0.7",)

_CHAT: Final = ("chat_llm", "openie_llm", "llm")
_EMBEDDING: Final = ("vectorize_model", "vectorizer")


class Need(NamedTuple):
    """A key that must be there with something in it, or must not be there in another way.

    ``says`` is what KAG says in each state, ``like`` are the sections that hold a model of the same kind.
    """

    versions: tuple[Version, ...]
    key: str
    says: Mapping[State, str]
    like: tuple[str, ...] = ()


class Lacking(NamedTuple):
    """A need that is not met: the key, how it is (``missing``, ``list``), what KAG says, what is like it."""

    key: str
    state: State
    says: str
    like: str


_NOT_IMPLEMENTED: Final = "RetryError[… raised NotImplementedError]"
_NO_NAME: Final = "No configuration setting found for key name"
_NOT_CALLABLE: Final = "'NoneType' object is not callable"
_NO_VECTORIZE: Final = "'NoneType' object has no attribute 'vectorize'"
_NO_NAMESPACE: Final = "ERROR: namespace is required."
_NO_ADDRESS: Final = "ERROR: host_addr is required."
_KEY_ERROR: Final = "KeyError: 'vectorize_model'"


_NOT_CONVERTED: Final = "object that was not able to convert to `ConfigTree`"
_NOT_A_TYPE: Final = "not in acceptable choices for type"

_NO_SECTION: Final[Mapping[State, str]] = {"list": _NOT_CONVERTED, "value": _NOT_CONVERTED, "text": _NOT_A_TYPE}
"""A text KAG takes for the name of a type, which then has no settings."""


def _says(nothing: str, null: str, missing: str = "") -> Mapping[State, str]:
    return {"missing": missing or nothing, "empty": nothing, "null": null, **_NO_SECTION}


ROWS: Final = (
    Need(_06, "chat_llm", _says(_NOT_IMPLEMENTED, _NOT_CALLABLE), _CHAT),
    Need(_07, "chat_llm", _says(_NO_NAME, _NOT_CALLABLE), _CHAT),
    Need(OF_08, "chat_llm", _says("invalid llm config: {}, for details:", _NOT_CALLABLE), _CHAT),
    Need(_06, "vectorizer", _says(_NOT_IMPLEMENTED, _NO_VECTORIZE), _EMBEDDING),
    Need(LATE, "vectorizer", _says(_NO_NAME, _NO_VECTORIZE), _EMBEDDING),
    Need(_06, "vectorize_model", _says(_NOT_IMPLEMENTED, _NO_VECTORIZE, _KEY_ERROR), _EMBEDDING),
    Need(LATE, "vectorize_model", _says(_NO_NAME, _NO_VECTORIZE, _KEY_ERROR), _EMBEDDING),
    Need(LATE, "rerank_model", {"empty": _NO_NAME, **_NO_SECTION}),
    Need(SINCE_06, "project", _says(_NO_NAMESPACE, "'NoneType' object has no attribute 'get'")),
    Need(SINCE_06, "project.namespace", _says(_NO_NAMESPACE, _NO_NAMESPACE)),
    Need(SINCE_06, "project.host_addr", _says(_NO_ADDRESS, _NO_ADDRESS)),
)
"""0.8 waits 30 s before it says nothing of an empty ``chat_llm``. KAG 0.5 reads another file (``DEFAULTS``)."""

DEFAULTS: Final[Mapping[str, str]] = {
    "vectorizer": "http://127.0.0.1:11434/v1",
    "llm": "http://localhost:11434/api/generate",
}
"""What KAG 0.5 calls for a section of kag_config.cfg that is left out (kag/common/default_config.cfg)."""


def lacking(version: Version, keys: Mapping[str, State | Literal["there"]]) -> Iterator[Lacking]:
    """Yield what KAG ``version`` needs and does not find; ``keys`` has the state of each key that was looked for."""
    for need in ROWS:
        state = keys.get(need.key, "there")
        if state != "there" and version in need.versions and state in need.says:
            like = next((key for key in need.like if keys.get(key) == "there"), "")
            yield Lacking(need.key, state, need.says[state], like)


def unread(version: Version, endpoint: Endpoint) -> str | None:
    """Return how the type is called that KAG ``version`` finds missing since it is spelled so that it is not read.

    What OpenSPG's server of 0.6 and 0.7 tells KAG of its database has ``type`` in place of ``client_type``, and its
    vectorizer is of type ``openai`` unless it says another (both seen in its answers).
    """
    told_by_server = endpoint.source.startswith("openspg:") and version in ("0.6", "0.7")
    for each in endpoint.ignored:
        is_read = each.written in _DIALECT and (version == "0.5" or told_by_server)
        if each.setting == "type" and not is_read:
            return "type"
        if each.setting == "client_type" and version == "0.5":
            return "client_type"
    return None


def without_url(version: Version, endpoint: Endpoint) -> bool:
    """Tell whether KAG ``version`` finds no base_url, and its class for this type has no default in its place."""
    if endpoint.left_alone != "absent":
        return endpoint.left_alone == "misspelt"
    return not endpoint.base_url or not _has_default(version, endpoint)


def meant(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with every ignored key read as it was meant."""
    values: dict[str, Any] = {_FIELDS.get(each.setting, each.setting): each.value for each in endpoint.ignored}
    is_absent = endpoint.left_alone == "absent"
    return endpoint._replace(ignored=(), left_alone="absent" if is_absent else "", **values)


_DIALECT: Final = ("client_type", "vectorizer")
_FIELDS: Final = {"client_type": "type"}


def _has_default(version: Version, endpoint: Endpoint) -> bool:
    """Tell whether KAG's class does without a base_url: that of 0.6 for chats wants one.

    Those of 0.8 for embeddings make a key of it.
    """
    if endpoint.kind == "chat":
        return version in LATE
    return endpoint.kind == "embedding" and version not in OF_08
