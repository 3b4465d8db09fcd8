"""The call KAG makes, by version, node and type: method, path, headers, body and key.

``ROWS`` is the table. What KAG's checkers ask is what is asked here: ``who are you?`` of a chat model
(kag/common/checker/llm_config_checker.py:39) and the vector of ``hello`` of an embedding model.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from netdiag import failures
from netdiag.kag import types
from netdiag.kag.version import Version
from netdiag.model.attempt import Request
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

Reads = Literal["openai_chat", "unchecked_chat", "generate", "ollama_chat", "embedding", "ollama_embedding", "rerank"]
Key = Literal["required", "dummy", "as_given", "never"]

QUESTION: Final = "who are you?"
SYSTEM: Final = {"role": "system", "content": "you are a helpful assistant"}
USER: Final = {"role": "user", "content": QUESTION}
OLLAMA_PORT: Final = 11434


@dataclass(frozen=True)
class Call:
    """One request, and how its answer is read (a key of :mod:`netdiag.kag.verdict`)."""

    request: Request
    reads: Reads
    version: Version

    @property
    def body(self) -> Mapping[str, Any]:
        """The request's body as KAG's client makes it, before it is turned into bytes."""
        body: Mapping[str, Any] = json.loads(self.request.body)
        return body


@dataclass(frozen=True)
class NotSent:
    """KAG sends nothing: it refuses the configuration (``failure``), or its type calls nobody (``None``)."""

    failure: str | None
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """``path`` is put after the base_url without its final slash; ``None`` posts to the base_url as it stands."""

    versions: tuple[Version, ...]
    kind: Literal["chat", "embedding", "rerank"]
    types: tuple[str, ...]
    path: str | None
    body: Callable[[Endpoint], Mapping[str, Any]]
    reads: Reads
    key: Key


def call(version: Version, endpoint: Endpoint, base_url: str) -> Call | NotSent:
    """Return what KAG ``version`` sends for ``endpoint`` if its base_url were ``base_url``."""
    if refused := _refused(version, endpoint):
        return refused
    rows = [row for row in ROWS if version in row.versions and row.kind == endpoint.kind]
    row = next((row for row in rows if endpoint.type in row.types), None)
    if row is None:
        known = ", ".join(dict.fromkeys(name for row in rows for name in row.types))
        return NotSent(failures.UNSUPPORTED_TYPE, known)
    if row.key == "required" and not endpoint.api_key:
        return NotSent(failures.MISSING_SETTING, "api_key")
    if not endpoint.model:
        return NotSent(failures.MISSING_SETTING, "model")
    url = base_url if row.path is None else _base(endpoint, base_url) + row.path
    body = json.dumps(row.body(endpoint)).encode()
    request = Request("POST", url, _HEADERS, body, _bearer(row.key, endpoint))
    return Call(request, row.reads, version)


_HEADERS: Final = {"Accept": "application/json", "Content-Type": "application/json"}


def _refused(version: Version, endpoint: Endpoint) -> NotSent | None:
    """Return what becomes of a type that calls nobody, or that KAG cannot even make."""
    nobody = NotSent(None, f"type {endpoint.type} calls no service")
    if not endpoint.type:
        return NotSent(failures.MISSING_SETTING, "type")
    if endpoint.type in types.LOCAL:
        return nobody if endpoint.settings.get("path") else NotSent(failures.LOCAL_TYPE, "path")
    if endpoint.type == types.ALWAYS_FAILS and endpoint.kind == "chat" and version in _LATE:
        return NotSent(failures.BROKEN_TYPE, endpoint.type)
    return nobody if endpoint.type == "mock" else None


def _base(endpoint: Endpoint, base_url: str) -> str:
    """Return the base without its final slashes; Ollama's SDK also adds what is missing (ollama/_client.py)."""
    base = base_url.rstrip("/")
    if endpoint.type.lower() != "ollama" or "://" in base:
        return base
    host, slash, path = base.partition("/")
    has_port = ":" in host.rpartition("]")[2]
    return f"http://{host if has_port else f'{host}:{OLLAMA_PORT}'}{slash}{path}"


def _bearer(key: Key, endpoint: Endpoint) -> Secret | None:
    if key == "never":
        return None
    if key == "dummy":
        return endpoint.api_key or Secret("dummy")
    return endpoint.api_key or Secret("")


