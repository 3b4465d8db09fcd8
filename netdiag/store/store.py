"""The store: writing planned changes, recovering from a kill, rolling back."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from netdiag.model.journal import Applied
from netdiag.model.plan import Edit
from netdiag.store.disk import closing, digest, fsync_directory
from netdiag.store.journal import Journal
from netdiag.store.lock import PATIENCE_S, Hold, hold, interrupts_held, locked
from netdiag.store.records import Fault, Replacement, Run, RunFile, inverse, is_row, replaced
from netdiag.store.recover import Recovered, recover_run
from netdiag.store.refusal import CannotWrite, Reason, refusing_state
from netdiag.store.rows import Rows, reading
from netdiag.store.target import obstacle, opened
from netdiag.store.trust import require_trusted
from netdiag.store.write import carry_out
from netdiag.store.writing import Job


class Change(NamedTuple):
    """``path`` held ``old`` when it was planned, and is to hold ``new``, which is ``old`` with ``edits`` made.

    ``real`` is the file that ``path`` led to then: without it, wherever ``path`` leads is written if it holds ``old``.
    A ``path`` that begins with ``openspg:`` is a row of the OpenSPG server's database, ``name`` what people call it.
    """

    path: Path
    old: bytes
    new: bytes
    edits: tuple[Edit, ...]
    real: Path | None = None
    name: str = ""


class Store:
    """The only writer of files and rows; its journal and lock are in a state directory, made when something is written.

    That directory is ``directory``, or ``$NETDIAG_STATE_DIR``, or ``/var/lib/netdiag`` for root, or ``netdiag`` in
    ``$XDG_STATE_HOME`` or ``~/.local/state`` (XDG Base Directory Specification 0.8). Another run is waited for at
    most ``patience_s`` seconds. Rows are reached by what :meth:`beside` was given. Whatever is refused raises
    :class:`CannotWrite`, and every file and row is then as it was.
    """

    def __init__(self, directory: Path | None = None, *, patience_s: float = PATIENCE_S) -> None:
        directory = directory or default_directory()
        with refusing_state(directory):
            self.directory = directory.absolute()
        self._journal = Journal(self.directory)
        self._patience_s = patience_s
        self._rows: Rows | None = None

    def beside(self, rows: Rows | None) -> "Store":
        """Return this store, able to write the rows of a database too."""
        self._rows = rows
        return self

    @staticmethod
    def new_run() -> str:
        """Return a name for a run: the UTC time and this process."""
        return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"

    def writable(self, path: Path) -> Reason | Literal[""]:
        """Return why ``path`` could not be written, or ``""``; nothing is written to find out."""
        if reason := obstacle(path):
            return reason
        try:
            with refusing_state(self.directory):
                require_trusted(self.directory)
        except CannotWrite as refusal:
            return refusal.reason
        return "" if self._is_usable() else "no_state_directory"

    def write(self, changes: Sequence[Change], run: str) -> tuple[Applied, ...]:
        """Write all ``changes`` or none; one that changes nothing is passed over, a file under two names written once.

        Raises ``ValueError`` when ``run`` is in the journal or no name for a run (letters, digits, ``.`` and ``-``),
        or when the edits of a change do not make ``new`` of ``old``.
        """
        self._journal.require_unused(run)
        jobs = [Job(c.path, c.old, c.new, _replacements(c), real=c.real, name=c.name) for c in changes]
        return self._carry_out([job for job in jobs if job.new != job.old], run)

    def recover(self) -> tuple[Recovered, ...]:
        """Finish or undo what killed runs left, and return what became of each file; a run that is alive is awaited.

        To be called before a command reads the files that it may write.
        """
        if not self._journal.unfinished():
            return ()
        with self._alone() as hold_file:
            runs = self._journal.unfinished()
            return tuple(each for run in runs for each in recover_run(run, self._journal, hold_file, self._rows))

    def passed_over(self) -> tuple[tuple[Path, Fault], ...]:
        """Return what lies among the records and is none that netdiag writes: it is not obeyed."""
        return self._journal.passed_over()

    def rollback(self, paths: Sequence[Path] = (), run: str | None = None) -> tuple[Applied, ...]:
        """Restore the bytes from before the last run not yet rolled back, or from before ``run``.

        With ``paths``, only these files, each from before the last run that wrote it, or from before ``run``. A
        rollback is a run too, but never one to roll back: a second one goes one run further back. With nothing to
        undo the :class:`CannotWrite` says so.
        """
        undoable = self._undoable(paths, run)
        held = reading(self._rows, [Path(file.path) for _, file in undoable if file.how == "row"])
        jobs = [_undoing(done, file, held) for done, file in undoable]
        return self._carry_out(jobs, self.new_run())

    def holds(self, places: Sequence[Path]) -> Mapping[Path, bytes]:
        """Return what rows hold now, without those that are gone; raises :class:`CannotWrite`."""
        return reading(self._rows, places)

    def runs(self) -> tuple[Run, ...]:
        """Return the journal, newest run first."""
        return self._journal.runs()

    def _undoable(self, paths: Sequence[Path], run: str | None) -> list[tuple[str, RunFile]]:
        runs = [each for each in self.runs() if run in (None, each.id)]
        if run and not runs:
            raise CannotWrite(reason="no_such_run", path=self.directory, detail=f"run {run}")
        written = [(each.id, file) for each in runs for file in each.files if not file.undoes]
        if paths:
            return [_last_of(path, written, run) for path in paths]
        done = [(name, file) for name, file in written if file.state == "done"]
        if not done:
            raise _nothing_to_undo(self.directory, [file for _, file in written], run)
        return [(name, file) for name, file in done if name == done[0][0]]

    def _carry_out(self, jobs: Sequence[Job], run: str) -> tuple[Applied, ...]:
        if not jobs:
            return ()
        with self._alone() as hold_file:
            return carry_out(jobs, run, self._journal, hold_file, self._rows)

    @contextmanager
    def _alone(self) -> Iterator[Hold]:
        with interrupts_held() as interrupted:
            with refusing_state(self.directory):
                self._make_directory()
            with locked(self.directory, self._patience_s, interrupted):
                yield partial(hold, patience_s=self._patience_s, interrupted=interrupted)

    def _make_directory(self) -> None:
        require_trusted(self.directory)
        missing = [each for each in (self.directory, *self.directory.parents) if not os.access(each, os.F_OK)]
        for each in reversed(missing):
            each.mkdir(0o700, exist_ok=True)
            with closing(os.open(each.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)) as parent:
                fsync_directory(parent)

    def _is_usable(self) -> bool:
        around = (self.directory, *self.directory.parents)
        existing = next(each for each in around if os.access(each, os.F_OK))
        return existing.is_dir() and os.access(existing, os.R_OK | os.W_OK | os.X_OK, effective_ids=True)


def default_directory() -> Path:
    """Return where the journal is kept unless it is said otherwise; raises :class:`CannotWrite` where no home is."""
    if named := os.environ.get("NETDIAG_STATE_DIR"):
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/netdiag")
    if (state := Path(os.environ.get("XDG_STATE_HOME", ""))).is_absolute():
        return state / "netdiag"
    try:
        return Path.home() / ".local/state/netdiag"
    except RuntimeError as error:  # no HOME, and a user id that /etc/passwd does not know
        raise CannotWrite(reason="no_state_directory", path=Path("~/.local/state"), detail=str(error)) from error


def _replacements(change: Change) -> tuple[Replacement, ...]:
    edits = sorted(change.edits, key=lambda edit: (edit.span.start, edit.span.end))
    replacements = tuple(Replacement(edit.span.start, edit.old, edit.new) for edit in edits)
    if replaced(change.old, replacements) != change.new:
        msg = f"the edits of {change.path} do not make its new bytes of its old ones"
        raise ValueError(msg)
    return replacements


def _last_of(path: Path, written: Sequence[tuple[str, RunFile]], run: str | None) -> tuple[str, RunFile]:
    real = str(path) if is_row(path) else os.path.realpath(path)
    of_path = [(name, file) for name, file in written if file.path == real]
    for name, file in of_path:
        if file.state == "done":
            return name, file
    raise _nothing_to_undo(path, [file for _, file in of_path], run)


def _nothing_to_undo(path: Path, written: Sequence[RunFile], run: str | None) -> CannotWrite:
    """Return why nothing of ``written`` can be undone: all that is left of one ``run``, or of all of them."""
    rolled_back = any(file.state == "rolled_back" for file in written)
    reason: Reason = "already_rolled_back" if run and rolled_back else "nothing_to_undo"
    detail = f"run {run}" if rolled_back else f"nothing that run {run} did here can be undone"
    return CannotWrite(reason, path, detail if run else "")


def _undoing(run: str, file: RunFile, rows: Mapping[Path, bytes]) -> Job:
    """Return the job that undoes what ``run`` wrote; ``rows`` are those that it wrote, as they are now."""
    path = Path(file.path)
    if file.how == "row":
        if path not in rows:
            raise CannotWrite(reason="vanished", path=path)
        now = rows[path]
    else:
        with opened(path, path) as target:
            now = target.read()
    if digest(now) != file.after:
        raise CannotWrite(reason="edited_since", path=path, detail=f"run {run} had written it")
    edits = inverse(file.edits)
    try:
        before = replaced(now, edits)
    except ValueError:
        before = b""
    if digest(before) != file.before:
        raise CannotWrite(reason="io_error", path=path, detail=f"the record of run {run} is damaged")
    return Job(path, now, before, edits, run, path, file.name)
