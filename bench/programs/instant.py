"""Answers Ollama's chat and version at once, keeps connections, says "up": ``instant.py PORT``, or imported.

What netdiag itself costs for many endpoints would not show beside a model that thinks.
"""

import asyncio
import json
import sys

_ANSWER = json.dumps({
    "model": "qwen2.5:3b",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": "ok"},
    "done": True,
    "done_reason": "stop",
    "total_duration": 1,
    "load_duration": 1,
    "prompt_eval_count": 1,
    "prompt_eval_duration": 1,
    "eval_count": 1,
    "eval_duration": 1,
}).encode()  # fmt: skip
_VERSION = b'{"version":"0.17.4"}'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_BACKLOG = 1000


class Instant(asyncio.Protocol):
    """One connection; requests are answered in the order in which they arrive."""

    def connection_made(self, transport):
        """Begin."""
        self._transport = transport
        self._received = b""

    def data_received(self, data):
        """Answer every request that is whole."""
        self._received += data
        while request := self._next():
            body = _VERSION if b"/api/version" in request.partition(b"\r\n")[0] else _ANSWER
            self._transport.write(_HEAD % len(body) + body)

    def _next(self):
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return None
        lengths = [line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        if len(rest) < length:
            return None
        self._received = rest[length:]
        return head


async def _main(port):
    await asyncio.get_running_loop().create_server(Instant, "0.0.0.0", port, backlog=_BACKLOG)
    print("up", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
