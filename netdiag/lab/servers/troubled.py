"""Servers that answer with a trouble: the status, headers and body that a provider or a server has for it, as data.

``troubles.json`` holds them by name, ``refusals.json`` those of gateways and of what providers say: where each body was
learnt (``source``), what the server is otherwise (``speaks``: ``openai``, ``ollama`` or ``none``), the models it lists,
and its ``replies``. The first reply that fits a request is given: its ``method`` (``*`` for any), its ``path`` where it
names one, or a path ``outside`` of one, a field that the request ``has``, whether it asks for ``over`` so many tokens,
whether it is ``streamed``, whether a ``key`` or a ``login`` (HTTP Basic) is absent, and whether the model is unknown
there. What fits none is answered as a server of its kind would.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from netdiag.lab.servers import ollama, openai_compatible
from netdiag.lab.servers.http import Reply, Request
from netdiag.lab.servers.recording import json_object

_DATA: Final = tuple(Path(__file__).with_name(name) for name in ("troubles.json", "refusals.json"))
_NOT_FOUND: Final = Reply(404, {"content-type": "application/json"}, b'{"detail":"Not Found"}')


@cache
def troubles() -> Mapping[str, Mapping[str, Any]]:
    """Return the troubles by name."""
    return {name: trouble for file in _DATA for name, trouble in json.loads(file.read_bytes()).items()}


def answer(request: Request, name: str) -> Reply:
    """Return what the server with this trouble says; pure. Raises :exc:`KeyError` for a trouble nobody has."""
    trouble = troubles()[name]
    models = tuple(trouble.get("models", ()))
    for reply in trouble["replies"]:
        if _fits(reply, request, models):
            body = reply["body"]
            content = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
            return Reply(reply["status"], reply["headers"], content)
    return _otherwise(request, trouble, models)


def _fits(reply: Mapping[str, Any], request: Request, models: tuple[str, ...]) -> bool:
    body = json_object(request.body) or {}
    return (
        reply["method"] in ("*", request.method)
        and reply.get("path", request.path) == request.path
        and not ("outside" in reply and request.path.startswith(reply["outside"]))
        and ("has" not in reply or reply["has"] in body)
        and ("over" not in reply or (body.get("max_tokens") or 0) > reply["over"])
        and ("streamed" not in reply or bool(body.get("stream")) == reply["streamed"])
        and ("key" not in reply or "authorization" not in request.headers)
        and ("login" not in reply or not request.headers.get("authorization", "").startswith("Basic "))
        and ("model_unknown" not in reply or body.get("model") not in models)
    )


def _otherwise(request: Request, trouble: Mapping[str, Any], models: tuple[str, ...]) -> Reply:
    if trouble["speaks"] == "openai":
        return openai_compatible.answer(request, openai_compatible.LLAMA_CPP_PYTHON, models)
    if trouble["speaks"] == "none":
        return _NOT_FOUND
    listing = {"models": [{"name": model, "model": model} for model in models]}
    told = {"/api/version": {"version": trouble["version"]}, "/api/tags": listing}
    if request.method == "GET" and request.path in told:
        return Reply(200, {"content-type": "application/json"}, json.dumps(told[request.path]).encode())
    return ollama.answer(request, models, on_loopback=False)
