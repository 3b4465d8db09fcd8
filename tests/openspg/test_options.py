"""The options for the database: what is refused, and that no password is repeated."""

import subprocess
import sys

import pytest

from netdiag import cli, engine, platform
from netdiag.job import Job, server_of
from netdiag.model.place import Facts
from netdiag.model.report import Report
from netdiag.openspg import Given
from netdiag.text import Secret


@pytest.mark.parametrize("command", ["fix-base-url", "check", "rollback"])
def test_a_password_on_the_command_line(command, capsys):
    """It is refused as a usage error that says what to do instead, without the password."""
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--db-url", "mysql://root:hunter2@127.0.0.1/openspg"])
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert "--db-password-env" in said.err
    assert "hunter2" not in said.out + said.err


def test_a_variable_that_is_not_set(capsys):
    """A forgotten `export` is told, not taken for an empty password."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", "--db-password-env", "NETDIAG_TEST_NO_SUCH_VARIABLE"])
    assert (ended.value.code, "--db-password-env" in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), None),
        (("--db-url", "mysql://u@127.0.0.1:1/d"), Given("127.0.0.1", 1, "u", "d")),
        (("--db-password-env", "PW"), Given(password=Secret("p"))),
        (
            ("--db-url", "mysql://u@127.0.0.1:1/d", "--db-password-env", "PW"),
            Given("127.0.0.1", 1, "u", "d", Secret("p")),
        ),
    ],
    ids=["nothing", "a URL", "a password", "both"],
)
def test_what_is_asked_for(arguments, wanted, monkeypatch):
    """The password comes from the environment only."""
    asked = []
    monkeypatch.setenv("PW", "p")
    monkeypatch.setattr(engine, "run", lambda job, _: asked.append(job) or Report("check", "", 0, 0))
    cli.main(["check", *arguments, "--scope", "global", "--only", "server"])
    (job,) = asked
    assert (job.database, job.scope, job.only) == (wanted, "global", "server")


def test_a_job_finds_its_server(tmp_path):
    """What the job says of the database is what is asked, below the job's own root."""
    job = Job("check", root=tmp_path, database=Given("127.0.0.1", 1))
    facts = Facts(listeners=("127.0.0.1:22",))
    server = server_of(job, facts, platform.name(facts))
    assert (server.database.where, server.named, server.listens) == ("127.0.0.1:1/openspg", True, False)


def test_who_has_no_server_pays_for_no_driver(tmp_path):
    """Neither a database's driver nor a question to a server is part of a run where nothing speaks for one."""
    program = "import sys; from netdiag.cli import main; main(['check', '-q']); print('pymysql' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.splitlines()[-1], "ND5" in done.stdout) == ("False", True), done.stdout + done.stderr
