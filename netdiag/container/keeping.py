"""The journals of containers that keep nothing of netdiag: here, by the container's id, while no run needs them.

What a container hands back is only ever handed to that container again, and to the same user of it: netdiag as
another user there may write more than the one that the records come from.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from netdiag.container.answers import require_id
from netdiag.container.records import is_record, packed, unpacked
from netdiag.container.refusal import Refused
from netdiag.store import CannotWrite, NotTrustedError, default_directory, require_own_file, require_trusted


class Kept:
    """What is kept of one user of one container, in a directory of its own that only this user reads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def of(cls, container: str, user: str = "", own: str = "") -> "Kept":
        """Return what is kept for ``user`` of the container with this id, whose ``own`` user is what it runs as.

        Raises :class:`Refused` for what is no id, and where this user has no place.
        """
        require_id(container)
        try:
            directory = default_directory().absolute() / "containers" / container
        except CannotWrite as error:
            raise Refused(word="journal_not_kept", path=error.path, detail=error.detail) from error
        except OSError as error:  # the working directory is gone
            raise Refused(word="journal_not_kept", path=".", detail=error.strerror) from error
        other = plain_user(user or own)
        return cls(directory if other == plain_user(own) else directory / f"user-{quote(other, safe='')}")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs for this container away; raises :class:`Refused` where one is under way."""
        path = self.directory / "lock"
        with self._refusing():
            require_trusted(self.directory)
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            require_trusted(self.directory)
            require_own_file(path)
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with contextlib.closing(os.fdopen(lock, "wb")) as locked:
            try:
                fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Refused(word="busy", path=path) from error
            yield

    def packed(self) -> bytes:
        """Return the records as a tar; raises :class:`Refused` where somebody else may have written them."""
        with self._refusing():
            return packed((path.name, self._read(path)) for path in self._records())

    def replace(self, tar: bytes) -> None:
        """Keep these records instead, durably. Raises :class:`OSError`, and :class:`ValueError` for what is no tar."""
        records = unpacked(tar)
        for name, content in records.items():
            staged = self.directory / f".{name}"
            opened = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self.directory / name)
        for path in self._records():
            if path.name not in records:
                path.unlink()

    def _records(self) -> list[Path]:
        require_trusted(self.directory)
        return sorted(path for path in self.directory.glob("*.jsonl") if is_record(path.name))

    def _read(self, path: Path) -> bytes:
        require_own_file(path)
        return path.read_bytes()

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except NotTrustedError as error:
            values = {"reason": error.why, "owner": error.owner, "mode": error.mode, "user": error.user}
            raise Refused(word="journal_not_trusted", path=error.path, **values) from error
        except OSError as error:
            raise Refused(word="journal_not_kept", path=self.directory, detail=error.strerror) from error


def plain_user(user: str) -> str:
    """Return who ``USER``, ``USER:GROUP`` or nothing is: root has three spellings."""
    name = user.partition(":")[0]
    return "0" if name in ("", "root") else name
