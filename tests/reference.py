"""Make docs/reference.md from the parser, the exit statuses, the formats and the variables that are read."""

import argparse
from collections.abc import Iterable, Mapping

from netdiag import exits
from netdiag.cli.parser import parser
from netdiag.report.rendered import FORMATS
from netdiag.suggest.ports import DEFAULTS

STATUSES = {
    exits.OK: "at least one model was called, and every endpoint that was examined answered, as it is or repaired; "
    "`watch` that was asked to stop by SIGTERM",
    exits.PROBLEM: "a problem remains (nothing was changed, or only what was proven): an endpoint does not work, or "
    "is left alone beside others that do; or there is nothing to roll back",
    exits.USAGE: "the command line cannot be understood",
    exits.PENDING: "changes are pending: `--dry-run`, or something proven has to be typed by hand (ND506, ND603), or "
    "set in a variable (ND556), or nothing is configured and a proven model can be typed (`fix-base-url`, `suggest`; "
    "`check` ends with 78 there)",
    exits.ROLLED_BACK: "written, did not read back as planned, rolled back",
    exits.INTERNAL: "netdiag itself failed (ND701), or this system gave it no files, memory or threads (ND630, ND634)",
    exits.CANNOT_WRITE: "the fix is proven but cannot be written, or a rollback was refused",
    exits.NO_CONFIGURATION: "a configuration cannot be read, none was found, or no model was called: nothing was "
    "examined",
    exits.TIMED_OUT: "`--wait` ran out: what could have healed did not; the report says what it was",
    exits.INTERRUPTED: "interrupted",
}

FORMS = {
    "text": "for people, in what the locale can show; 80 columns but for commands | golden files",
    "json": "one object, `netdiag/report/1` | [schema.json](../netdiag/report/schema.json)",
    "jsonl": "an event a line as it happens, `netdiag/event/1`; the last is `finished` | "
    "[event.schema.json](../netdiag/report/event.schema.json)",
    "junit": "a suite for each configuration, a case for each endpoint | Jenkins' junit-10.xsd",
    "sarif": "SARIF 2.1.0: file, line, columns in characters, and the planned edits as fixes | OASIS' schema",
    "nagios": "a line with performance data | the grammar of the Monitoring Plugins' guidelines",
}

VARIABLES = {
    ("NETDIAG_STATE_DIR",): "where the journal is kept, a directory that only this user may write (else "
    "`/var/lib/netdiag` for root, and for others `netdiag` in `XDG_STATE_HOME` or in `~/.local/state`)",
    ("XDG_STATE_HOME",): "for users other than root, see `NETDIAG_STATE_DIR`; only an absolute path counts",
    ("NO_COLOR",): "no colours, unless it is empty",
    ("COLUMNS",): "how wide the help is; by default as wide as the terminal",
    ("LC_ALL", "LC_MESSAGES", "LANG"): "the language of the text unless `--lang` says otherwise: Chinese where the "
    "first of them that is set begins with `zh`",
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"): "apply to the calls that prove an address, as to KAG, in "
    "capitals or not",
    ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"): "whose certificates these calls trust, "
    "as KAG's clients take them",
    ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"): "are sent as OpenAI's SDK sends them: the key where "
    "`api_key` is null, the others as headers; their values are never shown",
    ("NETRC", "HOME"): "where the login is that requests (reranking, and type vllm of KAG 0.6) sends in place of a key",
    ("SSLKEYLOGFILE",): "is only looked at: where it cannot be written KAG's clients fail; netdiag never writes it",
    ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"): "which engine `--container` asks, and a run "
    "on a host that found no configuration; also what Docker's own command takes: `DOCKER_TLS_VERIFY`, "
    "`DOCKER_CERT_PATH`",
    (
        "NETDIAG_CALLED",
        "NETDIAG_TERMINAL",
        "NETDIAG_PROCESS",
        "NETDIAG_HANDED_IN",
    ): "are set for the netdiag in a container by the one on its host: how it is called there, which of its outputs "
    "end on a terminal, whose mounts it sees, and that what the host saw and a password come by standard input",
    ("OLLAMA_HOST",): "is only looked at: a value with which Ollama would not start or not listen is told",
    (
        "container",
        "KUBERNETES_SERVICE_HOST",
        "ECS_CONTAINER_METADATA_URI_V4",
        "AWS_EXECUTION_ENV",
        "CODESPACES",
        "GITHUB_ACTIONS",
    ): "are only looked at: they tell the platform",
    ("SHELL", "TMPDIR", "PATH", "PYTHONPATH"): "`demo` alone: the shell of `--shell`, where its world is made, and "
    "what is found in it",
}
"""What is read, by name; a test compares this with the code."""

