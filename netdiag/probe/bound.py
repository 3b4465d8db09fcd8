"""What bounds one call, whatever is done on its behalf: the moment when it ends, and how many bytes may come."""

import time
from collections.abc import Callable
from typing import Final

HEAD_LIMIT: Final = 256 * 1024
"""Bytes that may come before an answer begins: a handshake, provisional answers (1xx) and headers. OpenSSL takes 100 KB
of certificates (SSL_CTX_set_max_cert_list), httpcore 100 KB for the headers of one answer."""


class TooLargeError(Exception):
    """More came than is read; the text says of what."""


class StrangerError(Exception):
    """A name stands for addresses that the call must not go to; the text is the first of them."""


class Bound:
    """The end of a call by ``time.monotonic``, and the bytes that may still come over its connections.

    With ``peers`` they lead to these addresses only, whatever a name stands for by now.
    ``is_clients`` tells whether the last wait was as long as KAG's client waits, and not as long as netdiag does.
    ``is_connected`` tells whether somebody has accepted the last connection; ``accepted`` is called when that happens.
    """

    def __init__(
        self,
        ends: float,
        peers: frozenset[str] | None = None,
        now: Callable[[], float] = time.monotonic,
        *,
        accepted: Callable[[], None] | None = None,
    ) -> None:
        self.ends = ends
        self.peers = peers
        self.is_clients = False
        self.is_connected = False
        self._now = now
        self._accepted = accepted
        self._room = HEAD_LIMIT

    @property
    def left_s(self) -> float:
        """Seconds until the end; not positive once it is over."""
        return self.ends - self._now()

    def wait_s(self, own_s: float | None = None) -> float:
        """Return how long the next operation may take: ``own_s`` where it has a limit of its own, and what is left.

        Raises :exc:`TimeoutError` when the call is over: an operation that need not wait would succeed even then.
        """
        left = self.left_s
        self.is_clients = own_s is not None and own_s < left
        if left <= 0:
            msg = "timed out"
            raise TimeoutError(msg)
        return left if own_s is None else min(own_s, left)

    def connect(self) -> None:
        """Note that somebody has accepted a connection."""
        self.is_connected = True
        if self._accepted:
            self._accepted()

    def allow(self, most_bytes: int) -> None:
        """Let as many bytes come from now on."""
        self._room = most_bytes

    def take(self, size: int) -> None:
        """Count bytes that came; raises :exc:`TooLargeError` for more than may."""
        self._room -= size
        if self._room < 0:
            msg = "more bytes than are read"
            raise TooLargeError(msg)
