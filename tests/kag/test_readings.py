"""What KAG's clients read out of a body, case by case; the judge holds the same rules to KAG itself."""

import json

import pytest

from netdiag import kag
from netdiag.kag import events, ollama_types
from netdiag.kag.bodies import json_of
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

HI = '{"choices": [{"delta": {"content": "hi"}}]}'
CHAT = '{"choices": [{"message": {"content": "h\u00e9"}}]}'


def call(version="0.8", type_="maas", kind="chat", **settings) -> kag.Call:
    """Return KAG's call."""
    made = kag.call(version, Endpoint("f", 1, "n", kind, type_, "m", "", Secret("k"), settings=settings), "http://h")
    assert isinstance(made, kag.Call)
    return made


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"data: a\n\ndata: b\n\n", [("", "a"), ("", "b")]),
        (b"data: a\ndata:b\ndata:  c\n\n", [("", "a\nb\n c")]),
        (b"data: a\n\ndata: [DONE]\n\ndata: b\n\n", [("", "a")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [("", "a"), ("", "b"), ("", "c")]),
        (b"event: error\ndata: a\n\nevent:\ndata: b\n\n", [("error", "a"), ("", "b")]),
        (b"data: a\n\ndata: b\n", [("", "a")]),
        (b": hello\n\nmore: x\n\n", []),
        (b"\xef\xbb\xbfdata: a\n\n", []),
        (b"id: 1\ndata: a\n\n\n", [("", "a"), ("", "")]),
        (b"retry: 5\n\nretry: x\n\n", [("", "")]),
        ("data: a\u2028b\n\n".encode(), [("", "a\u2028b")]),
    ],
)
def test_events(body, found):
    """Lines end at CR, LF and CRLF only, an event at a blank line, and the stream at ``[DONE]``."""
    assert [tuple(event) for event in events.decoded(body)] == found


@pytest.mark.parametrize(
    ("body", "failure", "content"),
    [
        (f"data: {HI}\n\ndata: [DONE]\n\n", None, "hi"),
        (f"data: {HI}\n\ndata: [DONE]\n\ndata: no JSON\n\n", None, "hi"),
        (f'data: {HI[:-1]}, "error": null}}\n\n', None, "hi"),
        (f'data: {HI[:-1]}, "error": "no"}}\n\n', "not_a_model_service", None),
        (f"event: error\ndata: {HI}\n\n", None, None),
        ('event: error\ndata: {"error": {"message": "no"}}\n\n', "not_a_model_service", None),
        (f"event: ping\ndata: {{}}\n\ndata: {HI}\n\n", None, "hi"),
        ('data: {"choices": [{"index": 0}]}\n\n', None, None),
        ("data: {}\n\n", None, None),
        ("data: null\n\n", "not_a_model_service", None),
        (f"event: response.x\ndata: {HI}\n\n", None, "hi"),
        ('data: {"choices": []}\n\n', None, None),
        ('data: {"choices": [{"delta": {"content": 1}}]}\n\n', "not_a_model_service", None),
        ("data: [DONE]\n\n", None, None),
        ("<html></html>", "web_page", None),
    ],
)
def test_streams_of_the_openai_sdk(body, failure, content):
    """KAG reads the text of events with ``choices`` and without a name, skips others, and fails at errors."""
    asked, answer = call(stream=True), Answer(200, {"content-type": "text/event-stream"}, body.encode())
    assert kag.judge(asked, answer)[0] == failure
    if failure is None:
        assert kag.said(asked, answer).content == content


@pytest.mark.parametrize(
    ("more", "message", "taken"),
    [
        ({}, {}, True),
        ({"eval_count": "1", "done": "yes", "total_duration": 2.0}, {}, True),
        ({"eval_count": "1.5"}, {}, False),
        ({"eval_count": "many"}, {}, False),
        ({"done": "perhaps"}, {}, False),
        ({"created_at": 1}, {}, False),
        ({"error": "no"}, {}, True),
        ({}, {"role": None}, False),
        ({}, {"content": None}, True),
        ({}, {"content": ["hi"]}, False),
        ({}, {"tool_calls": [{"function": {"name": "f", "arguments": {}}}]}, True),
        ({}, {"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}, False),
        ({}, {"images": ["x"]}, False),
    ],
)
def test_ollamas_types(more, message, taken):
    """Numbers and flags may be written as text, texts not as numbers; arguments of a tool are no text."""
    body = {"message": {"role": "assistant", "content": "hi", **message}, **more}
    assert ollama_types.is_chat("0.7", body) == taken


def test_what_a_model_thinks_is_known_to_the_newer_sdk_only():
    """ollama 0.5 checks the field, 0.4 does not look at it."""
    body = {"message": {"role": "assistant", "thinking": 1}}
    assert (ollama_types.is_chat("0.7", body), ollama_types.is_chat("0.8", body)) == (True, False)


@pytest.mark.parametrize(
    ("vector", "taken"), [([0.1, 1, "0.5", True], True), (["a"], False), ([None], False), ("0.1", False), (None, False)]
)
def test_ollamas_vectors(vector, taken):
    """Numbers, also as text."""
    assert ollama_types.is_embedding({"embedding": vector}) == taken


@pytest.mark.parametrize(
    ("content_type", "body", "by_httpx", "by_requests"),
    [
        ("application/json", CHAT.encode(), True, True),
        ("application/json", CHAT.encode("utf-8-sig"), True, False),
        ("application/json", CHAT.encode("utf-16"), True, False),
        ("application/json; charset=utf-16", CHAT.encode("utf-16"), True, True),
        ("application/json; charset=utf-8-sig", CHAT.encode("utf-8-sig"), True, True),
        ("application/json; charset=no-such", CHAT.encode(), True, True),
        ("text/plain", CHAT.encode("utf-16-le"), True, False),
        ("", CHAT.encode("utf-8-sig"), True, True),
        ("", CHAT.encode("utf-32-be"), True, True),
        ("", CHAT.encode("latin-1"), False, True),
        ("application/json", CHAT.encode("latin-1"), False, True),
        ("application/json", b"[" * 100_000, False, False),
    ],
)
def test_encodings(content_type, body, by_httpx, by_requests):
    """httpx looks at the bytes, requests at the header first."""
    answer = Answer(200, {"content-type": content_type} if content_type else {}, body)
    read = [json_of(each, answer) is not None for each in (call(), call("0.6", "vllm"))]
    assert read == [by_httpx, by_requests]


@pytest.mark.parametrize(
    ("made", "status", "body", "failure"),
    [
        (call(), 302, CHAT, "unexpected_answer"),
        (call(), 304, "", "unexpected_answer"),
        (call(), 299, CHAT, None),
        (call(), 200, CHAT[:-1] + ', "error": null}', None),
        (call(), 200, CHAT[:-1] + ', "error": {"message": "no"}}', None),
        (call("0.6", "vllm"), 500, CHAT, None),
        (call(kind="rerank"), 500, json.dumps({"results": [{"index": 0}]}), None),
        (call(kind="rerank"), 200, json.dumps({"results": [{"index": 0}, {}]}), "unexpected_answer"),
    ],
)
def test_which_status_and_which_error_count(made, status, body, failure):
    """The SDKs take 2xx and look at no error beside an answer; requests looks at no status."""
    assert kag.judge(made, Answer(status, {"content-type": "application/json"}, body.encode()))[0] == failure
