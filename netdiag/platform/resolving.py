"""What ``/etc/hosts`` and ``/etc/resolv.conf`` say. Pure."""

import re
from typing import Final, NamedTuple

from netdiag.model.place import HostsLine

EMBEDDED_DNS: Final = "127.0.0.11"
"""Docker's own name server, present on user-defined networks only (moby: daemon/libnetwork/sandbox_dns_unix.go)."""

_EXT_SERVERS: Final = re.compile(r"^# ExtServers: \[(.*)\]")
_ADDRESS: Final = re.compile(r"(?:host\()?([^()\s%]+)")


class Resolver(NamedTuple):
    """``/etc/resolv.conf``: its name servers, its search list, and what Docker notes of the engine's machine there."""

    nameservers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    host_nameservers: tuple[str, ...] = ()


def hosts(text: str) -> tuple[HostsLine, ...]:
    """Return the lines of ``/etc/hosts`` (hosts(5)) that name something, numbered as an editor numbers them."""
    lines = ((number, line.partition("#")[0].split()) for number, line in enumerate(text.splitlines(), 1))
    return tuple(HostsLine(words[0], tuple(words[1:]), number) for number, words in lines if len(words) > 1)


def resolver(text: str) -> Resolver:
    """Return what ``/etc/resolv.conf`` says (resolv.conf(5)): of several search lists the last counts.

    Since Docker 26 a comment names the servers that Docker's own resolver asks: ``# ExtServers: [host(127.0.0.53)]``,
    where ``host(…)`` means "asked from the engine's machine" (moby: daemon/libnetwork/internal/resolvconf).
    """
    nameservers: list[str] = []
    host_nameservers: list[str] = []
    search: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            nameservers.append(words[1])
        elif len(words) > 1 and words[0] in ("search", "domain"):
            search = tuple(words[1:])
        elif noted := _EXT_SERVERS.match(line):
            host_nameservers += (found[1] for word in noted[1].split() if (found := _ADDRESS.match(word)))
    return Resolver(tuple(nameservers), search, tuple(host_nameservers))
