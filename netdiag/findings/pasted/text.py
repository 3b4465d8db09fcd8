"""What is in a text that KAG, its page, a client or a server printed: configuration, address, status, cause. Pure.

Keys go first: nothing else is done with a text before they are dropped from it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

from netdiag.findings.pasted.keys import KeyState, key_state

_DETAILS: Final = re.compile(r"(?s)for details:\s*(?P<said>.*)|invalid vectorizer config:(?!\s*\{)\s*(?P<bare>.*)")
_SETTING: Final = r"""(?<!\w){name}["']?\s{{0,8}}[:=]\s{{0,8}}["']?(?P<value>[^"',}}\r\n]{{1,400}})"""
_URL: Final = re.compile(r"https?:/{1,2}(?=[^/\s\"'<>\\])[^\s\"'<>\\，。；、（）)\]}]{1,2000}", re.IGNORECASE)
_NOT_A_SERVICE: Final = re.compile(
    r"(?i)//(?:[\w.-]*github\.com|ollama\.com|openrouter\.ai/(?!api)|(?:console|api-docs|registry[\w-]*)\.|[\w.-]*pydantic\.dev|platform\.|help\.|docs?\.|developer\.mozilla\.org|"
    r"curl\.se|aka\.ms|[\w.-]*w3\.org|[\w.-]*cloudflare\.com|[\w.-]*apache\.org|[\w.-]*python\.org)"
)


_URLS: Final = 3
"""URLs of one text that are looked at."""

_LONGEST: Final = 10_000
"""Characters of a dictionary that is read; KAG's configurations have some hundred."""

_TRIES: Final = 20
"""Closing braces that are tried for its end; a configuration has dictionaries in it, but few."""


class Taken(NamedTuple):
    """What was found, each empty where it was not. ``said`` is the part that tells the cause, without any key.

    ``key`` is ``mask`` where a mask or placeholder stood in the key's place, ``missing`` for an empty one.
    """

    said: str
    type: str = ""
    model: str = ""
    base_url: str = ""
    kind: Literal["", "chat", "embedding"] = ""
    urls: tuple[str, ...] = ()
    key: KeyState = ""
    kag: str = ""


def taken(text: str) -> Taken:
    """Return what ``text`` tells."""
    clean, key = key_state(text)
    details = _DETAILS.search(clean)
    before = clean[: details.start()] if details else clean
    said = (details["said"] or details["bare"] or "") if details else clean
    settings = _settings(before)
    return Taken(
        said=said.strip(" \t") or clean.strip(" \t"),
        type=settings.get("type") or settings.get("client_type", ""),
        model=settings.get("model", ""),
        base_url=settings.get("base_url", ""),
        kind=_kind(clean),
        urls=tuple(_urls(clean)),
        key=key,
        kag=_version(clean),
    )


def addresses(told: Taken) -> tuple[tuple[str, str, bool], ...]:
    """Return host and port of each URL that may have been called, and whether it is the base_url of a configuration."""
    found = [address(told.base_url, configured=True)] if told.base_url else []
    found += [address(url) for url in told.urls if not told.base_url]
    return tuple(dict.fromkeys(each for each in found if each[0]))[:_URLS]


def address(url: str, *, configured: bool = False) -> tuple[str, str, bool]:
    """Return host and port of ``url``, empty where it is none, as it was written: ``hostname`` is in lower case."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{re.sub('^https?:/(?!/)', '', url)}")
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return "", "", configured
    host = re.sub(r":\d*$", "", parts.netloc.rpartition("@")[2])
    return host.strip("[]"), str(port or "") if host else "", configured


def _settings(text: str) -> Mapping[str, str]:
    """Return the settings of the configuration that is shown: a dictionary as Python or JSON print it, or lines.

    A value at the end of the text may be cut short, and is none.
    """
    shown = _dictionary(text)
    if shown:
        return {name: value for name, value in shown.items() if isinstance(value, str)}
    if "base_url" not in text:
        return {}
    found = (
        (name, re.search(_SETTING.format(name=name), text)) for name in ("type", "client_type", "model", "base_url")
    )
    return {name: match["value"].strip() for name, match in found if match and match.end() < len(text)}


def _dictionary(text: str) -> Mapping[str, object]:
    """Return the smallest dictionary with a ``base_url`` in ``text``, empty where none can be read."""
    at = text.find("base_url")
    start = text.rfind("{", 0, at) if at >= 0 else -1
    end = text.find("}", at)
    for _ in range(_TRIES):
        if start < 0 or end < 0 or end - start > _LONGEST:
            break
        try:
            value = ast.literal_eval(_as_python(text[start : end + 1]))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            end = text.find("}", end + 1)
            continue
        return value if isinstance(value, dict) else {}
    return {}


def _as_python(text: str) -> str:
    return re.sub(r"\b(true|false|null)\b", lambda word: {"true": "True", "false": "False"}.get(word[0], "None"), text)


def _urls(text: str) -> Iterator[str]:
    """Yield the URLs that can be a service's: none that explains the error, is OpenSPG's own, or may be cut short."""
    for _, match in zip(range(_URLS * 4), _URL.finditer(text), strict=False):
        url = match[0].rstrip(".,;:")
        at_end = match.end() == len(text)
        is_own = re.search(r"(?i)host_?addr\W{1,8}$", text[max(0, match.start() - 16) : match.start()])
        if not (_NOT_A_SERVICE.search(url) or is_own or (at_end and not re.search(r"//[^/]+(?:/|:\d{4,5}$)", url))):
            yield url


def split(url: str) -> SplitResult:
    """Return the parts of a URL; of one that is none, as ``http://[``, all are empty."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _kind(text: str) -> Literal["", "chat", "embedding"]:
    if re.search(r"(?i)vectori[sz]er|/embeddings|vectorize_model", text):
        return "embedding"
    return "chat" if re.search(r"(?i)invalid llm config|/chat/completions|/api/chat|chat_llm", text) else ""


def _version(text: str) -> str:
    """Return the version whose wrapping a text has (PemjaUtils.java and the checkers of each version)."""
    if "PemjaUtils.invoke Exception uniqueKey" in text:
        return "0.7"
    if "PemjaUtils.invoke Exception:pemja" in text:
        return "0.8"
    if "'azure_openai'" in text or "bge_vectorize_model" in text:
        return "0.7"
    return "0.6" if "unknown error <class" in text else ""
