"""The JSON of an answer as KAG's client decodes it. Pure."""

import codecs
from email.message import Message
from typing import Any, Final

from netdiag import json_limits
from netdiag.kag.calls import Call
from netdiag.kag.clients import client_of
from netdiag.model.attempt import Answer

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer ones first, since that of UTF-32 begins with that of UTF-16."""

_BY_NULLS: Final = {
    (0, 2): "utf-16-be",
    (1, 3): "utf-16-le",
    (0, 1, 2): "utf-32-be",
    (1, 2, 3): "utf-32-le",
    (): "utf-8",
}
"""Where the null bytes are among the first four (requests/utils.py, ``guess_json_utf``)."""


def json_of(call: Call, answer: Answer) -> Any:
    """Return the parsed body, or ``None`` where it is no JSON, or null.

    httpx looks only at the bytes, requests at the ``charset`` and the content type first.
    """
    try:
        if client_of(call).library == "requests":
            return json_limits.loads(_text_of_requests(answer))
        return json_limits.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def lines_of(answer: Answer) -> list[str]:
    """Return the lines of a body as httpx splits them; raises :exc:`UnicodeError` for UTF-16 without its mark."""
    header = _charset(answer.headers.get("content-type", ""))
    try:
        decoder = codecs.getincrementaldecoder(header or "utf-8")
    except LookupError:
        decoder = codecs.getincrementaldecoder("utf-8")
    return decoder("replace").decode(answer.body, final=True).splitlines()


def dig(value: Any, *path: Any) -> Any:
    """Return what lies at ``path`` inside parsed JSON, or ``None``."""
    try:
        for step in path:
            value = value[step] if isinstance(value, dict | list) else None
    except (KeyError, IndexError, TypeError):
        return None
    return value


def _text_of_requests(answer: Answer) -> str:
    """Return the text that requests makes of a body before it parses it (requests/models.py, ``json``, ``text``)."""
    body = answer.body
    encoding = _encoding(answer.headers.get("content-type", ""))
    if not encoding and len(body) > 3:
        guessed = _guessed(body)
        if guessed:
            try:
                return body.decode(guessed)
            except UnicodeDecodeError:
                pass
    try:
        # where nothing is said and nothing fits requests guesses; of JSON only what is inside of text depends on it
        return body.decode("latin-1" if encoding is None else encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _encoding(content_type: str) -> str | None:
    """Return the encoding that the header names or implies (requests/utils.py, ``get_encoding_from_headers``)."""
    charset, kind = _charset(content_type), content_type.partition(";")[0]
    if charset is not None:
        return charset
    if "text" in kind:
        return "latin-1"
    return "utf-8" if "application/json" in kind else None


def _charset(content_type: str) -> str | None:
    header = Message()
    header["content-type"] = content_type
    charset = header.get_param("charset")
    return charset.strip("'\"") if isinstance(charset, str) else None


def _guessed(body: bytes) -> str | None:
    start = body[:4]
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    return marked or _BY_NULLS.get(tuple(at for at, byte in enumerate(start) if not byte))
