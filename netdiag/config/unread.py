"""Settings that KAG does not read: misspelt keys, its own older dialect, and nodes that have no base_url at all."""

from collections.abc import Mapping as Mapping_
from typing import Final

from netdiag.config import yaml_tree
from netdiag.config.tree import Mapping, Node, Scalar
from netdiag.config.uses import Used
from netdiag.model.endpoint import Ignored
from netdiag.text import Secret

OLLAMA: Final = "http://127.0.0.1:11434"
"""Where Ollama's SDK calls without a base_url (ollama/_client.py, ``_parse_host``); ``OLLAMA_HOST`` may say another."""

OPENAI: Final = "https://api.openai.com/v1"
"""Where OpenAI's SDK calls without a base_url; ``OPENAI_BASE_URL`` may say another."""

_MEANT: Final = {
    "baseurl": "base_url",
    "apibase": "base_url",
    "apibaseurl": "base_url",
    "openaiapibase": "base_url",
    "openaibaseurl": "base_url",
    "apikey": "api_key",
    "openaiapikey": "api_key",
    "model": "model",
    "modelname": "model",
    "type": "type",
}
"""What is meant by a key, without regard to case, hyphens and underscores: other programs spell it so. KAG 0.6 to 0.8
take none of them (``**kwargs`` of its constructors; each was given to its checkers)."""

_MEANT_BY_KAGS: Final = {"url": "base_url"}

_CLASSES: Final = {
    "OpenAIVectorizer": "openai",
    "LocalBGEVectorizer": "bge",
    "LocalBGEM3Vectorizer": "bge_m3",
}
"""KAG 0.5 names a class where newer ones name a type (kag/common/vectorizer, default_config.cfg)."""

_SERVED: Final = frozenset({"openai", "maas", "vllm", "ollama", "Ollama", "maas_rerank_model"})
"""Types that call a service: of a mapping without a base_url they tell that it is a model of KAG's."""

SECTIONS: Final = frozenset({"chat_llm", "openie_llm", "vectorize_model", "vectorizer", "kag_builder_pipeline"})
"""Top-level keys that only KAG's own configuration has."""


def ignored(values: dict[str, Node], *, is_named: bool) -> tuple[Ignored, ...]:
    """Return the keys that the newer versions of KAG do not read although a setting is meant by them.

    ``is_named`` tells that one of KAG's own keys leads to them: elsewhere a ``url`` means many things.
    """
    return (*_dialect(values), *_misspelt(values, _MEANT | _MEANT_BY_KAGS if is_named else _MEANT))


def is_null(node: Node | None) -> bool:
    """Tell whether a base_url is there with no value: KAG's clients take that for none."""
    return isinstance(node, Scalar) and not node.is_template and yaml_tree.tag_of(node) == yaml_tree.NULL


def has_type(values: dict[str, Node]) -> bool:
    """Tell whether a mapping says a type in some way: of those without a base_url few do, and others are no models."""
    return any(name.lower() in ("type", "client_type", "vectorizer") for name in values)


def _dialect(values: dict[str, Node]) -> tuple[Ignored, ...]:
    """Return how KAG 0.5 says the type, where nothing says it as newer versions read it: these ignore it."""
    if _given(values, "type"):
        return ()
    for name in ("client_type", "vectorizer"):
        text = _given(values, name)
        type_ = text if name == "client_type" else _CLASSES.get(text.rpartition(".")[2], "")
        if type_:
            return (Ignored(name, "type", type_),)
    return ()


def ignored_by_older(values: dict[str, Node], kind: str) -> tuple[Ignored, ...]:
    """Return that KAG 0.5 does not read ``type`` in its INI file, where a chat model says no ``client_type``.

    Newer versions read no INI at all.
    """
    text = "" if kind != "chat" or _given(values, "client_type") else _given(values, "type")
    return (Ignored("type", "client_type", text),) if text else ()


def _misspelt(values: dict[str, Node], meant: Mapping_[str, str]) -> tuple[Ignored, ...]:
    """Return the keys that are nearly those of settings which are not there."""
    found: dict[str, Ignored] = {}
    for name in values:
        setting = meant.get(name.lower().replace("_", "").replace("-", ""))
        if setting and name not in _MEANT.values() and not _given(values, setting) and (text := _given(values, name)):
            found.setdefault(setting, Ignored(name, setting, Secret(text) if setting == "api_key" else text))
    return tuple(found.values())


def is_kags(root: Node) -> bool:
    """Tell whether a document has sections of KAG's."""
    return isinstance(root, Mapping) and any(section in root.pairs for section in SECTIONS)


def without_url(used: Used, ignored: tuple[Ignored, ...], *, is_kags: bool, is_built: bool) -> str | None:
    """Return what the client of a model's node calls that has no base_url, or ``None`` where it is no such node.

    It is the base_url that was meant where its key is misspelt, empty where a client calls nothing. ``is_built`` tells
    that KAG makes a model of the mapping, or would of its base_url, whatever else is in it.
    """
    scalars = used.scalars
    type_ = _given(used.values, "type") or next((str(i.value) for i in ignored if i.setting == "type"), "")
    if not is_built and (type_ not in _SERVED or not used.is_said):
        return None
    if meant := next((i for i in ignored if i.setting == "base_url"), None):
        return str(meant.value)
    has_model = "model" in scalars or any(i.setting == "model" for i in ignored)
    if not is_built and not (is_kags and has_model and used.is_named):
        return None
    if type_.lower() == "ollama":
        return OLLAMA
    return OPENAI if used.kind == "embedding" and type_ == "openai" else ""


def _given(values: dict[str, Node], name: str) -> str:
    scalar = values.get(name)
    if not isinstance(scalar, Scalar) or scalar.tag[:1] == "!" or yaml_tree.value_of(scalar) is None:
        return ""
    return scalar.text
