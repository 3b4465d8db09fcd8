"""The values of the journal, and how a line of it is written and read."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, NoReturn, get_args

PREFIX: Final = "openspg:"
"""What the place of a row begins with, where that of a file has its path."""

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


def is_row(path: Path | str) -> bool:
    """Tell whether this is the place of a row, and not of a file."""
    return str(path).startswith(PREFIX)


def staged_beside(path: Path, run: str) -> Path:
    """Return the only place of a staged copy beside its file."""
    return path.with_name(f".{path.name}.netdiag-{run}")


def last_line(content: bytes) -> Any:
    """Return the last line of a journal's file that parses, or ``None``."""
    for line in reversed(content.split(b"\n")):
        with suppress(ValueError, RecursionError):
            return json.loads(line)
    return None


Fault = Literal["record_edits", "record_path", "record_shape", "record_staged"]
"""Why something is no record; words of ``findings/terms.yaml``."""


class NotARecordError(ValueError):
    """What lies in the journal is nothing that netdiag writes."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


RUN: Final = r"[0-9A-Za-z.-]+"
"""What names a run."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_RUN: Final = re.compile(RUN)
_RECORDED: Final = frozenset(get_args(State)) - {"rolled_back"}
_REQUIRED: Final = frozenset({"path", "before", "after", "how", "staged", "edits"})


def from_record(record: Any, number: int, run: str, directory: Path) -> Run | None:
    """Return the run of a parsed line of the record of this ``number`` and ``run``, in the state ``directory``.

    ``None`` where it is not one of this schema: a later netdiag's, or nothing at all. Raises :class:`NotARecordError`
    for what netdiag would not have written: another file's path in place of the staged copy's, say.
    """
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        return None
    files, time = record.get("files"), record.get("time")
    if (
        not isinstance(files, list)
        or not isinstance(time, str)
        or (record.get("number"), record.get("id"))
        != (
            number,
            run,
        )
    ):
        raise NotARecordError(fault="record_shape")
    return Run(number, run, time, tuple(_file(each, run, directory) for each in files))


def _file(said: Any, run: str, directory: Path) -> RunFile:
    """Return a file of a run; raises :class:`NotARecordError`."""
    if not isinstance(said, dict) or not _REQUIRED <= said.keys() <= set(RunFile._fields):
        raise NotARecordError(fault="record_shape")
    edits = _edits(said["edits"])
    rest = {name: value for name, value in said.items() if name != "edits"}
    if not all(isinstance(value, str) for value in rest.values()):
        raise NotARecordError(fault="record_shape")
    file = RunFile(edits=edits, **rest)
    is_known = file.how in get_args(How) and file.state in _RECORDED
    if not is_known or not _DIGEST.fullmatch(file.before) or not _DIGEST.fullmatch(file.after):
        raise NotARecordError(fault="record_shape")
    if file.undoes and not _RUN.fullmatch(file.undoes):
        raise NotARecordError(fault="record_shape")
    if file.how == "row":
        if not is_row(file.path) or file.staged:
            raise NotARecordError(fault="record_path")
        return file
    return file._replace(staged=str(_staged(file, run, directory)))


def _staged(file: RunFile, run: str, directory: Path) -> Path:
    """Return the place of the staged copy: beside the file, or in the state directory, wherever that lies now."""
    path = file.path
    # normpath keeps two slashes at the beginning (POSIX); resolved paths never have them
    if (
        not path.startswith("/")
        or path.startswith("//")
        or os.path.normpath(path) != path
        or "\0" in path
        or path == "/"
    ):
        raise NotARecordError(fault="record_path")
    beside = staged_beside(Path(path), run)
    if file.staged == str(beside):
        return beside
    name = os.path.basename(file.staged)  # noqa: PTH119 - Path takes more than one spelling for the same
    if not re.fullmatch(rf"{re.escape(run)}-\d{{1,9}}\.staged", name):
        raise NotARecordError(fault="record_staged")
    return directory / name


def _edits(said: Any) -> tuple[Replacement, ...]:
    """Return edits in order that do not overlap; raises :class:`NotARecordError`."""
    if not isinstance(said, list):
        _refuse_edits()
    edits, at = list[Replacement](), 0
    for each in said:
        if not isinstance(each, dict) or each.keys() != set(Replacement._fields):
            _refuse_edits()
        offset, old, new = each["offset"], each["old"], each["new"]
        if type(offset) is not int or offset < at or not isinstance(old, str) or not isinstance(new, str):
            _refuse_edits()
        edits.append(Replacement(offset, _raw(old), _raw(new)))
        at = offset + len(edits[-1].old)
    return tuple(edits)


def _raw(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        _refuse_edits()


def _refuse_edits() -> NoReturn:
    raise NotARecordError(fault="record_edits")
