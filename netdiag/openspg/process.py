"""The server's process: which one it is, how it was started, and so what it was told.

It is a Java. What only names it is not the server: the shell that starts it, whose command has variables that are not
filled in yet, a ``tail`` of its log, a ``grep``, an editor. Where no Java is seen, what is about to become one counts.
A host sees the processes of its containers, too: they are not the server here.
The passwords in what was told are kept as they are.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag.platform.files import read_text

if TYPE_CHECKING:
    from netdiag.openspg.spring import Settings

JDBC: Final = "server.repository.impl.jdbc."
"""What the name of each setting of the database begins with."""

_JAR: Final = "arks-sofaboot"
"""What the name of the server's jar begins with, and so does the directory where it is unpacked."""

_DEFAULTS: Final = {f"{JDBC}host": "mysql", f"{JDBC}port": "3306"}
"""What a URL's placeholders stand for where nothing is said: as OpenSPG's compose file has it."""

_SETTING: Final = re.compile(rf"(?:--|-D){re.escape(JDBC)}[\w.-]+=")
_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "su", "runuser", "busybox"})
_COMMAND: Final = re.compile(r"-[a-z]*c")
_ENDS: Final = frozenset({";", "&", "|", "&&", "||", "(", ")", "|&"})
_LIMIT: Final = 256 * 1024
_PROCESSES: Final = 400


class Started(NamedTuple):
    """The server as it was started: its jar, its settings, and the ``environ`` file that this user may not read."""

    program: str
    settings: "Settings"
    unread: str = ""


class _Process(NamedTuple):
    directory: Path
    words: tuple[str, ...]
    is_java: bool


def started(root: Path) -> Started | None:
    """Return how the server below ``root`` was started, or ``None`` where it was not seen."""
    processes = list(_processes(root))
    javas = [(each, _of_java(root, each.directory, each.words[1:])) for each in processes if each.is_java]
    named = (each for process, each in javas if _JAR in each.program or any(map(_is_sign, process.words)))
    told = (each for _, each in javas if any(name.startswith(JDBC) for name in each.settings.names()))
    becoming = (found for each in processes if not each.is_java and (found := _becoming(root, each)))
    return next(chain(named, told, becoming), None)


def _processes(root: Path) -> Iterator[_Process]:
    """Yield the processes by number: the server is the first one, or behind an init of the container's."""
    try:
        numbers = sorted(int(path.name) for path in (root / "proc").iterdir() if path.name.isdigit())
    except OSError:
        return
    for number in numbers[:_PROCESSES]:
        directory = root / "proc" / str(number)
        words = tuple(read_text(directory / "cmdline", _LIMIT).rstrip("\0").split("\0"))
        if words != ("",) and not _is_elsewhere(root, directory):
            is_java = _is_java(words[0]) or read_text(directory / "comm").strip() == "java"
            yield _Process(directory, words, is_java)


def _is_elsewhere(root: Path, directory: Path) -> bool:
    """Tell whether a process that is seen from here is in a container of its own.

    Its ``NSpid`` (proc_pid_status(5), readable by everybody) has a number for each process namespace below this one;
    one that shares this one, as with ``--pid host``, is on another network.
    """
    status = read_text(directory / "status").splitlines()
    numbers = next((line.split()[1:] for line in status if line.startswith("NSpid:")), [])
    networks = {_link(root / "proc/self/ns/net"), _link(directory / "ns/net")} - {""}
    return len(numbers) > 1 or len(networks) > 1


def _link(path: Path) -> str:
    """Return where a link leads, or nothing where this user may not know."""
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _of_java(root: Path, directory: Path, words: Sequence[str]) -> Started:
    """Return what a Java with these words after its own name was told."""
    from netdiag.openspg import java  # noqa: PLC0415 - most containers have no Java
    from netdiag.openspg.files import settings_of  # noqa: PLC0415
    from netdiag.openspg.spring import Settings  # noqa: PLC0415

    environ, unread = _environ(directory)

    def below(name: str) -> Path:
        """Return a file as the process sees it."""
        return root / name.lstrip("/") if PurePosixPath(name).is_absolute() else directory / "cwd" / name

    line = java.parsed(words, environ, lambda name: read_text(below(name), _LIMIT))
    told = Settings(line.arguments, line.properties, environ)
    files = settings_of(told, below)
    return Started(line.program, Settings(line.arguments, line.properties, environ, files, _DEFAULTS), unread)


def _becoming(root: Path, process: _Process) -> Started | None:
    """Return what a process tells the Java that it becomes or starts: an init, or a shell by its command.

    What a shell has not filled in yet is left out.
    """
    for words in _commands(process.words):
        at = next((number + 1 for number, word in enumerate(words) if _is_java(word)), 0)
        rest = [word for word in words[at:] if "$" not in word and "`" not in word]
        is_jar = any(option == "-jar" and _JAR in word for option, word in pairwise(rest))
        if is_jar or (at and any(map(_SETTING.match, rest))):
            begin = 0 if at else rest.index("-jar")
            return _of_java(root, process.directory, rest[begin:] if is_jar else ["-jar", _JAR, *rest])
    return None


def _commands(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the words of a process; of a shell those of each command that it was given."""
    if PurePosixPath(words[0]).name.lstrip("-") not in _SHELLS:
        yield words
        return
    text = next((text for option, text in pairwise(words) if _COMMAND.fullmatch(option)), "")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    command: list[str] = []
    try:
        for word in lexer:
            if word in _ENDS:
                yield command
                command = []
            else:
                command.append(word)
    except ValueError:
        return
    yield command


def _is_sign(word: str) -> bool:
    return _JAR in word or bool(_SETTING.match(word))


def _is_java(word: str) -> bool:
    return PurePosixPath(word).name == "java"


def _environ(directory: Path) -> tuple[Mapping[str, str], str]:
    """Return the environment of a process, and the name of what holds it where that may not be read."""
    path = directory / "environ"
    try:
        with path.open("rb") as file:
            text = file.read(_LIMIT).decode("utf-8", "replace")
    except PermissionError:
        return {}, f"/proc/{directory.name}/environ"
    except OSError:
        return {}, ""
    return {name: value for entry in text.split("\0") for name, equals, value in [entry.partition("=")] if equals}, ""
