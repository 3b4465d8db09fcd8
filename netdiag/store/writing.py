"""One file on its way from its old to its new bytes."""

import errno
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from netdiag.model.journal import Applied
from netdiag.store.attributes import make_alike
from netdiag.store.disk import closing, digest, fsync_directory, overwrite, write_all
from netdiag.store.lock import Hold, hold
from netdiag.store.records import How, Replacement, RunFile, State
from netdiag.store.refusal import CannotWrite, refusing
from netdiag.store.target import Target

# A bind-mounted file (EBUSY), a bind mount or overlay between copy and target (EXDEV), somebody else's file in a
# sticky directory (EPERM, EACCES): rename(2). The file itself could be opened for writing, so it is written in place.
_IN_PLACE_INSTEAD: Final = frozenset({errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES})


class Job(NamedTuple):
    """What is to be done with one file; ``undoes`` names the run that is rolled back by it.

    ``real`` is the file that ``path`` is to lead to, where that is known; ``name`` is what people call a row.
    """

    path: Path
    old: bytes
    new: bytes
    edits: tuple[Replacement, ...]
    undoes: str = ""
    real: Path | None = None
    name: str = ""


class Writing:
    """One file on its way; ``place`` is the descriptor of the directory of its ``staged`` copy.

    Every method raises :class:`CannotWrite` about the file.
    """

    def __init__(self, job: Job, target: Target, place: int, staged: Path) -> None:
        self._job = job
        self._target = target
        self._place = place
        self._staged = staged
        self._is_staged = False
        self._overwriting = False
        self._copy: os.stat_result | None = None
        self._copies = ExitStack()
        self._how: How = "rename"
        if target.status.st_nlink > 1 or place != target.directory:
            self._how = "in_place"  # the other names of a hard-linked file stay names of the same file

    def records(self, state: State) -> tuple[RunFile, ...]:
        """Return the journal's record of this file in ``state``."""
        job = self._job
        path, staged = str(self._target.path), str(self._staged)
        return (RunFile(path, digest(job.old), digest(job.new), self._how, staged, job.edits, state, job.undoes),)

    def applied(self, run: str) -> tuple[Applied, ...]:
        """Return what is told of this file when all went well."""
        return (Applied(str(self._job.path), run, self._how, len(self._job.edits)),)

    def is_for(self, target: Target, job: Job) -> bool:
        """Say whether this already writes the file of ``target``; raises ``ValueError`` when with other bytes."""
        same = os.path.samestat(self._target.status, target.status)
        if same and job.new != self._job.new:
            msg = f"two different changes of one file: {self._job.path} and {job.path}"
            raise ValueError(msg)
        return same

    @property
    def identity(self) -> tuple[int, int]:
        """The file's own, see :attr:`Target.identity`."""
        return self._target.identity

    def lock(self, hold_file: Hold) -> None:
        """Lock the file itself until its descriptor is closed."""
        hold_file(self._target.descriptor, self._job.path)

    def close(self) -> None:
        """Unlock what was staged."""
        self._copies.close()

    def require_unchanged(self) -> None:
        """Raise :class:`CannotWrite` unless the file's name still leads to the bytes the plan was made for."""
        with refusing(self._job.path):
            if not self._target.is_at(self._target.status) or self._target.read() != self._job.old:
                raise CannotWrite(reason="changed_since", path=self._job.path)

    def stage(self) -> None:
        """Write the new bytes durably beside the file, with its mode, owner and attributes."""
        with refusing(self._job.path):
            if not self._stage(self._job.new):
                self._how = "in_place"
            fsync_directory(self._place)

    def commit(self) -> None:
        """Put the new bytes in place of the old ones, durably."""
        self.require_unchanged()
        with refusing(self._job.path):
            if self._how == "rename":
                try:
                    self._rename()
                except OSError as error:
                    if error.errno not in _IN_PLACE_INSTEAD:
                        raise
                    self._how = "in_place"
                else:
                    fsync_directory(self._target.directory)
            if self._how == "in_place":
                self._overwriting = True
                overwrite(self._target.descriptor, self._job.new)

    def put_back(self) -> None:
        """Restore the old bytes where :meth:`commit` had begun to replace them."""
        with refusing(self._job.path):
            if self._overwriting:
                overwrite(self._target.descriptor, self._job.old)
            elif self._copy is not None and self._target.is_at(self._copy):
                self._stage(self._job.old)
                self._rename()
                fsync_directory(self._target.directory)

    def clean_up(self) -> None:
        """Remove the staged copy where there is one."""
        if self._is_staged:
            with refusing(self._job.path):
                os.unlink(self._staged.name, dir_fd=self._place)
                self._is_staged = False
                fsync_directory(self._place)

    def _stage(self, content: bytes) -> bool:
        """Write the staged copy; return whether it is like the file in every attribute."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        opened = os.open(self._staged.name, flags, 0o600, dir_fd=self._place)
        self._is_staged = True
        copy = self._copies.enter_context(closing(opened))
        hold(copy, self._staged)  # renamed it is the file, and still ours alone
        write_all(copy, content)
        alike = self._how == "rename" and make_alike(copy, self._target)
        os.fsync(copy)
        self._copy = os.fstat(copy)
        return alike

    def _rename(self) -> None:
        name = self._target.path.name
        os.rename(self._staged.name, name, src_dir_fd=self._place, dst_dir_fd=self._target.directory)
        self._is_staged = False
