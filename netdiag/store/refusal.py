"""Why nothing was written: one exception with a closed set of reasons."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from netdiag.text import printable

Reason = Literal[
    "already_rolled_back",
    "busy",
    "changed_since",
    "db_another",
    "db_blocked",
    "db_busy",
    "db_denied",
    "db_failed",
    "db_hangs",
    "db_locked",
    "db_login_method",
    "db_login_refused",
    "db_lost",
    "db_name_unknown",
    "db_needs_cryptography",
    "db_needs_pynacl",
    "db_no_transactions",
    "db_none",
    "db_not_mysql",
    "db_read_only",
    "db_refused",
    "db_silent",
    "db_timed_out",
    "db_too_large",
    "db_unknown",
    "db_unknown_shape",
    "db_unreachable",
    "edited_since",
    "io_error",
    "leads_elsewhere",
    "no_space",
    "no_state_directory",
    "no_such_run",
    "not_a_file",
    "not_permitted",
    "not_trusted",
    "nothing_to_undo",
    "outcome_unknown",
    "read_only",
    "vanished",
]

_WORDS: Final[Mapping[Reason, str]] = {
    "already_rolled_back": "rolled back already",
    "busy": "in use by another process",
    "changed_since": "changed after it was read, so it was left as it is",
    "db_another": "it is in another database",
    "db_blocked": "the database blocks this host after too many failed connections",
    "db_busy": "the database has too many connections",
    "db_denied": "the database user may not do that",
    "db_failed": "the database failed",
    "db_hangs": "the database does not answer",
    "db_locked": "somebody else is writing it",
    "db_login_method": "the database wants a way to log in that netdiag does not have",
    "db_login_refused": "the database refused the login",
    "db_lost": "the connection to the database was lost",
    "db_name_unknown": "the name of the database's host is not known",
    "db_needs_cryptography": "the login needs the Python package cryptography",
    "db_needs_pynacl": "the login needs the Python package PyNaCl",
    "db_no_transactions": "its table has no transactions",
    "db_none": "no database is known here",
    "db_not_mysql": "what answers does not speak MySQL's protocol as expected",
    "db_read_only": "the database is read-only",
    "db_refused": "the database refused the connection",
    "db_silent": "it accepts connections but says nothing",
    "db_timed_out": "the database could not be reached in time",
    "db_too_large": "it does not fit into the database's column",
    "db_unknown": "the database is not there",
    "db_unknown_shape": "the table is not there, or has another shape",
    "db_unreachable": "no route leads to the database's host",
    "edited_since": "edited after netdiag wrote it, so it was left as it is",
    "io_error": "the file system failed",
    "leads_elsewhere": "its name leads to another file now",
    "no_space": "no space left for it",
    "no_state_directory": "the state directory cannot be used (NETDIAG_STATE_DIR names another)",
    "no_such_run": "no such run in the journal",
    "not_a_file": "not a regular file",
    "not_permitted": "not permitted",
    "not_trusted": "the journal is not believed",
    "nothing_to_undo": "nothing to undo",
    "outcome_unknown": "the connection was lost while committing, and the database cannot be asked what came of it",
    "read_only": "the file system is mounted read-only",
    "vanished": "no longer there",
}

_BY_ERRNO: Final[Mapping[int, Reason]] = {
    errno.EROFS: "read_only",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",  # chattr +i, +a
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EFBIG: "no_space",  # RLIMIT_FSIZE; Python ignores SIGXFSZ
    errno.EBUSY: "busy",
    errno.ETXTBSY: "busy",
    errno.ENOENT: "vanished",
    errno.ENOTDIR: "vanished",
    errno.ESTALE: "vanished",  # NFS: removed on the server
    errno.EISDIR: "not_a_file",
    errno.ELOOP: "not_a_file",
    errno.ENXIO: "not_a_file",
    errno.ENODEV: "not_a_file",
}

_BY_ERRNO_OF_STATE: Final[Mapping[int, Reason]] = {
    **_BY_ERRNO,
    **dict.fromkeys(
        (
            errno.EROFS,
            errno.EACCES,
            errno.EPERM,
            errno.ENOENT,
            errno.ENOTDIR,
            errno.EISDIR,
            errno.EEXIST,
            errno.ELOOP,
            errno.ENAMETOOLONG,
        ),
        "no_state_directory",
    ),
}

_NOTHING_TO_UNDO: Final[frozenset[Reason]] = frozenset({"already_rolled_back", "no_such_run", "nothing_to_undo"})


class CannotWrite(Exception):  # noqa: N818 - a refusal, not a defect: the caller exits with 77
    """``path`` was not written for ``reason``; ``detail`` adds what is known, in words for the user."""

    def __init__(self, reason: Reason, path: Path, detail: str = "") -> None:
        super().__init__(reason, path, detail)
        self.reason: Reason = reason
        self.path = path
        self.detail = detail

    @property
    def nothing_to_undo(self) -> bool:
        """Whether a rollback had nothing to do; any other reason is a refusal to do it."""
        return self.reason in _NOTHING_TO_UNDO

    def __str__(self) -> str:
        text = f"{self.path}: {_WORDS[self.reason]}"
        return printable(f"{text}: {self.detail}" if self.detail else text)


def reason_of(error: OSError) -> Reason:
    """Return the word for what the operating system said about a file."""
    return _BY_ERRNO.get(error.errno or 0, "io_error")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn every ``OSError`` raised inside into a :class:`CannotWrite` about ``path``."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(reason_of(error), path, error.strerror or "") from error


@contextmanager
def refusing_state(directory: Path) -> Iterator[None]:
    """Turn every ``OSError`` raised inside into a :class:`CannotWrite` about the state directory."""
    try:
        yield
    except OSError as error:
        reason = _BY_ERRNO_OF_STATE.get(error.errno or 0, "io_error")
        raise CannotWrite(reason, directory, error.strerror or "") from error
