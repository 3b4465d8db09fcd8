"""Make docs/reference.md from the parser and the exit statuses."""

import argparse
from collections.abc import Iterator

from netdiag import exits
from netdiag.cli.parser import parser

MEANINGS = {
    exits.OK: "healthy, or fixed and proven; `watch` that was asked to stop by SIGTERM",
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

The same for every `--format`. Nagios and Icinga have statuses of their own; a command of theirs turns one into the
other: `netdiag check --format nagios; case $? in 0) exit 0;; 3) exit 1;; 1|4|77|124) exit 2;; *) exit 3;; esac`.

| status | meaning |
|---|---|
"""

FORMATS = """
## Formats

| `--format` | is | checked in the tests by |
|---|---|---|
| `text` | for people, in what the locale can show; 80 columns but for commands | golden files |
| `json` | one object, `netdiag/report/1` | [schema.json](../netdiag/report/schema.json) |
| `jsonl` | an event a line as it happens, `netdiag/event/1`; the last is `finished` | [event.schema.json][events] |
| `junit` | a suite for each configuration, a case for each endpoint | Jenkins' junit-10.xsd |
| `sarif` | SARIF 2.1.0: file, line, columns in characters, and the planned edits as fixes | OASIS' schema |
| `nagios` | a line with performance data | the grammar of the Monitoring Plugins' guidelines |

[events]: ../netdiag/report/event.schema.json

What is for machines is in UTF-8 whatever the locale. In SARIF, what is not of a file (the place, name servers) is a
notification of the invocation; a row of the server's database has a logical location only, which GitHub's upload
refuses: give it `--only files`.
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
    return f"{HEAD}{statuses}\n## Commands\n{pages}{FORMATS}{ENVIRONMENT}"


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
