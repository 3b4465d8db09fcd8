"""What of a command line goes into the container, and what stays here."""

import pytest

from netdiag.cli.from_host import _request, _with_key, is_meant, without_options, writes
from netdiag.cli.parser import parse


@pytest.mark.parametrize(
    ("argv", "inside"),
    [
        ("--container openspg check", "check"),
        ("check --container=openspg a.yaml", "check a.yaml"),
        ("check --cont openspg a.yaml", "check a.yaml"),
        ("check --user root --container x --way lent --helper-image y --config c.yaml", "check --config c.yaml"),
        ("--us=root fix-base-url --wait 5s", "fix-base-url --wait 5s"),
    ],
)
def test_the_hosts_own_options(argv, inside):
    """They are left out, as argparse takes them: with ``=`` or without, before or after the command, shortened."""
    assert list(without_options(argv.split())) == inside.split()


def test_a_key_goes_by_standard_input(monkeypatch):
    """A variable of the host's shell is not there in the container; a value never becomes an argument."""
    monkeypatch.setenv("KEY", "c4n4ry")
    argv = ["chat", "--type", "t", "--api-key-env", "KEY", "--model", "m"]
    assert list(_with_key(iter(argv), {"api_key_env": "KEY"})) == [
        "chat",
        "--type",
        "t",
        "--api-key-stdin",
        "--model",
        "m",
    ]
    assert list(_with_key(iter(["--api-key-e=KEY"]), {"api_key_env": "KEY"})) == ["--api-key-stdin"]
    unset = ["chat", "--api-key-env", "NOT_SET"]
    assert list(_with_key(iter(unset), {"api_key_env": "NOT_SET"})) == unset


@pytest.mark.parametrize(
    ("argv", "may"),
    [
        ("fix-base-url", True),
        ("fix-base-url --dry-run", False),
        ("check", False),
        ("rollback", True),
        ("watch", False),
        ("watch --fix", True),
        ("detect", False),
    ],
)
def test_what_needs_the_journal(argv, may):
    """A command that cannot write takes none with it, and waits for nobody who does."""
    assert writes(vars(parse(argv.split()))) is may


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        ("check", False),
        ("--container x check", True),
        ("--container x explain ND201", False),
        ("--container x check --replay r", False),
    ],
)
def test_what_runs_in_the_container(argv, meant):
    """What looks at no container runs here, whatever is named."""
    assert is_meant(parse(argv.split())) is meant


def test_nothing_of_the_host_without_a_container(capsys):
    """An option about the container that names none is a mistake, and a run here would not be what was meant."""
    with pytest.raises(SystemExit) as ended:
        parse(["check", "--user", "root"])
    assert ended.value.code == 2
    assert "--container" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "called", "again"),
    [
        ("--container x check a.yaml", "netdiag --container y", "netdiag --container y check a.yaml"),
        (
            "check --user root --container x",
            "netdiag --container y --user root",
            "netdiag --container y --user root check",
        ),
    ],
)
def test_how_it_is_called_there(argv, called, again):
    """What is advised names the container that was found and the user of it, and repeats the rest as it was typed."""
    request = _request(parse(argv.split()), ())
    assert (request.called("y"), request.calling("y")) == (called, again)
