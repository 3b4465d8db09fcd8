"""Connect to every candidate at once and say how each ended.

One poll loop over non-blocking sockets: all connects are under way from the first millisecond, names join when they
are resolved, and the errno of each failure is kept (HTTP clients lose it). RFC 8305 staggers its connects to spare
servers on the internet; with some ten addresses of one host there is nobody to spare.
"""

import contextlib
import errno
import os
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from netdiag import background, failures
from netdiag.clock import since
from netdiag.model.attempt import Attempt, Unsent
from netdiag.model.place import Candidate, NameAnswer
from netdiag.probe.names import in_background, lookup

CONNECT_LIMIT_S: Final = 1.5
"""Longest wait for a TCP connection. On one machine an answer takes microseconds; a lost SYN is sent again after 1 s
(RFC 6298), so this leaves room for one loss."""

NAME_GRACE_S: Final = 0.05
"""How long a better candidate's name may be looked up once a worse one has answered (RFC 8305's resolution delay)."""

CONNECT_GRACE_S: Final = 0.01
"""How long a better candidate may still answer its own connect by then, or twice the round trip that the first answer
took, whichever is more: all of them are addresses of one host, and their packets were sent together."""

_UNSENT: Final[dict[int, Unsent]] = {
    errno.ENETUNREACH: "no_route",
    errno.EHOSTUNREACH: "unreachable",
    errno.EACCES: "prohibit",
    errno.EINVAL: "blackhole",
    errno.EPERM: "policy",  # a BPF program of the control group (Cilium has one), or a security module
}
"""What connect(2) fails with before anything is sent: the errno of each type of route in the kernel's own table
(net/ipv4/fib_semantics.c, fib_props). The same numbers arrive by ICMP too, but only after EINPROGRESS."""


_HOPS: Final = {
    socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TTL),
    socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS),
}


