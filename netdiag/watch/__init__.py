"""``netdiag watch``: checks beside the server for as long as it runs, tells what changes, and serves metrics of it."""

import signal
from typing import Final

from netdiag import exits
from netdiag.job import Job
from netdiag.watch.agent import Agent, Outside, Rhythm, Teller
from netdiag.watch.history import Change
from netdiag.watch.machine import Machine, one_arena
from netdiag.watch.metrics import CONTENT_TYPE, Metrics
from netdiag.watch.seen import UNFINISHED, Seen, unknown
from netdiag.watch.served import Answer, serving, text

STILL_S: Final = 10.0
"""The agent's loop comes round at least once a second; when it has not for so long, that is told."""


def watch(job: Job, rhythm: Rhythm, listen: tuple[str, int], teller: Teller) -> int:
    """Watch what ``job`` names until SIGTERM (the status is 0 then), or SIGINT or SIGHUP (130).

    A signal that was ignored from the start stays so.

    Metrics are served at ``listen``, an address and a port. Raises :exc:`OSError` where that cannot be listened on.
    """
    one_arena()
    machine = Machine(job.directory, job.root)
    agent = Agent(job, rhythm, machine, teller)
    metrics = Metrics(lambda: shown(agent.seen, machine.still_s()))
    with (
        machine.heeding(signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
        serving(*listen, lambda path: answer(path, agent, metrics, machine.still_s())) as at,
    ):
        teller.listening(*at)
        agent.run()
    return exits.OK if machine.stopped_by == signal.SIGTERM else exits.INTERRUPTED


def shown(seen: Seen, still_s: float) -> Seen:
    """Return ``seen``, or that nothing is known where the agent's loop has not come round for ``still_s`` seconds.

    The loop never waits for longer than a second, so it hangs in a system call: a file on a disk that is away.
    """
    return unknown(seen, UNFINISHED) if still_s > STILL_S else seen


def answer(path: str, agent: Agent, metrics: Metrics, still_s: float = 0.0) -> Answer:
    """Say what ``path`` asks for.

    ``/healthz`` is about the agent: 200 while it starts, and as long as its checks end and have something to examine.
    ``/readyz`` is about what it watches: 200 where all endpoints work. Both say 503 with the codes otherwise.
    ``still_s`` is for how many seconds the agent's loop has not come round.
    """
    seen = shown(agent.seen, still_s)
    why = " ".join(seen.codes) or ("a base_url has to be repaired" if seen.checked else "not checked yet")
    if path == "/metrics":
        return 200, CONTENT_TYPE, metrics.page()
    if path == "/healthz":
        if not seen.ends:
            return text(503, f"the check does not end: {why}")
        return text(503, f"nothing is examined: {why}") if seen.checked and not seen.examined else text(200, "ok")
    if path == "/readyz":
        return text(200, "ok") if seen.ready else text(503, why)
    return text(404, "/metrics, /healthz, /readyz")


__all__ = ["Agent", "Change", "Machine", "Metrics", "Outside", "Rhythm", "Teller", "answer", "watch"]
