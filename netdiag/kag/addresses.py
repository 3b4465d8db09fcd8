"""The URL that KAG's client makes of a base_url: its three HTTP clients read the same text in three ways. Pure.

Measured with openai 1.59 to 1.91, ollama 0.3 to 0.5 and requests 2.31, the ones of KAG 0.6 to 0.8's time. The first two
stand on httpx, so httpx itself has the last word on their URLs (:mod:`netdiag.probe.urls`).
"""

import ipaddress
import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from netdiag.model.endpoint import OLLAMA_PORT
from netdiag.probe.urls import UnusableError, dotted, requested

OLLAMA_HOST: Final = "127.0.0.1"

_PORTS: Final = {"http": 80, "https": 443}
_URL: Final = re.compile(r"(?is)(https?)://([^\\/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?")
_ESCAPED: Final = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile("[A-Za-z0-9._~-]")
_USERINFO: Final = "!$&'()*+,;=:"
_PATH: Final = _USERINFO + "@/"
_QUERY: Final = _PATH + "?"
"""What requests leaves unescaped, by part (urllib3/util/url.py, ``USERINFO_CHARS`` and the others)."""

_HOST_AND_PORT: Final = re.compile(
    r"(?P<host>(?:[^\[\]%:]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+(?:%[^\]]+)?\])(?::0*(?P<port>[0-9]{0,5})\n?)?",
    re.DOTALL,
)
"""Host and port as urllib3 splits them (the same, ``_HOST_PORT_PAT``, whose ``$`` lets a line break pass)."""


def of_openai(base_url: str, path: str) -> str:
    """Return where the openai SDK posts: it adds one slash where none is, and takes none away where several are.

    What comes after ``#`` is never sent (openai/_base_client.py, ``_enforce_trailing_slash`` and ``_prepare_url``).
    Raises :class:`UnusableError`.
    """
    requested(base_url)  # the SDK parses it before it joins a path to it
    base = base_url.partition("#")[0]
    return requested(base + ("" if base.endswith("/") else "/") + path.lstrip("/"))


def of_ollama(base_url: str, path: str) -> str:
    """Return where Ollama's SDK posts: of the base_url it keeps scheme, host, port and path, and no slash at its end.

    Without a scheme it is http, without a port 11434 (ollama/_client.py, ``_parse_host``). Raises
    :class:`UnusableError`, also for nothing at all, which means to the SDK what ``OLLAMA_HOST`` says.
    """
    if not base_url:
        raise UnusableError(word="empty")
    scheme, _, rest = base_url.partition("://")
    port = _PORTS.get(scheme, OLLAMA_PORT)
    if not rest:
        scheme, rest, port = "http", base_url, OLLAMA_PORT
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host = parts.hostname or OLLAMA_HOST
    except ValueError as error:
        raise UnusableError(word="client_refuses", said=str(error)) from None
    try:
        port = parts.port or port
    except ValueError as error:
        raise UnusableError(word="bad_port", said=str(error)) from None
    inner = parts.path.strip("/")
    return requested(f"{scheme}://{_in_brackets(host)}:{port}" + (f"/{inner}" if inner else "") + path)


def of_requests(base_url: str) -> str:
    """Return where requests posts: blanks before it are left out, needless escapes of the path undone, others made.

    requests/models.py, ``prepare_url``, and urllib3/util/url.py, ``parse_url``. Raises :class:`UnusableError`.
    """
    text = base_url.lstrip()
    found = _URL.fullmatch(text)
    if not found:
        raise UnusableError(word="client_refuses" if _URL.match(text) else "no_scheme" if text else "empty")
    scheme, authority, path, query = found.groups(default="")
    user, _, rest = authority.rpartition("@")
    split = _HOST_AND_PORT.fullmatch(rest)
    if not split or int(split["port"] or 0) > 65535:
        raise UnusableError(word="bad_port" if split or ":" in rest else "client_refuses")
    host = _ESCAPED.sub(_undone, ".".join(map(_label, split["host"].split("."))))
    if host.startswith(("*", ".")) or not host:
        raise UnusableError(word="client_refuses" if host else "no_host")
    port = f":{split['port'] or 0}" if rest[len(split["host"]) + 1 :].strip() else ""
    place = _login(user) + dotted(host) + port
    target = _quoted(_without_dots("/" + path.removeprefix("/")), _PATH) + _quoted(query.removesuffix("?"), _QUERY)
    return requested(f"{scheme}://{place}{target}")


def host_of_requests(base_url: str) -> str:
    """Return the ``Host`` that requests sends where it is not that of :func:`of_requests`, or nothing.

    It repeats the zeros in ``0177.0.0.1``, and Ollama refuses a host that is not written like an address.
    """
    authority = re.split(r"[\\/?#]", base_url.lstrip().partition("://")[2], maxsplit=1)[0].rpartition("@")[2]
    return "" if dotted(authority.partition(":")[0]) == authority.partition(":")[0] else authority


def _login(user: str) -> str:
    """Return the user-info as requests uses it: only with a password, and only in Latin-1 (``_basic_auth_str``)."""
    if ":" not in user:
        return ""
    try:
        unquote(user).encode("latin-1")
    except UnicodeEncodeError as error:
        raise UnusableError(word="client_refuses", said=str(error)) from None
    return _quoted(user, _USERINFO) + "@"


def _label(label: str) -> str:
    """Return one label of a host as urllib3 encodes it: by itself, and only what IDNA 2008 allows in it."""
    if label.isascii():
        return label.lower()
    import idna  # noqa: PLC0415 - hardly any host has other characters

    try:
        return idna.encode(label.lower(), strict=True, std3_rules=True).decode()
    except idna.IDNAError as error:
        raise UnusableError(word="client_refuses", said=str(error)) from None


def _quoted(text: str, safe: str) -> str:
    """Return a part with all escaped but what is ``safe``; what is escaped already stays so, or nothing does."""
    is_escaped = len(_ESCAPED.findall(text)) == text.count("%")
    raw = text.encode("utf-8", "surrogatepass")
    return _ESCAPED.sub(_undone, quote(raw, safe=safe + "%" * is_escaped))


def _without_dots(path: str) -> str:
    """Return ``path`` without the segments ``.`` and ``..`` (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if path.startswith("/") and (not kept or kept[0]):
        kept.insert(0, "")
    return "/".join(kept) + ("/" if path.endswith(("/.", "/..")) else "")


def _undone(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def _in_brackets(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
