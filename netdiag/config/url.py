"""Taking a base_url apart without ever refusing it: people's typing errors get a name, and offsets stay exact."""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Problem = Literal[
    "", "empty", "no_host", "scheme_typo", "blanks", "full_width", "bad_port", "control_characters", "placeholder"
]  # fmt: skip

HOST_NAMES: Final = frozenset(
    {
        "host.docker.internal",  # Docker Desktop; elsewhere by --add-host …:host-gateway
        "gateway.docker.internal",  # Docker Desktop
        "host.containers.internal",  # Podman
        "host.container.internal",  # Apple's container
        "host.lima.internal",  # Lima, Colima
        "host.rancher-desktop.internal",
        "host.orb.internal",  # OrbStack
        "host.k3d.internal",
        "host.minikube.internal",
        "host.wslc.internal",  # WSL containers
    }
)
"""Names by which a container platform lets its containers reach the host."""

LOOPBACK_NAMES: Final = frozenset(
    {
        "localhost.localdomain",  # Fedora and Red Hat (setup: hosts), with the next four
        "localhost4",
        "localhost4.localdomain4",
        "localhost6",
        "localhost6.localdomain6",
        "ip6-localhost",  # Debian (netbase: hosts), and what Docker writes (moby: libnetwork/etchosts)
        "ip6-loopback",
    }
)
"""Names that ``/etc/hosts`` of distributions gives the loopback addresses, and nobody anything else."""

# "http" as it is also typed: htp, hhtp, htttp, ttp, httpss.
_HTTP: Final = r"(?:h{1,2}t{1,3}p{1,2}|t{2,3}p)s{0,2}"
# What comes before the host. The first form also takes http:/x, http//x, http;//x, http:\\x and http://http://x; the
# second any other scheme; the third an address that begins with slashes.
_BEFORE_HOST: Final = re.compile(rf"(?i)(?:{_HTTP}(?:[:;]*[/\\]+|[:;]+|[.,]//))+|[^/?#@\[\]]*?:[/\\]{{2,}}|[/\\]{{2,}}")
_NOT_SCHEME: Final = re.compile(r"[:;.,/\\]")

# One character for one, so that offsets into the plain text are offsets into the original.
_LOOK_ALIKES: Final = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # the full-width forms of ! to ~
    | dict.fromkeys(map(ord, "。｡․﹒"), ".")
    | dict.fromkeys(map(ord, "∶꞉﹕︰"), ":")
    | dict.fromkeys(map(ord, "⁄∕⧸╱"), "/")
    | dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
    | dict.fromkeys(map(ord, "“”„‟″"), '"')
    | dict.fromkeys(map(ord, "‘’‚‛′‵"), "'")
)
_DOTS: Final = dict.fromkeys(map(ord, "。．｡"), ".")
"""What divides labels like a full stop (RFC 3490, section 3.1), as httpx takes it too."""

# What examples put where an address belongs: <ip>, {host}, your-server-ip, x.x.x.x, 192.168.x.x, 替换为…
_PLACEHOLDER: Final = (
    r"(?i).*[<>{}].*|.*(?:替换|你的|您的|填写|宿主机|主机ip|服务器ip|本机ip).*|your[-_.]?(?:host|server|machine|local|lan)?"
    r"[-_.]?(?:ip|host|server|address|domain|name)?[-_.]?(?:address|here)?|(?:host|server|machine|lan|local)[-_]?ip|"
    r"[x*]+(?:\.[x*]+){3}|(?:\d{1,3}\.){1,3}[x*]+(?:\.[x*]+)*|ip|ip[-_]?addr(?:ess)?|x{3,}|\.{3,}"
)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_PART_OF_AN_ADDRESS: Final = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*")


class Url(NamedTuple):
    """A base_url in its parts.

    ``host`` is as written but without the brackets of IPv6; ``host_at`` includes them. ``path`` is everything after
    the authority, query and fragment included. ``scheme`` is in lower case and empty where there is none, which
    KAG's ``ollama`` type accepts. ``problem`` is the first thing that is wrong, or empty.
    """

    text: str
    scheme: str
    userinfo: str
    host: str
    port: int | None
    path: str
    host_at: tuple[int, int]
    path_at: tuple[int, int]
    problem: Problem

    def __repr__(self) -> str:
        """Show only the parts that hold no key."""
        return f"Url(scheme={self.scheme!r}, host={self.host!r}, port={self.port!r}, problem={self.problem!r})"


@lru_cache(maxsize=256)  # thousands of knowledge bases have copies of a few base_urls
def split(text: str) -> Url:
    """Return ``text`` in its parts, the offsets counted in characters of ``text``. Never raises.

    The authority ends and the user-info is cut as in RFC 3986, section 3.2, and httpx: the last ``@`` counts.
    """
    plain = text.translate(_LOOK_ALIKES)
    start = len(text) - len(text.lstrip())
    end = max(start, len(text.rstrip()))
    before = _BEFORE_HOST.match(plain, start, end)
    prefix = before.group() if before else ""
    begin = start + len(prefix)
    path_at = next((at for at in range(begin, end) if plain[at] in "/?#"), end)
    host_from = max(begin, plain.rfind("@", begin, path_at) + 1)
    host_at, port_at = _host_and_port(plain, host_from, path_at)
    host = text[slice(*host_at)]
    port, port_is_bad = _port(plain[port_at:path_at])
    bracketed = host.startswith("[") and host.endswith("]")
    sound = _is_ipv6(host[1:-1]) if bracketed else host and not {*"[]"} & {*host}
    if prefix and prefix.lower() not in ("http://", "https://"):
        problem: Problem = "scheme_typo"
    elif not sound:
        problem = "no_host"
    elif is_placeholder(host):
        problem = "placeholder"
    else:
        problem = "bad_port" if port_is_bad else ""
    return Url(
        text=text,
        scheme=_NOT_SCHEME.split(prefix, maxsplit=1)[0].lower(),
        userinfo=text[begin : max(begin, host_from - 1)],
        host=host[1:-1] if bracketed else host,
        port=port,
        path=text[path_at:end],
        host_at=host_at,
        path_at=(path_at, end),
        problem=_problem_of_characters(text, plain) or problem,
    )


