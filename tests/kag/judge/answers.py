"""Answers that the recorded servers do not give, and others do, have or might: to see who takes them for good."""

import json
from typing import Any, Final

from kag.judge.manners import MANNERS
from kag.judge.server import Canned

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
    **{
        f"ollama chat with {name} {json.dumps(value)}": {**_OLLAMA, **_COUNTS, "message": _SAID, name: value}
        for name, values in {
            "done": ("true", "Yes", "maybe", 1, 2, 1.0, None, [], "", "t"),
            "eval_count": ("1", " 1 ", "1.0", "1.5", "", "1_000", True, 1.0, 1.5, [], {}, 2**70, -1, "-1", None),
            "created_at": (1, None, "yesterday"),
            "model": (1, None),
            "done_reason": (1, "stop"),
            "total_duration": ("1", "soon", 1.5),
            "error": ("", "no", None, {"message": "no"}),
            "logprobs": (1,),
        }.items()
        for value in values
    },
    **{
        f"ollama chat saying {name} {json.dumps(value)}": {**_OLLAMA, **_COUNTS, "message": {**_SAID, name: value}}
        for name, values in {
            "role": (None, 1, "", "tool"),
            "thinking": ("hm", 1, None),
            "images": ([], ["x"], [{"value": "x"}], "x", None),
            "tool_calls": (
                [],
                None,
                {},
                [{"function": {"name": "f", "arguments": {}}}],
                [{"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}],
                [{"function": {"name": "f", "arguments": "{}"}}],
                [{"function": {"name": "f"}}],
                [{"function": {"arguments": {}}}],
                [{}],
                ["f"],
            ),
        }.items()
        for value in values
    },
    "ollama chat of a list": {**_OLLAMA, **_COUNTS, "message": [["role", "assistant"]]},
    "ollama chat of text": {**_OLLAMA, **_COUNTS, "message": "hi"},
    "ollama chat of a thought": {**_OLLAMA, **_COUNTS, "message": {**_SAID, "content": "<think>hm</think>"}},
    "generated with an error": {**_OLLAMA, "response": "hi", "error": "no"},
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
    **{
        f"ollama vector of {json.dumps(value)}": {"embedding": [value, 0.1]}
        for value in ("0.5", " 1e3 ", "nan", "", True, None, 1, [1], {})
    },
    "ollama vector in text": {"embedding": "0.1"},
    "ollama vector in an object": {"embedding": {"0": 0.1}},
    "ollama vector with an error": {"embedding": [0.1], "error": "no"},
    "vector in an object": {"data": [{"embedding": {"0": 0.1}}]},
    "vector of a number": {"data": [{"embedding": 1}]},
    "vectors in an object": {"data": {"0": {"embedding": [0.1]}}},
    "vector under null": {"data": [None]},
    "vector with an error": {"data": [{"embedding": [0.1]}], "error": {"message": "no"}},
    "ollama vectors": {"embeddings": [[0.1, 0.2]]},
}
_RANKED: Final[dict[str, Any]] = {
    "ranked": {"results": [{"index": 0, "relevance_score": 0.5}]},
    "ranked by text": {"results": [{"index": "0"}]},
    "ranked, the second without index": {"results": [{"index": 0}, {"score": 1}]},
    "ranked, the second a text": {"results": [{"index": 0}, "x"]},
    "ranked, the second by text": {"results": [{"index": 0}, {"index": "1"}]},
    "ranked by true": {"results": [{"index": True}]},
    "ranked by a fraction": {"results": [{"index": 0.0}]},
    "ranked as text": {"results": "x"},
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
_HI: Final = _piece({"content": "hi"})
_HALVES: Final = (_HI[: _HI.index("choices") - 1], _HI[_HI.index("choices") - 1 :])
_FORMS: Final = {
    "data after its end": _events(_HI) + _events("no JSON"),
    "an error after its end": _events(_HI) + _events('{"error": {"message": "no"}}'),
    "an end with more": _events(_HI, end="data: [DONE] and more\n\n"),
    "an end without a blank line": _events(_HI, end="data: [DONE]\n"),
    "an end in capitals only": _events(_HI, end="data: done\n\n"),
    "no end and no blank line": f"data: {_HI}",
    "two lines of data": f"data: {_HALVES[0]}\ndata: {_HALVES[1]}\n\ndata: [DONE]\n\n",
    "two data in one event": f"data: {_HI}\ndata: {_HI}\n\n",
    "data without a blank": _events(_HI).replace("data: ", "data:"),
    "data with two blanks": _events(_HI).replace("data: ", "data:  "),
    "an empty event": "event:\n" + _events(_HI),
    "an event called error": "event: error\n" + _events('{"error": {"message": "no"}}'),
    "an event called error with choices": "event: error\n" + _events(_HI),
    "an event called ping": "event: ping\ndata: {}\n\n" + _events(_HI),
    "an event called response.created": "event: response.created\n" + _events(_HI),
    "an event called response.created without choices": "event: response.created\n" + _events("{}"),
    "an event called transcript.text": "event: transcript.text\n" + _events(_HI),
    "an event called done": _events(_HI, end="event: done\ndata: [DONE]\n\n"),
    "a name alone": "event: ping\n\n" + _events(_HI),
    "an id": "id: 1\n" + _events(_HI),
    "an id and two blank lines": "id: 1\n" + _events(_HI).replace("\n\n", "\n\n\n"),
    "an empty id": "id:\n\n" + _events(_HI),
    "a time to retry": "retry: 5\n\n" + _events(_HI),
    "no time to retry": "retry: soon\n\n" + _events(_HI),
    "another field": "more: x\n" + _events(_HI),
    "a mark before": "\ufeff" + _events(_HI),
    "comments only": ": hello\n\n",
    "CR": _events(_HI).replace("\n", "\r"),
    "CR, LF and both": f"data: {_HI}\r\rdata: {_HI}\n\n: x\r\ndata: [DONE]\r\n\r\n",
    "LF and CR": _events(_HI).replace("\n\n", "\n\r\n"),
    "line separators in it": _events(_piece({"content": "a\u2028b\x85c\x0bd"})),
    "line separators as they are": _events('{"choices": [{"delta": {"content": "a\u2028b\x85c"}}]}'),
    "lines with blanks": _events(_HI).replace("\n\n", "\n \n"),
    "lines of JSON": _HI + "\n" + _HI + "\n",
    "an array of JSON": f"[{_HI}]",
}
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
    **{f"stream of {name}": (_EVENTS, text) for name, text in _FORMS.items()},
    **{
        f"stream of {json.dumps(data)}": (_EVENTS, _events(json.dumps(data)))
        for data in (
            None, [], 1, "x", {"choices": []}, {"choices": {}}, {"choices": "x"}, {"choices": [None]}, {"choices": 1},
            {"choices": ["x"]}, {"choices": [[]]}, {"choices": [{"delta": []}]}, {"choices": [{"delta": "x"}]},
            {"choices": [{"delta": {"content": 1}}]}, {"choices": [{"delta": {"content": ["x"]}}]},
            {"choices": [{"delta": {"content": None, "reasoning_content": "hm"}}]}, {"choices": [{"delta": [["x"]]}]},
            {"choices": [{"delta": {"content": "x"}}], "error": None},
            {"choices": [{"delta": {"content": "x"}}], "error": {}},
            {"choices": [{"delta": {"content": "x"}}], "error": "no"},
            {"choices": [{"delta": {"content": "x"}}], "error": {"message": "no"}},
            {"choices": [{"delta": {"content": "x"}}], "usage": 1}, {"choices": 0}, {"choices": False},
        )
    },
    "stream said to be text": ("text/plain", _events(_piece({"content": "hi"}))),
    "lines": (_LINES, _lines({**_OLLAMA, "done": False, "message": _SAID}, {**_OLLAMA, **_COUNTS, "message": _SAID})),
    "lines with an error": (_LINES, _lines({**_OLLAMA, "message": _SAID}, {"error": "no"})),
    "lines of content null": (_LINES, _lines({**_OLLAMA, "message": {"role": "assistant", "content": None}})),
    "lines without message": (_LINES, _lines({**_OLLAMA})),
    "lines with a blank one": (_LINES, _lines({**_OLLAMA, "message": _SAID}) + "\n" + _lines({**_OLLAMA})),
    "lines with CRLF": (_LINES, _lines({**_OLLAMA, "message": _SAID}).replace("\n", "\r\n")),
    "lines without an end": (_LINES, _lines({**_OLLAMA, "message": _SAID})[:-1]),
    "lines cut short": (_LINES, _lines({**_OLLAMA, "message": _SAID})[:-9]),
    "lines with error null": (_LINES, _lines({**_OLLAMA, "message": _SAID, "error": None})),
    "lines with error empty": (_LINES, _lines({**_OLLAMA, "message": _SAID, "error": ""})),
    "lines with a separator": (_LINES, _lines({**_OLLAMA, "message": _SAID})[:-2] + ',\u2028"a":1}\n'),
    "lines with a mark": (_LINES, "\ufeff" + _lines({**_OLLAMA, "message": _SAID})),
    "lines of lists": (_LINES, _lines([])),
    "lines of content null and counts": (
        _LINES,
        _lines({**_OLLAMA, **_COUNTS, "message": {"role": "a", "content": None}}),
    ),
    "lines that think": (_LINES, _lines({**_OLLAMA, "message": {"role": "a", "content": "", "thinking": "hm"}})),
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


def _canned(answers: dict[str, tuple[int, str, str]]) -> dict[str, tuple[Canned, ...]]:
    return {
        name: (Canned(status, {"content-type": kind}, body.encode()),) for name, (status, kind, body) in answers.items()
    }


ANSWERS: Final[dict[str, dict[str, tuple[Canned, ...]]]] = {
    "chat": {**_canned({**_as_json(_CHAT, _OLLAMA_CHAT), **_STREAMED, **_EVERYWHERE}), **MANNERS["chat"]},
    "embedding": {**_canned({**_as_json(_VECTORS), **_EVERYWHERE}), **MANNERS["embedding"]},
    "rerank": {**_canned({**_as_json(_RANKED), **_EVERYWHERE}), **MANNERS["rerank"]},
}
"""By the kind of node that asks, and by name: the answers to its requests, one after another."""
