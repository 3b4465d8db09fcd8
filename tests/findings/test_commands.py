"""Commands of remedies: every netdiag command that is printed is one that this netdiag has."""

import re
import shlex

import pytest

from netdiag import findings
from netdiag.cli.parser import parser

_VALUES = {"file": "kag_config.yaml", "host": "10.0.0.1", "ip": "10.0.0.1", "other_kag": "0.7", "kind": "chat"}
_OPERATORS = {"|", "<", ">", ">>", "&&", "||", ";"}


def _lines() -> list[tuple[str, str]]:
    """Each line of a command that calls netdiag, with its code."""
    return [
        (code, line.strip())
        for code, entry in sorted(findings.catalog().items())
        for remedy in entry["remedies"]
        for line in remedy.get("command", "").splitlines()
        if re.search(r"(^|\s)netdiag\s", line)
    ]


def _arguments(line: str) -> list[str]:
    """What netdiag is called with in ``line``: its words after the program's name, up to a redirection."""
    filled = re.sub(r"\{(\w+)\}", lambda value: _VALUES.get(value[1], "VALUE"), line)
    words = shlex.split(filled)
    words = words[words.index("netdiag") + 1 :]
    return words[: next((at for at, word in enumerate(words) if word in _OPERATORS), len(words))]


@pytest.mark.parametrize(("code", "line"), _lines(), ids=lambda value: value)
def test_a_command_of_a_remedy_can_be_parsed(code, line, capsys):
    """It names a command and options that exist."""
    try:
        parser().parse_args(_arguments(line))
    except SystemExit:
        pytest.fail(f"{code}: {line}\n{capsys.readouterr().err}")
