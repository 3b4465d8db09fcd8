"""``netdiag watch``: checks beside the server for as long as it runs, tells what changes, and serves metrics of it."""

import signal

from netdiag import exits
from netdiag.job import Job
from netdiag.watch.agent import Agent, Outside, Rhythm, Teller
from netdiag.watch.history import Change
from netdiag.watch.machine import Machine, one_arena
from netdiag.watch.metrics import CONTENT_TYPE, Metrics
from netdiag.watch.served import Answer, serving, text


def watch(job: Job, rhythm: Rhythm, listen: tuple[str, int], teller: Teller) -> int:
    """Watch what ``job`` names until SIGTERM (the status is 0 then), or SIGINT or SIGHUP (130).

    A signal that was ignored from the start stays so.

    Metrics are served at ``listen``, an address and a port. Raises :exc:`OSError` where that cannot be listened on.
    """
    one_arena()
    machine = Machine(job.directory, job.root)
    agent = Agent(job, rhythm, machine, teller)
    metrics = Metrics(lambda: agent.seen)
    with (
        machine.heeding(signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
        serving(*listen, lambda path: answer(path, agent, metrics)) as at,
    ):
        teller.listening(*at)
        agent.run()
    return exits.OK if machine.stopped_by == signal.SIGTERM else exits.INTERRUPTED


def answer(path: str, agent: Agent, metrics: Metrics) -> Answer:
    """Say what ``path`` asks for.

    ``/healthz`` is about the agent: 200 while it starts, and as long as its checks have something to examine.
    ``/readyz`` is about what it watches: 200 where all endpoints work. Both say 503 with the codes otherwise.
    """
    seen = agent.seen
    why = " ".join(seen.codes) or ("a base_url has to be repaired" if seen.checked else "not checked yet")
    if path == "/metrics":
        return 200, CONTENT_TYPE, metrics.page()
    if path == "/healthz":
        return text(503, f"nothing is examined: {why}") if seen.checked and not seen.examined else text(200, "ok")
    if path == "/readyz":
        return text(200, "ok") if seen.ready else text(503, why)
    return text(404, "/metrics, /healthz, /readyz")


__all__ = ["Agent", "Change", "Machine", "Metrics", "Outside", "Rhythm", "Teller", "answer", "watch"]
