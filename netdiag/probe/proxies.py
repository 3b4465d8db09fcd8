"""Where a request of KAG's goes first: what the two clients it uses make of the proxy variables. Pure.

httpx 0.28 (behind the SDKs of OpenAI and Ollama) and requests 2.31 (type vllm up to 0.6, and rerank) read the same
variables and differ in everything else. httpx makes a transport for every variable before it sends anything, so one
that it cannot use spoils all calls, those that NO_PROXY exempts too; it takes a range in NO_PROXY (172.16.0.0/12) for
the one address in it, and sends even calls to 127.0.0.1 through the proxy unless NO_PROXY names that.
"""

import re
import socket
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx

from netdiag.probe.environment import Environment
from netdiag.text import Secret

Client = Literal["httpx", "requests"]

_SOCKS: Final = ("socks5", "socks5h")


class Way(NamedTuple):
    """How a client goes to a URL: directly when ``proxy`` is ``None``.

    ``variable`` is what says so, ``shown`` the proxy as scheme, host and port. With a ``problem`` nothing can be sent:
    a word of terms.yaml, ``socks`` (its package is missing), or ``no_proxy`` (an ``entry`` that the client fails at).
    ``blocks`` tells that not even NO_PROXY helps.
    """

    variable: str = ""
    proxy: Secret | None = None
    shown: str = ""
    host: str = ""
    port: int = 0
    problem: str = ""
    entry: str = ""
    blocks: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the proxy is meant to be in this very container: localhost, one level up."""
        try:
            address = ip_address(self.host)
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")
        return address.is_loopback or address.is_unspecified


DIRECT: Final = Way()


class Setting(NamedTuple):
    """One variable, by the name under which it counts."""

    name: str
    value: str


def way(environment: Environment, url: str, client: Client = "httpx") -> Way:
    """Return how ``client`` goes to ``url`` in ``environment``."""
    ask = _by_requests if client == "requests" else _by_httpx
    try:
        return ask(environment.variables, url)
    except (httpx.InvalidURL, ValueError):
        return DIRECT  # it is no URL, and that is what the call will end with


def settings(variables: Mapping[str, str]) -> dict[str, Setting]:
    """Return what counts for ``http``, ``https``, ``all`` and ``no``, as urllib.request.getproxies_environment does.

    Lower case wins, and an empty variable in lower case takes back the one in upper case.
    """
    found: dict[str, Setting] = {}
    for name, value in variables.items():
        if value and name.lower().endswith("_proxy"):
            found[name.lower()[:-6]] = Setting(name, value)
    for name, value in variables.items():
        if name.endswith("_proxy"):
            if value:
                found[name.lower()[:-6]] = Setting(name, value)
            else:
                found.pop(name.lower()[:-6], None)
    return found


def entries(no_proxy: str) -> Iterator[str]:
    """Yield the entries of a NO_PROXY as httpx divides it."""
    yield from (entry.strip() for entry in no_proxy.split(",") if entry.strip())


def pattern_of(entry: str) -> str:
    """Return the pattern that httpx makes of an entry of NO_PROXY (httpx/_utils.py, get_environment_proxies)."""
    if "://" in entry:
        return entry
    if _is(IPv4Address, entry):
        return f"all://{entry}"
    if _is(IPv6Address, entry):
        return f"all://[{entry}]"
    return f"all://{entry}" if entry.lower() == "localhost" else f"all://*{entry}"


def is_understood(entry: str) -> bool:
    """Tell whether httpx can read an entry of NO_PROXY at all; where it cannot, it sends nothing any more."""
    try:
        httpx.URL(pattern_of(entry))
    except httpx.InvalidURL:
        return False
    return True


def _by_httpx(variables: Mapping[str, str], url: str) -> Way:
    found = settings(variables)
    exempt = list(entries(found["no"].value)) if "no" in found else []
    if "*" in exempt:
        return DIRECT
    ways = {f"{scheme}://": _way(found[scheme]) for scheme in ("http", "https", "all") if scheme in found}
    ways |= {pattern_of(entry): DIRECT for entry in exempt}
    if blocking := next((each for each in ways.values() if each.blocks), None):
        return blocking
    if unread := next((entry for entry in exempt if not is_understood(entry)), None):
        return Way(found["no"].name, problem="no_proxy", entry=unread, blocks=True)
    target = httpx.URL(url)
    patterns = sorted((_Pattern(pattern) for pattern in ways), key=lambda each: each.priority)
    return next((ways[each.text] for each in patterns if each.matches(target)), DIRECT)


class _Pattern:
    """What httpx matches URLs with, the most exact first (httpx/_utils.py, URLPattern)."""

    def __init__(self, text: str) -> None:
        url = httpx.URL(text)
        self.text = text
        self._scheme = "" if url.scheme == "all" else url.scheme
        self._host = "" if url.host == "*" else url.host
        self._port = url.port
        self.priority = (0 if url.port is not None else 1, -len(self._host), -len(self._scheme))

    def matches(self, url: httpx.URL) -> bool:
        if self._scheme not in ("", url.scheme) or self._port not in (None, url.port):
            return False
        if self._host.startswith("*."):
            return re.fullmatch(rf".+\.{re.escape(self._host[2:])}", url.host) is not None
        if self._host.startswith("*"):
            return url.host == self._host[1:] or url.host.endswith(f".{self._host[1:]}")
        return self._host in ("", url.host)


def _by_requests(variables: Mapping[str, str], url: str) -> Way:
    """requests/utils.py of 2.31.0, which KAG pins: should_bypass_proxies, then select_proxy."""
    found, parts = settings(variables), urlsplit(url)
    host = parts.hostname
    exempt = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    if host is None or _requests_exempts(host, parts.port, exempt.replace(" ", "")):
        return DIRECT
    if "no" in found and _urllib_exempts(host.lower(), found["no"].value):
        return DIRECT
    chosen = found.get(parts.scheme) or found.get("all")
    return _way(chosen) if chosen else DIRECT


def _requests_exempts(host: str, port: int | None, exempt: str) -> bool:
    names = [name for name in exempt.split(",") if name]
    if _is_inet(host):
        return any(_in_range(host, name) if "/" in name else host == name for name in names)
    return any(text.endswith(name) for name in names for text in (host, f"{host}:{port}" if port else host))


def _urllib_exempts(host: str, exempt: str) -> bool:
    """Python's urllib.request.proxy_bypass_environment, which requests asks too."""
    names = [name.strip().lstrip(".").lower() for name in exempt.split(",") if name.strip()]
    return exempt == "*" or any(host == name or host.endswith(f".{name}") for name in names)


