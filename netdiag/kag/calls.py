"""The call KAG makes, by version, node and type: method, path, headers, body and key.

``ROWS`` is the table. What KAG's checkers ask is what is asked here: ``who are you?`` of a chat model
(kag/common/checker/llm_config_checker.py:39) and the vector of ``hello`` of an embedding model.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from netdiag import failures
from netdiag.kag import addresses, needs, process, settings, types
from netdiag.kag.version import EARLY, LATE, OF_08, Version
from netdiag.model.attempt import Request
from netdiag.model.endpoint import Endpoint
from netdiag.probe.urls import UnusableError
from netdiag.text import Secret

Reads = Literal["openai_chat", "unchecked_chat", "generate", "ollama_chat", "embedding", "ollama_embedding", "rerank"]
Key = Literal["required", "dummy", "filled_in", "as_given", "as_text", "never"]

DEFAULT_MODEL: Final = "text-embedding-3-small"
FILLED_IN: Final = Secret("abc123")
"""What KAG 0.8 of July 2025 gives an embedding model of type ``openai`` for a key that is absent, null or empty."""

QUESTION: Final = "who are you?"
SYSTEM: Final = {"role": "system", "content": "you are a helpful assistant"}
USER: Final = {"role": "user", "content": QUESTION}


class Call(NamedTuple):
    """One request, and how its answer is read (a key of :mod:`netdiag.kag.verdict`).

    ``streamed`` is whether KAG reads the answer piece by piece, whatever the request asks for. ``timeout`` is what the
    setting of that name says, as it is.
    """

    request: Request
    reads: Reads
    version: Version
    streamed: bool = False
    timeout: object = None

    @property
    def body(self) -> Mapping[str, Any]:
        """The request's body as KAG's client makes it, before it is turned into bytes."""
        body: Mapping[str, Any] = json.loads(self.request.body)
        return body


class NotSent(NamedTuple):
    """KAG sends nothing: it refuses the configuration (``failure``), or its type calls nobody (``None``).

    ``seen`` is what the rules want of a setting that is refused (:class:`netdiag.kag.settings.Wrong`).
    """

    failure: str | None
    detail: str = ""
    seen: Mapping[str, str] = MappingProxyType({})


class Row(NamedTuple):
    """``path`` is put after the base_url as the type's client does it; ``None`` posts to the base_url itself."""

    versions: tuple[Version, ...]
    kind: Literal["chat", "embedding", "rerank"]
    types: tuple[str, ...]
    path: str | None
    body: Callable[[Endpoint], Mapping[str, Any]]
    reads: Reads
    key: Key


def call(
    version: Version, endpoint: Endpoint, base_url: str, *, environment: Mapping[str, Secret] = process.NOTHING
) -> Call | NotSent:
    """Return what KAG ``version`` sends for ``endpoint`` if its base_url were ``base_url``.

    ``environment`` holds the variables of KAG's process that its SDKs send, by name.
    """
    if nothing := _nothing(version, endpoint):
        return nothing
    row = _row(version, endpoint)
    if row is None:
        return _unknown_type(version, endpoint)
    if needs.without_url(version, endpoint):
        return NotSent(failures.MISSING_SETTING, "base_url")
    endpoint = keyed(version, endpoint, environment)
    if refused := _refused(version, endpoint, row, environment):
        return refused
    try:
        where = _url(row, base_url)
    except UnusableError as error:
        return NotSent(failures.BAD_URL, error.word)
    host = addresses.host_of_requests(base_url) if row.path is None else ""
    headers = {**_HEADERS, "Host": host} if host else _HEADERS
    added = process.headers(environment) if row.reads in _BY_OPENAI else process.NOTHING
    return _made(version, endpoint, row, Request("POST", where, headers, secret_headers=added))


