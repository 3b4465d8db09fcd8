"""One check in a thread of its own, which is left behind when it no longer makes progress."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from netdiag import background, engine
from netdiag.job import Job
from netdiag.model.event import Event

if TYPE_CHECKING:
    from netdiag.model.report import Report

SILENT_S: Final = 20.0
"""What a check may do between two of its events beside a call to a model: look up a name for 10 s, as KAG's process may
(resolv.conf(5): two attempts of 5 s), wait for connects, and ask the service who it is."""

CALLS: Final = 2
"""Calls that may lie between two events, each of at most ``--timeout``: one by a proxy, and the same without it."""


def patience(answer_s: float) -> float:
    """Return how many seconds a check may go on without an event, where one call may take ``answer_s`` seconds."""
    return SILENT_S + CALLS * answer_s


class _LeftBehind(Exception):  # noqa: N818 - no error
    """The check was left behind: what it finds now is old, and nothing may be written for it."""


class Check:
    """A check that runs. Every wait of its own is bounded, but a system call may hang: a disk that is away, for one.

    No thread can be ended from outside. One that is left behind ends at its next event, hence before it writes: the
    edits of a plan are told before they are written. ``ended`` is called at its end, in its thread.
    """

    def __init__(self, job: Job, ended: Callable[[], None]) -> None:
        self.limit_s = patience(job.answer_s)
        self.result: Report | Exception | None = None
        self.done = threading.Event()
        self._ended = ended
        self._job = job
        self._is_left = False
        self._told = time.monotonic()
        self._thread = background.start(self._run, "check")

    @property
    def is_running(self) -> bool:
        """Whether the thread is still there."""
        return self._thread.is_alive()

    def silent_s(self) -> float:
        """Return for how many seconds it has told nothing."""
        return time.monotonic() - self._told

    def leave(self) -> None:
        """Let it end at its next event."""
        self._is_left = True

    def _tell(self, _: Event) -> None:
        if self._is_left:
            raise _LeftBehind
        self._told = time.monotonic()

    def _run(self) -> None:
        try:
            self.result = engine.run(self._job, self._tell)
        except Exception as error:  # noqa: BLE001 - handed over
            self.result = error
        self.done.set()
        self._ended()
