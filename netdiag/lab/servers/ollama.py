"""What Ollama 0.17 answers: its recording, and the rules measured on the real one by which it chooses."""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any, Final

from netdiag.lab.servers.http import Reply, Request
from netdiag.lab.servers.recording import Recording, json_object, not_allowed, recording, relisted, renamed

MODEL: Final = "qwen2.5:3b"
"""The model of the recording."""

_LISTS: Final = frozenset({"/api/tags", "/api/ps", "/v1/models"})
_ONE_MODEL: Final = "/v1/models/"
_EMBEDDINGS: Final = frozenset({"/api/embed", "/api/embeddings", "/v1/embeddings"})
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_LOCAL_ORIGIN: Final = re.compile(r"https?://(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?")
_CUT: Final = {"/api/embed": ("POST",), "/api/show": ("POST",)}  # routes whose success is not in the recording
_SUCCESS: Final = {
    ("/api/chat", False): "ollama_chat",
    ("/api/chat", True): "chat stream",
    ("/api/generate", False): "ollama_generate",
    ("/api/embeddings", False): "ollama_embeddings",
    ("/v1/chat/completions", False): "chat_ok",
    ("/v1/chat/completions", True): "chat_stream",
    ("/v1/embeddings", False): "embeddings",
}


def answer(request: Request, models: tuple[str, ...], *, on_loopback: bool) -> Reply:
    """Return what Ollama would say; ``on_loopback`` is whether it is bound to a loopback address."""
    rows = recording("ollama-0.17")
    if (on_loopback and not accepts_host(request.headers.get("host", ""))) or _foreign_origin(request.headers):
        return rows["origin foreign"].reply
    path = request.path
    if request.method == "GET" and path.startswith(_ONE_MODEL) and path != _ONE_MODEL:
        return _one_model(rows, path.removeprefix(_ONE_MODEL), models)
    methods = rows.methods(path) or _CUT.get(path)
    if not methods:
        return _elsewhere(rows, request)
    if request.method not in methods:
        return not_allowed(rows["get chat"].reply, methods)
    if request.method == "POST":
        return _post(rows, request, models)
    row = rows.first("GET", path) or rows["health"]  # HEAD has the same headers
    return relisted(row.reply, models, MODEL) if path in _LISTS else row.reply


def accepts_host(header: str) -> bool:
    """Whether an Ollama bound to loopback takes this ``Host`` header (facts measured on 0.17.4, unchanged in 0.32)."""
    bracketed = re.fullmatch(r"\[(.*)](?::\d+)?", header)
    host = bracketed[1] if bracketed else header.rpartition(":")[0] if header.count(":") == 1 else header
    try:
        address = ip_address(host)
    except ValueError:
        name = host.lower()
        own = ("", "localhost", socket.gethostname().lower())
        return name in own or name.endswith((".localhost", ".local", ".internal"))
    return address.is_loopback or address.is_unspecified or any(address in network for network in _PRIVATE)


def _foreign_origin(headers: Mapping[str, str]) -> bool:
    origin = headers.get("origin")
    return not (origin is None or _LOCAL_ORIGIN.fullmatch(origin) or origin == f"http://{headers.get('host')}")


def _one_model(rows: Recording, name: str, models: tuple[str, ...]) -> Reply:
    if _canonical(name) in map(_canonical, models):
        return renamed(rows["v1 model"].reply, MODEL, name)
    return _error(404, f"model '{name}' not found", v1=True)


def _elsewhere(rows: Recording, request: Request) -> Reply:
    # gin, Ollama's router, redirects to a route that differs in slashes only
    clean = re.sub("/+", "/", request.path).rstrip("/")
    if clean != request.path and rows.methods(clean):
        redirect = rows["double slash"].reply
        status = 301 if request.method == "GET" else 307
        return replace(redirect, status=status, headers={**redirect.headers, "location": clean})
    return rows["health"].reply


def _post(rows: Recording, request: Request, models: tuple[str, ...]) -> Reply:
    v1 = request.path.startswith("/v1/")
    if not request.body:
        return rows["chat no body"].reply
    settings = json_object(request.body)
    if settings is None:
        return rows["bad_json" if v1 else "chat bad json"].reply
    refusal = _refusal(request.path, settings, models)
    if refusal:
        return _error(*refusal, v1=v1)
    usual = _usual(request.path, settings)
    row = rows.alike(request.path, settings) or (rows[usual] if usual else None)
    if row is None:
        return Reply(501, {"content-type": "text/plain"}, b"the lab has no recorded answer to this")
    return renamed(row.reply, row.model, str(settings["model"]))


def _refusal(path: str, settings: Mapping[str, Any], models: tuple[str, ...]) -> tuple[int, str] | None:
    name = str(settings.get("model") or "")
    if not name or name != name.strip():
        return 400, "model is required"
    if _canonical(name) not in map(_canonical, models):
        missing = (
            f'model "{name}" not found, try pulling it first' if path in _EMBEDDINGS else f"model '{name}' not found"
        )
        return 404, missing
    if settings.get("tools"):
        return 400, f"registry.ollama.ai/library/{_canonical(name)} does not support tools"
    if settings.get("think"):
        return 400, f'"{name}" does not support thinking'
    return None


def _usual(path: str, settings: Mapping[str, Any]) -> str | None:
    streams = bool(settings.get("stream", path == "/api/chat"))  # Ollama's own API streams unless told not to
    return _SUCCESS.get((path, streams)) or _SUCCESS.get((path, False))


def _canonical(name: str) -> str:
    short = name.lower().removeprefix("library/")
    return short if ":" in short else f"{short}:latest"


def _error(status: int, message: str, *, v1: bool) -> Reply:
    if not v1:
        content = json.dumps({"error": message}, separators=(",", ":"), ensure_ascii=False)
        return Reply(status, {"content-type": "application/json; charset=utf-8"}, content.encode())
    error = {"error": {"message": message, "type": "api_error", "param": None, "code": None}}
    content = json.dumps(error, separators=(",", ":"), ensure_ascii=False) + "\n"
    return Reply(status, {"content-type": "application/json"}, content.encode())