def _flag(value: object) -> bool:
    """KAG turns the strings of its configuration page into booleans (kag/common/registry/registrable.py:59)."""
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def _openai_06(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "messages": [SYSTEM, USER],
        "model": endpoint.model,
        "stream": _flag(endpoint.settings.get("stream", False)),
        "temperature": endpoint.settings.get("temperature", 0.7),
    }


def _openai_07(endpoint: Endpoint) -> dict[str, Any]:
    return {**_openai_06(endpoint), "tools": None}


def _openai_08(endpoint: Endpoint) -> dict[str, Any]:
    """``max_tokens`` is 8192 unless set, and left out when not positive (0.8 openai_client.py:132)."""
    settings = endpoint.settings
    body = _openai_06(endpoint)
    tokens = settings.get("max_tokens", 8192)
    if not isinstance(tokens, int) or tokens > 0:
        body["max_tokens"] = tokens
    body.update({name: settings[name] for name in ("seed", "top_p", "stop") if name in settings})
    return {**body, "chat_template_kwargs": {"enable_thinking": _flag(settings.get("think", False))}}


def _vllm_06(endpoint: Endpoint) -> dict[str, Any]:
    return {"messages": [USER], "model": endpoint.model}


def _generate(endpoint: Endpoint) -> dict[str, Any]:
    empty = {"suffix": "", "system": "", "template": "", "context": []}
    rest = {"stream": False, "raw": False, "images": [], "format": "", "options": {}, "keep_alive": None}
    return {"model": endpoint.model, "prompt": QUESTION, **empty, **rest}


def _ollama_chat(endpoint: Endpoint) -> dict[str, Any]:
    stream = _flag(endpoint.settings.get("stream", False))
    return {"model": endpoint.model, "stream": stream, "messages": [SYSTEM, USER], "tools": []}


def _embeddings(endpoint: Endpoint) -> dict[str, Any]:
    return {"input": "hello", "model": endpoint.model, "encoding_format": "base64"}


def _ollama_embeddings(endpoint: Endpoint) -> dict[str, Any]:
    return {"model": endpoint.model, "prompt": "hello"}


def _rerank(endpoint: Endpoint) -> dict[str, Any]:
    asked = {"model": endpoint.model, "query": "q", "documents": ["a"], "top_n": 1}
    return {**asked, "return_documents": False, "max_chunks_per_doc": 1, "overlap_tokens": 80}


_OLLAMA: Final = ("ollama", "Ollama")
_SERVED: Final = ("maas", "openai", "vllm")
_LATE: Final[tuple[Version, ...]] = ("0.7", "0.8")
_EARLY: Final[tuple[Version, ...]] = ("0.5", "0.6")

ROWS: Final = (
    Row(_EARLY, "chat", ("maas", "openai"), "/chat/completions", _openai_06, "openai_chat", "required"),
    Row(_EARLY, "chat", ("vllm",), None, _vllm_06, "unchecked_chat", "never"),
    Row(_EARLY, "chat", _OLLAMA, "/api/generate", _generate, "generate", "never"),
    Row(("0.7",), "chat", _SERVED, "/chat/completions", _openai_07, "openai_chat", "dummy"),
    Row(("0.8",), "chat", _SERVED, "/chat/completions", _openai_08, "openai_chat", "dummy"),
    Row(_LATE, "chat", _OLLAMA, "/api/chat", _ollama_chat, "ollama_chat", "never"),
    Row(("0.5", "0.6", "0.7"), "embedding", ("openai",), "/embeddings", _embeddings, "embedding", "as_given"),
    Row(("0.8",), "embedding", ("openai",), "/embeddings", _embeddings, "embedding", "required"),
    Row(("0.8",), "embedding", _OLLAMA, "/api/embeddings", _ollama_embeddings, "ollama_embedding", "never"),
    Row(_LATE, "rerank", ("maas", "maas_rerank_model"), None, _rerank, "rerank", "as_given"),
)
"""KAG 0.5 spells ``type`` as ``client_type``. 0.6's released package does not know ``Ollama`` with a capital, but
images of that time do (KAG issue 331), so it is accepted."""
