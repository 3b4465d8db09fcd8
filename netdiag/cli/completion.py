"""What a shell completes: the options and choices of the parser, and codes, scenarios and files where one is meant."""

import argparse
from collections.abc import Iterator
from typing import Any, Final

import shtab

from netdiag import findings
from netdiag.cli.spoken import said
from netdiag.lab import scenarios

_FILES: Final = frozenset({"FILE", "REPORT"})
"""What stands for the name of a file in the parser."""


def script(top: argparse.ArgumentParser, shell: str) -> str:
    """Return what ``shell`` is to source, ending in a newline; ``top`` is used up by it."""
    for action in _actions(top):
        _say_what_fits(action)
        if action.help and action.help != argparse.SUPPRESS:
            action.help = said(action.help)
        if shell == "zsh" and isinstance(action.metavar, str):
            # shtab puts it into _arguments' `option:message:action` as it is, where mysql:// would be an action.
            action.metavar = action.metavar.replace(":", "\\:")
    made: str = shtab.complete(top, shell)
    if shell == "zsh":
        # shtab writes "any number of files" as one that may be missing: the second one would not be completed.
        made = made.replace('  "(*)::', '  "*:')
    return made.rstrip("\n") + "\n"


def _actions(parser: argparse.ArgumentParser) -> Iterator[Any]:
    for action in parser._actions:  # noqa: SLF001 - argparse tells them nowhere else; shtab reads them so, too
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            yield from action._choices_actions  # noqa: SLF001 - the commands, each with what it does
            for sub in action.choices.values():
                sub.description = said(sub.description or "")
                yield from _actions(sub)
        else:
            yield action


def _say_what_fits(action: Any) -> None:
    if action.metavar in _FILES:
        action.complete = shtab.FILE
    elif action.metavar == "CODE":
        action.choices = tuple(findings.catalog())
    elif action.metavar == "SCENARIO":
        action.choices = scenarios.names()
