"""Manners of answering: one after another, redirected, late, large, encoded, cut off.

The bodies please every client, so that only the manner decides.
"""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from kag.judge.server import Canned

Answers = tuple[Canned, ...]

_SAID: Final = {"role": "assistant", "content": "h\u00e9 \u4f60"}
GOOD: Final[dict[str, dict[str, Any]]] = {
    "chat": {
        "choices": [{"index": 0, "message": _SAID, "delta": _SAID}],
        "message": _SAID,
        "response": "hi",
        "eval_count": 1,
        "prompt_eval_count": 1,
    },
    "embedding": {"data": [{"index": 0, "embedding": [0.1, 0.2]}], "embedding": [0.1, 0.2]},
    "rerank": {"results": [{"index": 0, "relevance_score": 0.5}]},
}
"""By kind, what is good for all clients that do not stream."""

_JSON: Final = {"content-type": "application/json"}
_LATE: Final = 0.7
_TOO_SHORT: Final = 0.3
SETTINGS_FOR: Final[Mapping[str, dict[str, tuple[str, Any]]]] = {
    name: {"timeout": (str(seconds), seconds)}
    for seconds, names in {
        _TOO_SHORT: ("late", "late, then good", "begun and late", "in pieces"),
        20: ("late, within its timeout",),
    }.items()
    for name in (*names, *(f"{name}, as a stream" for name in names))
}
"""The settings that go with a manner."""

_RETRIED: Final = (408, 409, 429, 500, 502, 503, 504, 529)
_FINAL: Final = (400, 401, 404, 422)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_PLACES: Final = {
    "a path": "/there",
    "a relative path": "there?a=b",
    "the same origin": "http://127.0.0.1:{canned}/there#x",
    "no scheme": "//127.0.0.1:{canned}/there",
    "another origin": "http://127.0.0.1:{elsewhere}/there",
    "another host": "http://localhost:{canned}/there",
    "a login": "http://user:word@127.0.0.1:{elsewhere}/there",
}


