"""What the real shells complete: each one sources its script, and is asked as its own line editor would ask."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netdiag import findings
from netdiag.cli.parser import parser
from netdiag.lab import scenarios

SHELLS = ("bash", "zsh", "fish")
HARNESS = Path(__file__).parent / "shells"
_COMMANDS = parser()._subparsers._group_actions[0].choices
COMMANDS = set(_COMMANDS)
FORMATS = {"text", "json", "jsonl", "junit", "sarif", "nagios"}


def options(command):
    """Return the long options of a command, by the parser itself."""
    return {name for name in _COMMANDS[command]._option_string_actions if name.startswith("--")}


@pytest.fixture(scope="module", params=SHELLS)
def shell(request, require, tmp_path_factory):
    """Return a way to ask one shell what completes the last of some words."""
    name = request.param
    program = shutil.which(name) or require("shells", f"no {name} here; install it: tests/grounds/up shells")
    place = tmp_path_factory.mktemp(name)
    script = place / "netdiag-completion"
    argv = [sys.executable, "-m", "netdiag", "--print-completion", name]
    script.write_text(subprocess.run(argv, capture_output=True, text=True, check=True).stdout, "utf-8")
    project = place / "project"
    project.mkdir()
    for file in ("kag_config.yaml", "report.json"):
        (project / file).touch()
    bare = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[name]

    def ask(*words):
        argv = [program, *bare, str(HARNESS / f"complete.{name}"), str(script), "netdiag", *words]
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(place), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            argv,
            cwd=project,
            env=environ,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.stderr == ""
        return set(done.stdout.split())

    return ask


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), COMMANDS),
        (("che",), {"check"}),
        (("check", "--"), options("check")),
        (("rollback", "--"), options("rollback")),
        (("check", "--form"), {"--format"}),
        (("check", "--format", ""), FORMATS),
        (("detect", "--format", ""), {"text", "json"}),
        (("check", "--lang", ""), {"en", "zh"}),
        (("--print-completion", ""), set(SHELLS)),
        (("check", "--db-url", ""), set()),
        (("watch", "--listen", ""), set()),
        (("check", "kag"), {"kag_config.yaml"}),
        (("check", "other.yaml", "kag"), {"kag_config.yaml"}),
        (("check", "--quiet", "--config", "kag"), {"kag_config.yaml"}),
        (("report", "-o", "rep"), {"report.json"}),
        (("check", "--replay", "rep"), {"report.json"}),
        (("explain", "ND20"), {code for code in findings.catalog() if code.startswith("ND20")}),
        (("demo", "works"), {name for name in scenarios.names() if name.startswith("works")}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_completed(shell, words, expected):
    """Commands, each command's own options, their choices, files, and the codes and scenarios there are."""
    assert shell(*words) == expected
