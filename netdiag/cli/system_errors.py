"""What this system refuses netdiag, in a sentence: descriptors, memory, threads, a directory, an output."""

import errno
import os
import sys
from typing import Final, NamedTuple

from netdiag import exits

_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE})
_MEMORY: Final = (
    "annot allocate memory",
    "failed to map segment",
    "cannot create shared object descriptor",
    "without raising an exception",
    "without setting an exception",
)
"""glibc's texts for a lack of memory, which the dynamic loader's errors have in place of an errno (dlopen(3)), and
CPython's for an extension in C that got no memory and did not say so."""

_THREADS: Final = "can't start new thread"
_PLAIN: Final = {
    "en": {
        "exhausted_files": "no more files can be opened; see: ulimit -n",
        "exhausted_memory": "there is not enough memory; see: ulimit -v",
        "exhausted_threads": "no more threads or processes can be started; see: ulimit -u, and ulimit -v for stacks",
    },
    "zh": {
        "exhausted_files": "无法再打开文件；请查看：ulimit -n",
        "exhausted_memory": "内存不足；请查看：ulimit -v",
        "exhausted_threads": "无法再启动线程或进程；请查看：ulimit -u，以及栈所占的 ulimit -v",
    },
}
"""For when not even the registry can be read."""


class Trouble(NamedTuple):
    """A code, its values, and the exit status."""

    code: str
    values: dict[str, str]
    status: int


class InputError(Exception):
    """Standard input gives nothing that can be used: ``reason`` is a word of the registry, ``status`` how to end."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def trouble(error: BaseException) -> Trouble | None:
    """Return what an error that ended a run says of this system; nothing where it is a fault of netdiag's."""
    if isinstance(error, InputError):
        return Trouble("ND633", {"reason": error.reason}, error.status)
    if reason := _exhausted(error):
        return Trouble("ND630", {"reason": reason}, exits.INTERNAL)
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if not _has_directory():
        return Trouble("ND632", {}, exits.NO_CONFIGURATION)
    from netdiag.text import shown  # noqa: PLC0415 - the parser imports this module for an exception

    detail = error.strerror or errno.errorcode.get(error.errno, "")
    return Trouble("ND634", {"detail": shown(detail), "path": shown(str(error.filename or "-"))}, exits.INTERNAL)


def _exhausted(error: BaseException) -> str:
    text = str(error) if isinstance(error, (RuntimeError, ImportError, SystemError)) else ""
    if isinstance(error, MemoryError) or any(each in text for each in _MEMORY):
        return "exhausted_memory"
    if _THREADS in text:
        return "exhausted_threads"
    number = error.errno if isinstance(error, OSError) else None
    if number in _FILES:
        return "exhausted_files"
    return {errno.ENOMEM: "exhausted_memory", errno.EAGAIN: "exhausted_threads"}.get(number or 0, "")


def _has_directory() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - pathlib calls the same
    except OSError:
        return False
    return True


def say(found: Trouble, language: str) -> None:
    """Write it to standard error, with what to do; never raises."""
    try:
        from netdiag import findings  # noqa: PLC0415 - here nothing has failed yet
        from netdiag.model.report import Finding  # noqa: PLC0415

        words = findings.words(Finding(found.code, "", found.values), language)
        lines = [f"netdiag: {found.code}: {words.title}", words.explanation]
        lines += [f"  {remedy.text}: {remedy.command}" for remedy in words.remedies]
    except Exception:  # noqa: BLE001 - what is exhausted is needed for saying so
        plain = _PLAIN[language].get(found.values.get("reason", ""), found.values.get("detail", ""))
        lines = [f"netdiag: {found.code}: {plain}"]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
