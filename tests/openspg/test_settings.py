"""How the database is found: from the server's own command line, and where nothing is looked for at all."""

from pathlib import Path

import pytest

from netdiag.model.place import Facts
from netdiag.openspg import Database, Given, find, given
from netdiag.text import Secret

OFFICIAL = (
    "java",
    "-Dfile.encoding=UTF-8",
    "-jar",
    "arks-sofaboot-0.0.1-SNAPSHOT-executable.jar",
    "--server.repository.impl.jdbc.host=mysql",
    "--server.repository.impl.jdbc.password=openspg",
    "--cloudext.graphstore.url=neo4j://release-openspg-neo4j:7687?user=neo4j&password=neo4j@openspg&database=neo4j",
)
"""What the official compose file starts."""

BESIDE = Facts(listeners=("0.0.0.0:8887",))
ELSEWHERE = Facts(listeners=("127.0.0.1:22",))
USUAL = ("mysql", 3306, "root", "openspg", "openspg")


def process(root: Path, number: int, line: tuple[str, ...], **environment: str) -> Path:
    """Put a process below ``root``."""
    directory = root / "proc" / str(number)
    directory.mkdir(parents=True)
    (directory / "cmdline").write_bytes("".join(f"{word}\0" for word in line).encode())
    (directory / "environ").write_bytes("".join(f"{name}={value}\0" for name, value in environment.items()).encode())
    return root


def said(database: Database | None) -> tuple | None:
    """A database as a table shows it."""
    if database is None:
        return None
    return database.host, database.port, database.user, database.password.reveal(), database.name


JDBC = "--server.repository.impl.jdbc."
LINES = {
    "as the compose file has it": (OFFICIAL, {}, USUAL),
    "without a setting": (OFFICIAL[:4], {}, USUAL),
    "every setting": (
        (*OFFICIAL, f"{JDBC}host=db.lan", f"{JDBC}port=3307", f"{JDBC}username=spg", f"{JDBC}password=p=w d"),
        {},
        ("db.lan", 3307, "spg", "p=w d", "openspg"),
    ),
    "an empty password": ((*OFFICIAL[:4], f"{JDBC}password="), {}, (*USUAL[:3], "", "openspg")),
    "a URL": (
        (*OFFICIAL, f"{JDBC}url=jdbc:mysql://10.0.0.9:3308/spg?useUnicode=true"),
        {},
        ("10.0.0.9", 3308, "root", "openspg", "spg"),
    ),
    "a property of Java's": (
        ("java", "-Dserver.repository.impl.jdbc.host=one", "-jar", "arks-sofaboot.jar"),
        {},
        ("one", *USUAL[1:]),
    ),
    "the command line before a property": (
        ("java", "-Dserver.repository.impl.jdbc.host=one", "-jar", "arks-sofaboot.jar", f"{JDBC}host=two"),
        {},
        ("two", *USUAL[1:]),
    ),
    "the environment": (
        OFFICIAL[:4],
        {"SERVER_REPOSITORY_IMPL_JDBC_HOST": "env", "SERVER_REPOSITORY_IMPL_JDBC_PASSWORD": "e"},
        ("env", 3306, "root", "e", "openspg"),
    ),
    "a shell's command": (
        ("sh", "-c", f"exec java -jar arks-sofaboot.jar {JDBC}host=shell {JDBC}password='p w'"),
        {},
        ("shell", 3306, "root", "p w", "openspg"),
    ),
    "behind an init": (("/sbin/docker-init", "--", *OFFICIAL), {}, USUAL),
    "nonsense": ((*OFFICIAL[:4], f"{JDBC}host=a b/c", f"{JDBC}port=x"), {}, USUAL),
}


@pytest.mark.parametrize(("line", "environment", "wanted"), LINES.values(), ids=LINES)
def test_the_command_line(tmp_path, line, environment, wanted):
    """What the server was started with is what is asked; the rest has the compose file's values."""
    process(tmp_path, 1, line, **environment)
    server = find(tmp_path, ELSEWHERE, in_container=True, named=False)
    assert (server.runs, said(server.database)) == (True, wanted)


def test_the_server_beside_other_processes(tmp_path):
    """It need not be the first process."""
    process(tmp_path, 1, ("sh",))
    process(tmp_path, 30, (*OFFICIAL, f"{JDBC}host=second", "--server.port=9000"))
    server = find(tmp_path, Facts(listeners=("0.0.0.0:9000",)), in_container=True, named=False)
    assert (server.runs, server.listens, server.port, server.database.host) == (True, True, 9000, "second")


