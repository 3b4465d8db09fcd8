"""One netdiag writes at a time, and Ctrl-C waits until it has."""

import errno
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from netdiag.store.disk import closing
from netdiag.store.refusal import CannotWrite, refusing, refusing_state
from netdiag.store.trust import require_own_file, require_trusted

PATIENCE_S: Final = 5.0
"""Seconds to wait for another run. A write takes milliseconds, so five seconds mean that something is stuck."""

Hold = Callable[[int, Path], None]
"""Locks the file of a descriptor until that is closed, for the path that it was opened by."""

_POLL_S: Final = 0.02

# A file system without locks (some FUSE, NFS without its lock daemon): flock(2), nfs(5).
_NO_LOCKS: Final = frozenset({errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK})
_PID_WIDTH: Final = 20  # blanks up to here, so that one write replaces whatever number stood there


@contextmanager
def locked(directory: Path, patience_s: float, interrupted: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock of the state ``directory``; the kernel frees it when the process ends, however it ends.

    The lock file is never removed: whoever waits for a removed one would share the lock with nobody.
    Raises :class:`CannotWrite` ``busy`` naming the process that still holds it after ``patience_s`` seconds, or when
    ``interrupted`` says that nobody wants to wait any more.
    """
    path = directory / "lock"
    with refusing_state(directory):
        require_trusted(directory)
        require_own_file(path)
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with closing(opened) as descriptor:
        with refusing_state(directory):
            if not _awaited(descriptor, patience_s, interrupted):
                raise _busy(descriptor, path)
            os.pwrite(descriptor, f"{os.getpid():<{_PID_WIDTH}}\n".encode("ascii"), 0)
        yield


def hold(descriptor: int, path: Path, patience_s: float = 0, interrupted: Callable[[], bool] = lambda: False) -> None:
    """Lock the file of ``descriptor`` until that is closed: a netdiag with another state directory writes it too.

    So do two containers that share a bind mount. Where the file system has no locks, nothing is locked. Raises
    :class:`CannotWrite` about ``path``: ``busy`` as for :func:`locked`.
    """
    with refusing(path):
        try:
            if _awaited(descriptor, patience_s, interrupted):
                return
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return
            raise
    detail = "another process has locked it; run the same command again when it has ended"
    raise CannotWrite(reason="busy", path=path, detail=detail)


def _awaited(descriptor: int, patience_s: float, interrupted: Callable[[], bool]) -> bool:
    """Take the lock as soon as it is free; returns whether that was in time."""
    deadline = time.monotonic() + patience_s
    while not _acquired(descriptor):
        if interrupted() or time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _acquired(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(descriptor: int, path: Path) -> CannotWrite:
    holder = os.pread(descriptor, _PID_WIDTH, 0).decode("ascii", "replace").strip() or "unknown"
    return CannotWrite("busy", path, f"process {holder} is writing; run the same command again when it has ended")


@contextmanager
def interrupts_held() -> Iterator[Callable[[], bool]]:
    """Deliver a Ctrl-C that comes inside only at the end; yields what says whether one has come.

    Cleaning up in ``finally`` is not enough: ``KeyboardInterrupt`` may come between a system call and the
    assignment of its result, or in the ``finally`` itself.
    """
    arrived: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    in_main_thread = threading.current_thread() is threading.main_thread()  # no other is interrupted
    before = signal.getsignal(signal.SIGINT)
    if not in_main_thread or before in (None, signal.SIG_IGN):  # None: a handler that is not Python's
        yield lambda: False
        return
    signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: bool(arrived)
    finally:
        signal.signal(signal.SIGINT, before)
        if arrived:
            signal.raise_signal(signal.SIGINT)