class Race(NamedTuple):
    """How it ended: every attempt, the address that answered for each ``(host, port)``, and what names stood for.

    The port is the one that was connected to: a candidate may have one of its own.
    """

    attempts: tuple[Attempt, ...]
    connected: dict[tuple[str, int], str]
    resolved: dict[str, NameAnswer]

    @property
    def last_failed(self) -> Attempt | None:
        """The attempt that failed last, if any did."""
        return next((attempt for attempt in reversed(self.attempts) if attempt.failure), None)

    def left(self, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """Return the candidates that were called off before they had answered."""
        hosts = {attempt.host for attempt in self.attempts if attempt.failure == failures.NOT_AWAITED}
        return tuple(candidate for candidate in candidates if candidate.host in hosts)


class _Connecting(NamedTuple):
    """``port`` is the one that the race is about, ``at`` the candidate's way to it."""

    candidate: Candidate
    address: str
    port: int
    began: float

    @property
    def at(self) -> int:
        return self.candidate.at(self.port) or self.port


class _First(NamedTuple):
    """When the first candidate answered on a port, and how long that took."""

    at: float
    took_s: float


def race(  # noqa: PLR0913 - with two that tests give
    candidates: Sequence[Candidate],
    ports: Sequence[int],
    *,
    limit_s: float = CONNECT_LIMIT_S,
    name_limit_s: float = 0.0,
    patient: bool = False,
    required: Collection[tuple[str, int]] = (),
    resolve: Callable[[str], NameAnswer] = lookup,
    meanwhile: Callable[[], None] | None = None,
    hops: int = 0,
) -> Race:
    """Connect to every candidate that is a way to it, on every port; return when each port is settled.

    A port is settled when somebody answered and no better-ranked candidate can still do so within the grace, after
    ``limit_s`` seconds at the latest. ``required`` names as ``(host, port)`` what no grace calls off: its connect gets
    all of ``limit_s`` from its own start, and once it has answered no other is waited for. A name among them that is
    not resolved within ``limit_s`` ends as ``not_awaited``: it may still be.

    ``patient`` waits for every single one to its end instead: ``limit_s`` for each connect, and for each name
    ``name_limit_s``, or ``limit_s`` without that. ``meanwhile`` is called here once the first packets are sent, and a
    thread waits for the answers. ``hops`` is how many routers a packet may pass, less one; 0 stands for the usual.
    """
    patience = _Patience(limit_s, name_limit_s or limit_s, patient, frozenset(required))
    return _Racer(candidates, ports, patience, resolve, hops).run(meanwhile)


class _Patience(NamedTuple):
    """How long is waited: seconds for a connect and for a name, for whom to the end."""

    limit_s: float
    name_limit_s: float
    for_all: bool
    required: frozenset[tuple[str, int]]


class _Racer:
    def __init__(
        self,
        candidates: Sequence[Candidate],
        ports: Sequence[int],
        patience: _Patience,
        resolve: Callable[[str], NameAnswer],
        hops: int,
    ) -> None:
        self._candidates = candidates
        self._ports = tuple(dict.fromkeys(ports))
        self._patience = patience
        self._resolve = resolve
        self._hops = hops
        self._selector = selectors.DefaultSelector()
        self._answers: queue.SimpleQueue[NameAnswer] = queue.SimpleQueue()
        self._wake_in, self._wake_out = os.pipe()
        self._wake_lock = threading.Lock()
        self._is_over = False
        self._began = time.monotonic()
        self._attempts: list[Attempt] = []
        self._connected: dict[tuple[str, int], str] = {}
        self._resolved: dict[str, NameAnswer] = {}
        self._unresolved: dict[str, list[Candidate]] = {}
        self._first: dict[int, _First] = {}
        self._best: dict[int, int] = {}

    def run(self, meanwhile: Callable[[], None] | None) -> Race:
        os.set_blocking(self._wake_out, False)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        if meanwhile is None:
            return self._ended()
        # here is what may import, and it holds up no time that is taken: the thread wakes up between two bytecodes
        ended = background.begin(self._ended, "race")
        meanwhile()
        return ended(None)

    def _ended(self) -> Race:
        try:
            while (left := self._time_left()) > 0:
                self._poll(left)
            if time.monotonic() >= self._began + self._patience.limit_s:
                # what had arrived while this process did not get to run was in time; a name is too late to be tried
                self._selector.unregister(self._wake_in)
                self._poll(0)
            self._give_up()
        finally:
            self._close()
        return Race(tuple(self._attempts), self._connected, self._resolved)

    def _start(self) -> None:
        for candidate in self._candidates:
            if candidate.addresses:
                self._connect(candidate, candidate.addresses)
            else:
                self._unresolved.setdefault(candidate.host, []).append(candidate)
        for name in self._unresolved:
            in_background(name, self._answered, self._resolve)

    def _poll(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._wake_in:
                self._take_answers()
            else:
                self._finish(key.fileobj, key.data)  # type: ignore[arg-type]

    def _answered(self, resolved: NameAnswer) -> None:
        """Called in the resolver's thread, perhaps long after the race: the pipe's number is another file's then."""
        self._answers.put(resolved)
        with self._wake_lock, contextlib.suppress(BlockingIOError):
            if not self._is_over:
                os.write(self._wake_out, b"!")

    def _take_answers(self) -> None:
        os.read(self._wake_in, 4096)
        while not self._answers.empty():
            resolved = self._answers.get()
            self._resolved[resolved.name] = resolved
            for candidate in self._unresolved.pop(resolved.name):
                for port in self._ports_of(candidate):
                    found = ", ".join(resolved.addresses) or resolved.detail
                    self._note("dns", _Connecting(candidate, "", port, self._began), resolved.failure, found)
                self._connect(candidate, resolved.addresses)

    def _connect(self, candidate: Candidate, addresses: Sequence[str]) -> None:
        for port in self._ports_of(candidate):
            for address in addresses:
                self._connect_one(_Connecting(candidate, address, port, time.monotonic()))

    def _ports_of(self, candidate: Candidate) -> list[int]:
        return [port for port in self._ports if candidate.at(port) is not None]

    def _connect_one(self, to: _Connecting) -> None:
        try:
            family, _, _, _, target = socket.getaddrinfo(
                to.address, to.at, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )[0]
            connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            if self._hops:
                connection.setsockopt(*_HOPS[family], self._hops)
        except OSError as error:
            if error.errno in failures.EXHAUSTED:
                raise
            self._note("tcp", to, failures.ADDRESS_UNUSABLE, str(error))
            return
        number = connection.connect_ex(target)
        if number in (0, errno.EINPROGRESS):
            self._selector.register(connection, selectors.EVENT_WRITE, to)
            return
        connection.close()
        # without its interface a link-local address is no address to the kernel, which says EINVAL too
        unsent = "" if to.address.startswith("fe80:") else _UNSENT.get(number, "")
        self._failed(to, number, unsent)

    def _finish(self, connection: socket.socket, to: _Connecting) -> None:
        self._selector.unregister(connection)
        number = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        connection.close()
        # only what was accepted can be reset: to a SYN a reset is a refusal
        if number not in (0, errno.ECONNRESET):
            self._failed(to, number)
            return
        self._note("tcp", to, None)
        self._connected.setdefault((to.candidate.host, to.at), to.address)
        now = time.monotonic()
        rank = self._rank(to.candidate, to.port)
        self._best[to.port] = min(rank, self._best.get(to.port, rank))
        self._first.setdefault(to.port, _First(now, now - to.began))

    def _failed(self, to: _Connecting, number: int, unsent: Unsent = "") -> None:
        self._note("tcp", to, failures.from_errno(number), os.strerror(number), unsent)

    def _time_left(self) -> float:
        """Return the seconds to wait for the next event: not positive when all is settled or time is up."""
        ends = [self._waits(candidate, port) for candidate, port in self._names()]
        ends += [self._waits(to.candidate, to.port, to.began) for to in self._pending()]
        return max(ends, default=0.0) - time.monotonic()

    def _waits(self, candidate: Candidate, port: int, began: float | None = None) -> float:
        """Return until when the candidate is waited for, whose name is looked up, or whose connect ``began`` then."""
        first, end = self._first.get(port), self._end(candidate, port, began)
        has_answered = (candidate.host, candidate.at(port)) in self._connected
        if first is None or self._patience.for_all or (self._is_required(candidate, port) and not has_answered):
            return end
        if candidate.rank >= self._best[port]:
            return 0.0
        grace = first.at + NAME_GRACE_S
        if began is not None:
            grace = max(first.at, began) + max(CONNECT_GRACE_S, 2 * first.took_s)
        return min(grace, end)

    def _end(self, candidate: Candidate, port: int, began: float | None) -> float:
        """Return when the time for a name is over, or for a connect that ``began`` then."""
        if began is None:
            return self._began + (self._patience.name_limit_s if self._patience.for_all else self._patience.limit_s)
        has_its_own = self._patience.for_all or self._is_required(candidate, port)
        return (began if has_its_own else self._began) + self._patience.limit_s

    def _is_required(self, candidate: Candidate, port: int) -> bool:
        return (candidate.host, candidate.at(port)) in self._patience.required

    def _rank(self, candidate: Candidate, port: int) -> int:
        return -1 if self._is_required(candidate, port) else candidate.rank

    def _names(self) -> list[tuple[Candidate, int]]:
        """Return the candidates whose names are not resolved yet, each with every port it is a way to."""
        waiting = [candidate for candidates in self._unresolved.values() for candidate in candidates]
        return [(candidate, port) for candidate in waiting for port in self._ports_of(candidate)]

    def _pending(self) -> list[_Connecting]:
        return [key.data for key in self._selector.get_map().values() if isinstance(key.data, _Connecting)]

    def _give_up(self) -> None:
        now = time.monotonic()
        for to in self._pending():
            is_over = now >= self._end(to.candidate, to.port, to.began)
            waited = self._patience.for_all or self._is_required(to.candidate, to.port) or to.port not in self._best
            self._note("tcp", to, failures.TIMED_OUT if is_over and waited else failures.NOT_AWAITED)
        for candidate, port in self._names():
            is_over = now >= self._end(candidate, port, None)
            waited = self._patience.for_all or not self._is_required(candidate, port)
            word = failures.DNS_TIMED_OUT if is_over and waited else failures.NOT_AWAITED
            self._note("dns", _Connecting(candidate, "", port, self._began), word)

    def _note(
        self, step: Literal["dns", "tcp"], to: _Connecting, failure: str | None, detail: str = "", unsent: Unsent = ""
    ) -> None:
        started = round((to.began - self._began) * 1000, 3)
        took = since(to.began)
        attempt = Attempt(step, to.candidate.host, to.address, to.at, started, took, failure, detail, unsent=unsent)
        self._attempts.append(attempt)

    def _close(self) -> None:
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        with self._wake_lock:
            self._is_over = True
            os.close(self._wake_in)
            os.close(self._wake_out)
