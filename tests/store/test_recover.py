"""What a killed run left is finished or undone at the next start, and never at the cost of somebody's edit."""

import errno
import fcntl
import os
from pathlib import Path

import pytest
from store.driver import change
from store.values import CONTENT, FIXED, HOST

from netdiag.store import CannotWrite, Recovered, Replacement, RunFile, Store
from netdiag.store.disk import digest
from netdiag.store.journal import KEPT, Journal
from netdiag.store.lock import locked
from netdiag.store.records import State

CUT = CONTENT.index(HOST[0]) + 5
TORN = FIXED[:CUT] + CONTENT[CUT:]
MINE = CONTENT + b"# mine\n"
EDITS = (Replacement(CONTENT.index(HOST[0]), *HOST),)


def _record(config: Path, state: State, run: str = "killed") -> RunFile:
    staged = config.with_name(f".{config.name}.netdiag-{run}")
    return RunFile(str(config), digest(CONTENT), digest(FIXED), "rename", str(staged), EDITS, state)


def _interrupted(store: Store, *files: RunFile) -> None:
    """Leave a journal as a run that was killed leaves it."""
    store.directory.mkdir(mode=0o700)
    Journal(store.directory).begin("killed", files)


@pytest.mark.parametrize(
    ("state", "now", "staged", "outcome", "after", "kept"),
    [
        ("begun", CONTENT, None, "undone", CONTENT, False),
        ("begun", CONTENT, FIXED[:30], "undone", CONTENT, False),
        ("begun", MINE, FIXED[:30], "undone", MINE, False),
        ("ready", CONTENT, FIXED, "undone", CONTENT, False),
        ("ready", FIXED, None, "done", FIXED, False),
        ("ready", FIXED, FIXED, "done", FIXED, False),
        ("ready", TORN, FIXED, "done", FIXED, False),
        ("ready", TORN, None, "left", TORN, False),
        ("ready", TORN, FIXED[:30], "left", TORN, True),
        ("ready", MINE, FIXED, "left", MINE, False),
        ("ready", b"", FIXED, "left", b"", False),
        ("ready", None, FIXED, "left", None, False),
        ("ready", None, None, "left", None, False),
    ],
    ids=[
        "nothing staged",
        "half staged",
        "half staged, edited since",
        "staged",
        "renamed",
        "written in place",
        "half written in place",
        "half written, copy gone",
        "half written, copy damaged",
        "edited since",
        "emptied since",
        "removed since",
        "removed since, with the copy",
    ],
)
def test_an_interrupted_file(
    config: Path,
    store: Store,
    *,
    state: State,
    now: bytes | None,
    staged: bytes | None,
    outcome: str,
    after: bytes | None,
    kept: bool,
) -> None:
    """Each state that a kill may leave has one outcome; what cannot be settled is told, once, and left."""
    record = _record(config, state)
    for path, content in ((config, now), (Path(record.staged), staged)):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
    _interrupted(store, record)
    (recovered,) = store.recover()
    assert (recovered.run, recovered.path, recovered.outcome) == ("killed", config, outcome)
    assert bool(recovered.detail) == (outcome == "left")
    assert (config.read_bytes() if config.exists() else None) == after
    assert Path(record.staged).exists() == kept
    assert [file.state for file in store.runs()[0].files] == [outcome]
    assert store.recover() == ()


@pytest.mark.parametrize(
    ("first", "second", "staged", "outcomes"),
    [
        (CONTENT, CONTENT, True, ["undone", "undone"]),
        (FIXED, CONTENT, True, ["done", "done"]),
        (TORN, CONTENT, True, ["done", "done"]),
        (CONTENT, TORN, True, ["done", "done"]),
        (FIXED, MINE, True, ["done", "left"]),
        (FIXED, CONTENT, False, ["done", "undone"]),
    ],
    ids=["none", "one", "one half", "the other half", "one, the other edited since", "one, the other's copy gone"],
)
def test_the_files_of_a_run_go_together(
    config: Path, store: Store, *, first: bytes, second: bytes, staged: bool, outcomes: list[str]
) -> None:
    """When one was touched the others are finished too, unless that cannot be."""
    other = config.with_name("other.yaml")
    records = [_record(config, "ready"), _record(other, "ready")]
    config.write_bytes(first)
    other.write_bytes(second)
    for record in records:
        if staged:
            Path(record.staged).write_bytes(FIXED)
    _interrupted(store, *records)
    assert [each.outcome for each in store.recover()] == outcomes
    expected = {"done": FIXED, "undone": CONTENT, "left": MINE}
    assert [config.read_bytes(), other.read_bytes()] == [expected[outcome] for outcome in outcomes]
    assert not list(config.parent.glob(".*"))


def test_a_link_in_the_place_of_an_interrupted_file(config: Path, store: Store, tmp_path: Path) -> None:
    """Where the name leads elsewhere since, nothing is written there, even into bytes that look half written."""
    theirs = tmp_path / "theirs"
    theirs.write_bytes(TORN)
    record = _record(config, "ready")
    Path(record.staged).write_bytes(FIXED)
    config.unlink()
    config.symlink_to(theirs)
    _interrupted(store, record)
    assert [each.outcome for each in store.recover()] == ["left"]
    assert theirs.read_bytes() == TORN
    assert store.recover() == ()


def test_a_finished_run_can_be_rolled_back(config: Path, store: Store) -> None:
    """What recovery finished counts as done."""
    config.write_bytes(FIXED)
    _interrupted(store, _record(config, "ready"))
    assert store.recover() == (Recovered("killed", config, "done"),)
    store.rollback()
    assert config.read_bytes() == CONTENT


