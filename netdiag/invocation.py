"""How this netdiag was called: what a command that it advises repeats, so that pasting it runs what was run.

It holds for the process, as one process is one run (:func:`netdiag.cli.commands.run` sets it); a saved report brings
that of its own run (:func:`restored`).
"""

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

PROGRAM: Final = "netdiag"
"""How it is called where it is installed and found by name."""

_IN_CONTAINER: Final = {"--container": r"[\w.-]+", "--user": r"[\w.-]+(?::[\w.-]+)?"}
"""What a saved report may say of its program beside its name: whoever copies a command runs it."""

_VALUE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,4096}")

OPTIONS: Final = (
    "--db-url",
    "--db-password-env",
    "--only",
    "--scope",
    "--host",
    "--port",
    "--kag-version",
    "--timeout",
    "--api-key-env",
)
"""Options that say what is looked at and how it is examined; those that say how it is printed are left out."""


class Invocation(NamedTuple):
    """One command line: ``program`` (``netdiag --container X``), FILE arguments, and options with their values.

    ``program`` is empty where netdiag is found by its name. Options are those of :data:`OPTIONS` that were given.
    """

    program: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


_current = Invocation()


def current() -> Invocation:
    """Return how this process was called; nothing of note until :func:`use` says otherwise."""
    return _current


def use(invocation: Invocation) -> None:
    """Let the commands that are advised from now on repeat ``invocation``."""
    global _current  # noqa: PLW0603 - one process is one run
    _current = invocation


def as_plain(invocation: Invocation) -> dict[str, Any]:
    """Return it as a report holds it: lists of words."""
    return {
        "program": list(invocation.program),
        "files": list(invocation.files),
        "options": [list(each) for each in invocation.options],
    }


def restored(saved: Mapping[str, Any]) -> Invocation:
    """Return what :func:`as_plain` made; raises :exc:`ValueError` where it is nothing that netdiag writes."""
    program, files = tuple(saved["program"]), tuple(saved["files"])
    options = tuple((str(name), str(value)) for name, value in saved["options"])
    words = [*files, *(value for _, value in options)]
    is_sound = _is_program(program) and all(isinstance(word, str) and _VALUE.fullmatch(word) for word in words)
    if not is_sound or any(name not in OPTIONS for name, _ in options):
        msg = "it says that netdiag was called as it cannot be called"
        raise ValueError(msg)
    return Invocation(program, files, options)


def _is_program(words: tuple[str, ...]) -> bool:
    """Tell whether ``words`` call netdiag by its name, perhaps in a container; ``./netdiag`` may be any program."""
    name, *rest = words or (PROGRAM,)
    pairs = zip(rest[::2], rest[1::2], strict=False)
    known = all(re.fullmatch(_IN_CONTAINER.get(option, "(?!)"), value) for option, value in pairs)
    return name == PROGRAM and len(rest) % 2 == 0 and known


def words_of(called: str) -> tuple[str, ...]:
    """Return the words of how netdiag is called, as a shell takes them; raises :exc:`ValueError` for half a quote."""
    return tuple(shlex.split(called))
