"""Whose journal is believed: a record makes netdiag write files, so nobody but its owner may have written it.

Every directory on the way belongs to the effective user or to root and cannot be written by others (one with the
sticky bit, as ``/tmp``, can, but nobody renames in it what is not his own); the state directory and what lies in it
belong to the effective user. OpenSSH asks the same of a user's files (sshd_config(5), StrictModes).
"""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from netdiag.store.refusal import CannotWrite

Why = Literal[
    "trust_link",
    "trust_owner",
    "trust_parent_owner",
    "trust_parent_writable",
    "trust_record_kind",
    "trust_record_owner",
    "trust_record_writable",
    "trust_writable",
]
"""What is wrong; words of ``findings/terms.yaml``."""

_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
"""With an access control list the bits of the group are its mask (acl(5)), so they show that too."""

_LINKS: Final = 40  # as many as Linux follows in one path (path_resolution(7))

_WORDS: Final = {
    "trust_link": "a link of another user leads there",
    "trust_owner": "it belongs to another user",
    "trust_parent_owner": "a directory above belongs to another user",
    "trust_parent_writable": "others may write a directory above",
    "trust_record_kind": "it is not a plain file with one name",
    "trust_record_owner": "it belongs to another user",
    "trust_record_writable": "others may write it",
    "trust_writable": "others may write it",
}


class NotTrustedError(CannotWrite):
    """The journal is not believed because of ``path``.

    ``owner`` and ``mode`` are what it has now, ``user`` is whom netdiag runs as.
    """

    def __init__(self, why: Why, path: Path, status: os.stat_result) -> None:
        self.why: Why = why
        self.owner = user_name(status.st_uid)
        self.user = user_name(os.geteuid())
        self.mode = f"{stat.S_IMODE(status.st_mode):04o}"
        detail = f"{_WORDS[why]}: owner {self.owner}, mode {self.mode}; netdiag runs as {self.user}"
        super().__init__(reason="not_trusted", path=path, detail=detail)


def require_trusted(directory: Path) -> None:
    """Raise :class:`NotTrustedError` unless the state ``directory``, as far as it is there, is this user's alone.

    Raises :class:`OSError` where it cannot be looked at.
    """
    mine = os.geteuid()
    trusted = {mine, 0, *_unmapped()}
    found = list(_steps(directory))
    for at, (path, status) in enumerate(found, start=1):
        is_last = at == len(found) and path == _real(directory)
        if stat.S_ISLNK(status.st_mode):
            if status.st_uid not in trusted:
                raise NotTrustedError(why="trust_link", path=path, status=status)
        elif is_last:
            if status.st_uid != mine:
                raise NotTrustedError(why="trust_owner", path=path, status=status)
            if status.st_mode & _BY_OTHERS:
                raise NotTrustedError(why="trust_writable", path=path, status=status)
        elif status.st_uid not in trusted:
            raise NotTrustedError(why="trust_parent_owner", path=path, status=status)
        elif _others_may_rename_in(status):
            raise NotTrustedError(why="trust_parent_writable", path=path, status=status)


def require_own_file(path: Path) -> None:
    """Raise :class:`NotTrustedError` unless ``path``, where it is there, is a plain file of this user alone.

    It is not opened. A second name (hard link) may be one that another user gave it. Raises :class:`OSError`.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise NotTrustedError(why="trust_record_kind", path=path, status=status)
    if status.st_uid != os.geteuid():
        raise NotTrustedError(why="trust_record_owner", path=path, status=status)
    if status.st_mode & _BY_OTHERS:
        raise NotTrustedError(why="trust_record_writable", path=path, status=status)


def user_name(number: int) -> str:
    """Return ``root (0)``, or the number alone where it has no name here."""
    try:
        return f"{pwd.getpwuid(number).pw_name} ({number})"
    except KeyError:
        return str(number)


def _steps(directory: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield every directory and link on the way to ``directory`` from the root, until one that is not there."""
    at, links = Path("/"), 0
    yield at, at.lstat()
    waiting = [*reversed(directory.parts[1:])]
    while waiting:
        part = waiting.pop()
        if part == "..":
            at = at.parent
            continue
        try:
            status = (at / part).lstat()
        except FileNotFoundError:
            return
        yield at / part, status
        if not stat.S_ISLNK(status.st_mode):
            at /= part
        elif (links := links + 1) <= _LINKS:
            target = (at / part).readlink()
            at = Path("/") if target.is_absolute() else at
            waiting += reversed(target.parts[target.is_absolute() :])


def _real(directory: Path) -> Path:
    return Path(os.path.realpath(directory))


def _others_may_rename_in(status: os.stat_result) -> bool:
    if not status.st_mode & _BY_OTHERS or status.st_mode & stat.S_ISVTX:
        return False
    return bool(status.st_mode & stat.S_IWOTH) or not _is_private(status.st_gid)


def _is_private(group: int) -> bool:
    """Tell whether a group is the user's own: where users have such a one, umask is 002 and it may write everything.

    Root has none: containers with arbitrary users run them in its group.
    """
    try:
        own, found = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return own.pw_uid != 0 and found.gr_name == own.pw_name and set(found.gr_mem) <= {own.pw_name}


def _unmapped() -> set[int]:
    """Return the number that stands for all users outside of this user namespace, where it stands for nobody inside.

    The root directory of an unprivileged namespace has it (user_namespaces(7)): who is outside could do anything here.
    """
    try:
        maps = [[*map(int, line.split())] for line in Path("/proc/self/uid_map").read_bytes().splitlines()]
        number = int(Path("/proc/sys/kernel/overflowuid").read_bytes())
    except (OSError, ValueError):
        return set()
    return set() if any(first <= number < first + count for first, _, count in maps) else {number}
