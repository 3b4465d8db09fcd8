"""Which models a service has, and what each is for, by the service's own word where it has one.

Nothing here makes a model work: these paths answer from memory, or read a few kilobytes of a model's file.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from netdiag.model.attempt import Answer, Service
from netdiag.probe.identity import Asking, ask, listed, parsed
from netdiag.text import Secret, without_secrets

Use = Literal["chat", "embedding", "other", ""]
"""What a model is for; ``other`` is a reranker, a picture or a voice, and empty what the service does not say."""

SHOWN: Final = 40
"""Models of an Ollama that are asked for one by one what they can do; each takes a few milliseconds."""


class Model(NamedTuple):
    """A model: its name as a call has it, and its ``use``.

    ``is_stated`` tells that the service said so, and not only the model's name. ``size`` is in bytes, 0 where it is not
    known. ``is_remote`` tells that the service passes its calls on to another machine, a provider's.
    """

    name: str
    use: Use
    is_stated: bool = False
    size: int = 0
    is_remote: bool = False


def models(asking: Asking, service: Service) -> tuple[Model, ...]:
    """Return the models of ``service`` in its own order, without those that nobody can type."""
    listed_ = _LISTS.get(service.name, _others)(asking, service)
    return tuple(model for model in listed_ if can_be_typed(model.name, asking.bearer))


def can_be_typed(name: str, key: Secret | None) -> bool:
    """Tell whether a model's name can be typed as it is shown: it prints, and nothing in it has to be masked.

    ``key`` is the one that the service was sent: one that writes it into its answers must not have it printed.
    """
    return bool(name.strip()) and name.isprintable() and without_secrets(name, [key] if key else ()) == name


def by_name(name: str) -> Use:
    """Return what a model is for as its name has it: ``embedding`` or ``other``, and ``chat`` where nothing speaks."""
    if _NAMED_OTHER.search(name):
        return "other"
    return "embedding" if _NAMED_EMBEDDING.search(name) else "chat"


def is_of_chat_family(name: str) -> bool:
    """Tell whether a model's name is surely that of one for chats."""
    return bool(_NAMED_CHAT.search(name))


_NAMED_CHAT: Final = re.compile(
    r"(?i)chat|instruct|(?<![a-z])(qwen|qwq|llama|glm|deepseek|gpt|mistral|mixtral|gemma|phi|baichuan|internlm|yi|vicuna|"
    r"claude|ernie|hunyuan|doubao|kimi|moonshot|minimax|minicpm|granite|command-r|gemini|grok|nemotron)"
)
"""Families of chat models. A gateway lists whatever its maker called them, so those come before other names."""

_NAMED_EMBEDDING: Final = re.compile(
    r"(?i)embed|(?<![a-z])(bge|gte|e5|m3e|uae|sfr|stella|text2vec|sbert|simcse|minilm|gtr|instructor|labse|bce|conan|"
    r"xiaobu|piccolo|acge|dmeta|zpoint|mxbai|voyage|sentence-transformers?|paraphrase|all-mpnet|mpnet)(?![a-z])"
)
"""Families of embedding models, by the names under which they are published: the first two dozens of MTEB and C-MTEB
that have no ``embed`` in their own."""

_NAMED_OTHER: Final = re.compile(
    r"(?i)rerank|(?<![a-z])(whisper|tts|asr|kokoro|cosyvoice|chattts|sensevoice|bark|piper|parakeet|flux|sdxl|sd3|"
    r"stable-?diffusion|dall-?e|gpt-image|cogvideo\w*|moderation|clip)(?![a-z])"
)
"""Rerankers, pictures and voices: KAG has no use for them as a chat model or an embedding."""


def _ollama(asking: Asking, _: Service) -> Sequence[Model]:
    """``/api/show`` says of each what it can do since 0.6.4; before that the family of an encoder tells (bert)."""
    entries = _entries(ask(asking, "/api/tags"), "models")
    return [_of_ollama(asking, entry, shown=at < SHOWN) for at, entry in enumerate(entries)]


def _of_ollama(asking: Asking, entry: Mapping[str, Any], *, shown: bool) -> Model:
    name, size = _text(entry, "name") or _text(entry, "model"), entry.get("size")
    body = json.dumps({"model": name}).encode()
    answer = parsed(ask(asking, "/api/show", body)) if shown and name else {}
    said = answer.get("capabilities")
    use: Use = ""
    if isinstance(said, list) and said:
        use = "chat" if "completion" in said else "embedding" if "embedding" in said else "other"
    elif "bert" in str(_inner(answer, entry, "details").get("family", "")).lower():
        use = "embedding"
    # what ollama.com runs has these in its list (types.go, ListModelResponse)
    is_remote = bool(entry.get("remote_host") or entry.get("remote_model") or answer.get("remote_host"))
    known = size if isinstance(size, int) else 0
    return Model(name, use or by_name(name), bool(use), known, is_remote)


