"""Two rules of Ollama's that decide what is reached: which Host it answers, and where ``OLLAMA_HOST`` makes it listen.

Pure. Measured on 0.17.4 and read in 0.32.14 (server/routes.go, envconfig/config.go).
"""

import ipaddress
import re
from typing import Final, Literal, NamedTuple

PORT: Final = 11434

Reach = Literal["all", "loopback", "one", "nowhere"]
Fault = Literal["", "port_of_scheme", "port_ignored"]

_SCHEMES: Final = {"http": 80, "https": 443}
_HOST_AND_PORT: Final = r"(?:\[(?P<v6>[^\[\]]*)\]|(?P<host>[^:\[\]]*)):(?P<port>[^:\[\]]*)"
_NAME: Final = r"(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""RFC 1918 and RFC 4193, as Go's ``net.IP.IsPrivate`` has them; link-local addresses are none of them."""


class Listening(NamedTuple):
    """Where an Ollama listens; ``nowhere`` means that it does not start. ``fault`` is what is wrong with the port."""

    reach: Reach
    host: str
    port: int
    fault: Fault = ""


def listening(value: str) -> Listening:
    """Return where ``OLLAMA_HOST=value`` makes an Ollama listen.

    A scheme brings its own port, a port that is none is replaced by the usual one, and what is neither an address nor
    a name that can be looked up keeps it from starting.
    """
    scheme, has_scheme, rest = value.strip().strip("\"'").partition("://")
    default = _SCHEMES.get(scheme, PORT) if has_scheme else PORT
    written = (rest if has_scheme else scheme).partition("/")[0]
    split = re.fullmatch(_HOST_AND_PORT, written)
    host = (split["v6"] or split["host"] or "") if split else written.strip("[]") or "127.0.0.1"
    given = split["port"] if split else None
    is_port = given is not None and given.isdecimal() and given.isascii() and int(given) <= 65535
    port = int(given) if given is not None and is_port else default
    fault: Fault = "port_ignored" if given is not None and not is_port else ""
    if given is None and has_scheme and port != PORT:
        fault = "port_of_scheme"
    return Listening(_reach(host, anywhere=split is not None), host, port, fault)


def _reach(host: str, *, anywhere: bool) -> Reach:
    if not host:
        return "all" if anywhere else "loopback"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost":
            return "loopback"
        return "one" if re.fullmatch(_NAME, host) and host not in _SCHEMES else "nowhere"
    if address.is_unspecified:
        return "all"
    return "loopback" if address.is_loopback else "one"


def accepts_host(host: str) -> bool:
    """Tell whether an Ollama that is bound to a loopback address answers a request whose Host is ``host``.

    The machine's own name and addresses are answered too, but are not known here.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower()
        return name in ("", "localhost") or name.endswith((".localhost", ".local", ".internal"))
    is_private = any(address in ipaddress.ip_network(network) for network in _PRIVATE)
    return address.is_loopback or address.is_unspecified or is_private
