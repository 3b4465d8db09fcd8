"""The command line itself: what is refused, what is the default, what costs nothing."""

import sys

import pytest

from netdiag import __version__, cli
from netdiag.cli import commands
from netdiag.cli.parser import language, parser


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["frobnicate"],
        ["check", "--host", "http://10.0.0.1"],
        ["check", "--host", "10.0.0.1:11434"],
        ["check", "--host", ""],
        ["check", "--timeout", "0"],
        ["check", "--timeout", "never"],
        ["check", "--timeout", "999999"],
        ["check", "--kag-version", "latest"],
        ["check", "--format", "xml"],
        ["check", "--dry-run"],
        ["check", "--wait", "0"],
        ["check", "--wait", "soon"],
        ["check", "--wait", "5d"],
        ["check", "--wait", "5ms"],
        ["check", "--wait", "25h"],
        ["check", "--wait", "-5s"],
        ["detect", "--wait", "5s"],
        ["watch", "--listen", "9877"],
        ["watch", "--listen", "localhost:9877"],
        ["watch", "--listen", "127.0.0.1:99999"],
        ["watch", "--interval", "0s"],
        ["watch", "--wait", "5s"],
        ["chat", "--type", "ollama"],
        ["chat", "--type", "t", "--base-url", "u", "--model", "m", "--api-key", "sk-x"],
    ],
    ids=" ".join,
)
def test_what_is_refused(argv, capsys):
    """A command line that cannot be meant ends with status 2 and says which part; a key is never taken from argv."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(argv)
    assert ended.value.code == 2
    assert "usage: netdiag" in capsys.readouterr().err


def test_a_file_may_be_named_by_an_option():
    """``--config FILE`` is another spelling of FILE, and both may be given."""
    given = parser().parse_args(["check", "--config", "b.yaml", "a.yaml", "--config", "c.yaml"])
    assert commands._job(given).files == ("a.yaml", "b.yaml", "c.yaml")
    assert commands._job(parser().parse_args(["check"])).files == ()


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("0.5", 0.5), ("120s", 120), ("1.5m", 90), ("1h", 3600), ("24h", 86400)]
)
def test_durations(text, seconds):
    """A plain number is seconds."""
    assert parser().parse_args(["check", "--wait", text]).wait == seconds


@pytest.mark.parametrize(
    ("text", "at"), [("0.0.0.0:80", ("0.0.0.0", 80)), ("[::1]:0", ("::1", 0)), ("127.0.0.1:9877", ("127.0.0.1", 9877))]
)
def test_where_to_listen(text, at):
    """An address of either family and a port; without the option it is loopback."""
    assert parser().parse_args(["watch", "--listen", text]).listen == at
    assert parser().parse_args(["watch"]).listen == ("127.0.0.1", 9877)


def test_standard_input_is_not_watched(capsys):
    """It can be read only once."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["watch", "-"])
    assert ended.value.code == 2
    assert "standard input" in capsys.readouterr().err


def test_a_saved_report_is_not_waited_for(capsys):
    """It would be the same a minute later."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", "--replay", "report.json", "--wait", "5s"])
    assert ended.value.code == 2
    assert "--wait" in capsys.readouterr().err


@pytest.mark.parametrize("other", [["--run", "x"], ["kag_config.yaml"]], ids=["--run", "FILE"])
def test_listing_undoes_nothing(other, capsys):
    """What names something to undo cannot be meant together with --list, in any order."""
    for argv in (["rollback", "--list", *other], ["rollback", *other, "--list"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(argv)
        assert ended.value.code == 2
        assert "--list undoes nothing" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["10.0.0.1", "fd00::1", "[fd00::1]", "models.lan", "host_1", "h"])
def test_hosts_as_people_write_them(host):
    """Addresses of either family and names are taken; brackets are dropped."""
    assert parser().parse_args(["check", "--host", host]).host == [host.strip("[]")]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_comes_from_the_locale(environ, expected):
    """LC_ALL before LC_MESSAGES before LANG, as POSIX has it."""
    assert language(environ) == expected


def test_version(capsys):
    """The version is printed by itself."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"netdiag {__version__}\n"


def test_completion_needs_one_more_package(monkeypatch, capsys):
    """Where it is not installed, what to install is said."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    monkeypatch.delitem(sys.modules, "netdiag.cli.completion", raising=False)
    with pytest.raises(SystemExit) as ended:
        cli.main(["--print-completion", "bash"])
    assert ended.value.code == 2
    assert "pip install 'netdiag[completion]'" in capsys.readouterr().err


def test_an_error_of_netdiag_itself_is_told_without_its_text(monkeypatch, capsys):
    """A bug ends with 70 and one line that says where; its text, which may hold a key, is not shown."""

    def explode(_):
        msg = "sk-canary-4f1d"
        raise RuntimeError(msg)

    monkeypatch.setattr("netdiag.cli.commands.run", explode)
    assert cli.main(["detect"]) == 70
    said = capsys.readouterr().err
    assert "ND701" in said
    assert "RuntimeError at " in said
    assert "canary" not in said
