"""The few operations on descriptors that the journal and the writing share. All raise ``OSError``."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from typing import Final

CHUNK: Final = 64 * 1024

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is still read: what netdiag edits is smaller (config.LIMIT), and anybody may make his larger."""

# Some file systems have no fsync of a directory (CIFS, 9p, older FUSE) and say so by these.
_NO_DIRECTORY_FSYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})


@contextlib.contextmanager
def closing(descriptor: int) -> Iterator[int]:
    """Close ``descriptor`` at the end; a failing close is no news, since all that matters was fsynced before."""
    try:
        yield descriptor
    finally:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_all(descriptor: int) -> bytes:
    """Return the file's bytes from its start, as many as it has now."""
    parts = []
    at, size = 0, os.fstat(descriptor).st_size
    while at < size:
        part = os.pread(descriptor, min(size - at, 16 * CHUNK), at)
        if not part:
            break
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def write_all(descriptor: int, content: bytes, offset: int = 0) -> None:
    """Write ``content`` at ``offset`` and nothing else: what lies behind it stays."""
    view = memoryview(content)
    at = 0
    while at < len(view):
        at += os.pwrite(descriptor, view[at : at + CHUNK], offset + at)


def overwrite(descriptor: int, content: bytes) -> None:
    """Make ``content`` the file's bytes, in place and durably. A kill in the middle leaves part of the old ones."""
    write_all(descriptor, content)
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)


def is_half_written(now: bytes, old: bytes, new: bytes) -> bool:
    """Say whether ``now`` is what an interrupted :func:`overwrite` leaves, and not somebody's edit.

    Every byte is then the old or the new one at its place, or NUL where a power failure left a hole.
    """
    if not min(len(old), len(new)) <= len(now) <= max(len(old), len(new)):
        return False
    padded = zip(now, old.ljust(len(now), b"\0"), new.ljust(len(now), b"\0"), strict=False)
    return all(byte in (before, after, 0) for byte, before, after in padded)


def fsync_directory(directory: int) -> None:
    """Make the names in ``directory`` durable; its descriptor may be an ``O_PATH`` one."""
    with closing(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)) as readable:
        try:
            os.fsync(readable)
        except OSError as error:
            if error.errno not in _NO_DIRECTORY_FSYNC:
                raise
