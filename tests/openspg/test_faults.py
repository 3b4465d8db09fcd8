"""What can go wrong while the server's configuration is written: nothing lost, a clear finding, the right status."""

import json

import pytest
from openspg import tables
from openspg.beside import CANNOT_WRITE, HOST, OK, ROLLED_BACK, ended, reasons
from openspg.cutting import Proxy

from netdiag import repair
from netdiag.openspg import settings
from netdiag.store.records import last_line

pytestmark = pytest.mark.parametrize("version", ["0.7", "0.8"])  # one of each shape


def between(monkeypatch, act) -> None:
    """Let something happen after the plan is made and before it is written."""
    plan = repair.plan

    def planned(*arguments):
        made = plan(*arguments)
        act()
        return made

    monkeypatch.setattr(repair, "plan", planned)


@pytest.mark.parametrize("file", [False, True], ids=["rows", "rows and a file"])
def test_edited_by_somebody_else(beside, version, monkeypatch, file):
    """What somebody saved between plan and write stays, and so does everything else of the run."""
    path = beside.directory / "kag_config.yaml"
    text = f"chat_llm: {{type: ollama, model: 'qwen2.5:3b', base_url: 'http://localhost:{beside.model_port}'}}\n"
    if file:
        path.write_text(text)
    theirs = {"now": b""}

    def edit() -> None:
        with beside.database.connected() as root:
            where = "id = 2" if version == "0.8" else "id = 1"
            root.execute(f"UPDATE kg_project_info SET config = CONCAT(config, ' ') WHERE {where}")
        theirs["now"] = beside.database.configs()

    between(monkeypatch, edit)
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"file_changed_since"}
    assert beside.database.configs() == theirs["now"]
    assert not file or path.read_text() == text


def test_a_row_that_went_away(beside, version, monkeypatch):
    """A knowledge base deleted meanwhile is not made again."""

    def delete() -> None:
        with beside.database.connected() as root:
            root.execute("DELETE FROM kg_project_info")

    between(monkeypatch, delete)
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"row_vanished"}


def test_a_column_that_is_too_small(beside, version):
    """65,535 bytes are what `text` holds: what would be longer is refused, never cut off."""
    short = (
        tables.frozen(beside.model_port)
        .replace("//localhost:", "//[::1]:")
        .replace("neo4j://[::1]", "neo4j://localhost")
    )
    full = short.replace('"x-unknown":{', '"x-unknown":{"fill":"%s",')
    full %= "é" * ((65535 - len(full.encode()) + 2) // 2)
    full += " " * (65535 - len(full.encode()))
    beside.database.put("kg_project_info", tables.project("full", full))
    before = beside.database.configs()
    assert full.encode() in before.values()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"db_too_large"}
    assert beside.database.configs() == before
    with beside.database.connected() as root:
        root.execute("ALTER TABLE kg_project_info MODIFY config longtext")  # as ND609 advises
    assert ended(beside.netdiag("fix-base-url")) == (OK, set())
    longest = max(len(text) for text in beside.database.configs().values() if text)
    assert longest == 65535 + 3 * len(HOST) - 3 * len("[::1]")


@pytest.mark.parametrize(
    ("prepare", "user", "reason"),
    [
        ("GRANT SELECT ON openspg.* TO reader@'127.0.0.1' IDENTIFIED BY 'r'", "reader", "db_denied"),
        ("GRANT SELECT, UPDATE, DELETE ON openspg.* TO writer@'127.0.0.1' IDENTIFIED BY 'r'", "writer", "db_read_only"),
    ],
    ids=["a user who may only read", "a server that is read-only"],
)
def test_no_right_to_write(beside, version, prepare, user, reason):
    """What is proven cannot be written, and stays as it is."""
    before = beside.database.configs()
    with beside.database.connected() as root:
        root.execute(prepare)
        root.execute("SET GLOBAL read_only = %s", int(reason == "db_read_only"))
        beside.server = beside.server._replace(database=beside.database.database(user, "r"))
        try:
            done = beside.netdiag("fix-base-url")
        finally:
            root.execute("SET GLOBAL read_only = 0")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {reason}
    assert beside.database.configs() == before


def test_a_table_without_transactions(beside, version):
    """What cannot be undone as a whole is not begun."""
    with beside.database.connected() as root:
        root.execute("ALTER TABLE kg_project_info ENGINE = MyISAM")
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"db_no_transactions"}
    assert beside.database.configs() == before


def test_a_row_that_somebody_keeps_locked(beside, version):
    """It is waited for three seconds, no longer."""
    before = beside.database.configs()
    with beside.database.connected() as root:
        root.execute("START TRANSACTION")
        root.execute("SELECT * FROM kg_project_info FOR UPDATE")
        done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"db_locked"}
    assert beside.database.configs() == before


