"""What netdiag wrote, one file per run in the state directory, so that a run can be finished, undone or rolled back.

A record is ``NUMBER-RUN.jsonl``, mode 0600: each line is the whole run as it stood then, and the last one that
parses counts, so a line that was cut off by a kill or a full disk is as if never written. A newline comes before
each further line, not after it: it also ends such a cut one. Of a file's content a record holds the replaced bytes
and nothing else, because API keys stand beside them.

A run's files are ``begun`` → ``ready`` (all staged copies are whole; only now is any file touched) → ``done``, or
``undone``, or ``left`` when recovery found a file that it must not touch.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from netdiag import clock
from netdiag.store.disk import closing, fsync_directory, read_all, write_all
from netdiag.store.records import RUN, Fault, NotARecordError, Run, RunFile, from_record, last_line, to_line
from netdiag.store.refusal import refusing_state
from netdiag.store.trust import require_own_file, require_trusted

KEPT: Final = 100
"""Runs kept. A container that is repaired at every start must not fill its disk with records of it."""

KEPT_BYTES: Final = 16 * 1024 * 1024
"""Bytes of the records kept: a run that wrote 5,000 rows of a database has some 10 MB of them. The last run is kept.

With one such run more they still fit into what is taken from a container (netdiag/container/records.py).
"""

_NAME: Final = re.compile(rf"(\d{{8}})-({RUN})\.jsonl")
_FLAGS: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class Journal:
    """The records in ``directory``. Every method raises :class:`CannotWrite` about that directory when it fails.

    What another user may have written is not read: a directory or record that is not this user's alone is refused.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def directory(self) -> Path:
        """The state directory."""
        return self._directory

    def runs(self) -> tuple[Run, ...]:
        """Return all records that can be read, newest first; what is no record is passed over."""
        return _with_rolled_back(tuple(run for _, run in self._every() if isinstance(run, Run)))

    def passed_over(self) -> tuple[tuple[Path, Fault], ...]:
        """Return the records of this schema that netdiag has not written so, and what is wrong with each."""
        return tuple(
            (self._directory / name, run.fault) for name, run in self._every() if isinstance(run, NotARecordError)
        )

    def unfinished(self) -> tuple[Run, ...]:
        """Return the runs that a kill or a failing disk left unfinished, newest first."""
        return tuple(run for run in self.runs() if not _is_finished(run))

    def require_unused(self, run: str) -> None:
        """Raise ``ValueError`` unless ``run`` is new to the journal and will do as part of a file's name."""
        if not _NAME.fullmatch(f"00000000-{run}.jsonl"):
            msg = f"not a name for a run: {run!r}"
            raise ValueError(msg)
        with refusing_state(self._directory):
            names = self._names()
        if any(_parts(name)[1] == run for name in names):
            msg = f"the run {run} is in the journal already"
            raise ValueError(msg)

    def begin(self, run: str, files: Sequence[RunFile]) -> Run:
        """Record durably that ``run`` is about to write ``files``; the caller holds the lock."""
        with refusing_state(self._directory):
            names = self._names()
            self._prune(names)
            number = _parts(names[-1])[0] + 1 if names else 1
            time = clock.now()
            begun = Run(number, run, time, tuple(files))
            self._create(begun)
        return begun

    def record(self, run: Run) -> None:
        """Record durably how far ``run`` is now."""
        with refusing_state(self._directory), closing(os.open(self._path(run), _FLAGS)) as descriptor:
            write_all(descriptor, b"\n" + to_line(run), os.fstat(descriptor).st_size)
            os.fsync(descriptor)

    def _every(self) -> list[tuple[str, Run | NotARecordError | None]]:
        with refusing_state(self._directory):
            return [(name, self._parsed(name, last_line(self._read(name)))) for name in reversed(self._names())]

    def _parsed(self, name: str, line: Any) -> Run | NotARecordError | None:
        number, run = _parts(name)
        try:
            return from_record(line, number, run, Path(os.path.realpath(self._directory)))
        except NotARecordError as error:
            return error

    def _create(self, run: Run) -> None:
        with closing(os.open(self._path(run), _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)) as descriptor:
            write_all(descriptor, to_line(run))
            os.fsync(descriptor)
        with closing(os.open(self._directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)) as directory:
            fsync_directory(directory)

    def _prune(self, names: Sequence[str]) -> None:
        """Remove finished runs beyond the newest, and records cut off in their first line: those touched nothing."""
        size = 0
        for place, name in enumerate(reversed(names), start=1):
            content = self._read(name)
            size += len(content)
            line = last_line(content)
            run = self._parsed(name, line)
            is_beyond = place >= KEPT or (place > 1 and size > KEPT_BYTES)
            if line is None or (is_beyond and isinstance(run, Run) and _is_finished(run)):
                (self._directory / name).unlink()

    def _names(self) -> list[str]:
        """Return the names of the record files, oldest first; a directory that is not believed is refused."""
        require_trusted(self._directory)
        try:
            names = [path.name for path in self._directory.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if _NAME.fullmatch(name))

    def _read(self, name: str) -> bytes:
        require_own_file(self._directory / name)
        try:
            opened = os.open(self._directory / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:  # a run that is writing now has just pruned it
            return b""
        with closing(opened) as descriptor:
            return read_all(descriptor)

    def _path(self, run: Run) -> Path:
        return self._directory / f"{run.number:08d}-{run.id}.jsonl"


def _parts(name: str) -> tuple[int, str]:
    number, _, rest = name.partition("-")
    return int(number), rest.removesuffix(".jsonl")


def _is_finished(run: Run) -> bool:
    return all(file.state not in ("begun", "ready") for file in run.files)


def _with_rolled_back(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    undone = {(file.undoes, file.path) for run in runs for file in run.files if file.state == "done"}

    def seen_from_now(run: Run, file: RunFile) -> RunFile:
        rolled_back = file.state == "done" and (run.id, file.path) in undone
        return file._replace(state="rolled_back") if rolled_back else file

    return tuple(run._replace(files=tuple(seen_from_now(run, file) for file in run.files)) for run in runs)
