"""What was written, now and before."""

from typing import Literal, NamedTuple

PastState = Literal["unfinished", "done", "undone", "left", "rolled_back"]


class Applied(NamedTuple):
    """One source that was written: ``run`` names the journal's record, ``name`` is what people call a row.

    ``how`` is ``rename``, ``in_place``, ``row`` or ``stdout``.
    """

    source: str
    run: str
    how: Literal["rename", "in_place", "row", "stdout"]
    edits: int
    name: str = ""


class PastFile(NamedTuple):
    """One file of a run in the journal.

    It was written (``done``), or written and put back by a later run (``rolled_back``), or put back at once because
    the run failed (``undone``); recovery found it edited (``left``), or the run is not settled yet (``unfinished``).
    ``undoes`` names the run that this one rolled back for the file; ``name`` is what people call a row of a database.
    """

    path: str
    state: PastState
    how: Literal["rename", "in_place", "row"]
    edits: int
    undoes: str = ""
    name: str = ""


class PastRun(NamedTuple):
    """One run in the journal; ``time`` is UTC, ISO 8601."""

    id: str
    time: str
    files: tuple[PastFile, ...]