def _in_range(host: str, text: str) -> bool:
    address, _, bits = text.partition("/")
    if not _is_inet(address) or not bits.strip().isdecimal() or not 1 <= int(bits) <= 32:
        return False
    first, second = (int.from_bytes(socket.inet_aton(each), "big") for each in (host, address))
    return first >> (32 - int(bits)) == second >> (32 - int(bits))


def _is_inet(text: str) -> bool:
    try:
        socket.inet_aton(text)
    except OSError:
        return False
    return True


def _is(kind: type[IPv4Address] | type[IPv6Address], entry: str) -> bool:
    try:
        kind(entry.partition("/")[0])
    except ValueError:
        return False
    return True


def _way(setting: Setting) -> Way:
    """Return the way through the proxy that a variable names, or what is wrong with it."""
    name, value = setting
    text = value if "://" in value else f"http://{value}"
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return Way(name, problem=_fault(value), blocks=True)
    scheme = url.scheme
    shown = f"{scheme}://{url.host if ':' not in url.host else f'[{url.host}]'}"
    shown += f":{url.port}" if url.port is not None else ""
    if scheme not in ("http", "https", *_SOCKS):
        return Way(name, problem=_fault(value, "proxy_scheme"), blocks=True)
    port = url.port or (443 if scheme == "https" else 80)
    if scheme in _SOCKS:
        return Way(name, shown=shown, host=url.host, port=port, problem="socks", blocks=True)
    problem = ""
    if url.host in ("http", "https", ""):
        problem = "proxy_twice" if value.count("://") > 1 else "proxy_no_host"
    elif not 0 < port <= 65535:
        problem = "bad_port"
    return Way(name, Secret(text), shown, url.host, port, problem)


def _fault(value: str, otherwise: str = "proxy_not_a_url") -> str:
    """Return the word for what is wrong with a value that is no URL of a proxy."""
    if re.search(r"""["'“”‘’]""", value):
        return "proxy_quoted"
    if not value.isascii():
        return "full_width"
    if value != value.strip():
        return "blanks"
    if not value.isprintable():
        return "control_characters"
    # behind a user-info a colon may belong to the password
    port = re.fullmatch(r"\w+://[^/:@]+:([^/:@]+)/?", value)
    return "bad_port" if port and not port[1].isdecimal() else otherwise
