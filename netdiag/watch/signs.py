"""What the surroundings look like: cheap to read every second, and different when a check may end differently.

A digest is kept of each part, never its text: an environment may hold a proxy's password.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from netdiag import config
from netdiag.platform.files import read_text
from netdiag.probe.environment import of_server
from netdiag.sources import STDIN

"""Bytes read of one part, whatever it holds."""

_FILES: Final = ("etc/resolv.conf", "etc/hosts")


def look(files: Sequence[str], directory: Path, root: Path, *, in_container: bool) -> dict[str, str]:
    """Return each part by its name with what it looks like; the same for as long as nothing changes."""
    found = {f"/{name}": read_text(root / name) for name in _FILES}
    found["addresses"] = "\n".join((*_addresses(root), *_columns(root / "proc/net/if_inet6", (0, 5))))
    routes = (*_columns(root / "proc/net/route", (0, 1, 2, 7)), *_columns(root / "proc/net/ipv6_route", (0, 1, 4, 9)))
    found["routes"] = "\n".join(routes)
    variables = of_server(root, in_container=in_container).variables
    found["proxy variables"] = "\n".join(f"{name}={value}" for name, value in variables.items())
    parts = {name: _digest(text) for name, text in found.items()}
    return parts | {str(path): _stamp(path) for path in _configurations(files, directory)}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()


def _configurations(files: Sequence[str], directory: Path) -> Iterator[Path]:
    """Yield where configurations are, or would be: a directory's own stamp tells of files that come and go."""
    for path in (Path(name) for name in files if name != STDIN):
        yield path
        yield from (path / name for name in config.NAMES if os.path.isdir(path))  # noqa: PTH112 - never raises
    if not files:
        home = directory.absolute()
        yield from (place / name for place in (home, *home.parents) for name in config.NAMES)


def _stamp(path: Path) -> str:
    """Return what changes whenever a file is written or replaced; its text is not read."""
    try:
        seen = path.stat()
    except (OSError, ValueError) as error:  # the latter for a NUL byte in the name
        return str(error)
    return f"{seen.st_dev} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns}"


def _addresses(root: Path) -> Iterator[str]:
    """Yield the machine's own IPv4 addresses: what precedes ``/32 host LOCAL`` in the kernel's trie."""
    lines = read_text(root / "proc/net/fib_trie").splitlines()
    yield from sorted({before.split()[-1] for before, line in pairwise(lines) if line.strip() == "/32 host LOCAL"})


def _columns(path: Path, wanted: Sequence[int]) -> list[str]:
    """Return these columns of a table of the kernel's: others count uses, and change by themselves."""
    rows = (line.split() for line in read_text(path).splitlines())
    return sorted(" ".join(row[at] for at in wanted) for row in rows if len(row) > max(wanted))
