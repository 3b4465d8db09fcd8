"""What was written, now and before."""

from dataclasses import dataclass
from typing import Literal

PastState = Literal["unfinished", "done", "undone", "left", "rolled_back"]


@dataclass(frozen=True)
class Applied:
    """One source that was written: ``how`` is ``rename`` or ``in_place``; ``run`` names the journal's record."""

    source: str
    run: str
    how: Literal["rename", "in_place", "stdout"]
    edits: int


@dataclass(frozen=True)
class PastFile:
    """One file of a run in the journal.

    It was written (``done``), or written and put back by a later run (``rolled_back``), or put back at once because
    the run failed (``undone``); recovery found it edited (``left``), or the run is not settled yet (``unfinished``).
    ``undoes`` names the run that this one rolled back for the file.
    """

    path: str
    state: PastState
    how: Literal["rename", "in_place"]
    edits: int
    undoes: str = ""


@dataclass(frozen=True)
class PastRun:
    """One run in the journal; ``time`` is UTC, ISO 8601."""

    id: str
    time: str
    files: tuple[PastFile, ...]
