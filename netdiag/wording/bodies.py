"""What an error's JSON says, wherever its server puts it: the message, the codes, and the fields it is about. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple


class Said(NamedTuple):
    """``message`` is for people, ``codes`` are the refusal's own, as ``code=1211``; ``fields`` are named by it.

    All are empty where the body is of no known shape.
    """

    message: str = ""
    codes: str = ""
    fields: tuple[str, ...] = ()


_MESSAGES: Final = ("message", "msg", "error_msg", "status_msg", "Message", "detail", "title", "error_description")
"""Members that hold a message, in the order in which they are looked for."""

_CODES: Final = ("code", "type", "status", "reason", "error_code", "error_type", "status_code", "Code", "signin_url")
"""Members that hold a code. ``signin_url`` is Ollama's own: its being there says more than the message beside it."""

_INSIDE: Final = ("error", "errors", "detail", "base_resp", "Response", "Error")
"""Members in which the two above stand: OpenAI's, ModelScope's, FastAPI's, MiniMax's and Tencent's."""

_DEEPEST: Final = 4
_MOST: Final = 20
"""Errors that are read of a list of them, as FastAPI gives them (pydantic, ``ValidationError.errors()``)."""


def read(body: Any) -> Said:
    """Return what the parsed ``body`` of an error says."""
    if isinstance(body, list) and body and isinstance(body[0], dict):
        body = body[0]  # Gemini's OpenAI interface answers a list of one
    if not isinstance(body, dict):
        return Said()
    found = list(_objects(body, 0))
    problems = _problems(body)
    messages = [text for each in found if (text := _message(each))]
    if problems:
        messages = [_of_problems(problems), *messages]
    elif not messages:
        messages = [value for each in found for name in _INSIDE if isinstance(value := each.get(name), str)]
    codes = (f"{name.lower()}={value}" for each in found for name in _CODES if (value := _code(each.get(name))))
    return Said("; ".join(dict.fromkeys(messages)), " ".join(dict.fromkeys(codes)), tuple(_fields(found, problems)))


def _objects(value: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in which an error is told, the innermost first: the outer ones repeat it in fewer words."""
    if depth < _DEEPEST:
        for name in _INSIDE:
            if isinstance(inner := value.get(name), dict):
                yield from _objects(inner, depth + 1)
    yield value
    metadata = value.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("raw"), str):  # OpenRouter: what the provider said
        yield {"message": metadata["raw"]}
    details = value.get("details")
    for each in details[:_MOST] if isinstance(details, list) else ():  # Google's ErrorInfo
        if isinstance(each, dict):
            yield {name: each.get(name) for name in ("reason",)}


def _message(told: Mapping[str, Any]) -> str:
    return next((text for name in _MESSAGES if isinstance(text := told.get(name), str) and text), "")


def _code(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:200]


def _problems(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the single errors of FastAPI's ``{"detail": [{"loc": …, "msg": …}]}``, without the input they repeat."""
    for name in ("detail", "message", "errors"):
        found = body.get(name)
        if isinstance(found, dict):  # Mistral puts them one deeper
            found = found.get("detail")
        if isinstance(found, list):
            return [each for each in found[:_MOST] if isinstance(each, dict)]
    return []


def _of_problems(problems: list[Mapping[str, Any]]) -> str:
    told = []
    for each in problems:
        place = each.get("loc")
        where = ".".join(str(step) for step in place if step != "body") if isinstance(place, list) else ""
        told.append(": ".join(part for part in (where, _message(each)) if part))
    return "; ".join(told)


def _fields(found: list[Mapping[str, Any]], problems: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the fields that an error says it is about, the innermost first, as in ``chat_template_kwargs.thinking``."""
    for each in problems:
        place = each.get("loc")
        if isinstance(place, list):
            yield from (str(step) for step in reversed(place) if step != "body")
    for told in found:
        if isinstance(param := told.get("param"), str):
            yield from reversed(re.split(r"[.\[\]]", param))
