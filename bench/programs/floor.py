"""The least that proves an address: one connection, one chat, by hand. ``floor.py ADDRESS PORT``, or imported."""

import json
import socket
import sys
import time

_BODY = json.dumps({
    "model": "qwen2.5:3b",
    "stream": False,
    "messages": [
        {"role": "system", "content": "you are a helpful assistant"},
        {"role": "user", "content": "who are you?"},
    ],
    "tools": [],
}).encode()  # fmt: skip


def chat(address, port):
    """Ask KAG's own question and read the answer whole."""
    head = (
        f"POST /api/chat HTTP/1.1\r\nHost: {address}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(_BODY)}\r\n\r\n"
    )
    with socket.create_connection((address, port), 5) as connection:
        connection.sendall(head.encode() + _BODY)
        received = b""
        while not _is_whole(received):
            more = connection.recv(65536)
            assert more, received
            received += more
    assert received.startswith(b"HTTP/1.1 200"), received


def _is_whole(received):
    head, end, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if lengths:
        return bool(end) and len(body) >= int(lengths[0])
    return body.endswith(b"0\r\n\r\n")


if __name__ == "__main__":
    began = time.perf_counter()
    chat(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"chat_ms": (time.perf_counter() - began) * 1000}))
