"""How KAG judges what came back: the failure word, or ``None`` when its own check would pass."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from netdiag import failures
from netdiag.kag import refusals
from netdiag.kag.calls import Call, Reads
from netdiag.model.attempt import Answer

ABOUT_PATHS: Final = frozenset({failures.PATH_NOT_FOUND, failures.WEB_PAGE})
"""What a wrong path ends in: a server has no such path, or shows its web page for every path it does not know."""


def judge(call: Call, answer: Answer) -> tuple[str | None, str]:
    """Return the failure word, or ``None``, and the server's own words about it (not yet made printable)."""
    if answer.failure:
        # h11 repeats the header that it refuses, with escapes: no mask for the key would fit
        return answer.failure, "" if answer.failure == failures.KEY_UNSENDABLE else answer.detail
    status = answer.status or 0
    if status >= 400 and call.reads != "unchecked_chat":
        return _refused(call, status, answer)
    if _readable(call, answer):
        return None, ""
    if status >= 400:
        return _refused(call, status, answer)
    return _unreadable(call, status, answer)


def seen(call: Call, answer: Answer) -> Mapping[str, str]:
    """Return what else the answer tells of its failure, by name (see :func:`netdiag.kag.refusals.noted`)."""
    failure, message = judge(call, answer)
    return refusals.noted(call, failure, message, answer.headers) if failure and not answer.failure else {}


def _refused(call: Call, status: int, answer: Answer) -> tuple[str, str]:
    message = _message(answer)
    said = refusals.meaning(call, status, f"{message} {_codes(answer)}")
    return said or (failures.SERVER_ERROR if status >= 500 else failures.REQUEST_REFUSED), message


def _unreadable(call: Call, status: int, answer: Answer) -> tuple[str, str]:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if _json(answer.body) is None:
        is_page = kind == "text/html" or answer.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
        word = failures.WEB_PAGE if is_page else failures.NOT_A_MODEL_SERVICE
        return word, f"{kind or 'no content type'}: {_text(answer.body)}"
    message = _message(answer)
    return refusals.meaning(call, status, message) or failures.UNEXPECTED_ANSWER, message


def _readable(call: Call, answer: Answer) -> bool:
    if call.reads == "openai_chat" and call.body["stream"]:
        # 0.6 reads a stream as if it were one answer: 'Stream' object has no attribute 'choices'
        return call.version not in ("0.5", "0.6") and _streamed(answer.body)
    if call.reads == "ollama_chat" and call.body["stream"]:
        # 0.8 collects the pieces with list.append(a, b), which always raises (ollama_client.py:146)
        return call.version != "0.8" and all(
            _dig(_json(line), "message", "content") is not None for line in _lines(answer)
        )
    return _READERS[call.reads](_json(answer.body), call)


def _lines(answer: Answer) -> list[bytes]:
    return [line for line in answer.body.splitlines() if line.strip()] or [b""]


def _streamed(body: bytes) -> bool:
    """Server-sent events: every ``data:`` line is an object with ``choices`` until ``[DONE]``."""
    events = [line[5:].strip() for line in body.splitlines() if line.startswith(b"data:")]
    pieces = [_json(event) for event in events if event != b"[DONE]"]
    return bool(pieces) and all(isinstance(piece, dict) and "choices" in piece for piece in pieces)


def _chat(body: Any, _: Call) -> bool:
    message = _dig(body, "choices", 0, "message")
    return isinstance(message, dict) and "content" in message


def _ollama_chat(body: Any, call: Call) -> bool:
    counted = call.version != "0.8" or ("eval_count" in body and "prompt_eval_count" in body) if body else False
    return isinstance(_dig(body, "message", "content"), str) and counted


def _generate(body: Any, _: Call) -> bool:
    return isinstance(_dig(body, "response"), str)


def _embedding(body: Any, _: Call) -> bool:
    return bool(_dig(body, "data", 0, "embedding"))


def _ollama_embedding(body: Any, _: Call) -> bool:
    return bool(_dig(body, "embedding"))


def _rerank(body: Any, _: Call) -> bool:
    return isinstance(_dig(body, "results", 0, "index"), int)


_READERS: Final[Mapping[Reads, Callable[[Any, Call], bool]]] = {
    "openai_chat": _chat,
    "unchecked_chat": _chat,
    "generate": _generate,
    "ollama_chat": _ollama_chat,
    "embedding": _embedding,
    "ollama_embedding": _ollama_embedding,
    "rerank": _rerank,
}


def _dig(value: Any, *path: Any) -> Any:
    """Return what lies at ``path`` inside parsed JSON, or ``None``."""
    try:
        for step in path:
            value = value[step] if isinstance(value, dict | list) else None
    except (KeyError, IndexError, TypeError):
        return None
    return value


def _message(answer: Answer) -> str:
    """Return what the server says of its refusal; servers agree on no single place for it."""
    body = _json(answer.body)
    for path in (("error", "message"), ("error",), ("detail",), ("message",)):
        found = _dig(body, *path)
        if isinstance(found, str):
            return found
    return _text(answer.body)


def _codes(answer: Answer) -> str:
    """Return the refusal's own code and type, which several servers fill with more than the message says."""
    body = _json(answer.body)
    found = (_dig(body, *path) for path in (("error", "code"), ("error", "type"), ("code",), ("type",)))
    return " ".join(code for code in found if isinstance(code, str))


def _text(body: bytes) -> str:
    return body[:2000].decode("utf-8", "replace")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
