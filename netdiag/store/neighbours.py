"""What else is at a file that was written: an editor that has it open, and other names."""

import os
from pathlib import Path
from typing import Final, NamedTuple

_EDITORS: Final = (
    ".{}.swp",  # vim (:help swap-file), and nano with `set locking` (nanorc(5))
    ".#{}",  # emacs, a symlink to nowhere (GNU Emacs Manual, Interlocking)
    ".~lock.{}#",  # LibreOffice
)


class Beside(NamedTuple):
    """The swap and lock files of editors, which one that crashed leaves too, and how many other names the file has."""

    editors: tuple[Path, ...] = ()
    other_names: int = 0


def beside(path: Path) -> Beside:
    """Look at what is at ``path`` and at what it links to; what cannot be seen is not there."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
    places = dict.fromkeys((named, Path(os.path.realpath(path))))
    locks = [place.with_name(form.format(place.name)) for place in places for form in _EDITORS]
    try:
        links = path.stat().st_nlink
    except OSError:
        links = 1
    return Beside(tuple(lock for lock in locks if os.path.lexists(lock)), links - 1)
