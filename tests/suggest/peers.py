"""Model servers that answer as recorded: the rows of ``recordings``, chosen by path, key and model.

Recorded on 2026-11-29 from real servers (Xinference 4.1.0, vLLM 0.32.0, LiteLLM 1.108.7, one-api 8df4a26, llama.cpp's
server b11549, FastChat 0.2.36, Docker Model Runner 1.0.10, Open WebUI 0.12.4); a page keeps its title only. ``KEY`` is
the key of those that want one.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

KEY = "KEY"


class Asked(NamedTuple):
    """A request: its ``settings`` are the JSON object that was sent."""

    method: str
    path: str
    bearer: str
    settings: Mapping[str, Any]


class Said(NamedTuple):
    """An answer."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = {}


Answers = Callable[[Asked], Said]


def recorded(name: str) -> Answers:
    """Return what the server of ``recordings/NAME.jsonl`` answers; what it was never asked for is not found."""
    text = (Path(__file__).parent / "recordings" / f"{name}.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    wants_key = any(row["response"]["status"] in (401, 403) and not row["request"]["key"] for row in rows)

    def answer(asked: Asked) -> Said:
        where = (asked.method, asked.path)
        there = [row for row in rows if (row["request"]["method"], row["request"]["path"]) == where]
        if wants_key and asked.bearer != KEY:
            there = [row for row in there if not row["request"]["key"]]
        else:
            there = [row for row in there if row["request"]["key"] == wants_key] or there
            named = [row for row in there if row["request"]["model"] == asked.settings.get("model", "")]
            there = named or [row for row in there if row["response"]["status"] in (400, 404, 501, 503)]
        row = min(there, key=lambda row: _distance(row, asked), default=None)
        return Said(**row["response"]) if row else NOT_FOUND

    return answer


NOT_FOUND = Said(404, '{"detail":"Not Found"}', {"content-type": "application/json"})


def _distance(row: Mapping[str, Any], asked: Asked) -> tuple[bool, bool]:
    same_limit = row["request"]["max_tokens"] == asked.settings.get("max_tokens")
    return not same_limit, row["response"]["status"] != 200


def paths(**said: object) -> Answers:
    """Return a server that answers a GET at each path (``/`` is written ``__``) with this JSON, and 404 elsewhere.

    A callable is given what was asked and returns the answer.
    """
    known = {"/" + name.replace("__", "/"): value for name, value in said.items()}

    def answer(asked: Asked) -> Said:
        value = known.get(asked.path)
        if value is None:
            return Said(404)
        if isinstance(value, Said):
            return value
        return value(asked) if callable(value) else Said(200, json.dumps(value), {"content-type": "application/json"})

    return answer


def chats(*models: str) -> Callable[[Asked], Said]:
    """Answer chats with these models, in OpenAI's shape."""
    message = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "I am."}}]}
    return lambda asked: _of(asked, models, {"object": "chat.completion", **message})


def embeds(*models: str, size: int = 3) -> Callable[[Asked], Said]:
    """Answer embeddings with these models, in OpenAI's shape."""
    entry = {"object": "embedding", "index": 0, "embedding": [0.5] * size}
    return lambda asked: _of(asked, models, {"object": "list", "data": [entry]})


def _of(asked: Asked, models: tuple[str, ...], body: Mapping[str, Any]) -> Said:
    if asked.settings.get("model") in models:
        return Said(200, json.dumps({**body, "model": asked.settings["model"]}), {"content-type": "application/json"})
    error = {"error": {"message": "this model cannot be used for that", "type": "invalid_request_error"}}
    return Said(400, json.dumps(error), {"content-type": "application/json"})


class Peer:
    """A server that listens on loopback, and every request it got."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[Asked] = []


@contextlib.contextmanager
def serving(answers: Answers, address: str = "127.0.0.1") -> Iterator[Peer]:
    """Answer on a port of ``address`` while the block runs."""
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            asked = Asked(self.command, self.path, bearer, json.loads(sent) if sent else {})
            peer.asked.append(asked)
            status, body, headers = answers(asked)
            data = body.encode()
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            with contextlib.suppress(OSError):  # nobody waits any more
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_POST = _answer  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        server.daemon_threads = True
        peer.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