HEAD = """\
# Reference

Commands with all their options, exit statuses, formats, environment variables. How to use them after a deployment is in
[deploying.md](deploying.md), what a finding means in [troubleshooting.md](troubleshooting.md). Made from the code by
`tests/reference.py`; `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py` makes it anew.

## Exit statuses

The same for every `--format`. What runs netdiag through `docker exec` or `--container` gets the same status.

| status | meaning |
|---|---|
"""

OF_STATUSES = """
Nagios and Icinga have statuses of their own; a command of theirs turns one into the other:

```
netdiag check --format nagios; case $? in 0) exit 0;; 3) exit 1;; 1|4|77|124) exit 2;; *) exit 3;; esac
```
"""

OF_FORMATS = """
What is for machines is in UTF-8 whatever the locale. In SARIF, what is not of a file (the place, name servers) is a
notification of the invocation; a row of the server's database has a logical location only, which GitHub's upload
refuses: give it `--only files`.
"""

OF_VARIABLES = """
Of the variables about proxies and certificates those count that the container's first process was started with, since
KAG runs in it; a shell's own count where that cannot be looked at. The same is so of those that its clients send.
`--db-password-env` and `--api-key-env` name further variables, whose values are never printed.
"""


OF_PORTS = """
## Ports of model servers

Where nothing is configured `fix-base-url` and `check` look at these ports, and so does `suggest` at any time: on
addresses that are surely this container's own host (the gateway of a bridge, docker0's, what `/etc/hosts` pins, what
the platform gives its host), on those named with `--host`, and nowhere else. Outside a container, and in the host's
network, that is loopback. With `--container` the ports that listen on the host for containers are taken instead,
without the system's and OpenSPG's own, and the containers beside this one that listen on a port of the table. Services
are suggested in this order; `suggest --port N` puts another port before it. At an address that is named with `--host`
the table is looked at in any case. A key is sent to this container's host, and to a container or another machine only
where `--host` names it. Who is there gets 10 seconds for each answer; of each service at most five models of a kind are
called.

| server | port | as written down in |
|---|---|---|
"""


def reference() -> str:
    """Return the page."""
    top = parser()
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return "".join(
        (
            HEAD,
            *(f"| {status} | {meaning} |\n" for status, meaning in STATUSES.items()),
            OF_STATUSES,
            "\n## Commands\n\n| command | does |\n|---|---|\n",
            *(f"| [{name}](#netdiag-{name}) | {_sentence(sub)} |\n" for name, sub in commands.choices.items()),
            "\nBefore the command:\n",
            _table(action for action in top._actions if action is not commands),
            *(_command(name, sub) for name, sub in commands.choices.items()),
            OF_PORTS,
            *(f"| {each.server} | {each.port} | {each.source} |\n" for each in DEFAULTS),
            "\n## Formats\n\n| `--format` | is | checked in the tests by | of |\n|---|---|---|---|\n",
            *(f"| `{form}` | {FORMS[form]} | {_takers(form, commands.choices)} |\n" for form in FORMATS),
            OF_FORMATS,
            "\n## Environment\n\n| variable | does |\n|---|---|\n",
            *(f"| {_listed(names)} | {does} |\n" for names, does in VARIABLES.items()),
            OF_VARIABLES,
        )
    )


def _sentence(command: argparse.ArgumentParser) -> str:
    said = str(command.description)
    return f"{said[0].upper()}{said[1:]}."


def _command(name: str, sub: argparse.ArgumentParser) -> str:
    positionals, options, *groups = sub._action_groups
    own = _table([*positionals._group_actions, *options._group_actions])
    shared = "".join(f"\n{str(group.title).capitalize()}:\n{_table(group._group_actions)}" for group in groups)
    return f"\n### netdiag {name}\n\n{_sentence(sub)}\n{own}{shared}"


def _table(some: Iterable[argparse.Action]) -> str:
    return "\n| option | does |\n|---|---|\n" + "".join(_row(action) for action in some if action.dest != "help")


def _row(action: argparse.Action) -> str:
    names = _listed(action.option_strings) or f"`{action.metavar or action.dest}`"
    choices = f" {_listed(map(str, action.choices))}" if action.choices else ""
    value = f" `{action.metavar}`" if action.metavar and action.option_strings else ""
    said = (action.help or "") % {"default": action.default, "prog": "netdiag"}
    required = " (required)" if action.required and action.option_strings else ""
    return f"| {names}{value}{choices} | {said}{required} |\n"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _takers(form: str, commands: Mapping[str, argparse.ArgumentParser]) -> str:
    return _listed(
        name
        for name, sub in commands.items()
        if any(action.dest == "format" and form in action.choices for action in sub._actions)
    )
