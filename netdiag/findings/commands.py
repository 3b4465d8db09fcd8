"""Commands that a person copies: words for a shell, and how netdiag itself is called where they are printed. Pure.

In the registry ``netdiag check`` and ``netdiag --container openspg check`` both mean the netdiag that looks at the
container of OpenSPG, from inside or from its host. How that is called depends on where the text is read, and which
files and options belong to it on the run that was made (:mod:`netdiag.invocation`).
"""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from netdiag.invocation import PROGRAM, Invocation

OURS: Final = PROGRAM
"""How it is called where it runs: in a container that has it, or on a developer's machine."""

FROM_HOST: Final = f"{OURS} --container openspg"
"""How it is called on a host: ``openspg`` finds the container that is the server (netdiag/container/finding.py)."""

_HARMLESS: Final = r"[\w./:@%+,=-]+"

_REPEATED: Final = frozenset({"fix-base-url", "check", "report", "watch"})
_EXAMINING: Final = _REPEATED | {"suggest"}
TAKES: Final[Mapping[str, Collection[str]]] = {
    "FILE": _REPEATED,
    "--only": _REPEATED,
    "--scope": _REPEATED,
    "--db-url": _EXAMINING | {"rollback"},
    "--db-password-env": _EXAMINING | {"rollback"},
    "--kag-version": _EXAMINING | {"chat"},
    "--timeout": _EXAMINING | {"chat"},
    "--host": _EXAMINING | {"detect"},
    "--port": {"suggest"},
    "--api-key-env": {"suggest"},
}
"""Which commands take what was given to the run. `chat` calls the one URL that it names, so it needs no ``--host``."""

_HAVING_COMMANDS: Final = _EXAMINING | {"chat", "detect", "rollback"}
_SEVERAL: Final = frozenset({"--host", "--port"})
_FLAGS: Final = frozenset({"-v", "-q", "--verbose", "--quiet", "--dry-run", "--list", "--api-key-stdin", "--no-color"})

_WORD: Final = r"""(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\<>|;&#])+"""
_COMMAND_LINE: Final = re.compile(
    rf"^(?P<before>(?:sleep \d+; |echo '[^'\n]*' \| )?){OURS}(?P<inside> --container [\w.-]+)?"
    rf" (?P<name>{'|'.join(sorted(_HAVING_COMMANDS))})(?P<arguments>(?: {_WORD})*)(?P<after>(?: .*)?)$",
    re.MULTILINE,
)
"""A line that runs netdiag to look at models; ``fix-compose`` and ``explain`` look at none."""

_OPENSPG: Final = ("", " --container openspg")
"""What stands for the container of OpenSPG; another name means another one, whatever was called."""

_CONTAINER: Final = re.compile(r"(?<![\w.-])(?:CONTAINER|release-openspg-server)(?![\w.-])")


class Command(NamedTuple):
    """A command line of netdiag's own: how it is called, the command, and its arguments, none of them quoted."""

    program: tuple[str, ...]
    name: str
    arguments: tuple[str, ...] = ()

    def line(self) -> str:
        """Return it for a shell, every word quoted where it needs that."""
        return " ".join(map(quoted, (*self.program, self.name, *self.arguments)))

    def repeating(self, run: Invocation, *, here: bool = True) -> "Command":
        """Return it with what ``run`` was given, where this command takes that and does not say it itself.

        Not ``here`` it is for another place than that of the run, where files and databases are others.
        """
        own = set(_options(self.arguments))
        options = [word for pair in self._options(run, own, here=here) for word in pair]
        takes_files = here and self.name in TAKES["FILE"] and not any(_positional(self.arguments))
        return self._replace(arguments=(*self.arguments, *options, *(run.files if takes_files else ())))

    def _options(self, run: Invocation, own: Collection[str], *, here: bool) -> Iterator[tuple[str, str]]:
        written = set(zip(self.arguments, self.arguments[1:], strict=False))
        for name, value in run.options:
            is_said = (name, value) in written if name in _SEVERAL else name in own
            is_other = name.startswith("--db-") and (not here or "--db-url" in own)
            if self.name in TAKES[name] and not is_said and not is_other:
                yield name, value


def _options(arguments: Collection[str]) -> Iterator[str]:
    return (word.partition("=")[0] for word in arguments if word.startswith("--"))


def _positional(arguments: Collection[str]) -> Iterator[str]:
    """Yield the arguments that are neither options nor their values."""
    is_value = False
    for word in arguments:
        if is_value:
            is_value = False
        elif word.startswith("-") and word != "-":
            is_value = word not in _FLAGS and "=" not in word
        else:
            yield word


def quoted(text: str) -> str:
    """Return ``text`` as one word of a shell, without quotes where it needs none."""
    return text if re.fullmatch(_HARMLESS, text) else shlex.quote(text)


def runs_there(command: str) -> bool:
    """Tell whether a line of ``command`` runs netdiag where models are called from."""
    return any((found["inside"] or "") in _OPENSPG for found in _COMMAND_LINE.finditer(command))


def as_called(command: str, called: str, run: Invocation = Invocation()) -> str:  # noqa: B008 - a value
    """Return ``command`` with netdiag ``called`` as it is there, and with what ``run`` was given.

    Where ``called`` is empty the program of ``run`` is taken, and a container that is written stays. Standard input
    that the run read has to be given again: ``- < FILE``.
    """

    def made(found: re.Match[str]) -> str:
        inside = found["inside"] or ""
        elsewhere = inside not in _OPENSPG or (bool(inside) and not called)
        program = (OURS, *inside.split()) if elsewhere else tuple(shlex.split(called)) or run.program or (OURS,)
        written = Command(program, found["name"], tuple(shlex.split(found["arguments"])))
        command = written.repeating(run, here=not elsewhere)
        reads = "-" in command.arguments and "-" not in written.arguments and "<" not in found["after"]
        return f"{found['before']}{command.line()}{' < FILE' if reads else ''}{found['after']}"

    return _COMMAND_LINE.sub(made, command)


def naming(command: str, called: str) -> str:
    """Return ``command`` with the container that ``called`` names, where it stands for OpenSPG's."""
    words = shlex.split(called)
    if "--container" not in words[:-1]:
        return command
    named = quoted(words[words.index("--container") + 1])
    return _CONTAINER.sub(lambda _: named, command)
