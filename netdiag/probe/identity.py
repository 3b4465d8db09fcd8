"""Ask who answers at an address: a service by the paths that are its own, a stranger by its page.

No key is sent, unless one is given for this very address.
"""

import re
import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from netdiag import failures, json_limits
from netdiag.model.attempt import Answer, Request, Service
from netdiag.probe.environment import Environment
from netdiag.probe.http import send
from netdiag.text import Secret

IDENTITY_LIMIT_S: Final = 3.0
"""Seconds for each question. These paths answer from memory; a server that needs longer is taken as unknown, unless it
was as slow before."""


MOST_MODELS: Final = 2000
"""Models of a service that are known by name; the largest gateways list some hundreds."""


class Asking(NamedTuple):
    """Whom to ask, and for how long: ``origin`` is ``http://172.17.0.1:11434``, all else are seconds.

    ``connect_s`` and ``read_s`` bound each question, ``deadline`` all of them: a reading of ``time.monotonic``, or
    nothing. ``environment`` has the trusted certificates, by default this process's own. ``bearer`` is a key that may
    be sent there, to the addresses ``peers`` alone where they are given.
    """

    origin: str
    connect_s: float
    read_s: float = IDENTITY_LIMIT_S
    deadline: float | None = None
    environment: Environment | None = None
    bearer: Secret | None = None
    peers: frozenset[str] | None = None


