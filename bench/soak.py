"""Three real minutes of `netdiag watch` beside a service that goes up and down 50 times, in a container of the lab.

    .venv/bin/python bench/soak.py [SECONDS [TIMES]]

Every change has to be seen once, memory has to stay flat, and no descriptor or thread may be left. It is not among the
tests, for its time; it fails as they do.
"""

import json
import sys

from netdiag import lab
from netdiag.lab import World

_CONFIG = '{"type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b"}'
_RSS_LIMIT_KB = 60_000
_GROWTH_LIMIT_KB = 1_500
"""What pools and the history may still take in two minutes; to keep 10 KB of each check would be more."""

_DRIVER = """
import asyncio, json, os, signal, subprocess, sys, time, urllib.request
from pathlib import Path
from netdiag.lab import Service
from netdiag.lab.servers import _answers
from netdiag.lab.servers.http import converse

seconds, times = float(sys.argv[1]), int(sys.argv[2])
half = seconds / times / 2
answers = _answers(Service("ollama", 11434, "127.0.0.1"))
async def application(request):
    return answers(request)

def used(pid):
    status = dict(line.split(":\\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\\t" in line)
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return {"rss": int(status["VmRSS"].split()[0]), "threads": int(status["Threads"]),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "cpu": (int(stat[11]) + int(stat[12])) / 100}

async def main():
    said = open("said", "w")
    command = ("netdiag", "watch", "--interval", "0.5s", "--listen", "127.0.0.1:9877", "llm.json")
    watching = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
    while not Path("said").read_text():
        await asyncio.sleep(0.1)
    samples = []
    for cycle in range(times):
        server = await asyncio.start_server(lambda r, w: converse(application, r, w), "127.0.0.1", 11434)
        await asyncio.sleep(half)
        server.close()
        await asyncio.sleep(half)
        urls = (f"http://127.0.0.1:9877/{name}" for name in ("metrics", "healthz"))
        pages = [await asyncio.to_thread(lambda url=url: urllib.request.urlopen(url, timeout=5).read()) for url in urls]
        samples.append(used(watching.pid))
    began = time.monotonic()
    watching.send_signal(signal.SIGTERM)
    status = await asyncio.to_thread(watching.wait)
    page = pages[0].decode().splitlines()
    print(json.dumps({"samples": samples, "lines": Path("said").read_text().splitlines(), "status": status,
        "stopped_s": time.monotonic() - began, "series": sum(line[0] != "#" for line in page),
        "checks": [line for line in page if line.startswith("netdiag_checks_total")]}))

asyncio.run(main())
"""

_IDLE = """
import os, signal, subprocess, sys, time
watching = subprocess.Popen(["netdiag", "watch", "--interval", "1h", "llm.json"], stdout=-3, stderr=-3)
def cpu():
    stat = open(f"/proc/{watching.pid}/stat").read().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / 100
time.sleep(5)
before = cpu()
time.sleep(30)
print((cpu() - before) / 30)
watching.terminate()
watching.wait()
"""


def _least(samples: list[dict[str, float]], *names: str) -> list[float]:
    """Return the least of these figures: a sample may have been taken during a check, which has its own thread."""
    return [min(sample[name] for sample in samples) for name in names]


def main() -> None:
    """Print the figures, and fail where one is not as it has to be."""
    seconds, times = (sys.argv[1:] + ["180", "50"][len(sys.argv) - 1 :])[:2]
    with lab.make(World()) as container:
        (container.directory / "llm.json").write_text(_CONFIG)
        idle = float(container.run([sys.executable, "-c", _IDLE]).stdout)
        done = container.run([sys.executable, "-c", _DRIVER, seconds, times], timeout=float(seconds) * 3 + 60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    states = ["works" if line.endswith("works") else "problem" for line in found["lines"]]
    samples = found["samples"]
    third = len(samples) // 3
    settled, last = samples[third], samples[-1]
    print(f"changes: {len(states) - 1} of {2 * int(times)}; {found['checks']}")
    print(f"after a third: {settled}\nat the end:    {last}")
    print(f"stopped in {found['stopped_s']:.2f} s, {found['series']} series")
    print(f"between checks: {100 * idle:.2f} % of a processor")
    assert states == ["problem", *["works", "problem"] * int(times)], found["lines"]
    assert max(sample["rss"] for sample in samples) < _RSS_LIMIT_KB
    assert last["rss"] - settled["rss"] < _GROWTH_LIMIT_KB
    before, after = (_least(part, "threads", "descriptors") for part in (samples[: third + 1], samples[-third:]))
    assert before == after
    assert (found["status"], found["stopped_s"] < 1.0) == (0, True)


if __name__ == "__main__":
    main()
