"""This machine, as the agent sees it: real time, real signals, checks in threads that can be left behind."""

import ctypes
import os
import random
import select
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from netdiag import engine, platform
from netdiag.job import Job
from netdiag.model.report import Report
from netdiag.watch.agent import LOOK_EVERY_S, Stopped, Unfinished
from netdiag.watch.checking import Check
from netdiag.watch.history import Signs
from netdiag.watch.signs import look

END_OF_WRITING_S: Final = 0.7
"""A repair that is under way when the agent is to stop has this long to end by itself. One that is cut off is completed
or undone by the next netdiag, from the journal."""

LEFT_BEHIND: Final = 4
"""Checks that hang at the same time. Each keeps a thread and what it had read, below a megabyte; with so many of them
none is begun until one ends."""

_M_ARENA_MAX: Final = -8
"""malloc.h of glibc: the most arenas that mallopt(3) lets it have."""


def one_arena() -> None:
    """Let all threads share one heap, where the C library is glibc.

    It gives threads heaps of their own, up to eight for each processor, and what short-lived threads leave in them
    makes a process grow for hours by a few kilobytes with each check.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


class Machine:
    """Time, signals and checks. ``stopped_by`` is the signal that asked the agent to stop, 0 until then.

    A signal's handler does no more than write to a pipe: it may run while the main thread holds any lock.
    """

    def __init__(self, directory: Path, root: Path = Path("/")) -> None:
        self.stopped_by = 0
        self._left: list[Check] = []
        self._turned = time.monotonic()
        self._directory = directory
        self._root = root
        self._in_container = platform.name(platform.read(root)).in_container
        engine.load()  # here, so that the threads of the checks import little: no signal breaks an import off here
        self._awake, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._awake, False)

    @contextmanager
    def heeding(self, *numbers: int) -> Iterator[None]:
        """Take these signals as the wish to stop, unless they were ignored from the start; for the main thread."""
        heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
        before = {number: signal.signal(number, self._stop) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def stopped(self) -> bool:
        """Whether a signal came."""
        return bool(self.stopped_by)

    def now(self) -> float:
        """Return seconds since the machine started."""
        return time.monotonic()

    def today(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def chance(self) -> float:
        """Return a random number from 0 to 1."""
        return random.random()  # noqa: S311 - spreads load, guards nothing

    def wait(self, seconds: float) -> None:
        """Sleep until then, or until a signal or the end of a check."""
        self._turned = time.monotonic()
        if not self.stopped and select.select([self._awake], [], [], max(seconds, 0.0))[0]:
            os.read(self._awake, 4096)

    def still_s(self) -> float:
        """Return for how many seconds the agent's loop has not come round; for other threads."""
        return time.monotonic() - self._turned

    def signs(self, files: Sequence[str]) -> Signs:
        """Look at the surroundings, and at these files."""
        return look(files, self._directory, self._root, in_container=self._in_container)

    def run(self, job: Job) -> Report:
        """Make a check in a thread of its own; raises what it raises, or :exc:`Stopped` when a signal comes first.

        Raises :exc:`Unfinished` where it makes no progress for longer than it may. Either way the thread is left to
        itself: a system call cannot be called off.
        """
        self._left = [check for check in self._left if check.is_running]
        if len(self._left) >= LEFT_BEHIND:
            raise Unfinished(self._left[-1].silent_s())
        check = Check(job, self._rouse)
        while not check.done.is_set() and not self.stopped:
            self.wait(LOOK_EVERY_S)
            if not check.done.is_set() and (silent_s := check.silent_s()) > check.limit_s:
                check.leave()
                self._left.append(check)
                raise Unfinished(silent_s)
        if not check.done.wait(END_OF_WRITING_S if self.stopped and job.write else 0.0):
            raise Stopped
        if isinstance(check.result, Report):
            return check.result
        raise check.result or Stopped

    def _stop(self, number: int, _: object) -> None:
        self.stopped_by = number
        self._rouse()

    def _rouse(self) -> None:
        with suppress(BlockingIOError):  # it is full: the main thread will wake up anyway
            os.write(self._wake, b"!")
