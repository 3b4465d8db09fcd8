"""What Ctrl-C does: the first one ends the run in good order, within a limit; a second one ends it at once.

The first SIGINT raises :exc:`KeyboardInterrupt`, once, and gives the signal back to the kernel, so that a second one
needs nothing of Python. Unwinding may hang all the same: in a C function that cannot be called off, such as
getaddrinfo(3), in a lock that an interrupted import has left behind, on a file system that does not answer. So a thread
that only waits, for what ``signal.set_wakeup_fd`` writes in the kernel's signal handler, ends the process after
:data:`LIMIT_S`. Neither end can tear a file: a write is journaled, and the database rolls back what was not committed.

``_thread`` is what ``threading`` stands on, without what that imports.
"""

import _thread
import os
import signal
import sys
import time

LIMIT_S = 0.6
"""Seconds that unwinding may take after the first Ctrl-C. It takes some milliseconds; people wait for one second."""

STATUS = 130

_SAID = {
    "en": "\nnetdiag: interrupted; files are as they were, or whole\n",
    "zh": "\nnetdiag: 已中断；文件保持原样，或已完整写入\n",
}

said = _SAID["en"].encode()
"""What is written on standard error where a run is interrupted, ready before it can be."""

_FIRST_PROCESS = 1


def heed(language: str = "en") -> None:
    """Install all of this in the main thread of a process that is netdiag's own and speaks ``language``.

    Where SIGINT is ignored it stays so: that is how a shell starts a background job, and nohup or a CI service a
    command that the terminal must not end (POSIX, Shell & Utilities, 2.12).

    The first process of a container takes SIGTERM for the same wish, since the kernel drops what such a process has no
    handler for (pid_namespaces(7)), and ``docker stop`` would wait for 10 s and kill it.
    """
    global said  # noqa: PLW0603 - the language of a process, as its locale is
    try:
        said = _SAID[language].encode(sys.stderr.encoding)
    except UnicodeEncodeError:  # a locale of ASCII
        said = _SAID["en"].encode()
    numbers = [signal.SIGINT, signal.SIGTERM] if os.getpid() == _FIRST_PROCESS else [signal.SIGINT]
    taken = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    for number in taken:
        signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable
    try:
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        _thread.start_new_thread(_end_in_time, (woken, bytes(taken)))
    except (OSError, RuntimeError):  # no descriptor or no thread is left: a second Ctrl-C has to do
        signal.set_wakeup_fd(-1)


def leave(status: int) -> None:
    """End the process: what is written is flushed, and nothing else can hold it.

    Python's own end would wait for threads, for locks, and for garbage; what netdiag leaves open the kernel closes.
    """
    _leave_signals_to_kernel()  # a pipe may not take what is flushed
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as lost:  # netdiag.cli.streams has said why
        status = int(lost.code or status)
    except Exception:  # noqa: BLE001, S110 - nobody can be told
        pass
    os._exit(status)


def _interrupt(_number: int, _frame: object) -> None:
    _leave_signals_to_kernel()
    raise KeyboardInterrupt


def _leave_signals_to_kernel() -> None:
    # to the first process of a container the kernel gives no signal without a handler
    last = _end if os.getpid() == _FIRST_PROCESS else signal.SIG_DFL
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in (_interrupt, _end):
            signal.signal(number, last)


def _end(*_: object) -> None:
    os._exit(STATUS)


def _unraisable(said: "sys.UnraisableHookArgs") -> None:
    """Take the place of a traceback: Python drops an interrupt that comes in a finalizer, after printing it."""
    if isinstance(said.exc_value, KeyboardInterrupt):
        _end_with_words()


def _end_in_time(woken: int, taken: bytes) -> None:
    """Wait for one of the signals ``taken``, and end the process unless somebody else answers them."""
    while numbers := os.read(woken, 64):
        # `watch` and `--container` have handlers of their own, and limits
        meant = [number for number in numbers if number in taken]
        if any(signal.getsignal(number) in (_interrupt, _end, signal.SIG_DFL) for number in meant):
            time.sleep(LIMIT_S)
            _end_with_words()


def _end_with_words() -> None:
    try:
        os.write(2, said)
    finally:
        os._exit(STATUS)
