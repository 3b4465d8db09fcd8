"""A command line of Java: what is said to the virtual machine, and what to the program that it runs. Pure.

The grammar is that of java(1). What ``JAVA_TOOL_OPTIONS`` and ``JDK_JAVA_OPTIONS`` hold stands before the command
line's own options, what ``_JAVA_OPTIONS`` holds behind them, and of two values the last one counts.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

_BEFORE: Final = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
_BEHIND: Final = "_JAVA_OPTIONS"

_WITH_VALUE: Final = frozenset(
    {
        "-cp",
        "-classpath",
        "--class-path",
        "-p",
        "--module-path",
        "--upgrade-module-path",
        "--add-modules",
        "--add-exports",
        "--add-opens",
        "--add-reads",
        "--enable-native-access",
        "--limit-modules",
        "--patch-module",
    }
)
"""Options whose value is the next word."""

_PROGRAM: Final = frozenset({"-jar", "-m", "--module"})
"""What stands before the program; else it is the first word that is no option."""

_WORDS: Final = 4096
"""Words that are read of a command line and of what it includes."""


class Line(NamedTuple):
    """The ``program`` (a jar or a class), the ``properties`` that ``-D`` sets, and the program's own ``arguments``."""

    program: str = ""
    properties: Mapping[str, str] = {}
    arguments: tuple[str, ...] = ()


def parsed(words: Sequence[str], environ: Mapping[str, str], read: Callable[[str], str]) -> Line:
    """Return what the ``words`` that follow ``java`` say, and what ``environ`` adds to them.

    ``read`` returns the text of a file that is included by ``@file``, empty where it cannot be read.
    """
    own, program, arguments = _split(list(_included(words[:_WORDS], read))[:_WORDS])
    before = (word for name in _BEFORE for word in _unquoted(environ.get(name, "")))
    options = (*before, *own, *_unquoted(environ.get(_BEHIND, "")))
    properties = (word[2:].partition("=") for word in options if word.startswith("-D"))
    return Line(program, {name: value for name, _, value in properties}, arguments)


def _split(words: Sequence[str]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Return the virtual machine's options, the program, and the program's arguments."""
    options: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in _PROGRAM:
            return tuple(options), next(rest, ""), tuple(rest)
        if not word.startswith("-"):
            return tuple(options), word, tuple(rest)
        options.append(word)
        if word in _WITH_VALUE:
            next(rest, "")
    return tuple(options), "", ()


def _included(words: Sequence[str], read: Callable[[str], str]) -> Iterator[str]:
    """Yield the words with what files hold in place of ``@file``: only before the program, and not in such a file."""
    is_value = is_over = False
    for word in words:
        is_file = word.startswith("@") and not is_over
        plain = not is_file or word.startswith("@@")
        for each in [word.removeprefix("@" if is_file else "")] if plain else _unquoted(read(word[1:]), comments=True):
            yield each
            is_over = is_over or each in _PROGRAM or not (each.startswith("-") or is_value)
            is_value = each in _WITH_VALUE


def _unquoted(text: str, *, comments: bool = False) -> list[str]:
    try:
        return shlex.split(text, comments=comments)
    except ValueError:
        return text.split()
