"""How this netdiag was called, taken from its command line."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any, Final

from netdiag import handed_in
from netdiag.invocation import OPTIONS, PROGRAM, Invocation, words_of
from netdiag.text import host_port, without_secrets

_USUAL: Final = {"scope": "all", "timeout": 120.0}
"""Defaults of options that always have a value (netdiag/cli/parser.py)."""


def invocation(arguments: argparse.Namespace) -> Invocation:
    """Return the parts of the command line that a command for the same run repeats."""
    given = vars(arguments)
    files = (*given.get("files", ()), *given.get("config", ())) if arguments.command != "fix-compose" else ()
    options = [(name, value) for name in OPTIONS for value in _values(name, given)]
    named = program()
    called = handed_in.called()
    return Invocation(words_of(called) if called else () if named == PROGRAM else (named,), files, tuple(options))


def program() -> str:
    """Return by what name or path netdiag is run here: ``netdiag`` where a shell finds that, else the file.

    A copied file (``/tmp/netdiag``, ``.venv/bin/netdiag``) is often in no directory of ``PATH``.
    """
    name = sys.argv[0]
    file = Path(name)
    is_file = os.sep in name and file.name.startswith(PROGRAM) and os.access(name, os.X_OK) and file.is_file()
    found = any(os.access(Path(place, PROGRAM), os.X_OK) for place in os.environ.get("PATH", "").split(os.pathsep))
    return name if is_file and not found else PROGRAM


def _values(name: str, given: dict[str, Any]) -> list[str]:
    value = given.get(key := name.removeprefix("--").replace("-", "_"))
    if value in (None, [], _USUAL.get(key)):
        return []
    if name == "--db-url":
        login = "" if value.user == "root" else "USER@"  # who logs in is masked wherever a URL is shown
        return [f"mysql://{login}{host_port(value.host, value.port)}/{value.name}"]
    each = value if isinstance(value, list) else [value]
    return [without_secrets(f"{one:g}" if isinstance(one, float) else str(one)) for one in each]
