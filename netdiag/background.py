"""Threads, all of which are made here: nobody waits for them without a limit, and none of them prints a traceback.

Three rules let Ctrl-C end every run. A thread is a daemon. It imports nothing: an interrupt may reach the main thread
in the middle of an import, and CPython up to 3.11 then leaves that module's lock behind, for which a thread would wait
for ever. What a thread needs is imported by whoever starts it. And who waits for a thread has a limit, or waits where
an interrupt is heard, as in ``queue.SimpleQueue.get``.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def start(work: Callable[[], object], name: str) -> threading.Thread:
    """Call ``work`` in a thread that ends with the process; what it raises is lost.

    Raises :exc:`RuntimeError` where the system gives no more threads.
    """

    def run() -> None:
        with contextlib.suppress(Exception):  # who waits for an answer has a limit; a traceback may show a key
            work()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def begin(work: Callable[[], Result], name: str) -> Callable[[float | None], Result]:
    """Call ``work`` in such a thread; what is returned waits for its result, as many seconds as it is given.

    It raises what the work raises, and :exc:`queue.Empty` when the time is over; ``None`` has no limit.
    """
    ended: queue.SimpleQueue[tuple[Result | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            ended.put((work(), None))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            ended.put((None, error))

    def wait(limit_s: float | None) -> Result:
        result, error = ended.get(timeout=limit_s)
        if error is not None:
            raise error
        return result  # type: ignore[return-value]

    start(run, name)
    return wait
