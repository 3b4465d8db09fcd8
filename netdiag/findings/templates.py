"""Words and commands with gaps, and what may be put into them. Pure.

A value that is missing never shows: in a sentence the sentence is left out, in a command the whole remedy. In a line
for a shell every value is one word of it, quoted where that is needed.
"""

import contextlib
import re
import shlex
import string
from collections.abc import Iterator, Mapping
from typing import Final

from netdiag.findings.commands import quoted

_PROGRAMS: Final = re.compile(
    r"\s*(?:cat|cd|chmod|chown|cp|curl|date|df|docker|echo|export|incus|ip|journalctl|kubectl|launchctl|ls|lsof|mkdir|mv"
    r"|nerdctl|netdiag|ollama|openssl|pip|podman|printf|ps|python3|rm|sleep|ss|ssh|sudo|systemctl|tr|ulimit|unset|vllm"
    r"|\{engine\}|\{python\})(?:\s|$)"
)
"""What a line for a shell begins with; any other line is for a file, a database, PowerShell or a form."""

_RAW: Final = frozenset({"command", "piece", "block"})
"""Types of values that stand in a command as they are: who made them quoted what is in them."""

_IN_QUOTES: Final = re.compile(r"[^'\"\\`$\n]*")
"""What may stand within quotation marks of a shell, single or double."""

_TYPES: Final[Mapping[str, re.Pattern[str]]] = {
    "text": re.compile(r".*\S.*", re.DOTALL),
    "list": re.compile(r".*\S.*"),
    "url": re.compile(r"[a-z][a-z0-9+.-]*://\S+"),
    "port": re.compile(r"[1-9][0-9]{0,4}"),
    "number": re.compile(r"-?[0-9]+"),
    "seconds": re.compile(r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"),
    "command": re.compile(r".*\S.*", re.DOTALL),
    "block": re.compile(r".*\S.*", re.DOTALL),
    "piece": re.compile(r".*", re.DOTALL),
}

TYPES: Final = frozenset(_TYPES)


class MissingValueError(LookupError):
    """A value that is needed is not there, or cannot stand where it is needed; the message is its name."""


def fields(template: str) -> tuple[str, ...]:
    """Return the names of the values that ``template`` is filled with, each once, in order."""
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(template) if name))


def fits(value: str, type_: str) -> bool:
    """Tell whether ``value`` is of a type of ``values.yaml``."""
    return bool(_TYPES[type_].fullmatch(value))


def filled(template: str, values: Mapping[str, str], types: Mapping[str, str]) -> str:
    """Return ``template`` with its values; raises :exc:`MissingValueError`."""
    return "".join(text + (_value(name, values, types) if name else "") for text, name in _parts(template))


def sentences(template: str, values: Mapping[str, str], types: Mapping[str, str]) -> str:
    """Return those sentences of ``template`` for which all values are there."""
    parts = re.split(r"(?<=\.)\s+|(?<=。)", template)
    made: list[str] = []
    for part in filter(None, parts):
        with contextlib.suppress(MissingValueError):
            made.append(filled(part, values, types))
    return ("" if "。" in template else " ").join(made)


def command(template: str, values: Mapping[str, str], types: Mapping[str, str]) -> str:
    """Return a command with its values; raises :exc:`MissingValueError`."""
    return "\n".join(
        _shell_line(line, values, types) if is_shell(line) else filled(line, values, types)
        for line in template.rstrip("\n").split("\n")
    )


def is_shell(line: str) -> bool:
    """Tell whether a line of a command is for a POSIX shell, by the program that it begins with."""
    return bool(_PROGRAMS.match(line))


def _shell_line(line: str, values: Mapping[str, str], types: Mapping[str, str]) -> str:
    made, template = "", ""
    for text, name in _parts(line):
        made, template = made + text, template + text
        if name:
            value = _value(name, values, types)
            made += value if types.get(name) in _RAW else _word(name, value, within=_is_open(template))
    return made


def _word(name: str, value: str, *, within: bool) -> str:
    """Return ``value`` as a word, or as a piece ``within`` quotation marks; one that is quoted already stays."""
    if within:
        if not _IN_QUOTES.fullmatch(value):
            raise MissingValueError(name)
        return value
    bare = re.fullmatch(r"'(.*)'", value, re.DOTALL)
    try:
        is_quoted = bool(bare) and shlex.quote("".join(shlex.split(value))) == value
    except ValueError:
        is_quoted = False
    return value if is_quoted else quoted(value)


def _is_open(text: str) -> bool:
    """Tell whether a quotation mark is open at the end of ``text``."""
    mark = ""
    for character in text:
        if character in "'\"" and mark in ("", character):
            mark = "" if mark else character
    return bool(mark)


def _value(name: str, values: Mapping[str, str], types: Mapping[str, str]) -> str:
    is_piece = types.get(name) == "piece"
    try:
        value = values[name]
    except KeyError:
        value = ""
    if not value and not is_piece:
        raise MissingValueError(name)
    return value


def _parts(template: str) -> Iterator[tuple[str, str | None]]:
    return ((text, name) for text, name, _, _ in string.Formatter().parse(template))
