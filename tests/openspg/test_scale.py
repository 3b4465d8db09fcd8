"""Thousands of rows: one pass, one confirmation, as many calls and connects as for two, and every limit is said.

What is held here are counts, which no load of a machine changes; `python -m bench.rows` measures the time.
"""

import json

import pytest
from openspg import tables
from openspg.beside import CANNOT_WRITE, HOST, OK, PROBLEM, ended, reasons

from netdiag import config, repair
from netdiag.openspg import database as reading
from netdiag.openspg import projects, transaction
from netdiag.prove import between, ways
from netdiag.prove.alike import key
from netdiag.report.few import FEW, MANY, few
from netdiag.store.records import last_line

MANY_ROWS = 1100
"""More than were read of a table once, and more than eleven statements' worth."""


def fill(beside, count: int, start: int = 0) -> None:
    """Add knowledge bases, or in 0.8 providers with their models; no two texts are the same."""
    with beside.database.connected() as root, root.connection.cursor() as cursor:
        root.connection.begin()
        at = beside.model_port
        if beside.version == "0.8":
            model = "INSERT INTO kg_user_model (instance_id, provider, name, config) VALUES (%s, 'Ollama', %s, %s)"
            texts = [
                (f"i-{n}", f"m{n}", tables.models(at).replace("inst-1", f"i-{n}")) for n in range(start, start + count)
            ]
            cursor.executemany(model, texts)
        else:
            row = "INSERT INTO kg_project_info (name, status, config) VALUES (%s, 'VALID', %s)"
            texts = [(f"kb {n}", tables.frozen(at).replace("x-unknown", f"x-{n}")) for n in range(start, start + count)]
            cursor.executemany(row, texts)
        root.connection.commit()


def statements(beside) -> dict[str, int]:
    """How many statements and connections the database has seen."""
    with beside.database.connected() as root:
        shown = root.execute("SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Connections')")
    return {name: int(value) for name, value in shown}


def counted(beside, monkeypatch, *arguments: str) -> tuple[object, dict[str, int]]:
    """Run a command; returns what it did, and how often it asked whom."""
    counts = {"calls": 0, "races": 0, "GETs": -len(beside.api.asked)}

    def counting(name: str, real):
        def wrapped(*given, **options):
            counts[name] += 1
            return real(*given, **options)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(between, "send", counting("calls", between.send))
        patch.setattr(ways, "race", counting("races", ways.race))
        before = statements(beside)
        done = beside.netdiag(*arguments)
        after = statements(beside)
    counts["GETs"] += len(beside.api.asked)
    return done, counts | {name: after[name] - before[name] for name in after}


@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_as_many_questions_as_for_a_few(beside, monkeypatch):
    """The model is called as often, raced once, the server asked once; statements grow by two for 100 rows."""
    fill(beside, 20)
    few_rows = {}
    for command in ("check", "fix-base-url", "rollback"):
        done, few_rows[command] = counted(beside, monkeypatch, command)
        assert done.status == (PROBLEM if command == "check" else OK), done.said
    fill(beside, MANY_ROWS - 20, start=20)
    before = beside.database.configs()
    for command in ("check", "fix-base-url", "rollback"):
        done, many = counted(beside, monkeypatch, command)
        assert done.status == (PROBLEM if command == "check" else OK), done.said
        fewer = few_rows[command]
        same = ("calls", "races", "GETs", "Connections")
        assert {name: many[name] for name in same} == {name: fewer[name] for name in same}
        assert many["Questions"] - fewer["Questions"] <= 5 * MANY_ROWS / transaction.CHANGED
    assert beside.database.configs() == before