def _error(status: int, **headers: str) -> Canned:
    body = json.dumps({"error": {"message": "no"}}).encode()
    if status == 529:
        return Canned(raw=(b"HTTP/1.1 529 Overloaded\r\ncontent-length: %d\r\n\r\n" % len(body) + body,), after="close")
    return Canned(status, {**_JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)


def _good(kind: str, **more: Any) -> Canned:
    return Canned(200, _JSON, json.dumps(GOOD[kind]).encode(), **more)


_STREAM: Final = Canned(
    200,
    {"content-type": "text/event-stream"},
    b"data: %b\n\ndata: [DONE]\n\n" % json.dumps({"choices": [{"delta": _SAID}]}).encode(),
)


def _sequences(good: Canned) -> Iterator[tuple[str, Answers]]:
    closed, reset = Canned(after="close"), Canned(after="reset")
    for status in (*_RETRIED, *_FINAL):
        yield f"{status}, then good", (_error(status), good)
    for status in (429, 500):
        yield f"{status} twice, then good", (_error(status), _error(status), good)
        yield f"{status} three times, then good", (*(_error(status),) * 3, good)
    yield "closed, then good", (closed, good)
    yield "reset, then good", (reset, good)
    yield "closed twice, then good", (closed, closed, good)
    yield "closed", (closed,)
    yield "reset", (reset,)
    yield "500, then 404", (_error(500), _error(404), good)
    yield "500, then no JSON", (_error(500), Canned(200, _JSON, b"<html>"), good)
    yield "no JSON, then good", (Canned(200, _JSON, b"<html>"), good)
    yield "empty, then good", (Canned(200, _JSON, b"{}"), good)
    yield "no HTTP, then good", (Canned(raw=(b"SSH-2.0-OpenSSH_9.2\r\n\r\n",), after="close"), good)
    for asked in ("0.01", "0", "-1", "61", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"):
        yield f"429 with Retry-After {asked}, then good", (_error(429, retry_after=asked), good)
    yield "429 with milliseconds, then good", (_error(429, retry_after_ms="5"), good)
    for wanted in ("true", "false", "maybe"):
        for status in (400, 500):
            yield f"{status} with x-should-retry {wanted}", (_error(status, x_should_retry=wanted), good)


def _redirected(good: Canned) -> Iterator[tuple[str, Answers]]:
    for status in _REDIRECTS:
        for place, location in _PLACES.items():
            yield f"{status} to {place}", (Canned(status, {"location": location}), good)
        yield f"{status} without Location", (Canned(status, _JSON, good.body),)
        yield f"{status} to nothing", (Canned(status, {"location": "", **_JSON}, good.body), good)
    for status in (300, 304, 305):
        yield f"{status}", (Canned(status, {"location": "/there", **_JSON}, b"" if status == 304 else good.body), good)
    yield "302 to text beyond UTF-8", (Canned(302, {"location": "/th\u00e9re"}), good)
    yield "307 to UTF-8", (Canned(307, {"location": "/th\u00e9re".encode().decode("latin-1")}), good)
    yield "302 to no URL", (Canned(302, {"location": "http://[::1/"}), good)
    yield "302 to another scheme", (Canned(302, {"location": "ftp://127.0.0.1:{canned}/"}), good)
    yield "302 to nobody", (Canned(302, {"location": "http://127.0.0.1:9/"}), good)
    yield "302 to no host", (Canned(302, {"location": "http:///there"}), good)
    yield "307 to blanks", (Canned(307, {"location": "/the re"}), good)
    yield "307 beyond ASCII", (Canned(307, {"location": "/th\u00e9re"}), good)
    yield "a loop", (Canned(302, {"location": "/there"}),)
    yield (
        "307 twice",
        (
            Canned(307, {"location": "http://127.0.0.1:{elsewhere}/a"}),
            Canned(307, {"location": "http://127.0.0.1:{canned}/b"}),
            good,
        ),
    )
    yield "307, then 302", (Canned(307, {"location": "/a"}), Canned(302, {"location": "/b"}), good)
    yield "302, then 307", (Canned(302, {"location": "/a"}), Canned(307, {"location": "/b"}), good)
    yield "307, then 500, then good", (Canned(307, {"location": "/a"}), _error(500), good)
    yield "307 with a cookie", (Canned(307, {"location": "/a", "set-cookie": "a=b"}), good)
    yield "redirected nineteen times", (*(Canned(307, {"location": "/a"}),) * 19, good)
    yield "redirected twenty-five times", (*(Canned(307, {"location": "/a"}),) * 25, good)


def _late(good: Canned) -> Iterator[tuple[str, Answers]]:
    slow = replace(good, delay_s=_LATE)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(good.body)
    yield "late", (slow,)
    yield "late, then good", (slow, good)
    yield "late, within its timeout", (slow,)
    yield "begun and late", (Canned(raw=(head, *(b"",) * 10, good.body), after="close"),)
    thirds = (good.body[:10], good.body[10:20], good.body[20:])
    yield "in pieces", (Canned(raw=(head, *thirds), after="close"),)


def _cut_off(good: Canned) -> Iterator[tuple[str, Answers]]:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    size, body = len(good.body), good.body
    forms = {
        "shorter than announced": head + b"content-length: %d\r\n\r\n" % (size + 9) + body,
        "much shorter than announced": head + b"content-length: %d\r\n\r\n" % (size + 9) + body[:9],
        "longer than announced": head + b"content-length: %d\r\n\r\n" % size + body + b"more",
        "of no length": head + b"\r\n" + body,
        "in chunks": head + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % size + body + b"\r\n0\r\n\r\n",
        "in chunks without end": head + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % size + body + b"\r\n",
        "in chunks of no size": head + b"transfer-encoding: chunked\r\n\r\nzz\r\n" + body + b"\r\n0\r\n\r\n",
        "after 100": b"HTTP/1.1 100 Continue\r\n\r\n" + head + b"content-length: %d\r\n\r\n" % size + body,
        "after 102": b"HTTP/1.1 102 Processing\r\n\r\n" + head + b"content-length: %d\r\n\r\n" % size + body,
        "in HTTP/1.0": head.replace(b"1.1", b"1.0") + b"\r\n" + body,
    }
    for name, raw in forms.items():
        yield name, (Canned(raw=(raw,), after="close"),)
        yield f"{name}, then good", (Canned(raw=(raw,), after="close"), good)
    yield "205", (Canned(205, _JSON, b""),)
    yield "203 and good", (Canned(203, _JSON, body),)
    yield "206 and good", (Canned(206, _JSON, body),)


def _encoded(kind: str, good: Canned) -> Iterator[tuple[str, Answers]]:
    text = json.dumps(GOOD[kind], ensure_ascii=False)
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
             "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}  # fmt: skip
    types = ("application/json", "application/json; charset=utf-8", "text/plain", "application/problem+json", "")
    bodies = {"utf-8": text.encode(), "latin-1": text.replace("\u4f60", "").encode("latin-1")}
    for name, mark in marks.items():
        bodies |= {name: text.encode(name), f"{name} with a mark": mark + text.encode(name)}
    for name, body in bodies.items():
        for said in types:
            yield f"{name} as {said or 'nothing'}", (Canned(200, {"content-type": said} if said else {}, body),)
    for charset in ("utf-16", "UTF-16LE", "'utf-16'", "latin-1", "no-such", ""):
        for name in ("utf-16-le", "utf-16-le with a mark", "latin-1", "utf-8"):
            headers = {"content-type": f"application/json; charset={charset}"}
            yield f"{name} as charset {charset}", (Canned(200, headers, bodies[name]),)
    for coding, packed in {
        "gzip": gzip.compress(good.body, mtime=0),
        "deflate": zlib.compress(good.body),
        "raw deflate": zlib.compress(good.body)[2:-4],
        "br": good.body,
        "identity": good.body,
        "gzip in name only": good.body,
        "gzip cut short": gzip.compress(good.body, mtime=0)[:-9],
    }.items():
        name = {"raw deflate": "deflate"}.get(coding, coding.split()[0])
        yield f"packed with {coding}", (Canned(200, {**_JSON, "content-encoding": name}, packed),)
    yield (
        "packed with gzip twice",
        (Canned(200, {**_JSON, "content-encoding": "gzip, gzip"}, gzip.compress(gzip.compress(good.body))),),
    )
    for constant in ("NaN", "Infinity", "-Infinity", "nan", "1e400", "1" * 5000, "01", "'a'", '"\\ud800"', '"\\x"'):
        body = text[:-1] + f', "more": {constant}}}'
        yield f"with {constant[:9]}", (Canned(200, _JSON, body.encode()),)
    yield "in a list", (Canned(200, _JSON, f"[{text}]".encode()),)
    yield "twice", (Canned(200, _JSON, f"{text}{text}".encode()),)
    yield "with a key twice", (Canned(200, _JSON, f'{{"choices": 1, "data": 1, "results": 1, {text[1:]}'.encode()),)
    yield "nested", (Canned(200, _JSON, (text[:-1] + ', "more": ' + "[" * 5000 + "]" * 5000 + "}").encode()),)
    large = text[:-1] + ', "more": "' + "x" * 3_000_000 + '"}'
    yield "large", (Canned(200, _JSON, large.encode()),)
    for name, error in {
        "null": None,
        "empty": "",
        "false": False,
        "an object": {},
        "text": "no",
        "full": {"message": "no"},
    }.items():
        yield f"with error {name}", (Canned(200, _JSON, json.dumps({**GOOD[kind], "error": error}).encode()),)
    for status in (400, 500):
        yield f"{status} and good", (Canned(status, _JSON, good.body),)


def _manners(kind: str) -> dict[str, Answers]:
    good = _good(kind)
    found = dict((*_sequences(good), *_redirected(good), *_late(good), *_cut_off(good), *_encoded(kind, good)))
    if kind == "chat":
        streamed = (*_sequences(_STREAM), *_redirected(_STREAM), *_late(_STREAM), *_cut_off(_STREAM))
        found |= {f"{name}, as a stream": answers for name, answers in streamed}
    return found


MANNERS: Final = {kind: _manners(kind) for kind in GOOD}
"""By the kind of node that asks, and by name."""
