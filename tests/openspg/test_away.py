"""The database is away: each way × each format × ``--wait``, and one cause each time, whoever else answers."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from openspg.beside import OK, UNREADABLE, ended
from openspg.cutting import Proxy
from report.judges import JUDGES

from netdiag import engine, failures
from netdiag.job import Job
from netdiag.model.place import NameAnswer
from netdiag.openspg import Database, Server, connection, held, projects
from netdiag.openspg.connection import FailedError
from netdiag.report.rendered import FORMATS
from netdiag.watch import Agent, Metrics, Rhythm, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openspg.beside import Beside

TIMED_OUT = 124
ALONE = "CREATE OR REPLACE USER {0}@'127.0.0.1' IDENTIFIED BY 'r'"


@contextlib.contextmanager
def down(beside: Beside) -> Iterator[Database]:
    """The database's port is closed."""
    beside.database.stop()
    try:
        yield beside.database.database()
    finally:
        beside.database.start()


@contextlib.contextmanager
def frozen(beside: Beside) -> Iterator[Database]:
    """The database accepts connections and says nothing."""
    with beside.database.frozen():
        yield beside.database.database()


@contextlib.contextmanager
def refused(beside: Beside) -> Iterator[Database]:
    """The password is another one."""
    yield beside.database.database(password="wrong")


@contextlib.contextmanager
def unknown(beside: Beside) -> Iterator[Database]:
    """There is no database of that name."""
    yield beside.database.database()._replace(name="other")


@contextlib.contextmanager
def nameless(beside: Beside) -> Iterator[Database]:
    """The name of the database's host is not known."""
    yield beside.database.database()._replace(host="mysql")


@contextlib.contextmanager
def web(beside: Beside) -> Iterator[Database]:
    """The port is that of a web server, which waits for the client to speak."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield beside.database.database(port=server.server_address[1])
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def ssh(beside: Beside) -> Iterator[Database]:
    """The port is that of a service that greets in another protocol."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    client.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                    client.close()

        threading.Thread(target=greet, daemon=True).start()
        yield beside.database.database(port=listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def busy(beside: Beside) -> Iterator[Database]:
    """The user has as many connections as he may have."""
    with beside.database.connected() as root:
        root.execute(ALONE.format("busy") + " WITH MAX_USER_CONNECTIONS 1")
        root.execute("GRANT ALL ON openspg.* TO busy@'127.0.0.1'")
        with beside.database.connected("busy", "r"):
            yield beside.database.database("busy", "r")


@contextlib.contextmanager
def rightless(beside: Beside) -> Iterator[Database]:
    """The user may look at another table only."""
    with beside.database.connected() as root:
        root.execute("CREATE TABLE other (id int)")
        root.execute(ALONE.format("guest"))
        root.execute("GRANT SELECT ON openspg.other TO guest@'127.0.0.1'")
    yield beside.database.database("guest", "r")


@contextlib.contextmanager
def half(beside: Beside) -> Iterator[Database]:
    """The user may look at the knowledge bases only, so that to him 0.8's page is not there."""
    with beside.database.connected() as root:
        root.execute(ALONE.format("half"))
        root.execute("GRANT SELECT ON openspg.kg_project_info TO half@'127.0.0.1'")
    yield beside.database.database("half", "r")


@contextlib.contextmanager
def another(beside: Beside) -> Iterator[Database]:
    """The database is somebody else's."""
    with beside.database.connected() as root:
        root.execute("CREATE DATABASE IF NOT EXISTS another")
    yield beside.database.database()._replace(name="another")


@dataclass(frozen=True)
class Way:
    """How the database is away, with the reason; whether that may pass, and what the server's own API says then."""

    away: Callable[[Beside], contextlib.AbstractContextManager[Database]]
    reason: str
    heals: bool
    code: str = ""
    server: str = "answers"

    @property
    def is_silent(self) -> bool:
        """Whether somebody accepts connections and never answers."""
        return self.reason == SILENT


SILENT = "its port accepts connections and says nothing"
WAYS = {
    "down": Way(down, "the database refused the connection", True, server="database_down"),
    "frozen": Way(frozen, SILENT, True, server="silent"),
    "refused login": Way(refused, "the database refused the login", False),
    "no such database": Way(unknown, "there is no such database", True),
    "name unknown": Way(nameless, "the name of the database's host is not known", True),
    "a web server": Way(web, SILENT, True),
    "ssh": Way(ssh, "what answers does not speak MySQL's protocol", False),
    "too many connections": Way(busy, "the database has too many connections", True),
    "no rights": Way(rightless, "the database user has no permission", False),
    "no right on one table": Way(half, "the database user has no permission", False),
    "another database": Way(another, "holds no tables of OpenSPG", True, code="ND536"),
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Way], None]:
    """No name server is asked; returns what has those who never answer given up soon."""
    nobody = NameAnswer("mysql", failure=failures.DNS_NXDOMAIN)
    real = connection.within
    monkeypatch.setattr(connection, "within", lambda name, s: nobody if name == "mysql" else real(name, s))

    def soon(way: Way) -> None:
        if way.is_silent:
            monkeypatch.setattr(connection, "READ_S", 0.1)
        if way.server == "silent":
            monkeypatch.setattr(projects, "ANSWER_LIMIT_S", 0.1)

    return soon