def _made(version: Version, endpoint: Endpoint, row: Row, request: Request) -> Call | NotSent:
    """Return the call that ``request`` becomes with its body and key, or why its body cannot be sent."""
    endpoint = settings.as_read(version, endpoint)
    body = {**row.body(endpoint), "model": _sent_model(version, endpoint)}
    streamed = bool(body.get("stream"))
    if row.reads == "openai_chat" and version in OF_08:
        body |= _extra(endpoint)
    body = _revealed(body)
    if unsendable := next((name for name, value in body.items() if not _in_json(version, value)), ""):
        setting = unsendable if unsendable in endpoint.settings else "extra_body"
        return _not_taken(settings.unsendable(endpoint, setting))
    request = request._replace(body=json.dumps(body).encode(), bearer=_bearer(row.key, endpoint))
    return Call(request, row.reads, version, streamed, endpoint.settings.get("timeout"))


def url(version: Version, endpoint: Endpoint, base_url: str) -> str:
    """Return where KAG ``version`` posts for ``endpoint`` if its base_url were ``base_url``; empty for other types.

    Raises :class:`netdiag.probe.urls.UnusableError` for a base_url that its client cannot use.
    """
    row = _row(version, endpoint)
    return _url(row, base_url) if row else ""


def keyed(version: Version, endpoint: Endpoint, environment: Mapping[str, Secret]) -> Endpoint:
    """Return the endpoint with the key that KAG ``version`` takes from the environment of its process, if it does."""
    row = _row(version, endpoint)
    is_taken = row is not None and row.reads in _BY_OPENAI and row.key != "filled_in"
    return process.keyed(endpoint, environment) if is_taken else endpoint


_BY_OPENAI: Final = frozenset({"openai_chat", "embedding"})
"""How the answers to calls by OpenAI's SDK are read."""


def smaller(call: Call, tokens: int) -> Call:
    """Return the same call, with an answer of ``tokens`` tokens at most."""
    body = json.dumps({**call.body, "max_tokens": tokens}).encode()
    return call._replace(request=call.request._replace(body=body))


_HEADERS: Final = {"Accept": "application/json", "Content-Type": "application/json"}


def _row(version: Version, endpoint: Endpoint) -> Row | None:
    """Return the row for this kind and type, or ``None`` where KAG ``version`` knows no such type."""
    rows = (row for row in ROWS if version in row.versions and row.kind == endpoint.kind)
    return next((row for row in rows if endpoint.type in row.types), None)


def _nothing(version: Version, endpoint: Endpoint) -> NotSent | None:
    """Return why nothing is sent, as far as the type tells, or ``None`` where its client would send something."""
    if endpoint.kind == "rerank" and version in EARLY and endpoint.left_alone == "absent":
        return NotSent(None, f"KAG {version} has no reranking")  # and looks at no section of that name
    missing = needs.unread(version, endpoint)
    return NotSent(failures.MISSING_SETTING, missing) if missing else _calls_nobody(version, endpoint)


def _calls_nobody(version: Version, endpoint: Endpoint) -> NotSent | None:
    """Return what becomes of a type that calls no service, or that KAG cannot even make."""
    type_, settings_ = endpoint.type, endpoint.settings
    if not type_:
        fault = settings.wrong_type(endpoint)
        return _not_taken(fault) if fault else NotSent(failures.MISSING_SETTING, "type")
    if type_ in types.LOCAL and endpoint.kind == "embedding" and not settings_.get("path"):
        return NotSent(failures.LOCAL_TYPE, "path")
    if type_ == types.ALWAYS_FAILS and endpoint.kind != "rerank" and version in LATE:
        return NotSent(failures.BROKEN_TYPE, type_)
    needed = types.calls_nobody(version, endpoint)
    if needed is None:
        return None
    if needed and settings_.get(needed) is None:
        return NotSent(failures.MISSING_SETTING, needed)
    return _wrong(version, endpoint) or NotSent(None, f"type {type_} calls no service")


