"""What is in a text that KAG, its page, a client or a server printed: configuration, address, status, cause. Pure.

Keys go first: nothing else is done with a text before they are dropped from it.
"""

import ast
import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

from netdiag.findings.pasted.keys import KeyState, key_state

_DETAILS: Final = re.compile(r"(?s)for details:\s*(?P<said>.*)|invalid vectorizer config:(?!\s*\{)\s*(?P<bare>.*)")
_SETTING: Final = r"""(?<!\w){name}["']?\s{{0,8}}[:=]\s{{0,8}}["']?(?P<value>[^"',}}\r\n]{{1,400}})"""
_STATUS: Final = (
    re.compile(r"(?i)error code:\s*(\d{3})"),
    re.compile(r"(?i)status[ _]code:?\s*(\d{3})"),
    re.compile(r"(?i)HTTP/1\.[01]\"?\s+(\d{3})"),
    re.compile(r"(?i)\b(\d{3}) (?:client error|server error|bad gateway|not found|service unavailable|unauthorized)"),
)
_ADDRESSES: Final = (
    re.compile(r"host=['\"](?P<host>[^'\"]+)['\"], port=(?P<port>\d+)"),  # urllib3
    re.compile(r"(?i)(?:failed to )?connect to (?:host )?(?P<host>[\w.-]+)(?: port |:)(?P<port>\d+)"),  # curl, aiohttp
    re.compile(r"(?i)(?:dial tcp|ECONNREFUSED|lookup)\s+(?P<host>[\w.-]+):(?P<port>\d+)"),  # Go, Node
    re.compile(r"Connect call failed \('(?P<host>[\w.:]+)', (?P<port>\d+)\)"),  # asyncio
    re.compile(r"(?i)resolve '(?P<host>[\w.-]+)'(?P<port>)"),  # urllib3
    re.compile(r"DST=(?P<host>[\d.]{1,40}).{0,400}?DPT=(?P<port>\d+)"),  # the kernel's log of a firewall
)
_URL: Final = re.compile(r"https?:/{1,2}[^\s\"'<>，。)\]}]{1,2000}", re.IGNORECASE)
_NOT_A_SERVICE: Final = re.compile(
    r"(?i)//(?:[\w.-]*github\.com|ollama\.com|[\w.-]*pydantic\.dev|platform\.|help\.|docs?\.)"
)


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
    host: str = ""
    port: str = ""
    status: int = 0
    key: KeyState = ""
    kag: str = ""


def taken(text: str) -> Taken:
    """Return what ``text`` tells."""
    clean, key = key_state(text)
    details = _DETAILS.search(clean)
    before = clean[: details.start()] if details else clean
    said = (details["said"] or details["bare"] or "") if details else clean
    settings = _settings(before)
    base_url = settings.get("base_url") or _first_url(clean)
    host, port = _address(base_url, said)
    return Taken(
        said=said.strip() or clean.strip(),
        type=settings.get("type") or settings.get("client_type", ""),
        model=settings.get("model", ""),
        base_url=base_url,
        kind=_kind(clean),
        host=host,
        port=port,
        status=_status(said),
        key=key,
        kag=_version(clean),
    )


def _settings(text: str) -> Mapping[str, str]:
    """Return the settings of the configuration that is shown: a dictionary as Python or JSON print it, or lines."""
    shown = _dictionary(text)
    if shown:
        return {name: value for name, value in shown.items() if isinstance(value, str)}
    if "base_url" not in text:
        return {}
    found = (
        (name, re.search(_SETTING.format(name=name), text)) for name in ("type", "client_type", "model", "base_url")
    )
    return {name: match["value"].strip() for name, match in found if match}


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


def _first_url(text: str) -> str:
    """Return the first URL that can be a service's: not one that explains the error."""
    urls = (url.rstrip(".,;:") for url in _URL.findall(text))
    return next((url for url in urls if not _NOT_A_SERVICE.search(url)), "")


def _address(base_url: str, said: str) -> tuple[str, str]:
    for pattern in _ADDRESSES:
        if match := pattern.search(said):
            return match["host"], match["port"]
    try:
        url = urlsplit(base_url)
        port = url.port or {"https": 443, "http": 80}.get(url.scheme, 0)
        host = re.sub(r":\d*$", "", url.netloc.rpartition("@")[2])  # as it was written: hostname is in lower case
        return host.strip("[]"), str(port or "")
    except ValueError:
        return "", ""


def split(url: str) -> SplitResult:
    """Return the parts of a URL; of one that is none, as ``http://[``, all are empty."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _status(said: str) -> int:
    found = (pattern.search(said) for pattern in _STATUS)
    return next((int(match[1]) for match in found if match), 0)


def _kind(text: str) -> Literal["", "chat", "embedding"]:
    if re.search(r"(?i)vectori[sz]er|embedding", text):
        return "embedding"
    return "chat" if re.search(r"(?i)llm|chat", text) else ""


def _version(text: str) -> str:
    """Return the version whose wrapping a text has (PemjaUtils.java and the checkers of each version)."""
    if "PemjaUtils.invoke Exception uniqueKey" in text:
        return "0.7"
    if "PemjaUtils.invoke Exception:pemja" in text:
        return "0.8"
    if "'azure_openai'" in text or "bge_vectorize_model" in text:
        return "0.7"
    return "0.6" if "unknown error <class" in text else ""
