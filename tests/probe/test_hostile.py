"""Whatever a server does, a call ends in time, in little memory, and with the right word."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from probe.hostile import HANDSHAKES, LATE, MANNERS, Manner, drip, flood, hostile, slowly

from netdiag.lab.servers.certificates import AUTHORITY
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import nobody
from netdiag.probe.environment import Environment
from netdiag.probe.identity import Asking, identify
from netdiag.prove.caller import Caller
from netdiag.text import Secret

LIMIT_S = 1.0
"""The time for a call in the breadth of the suite; whole runs have 2 s."""

SIDE_BY_SIDE = 12
TRIES_ALONE = 4
TRUSTING = Environment({"SSL_CERT_FILE": str(AUTHORITY)})

CASES = [
    *((f"{verb}, {name}, {'TLS' if tls else 'plain'}", verb, manner, tls, True) for name, manner in MANNERS.items()
      for verb in ("GET", "POST") for tls in (False, True)),
    *((f"{verb}, {name}, TLS", verb, manner, False, False) for name, manner in HANDSHAKES.items()
      for verb in ("GET", "POST")),
]  # fmt: skip


def asked(verb: str, url: str, environment: Environment, *, streamed: bool = False) -> tuple[str | None, str]:
    """Return how a look at a service (GET), or KAG's own call and what is asked after it (POST), ended."""
    if verb == "GET":
        ends = time.monotonic() + LIMIT_S
        service, answer = identify(Asking(url, 1.0, LIMIT_S, ends, environment))
        return answer.failure, service.name
    settings = {"stream": True} if streamed else {}
    endpoint = Endpoint("f", 1, "llm", "chat", "maas", "m", f"{url}/v1", Secret("sk-canary"), settings=settings)
    proof = Caller("0.8", LIMIT_S, nobody, environment).prove(endpoint, "127.0.0.1", f"{url}/v1")
    return proof.failure, proof.service.name if proof.service else ""


def met(case) -> tuple[str, float, str | None, str]:
    """Return a case with the seconds it took, and how it ended."""
    name, verb, manner, tls, listens = case
    scheme = "https" if tls or not listens else "http"
    with hostile(manner.says, tls=tls, listens=listens) as port:
        began = time.monotonic()
        failure, who = asked(verb, f"{scheme}://127.0.0.1:{port}", TRUSTING, streamed=manner.streamed)
        return name, time.monotonic() - began, failure, who


def is_late(took: float) -> bool:
    """Whether a call went on for more than a second beyond its limit."""
    return took > LIMIT_S + 1


def is_wrong(case, failure: str | None) -> bool:
    """Whether how a call ended is none of the words that may be told of it."""
    _, verb, manner, _, _ = case
    return failure not in manner.words and not (verb == "GET" and manner.is_http)


@pytest.fixture(scope="module")
def ended():
    """All cases, side by side, by their names.

    What is late or wrong is met again, alone, since the machine may have been busy: a server that netdiag does not
    bound, or takes for another, has it so each time.
    """
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = {name: rest for name, *rest in pool.map(met, CASES)}
    for case in CASES * TRIES_ALONE:
        took, failure, _ = found[case[0]]
        if is_late(took) or is_wrong(case, failure):
            found[case[0]] = [*met(case)[1:]]
    return found


def test_every_call_ends_in_time(ended):
    """At its limit and a second, whatever the server does."""
    assert {name: took for name, (took, _, _) in ended.items() if is_late(took)} == {}


def test_every_call_ends_with_the_right_word(ended):
    """Late, too large, not HTTP or broken off, as it was; never netdiag's own failure, and never an answer."""
    assert {case[0]: ended[case[0]][1] for case in CASES if is_wrong(case, ended[case[0]][1])} == {}
    assert {name: who for name, (_, _, who) in ended.items() if who != "other"} == {}


PROXIES = {
    "answer to CONNECT drips": (lambda: drip(b"HTTP/1.1 200 Connection established\r\nX: " + b"y" * 1000), LATE),
    "provisional answers to CONNECT": (lambda: slowly(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), LATE),
    "headers of CONNECT without end": (lambda: flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), {"too_large"}),
    "no handshake behind CONNECT": (lambda: slowly(b"HTTP/1.1 200 OK\r\n\r\n", b"", 1.0), LATE),
}


