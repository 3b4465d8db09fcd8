"""What vLLM 0.32 and llama-cpp-python's server answer, chosen from their recordings."""

from dataclasses import dataclass
from typing import Final

from netdiag.lab.servers.http import Reply, Request
from netdiag.lab.servers.recording import Recording, json_object, not_allowed, recording, relisted, renamed

KEY: Final = "sk-lab-invented-key"
"""The key that ``vllm-with-key`` wants; no service anywhere knows it."""

_CHAT: Final = "/v1/chat/completions"


@dataclass(frozen=True)
class Kind:
    """In what these servers differ: ``window`` is the context in tokens, ``picky`` refuses unknown models.

    The recorded vLLM has a window of 256 tokens, so it refuses the ``max_tokens`` of 8192 that KAG 0.8 always sends.
    """

    recording: str
    model: str
    window: int | None = None
    picky: bool = False
    key: str | None = None


VLLM: Final = Kind("vllm-0.32", "qwen25-7B-chat", window=256, picky=True)
VLLM_WITH_KEY: Final = Kind("vllm-0.32-with-api-key", "qwen25-7B-chat", window=256, picky=True, key=KEY)
LLAMA_CPP_PYTHON: Final = Kind("llama-cpp-python-server", "tiny")


def answer(request: Request, kind: Kind, models: tuple[str, ...]) -> Reply:
    """Return what the server would say; pure."""
    rows = recording(kind.recording)
    guarded = kind.key is not None and request.path.startswith("/v1")
    if guarded and request.headers.get("authorization") != f"Bearer {kind.key}":
        return rows["bad_key"].reply
    if request.method == "POST" and request.path == _CHAT:
        return _chat(request, kind, rows, models)
    methods = rows.methods(request.path)
    if methods and request.method not in methods:
        return not_allowed(rows["get_on_chat"].reply, methods)
    row = rows.first(request.method, request.path) or rows["root"]
    return relisted(row.reply, models, kind.model) if row.name == "models" else row.reply


def _chat(request: Request, kind: Kind, rows: Recording, models: tuple[str, ...]) -> Reply:
    settings = json_object(request.body)
    if settings is None:
        return rows["bad_json"].reply
    name = str(settings.get("model", ""))
    if kind.picky and name not in models:
        missing = rows["chat_wrong_model"]
        return renamed(renamed(missing.reply, kind.model, ", ".join(models)), missing.model, name)
    tokens = settings.get("max_tokens")
    if kind.window is not None and isinstance(tokens, int) and tokens > kind.window:
        return renamed(rows["chat_kag08"].reply, "8192", str(tokens))
    row = rows.alike(_CHAT, settings) or rows["chat_stream" if settings.get("stream") else "chat_ok"]
    return renamed(row.reply, row.model, name)