@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_repaired_again_and_rolled_back(beside):
    """Every row is repaired in one run of the journal, a second one finds nothing, rollback restores each byte."""
    fill(beside, MANY_ROWS)
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (OK, set()), done.said[:2000]
    after = beside.database.configs()
    assert not [name for name, text in after.items() if _is_repairable(text, name, beside.version)]
    changed = {name for name in before if before[name] != after[name]}
    assert len(done.report["applied"]) == len(changed) == MANY_ROWS + 2
    (run,) = beside.state().glob("*.jsonl")
    assert {file["state"] for file in last_line(run.read_bytes())["files"]} == {"done"}
    again = beside.netdiag("fix-base-url")
    assert (again.status, again.report["plan"]["edits"], again.report["applied"]) == (OK, [], [])
    assert beside.netdiag("rollback").status == OK
    assert beside.database.configs() == before


def _is_repairable(text: bytes | None, name: str, version: str) -> bool:
    is_deleted = version != "0.8" and name == "kg_project_info/3"
    return (
        b"base_url" in (text or b"")
        and HOST.encode() not in (text or b"")
        and not is_deleted
        and b"form" not in (text or b"")
    )


@pytest.mark.parametrize("version", ["0.7"])
def test_what_people_read_is_short(beside):
    """Examples and a count of each kind, everything with -v, and all of it in JSON."""
    fill(beside, MANY_ROWS)
    told = beside.told("fix-base-url", "--dry-run").said
    assert len(told.splitlines()) < 150
    assert told.count(f"and {MANY_ROWS + 2 - FEW} more like these") == 3
    assert f"{3 * (MANY_ROWS + 2)} to repair" in told
    assert f"kb {MANY_ROWS - 1} >" not in told
    in_full = beside.told("fix-base-url", "--dry-run", "-v").said
    assert f"kb {MANY_ROWS - 1} >" in in_full
    report = beside.netdiag("fix-base-url", "--dry-run").report
    assert len(report["plan"]["edits"]) == len(report["endpoints"]) == 3 * (MANY_ROWS + 2)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [("ROWS", 5, "limit_rows"), ("BYTES", 2500, "limit_bytes")],
)
@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_a_limit_is_said(beside, limit, value, reason, monkeypatch):
    """What is beyond it is counted and named, what is within it is repaired, and all is not well."""
    fill(beside, 12)
    monkeypatch.setattr(reading, limit, value)
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (PROBLEM, {"ND589"}), done.said
    assert reasons(done, "ND589") == {reason}
    (finding,) = [each for each in done.report["findings"] if each["code"] == "ND589"]
    table = "kg_user_model" if beside.version == "0.8" else "kg_project_info"
    with beside.database.connected() as root:
        ((left,),) = root.execute(f"SELECT COUNT(*) FROM {table} WHERE id > {finding['values']['id']}")
    assert (finding["values"]["left"], finding["where"].rsplit("/", 1)[1]) == (str(left), table)
    changed = {name for name, text in beside.database.configs().items() if text != before[name]}
    assert changed
    assert not {
        name for name in changed if name.startswith(table) and int(name.split("/")[1]) > int(finding["values"]["id"])
    }


@pytest.mark.parametrize("version", ["0.7"])
@pytest.mark.parametrize("page", [1, 3, 500])
def test_pages_leave_nothing_out(beside, page, monkeypatch):
    """Wherever a page ends, by rows or by bytes, each row is read once."""
    fill(beside, 12)
    monkeypatch.setattr(reading, "PAGE", page)
    whole = beside.netdiag("check").report["endpoints"]
    monkeypatch.setattr(reading, "PAGE_BYTES", 2500)
    pieces = beside.netdiag("check").report["endpoints"]
    assert len(whole) == 3 * 14
    assert [each["source"] for each in pieces] == [each["source"] for each in whole]


