"""Resolve names as KAG's client will: through the C library, so ``/etc/hosts`` and ``nsswitch.conf`` count."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from netdiag import failures

_FAILURES = {
    socket.EAI_NONAME: failures.DNS_NXDOMAIN,
    socket.EAI_NODATA: failures.DNS_NXDOMAIN,
    socket.EAI_AGAIN: failures.DNS_TIMED_OUT,
}


@dataclass(frozen=True)
class Resolved:
    """What a name stands for: its ``addresses``, IPv4 first, or the ``failure`` to find any."""

    name: str
    addresses: tuple[str, ...] = ()
    failure: str | None = None
    detail: str = ""


def lookup(name: str) -> Resolved:
    """Resolve ``name``; blocks for as long as the resolver does (glibc: 5 s for each server and try)."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return Resolved(name, (), _FAILURES.get(error.errno or 0, failures.DNS_FAILED), error.strerror or "")
    except (OSError, UnicodeError) as error:
        return Resolved(name, (), failures.DNS_FAILED, str(error))
    # IPv4 first: Docker Desktop answers AAAA with an address most containers have no route to (docker docs, DNS).
    ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return Resolved(name, tuple(dict.fromkeys(str(entry[4][0]) for entry in ordered)))


def in_background(name: str, done: Callable[[Resolved], None], resolve: Callable[[str], Resolved] = lookup) -> None:
    """Resolve ``name`` in a thread of its own and hand the outcome to ``done`` there.

    A daemon thread, because getaddrinfo cannot be called off: a dead name server must not hold the process.
    """
    threading.Thread(target=lambda: done(resolve(name)), name=f"resolve {name}", daemon=True).start()
