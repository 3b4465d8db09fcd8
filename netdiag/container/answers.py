"""What an engine and a container answer is read as from a stranger: it has its form, or is refused."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any, Final

from netdiag.container.refusal import Refused
from netdiag.model.host import is_name

_ID: Final = re.compile(r"[0-9a-f]{64}")
"""Docker's and Podman's ids of containers and of started processes: 256 random bits."""

SHORT: Final = 12

_SIGNALS: Final = 128  # a shell's and an engine's way to say by which signal a process ended
_LARGEST: Final = 255  # wait(2) has eight bits for it


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turn what an answer of another form raises while it is read into :class:`Refused`."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Refused(word="engine_answer", detail=type(error).__name__) from error


def require_id(said: Any) -> str:
    """Return an id; raises :class:`Refused` for anything else, since it becomes the name of a directory."""
    if not isinstance(said, str) or not _ID.fullmatch(said):
        raise Refused(word="engine_answer", detail="Id")
    return said


def name_or_id(name: object, identity: str) -> str:
    """Return a container's name, or the beginning of its id where the name is none that an engine gives."""
    return name if isinstance(name, str) and is_name(name) else identity[:SHORT]


def status(said: Any) -> int | None:
    """Return an exit status, ``None`` for what is none."""
    return said if type(said) is int and 0 <= said <= _LARGEST else None


def told_status(line: bytes) -> int | None:
    """Return the status in ``status 0``, ``None`` where there is none."""
    found = re.fullmatch(rb"status ([0-9]{1,3})", line)
    return status(int(found[1])) if found else None


def how_it_ended(code: int | None) -> tuple[str, str]:
    """Return the word, and its value, for a process that ended without saying how: by a signal, or with a status."""
    if code is None:
        return "inside_lost", ""
    return ("inside_killed", str(code - _SIGNALS)) if code > _SIGNALS else ("inside_ended", str(code))
