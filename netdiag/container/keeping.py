"""The journals of containers that keep nothing of netdiag: here, by the container's id, while no run needs them."""

import contextlib
import fcntl
import io
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from netdiag.container.refusal import Refused
from netdiag.store import CannotWrite, default_directory

_NAME: Final = re.compile(r"\d{8}-[0-9A-Za-z.-]+\.jsonl")
_LARGEST: Final = 16 << 20
"""Bytes of one record: it holds old values only, but a container may send anything."""


class Kept:
    """What is kept of one container, in a directory of its own that only this user reads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def of(cls, container: str) -> "Kept":
        """Return what is kept of the container with this id; raises :class:`Refused` where this user has no place."""
        try:
            return cls(default_directory() / "containers" / container)
        except CannotWrite as error:
            raise Refused(word="journal_not_kept", path=error.path, detail=error.detail) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs for this container away; raises :class:`Refused` where one is under way."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(word="journal_not_kept", path=self.directory, detail=error.strerror) from error
        with contextlib.closing(os.fdopen(lock, "wb")) as locked:
            try:
                fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Refused(word="busy", path=self.directory / "lock") from error
            yield

    def packed(self) -> bytes:
        """Return the records as a tar."""
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            for path in sorted(self.directory.glob("*.jsonl")):
                archive.add(path, path.name)
        return made.getvalue()

    def replace(self, packed: bytes) -> None:
        """Keep these records instead, durably. Raises :class:`OSError` and :class:`tarfile.TarError`."""
        records = dict(_records(packed))
        for name, content in records.items():
            staged = self.directory / f".{name}"
            opened = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self.directory / name)
        for path in self.directory.glob("*.jsonl"):
            if path.name not in records:
                path.unlink()


def _records(packed: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what a container sent, as far as it is a record."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.isfile() and _NAME.fullmatch(member.name) and member.size <= _LARGEST:
                content = archive.extractfile(member)
                yield member.name, content.read() if content else b""