def _unknown_type(version: Version, endpoint: Endpoint) -> NotSent:
    rows = (row for row in ROWS if version in row.versions and row.kind == endpoint.kind)
    return NotSent(failures.UNSUPPORTED_TYPE, ", ".join(dict.fromkeys(name for row in rows for name in row.types)))


def _refused(version: Version, endpoint: Endpoint, row: Row, environment: Mapping[str, Secret]) -> NotSent | None:
    """Return what KAG misses, or does not take, of the settings for a call and of its process's variables."""
    if row.key == "required" and not endpoint.api_key:
        return NotSent(failures.MISSING_SETTING, "api_key")
    # Ollama's SDK wants a model, that of OpenAI sends one that is empty
    if not _model(version, endpoint) and ("model" not in endpoint.forms or row.types == _OLLAMA):
        return NotSent(failures.MISSING_SETTING, "model")
    if fault := _wrong(version, endpoint):
        return fault
    variable = process.unsendable(environment) if row.reads in _BY_OPENAI else ""
    return NotSent(failures.VARIABLE_UNSENDABLE, variable) if variable else None


def _wrong(version: Version, endpoint: Endpoint) -> NotSent | None:
    fault = settings.wrong(version, endpoint)
    return _not_taken(fault) if fault else None


def _not_taken(fault: settings.Wrong) -> NotSent:
    return NotSent(failures.WRONG_SETTING, fault.setting, fault._asdict())


def _url(row: Row, base_url: str) -> str:
    """Return where the client of this row posts. Raises :class:`netdiag.probe.urls.UnusableError`."""
    if row.path is None:
        return addresses.of_requests(base_url)
    return (addresses.of_ollama if row.types == _OLLAMA else addresses.of_openai)(base_url, row.path)


def _model(version: Version, endpoint: Endpoint) -> str:
    """Return the model; up to 0.7 an embedding node has a default (0.7 openai_model.py:34), in 0.8 it is not used."""
    return endpoint.model or (DEFAULT_MODEL if endpoint.kind == "embedding" and version not in OF_08 else "")


def _sent_model(version: Version, endpoint: Endpoint) -> str | None:
    """Return the model as KAG sends it: also one that is empty or null, which some servers do not look at."""
    form = endpoint.forms.get("model")
    return None if form == "null" else "" if form == "empty" else _model(version, endpoint)


def _bearer(key: Key, endpoint: Endpoint) -> Secret | None:
    if key == "never":
        return None
    if key == "as_text":  # requests is given f"Bearer {key}", whatever the key is
        return Secret("None") if endpoint.forms.get("api_key") == "null" else endpoint.api_key or Secret("")
    if key == "filled_in":
        return endpoint.api_key or FILLED_IN
    if key == "dummy":  # an empty one can come from the process only: what the configuration leaves empty is None
        return Secret("dummy") if endpoint.api_key is None else endpoint.api_key
    return endpoint.api_key or Secret("")


