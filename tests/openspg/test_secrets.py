"""Keys and the database's password: in nothing that is printed, kept, or seen in a list of processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netdiag import platform
from netdiag.openspg import find

PASSWORD = "p4ssw0rd-of-the-database"
SETTING = "--server.repository.impl.jdbc."


@pytest.fixture
def keeper(beside):
    """A user of the database with a password like no other word."""
    with beside.database.connected() as root:
        root.execute(f"GRANT ALL ON openspg.* TO keeper@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
    beside.server = beside.server._replace(database=beside.database.database("keeper", PASSWORD))
    return beside


def clean(*texts: str) -> bool:
    """Whether neither a key nor the password is in it."""
    assert any(texts)
    return not any(word in text for word in ("c4n4ry", PASSWORD) for text in texts)


def test_no_secret_anywhere(keeper):
    """Neither what is printed nor the journal holds one; the journal is its owner's, as is its directory."""
    said = [
        keeper.told(*command, "--format", form).said
        for command in (
            ("check", "-vv"),
            ("fix-base-url", "--dry-run", "-vv"),
            ("fix-base-url", "-vv"),
            ("rollback", "--list"),
            ("rollback",),
        )
        for form in ("text", "json")
    ]
    kept = [path for path in keeper.state().rglob("*") if path.is_file()]
    assert [path.suffix for path in kept].count(".jsonl") == 2
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert keeper.state().stat().st_mode & 0o777 == 0o700
    assert clean(*said, *(path.read_text() for path in kept))


@pytest.mark.parametrize("broken", ["a login", "a column", "a table"])
def test_no_secret_where_it_fails(keeper, broken):
    """What the database says of a failure may quote a statement or a value, so none of it is repeated."""
    with keeper.database.connected() as root:
        if broken == "a login":
            root.execute("DROP USER keeper@'127.0.0.1'")
        elif broken == "a column":
            root.execute("ALTER TABLE kg_project_info RENAME COLUMN name TO title")
        else:
            root.execute("CREATE TRIGGER t BEFORE UPDATE ON kg_project_info FOR EACH ROW SET NEW.config = OLD.config")
    for form in ("text", "json"):
        done = keeper.told("fix-base-url", "-vv", "--format", form)
        assert done.status in (77, 78)
        assert clean(done.said)


def test_the_password_comes_from_the_server_itself(keeper, tmp_path):
    """It is read where the server has it, from its own command line, and of that nothing goes into a report."""
    process = tmp_path / "root/proc/1"
    process.mkdir(parents=True)
    where = (f"{SETTING}host=127.0.0.1", f"{SETTING}port={keeper.database.port}", f"{SETTING}username=keeper")
    line = ("java", "-jar", "arks-sofaboot.jar", *where, f"{SETTING}password={PASSWORD}")
    (process / "cmdline").write_bytes("".join(f"{word}\0" for word in line).encode())
    facts = platform.read(tmp_path / "root")
    found = find(tmp_path / "root", facts, in_container=True, named=False)
    keeper.server = found._replace(port=keeper.api.port, listens=True, parts=())
    done = keeper.netdiag("check")
    assert {item["verdict"] for item in done.report["endpoints"]} == {"repairable"}
    assert clean(done.said, repr(found), repr(facts))


def test_the_password_of_a_process_is_not_seen(keeper):
    """While it runs, what everybody can see of netdiag is the name of the variable that holds the password.

    The database is empty, so that no address outside this machine is tried.
    """
    keeper.database.filled(keeper.version, [])
    where = f"mysql://keeper@127.0.0.1:{keeper.database.port}/openspg"
    program = [
        sys.executable,
        "-m",
        "netdiag",
        "check",
        "--only",
        "server",
        "--db-url",
        where,
        "--db-password-env",
        "PW",
    ]
    environment = os.environ | {"PW": PASSWORD, "PYTHONPATH": str(Path(__file__).parents[2])}
    with keeper.database.frozen():
        running = subprocess.Popen(
            program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=keeper.directory
        )
        seen = ""
        while "--db-url" not in seen:  # until it is more than a copy of this process
            seen = Path(f"/proc/{running.pid}/cmdline").read_text()
            time.sleep(0.01)
    said, _ = running.communicate(timeout=60)
    assert clean(seen, said)
    assert "ND537" in said or "ND538" in said
