"""Make docs/reference.md from the parser and the exit statuses."""

import argparse
from collections.abc import Iterator

from netdiag import exits
from netdiag.cli.parser import parser

MEANINGS = {
    exits.OK: "healthy, or fixed and proven",
    exits.PROBLEM: "a problem remains (nothing was changed, or only what was proven), or there is nothing to roll back",
    exits.USAGE: "the command line cannot be understood",
    exits.PENDING: "`--dry-run`: changes are pending",
    exits.ROLLED_BACK: "written, did not read back as planned, rolled back",
    exits.INTERNAL: "netdiag itself failed",
    exits.CANNOT_WRITE: "the fix is proven but cannot be written, or a rollback was refused",
    exits.NO_CONFIGURATION: "a configuration cannot be read, or none was found",
    exits.TIMED_OUT: "`--wait` ran out: what could have healed did not; the report says what it was",
    exits.INTERRUPTED: "interrupted",
}

HEAD = """\
# Reference

Made from the code by `tests/reference.py`; `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py` makes it anew.

## Exit statuses

The same for every `--format`.

| status | meaning |
|---|---|
"""

ENVIRONMENT = """
## Environment

| variable | does |
|---|---|
| `NETDIAG_STATE_DIR` | where the journal is kept (else `/var/lib/netdiag` for root, `~/.local/state/netdiag`) |
| `NO_COLOR` | no colours |
| `LC_ALL`, `LC_MESSAGES`, `LANG` | the language of the text, unless `--lang` says otherwise |
| `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` | apply to the calls that prove an address, as to KAG |

Without `NETDIAG_STATE_DIR`, `XDG_STATE_HOME` is honoured for users other than root.
"""


def reference() -> str:
    """Return the page."""
    top = parser()
    statuses = "".join(f"| {status} | {meaning} |\n" for status, meaning in MEANINGS.items())
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    helps = {choice.dest: choice.help for choice in commands._choices_actions}
    pages = "".join(_command(name, str(helps[name]), sub) for name, sub in commands.choices.items())
    return f"{HEAD}{statuses}\n## Commands\n{pages}{ENVIRONMENT}"


def _command(name: str, said: str, sub: argparse.ArgumentParser) -> str:
    rows = "".join(_rows(sub))
    return f"\n### netdiag {name}\n\n{said[0].upper()}{said[1:]}.\n\n| option | does |\n|---|---|\n{rows}"


def _rows(sub: argparse.ArgumentParser) -> Iterator[str]:
    for action in sub._actions:
        if action.dest == "help":
            continue
        names = ", ".join(f"`{option}`" for option in action.option_strings) or f"`{action.metavar or action.dest}`"
        choices = f" `{'`, `'.join(map(str, action.choices))}`" if action.choices else ""
        value = f" `{action.metavar}`" if action.metavar and action.option_strings else ""
        said = (action.help or "") % {"default": action.default}
        required = " (required)" if action.required and action.option_strings else ""
        yield f"| {names}{value}{choices} | {said}{required} |\n"
