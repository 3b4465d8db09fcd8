"""Finishing or undoing what a killed run left behind."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple

from netdiag.store.disk import LARGEST, closing, digest, fsync_directory, is_half_written, overwrite, read_all
from netdiag.store.journal import Journal
from netdiag.store.lock import Hold
from netdiag.store.records import Run, RunFile, inverse, replaced
from netdiag.store.refusal import CannotWrite, refusing
from netdiag.store.rows import RowChange, Rows, reading
from netdiag.store.rows import opened as opened_row
from netdiag.store.target import directory_of, opened

_Standing = Literal["old", "new", "torn", "edited"]

_GONE: Final = ("vanished", "leads_elsewhere")
"""The file is not there any more, or its name leads to another one."""


class Recovered(NamedTuple):
    """What became of one file of an interrupted run.

    It holds the new bytes (``done``), the old ones (``undone``), or was ``left`` as it was found: the user has to
    look at it then, and ``detail`` says why.
    """

    run: str
    path: Path
    outcome: Literal["done", "undone", "left"]
    detail: str = ""
    name: str = ""


class _Staged(NamedTuple):
    old: bytes
    new: bytes


def recover_run(run: Run, journal: Journal, hold: Hold, rows: Rows | None = None) -> tuple[Recovered, ...]:
    """Bring the files of ``run`` to their old or their new bytes, and journal that.

    When one file has been touched, the others follow it to the new bytes. What cannot be read or written now stays
    unfinished in the journal, for the next attempt. The caller holds the lock, so whoever began the run is gone;
    ``hold`` gets those of the files, and ``rows`` leads to the database that holds rows of the run.
    Raises :class:`CannotWrite` only about the state directory.
    """
    unfinished = [file for file in run.files if file.state in ("begun", "ready")]
    try:
        finish = any(map(_is_touched, run.files)) or _is_committed(run.files, rows)
    except CannotWrite as refusal:
        return tuple(Recovered(run.id, Path(file.path), "left", str(refusal), file.name) for file in unfinished)
    of_rows = [file for file in unfinished if file.how == "row"]
    settled = {file: _settled(file, hold, finish=finish) for file in unfinished if file.how != "row"}
    settled |= _settled_rows(of_rows, rows, finish=finish)
    files = tuple(settled[file][0] if file in settled else file for file in run.files)
    if files != run.files:
        journal.record(run._replace(files=files))
    return tuple(_recovered(run, now, detail) for now, detail in settled.values())


def _recovered(run: Run, file: RunFile, detail: str) -> Recovered:
    outcome = file.state if file.state in ("done", "undone") else "left"
    return Recovered(run.id, Path(file.path), outcome, detail, file.name)


def _is_touched(file: RunFile) -> bool:
    if file.state == "ready" and file.how != "row":
        try:
            with opened(Path(file.path), Path(file.path)) as target:
                return _standing(file, target.read(), _staged(file)) in ("new", "torn")
        except CannotWrite as refusal:
            if refusal.reason not in _GONE:
                raise
    return file.state == "done"


def _is_committed(files: Sequence[RunFile], rows: Rows | None) -> bool:
    """Tell whether a row holds the new bytes: a transaction was made whole, or undone."""
    ready = {Path(file.path): file.after for file in files if file.how == "row" and file.state == "ready"}
    held = reading(rows, list(ready))
    return any(digest(text) == ready[place] for place, text in held.items())


def _settled(file: RunFile, hold: Hold, *, finish: bool) -> tuple[RunFile, str]:
    """Return the record of an unfinished file as it is now, and what the user should know about it."""
    try:
        if file.state == "ready":
            return _settled_ready(file, hold, finish=finish)
        _remove(file)  # not all copies had been staged, so no file was touched
        return file._replace(state="undone"), ""
    except CannotWrite as refusal:
        return file, str(refusal)


def _settled_ready(file: RunFile, hold: Hold, *, finish: bool) -> tuple[RunFile, str]:
    staged = _staged(file)
    why = "it holds neither the bytes from before the interrupted run nor those the run was writing"
    try:
        with opened(Path(file.path), Path(file.path)) as target:
            hold(target.descriptor, target.path)
            standing = _standing(file, target.read(), staged)
            if staged is not None and (standing == "torn" or (standing == "old" and finish)):
                _finish(Path(file.path), target.descriptor, staged)
                standing = "new"
    except CannotWrite as refusal:
        if refusal.reason not in _GONE:
            raise
        standing, why = "edited", str(refusal)
    if standing == "edited" and staged is None:
        return file._replace(state="left"), f"{why}; the copy {file.staged} is missing or damaged"
    _remove(file)
    if standing == "edited":
        return file._replace(state="left"), why
    return file._replace(state="done" if standing == "new" else "undone"), ""


def _settled_rows(
    files: Sequence[RunFile], rows: Rows | None, *, finish: bool
) -> Mapping[RunFile, tuple[RunFile, str]]:
    """Settle the rows of a run in one transaction; which side the database is on their bytes tell."""
    # a transaction is committed only after all was ready
    settled = {file: (file._replace(state="undone"), "") for file in files if file.state == "begun"}
    ready = [file for file in files if file.state == "ready"]
    try:
        held = _finished(ready, rows, finish=finish) if ready else {}
    except CannotWrite as refusal:
        return {**settled, **{file: (file, str(refusal)) for file in ready}}
    return {**settled, **{file: _standing_row(file, held.get(Path(file.path))) for file in ready}}


def _finished(files: Sequence[RunFile], rows: Rows | None, *, finish: bool) -> Mapping[Path, bytes]:
    """Return what the rows hold, after giving those with the old bytes the new ones where the run is to ``finish``."""
    places = {Path(file.path): file for file in files}
    transaction = opened_row(rows, Path(files[0].path))
    try:
        held = dict(transaction.read(list(places)))
        changes = [
            RowChange(place, old, places[place].edits, new)
            for place, old in held.items()
            if finish and (new := _new(places[place], old)) is not None
        ]
        if changes:
            transaction.replace(changes)
            transaction.commit()
    finally:
        transaction.close()
    return held | {change.place: change.new for change in changes}


def _standing_row(file: RunFile, now: bytes | None) -> tuple[RunFile, str]:
    if now is None:
        return file._replace(state="left"), str(CannotWrite(reason="vanished", path=Path(file.path)))
    if digest(now) == file.before:
        return file._replace(state="undone"), ""
    if digest(now) == file.after:
        return file._replace(state="done"), ""
    why = "it holds neither the value from before the interrupted run nor the one the run was writing"
    return file._replace(state="left"), why


def _standing(file: RunFile, now: bytes, staged: _Staged | None) -> _Standing:
    if digest(now) == file.after:
        return "new"
    if digest(now) == file.before:
        return "old"
    return "torn" if staged is not None and is_half_written(now, staged.old, staged.new) else "edited"


def _finish(path: Path, descriptor: int, staged: _Staged) -> None:
    with refusing(path):
        try:
            overwrite(descriptor, staged.new)
        except OSError:
            overwrite(descriptor, staged.old)
            raise


def _new(file: RunFile, old: bytes) -> bytes | None:
    """Return the new bytes of a row that holds the old ones, ``None`` where it does not, or the edits do not fit."""
    with suppress(ValueError):
        if digest(old) == file.before and digest(new := replaced(old, file.edits)) == file.after:
            return new
    return None


def _staged(file: RunFile) -> _Staged | None:
    """Return what the staged copy says, or ``None`` where it is missing or damaged."""
    with _directory_of(file) as directory, refusing(Path(file.staged)), suppress(FileNotFoundError, ValueError):
        if directory is None:
            return None
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        with closing(os.open(Path(file.staged).name, flags, dir_fd=directory)) as descriptor:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise CannotWrite(reason="not_a_file", path=Path(file.staged))
            new = read_all(descriptor) if status.st_size <= LARGEST else b""
        if digest(new) == file.after and digest(old := replaced(new, inverse(file.edits))) == file.before:
            return _Staged(old, new)
    return None


def _remove(file: RunFile) -> None:
    with _directory_of(file) as directory, refusing(Path(file.staged)), suppress(FileNotFoundError):
        if directory is not None:
            os.unlink(Path(file.staged).name, dir_fd=directory)
            fsync_directory(directory)


@contextmanager
def _directory_of(file: RunFile) -> Iterator[int | None]:
    """Open the directory of the staged copy without following links; ``None`` where it is not there any more."""
    staged = Path(file.staged)
    try:
        with refusing(staged):
            directory = directory_of(staged, staged.parent)
    except CannotWrite as refusal:
        if refusal.reason not in _GONE:
            raise
        yield None
        return
    with closing(directory):
        yield directory
