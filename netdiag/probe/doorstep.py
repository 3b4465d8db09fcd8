"""Who accepts connections by now? Asked often while something is waited for, so it costs little and says nothing else.

One connect to each address at once. Who accepts and closes at once is no door that is open: docker-proxy does so for a
container whose service does not listen yet.
"""

import errno
import select
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Final

from netdiag.model.place import NameAnswer
from netdiag.probe.names import in_background, is_address, lookup

Door = tuple[str, int]

LIMIT_S: Final = 0.02
"""How long a connection may take: 0.1 ms to the host, and a way that takes longer is found by the next whole run."""

STAYS_S: Final = 0.005
"""How long a connection has to stay open. docker-proxy closes within 1 ms, when its container refuses."""

NAMES_EVERY_S: Final = 0.25
"""How often a name is asked for again: Docker's own name server is on this machine, others behind it may not be."""

_PENDING: Final = frozenset({0, errno.EINPROGRESS})


class Doorstep:
    """Knocks at doors, by name or address; names are resolved in threads of their own and cost no waiting."""

    def __init__(
        self,
        resolve: Callable[[str], NameAnswer] = lookup,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolve = resolve
        self._now = now
        self._known: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, float] = {}
        self._asking: set[str] = set()
        self._lock = threading.Lock()

    def any_open(self, doors: Collection[Door]) -> bool:
        """Tell whether one of the doors accepts a connection, and keeps it, within some 25 ms."""
        return knock([(address, port) for host, port in doors for address in self._addresses(host)])

    def _addresses(self, host: str) -> tuple[str, ...]:
        if is_address(host):
            return (host,)
        with self._lock:
            now = self._now()
            is_due = now - self._asked.get(host, -NAMES_EVERY_S) >= NAMES_EVERY_S
            if is_due and host not in self._asking:
                self._asking.add(host)
                self._asked[host] = now
                in_background(host, self._answered, self._resolve)
            return self._known.get(host, ())

    def _answered(self, answer: NameAnswer) -> None:
        with self._lock:
            self._asking.discard(answer.name)
            self._known[answer.name] = answer.addresses


def knock(addresses: Iterable[tuple[str, int]], limit_s: float = LIMIT_S, stays_s: float = STAYS_S) -> bool:
    """Connect to all addresses and ports at once; tell whether one accepts within ``limit_s`` and keeps it open."""
    poll = select.poll()
    trying: dict[int, socket.socket] = {}
    try:
        for address, port in dict.fromkeys(addresses):
            connection = _connecting(address, port)
            if connection:
                trying[connection.fileno()] = connection
                poll.register(connection, select.POLLOUT)
        return _one_stays(poll, trying, limit_s, stays_s)
    finally:
        for connection in trying.values():
            connection.close()


def _one_stays(poll: "select.poll", trying: dict[int, socket.socket], limit_s: float, stays_s: float) -> bool:
    accepted: dict[int, float] = {}
    ends = time.monotonic() + limit_s
    while trying:
        now = time.monotonic()
        if any(now - since >= stays_s for since in accepted.values()):
            return True
        until = min((since + stays_s for since in accepted.values()), default=ends)
        if until <= now:
            return False
        for number, event in poll.poll((until - now) * 1000 + 0.5):
            if number in accepted and not _is_closed(trying[number]):
                return True  # it speaks first, as MySQL does
            if number not in accepted and event == select.POLLOUT:
                accepted[number] = time.monotonic()
                poll.modify(number, select.POLLIN | select.POLLRDHUP)
                continue
            accepted.pop(number, None)
            poll.unregister(number)
            trying.pop(number).close()
    return False


def _connecting(address: str, port: int) -> socket.socket | None:
    try:
        family, _, _, _, target = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]
        connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError:
        return None
    if connection.connect_ex(target) in _PENDING:
        return connection
    connection.close()
    return None


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
