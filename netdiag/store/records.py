"""The values of the journal, and how a line of it is written and read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal, NamedTuple

SCHEMA: Final = "netdiag/journal/1"

State = Literal["begun", "ready", "done", "undone", "left", "rolled_back"]
How = Literal["rename", "in_place", "row"]


class Replacement(NamedTuple):
    """``old`` became ``new`` at byte ``offset`` of the file as it was before the run."""

    offset: int
    old: bytes
    new: bytes


class RunFile(NamedTuple):
    """One file of a run: ``before`` and ``after`` are SHA-256, ``staged`` is the path of the staged copy.

    Of a row of a database ``path`` is its place, ``name`` what people call it, and there is no copy.
    ``undoes`` names the run that this one rolled back for this file. The state ``rolled_back`` is not recorded:
    it is ``done`` and a later run undoes it.
    """

    path: str
    before: str
    after: str
    how: How
    staged: str
    edits: tuple[Replacement, ...]
    state: State = "begun"
    undoes: str = ""
    name: str = ""


class Run(NamedTuple):
    """One run of the journal; ``number`` orders runs even when the clock was set back, ``time`` is UTC, ISO 8601."""

    number: int
    id: str
    time: str
    files: tuple[RunFile, ...]


def replaced(content: bytes, edits: Sequence[Replacement]) -> bytes:
    """Return ``content`` with ``edits`` made, which are in order of offset.

    Raises ``ValueError`` when they overlap or ``content`` holds something else at their places.
    """
    parts: list[bytes] = []
    at = 0
    for edit in edits:
        end = edit.offset + len(edit.old)
        if edit.offset < at or end > len(content) or content[edit.offset : end] != edit.old:
            msg = f"the edit at byte {edit.offset} does not fit the content"
            raise ValueError(msg)
        parts += [content[at : edit.offset], edit.new]
        at = end
    return b"".join([*parts, content[at:]])


def inverse(edits: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """Return the edits that undo ``edits``."""
    shift = 0
    undoing = []
    for edit in edits:
        undoing.append(Replacement(edit.offset + shift, edit.new, edit.old))
        shift += len(edit.new) - len(edit.old)
    return tuple(undoing)


def to_line(run: Run) -> bytes:
    """Return ``run`` as a line of JSON; bytes that are not UTF-8 become lone surrogates, as in Python's file names."""
    files = [{**file._asdict(), "edits": [edit._asdict() for edit in file.edits]} for file in run.files]
    record = {"schema": SCHEMA, **run._asdict(), "files": files}
    text = json.dumps(record, default=lambda raw: raw.decode("utf-8", "surrogateescape"))
    return text.encode("ascii")


def last_line(content: bytes) -> Any:
    """Return the last line of a journal's file that parses, or ``None``."""
    for line in reversed(content.split(b"\n")):
        with suppress(ValueError):
            return json.loads(line)
    return None


def from_record(record: Any) -> Run | None:
    """Return the run of a parsed line, or ``None`` where it is not one of this schema."""
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        return None
    try:
        files = tuple(_file(**fields) for fields in record["files"])
        return Run(record["number"], record["id"], record["time"], files)
    except (KeyError, TypeError):
        return None


def _file(edits: Iterable[Mapping[str, Any]], **fields: Any) -> RunFile:
    def raw(text: str) -> bytes:
        return text.encode("utf-8", "surrogateescape")

    return RunFile(edits=tuple(Replacement(e["offset"], raw(e["old"]), raw(e["new"])) for e in edits), **fields)