def _host_and_port(plain: str, start: int, end: int) -> tuple[tuple[int, int], int]:
    """Return where the host is and where what follows it begins."""
    ending, extra = ("]", 1) if plain.startswith("[", start) else (":", 0)
    found = plain.find(ending, start, end)
    host_end = end if found < 0 else found + extra
    return (start, host_end), host_end


def _port(rest: str) -> tuple[int | None, bool]:
    """Return the port in ``:11434`` (none in ``:`` or nothing), and whether what is there cannot be a port."""
    if rest in ("", ":"):
        return None, False
    digits = rest[1:].lstrip("0")
    if rest[0] == ":" and re.fullmatch("[1-9][0-9]{0,4}", digits) and int(digits) <= 65535:
        return int(digits), False
    return None, True


def _problem_of_characters(text: str, plain: str) -> Problem:
    if not text.strip():
        return "empty"
    if any(unicodedata.category(c) in _INVISIBLE and c not in "\t\r\n" for c in text):
        return "control_characters"
    if any(map(str.isspace, text)):
        return "blanks"
    return "full_width" if plain != text else ""


def is_placeholder(host: str) -> bool:
    """Return whether ``host`` is what an example puts there to be replaced: ``<ip>``, ``your-server``, ``x.x.x.x``."""
    lowered = host.lower()  # most hosts are told apart without the pattern, which takes a millisecond to compile
    is_possible = not host.isascii() or any(each in lowered for each in ("<", "{", "*", "ip", "your", "x", "..."))
    return is_possible and bool(re.fullmatch(_PLACEHOLDER, host))


@lru_cache(maxsize=256)
def is_host_local(host: str) -> bool:
    """Return whether ``host`` means the machine (or the container) that uses it, in any spelling.

    ``localhost`` and names under it (RFC 6761, section 6.3), 127.0.0.0/8 and 0.0.0.0 in every form of inet_aton(3),
    ``::1``, ``::`` and their IPv4-mapped forms, with or without brackets, and with full-width dots; and the names that
    distributions give loopback addresses (:data:`LOOPBACK_NAMES`). A name like ``127.0.0.1.nip.io`` is not.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare.isascii():
        bare = bare.translate(_DOTS)
    if ":" in bare:
        return _is_ipv6(bare) and _is_own(ipaddress.IPv6Address(bare.partition("%")[0]))
    number = _inet_aton(bare)
    if number is not None:
        return _is_own(ipaddress.IPv4Address(number))
    name = bare.removesuffix(".").lower()
    labels = name.split(".")
    return name in LOOPBACK_NAMES or (labels[-1] == "localhost" and all(labels))


@lru_cache(maxsize=256)
def address_of(host: str) -> str:
    """Return the IP address that ``host`` spells, in any form that getaddrinfo(3) reads; empty for a name.

    ``0.0.0.0`` and ``::`` are the loopback addresses, since that is where Linux connects to for them.
    """
    number = _inet_aton(host)
    try:
        address = ipaddress.ip_address(host if number is None else number)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    meant = mapped or address
    if meant.is_unspecified:
        return "127.0.0.1" if meant.version == 4 else "::1"
    return str(meant)


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    meant = mapped or address
    return meant.is_loopback or meant.is_unspecified


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _inet_aton(text: str) -> int | None:
    """Return the address as a number, as inet_aton(3) reads it: 1 to 4 parts, decimal, 0x or 0-octal."""
    parts = text.split(".")
    if len(text) > 64 or len(parts) > 4 or not all(map(_PART_OF_AN_ADDRESS.fullmatch, parts)):
        return None
    *bytes_, last = (int(part, 16 if part[:2] in ("0x", "0X") else 8 if part[0] == "0" else 10) for part in parts)
    bits_left = 32 - 8 * len(bytes_)
    if any(byte > 255 for byte in bytes_) or last >= 1 << bits_left:
        return None
    return int.from_bytes(bytes(bytes_), "big") << bits_left | last


def is_host_name(host: str) -> bool:
    """Return whether ``host`` is one of :data:`HOST_NAMES`, in any case, with or without the final dot."""
    return host.removesuffix(".").lower() in HOST_NAMES


def with_host(text: str, host: str) -> str:
    """Return ``text`` with ``host`` as its host and nothing else changed; an IPv6 address gets brackets."""
    start, end = split(text).host_at
    return text[:start] + in_brackets(host) + text[end:]


def with_port(text: str, port: int) -> str:
    """Return ``text`` with ``port`` as its port, which it may have had none of, and nothing else changed."""
    found = split(text)
    return f"{text[: found.host_at[1]]}:{port}{text[found.path_at[0] :]}"


def with_path(text: str, path: str) -> str:
    """Return ``text`` with ``path`` in place of everything after the authority."""
    start, end = split(text).path_at
    return text[:start] + path + text[end:]


def in_brackets(host: str) -> str:
    """Return ``host`` as a URL wants it: an IPv6 address in brackets (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