def test_frozen_while_writing(beside, version, monkeypatch):
    """A database that hangs is given up after five seconds, and nothing was changed when it goes on."""
    before = beside.database.configs()
    frozen = beside.database.frozen()
    between(monkeypatch, frozen.__enter__)
    done = beside.netdiag("fix-base-url")
    frozen.__exit__(None, None, None)
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"db_silent"}
    assert beside.database.configs() == before


@pytest.mark.parametrize("cut", ["before", "after"])
def test_the_connection_is_lost_at_commit(beside, version, cut):
    """The database is asked on another connection what came of it: old bytes are a refusal, new ones success."""
    before = beside.database.configs()
    proxy = Proxy(beside.database.port)
    beside.server = beside.server._replace(database=beside.database.database(port=proxy.port))
    proxy.cut = cut
    done = beside.netdiag("fix-base-url")
    proxy.close()
    if cut == "after":
        assert ended(done) == (OK, set())
        assert beside.database.configs() != before
        return
    assert ended(done) == (CANNOT_WRITE, {"ND609"})
    assert reasons(done, "ND609") == {"db_lost"}
    assert beside.database.configs() == before


@pytest.mark.parametrize("cut", ["before", "after"])
def test_the_database_is_gone_at_commit(beside, version, cut):
    """When nobody can be asked either, that is said; the next run brings the file to the side the database is on."""
    path = beside.directory / "kag_config.yaml"
    text = f"chat_llm: {{type: ollama, model: 'qwen2.5:3b', base_url: 'http://localhost:{beside.model_port}'}}\n"
    path.write_text(text)
    before = beside.database.configs()
    proxy = Proxy(beside.database.port)
    beside.server = beside.server._replace(database=beside.database.database(port=proxy.port))
    proxy.cut, proxy.is_gone_then = cut, True
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (CANNOT_WRITE, {"ND610"})
    (record,) = beside.state().glob("*.jsonl")
    assert {each["state"] for each in last_line(record.read_bytes())["files"]} == {"ready"}

    still = beside.netdiag("fix-base-url", "--only", "files")
    assert "ND606" in ended(still)[1]
    proxy.mend()
    again = beside.netdiag("fix-base-url")
    assert ended(again) == (OK, {"ND604"})
    assert path.read_text() == text.replace("localhost", HOST)
    assert beside.database.configs() != before
    assert beside.netdiag("rollback").status == OK
    assert (beside.database.configs(), path.read_text()) == (before, text)
    proxy.close()


@pytest.mark.parametrize("holds", ["the old value", "no such knowledge base"])
def test_a_server_with_another_database(beside, version, holds):
    """When the server does not tell the new value after the commit, all is put back: it reads elsewhere."""
    before = beside.database.configs()
    _, told = beside.api.answer("/public/v1/project") if holds == "the old value" else (200, [])
    beside.api.stale = json.dumps(told, ensure_ascii=False).encode()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (ROLLED_BACK, {"ND611"})
    assert beside.database.configs() == before


def test_a_server_that_cannot_be_asked(beside, version):
    """The database's word is enough where the server is still starting."""
    beside.api.close()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (OK, {"ND612"})


def test_rolled_back_only_where_nobody_edited(beside, version):
    """An edit after the repair is not overwritten; the refusal says so."""
    beside.netdiag("fix-base-url")
    with beside.database.connected() as root:
        table = "kg_user_model" if version == "0.8" else "kg_config"
        root.execute(f"UPDATE {table} SET config = CONCAT(config, ' ')")
    now = beside.database.configs()
    done = beside.netdiag("rollback")
    assert ended(done) == (CANNOT_WRITE, {"ND605"})
    assert reasons(done, "ND605") == {"file_edited_since"}
    assert beside.database.configs() == now


def test_one_row_rolled_back_by_name(beside, version):
    """A row is undone alone by what the report calls its source; another database than the one at hand is refused."""
    before = beside.database.configs()
    source = beside.netdiag("fix-base-url").report["applied"][-1]["source"]
    server, beside.server = beside.server, beside.server._replace(database=settings.Database("127.0.0.1", 1))
    refused = beside.netdiag("rollback", source)
    assert (ended(refused), reasons(refused, "ND605")) == ((CANNOT_WRITE, {"ND605"}), {"db_refused"})
    beside.server = server._replace(database=None)
    refused = beside.netdiag("rollback", source)
    assert (ended(refused), reasons(refused, "ND605")) == ((CANNOT_WRITE, {"ND605"}), {"db_none"})
    beside.server = server
    assert beside.netdiag("rollback", source).status == OK
    now = beside.database.configs()
    assert [name for name in before if now[name] == before[name] and source.endswith(name)]
    assert now != before
