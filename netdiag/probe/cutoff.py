"""Cuts a connection off when its time is over, for libraries whose limits are for each receive only."""

import contextlib
import socket
import threading
from collections.abc import Callable


class CutOff:
    """Shuts down what ``connection`` returns once ``limit_s`` seconds are over, so that whoever waits for it goes on.

    ``is_over`` tells whether that has happened. It has to be called off in the end.
    """

    def __init__(self, connection: Callable[[], socket.socket | None], limit_s: float) -> None:
        self._connection = connection
        self._timer = self._started(limit_s)
        self.is_over = False

    def renew(self, limit_s: float) -> None:
        """Begin again, with ``limit_s`` seconds from now."""
        self._timer.cancel()
        self._timer = self._started(limit_s)

    def call_off(self) -> None:
        """Leave the connection alone from now on."""
        self._timer.cancel()

    def _started(self, limit_s: float) -> threading.Timer:
        timer = threading.Timer(limit_s, self._cut)
        timer.daemon = True
        timer.start()
        return timer

    def _cut(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):
            if connection := self._connection():
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not TLS's own: that one changes its state
