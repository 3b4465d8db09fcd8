"""Neo4j or MinIO as far as their greeting goes: ``parts.py bolt 7687``, ``parts.py minio 9000``.

Bolt answers the version that Neo4j 5.8 chooses; MinIO's answer is recorded (tests/openspg/test_companions.py).
"""

import socketserver
import sys

ANSWERS = {
    "bolt": b"\0\0\x08\x05",
    "minio": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: MinIO\r\nConnection: close\r\n\r\n",
}


class Greeter(socketserver.BaseRequestHandler):
    """Answers what is asked first, and closes."""

    def handle(self) -> None:
        """Answer once."""
        if self.request.recv(4096):
            self.request.sendall(ANSWERS[sys.argv[1]])


class Server(socketserver.ThreadingTCPServer):
    """On every address, as in a container."""

    allow_reuse_address = True
    daemon_threads = True


with Server(("", int(sys.argv[2])), Greeter) as server:
    server.serve_forever()
