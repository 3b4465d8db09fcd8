"""Answers that the recorded servers do not give, and others do, have or might: to see who takes them for good."""

import json
from typing import Any, Final

_USAGE: Final = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _choice(message: Any, **more: Any) -> dict[str, Any]:
    return {"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": message}], **more}


def _events(*events: str, end: str = "data: [DONE]\n\n") -> str:
    return "".join(f"data: {event}\n\n" for event in events) + end


def _piece(delta: Any, **more: Any) -> str:
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}], **more})


def _lines(*lines: Any) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


_SAID: Final = {"role": "assistant", "content": "hi"}
_COUNTS: Final = {"eval_count": 1, "prompt_eval_count": 1}
_OLLAMA: Final = {"model": "m", "created_at": "2025-01-01T00:00:00Z", "done": True}

_CHAT: Final[dict[str, Any]] = {
    "chat": _choice(_SAID, usage=_USAGE),
    "chat without usage": _choice(_SAID),
    "chat with nothing else": {"choices": [{"message": {"content": "hi"}}]},
    "chat of null": _choice({"role": "assistant", "content": None}),
    "chat of an empty string": _choice({"role": "assistant", "content": ""}),
    "chat of a number": _choice({"role": "assistant", "content": 1}),
    "chat of parts": _choice({"role": "assistant", "content": [{"type": "text", "text": "hi"}]}),
    "chat without content": _choice({"role": "assistant"}),
    "chat with reasoning only": _choice({"role": "assistant", "content": None, "reasoning_content": "hm"}),
    "chat without message": {"choices": [{"index": 0}]},
    "chat of message null": _choice(None),
    "chat of a string": {"choices": ["hi"]},
    "chat of a text completion": {"choices": [{"text": "hi"}]},
    "no choices": {"choices": []},
    "choices null": {"choices": None},
    "choices an object": {"choices": {"0": {"message": _SAID}}},
    "a piece of a stream": json.loads(_piece({"content": "hi"})),
}
_OTHER: Final[dict[str, Any]] = {
    "error in 200": {"error": {"message": "no", "code": 500}},
    "message in 200": {"object": "error", "message": "no", "code": 40301},
    "empty object": {},
    "empty list": [],
    "list of a chat": [_choice(_SAID)],
    "a string": "hi",
    "null": None,
    "a number": 1,
}
_OLLAMA_CHAT: Final[dict[str, Any]] = {
    "ollama chat": {**_OLLAMA, **_COUNTS, "message": _SAID},
    "ollama chat without counts": {**_OLLAMA, "message": _SAID},
    "ollama chat with one count": {**_OLLAMA, "eval_count": 1, "message": _SAID},
    "ollama chat with counts of null": {**_OLLAMA, "eval_count": None, "prompt_eval_count": None, "message": _SAID},
    "ollama chat of null": {**_OLLAMA, **_COUNTS, "message": {"role": "assistant", "content": None}},
    "ollama chat of an empty string": {**_OLLAMA, **_COUNTS, "message": {"role": "assistant", "content": ""}},
    "ollama chat without content": {**_OLLAMA, **_COUNTS, "message": {"role": "assistant"}},
    "ollama chat without role": {**_OLLAMA, **_COUNTS, "message": {"content": "hi"}},
    "ollama chat with nothing else": {**_COUNTS, "message": _SAID},
    "ollama chat of a number": {**_OLLAMA, **_COUNTS, "message": {"role": "assistant", "content": 1}},
    "ollama chat with counts of text": {**_OLLAMA, "eval_count": "x", "prompt_eval_count": "y", "message": _SAID},
    "generated": {**_OLLAMA, "response": "hi"},
    "generated null": {**_OLLAMA, "response": None},
    "generated an empty string": {**_OLLAMA, "response": ""},
    "generated a number": {**_OLLAMA, "response": 1},
    "ollama's error in 200": {"error": "no"},
}
_VECTORS: Final[dict[str, Any]] = {
    "vector": {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}], "model": "m"},
    "vector in base64": {"data": [{"embedding": "zczMPc3MTD4="}]},
    "vector in no base64": {"data": [{"embedding": "***"}]},
    "vector in base64 cut short": {"data": [{"embedding": "zczMPc3M"}]},
    "empty vector": {"data": [{"embedding": []}]},
    "empty vector in base64": {"data": [{"embedding": ""}]},
    "vector null": {"data": [{"embedding": None}]},
    "vector of words": {"data": [{"embedding": ["a"]}]},
    "vector missing": {"data": [{"index": 0}]},
    "two vectors": {"data": [{"embedding": [0.1]}, {"embedding": [0.2]}]},
    "no vectors": {"data": []},
    "vectors null": {"data": None},
    "ollama vector": {"embedding": [0.1, 0.2]},
    "ollama empty vector": {"embedding": []},
    "ollama vector null": {"embedding": None},
    "ollama vector of words": {"embedding": ["a"]},
    "ollama vectors": {"embeddings": [[0.1, 0.2]]},
}
_RANKED: Final[dict[str, Any]] = {
    "ranked": {"results": [{"index": 0, "relevance_score": 0.5}]},
    "ranked by text": {"results": [{"index": "0"}]},
    "ranked by null": {"results": [{"index": None}]},
    "ranked without index": {"results": [{"score": 1}]},
    "ranked nothing": {"results": []},
    "ranked null": {"results": None},
    "ranked an object": {"results": {}},
    "ranked under data": {"data": [{"index": 0}]},
    "ranked in output": {"output": {"results": [{"index": 0}]}},
}