def first_line(form: str, said: str) -> str:
    """What a format tells first of the run: in JSON Lines what is said of endpoints comes before it."""
    if form in ("json", "jsonl"):
        lines = [json.loads(line) for line in said.splitlines()] if form == "jsonl" else [json.loads(said)]
        of_run = [each for each in lines if each.get("event") == "finding" and not each["endpoint"]]
        told = [each["finding"] for each in of_run] or lines[0].get("findings", [])
        return next(each["title"] for each in told if each["severity"] == "error")
    if form == "sarif":
        notes = json.loads(said)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
        return next(each["message"]["text"] for each in notes if each["level"] == "error")
    if form == "junit":
        return said.partition('message="')[2].partition('"')[0].replace("&apos;", "'")
    return said.partition("\n")[0]


@pytest.mark.parametrize("server", ["up", "closed"])
@pytest.mark.parametrize("version", ["0.8"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_table(beside, way, server, quick):
    """Status 78 in every format, with ``--wait`` 124 where it may pass, never 0; one cause, and it comes first."""
    quick(way)
    forms = FORMATS if server == "up" else ("text", "json")
    if server == "closed":
        beside.api.close()
    (beside.directory / "kag_config.yaml").write_text(
        f"chat_llm: {{type: ollama, model: 'qwen2.5:3b', base_url: 'http://127.0.0.2:{beside.model_port}'}}\n"
    )
    code = way.code or ("ND531" if (server, way.server) == ("up", "answers") else "ND530")
    with way.away(beside) as where:
        beside.server = beside.server._replace(database=where)
        once = {form: beside.told("check", "--format", form) for form in forms}
        waited = {form: beside.told("check", "--format", form, "--wait", "0.01", "--quiet") for form in forms}
    assert {form: each.status for form, each in once.items()} == dict.fromkeys(forms, UNREADABLE)
    status = TIMED_OUT if way.heals else UNREADABLE
    assert {form: each.status for form, each in waited.items()} == dict.fromkeys(forms, status)
    for form, done in once.items():
        if form in JUDGES:
            JUDGES[form](done.said)
        assert way.reason in (line := first_line(form, done.said)), (form, line)
    errors = [each for each in json.loads(once["json"].said)["findings"] if each["severity"] == "error"]
    assert [each["code"] for each in errors] == [code]
    assert errors[0]["remedies"]


@pytest.mark.parametrize(("name", "said"), [("frozen", "no answer within 5 s"), ("down", "400, its database")])
@pytest.mark.parametrize("version", ["0.8"])
def test_what_the_server_says_is_evidence(beside, name, said, quick):
    """The server's answer confirms the cause, and is no second one."""
    quick(WAYS[name])
    with WAYS[name].away(beside):
        (found,) = beside.netdiag("check").report["findings"]
    (line,) = found["evidence"]
    assert line.startswith(f"http://127.0.0.1:{beside.api.port}/public/v1/project: {said}")


class Door:
    """A way to the database, or to the server, that opens after a while: until then its port refuses."""

    def __init__(self, to: int, after_s: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._to = to
        self._proxy: Proxy | None = None
        self._timer = threading.Timer(after_s, self._open)
        self._timer.start()

    def _open(self) -> None:
        self._proxy = Proxy(self._to, self.port)

    def close(self) -> None:
        """End it."""
        self._timer.join()
        if self._proxy:
            self._proxy.close()


@pytest.mark.parametrize("at", [(0.3, 0.0), (0.0, 0.3), (0.15, 0.3), (0.3, 0.15), (0.3, 0.3)], ids=str)
@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_in_whatever_order_they_come_up(beside, version, at):
    """Waiting ends as healthy only once the database itself was read: its page is among what was examined."""
    beside.netdiag("fix-base-url")
    doors = [Door(to, after_s) for to, after_s in zip((beside.database.port, beside.api.port), at, strict=True)]
    database, api = (door.port for door in doors)
    beside.server = beside.server._replace(database=beside.database.database(port=database), port=api)
    done = beside.told("check", "--wait", "20", "--format", "json", "--quiet")
    for door in doors:
        door.close()
    report = json.loads(done.said)
    places = {item["place"].split(" > ")[0] for item in report["endpoints"]}
    assert (done.status, {"model page", "global configuration"} & places != set()) == (OK, True)


@pytest.mark.parametrize("version", ["0.8"])
def test_it_is_there_a_moment_later(beside, version, monkeypatch):
    """A database that comes up while the server is asked is asked again in the same run."""
    tries = []
    real = held._of_database

    def late(*arguments):
        tries.append(arguments)
        return real(*arguments) if len(tries) > 1 else (None, FailedError("db_refused"))

    monkeypatch.setattr(held, "_of_database", late)
    assert ended(beside.netdiag("fix-base-url")) == (OK, set())
    assert len(tries) == 2


@pytest.mark.parametrize("version", ["0.8"])
@pytest.mark.parametrize(
    "way", [WAYS[name] for name in ("frozen", "refused login", "no rights")], ids=["frozen", "refused", "no rights"]
)
def test_a_server_whose_process_is_not_seen(beside, version, way, quick):
    """A database that speaks is a sign of a server, too: a file that works is not all that was looked at."""
    (beside.directory / "kag_config.yaml").write_text(
        f"chat_llm: {{type: ollama, model: 'qwen2.5:3b', base_url: 'http://127.0.0.2:{beside.model_port}'}}\n"
    )
    beside.api.close()
    quick(way)
    with way.away(beside) as where:
        beside.server = Server(port=beside.api.port, database=where)
        assert beside.netdiag("check").status == UNREADABLE


@pytest.mark.parametrize("version", ["0.8"])
@pytest.mark.parametrize("way", [WAYS[name] for name in ("refused login", "no rights")], ids=["refused", "no rights"])
def test_an_agent_is_not_ready(beside, version, way):
    """Whatever the server tells of its knowledge bases works: nothing is up before the database was read."""
    beside.netdiag("fix-base-url")
    agent = Agent(Job("watch"), Rhythm(30.0), Today(), Nobody())
    metrics = Metrics(lambda: agent.seen)
    for away, ready in ((way.away, 0), (whole, 1)):
        with away(beside) as where:
            beside.server = beside.server._replace(database=where)
            report = engine.run(Job("watch", directory=beside.directory, kag_version=beside.kag), lambda _: None)
        agent._take_in(report, {}, 0.1)
        assert {item.verdict for item in report.endpoints} == {"works"}
        assert answer("/readyz", agent, metrics)[0] == (200 if ready else 503)
        page = metrics.page().decode()
        assert f"netdiag_ready {ready}.0" in page
        assert ("netdiag_up{" in page) is bool(ready)


@contextlib.contextmanager
def whole(beside: Beside) -> Iterator[Database]:
    """Nothing is the matter."""
    yield beside.database.database()


class Today:
    """A time of day."""

    def today(self) -> float:
        """Return seconds since 1970."""
        return 1000.0


class Nobody:
    """Nobody to tell a change."""

    def changed(self, _: object) -> None:
        """Hear of a change."""