def _extra(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return what 0.8 adds to a chat's body, where it is a mapping (openai_client.py:83); it replaces what is there."""
    extra = endpoint.settings.get("extra_body")
    return extra if isinstance(extra, Mapping) else {}


def _revealed(value: Any) -> Any:
    """Return a value with its secrets as they are sent."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {name: _revealed(inner) for name, inner in value.items()}
    return [_revealed(inner) for inner in value] if isinstance(value, list) else value


def _in_json(version: Version, value: object) -> bool:
    """Tell whether KAG's client can write ``value`` as JSON: since httpx 0.28 every number in it must be finite."""
    try:
        json.dumps(value, allow_nan=version in EARLY)
    except (TypeError, ValueError, RecursionError):  # ValueError: also an integer of more than 4300 digits
        return False
    return True


def _openai_06(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "messages": [SYSTEM, USER],
        "stream": settings.flag(endpoint.settings.get("stream", False)),
        "temperature": endpoint.settings.get("temperature", 0.7),
    }


def _openai_07(endpoint: Endpoint) -> dict[str, Any]:
    return {**_openai_06(endpoint), "tools": None}


def _openai_08(endpoint: Endpoint) -> dict[str, Any]:
    """``max_tokens`` is 8192 unless set, and left out when not positive (0.8 openai_client.py:132)."""
    given = endpoint.settings
    body = _openai_06(endpoint)
    tokens = given.get("max_tokens", 8192)
    if _is_above_zero(tokens):
        body["max_tokens"] = tokens
    body.update({name: given[name] for name in ("seed", "top_p", "stop") if name in given})
    return {**body, "chat_template_kwargs": {"enable_thinking": settings.flag(given.get("think", False))}}


def _is_above_zero(tokens: Any) -> bool:
    """Tell whether a limit is sent; a template is, which only KAG's own environment fills in."""
    return isinstance(tokens, str) or bool(tokens > 0)


def _vllm_06(_: Endpoint) -> dict[str, Any]:
    return {"messages": [USER]}


def _generate(_: Endpoint) -> dict[str, Any]:
    empty = {"suffix": "", "system": "", "template": "", "context": []}
    rest = {"stream": False, "raw": False, "images": [], "format": "", "options": {}, "keep_alive": None}
    return {"prompt": QUESTION, **empty, **rest}


def _ollama_chat(endpoint: Endpoint) -> dict[str, Any]:
    """The SDK leaves out what is null, and without ``stream`` Ollama streams (ollama/_types.py, ``exclude_none``)."""
    stream = settings.flag(endpoint.settings.get("stream", False))
    asked = {} if stream is None else {"stream": stream}
    return {**asked, "messages": [SYSTEM, USER], "tools": []}


def _embeddings(_: Endpoint) -> dict[str, Any]:
    return {"input": "hello", "encoding_format": "base64"}


def _ollama_embeddings(_: Endpoint) -> dict[str, Any]:
    return {"prompt": "hello"}


def _rerank(_: Endpoint) -> dict[str, Any]:
    asked = {"query": "q", "documents": ["a"], "top_n": 1}
    return {**asked, "return_documents": False, "max_chunks_per_doc": 1, "overlap_tokens": 80}


_OLLAMA: Final = ("ollama", "Ollama")
_SERVED: Final = ("maas", "openai", "vllm")

ROWS: Final = (
    Row(EARLY, "chat", ("maas", "openai"), "/chat/completions", _openai_06, "openai_chat", "required"),
    Row(EARLY, "chat", ("vllm",), None, _vllm_06, "unchecked_chat", "never"),
    Row(EARLY, "chat", _OLLAMA, "/api/generate", _generate, "generate", "never"),
    Row(("0.7",), "chat", _SERVED, "/chat/completions", _openai_07, "openai_chat", "dummy"),
    Row(OF_08, "chat", _SERVED, "/chat/completions", _openai_08, "openai_chat", "dummy"),
    Row(LATE, "chat", _OLLAMA, "/api/chat", _ollama_chat, "ollama_chat", "never"),
    Row(("0.5", "0.6", "0.7"), "embedding", ("openai",), "/embeddings", _embeddings, "embedding", "as_given"),
    Row(("0.8",), "embedding", ("openai",), "/embeddings", _embeddings, "embedding", "required"),
    Row(("0.8+",), "embedding", ("openai",), "/embeddings", _embeddings, "embedding", "filled_in"),
    Row(OF_08, "embedding", _OLLAMA, "/api/embeddings", _ollama_embeddings, "ollama_embedding", "never"),
    Row(LATE, "rerank", ("maas", "maas_rerank_model"), None, _rerank, "rerank", "as_text"),
)
"""KAG 0.5 spells ``type`` as ``client_type``. 0.6's released package does not know ``Ollama`` with a capital, but
images of that time do (KAG issue 331), so it is accepted."""