_EVENTS: Final = "text/event-stream"
_LINES: Final = "application/x-ndjson"
_STREAMS: Final[dict[str, tuple[str, str]]] = {
    "stream": (_EVENTS, _events(_piece({"content": "hi"}), _piece({}))),
    "stream without end": (_EVENTS, _events(_piece({"content": "hi"}), end="")),
    "stream of nothing": (_EVENTS, _events()),
    "stream of usage only": (_EVENTS, _events('{"choices": [], "usage": {"total_tokens": 1}}')),
    "stream with an error": (_EVENTS, _events(_piece({"content": "h"}), '{"error": {"message": "no"}}')),
    "stream of an error": (_EVENTS, _events('{"error": {"message": "no"}}')),
    "stream without choices": (_EVENTS, _events('{"a": 1}')),
    "stream of choices null": (_EVENTS, _events('{"choices": null}')),
    "stream without delta": (_EVENTS, _events('{"choices": [{"index": 0}]}')),
    "stream of delta null": (_EVENTS, _events('{"choices": [{"delta": null}]}')),
    "stream of messages": (_EVENTS, _events(json.dumps(_choice(_SAID)))),
    "stream cut short": (_EVENTS, 'data: {"choices": [{"del'),
    "stream of no JSON": (_EVENTS, _events("hi")),
    "stream with comments": (_EVENTS, ": hello\n\n" + _events(_piece({"content": "hi"}))),
    "stream named": (_EVENTS, "event: message\n" + _events(_piece({"content": "hi"}))),
    "stream in one line each": (_EVENTS, _events(_piece({"content": "hi"})).replace("\n\n", "\n")),
    "stream with CRLF": (_EVENTS, _events(_piece({"content": "hi"})).replace("\n", "\r\n")),
    "stream said to be text": ("text/plain", _events(_piece({"content": "hi"}))),
    "lines": (_LINES, _lines({**_OLLAMA, "done": False, "message": _SAID}, {**_OLLAMA, **_COUNTS, "message": _SAID})),
    "lines with an error": (_LINES, _lines({**_OLLAMA, "message": _SAID}, {"error": "no"})),
    "lines of content null": (_LINES, _lines({**_OLLAMA, "message": {"role": "assistant", "content": None}})),
    "lines without message": (_LINES, _lines({**_OLLAMA})),
}  # fmt: skip
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "page": ("text/html", "<!doctype html><html><body>It works</body></html>"),
    "page said to be JSON": ("application/json", "<html></html>"),
    "words": ("text/plain", "ok"),
    "empty": ("text/plain", ""),
    "empty JSON": ("application/json", ""),
    "blank": ("application/json", " \n"),
    "JSON cut short": ("application/json", '{"choices": [{"message": {"content": "h'),
    "JSON and more": ("application/json", json.dumps(_choice(_SAID)) + "\nmore"),
    "chat said to be text": ("text/plain", json.dumps(_choice(_SAID))),
    "chat said to be a page": ("text/html", json.dumps(_choice(_SAID))),
    "chat of no type said": ("", json.dumps(_choice(_SAID))),
    "chat with a type's parameter": ("application/json; charset=utf-8", json.dumps(_choice(_SAID))),
    "chat of another JSON type": ("application/problem+json", json.dumps(_choice(_SAID))),
    "chat with a byte order mark": ("application/json", "\ufeff" + json.dumps(_choice(_SAID))),
    "chat with NaN": ("application/json", json.dumps(_choice(_SAID, logprob=float("nan")))),
    "vector said to be text": ("text/plain", json.dumps(_VECTORS["vector"])),
    "vector said to be a page": ("text/html", json.dumps(_VECTORS["vector"])),
}
_STATUSES: Final = (201, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 422, 429, 500, 502, 503, 504, 508)

_GOOD: Final = json.dumps(_CHAT["chat"])
_ERROR: Final = json.dumps({"error": {"message": "no"}})


def _as_json(*groups: dict[str, Any]) -> dict[str, tuple[int, str, str]]:
    return {name: (200, "application/json", json.dumps(value)) for group in groups for name, value in group.items()}


_EVERYWHERE: Final = {
    **_as_json(_OTHER),
    **{name: (200, *said) for name, said in _TEXTS.items()},
    **{f"{status}": (status, "application/json", _ERROR) for status in _STATUSES},
    **{f"{status} and a chat": (status, "application/json", _GOOD) for status in (201, 404, 500)},
    "204": (204, "application/json", ""),
}
_STREAMED: Final = {name: (200, *said) for name, said in _STREAMS.items()}

ANSWERS: Final[dict[str, dict[str, tuple[int, str, str]]]] = {
    "chat": {**_as_json(_CHAT, _OLLAMA_CHAT), **_STREAMED, **_EVERYWHERE},
    "embedding": {**_as_json(_VECTORS), **_EVERYWHERE},
    "rerank": {**_as_json(_RANKED), **_EVERYWHERE},
}
"""By the kind of node that asks, and by name: status, content type and body."""
