"""Ask who answers at an address, without a key: a service by the paths that are its own, a stranger by its page."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from netdiag import failures
from netdiag.model.attempt import Answer, Request, Service
from netdiag.probe.environment import Environment
from netdiag.probe.http import send

IDENTITY_LIMIT_S: Final = 3.0
"""Seconds for each question. These paths answer from memory; a server that needs longer is taken as unknown, unless it
was as slow before."""


class Asking(NamedTuple):
    """Whom to ask, and for how long: ``origin`` is ``http://172.17.0.1:11434``, all else are seconds.

    ``connect_s`` and ``read_s`` bound each question, ``deadline`` all of them: a reading of ``time.monotonic``, or
    nothing. ``environment`` has the trusted certificates, by default this process's own.
    """

    origin: str
    connect_s: float
    read_s: float = IDENTITY_LIMIT_S
    deadline: float | None = None
    environment: Environment | None = None


def identify(asking: Asking) -> tuple[Service, Answer]:
    """Return who answers, and the answer that told.

    ``other`` stands for anything that is not known to serve models; ``failure`` of the answer then says if there was
    no HTTP at all. No proxy is used.
    Paths: Ollama's ``/api/version`` and ``/api/tags``, vLLM's ``/version``, OpenAI's ``/v1/models`` and where nobody
    has that ``/engines/v1/models`` of Docker's Model Runner.
    """
    answer = _get(asking, "/api/version")
    if answer.failure:
        return Service("other"), answer
    if _is_ollama_refusal(answer):
        return Service("ollama"), answer
    version = _json(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        tags = _get(asking, "/api/tags")
        if tags.status not in (401, 403) and not _is_page(tags):  # Open WebUI has this path too, and guards its models
            return Service("ollama", version, _models(tags, "models", "name")), answer
    return _openai_like(asking)


def stranger(asking: Asking) -> str:
    """Return what answers when it is no model service: a product, a page's title, or its ``Server`` header.

    One question more, without a key, and only where a call has failed already.
    """
    answer = _get(asking, "/")
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


def _is_spring(answer: Answer) -> bool:
    """Spring's own page for "no such path" (recordings: openspg-server.jsonl), which OpenSPG's server answers with."""
    return {"timestamp", "status", "error", "path"} <= _json(answer).keys()


def _is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


_HEAD: Final = 64 * 1024
"""Bytes of a page in which its title stands."""

_TITLE: Final = re.compile(rb"(?is)<title[^>]*>(.{1,200}?)</title>")

_PRODUCTS: Final[tuple[tuple[str, Callable[[Answer], bool]], ...]] = (
    ("Open WebUI", lambda answer: b"<title>Open WebUI" in answer.body),
    ("OpenSPG", lambda answer: b"<title>OpenSPG" in answer.body),
    ("Spring Boot (OpenSPG?)", _is_spring),
    ("Neo4j", lambda answer: "neo4j_version" in _json(answer)),
    ("MinIO", lambda answer: "MinIO" in answer.headers.get("server", "")),
    ("Elasticsearch", lambda answer: "lucene_version" in str(_json(answer).get("version", ""))),
)
"""What else listens beside an OpenSPG, or is mistaken for the model server behind it."""


def _openai_like(asking: Asking) -> tuple[Service, Answer]:
    listing = _get(asking, "/v1/models")
    body = _json(listing)
    models = _models(listing, "data", "id")
    guarded = listing.status in (401, 403) and "error" in body
    if _is_loading(listing):
        return Service("openai-compatible"), listing
    if not guarded and not (listing.status == 200 and isinstance(body.get("data"), list)):
        return _model_runner(asking) or Service("other"), listing
    name = _named(body.get("data"))
    if name in _OWNERS.values() and name != "vllm":
        return Service(name, "", models), listing
    answer = _get(asking, "/version")
    version = _json(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        return Service("localai" if name == "localai" else "vllm", version, models), listing
    return Service("openai-compatible" if name == "localai" else name, "", models), listing


def _model_runner(asking: Asking) -> Service | None:
    """Return Docker's Model Runner if it answers: before it had ``/v1``, everything was below ``/engines``."""
    listing = _get(asking, "/engines/v1/models")
    owned = _named(_json(listing).get("data")) == "docker-model-runner"
    return Service("docker-model-runner", "", _models(listing, "data", "id")) if owned else None


def _named(entries: Any) -> str:
    """Return which server lists its models so, or ``openai-compatible`` where the entries do not tell."""
    entry = entries[0] if isinstance(entries, list) and entries else None
    if not isinstance(entry, dict):
        return "openai-compatible"
    owner = entry.get("owned_by")
    if owner is not None and owner == entry.get("id"):
        return _OWNERS["itself"]
    if entry.keys() == {"id", "object"}:
        return (
            "localai"  # core/schema/openai.go says nothing else of a model; others do so too, so it is looked at again
        )
    return _OWNERS.get(owner, "openai-compatible") if isinstance(owner, str) else "openai-compatible"


_OWNERS: Final = {
    "vllm": "vllm",  # vllm/entrypoints/openai/protocol.py
    "sglang": "sglang",  # sglang/srt/entrypoints/openai/protocol.py
    "llamacpp": "llama.cpp",  # tools/server/server.cpp
    "me": "llama-cpp-python",  # llama_cpp/server/app.py; recorded
    "xinference": "xinference",  # xinference/api/restful_api.py
    "organization_owner": "lm-studio",
    "organization-owner": "lm-studio",
    "docker": "docker-model-runner",
    "itself": "tgi",  # router/src/server.rs
}
"""Whom servers name as the owner of a model in their list (``owned_by``): themselves, where nobody told them better."""


def _is_loading(answer: Answer) -> bool:
    """llama.cpp's server says so to every path until its model is there (tools/server: "Loading model")."""
    error = _json(answer).get("error")
    return answer.status == 503 and isinstance(error, dict) and error.get("message") == "Loading model"


def _is_ollama_refusal(answer: Answer) -> bool:
    """Ollama bound to loopback answers a Host it does not know with 403 and no body (server/routes.go)."""
    return answer.status == 403 and not answer.body and answer.failure is None


def _get(asking: Asking, path: str) -> Answer:
    left = asking.deadline - time.monotonic() if asking.deadline is not None else asking.read_s
    if left <= 0:
        return Answer(failure=failures.READ_TIMED_OUT)
    return send(
        Request("GET", asking.origin + path, {"Accept": "application/json"}),
        connect_s=min(asking.connect_s, left),
        read_s=min(asking.read_s, left),
        direct=True,
        environment=asking.environment,
    )


def _json(answer: Answer) -> dict[str, Any]:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _models(answer: Answer, listing: str, key: str) -> tuple[str, ...]:
    entries = _json(answer).get(listing)
    if answer.failure == failures.TOO_LARGE or not isinstance(entries, list):
        return ()
    return tuple(str(entry[key]) for entry in entries if isinstance(entry, dict) and key in entry)