def identify(asking: Asking) -> tuple[Service, Answer]:
    """Return who answers, and the answer that told.

    ``other`` stands for anything that is not known to serve models; ``failure`` of the answer then says if there was
    no HTTP at all. No proxy is used.
    Paths: Ollama's ``/api/version`` and ``/api/tags``, vLLM's ``/version``, OpenAI's ``/v1/models``, and where nobody
    has that ``/engines/v1/models`` of Docker's Model Runner, ``/info`` of text-embeddings-inference and ``/models`` of
    infinity.
    """
    answer = ask(asking, "/api/version")
    if answer.failure:
        return Service("other"), answer
    if _is_ollama_refusal(answer):
        return Service("ollama"), answer
    version = parsed(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        if version == _MODEL_RUNNER and (runner := _model_runner(asking, named=True)):
            return runner, answer
        tags = ask(asking, "/api/tags")
        if tags.status not in (401, 403) and not _is_page(tags):  # Open WebUI has this path too, and guards its models
            return Service("ollama", version, _models(tags, "models", "name")), answer
    return _openai_like(asking)


def wants_key(answer: Answer) -> bool:
    """Tell whether the answer that told who is there says that its models are listed only to who has its key."""
    return answer.status in (401, 403) and not _is_ollama_refusal(answer)


def stranger(asking: Asking) -> str:
    """Return what answers when it is no model service: a product, a page's title, or its ``Server`` header.

    One question more, without a key, and only where a call has failed already.
    """
    answer = ask(asking, "/")
    for name, is_it in _PRODUCTS:
        if is_it(answer):
            return name
    title = _TITLE.search(answer.body[:_HEAD])
    if title and (said := title[1].decode("utf-8", "replace").strip()):
        return f'"{said}"'
    return answer.headers.get("server", "") or answer.headers.get("content-type", "").partition(";")[0]


def listed(answer: Answer) -> tuple[str, ...]:
    """Return the models in an answer of ``/models``, as OpenAI's API lists them."""
    return _models(answer, "data", "id") if answer.status == 200 else ()


def is_spring(answer: Answer) -> bool:
    """Tell whether an answer is an error of Spring's own, as OpenSPG's server has them (recordings: openspg-server)."""
    return {"timestamp", "status", "error", "path"} <= parsed(answer).keys()


def _is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


_HEAD: Final = 64 * 1024
"""Bytes of a page in which its title stands."""

_TITLE: Final = re.compile(rb"(?is)<title[^>]*>(.{1,200}?)</title>")

_PRODUCTS: Final[tuple[tuple[str, Callable[[Answer], bool]], ...]] = (
    ("Open WebUI", lambda answer: b"<title>Open WebUI" in answer.body),
    ("OpenSPG", lambda answer: b"<title>OpenSPG" in answer.body),
    ("OpenSPG / Spring Boot", is_spring),
    ("Neo4j", lambda answer: "neo4j_version" in parsed(answer)),
    ("MinIO", lambda answer: "MinIO" in answer.headers.get("server", "")),
    ("Elasticsearch", lambda answer: "lucene_version" in str(parsed(answer).get("version", ""))),
)
"""What else listens beside an OpenSPG, or is mistaken for the model server behind it."""


def _openai_like(asking: Asking) -> tuple[Service, Answer]:
    listing = ask(asking, "/v1/models")
    body = parsed(listing)
    models = _models(listing, "data", "id")
    if _is_loading(listing):
        return Service("openai-compatible"), listing
    if _is_guarded(listing):
        return _guarded(asking, listing), listing
    if not (listing.status == 200 and isinstance(body.get("data"), list)):
        is_slow = listing.failure == failures.READ_TIMED_OUT  # and no quicker at three paths more
        return (None if is_slow else _elsewhere(asking)) or Service("other"), listing
    name = _marked(listing) or _named(body.get("data"))
    if name in _OF_OTHERS or (name in _OWNERS.values() and name != "vllm"):
        return Service(name, "", models), listing
    answer = ask(asking, "/version")
    version = parsed(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        return Service("localai" if name == "localai" else "vllm", version, models), listing
    return Service("openai-compatible" if name == "localai" else name, "", models), listing


def _elsewhere(asking: Asking) -> Service | None:
    """Return the service that has its models below a path of its own."""
    if runner := _model_runner(asking):
        return runner
    info = parsed(ask(asking, "/info"))
    if isinstance(info.get("model_id"), str) and isinstance(info.get("model_type"), dict):
        return Service("text-embeddings-inference", str(info.get("version") or ""), (served(info),))
    listing = parsed(ask(asking, "/models")).get("data")
    entries = listing if isinstance(listing, list) else [listing]
    own = [entry for entry in entries if isinstance(entry, dict) and entry.get("owned_by") == "infinity"]
    return Service("infinity", "", tuple(str(entry.get("id")) for entry in own)) if own else None


def served(info: Mapping[str, Any]) -> str:
    """Return the model's name in an answer to ``/info`` of text-embeddings-inference, as its OpenAI route takes it."""
    return str(info.get("served_model_name") or info.get("model_id"))


_MODEL_RUNNER: Final = "0.1.0"
"""What Docker's Model Runner says at Ollama's ``/api/version`` (model-runner: pkg/ollama/http_handler.go); no Ollama
that has ``/v1`` calls itself so."""


def _model_runner(asking: Asking, *, named: bool = False) -> Service | None:
    """Return Docker's Model Runner if it answers: before it had ``/v1``, everything was below ``/engines``.

    An empty list tells it only where something else ``named`` it already.
    """
    listing = ask(asking, "/engines/v1/models")
    data = parsed(listing).get("data")
    owned = _named(data) == "docker-model-runner" or (named and isinstance(data, list) and not data)
    return Service("docker-model-runner", "", _models(listing, "data", "id")) if owned else None


def _is_guarded(listing: Answer) -> bool:
    """Tell whether a service lists its models only for a key: it says so in JSON, and is none that wants a password."""
    says = parsed(listing)
    is_other = is_spring(listing) or listing.headers.get("www-authenticate", "").lower().startswith("basic")
    return listing.status in (401, 403) and bool({"error", "detail"} & says.keys()) and not is_other


def _guarded(asking: Asking, listing: Answer) -> Service:
    """Return which service it is that lists nothing without a key, as far as its refusal or an open path tells."""
    if name := _marked(listing):
        return Service(name)
    says = parsed(listing)
    if "error" not in says:  # FastAPI's own shape: vLLM, and others that keep to OpenAI's, have an ``error`` at the top
        is_xinference = "models:list" in listing.headers.get("www-authenticate", "")
        return Service("xinference" if is_xinference else "openai-compatible")
    answer = ask(asking, "/version")
    version = parsed(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        return Service("vllm", version)
    return Service("openai-compatible")


def _marked(listing: Answer) -> str:
    """Return the service that marks its answers as its own, whatever they list."""
    if "x-oneapi-request-id" in listing.headers:  # one-api: middleware/request-id.go; its forks keep it
        return "one-api"
    if listing.headers.get("server") == "llama.cpp":  # tools/server/server-http.cpp
        return "llama.cpp"
    error = parsed(listing).get("error")
    is_litellm = isinstance(error, dict) and error.get("type") == "auth_error"  # litellm/proxy/_types.py
    return "litellm" if is_litellm else ""


_OF_OTHERS: Final = frozenset({"one-api", "llama.cpp", "litellm"})
"""Services that are known by a mark of theirs, so that nothing more is asked."""


def _named(entries: Any) -> str:
    """Return which server lists its models so, or ``openai-compatible`` where the entries do not tell."""
    entry = entries[0] if isinstance(entries, list) and entries else None
    if not isinstance(entry, dict):
        return "openai-compatible"
    owner = entry.get("owned_by")
    if owner == "openai" and all(isinstance(each, dict) and each.get("created") == _LITELLM for each in entries):
        return "litellm"
    if owner is not None and owner == entry.get("id"):
        return _OWNERS["itself"]
    if entry.keys() == {"id", "object"}:
        return (
            "localai"  # core/schema/openai.go says nothing else of a model; others do so too, so it is looked at again
        )
    return _OWNERS.get(owner, "openai-compatible") if isinstance(owner, str) else "openai-compatible"


_LITELLM: Final = 1677610602
"""When LiteLLM says that each of its models was made (litellm/constants.py, DEFAULT_MODEL_CREATED_AT_TIME)."""

_OWNERS: Final = {
    "vllm": "vllm",  # vllm/entrypoints/openai/protocol.py
    "sglang": "sglang",  # sglang/srt/entrypoints/openai/protocol.py
    "llamacpp": "llama.cpp",  # tools/server/server.cpp
    "me": "llama-cpp-python",  # llama_cpp/server/app.py; recorded
    "xinference": "xinference",  # xinference/api/restful_api.py
    "organization_owner": "lm-studio",
    "organization-owner": "lm-studio",
    "docker": "docker-model-runner",
    "fastchat": "fastchat",  # fastchat/protocol/openai_api_protocol.py
    "itself": "tgi",  # router/src/server.rs
}
"""Whom servers name as the owner of a model in their list (``owned_by``): themselves, where nobody told them better."""


def _is_loading(answer: Answer) -> bool:
    """llama.cpp's server says so to every path until its model is there (tools/server: "Loading model")."""
    error = parsed(answer).get("error")
    return answer.status == 503 and isinstance(error, dict) and error.get("message") == "Loading model"


def _is_ollama_refusal(answer: Answer) -> bool:
    """Ollama bound to loopback answers a Host it does not know with 403 and no body (server/routes.go)."""
    return answer.status == 403 and not answer.body and answer.failure is None


def ask(asking: Asking, path: str, body: bytes = b"") -> Answer:
    """Return the answer to a question at ``path``: a GET, or with a ``body`` of JSON a POST."""
    left = asking.deadline - time.monotonic() if asking.deadline is not None else asking.read_s
    if left <= 0:
        return Answer(failure=failures.READ_TIMED_OUT)
    return send(
        Request("POST", asking.origin + path, {**_HEADERS, "Content-Type": "application/json"}, body, asking.bearer)
        if body
        else Request("GET", asking.origin + path, _HEADERS, b"", asking.bearer),
        connect_s=min(asking.connect_s, left),
        read_s=min(asking.read_s, left),
        direct=True,
        environment=asking.environment,
        peers=asking.peers if asking.bearer else None,
    )


_HEADERS: Final = {"Accept": "application/json"}


def parsed(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one where it is none."""
    try:
        value = json_limits.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _models(answer: Answer, listing: str, key: str) -> tuple[str, ...]:
    entries = parsed(answer).get(listing)
    if answer.failure == failures.TOO_LARGE or not isinstance(entries, list):
        return ()
    named = (entry[key] for entry in entries if isinstance(entry, dict) and isinstance(entry.get(key), str))
    return tuple(islice(named, MOST_MODELS))
