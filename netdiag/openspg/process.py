"""The server's process: how it was started, and so what it was told; the passwords in that are kept as they are.

The official compose file passes ``--server.repository.impl.jdbc.host=mysql`` and the password to process 1. Spring
takes a setting from the command line first, then from ``-D``, then from the environment.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from netdiag.platform.files import read_text

JDBC: Final = "server.repository.impl.jdbc."
"""What the name of each setting of the database begins with."""

_MARKS: Final = (f"-{JDBC}", f"-D{JDBC}", "arks-sofaboot")  # as an argument begins, or the name of the server's jar
_SETTING: Final = re.compile(r"(?:--|-D)([A-Za-z][\w.-]*)=(.*)", re.DOTALL)
_LINE_LIMIT: Final = 64 * 1024
_PROCESSES: Final = 200


def started_with(root: Path) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the server's command line, empty where it was not seen, and its settings: of the first process that is."""
    for path in _processes(root):
        line = tuple(_arguments(read_text(path / "cmdline", _LINE_LIMIT)))
        if any(argument.startswith(_MARKS[:2]) or _MARKS[2] in argument for argument in _plain(line)):
            found = dict(_of_environment(read_text(path / "environ", _LINE_LIMIT)))
            matches = [match for match in map(_SETTING.fullmatch, line) if match]
            by_property = {match[1]: match[2] for match in matches if match[0].startswith("-D")}
            by_argument = {match[1]: match[2] for match in matches if match[0].startswith("--")}
            return line, {**found, **by_property, **by_argument}
    return (), {}


def _plain(line: tuple[str, ...]) -> Iterator[str]:
    """Yield the arguments with one dash before their name."""
    return (argument[1:] if argument.startswith("--") else argument for argument in line)


def _processes(root: Path) -> list[Path]:
    """Return the processes by number: the server is the first one, or beside an init of the container's."""
    try:
        found = [path for path in (root / "proc").iterdir() if path.name.isdigit()]
    except OSError:
        return []
    return sorted(found, key=lambda path: int(path.name))[:_PROCESSES]


def _arguments(text: str) -> Iterator[str]:
    """Yield the arguments of a command line; one that is a shell's command is taken apart too."""
    for argument in text.rstrip("\0").split("\0"):
        if f" --{JDBC}" in argument or f" -D{JDBC}" in argument:
            try:
                yield from shlex.split(argument)
            except ValueError:
                yield from argument.split()
        else:
            yield argument


def _of_environment(text: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that the environment holds, in Spring's spelling: dots are underlines, letters are large."""
    prefix = JDBC.upper().replace(".", "_")
    for entry in text.split("\0"):
        name, _, value = entry.partition("=")
        if name.startswith(prefix):
            yield JDBC + name.removeprefix(prefix).lower(), value
        elif name == "SERVER_PORT":
            yield "server.port", value
