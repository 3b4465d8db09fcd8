"""A way to the database that is cut when a COMMIT passes: before it arrives, or before its answer does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal

Cut = Literal["", "before", "after"]


class Proxy:
    """Passes on what it gets; ``cut`` says when to hang up, and ``is_gone_then`` whether nobody is let in after it.

    It listens at ``at``, by default a free port.
    """

    def __init__(self, port: int, at: int = 0) -> None:
        self.cut: Cut = ""
        self.is_gone_then = False
        self._is_gone = False
        self._to = port
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", at))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def mend(self) -> None:
        """Let everything pass again."""
        self.cut, self._is_gone = "", False

    def close(self) -> None:
        """End it."""
        for each in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._open.append(client)
                if self._is_gone:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open.append(server)
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(*ends, ends[0] is client), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_client: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_client and self.cut and data.endswith(b"\x03COMMIT"):
                    self._hang_up(source, target, data)
                    return
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _hang_up(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        self._is_gone = self.is_gone_then
        cut, self.cut = self.cut, ""
        # Nothing that the server says gets back: the client's end goes first.
        client.shutdown(socket.SHUT_RDWR)
        if cut == "after":
            server.sendall(data)
            server.settimeout(10)
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_WR)
        else:
            server.shutdown(socket.SHUT_RDWR)
