"""Answers that real servers gave: the files of ``netdiag/lab/recordings``, one JSON object per line.

Recorded from Ollama 0.17.4, vLLM 0.32.0 and llama-cpp-python's server on 2026-11-23. Of Ollama's, the rows for
``/api/show`` and ``/api/embed`` are left out: their bodies had been cut at 1500 bytes. ``v1 embeddings float``, cut
too, was completed from the same vector in ``embeddings``; its recorded content-length proves the result.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from netdiag.lab.servers.http import Reply

_FOLDER: Final = Path(__file__).parent.parent / "recordings"


@dataclass(frozen=True)
class Row:
    """One recorded request and its reply. ``settings`` is the JSON object that was sent, or empty."""

    name: str
    method: str
    path: str
    settings: Mapping[str, Any]
    reply: Reply

    @property
    def model(self) -> str:
        """The model that the request named."""
        return str(self.settings.get("model", ""))


@dataclass(frozen=True)
class Recording:
    """All rows of one server."""

    rows: tuple[Row, ...]

    def __getitem__(self, name: str) -> Row:
        """Return the first row of this name."""
        return next(row for row in self.rows if row.name == name)

    def methods(self, path: str) -> tuple[str, ...]:
        """Return the methods that ``path`` was seen to have, as an ``Allow`` header lists them."""
        return tuple(
            dict.fromkeys(
                row.method for row in self.rows if row.path == path and row.reply.status not in (307, 404, 405)
            )
        )

    def alike(self, path: str, settings: Mapping[str, Any]) -> Row | None:
        """Return the successful row with the same ``settings``, whatever its model; one with the same model wins."""
        wanted = {**settings, "model": None}
        rows = [
            row
            for row in self.rows
            if row.path == path and row.reply.status == 200 and {**row.settings, "model": None} == wanted
        ]
        return next((row for row in rows if row.model == settings.get("model")), rows[0] if rows else None)

    def first(self, method: str, path: str) -> Row | None:
        """Return the first row with this ``method`` and ``path``."""
        return next((row for row in self.rows if (row.method, row.path) == (method, path)), None)


@cache
def recording(name: str) -> Recording:
    """Return the recording in ``NAME.jsonl``."""
    lines = (_FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return Recording(tuple(_row(json.loads(line)) for line in lines))


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in ``body``, or ``None`` where there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def not_allowed(reply: Reply, methods: tuple[str, ...]) -> Reply:
    """Return a recorded 405 as the one of a path that has these ``methods``."""
    return replace(reply, headers={**reply.headers, "allow": ", ".join(methods)})


def renamed(reply: Reply, old: str, new: str) -> Reply:
    """Return ``reply`` with the model ``new`` wherever it named ``old``."""
    return replace(reply, body=reply.body.replace(_in_json(old), _in_json(new))) if old else reply


def relisted(reply: Reply, models: tuple[str, ...], old: str) -> Reply:
    """Return ``reply``, a list with the one model ``old``, as a list of ``models``, in everything else alike."""
    start, end = reply.body.index(b"[{") + 1, reply.body.rindex(b"}]") + 1
    entry = reply.body[start:end]
    entries = b",".join(entry.replace(_in_json(old), _in_json(model)) for model in models)
    return replace(reply, body=reply.body[:start] + entries + reply.body[end:])


def _in_json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def _row(line: dict[str, Any]) -> Row:
    request = line["request"]
    body = request["body"]
    sent = body if isinstance(body, str) else json.dumps(body)
    reply = Reply(line["status"], line["headers"], line["body"].encode())
    return Row(line["name"], request["method"], request["path"], json_object(sent.encode()) or {}, reply)
