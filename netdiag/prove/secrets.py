"""What of a call is nobody's but the configured service's. Pure.

Whatever is not KAG's own counts: it is better to keep back what is no secret than to give one away.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from netdiag import config
from netdiag.kag.calls import FILLED_IN, SYSTEM, USER, Call

_NO_KEYS: Final = frozenset(
    {"", "dummy", "none", "None", "null", "EMPTY", "empty", "ollama", "no-key", "not-needed", FILLED_IN.reveal()}
)
"""What KAG's clients send for a key that is not there, and what guides write where a service wants none."""

_PATHS: Final = frozenset(
    {"", "v1", "v2", "v3", "v4", "v1beta", "api", "openai", "chat", "completions", "embeddings", "generate"}
    | {
        "embedding",
        "rerank",
        "engines",
        "llama.cpp",
        "compatible-mode",
        "compatible-api",
        "paas",
        "services",
        "inference",
    }
)
"""Segments of paths that servers and KAG itself have; any other may be a token."""

_OF_KAG: Final = frozenset(
    {"model", "prompt", "query", "input", "encoding_format", "tools", "suffix", "system", "template", "context", "raw"}
    | {"images", "format", "options", "keep_alive", "documents", "top_n", "return_documents", "max_chunks_per_doc"}
    | {"overlap_tokens"}
)
"""Fields of bodies that KAG makes of nothing configured (netdiag/kag/calls.py), or of the model's name."""

_NUMBERS: Final = frozenset({"stream", "temperature", "max_tokens", "seed", "top_p", "stop"})
"""Fields that are configured, and hold numbers where they hold what they are for."""


def are_in(call: Call) -> bool:
    """Tell whether a call holds a secret: a key, user-info, a query, a token in the path, a header or a field."""
    request = call.request
    has_key = request.bearer is not None and request.bearer.reveal().strip() not in _NO_KEYS
    return has_key or bool(request.secret_headers) or _in_url(request.url) or are_in_body(call)


def are_in_body(call: Call) -> bool:
    """Tell whether the body holds anything that is not KAG's own; a client takes that along wherever it is sent."""
    return bool(call.request.body) and not all(_is_kags(name, value) for name, value in call.body.items())


def _in_url(url: str) -> bool:
    parts = config.split(url)
    path, question, _ = parts.path.partition("?")
    segments = (segment.lower() for segment in path.split("/"))
    return bool(parts.userinfo or question) or not all(map(_PATHS.__contains__, segments))


def _is_kags(name: str, value: Any) -> bool:
    if name in _NUMBERS:
        return value is None or isinstance(value, bool | int | float) or _is_plain(value)
    if name == "messages":
        return value in ([SYSTEM, USER], [USER])
    if name == "chat_template_kwargs":
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        return all(key == "enable_thinking" and _is_kags("stream", each) for key, each in inner)
    return name in _OF_KAG


_PLAIN: Final = re.compile(r"(?i)true|false|[0-9.]{1,8}|</?\w{1,10}>|<\|\w{1,16}\|>|\s{1,4}")


def _is_plain(value: Any) -> bool:
    """Tell whether a text, or each of a list, is a number in quotes, a flag or a mark that ends an answer."""
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(each, str) and _PLAIN.fullmatch(each) is not None for each in texts)
