"""The rows of 0.8's model page: as the server gives them to KAG, and what they leave to their provider. Pure."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag import config
from netdiag.model.endpoint import MODEL_PAGE, Endpoint, Ignored
from netdiag.model.report import Finding
from netdiag.openspg.places import said

TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (f"{name}_chat" for name in ("OpenAI", "DeepSeek", "SILICONFLOW", "BaiLian", "Google", "OpenRouter")), "maas"
    ),
    **dict.fromkeys((f"{name}_embedding" for name in ("OpenAI", "SILICONFLOW", "BaiLian", "Google")), "openai"),
    "Ollama_chat": "ollama",
    "Ollama_embedding": "openai",
}
"""The types that 0.8 begins with (``PROVIDER_BASE_INFO`` in openspg-initdb.sql:470), without those that no open KAG
has. The provider BaiLing has none."""


def is_row(source: str) -> bool:
    """Tell whether a source is a row of the model page."""
    return source.startswith("openspg:") and f"/{MODEL_PAGE}/" in source


def parse(text: bytes, source: str) -> config.Document:
    """Return the document of a row of any table. Raises :class:`netdiag.config.Unreadable`."""
    return config.parse(text, source, is_model_page=is_row(source))


def types(text: bytes | None) -> Mapping[str, str]:
    """Return what ``PROVIDER_BASE_INFO`` says: provider and kind (``Ollama_embedding``) → type."""
    try:
        found = json.loads(text or b"{}")["modelType"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return TYPES
    if not isinstance(found, dict):
        return TYPES
    return {name: type_ for name, type_ in found.items() if isinstance(type_, str)}


def completed(endpoint: Endpoint, provider: str, types: Mapping[str, str]) -> Endpoint:
    """Return a model with the kind and type that its provider gives it where the row says neither.

    The page stores a ``modelType`` always. ``knext project create`` does not, and so loses the type as well; what it
    stores is the vectorizer of a project (ProjectManagerImpl.java:449, ``setLocalVectorizerKnext``). KAG gets no type
    then, so it is told as one that is not read.
    """
    if "modelType" not in endpoint.settings and not endpoint.type and f"{provider}_embedding" in types:
        endpoint = endpoint._replace(kind="embedding")
    type_ = types.get(f"{provider}_{endpoint.kind}", "")
    is_said = endpoint.type or "type" in endpoint.forms or any(each.setting == "type" for each in endpoint.ignored)
    if is_said or not type_:
        return endpoint
    return endpoint._replace(ignored=(*endpoint.ignored, Ignored(PROVIDER, "type", type_)))


def twice(endpoints: Sequence[Endpoint]) -> Iterator[Finding]:
    """Yield each model of a row that is stored more than once under one id."""
    counted = Counter(str(each.settings["modelId"]) for each in endpoints if each.settings.get("modelId"))
    for wanted, number in counted.items():
        if number > 1:
            first = next(each for each in endpoints if str(each.settings.get("modelId")) == wanted)
            yield Finding("ND434", first.place, {"model": said(first.model), "n": str(number)})


PROVIDER: Final = "provider"
"""How a type is written that only the row's provider tells."""
