"""A run that does not end is broken off: by a signal, since nothing else ends a wait in a system call."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class BrokenOff(KeyboardInterrupt):
    """The time is over. It ends a run like Ctrl-C, which nothing on the way takes for an error of its own."""


@contextlib.contextmanager
def broken_off(after_s: float) -> Iterator[None]:
    """Raise :exc:`BrokenOff` in the block when it has taken ``after_s`` seconds, which are more than 0.

    Only the main thread gets signals, and Windows has no timer (setitimer(2)): elsewhere the block takes its time.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def end(_: int, __: FrameType | None) -> None:
        nonlocal is_over
        is_over = True
        raise BrokenOff

    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, after_s)
        yield
    except Exception:
        if is_over:  # what became of it: CPython up to 3.11 makes a RuntimeError of it in `__set_name__`
            raise BrokenOff from None
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
