"""How soon `netdiag check --wait` notices that a service came up, and what waiting costs, in a container of the lab.

    .venv/bin/python bench/waiting.py [REPETITIONS]

The service's port is bound beforehand; ``listen(2)`` is the moment it comes up, at a random point of netdiag's rhythm.
From there: the first connection, the call that is the proof, and the end of the process.
"""

import json
import statistics
import sys

from netdiag import lab
from netdiag.lab import World

_CONFIG = '{"type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b"}'

_DRIVER = """
import asyncio, json, random, socket, subprocess, sys, time
from netdiag.lab import Service
from netdiag.lab.servers import _answers
from netdiag.lab.servers.http import Request, converse

listening = socket.socket()
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("127.0.0.1", 11434))
listening.setblocking(False)
seen = {}

async def main():
    began = time.monotonic()
    waiting = await asyncio.create_subprocess_exec(
        "netdiag", "check", "--wait", "60s", "--quiet", "llm.json",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await asyncio.sleep(2 + 3 * random.random())
    answers = _answers(Service("ollama", 11434, "127.0.0.1"))
    answers(Request("POST", "/api/chat", {}, b'{"model": "qwen2.5:3b"}'))  # the recordings are read now
    answers(Request("GET", "/api/version", {}, b""))
    async def application(request):
        if request.method == "POST":
            seen.setdefault("call", time.monotonic())
        return answers(request)
    def met(reader, writer):
        seen.setdefault("connection", time.monotonic())
        return converse(application, reader, writer)
    up = time.monotonic()
    server = await asyncio.start_server(met, sock=listening)
    status = await waiting.wait()
    ended = time.monotonic()
    assert status == 0, status
    print(json.dumps({**{name: (at - up) * 1000 for name, at in seen.items()}, "end": (ended - up) * 1000}))

asyncio.run(main())
"""

_COST = """
import json, os, sys, time
began = time.monotonic()
child = os.posix_spawnp("netdiag", ["netdiag", "check", "--wait", sys.argv[1], "-q", "llm.json"], os.environ,
    file_actions=[(os.POSIX_SPAWN_DUP2, os.open(os.devnull, os.O_WRONLY), 1)])
_, status, used = os.wait4(child, 0)
print(json.dumps([time.monotonic() - began, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)]))
"""


def main() -> None:
    """Print medians and maxima, and the processor time of waiting by the difference of two waits."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    rounds = []
    with lab.make(World()) as container:
        (container.directory / "llm.json").write_text(_CONFIG)
        for _ in range(repetitions):
            done = container.run([sys.executable, "-c", _DRIVER])
            assert done.returncode == 0, done.stderr
            rounds.append(json.loads(done.stdout))
        costs = [json.loads(container.run([sys.executable, "-c", _COST, wait]).stdout) for wait in ("2s", "32s")]
    for name in ("connection", "call", "end"):
        values = sorted(each[name] for each in rounds)
        late = sum(value > 100 for value in values)
        print(
            f"to the {name:10} median {statistics.median(values):6.1f} ms  max {values[-1]:6.1f} ms  over 100: {late}"
        )
    assert all(status == 124 for _, _, status in costs)
    (short, used, _), (long, more, _) = costs
    print(f"while waiting: {100 * (more - used) / (long - short):.1f} % of a processor")


if __name__ == "__main__":
    main()
