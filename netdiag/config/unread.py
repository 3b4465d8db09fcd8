"""Settings that KAG does not read: misspelt keys, its own older dialect, and nodes that have no base_url at all."""

from typing import Final

from netdiag.config import yaml_tree
from netdiag.config.tree import Mapping, Node, Scalar
from netdiag.config.uses import Used
from netdiag.model.endpoint import Ignored
from netdiag.text import Secret

OLLAMA: Final = "http://127.0.0.1:11434"
"""Where Ollama's SDK calls without a base_url (ollama/_client.py, ``_parse_host``); ``OLLAMA_HOST`` may say another."""

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

_CLASSES: Final = {
    "OpenAIVectorizer": "openai",
    "LocalBGEVectorizer": "bge",
    "LocalBGEM3Vectorizer": "bge_m3",
}
"""KAG 0.5 names a class where newer ones name a type (kag/common/vectorizer, default_config.cfg)."""

_SERVED: Final = frozenset({"openai", "maas", "vllm", "ollama", "Ollama", "maas_rerank_model"})
"""Types that call a service: of a mapping without a base_url they tell that it is a model of KAG's."""

_SECTIONS: Final = frozenset({"chat_llm", "openie_llm", "vectorize_model", "vectorizer", "kag_builder_pipeline"})
"""Top-level keys that only KAG's own configuration has."""


def ignored(values: dict[str, Node]) -> tuple[Ignored, ...]:
    """Return the keys that the newer versions of KAG do not read although a setting is meant by them."""
    return (*_dialect(values), *_misspelt(values))


def is_without_url(values: dict[str, Node]) -> bool:
    """Tell whether a mapping says a type in some way and has no base_url: few do, and only these are looked at."""
    url = values.get("base_url")
    has_url = url is not None and not (isinstance(url, Scalar) and yaml_tree.tag_of(url) == _NULL)
    return not has_url and any(name.lower() in ("type", "client_type", "vectorizer") for name in values)


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


def _misspelt(values: dict[str, Node]) -> tuple[Ignored, ...]:
    """Return the keys that are nearly those of settings which are not there."""
    found: dict[str, Ignored] = {}
    for name in values:
        setting = _MEANT.get(name.lower().replace("_", "").replace("-", ""))
        if setting and name not in _MEANT.values() and not _given(values, setting) and (text := _given(values, name)):
            found.setdefault(setting, Ignored(name, setting, Secret(text) if setting == "api_key" else text))
    return tuple(found.values())


_NULL: Final = "tag:yaml.org,2002:null"


def is_kags(root: Node) -> bool:
    """Tell whether a document has sections of KAG's."""
    return isinstance(root, Mapping) and any(section in root.pairs for section in _SECTIONS)


def without_url(used: Used, ignored: tuple[Ignored, ...], *, is_kags: bool) -> str | None:
    """Return what the client of a model's node calls that has no base_url, or ``None`` where it is no such node.

    It is the base_url that was meant where its key is misspelt, empty where a client calls nothing.
    """
    scalars = used.scalars
    type_ = _given(used.values, "type") or next((str(i.value) for i in ignored if i.setting == "type"), "")
    if type_ not in _SERVED or not used.is_said:
        return None
    if meant := next((i for i in ignored if i.setting == "base_url"), None):
        return str(meant.value)
    has_model = "model" in scalars or any(i.setting == "model" for i in ignored)
    if not (is_kags and has_model and used.is_named):
        return None
    if type_.lower() == "ollama":
        return OLLAMA
    return "" if used.kind == "chat" else None


def _given(values: dict[str, Node], name: str) -> str:
    scalar = values.get(name)
    if not isinstance(scalar, Scalar) or scalar.tag[:1] == "!" or yaml_tree.value_of(scalar) is None:
        return ""
    return scalar.text