@pytest.mark.parametrize("version", ["0.7"])
@pytest.mark.parametrize("fault", ["too large", "locked", "edited"])
def test_the_row_that_is_refused_is_named(beside, fault, monkeypatch):
    """Among hundreds in one statement the one that cannot be written is told, and none is changed."""
    fill(beside, 150)
    text = tables.frozen(beside.model_port).replace("//localhost:", "//[::1]:").replace("neo4j://[::1]", "neo4j://x")
    text = text.replace('"x-unknown":{', '"x-unknown":{"fill":"%s",' % ("x" * (65535 - len(text.encode()) - 10)))
    before = beside.database.configs()
    with beside.database.connected() as other:
        if fault == "too large":
            other.execute("UPDATE kg_project_info SET config = %s WHERE id = 120", text)
            before = beside.database.configs()
        elif fault == "locked":
            monkeypatch.setattr("netdiag.openspg.connection.LOCK_S", 1)
            other.connection.begin()
            other.execute("SELECT id FROM kg_project_info WHERE id = 120 FOR UPDATE")
        else:
            real = repair.plan

            def planned(*arguments):
                made = real(*arguments)
                other.execute("UPDATE kg_project_info SET config = CONCAT(config, ' ') WHERE id = 120")
                return made

            monkeypatch.setattr(repair, "plan", planned)
        done = beside.netdiag("fix-base-url")
        other.connection.rollback()
    reason = {"too large": "db_too_large", "locked": "db_locked", "edited": "file_changed_since"}[fault]
    assert ended(done) == (CANNOT_WRITE, {"ND609"}), done.said[:2000]
    assert reasons(done, "ND609") == {reason}
    (finding,) = [each for each in done.report["findings"] if each["code"] == "ND609"]
    with beside.database.connected() as root:
        ((name,),) = root.execute("SELECT name FROM kg_project_info WHERE id = 120")
    assert name in finding["where"]
    now = beside.database.configs()
    now["kg_project_info/120"] = before["kg_project_info/120"]
    assert now == before


@pytest.mark.parametrize("version", ["0.7"])
def test_a_row_of_another_is_not_locked(beside, monkeypatch):
    """Only the rows that are written are locked: somebody may keep any other one."""
    fill(beside, 150)
    with beside.database.connected() as root:
        root.execute("UPDATE kg_project_info SET config = '{}' WHERE id = 120")
    monkeypatch.setattr("netdiag.openspg.connection.LOCK_S", 1)
    with beside.database.connected() as other:
        other.connection.begin()
        other.execute("SELECT id FROM kg_project_info WHERE id = 120 FOR UPDATE")
        done = beside.netdiag("fix-base-url")
        other.connection.rollback()
    assert ended(done) == (OK, set()), done.said[:2000]


@pytest.mark.parametrize("version", ["0.7", "0.8"])
@pytest.mark.parametrize(("late", "reason"), [(False, "limit_gap"), (True, "limit_time")])
def test_knowledge_bases_that_were_not_asked_for(beside, late, reason, monkeypatch):
    """Where a bad one breaks the server's list, and asking one by one did not get there, it is said."""
    beside.database.put("kg_project_info", {"id": 900} | tables.project("bad", "not json"))
    beside.server = beside.server._replace(database=None)
    monkeypatch.setattr(projects, "ONE_BY_ONE_S", 0.0 if late else 60.0)
    done = beside.netdiag("check")
    assert "ND589" in done.codes
    assert reasons(done, "ND589") == {reason}
    assert done.status != OK


def test_a_few_of_many():
    """Up to ten are told one by one; of more the first three, and how many are left."""
    assert list(few("a" * MANY, str)) == [("a", 0)] * MANY
    assert list(few("a" * (MANY + 1), str)) == [("a", 0)] * (FEW - 1) + [("a", MANY + 1 - FEW)]
    assert list(few("ab" * (MANY + 1), str))[-2:] == [("a", MANY + 1 - FEW), ("b", MANY + 1 - FEW)]
    assert len(list(few("a" * 5000, str, every=True))) == 5000


def test_models_that_differ_in_a_type_are_not_alike():
    """KAG sends 1 and true differently: they are called one by one."""

    def endpoint(value: object, source: str):
        text = {
            "llm": {
                "type": "maas",
                "base_url": "http://h/v1",
                "model": "m",
                "seed": value,
                "extra_body": {"a": [value]},
            }
        }
        return config.parse(json.dumps(text).encode(), source).endpoints[0]

    keys = [key(endpoint(value, source)) for value in (1, True, 1.0, "1") for source in ("a", "b")]
    assert len(set(keys)) == 4
