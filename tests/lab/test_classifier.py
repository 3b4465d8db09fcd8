"""The table of causes against the real kernel: each made for real, many times over, named right and in time every time.

Ground truth: what each situation looks like at the socket was measured (facts/evidence.md, facts/platforms.md §4).
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import pytest

from netdiag.lab import Fault, Network, Service, World, lacking, make
from netdiag.lab.topology import FaultKind, Server
from netdiag.probe.race import CONNECT_LIMIT_S

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

REPETITIONS = int(os.environ.get("NETDIAG_REPETITIONS", "50"))
LATEST_S = CONNECT_LIMIT_S + 0.5
ANSWER_S = 0.2
"""How long a service may take to answer here: for these servers no time would be enough."""

GATEWAY = "172.17.0.1"
IPV6 = Network("br-5eed0c0ffee6", gateway="fd00:5eed::1/64", container="fd00:5eed::2/64")
OLLAMA = Service("ollama", 11434)

VERDICTS = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.prove import caller
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

addresses, at_once, answer_s = json.loads(sys.argv[1])
caller.IDENTITY_LIMIT_S = answer_s
local = Candidate("localhost", "loopback", "itself", 0, ("127.0.0.1", "::1"))
endpoint = Endpoint("llm.json", 1, "", "chat", "ollama", "qwen2.5:3b", "http://localhost:11434/")

def verdict(address):
    began = time.perf_counter()
    candidates = (local, Candidate(address, "constant", "", 1, (address,)))
    ways = Ways(candidates, [endpoint])
    (item,) = ways.explained(examine([endpoint], ways, Caller("0.8", answer_s, lambda event: None)))
    codes = [finding.code for finding in of_endpoint(item, Context(candidates, "0.8", answer_s))]
    return codes, time.perf_counter() - began

with ThreadPoolExecutor(at_once) as pool:
    print(json.dumps(list(pool.map(verdict, addresses))))
"""


@dataclass(frozen=True)
class Situation:
    """Something that is wrong, the addresses at which it is met, and what it is called.

    ``at_once`` is how many are judged at the same time: all where each waits, few where each computes.
    """

    world: World
    code: str
    addresses: tuple[str, ...] = (GATEWAY,)
    at_once: int = 1

    def met(self) -> list[str]:
        """Return an address for each repetition."""
        return [self.addresses[number % len(self.addresses)] for number in range(REPETITIONS)]


def fault(kind: FaultKind, port: int | None = None, address: str | None = None) -> World:
    """A host with this fault, and a healthy Ollama behind it."""
    return World(services=(OLLAMA,), faults=(Fault(kind, port, address),), icmp_limit=False)


def served(server: Server) -> World:
    """A host with this server in place of Ollama."""
    return World(services=(Service(server, 11434),))


def accepting(server: Server) -> World:
    """A host on which this server takes what is sent to any port."""
    return World(services=(Service(server, 7890),), faults=(Fault("accept-everything", 7890),))


ALL = REPETITIONS
SITUATIONS = {
    "nobody listens": Situation(World(), "ND201"),
    "listens on 127.0.0.1 only": Situation(World(services=(Service("ollama", 11434, "127.0.0.1"),)), "ND201"),
    "REJECT tcp-reset, the port": Situation(fault("reject-tcp-reset", 11434), "ND201"),
    "REJECT tcp-reset, all": Situation(fault("reject-tcp-reset"), "ND201"),
    "REJECT icmp-port-unreachable, the port": Situation(fault("reject-icmp-port-unreachable", 11434), "ND201"),
    "REJECT icmp-port-unreachable, all": Situation(fault("reject-icmp-port-unreachable"), "ND201"),
    "REJECT icmp-host-unreachable": Situation(fault("reject-icmp-host-unreachable"), "ND212"),
    "REJECT icmp-host-prohibited": Situation(fault("reject-icmp-host-prohibited"), "ND212"),
    "REJECT icmp-admin-prohibited": Situation(fault("reject-icmp-admin-prohibited"), "ND212"),
    "REJECT icmp-admin-prohibited, the port": Situation(fault("reject-icmp-admin-prohibited", 11434), "ND212"),
    "REJECT icmp-proto-unreachable": Situation(fault("reject-icmp-proto-unreachable"), "ND212"),
    "REJECT icmp-net-unreachable": Situation(fault("reject-icmp-net-unreachable"), "ND215"),
    "DROP, the port": Situation(fault("drop", 11434), "ND209", at_once=ALL),
    "DROP, all": Situation(fault("drop"), "ND210", at_once=ALL),
    "DROP, all, IPv6": Situation(
        World(networks=(IPV6,), services=(Service("ollama", 11434, "::"),), faults=(Fault("drop"),)),
        "ND202",
        ("fd00:5eed::1",),
        at_once=ALL,
    ),
    "a dead address": Situation(
        World(), "ND211", tuple(f"172.17.9.{number}" for number in range(1, REPETITIONS + 1)), at_once=ALL
    ),
    "route unreachable": Situation(fault("route-unreachable", address=GATEWAY), "ND213"),
    "route prohibit": Situation(fault("route-prohibit", address=GATEWAY), "ND213"),
    "route blackhole": Situation(fault("route-blackhole", address=GATEWAY), "ND213"),
    "no route": Situation(World(default_route=False), "ND214", ("10.9.8.7",)),
    "accepts, then RST": Situation(served("resets"), "ND217"),
    "accepts, then closes unread": Situation(served("closes-unread"), "ND217", at_once=5),
    "accepts, then EOF": Situation(served("closes-read"), "ND217"),
    "accepts every port, then EOF": Situation(accepting("closes-read"), "ND216"),
    "accepts every port, then silence": Situation(accepting("silent"), "ND216", at_once=10),
    "accepts, then silence": Situation(served("silent"), "ND218", at_once=10),
    "a slow drip": Situation(served("drips"), "ND219", at_once=10),
}


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_every_verdict_is_right_and_in_time(situation: Situation, require: Callable[[str, str], NoReturn]) -> None:
    """Fifty times out of fifty the cause has its own code, at most half a second after the connect limit."""
    if reason := lacking(situation.world):
        require("iptables", reason)
    met = [situation.met(), situation.at_once, ANSWER_S]
    with make(situation.world) as lab:
        done = lab.run([sys.executable, "-c", VERDICTS, json.dumps(met)])
    assert (done.stderr, done.returncode) == ("", 0)
    verdicts = json.loads(done.stdout)
    assert [codes for codes, _ in verdicts] == [[situation.code]] * REPETITIONS
    assert max(seconds for _, seconds in verdicts) <= LATEST_S
