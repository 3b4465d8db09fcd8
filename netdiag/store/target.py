"""The file to be written, opened once: all later steps use its descriptors, so a swapped symlink leads nowhere."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from netdiag.store.disk import LARGEST, closing, read_all
from netdiag.store.refusal import CannotWrite, Reason, reason_of, refusing


class Target(NamedTuple):
    """A regular file open for reading and writing, and its directory; ``path`` has no symlink in it."""

    path: Path
    directory: int
    descriptor: int
    status: os.stat_result

    def read(self) -> bytes:
        """Return the bytes of the file that was opened; raises :class:`CannotWrite`."""
        with refusing(self.path):
            if os.fstat(self.descriptor).st_size > LARGEST:
                raise CannotWrite(
                    reason="changed_since", path=self.path, detail=f"it has more than {LARGEST} bytes now"
                )
            return read_all(self.descriptor)

    @property
    def identity(self) -> tuple[int, int]:
        """Which file this is, whatever its names: for an order of files that every process agrees on."""
        return self.status.st_dev, self.status.st_ino

    def is_at(self, status: os.stat_result) -> bool:
        """Say whether the file's name leads to the file of ``status`` now."""
        try:
            return os.path.samestat(os.stat(self.path.name, dir_fd=self.directory, follow_symlinks=False), status)
        except FileNotFoundError:
            return False


@contextmanager
def opened(path: Path, real: Path | None = None) -> Iterator[Target]:
    """Open ``path``, or what it links to; raises :class:`CannotWrite` with the reason why it could not be written.

    With ``real``, what it led to before, a path that leads elsewhere now is refused as ``leads_elsewhere``.
    """
    with refusing(path):
        found = _led_to(path)
        if real not in (None, found):
            raise CannotWrite(reason="leads_elsewhere", path=path, detail=f"it led to {real} and leads to {found} now")
        real = found
        directory = directory_of(path, real.parent)
    with closing(directory):
        with refusing(path):
            _require_file(path, os.stat(real.name, dir_fd=directory, follow_symlinks=False))
            # O_NONBLOCK and O_NOCTTY: should a FIFO or terminal have come in between, opening it does nothing.
            flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            descriptor = os.open(real.name, flags, dir_fd=directory)
        with closing(descriptor):
            with refusing(path):
                status = os.fstat(descriptor)
            _require_file(path, status)
            yield Target(real, directory, descriptor, status)


def _led_to(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path, strict=True))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        detail = "a link on the way was replaced"  # readlink(2) of what was a symlink when it was looked at
        raise CannotWrite(reason="leads_elsewhere", path=path, detail=detail) from error


def directory_of(path: Path, real: Path) -> int:
    """Open the directory ``real``, which has no symlink in it; one that has come in meanwhile is not followed.

    Raises :class:`OSError`, and :class:`CannotWrite` about ``path`` for such a link.
    """
    flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    directory = os.open("/", flags)
    for part in real.parts[1:]:
        with closing(directory):
            try:
                directory = os.open(part, flags, dir_fd=directory)
            except NotADirectoryError as error:
                detail = f"{part} in {real} was replaced"
                raise CannotWrite(reason="leads_elsewhere", path=path, detail=detail) from error
    return directory


def _require_file(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise CannotWrite(reason="not_a_file", path=path)


def obstacle(path: Path) -> Reason | None:
    """Return why ``path`` could not be written, as far as can be told without opening it for writing."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        if not stat.S_ISREG(real.stat().st_mode):
            return "not_a_file"
        if os.statvfs(real).f_flag & os.ST_RDONLY:
            return "read_only"
    except OSError as error:
        return reason_of(error)
    # The effective user is the one that will write; access(2) alone asks for the real one.
    return None if os.access(real, os.R_OK | os.W_OK, effective_ids=True) else "not_permitted"
