"""Finding and reading configuration files: the only module of this room that touches the disk."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from netdiag.config.document import LIMIT, parse
from netdiag.config.unreadable import Reason, Unreadable

NAMES: Final = ("kag_config.yaml", "kag_config.cfg", "kag_config.json")
"""KAG 0.6 and newer read the first (kag/common/conf.py), KAG 0.5 the second; the web page's form is kept as JSON."""

_MOST: Final = 20
"""YAML files of one directory that are opened in search of a base_url: there may be thousands."""

_REASONS: Final[dict[int, Reason]] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
    errno.EISDIR: "not_a_file",
    errno.ENXIO: "not_a_file",  # a socket
    errno.ENODEV: "not_a_file",
}


def find(start: Path, *, upwards: bool = True) -> tuple[Path, ...]:
    """Return the configuration files of the first directory that holds one: ``start``, then its parents, as KAG looks.

    Where none of them holds one, it is the first ``*.yaml`` with a base_url, as knext looks for one. Without
    ``upwards`` only ``start`` is looked at. Returns nothing where there is none; a directory that cannot be searched
    holds none.
    """
    directory = start.absolute()
    places = (directory, *(directory.parents if upwards else ()))
    for place in places:
        found = tuple(place / name for name in NAMES if _exists(place / name))
        if found:
            return found
    first = next((path for place in places for path in _yaml(place) if _has_base_url(path)), None)
    return (first,) if first else ()


def _yaml(directory: Path) -> list[Path]:
    """Return the first YAML files of ``directory``, by name: knext (knext/common/env.py) takes them in any order."""
    try:
        return sorted(path for path in directory.glob("*.yaml") if path.name[0] != ".")[:_MOST]
    except OSError:
        return []


def _has_base_url(path: Path) -> bool:
    try:
        return bool(parse(load(path), str(path)).endpoints)
    except Unreadable:
        return False


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def load(path: Path) -> bytes:
    """Return the bytes of the regular file ``path``, of at most :data:`~netdiag.config.LIMIT` bytes.

    Raises :class:`Unreadable` with ``missing``, ``not_permitted``, ``not_a_file``, ``too_large`` or ``io_error``.
    """
    try:
        return _load(path)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, "io_error")
        raise Unreadable(reason, str(path), 0, (error.strerror or "it cannot be read").lower()) from error
    except ValueError:  # a NUL byte in the name
        raise Unreadable(reason="missing", source=str(path), line=0, detail="no file has such a name") from None


def _load(path: Path) -> bytes:
    # O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever. It changes nothing for a regular file.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise Unreadable(reason="not_a_file", source=str(path), line=0, detail=what)
        data = file.read(LIMIT + 1)  # not by st_size: the file may grow, and files of /proc say 0
    if len(data) > LIMIT:
        raise Unreadable(reason="too_large", source=str(path), line=0, detail=f"larger than {LIMIT} bytes")
    return data