@pytest.mark.parametrize(("says", "words"), PROXIES.values(), ids=PROXIES)
def test_a_proxy_is_bounded_too(says, words):
    """What a tunnel takes to come about is part of the call."""
    with hostile(says) as port:
        environment = Environment({"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(AUTHORITY)})
        began = time.monotonic()
        failure, _ = asked("POST", "https://127.0.0.1:1", environment)
        assert time.monotonic() - began < LIMIT_S + 1
    assert failure in words


HEALTHY = b'{"choices": [{"message": {"role": "assistant", "content": "hi"}}], "data": [{"id": "m"}]}'
WHOLE_RUNS = {
    name: MANNERS[name]
    for name in (
        "silence", "headers without end", "gzip in gzip", "deflate bomb", "a million values", "a long number",
        "a million events", "tiny chunks with extensions", "slow redirects", "noise",
    )
}  # fmt: skip

PROGRAM = """
import os, sys
from netdiag.cli import main
end = os._exit
def leave(ended):
    with open(PEAK, "w") as into, open("/proc/self/status") as status:
        into.write(next(line.split()[1] for line in status if line.startswith("VmHWM")))
    end(ended)
os._exit = leave
sys.exit(main())
"""
"""The whole program, which leaves the most memory that it had, in KB (proc(5); getrusage counts who forked it)."""


class Ended(NamedTuple):
    """How a whole run ended: its seconds, the kilobytes it took at most, and its report."""

    took: float
    peak: int
    report: dict

    @property
    def words(self) -> set[str]:
        """What is said of the calls."""
        return {each["failure"] for each in self.report["endpoints"][0]["attempts"] if each["step"] == "call"}

    def is_well(self, usual: "Ended", words: frozenset[str]) -> bool:
        """Whether it was in time, needed as little memory as it may, and said what may be said."""
        return self.took - usual.took <= 2 + 1 and self.peak - usual.peak <= 64 * 1024 and self.words <= words


def run(directory, name: str, manner: Manner) -> Ended:
    """Run the whole program against a server."""
    with hostile(manner.says) as port:
        place = directory / name.replace(" ", "-")
        place.mkdir(exist_ok=True)
        (place / "kag_config.yaml").write_text(
            f"chat_llm:\n  type: maas\n  base_url: http://127.0.0.1:{port}/v1\n  api_key: sk-canary-4f1d\n"
            f"  model: m\n  stream: {'true' if manner.streamed else 'false'}\n"
        )
        program = PROGRAM.replace("PEAK", repr(str(place / "peak")))
        argv = [sys.executable, "-c", program, "check", "--kag-version", "0.8", "--timeout", "2", "--format", "json"]
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        done = subprocess.run(
            [*argv, "kag_config.yaml"], check=False, capture_output=True, cwd=place, timeout=30, env=kept
        )
        assert b"ND701" not in done.stdout, done.stdout
        report = json.loads(done.stdout)
        return Ended(report["duration_ms"] / 1000, int((place / "peak").read_text()), report)


def test_whole_runs_end_in_time_and_in_little_memory(tmp_path):
    """A run ends a second after its limit, and needs at most 64 MB more than against a healthy server.

    What a run takes on a busy machine beside waiting is not counted: as much as the healthy one takes. What is not
    well beside others is run again, alone.
    """
    healthy = Manner(
        lambda: iter([b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + HEALTHY]), frozenset()
    )
    usual = run(tmp_path, "healthy", healthy)
    assert usual.report["exit_code"] == 0
    with ThreadPoolExecutor(3) as pool:
        found = dict(zip(WHOLE_RUNS, pool.map(lambda of: run(tmp_path, *of), WHOLE_RUNS.items()), strict=True))
    for name, manner in list(WHOLE_RUNS.items()) * TRIES_ALONE:
        if not found[name].is_well(usual, manner.words):
            found[name] = run(tmp_path, name, manner)
    bad = {name: ended for name, ended in found.items() if not ended.is_well(usual, WHOLE_RUNS[name].words)}
    assert {name: (ended.took, ended.peak - usual.peak, ended.words) for name, ended in bad.items()} == {}
