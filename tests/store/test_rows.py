"""Rows and files in one run, on a database in memory: all or none, undone where nobody edited, settled after a kill."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from store.driver import change

from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit
from netdiag.store import CannotWrite, Change, RowChange, Store
from netdiag.store.records import last_line, replaced

ROW = Path("openspg:h:1/d/kg_config/1")
OTHER = Path("openspg:h:1/d/kg_project_info/2")
OLD, NEW = b'{"base_url": "http://localhost:1"}', b'{"base_url": "http://172.17.0.1:1"}'
FILE = "base_url: http://localhost:1\n"


class Database:
    """Rows in memory; ``fails`` names the step at which a transaction fails, ``lost`` whether its commit was made."""

    def __init__(self) -> None:
        self.rows = {ROW: OLD, OTHER: OLD}
        self.fails = ""
        self.lost = False
        self.open_ones = 0

    def open(self) -> "Transaction":
        """Begin a transaction."""
        self.fail("open", ROW)
        self.open_ones += 1
        return Transaction(self)

    def fail(self, step: str, place: Path) -> None:
        """Fail at the step chosen."""
        if self.fails == step:
            raise CannotWrite(reason="outcome_unknown" if step == "commit" and self.lost else "db_lost", path=place)


class Transaction:
    """Changes that are seen when they are committed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rows = dict(database.rows)
        self.is_open = True

    def read(self, places: Sequence[Path]) -> Mapping[Path, bytes]:
        """Return what the rows hold in this transaction."""
        self.database.fail("read", places[0])
        return {place: self.rows[place] for place in places if place in self.rows}

    def replace(self, changes: Sequence[RowChange]) -> None:
        """Change the rows in this transaction."""
        for place, old, edits, new in changes:
            self.database.fail("replace", place)
            assert self.rows[place] == old
            assert replaced(old, edits) == new
            self.rows[place] = new

    def commit(self) -> None:
        """Make it all last, unless that fails before it is done."""
        if self.database.fails != "commit" or self.database.lost:
            self.database.rows = dict(self.rows)
        self.database.fail("commit", ROW)

    def close(self) -> None:
        """End it."""
        self.database.open_ones -= self.is_open
        self.is_open = False


@pytest.fixture
def database() -> Database:
    """A database with two old rows."""
    return Database()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An old file."""
    path = tmp_path / "kag_config.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def store(store: Store, database: Database) -> Store:
    """A store beside the database."""
    return store.beside(database)


def row(place: Path) -> Change:
    """The change of a row."""
    start = OLD.index(b"localhost")
    edit = Edit(str(place), 0, "", Span(start, start + 9), b"localhost", b"172.17.0.1", "host")
    return Change(place, OLD, NEW, (edit,), name="place_global > m")


def changes(file: Path) -> list[Change]:
    """Two rows and a file."""
    return [row(ROW), change(file, (b"localhost", b"172.17.0.1")), row(OTHER)]


def contents(file: Path, database: Database) -> set[bool]:
    """Whether each of them is new."""
    assert database.open_ones == 0
    return {*(text == NEW for text in database.rows.values()), file.read_text() != FILE}


def test_written_and_rolled_back(store, database, file):
    """All of them, told by name, and back again."""
    applied = store.write(changes(file), "r1")
    assert [(each.how, each.name) for each in applied] == [
        ("rename", ""),
        ("row", "place_global > m"),
        ("row", "place_global > m"),
    ]
    assert contents(file, database) == {True}
    store.rollback()
    assert contents(file, database) == {False}
    assert {f.state for f in store.runs()[1].files} == {"rolled_back"}


@pytest.mark.parametrize("step", ["open", "read", "replace", "commit"])
def test_all_or_none(store, database, file, step):
    """Whatever the database fails at, neither a row nor the file is changed."""
    database.fails = step
    with pytest.raises(CannotWrite) as refused:
        store.write(changes(file), "r1")
    assert (refused.value.reason, contents(file, database)) == ("db_lost", {False})
    database.fails = ""
    assert store.recover() == ()


@pytest.mark.parametrize("lost", [True, False], ids=["it was made", "it was not"])
def test_a_commit_of_which_nothing_is_known(store, database, file, lost):
    """The run stays open; when the database can be asked again, everything goes to one side: the new one, here."""
    database.fails, database.lost = "commit", True
    with pytest.raises(CannotWrite) as refused:
        store.write(changes(file), "r1")
    assert refused.value.reason == "outcome_unknown"
    database.rows = {ROW: NEW, OTHER: NEW} if lost else {ROW: OLD, OTHER: OLD}
    database.fails = "open"
    assert {each.outcome for each in store.recover() if each.name} == {"left"}
    database.fails = ""
    assert {each.outcome for each in store.recover()} == {"done"}
    assert contents(file, database) == {True}
    assert store.recover() == ()


def test_recovered_after_somebody_edited(store, database, file):
    """A row that is neither old nor new is left, and said to be."""
    database.fails, database.lost = "commit", True
    with pytest.raises(CannotWrite):
        store.write([row(ROW)], "r1")
    database.fails, database.rows = "", {ROW: b"theirs"}
    (left,) = store.recover()
    assert (left.outcome, left.path, left.name) == ("left", ROW, "place_global > m")
    assert database.rows == {ROW: b"theirs"}


@pytest.mark.parametrize(("now", "reason"), [(b"theirs", "edited_since"), (None, "vanished")])
def test_not_rolled_back_over_an_edit(store, database, now, reason):
    """What somebody saved since is his."""
    store.write([row(ROW)], "r1")
    database.rows = {ROW: now} if now else {}
    with pytest.raises(CannotWrite) as refused:
        store.rollback([ROW])
    assert refused.value.reason == reason


def test_changed_before_it_was_written(store, database, file):
    """The plan was made for other bytes."""
    database.rows[OTHER] = b"theirs"
    with pytest.raises(CannotWrite) as refused:
        store.write(changes(file), "r1")
    assert (refused.value.reason, refused.value.path) == ("changed_since", OTHER)
    assert (database.rows, file.read_text()) == ({ROW: OLD, OTHER: b"theirs"}, FILE)


def test_without_a_database(store, file):
    """Rows of the journal cannot be reached from where no server is; files can."""
    store.write([row(ROW)], "r1")
    store.beside(None)
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "db_none"
    store.write([change(file, (b"localhost", b"172.17.0.1"))], "r2")


def test_the_journal_of_a_row(store, tmp_path):
    """The replaced bytes, their place and digests of the whole; readable by its owner only."""
    store.write([row(ROW)], "r1")
    (path,) = (tmp_path / "state").glob("*.jsonl")
    (record,) = last_line(path.read_bytes())["files"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert record["path"] == str(ROW)
    assert record["edits"] == [{"offset": OLD.index(b"localhost"), "old": "localhost", "new": "172.17.0.1"}]
    assert "base_url" not in path.read_text()
