"""Resolve names as KAG's client will: through the C library, so ``/etc/hosts`` and ``nsswitch.conf`` count."""

import encodings.idna  # noqa: F401 - getaddrinfo would import it, in the thread that looks a name up
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

from netdiag import background, failures
from netdiag.model.place import NameAnswer

NAME_LIMIT_S: Final = 10.0
"""Longest wait for the name that is configured, since KAG waits for it too: by default glibc asks a name server twice,
5 s each time (resolv.conf(5), ``timeout`` and ``attempts``)."""

_FAILURES = {
    socket.EAI_NONAME: failures.DNS_NXDOMAIN,
    socket.EAI_NODATA: failures.DNS_NO_ADDRESS,
}
"""EAI_AGAIN is not among them: glibc says it of silence, of SERVFAIL and of REFUSED alike (netdiag.probe.dns tells)."""


def lookup(name: str) -> NameAnswer:
    """Resolve ``name``; blocks for as long as the resolver does (glibc: 5 s for each server and try)."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        failure = _FAILURES.get(error.errno or 0, failures.DNS_FAILED)
        return NameAnswer(name, failure=failure, detail=error.strerror or "")
    except (OSError, UnicodeError) as error:
        return NameAnswer(name, failure=failures.DNS_FAILED, detail=str(error))
    # IPv4 first: Docker Desktop answers AAAA with an address most containers have no route to (docker docs, DNS).
    ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return NameAnswer(name, addresses=tuple(dict.fromkeys(str(entry[4][0]) for entry in ordered)))


class Lookups:
    """Lookups that are made once for each name: who asks again, even meanwhile, gets the same answer."""

    def __init__(self, resolve: Callable[[str], NameAnswer] = lookup) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[threading.Event, list[NameAnswer]]] = {}

    def __call__(self, name: str) -> NameAnswer:
        """Resolve ``name``, or wait for the lookup of it that is under way; blocks for as long as the resolver does."""
        with self._lock:
            is_first = name not in self._asked
            done, answers = self._asked.setdefault(name, (threading.Event(), []))
        if is_first:
            answers.append(self._resolve(name))
            done.set()
        done.wait()
        return answers[0]


def in_background(name: str, done: Callable[[NameAnswer], None], resolve: Callable[[str], NameAnswer] = lookup) -> None:
    """Resolve ``name`` in a thread of its own and hand the outcome to ``done`` there.

    A daemon thread, because getaddrinfo cannot be called off: a dead name server must not hold the process.
    """
    background.start(lambda: done(resolve(name)), f"resolve {name}")


def endpoints(host: str, port: int, limit_s: float) -> list[tuple[Any, ...]]:
    """Return what ``getaddrinfo`` has for a connection; raises its errors, and EAI_AGAIN after ``limit_s`` seconds."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    if is_address(host):
        return list(ask())
    try:
        return list(background.begin(ask, f"resolve {host}")(limit_s))
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from None


def is_address(host: str) -> bool:
    """Tell whether ``host`` is an IPv4 or IPv6 address, so that nobody is asked for it."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def within(name: str, limit_s: float, resolve: Callable[[str], NameAnswer] = lookup) -> NameAnswer:
    """Resolve ``name``, or say ``timed_out`` after ``limit_s`` seconds: a dead name server takes glibc ten and more."""
    answers: queue.SimpleQueue[NameAnswer] = queue.SimpleQueue()
    in_background(name, answers.put, resolve)
    try:
        return answers.get(timeout=limit_s)
    except queue.Empty:
        return NameAnswer(name, failure=failures.TIMED_OUT)


def resolved(
    names: Iterable[str], limit_s: float, resolve: Callable[[str], NameAnswer] = lookup
) -> Mapping[str, NameAnswer]:
    """Resolve ``names`` at the same time; those that take longer than ``limit_s`` seconds say ``timed_out``."""
    waiting = dict.fromkeys(names)
    answers: queue.SimpleQueue[NameAnswer] = queue.SimpleQueue()
    found = {name: NameAnswer(name, failure=failures.TIMED_OUT) for name in waiting}
    deadline = time.monotonic() + limit_s
    for name in waiting:
        in_background(name, answers.put, resolve)
    for _ in waiting:
        try:
            answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[answer.name] = answer
    return found
