"""What black holes cost: a check of five candidates, two of them silent, against the same chat made directly.

Both run in the lab, interleaved, with the same client: ``.venv/bin/python bench/black_holes.py``.
"""

import statistics
import sys

from netdiag import lab
from netdiag.lab import scenarios

ROUNDS = 20

IN_PROCESS = """
import json, time
from netdiag import engine, kag
from netdiag.model.endpoint import Endpoint
from netdiag.probe.http import send
import netdiag.engine
job = engine.Job("check", files=("llm.json",))
call = kag.call("0.8", Endpoint("", 1, "", "chat", "ollama", "qwen2.5:3b", ""), "http://172.18.0.1:11434/")
began = time.perf_counter()
answer = send(call.request, connect_s=1, read_s=10)
direct = time.perf_counter() - began
began = time.perf_counter()
report = engine.run(job, lambda event, what: None)
whole = time.perf_counter() - began
assert answer.status == 200 and report.endpoints[0].proven_url == "http://172.18.0.1:11434/", report
print(json.dumps([direct * 1000, whole * 1000]))
"""


def main() -> None:
    """Print the median of each, and of their difference in each round."""
    scenario = scenarios.by_name("two-dead-addresses")
    rounds = []
    with lab.make(scenario.world) as place:
        (place.directory / scenario.file_name).write_text(scenario.config)
        for _ in range(ROUNDS + 1):
            done = place.run([sys.executable, "-c", IN_PROCESS])
            rounds.append([float(part) for part in done.stdout.strip("[]\n").split(",")])
    direct, whole = zip(*rounds[1:], strict=True)
    extra = [w - d for d, w in rounds[1:]]
    for name, values in (("direct chat", direct), ("whole check", whole), ("difference", extra)):
        print(f"{name:12} median {statistics.median(values):7.1f} ms   max {max(values):7.1f} ms   n {len(values)}")


if __name__ == "__main__":
    main()