def _inner(answer: Mapping[str, Any], entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = answer.get(key) or entry.get(key)
    return found if isinstance(found, dict) else {}


def _xinference(asking: Asking, _: Service) -> Sequence[Model]:
    """``model_type`` says it in every entry of the list (xinference/core/supervisor.py)."""
    uses: Mapping[str, Use] = {"LLM": "chat", "embedding": "embedding"}
    entries = _entries(ask(asking, "/v1/models"), "data")
    return [_stated(entry, str(entry.get("model_type") or ""), uses) for entry in entries]


def _litellm(asking: Asking, service: Service) -> Sequence[Model]:
    """``/model/info`` has the ``mode`` of each that LiteLLM knows; one name may stand for several."""
    uses: Mapping[str, Use] = {"chat": "chat", "completion": "chat", "responses": "chat", "embedding": "embedding"}
    modes: dict[str, str] = {}
    for entry in _entries(ask(asking, "/model/info"), "data"):
        mode = _inner(entry, {}, "model_info").get("mode")
        if isinstance(mode, str):
            modes.setdefault(_text(entry, "model_name"), mode)
    return [_stated({"id": name}, modes.get(name, ""), uses) for name in service.models]


def _lm_studio(asking: Asking, service: Service) -> Sequence[Model]:
    """``/api/v0/models`` has the type of each (lmstudio.ai/docs/developer/rest/endpoints)."""
    uses: Mapping[str, Use] = {"llm": "chat", "vlm": "chat", "embeddings": "embedding"}
    entries = _by_id(_entries(ask(asking, "/api/v0/models"), "data"))
    return [_stated({"id": name}, _text(entries.get(name, {}), "type"), uses) for name in service.models]


def _tei(asking: Asking, service: Service) -> Sequence[Model]:
    """``/info`` says which of three kinds of model it serves (router/src/lib.rs, ModelType)."""
    kinds = parsed(ask(asking, "/info")).get("model_type")
    use: Use = "embedding" if isinstance(kinds, dict) and "embedding" in kinds else "other"
    return [Model(name, use, is_stated=True) for name in service.models]


def _infinity(asking: Asking, service: Service) -> Sequence[Model]:
    """``capabilities`` in its list (infinity_emb, since 0.0.38); a server of embeddings it is in any case."""
    entries = _by_id(_entries(ask(asking, "/models"), "data"))
    found = []
    for name in service.models:
        said = entries.get(name, {}).get("capabilities")
        use: Use = by_name(name) if not isinstance(said, list) else "embedding" if "embed" in said else "other"
        found.append(Model(name, "embedding" if use == "chat" else use, isinstance(said, list)))
    return found


def _llama_cpp(asking: Asking, service: Service) -> Sequence[Model]:
    """One that was started with ``--embeddings`` answers chats too; without, it says so of an embedding (recorded).

    Its list says nothing of it. The one word that is sent costs no more than a list.
    """
    found = []
    for name in service.models:
        body = json.dumps({"model": name, "input": "hello"}).encode()
        status = ask(asking, "/v1/embeddings", body).status
        use: Use = "embedding" if status == 200 else "chat" if status == _NOT_SUPPORTED else by_name(name)
        found.append(Model(name, use, is_stated=status in (200, _NOT_SUPPORTED)))
    return found


_NOT_SUPPORTED: Final = 501


def _others(asking: Asking, service: Service) -> Sequence[Model]:
    """Return the models by a ``mode`` or a ``type`` in the list, as some gateways have it, else by their names."""
    uses: Mapping[str, Use] = {"chat": "chat", "llm": "chat", "embedding": "embedding", "embeddings": "embedding"}
    says = _by_id(_openai_entries(asking))
    named = [(name, says.get(name, {})) for name in service.models]
    words = [(name, next((str(entry[k]).lower() for k in _SAYING if entry.get(k)), "")) for name, entry in named]
    return [_stated({"id": name}, word if word in uses else "", uses) for name, word in words]


_SAYING: Final = ("mode", "model_type", "type")


def _openai_entries(asking: Asking) -> list[Mapping[str, Any]]:
    answer = ask(asking, "/v1/models")
    return _entries(answer, "data") if listed(answer) else []


def _stated(entry: Mapping[str, Any], word: str, uses: Mapping[str, Use]) -> Model:
    """Return the model of an entry, whose use the service says with ``word``; empty where it does not."""
    name = _text(entry, "id")
    return Model(name, uses.get(word, "other"), is_stated=True) if word else Model(name, by_name(name))


def _by_id(entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of a list by the model's name."""
    return {name: entry for entry in entries if (name := _text(entry, "id"))}


def _text(entry: Mapping[str, Any], key: str) -> str:
    """Return what an entry has there; empty where that is no text, since a list of OpenAI's shape may hold anything."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _entries(answer: Answer, key: str) -> list[Mapping[str, Any]]:
    found = parsed(answer).get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


_LISTS: Final[Mapping[str, Callable[[Asking, Service], Sequence[Model]]]] = {
    "ollama": _ollama,
    "xinference": _xinference,
    "litellm": _litellm,
    "lm-studio": _lm_studio,
    "text-embeddings-inference": _tei,
    "infinity": _infinity,
    "llama.cpp": _llama_cpp,
}
