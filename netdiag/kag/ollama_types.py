"""What Ollama's SDK takes for an answer: its models, and what pydantic makes of JSON for them. Pure.

Read in ollama/_types.py of 0.4.8 and 0.5.1 (KAG 0.7 and 0.8), measured with pydantic 2.10. KAG 0.6 uses 0.3.3, which
returns the JSON as it is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from netdiag.kag.version import OF_08, Version

_Check = Callable[[Any], bool]

_FLAGS: Final = frozenset({"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"})
_INTEGER: Final = re.compile(r"[+-]?\d+(_\d+)*(\.0+)?", re.ASCII)
_MOST_DIGITS: Final = 4300


def is_chat(version: Version, body: Any) -> bool:
    """Tell whether ``body`` is a ``ChatResponse``."""
    return isinstance(body, Mapping) and _has(_ANSWER, body) and _is_message(version, body.get("message"))


def is_embedding(body: Any) -> bool:
    """Tell whether ``body`` is an ``EmbeddingsResponse``."""
    vector = body.get("embedding") if isinstance(body, Mapping) else None
    return isinstance(vector, list) and all(map(_is_number, vector))


def _is_message(version: Version, message: Any) -> bool:
    if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
        return False
    thinking: Mapping[str, _Check] = {"thinking": _is_text} if version in OF_08 else {}
    return _has({**_MESSAGE, **thinking}, message)


def _has(fields: Mapping[str, _Check], body: Mapping[str, Any]) -> bool:
    """Tell whether each field is missing, null, or passes; other fields are not looked at."""
    return all(body.get(name) is None or check(body[name]) for name, check in fields.items())


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    if isinstance(value, str):
        return value.lower() in _FLAGS
    return isinstance(value, int | float) and value in (0, 1)


def _is_integer(value: Any) -> bool:
    """A whole number, also one that is written as text or with a point."""
    if isinstance(value, str):
        text = value.strip()
        return len(text) <= _MOST_DIGITS and _INTEGER.fullmatch(text) is not None
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 2**63)


def _is_number(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, int | float)
    try:
        float(value)
    except ValueError:
        return False
    return value.strip().isascii()


def _is_images(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(i, Mapping) and isinstance(i.get("value"), str) for i in value)


def _is_tool_calls(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) and _is_function(each) for each in value)


def _is_function(call: Mapping[str, Any]) -> bool:
    function = call.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return False
    return isinstance(function.get("arguments"), Mapping)  # OpenAI's servers write them as text


_DURATIONS: Final = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
_ANSWER: Final[Mapping[str, _Check]] = {
    **dict.fromkeys(("model", "created_at", "done_reason"), _is_text),
    "done": _is_flag,
    **dict.fromkeys(("eval_count", "prompt_eval_count", *_DURATIONS), _is_integer),
}
_MESSAGE: Final[Mapping[str, _Check]] = {"content": _is_text, "images": _is_images, "tool_calls": _is_tool_calls}