def test_an_interrupted_rollback_goes_on(config: Path, store: Store) -> None:
    """A rollback that had begun is finished, and the run is then rolled back."""
    store.write([change(config, HOST)], "run-1")
    store.rollback()
    newest = max(store.directory.glob("*.jsonl"))
    lines = newest.read_bytes().splitlines()
    newest.write_bytes(b"\n".join(lines[:2]))
    assert [file.state for file in store.runs()[0].files] == ["ready"]
    assert [each.outcome for each in store.recover()] == ["done"]
    assert [file.state for run in store.runs() for file in run.files] == ["done", "rolled_back"]


def test_a_run_that_is_alive_is_not_disturbed(config: Path, store: Store) -> None:
    """Its record looks like a killed one's; the lock tells them apart."""
    record = _record(config, "begun")
    Path(record.staged).write_bytes(FIXED)
    _interrupted(store, record)
    with locked(store.directory, 0), pytest.raises(CannotWrite) as refused:
        store.recover()
    assert refused.value.reason == "busy"
    assert Path(record.staged).exists()


def test_a_file_that_another_netdiag_is_writing_waits(config: Path, store: Store) -> None:
    """With another state directory it has another lock; the file's own is respected, and the next start goes on."""
    record = _record(config, "ready")
    config.write_bytes(TORN)
    Path(record.staged).write_bytes(FIXED)
    _interrupted(store, record)
    with config.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (recovered,) = store.recover()
    assert (recovered.outcome, config.read_bytes()) == ("left", TORN)
    assert "another process has locked it" in recovered.detail
    assert [each.outcome for each in store.recover()] == ["done"]
    assert config.read_bytes() == FIXED


def test_what_cannot_be_read_now_waits(config: Path, store: Store) -> None:
    """A staged copy that cannot be opened now is no reason to give up: the next start tries again."""
    record = _record(config, "ready")
    config.write_bytes(TORN)
    Path(record.staged).symlink_to("nowhere")
    _interrupted(store, record)
    (recovered,) = store.recover()
    assert recovered.outcome == "left"
    assert record.staged in recovered.detail
    Path(record.staged).unlink()
    Path(record.staged).write_bytes(FIXED)
    assert [each.outcome for each in store.recover()] == ["done"]
    assert config.read_bytes() == FIXED


def test_a_recovery_that_fails_leaves_the_old_bytes(
    config: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file found half written is whole again even where the new bytes cannot be written; the next start goes on."""
    record = _record(config, "ready")
    config.write_bytes(TORN)
    Path(record.staged).write_bytes(FIXED)
    _interrupted(store, record)
    with monkeypatch.context() as patch:
        failures = iter([OSError(errno.ENOSPC, "No space left on device")])
        ftruncate = os.ftruncate

        def failing_once(descriptor: int, length: int) -> None:
            for failure in failures:
                raise failure
            ftruncate(descriptor, length)

        patch.setattr(os, "ftruncate", failing_once)
        (recovered,) = store.recover()
    assert recovered.outcome == "left"
    assert "No space left" in recovered.detail
    assert config.read_bytes() == CONTENT
    assert [each.outcome for each in store.recover()] == ["undone"]
    assert not Path(record.staged).exists()


def test_a_cut_line_is_as_if_never_written(config: Path, store: Store) -> None:
    """A kill in the middle of a line leaves the one before it; in the first line, a run that touched nothing."""
    store.write([change(config, HOST)], "run-1")
    (record,) = store.directory.glob("*.jsonl")
    whole = record.read_bytes()
    cut = store.directory / "00000002-cut.jsonl"
    cut.write_bytes(whole[:50])
    record.write_bytes(whole[:-5])
    assert [(run.id, run.files[0].state) for run in store.runs()] == [("run-1", "ready")]
    assert [each.outcome for each in store.recover()] == ["done"]
    assert store.recover() == ()
    store.write([change(config, (b"ollama", b"vllm"))], "run-2")
    assert not cut.exists()
    assert [(run.number, run.id) for run in store.runs()] == [(3, "run-2"), (1, "run-1")]


@pytest.mark.parametrize(
    "content",
    [b'{"schema": "netdiag/journal/9", "files": []}', b"[]", b'{"schema": "netdiag/journal/1"}', b"\xff\n\0"],
    ids=["another schema", "no object", "no files", "no text"],
)
def test_what_is_no_record_is_passed_over(config: Path, store: Store, content: bytes) -> None:
    """A later version's records, or anything else in the state directory, do not stop a repair."""
    store.directory.mkdir(mode=0o700)
    (store.directory / "00000007-other.jsonl").write_bytes(content)
    assert store.runs() == ()
    assert store.recover() == ()
    store.write([change(config, HOST)], "run-1")
    assert [run.id for run in store.runs()] == ["run-1"]


def test_the_journal_does_not_grow_for_ever(config: Path, store: Store) -> None:
    """The newest runs are kept, and those unfinished."""
    _interrupted(store, _record(config.with_name("gone"), "begun"))
    journal = Journal(store.directory)
    for number in range(KEPT + 5):
        journal.begin(f"old-{number}", [_record(config, "done", f"old-{number}")])
    runs = store.runs()
    assert len(runs) == KEPT + 1
    assert [runs[0].id, runs[-2].id, runs[-1].id] == ["old-104", "old-5", "killed"]