@pytest.mark.parametrize(
    ("facts", "where", "line", "wanted"),
    [
        (ELSEWHERE, {"in_container": True, "named": False}, ("bash",), None),
        (BESIDE, {"in_container": True, "named": False}, ("bash",), USUAL),
        (ELSEWHERE, {"in_container": True, "named": True}, ("bash",), USUAL),
        (BESIDE, {"in_container": False, "named": False}, ("bash",), None),
        (BESIDE, {"in_container": False, "named": True}, OFFICIAL, None),
        (Facts(), {"in_container": True, "named": False}, ("bash",), None),
    ],
    ids=["no sign", "its port is open", "asked for", "on a host", "on a host that sees the process", "ports unknown"],
)
def test_where_a_database_is_looked_for(tmp_path, facts, where, line, wanted):
    """The name `mysql` means OpenSPG's only in a container beside a server."""
    process(tmp_path, 1, line)
    server = find(tmp_path, facts, **where)
    assert said(server.database) == wanted


def test_the_other_parts(tmp_path):
    """Neo4j is where the server looks for it; its password is not kept."""
    process(tmp_path, 1, (*OFFICIAL[:-1], "--cloudext.graphstore.url=neo4j://graph:7777?user=neo4j&password=secret"))
    server = find(tmp_path, ELSEWHERE, in_container=True, named=False)
    assert server.parts == (("neo4j", "graph", 7777, "bolt"), ("minio", "release-openspg-minio", 9000, "minio"))
    assert "secret" not in repr(server)


def test_the_servers_own_database_is_a_part_where_another_is_read(tmp_path):
    """Whoever names a database has that one read; the server needs its own all the same."""
    process(tmp_path, 1, OFFICIAL)
    for said_of, count in ((Given("elsewhere"), 1), (Given("mysql"), 0), (None, 0)):
        server = find(tmp_path, ELSEWHERE, in_container=True, named=False, said=said_of)
        assert [part for part in server.parts if part.name == "mysql"] == [("mysql", "mysql", 3306, "mysql")] * count


@pytest.mark.parametrize(
    ("said_of", "wanted"),
    [
        (Given("h", 1, "u", "d", Secret("p")), ("h", 1, "u", "p", "d")),
        (Given("h", 1, "u", "d"), ("h", 1, "u", "of the line", "d")),
        (Given(password=Secret("p")), ("mysql", 3306, "root", "p", "openspg")),
    ],
    ids=["all of it", "without a password", "a password alone"],
)
def test_what_the_user_says_wins(tmp_path, said_of, wanted):
    """--db-url and --db-password-env come before the command line."""
    process(tmp_path, 1, (*OFFICIAL[:4], f"{JDBC}password=of the line"))
    server = find(tmp_path, ELSEWHERE, in_container=True, named=False, said=said_of)
    assert said(server.database) == wanted


def test_the_user_names_one_on_a_host(tmp_path):
    """Whoever names a database has it asked wherever that is."""
    server = find(tmp_path, ELSEWHERE, in_container=False, named=False, said=Given("127.0.0.1"))
    assert (said(server.database), server.named) == (("127.0.0.1", *USUAL[1:]), True)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("mysql://root@mysql:3306/openspg", Given()),
        ("mysql://mysql", Given()),
        ("mariadb://u%40x@[::1]:7/other_db", Given("::1", 7, "u@x", "other_db")),
    ],
)
def test_a_url(url, wanted):
    """User, port and database have the usual values where they are not said."""
    parsed = given(url)
    assert parsed == (wanted if wanted.host else Given("mysql"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql:",
        "mysql://",
        "http://h/d",
        "mysql://h:0x/d",
        "mysql://h:99999/d",
        "mysql://h/a/b",
        "mysql://h/d?x=1",
        "mysql://a b/d",
    ],
)
def test_no_url(url):
    """What is none is refused."""
    with pytest.raises(ValueError, match="takes mysql://"):
        given(url)


@pytest.mark.parametrize("url", ["mysql://root:hunter2@mysql/openspg", "mysql://:hunter2@h", "mysql://u:@h"])
def test_a_password_in_a_url(url):
    """It is refused, and not repeated."""
    with pytest.raises(ValueError, match="takes no password") as refused:
        given(url)
    assert "hunter2" not in str(refused.value)
