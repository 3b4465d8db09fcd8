"""A rollback restores the bytes from before, run by run, and only where nobody has edited since."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.driver import change
from store.values import CONTENT, FIXED, HOST

from netdiag.model.endpoint import Span
from netdiag.model.journal import Applied
from netdiag.model.plan import Edit
from netdiag.store import CannotWrite, Change, Store

TYPE = (b"type: ollama", b"type: vllm")


def _states(store: Store) -> list[str]:
    return [file.state for run in store.runs() for file in run.files]


def test_the_old_bytes_come_back(config: Path, store: Store) -> None:
    """The file is as it was, and the rollback is told like a write."""
    store.write([change(config, HOST, TYPE)], "run-1")
    (applied,) = store.rollback()
    assert (applied.source, applied.how, applied.edits) == (str(config), "rename", 2)
    assert applied.run == store.runs()[0].id
    assert config.read_bytes() == CONTENT


def test_each_rollback_goes_one_run_further_back(config: Path, store: Store) -> None:
    """Two runs are undone by two rollbacks; the second does not undo the first, and a third finds nothing."""
    store.write([change(config, HOST)], "run-1")
    store.write([change(config, TYPE)], "run-2")
    store.rollback()
    assert config.read_bytes() == FIXED
    store.rollback()
    assert config.read_bytes() == CONTENT
    assert _states(store) == ["done", "done", "rolled_back", "rolled_back"]
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "nothing_to_undo"
    assert config.read_bytes() == CONTENT


def test_a_new_run_after_a_rollback_is_the_next_to_undo(config: Path, store: Store) -> None:
    """Write, undo, write again: the last write is the one to undo."""
    store.write([change(config, HOST)], "run-1")
    store.rollback()
    store.write([change(config, TYPE)], "run-2")
    store.rollback()
    assert config.read_bytes() == CONTENT
    with pytest.raises(CannotWrite):
        store.rollback()


def test_all_files_of_the_run_come_back(config: Path, store: Store, tmp_path: Path) -> None:
    """Whatever the run wrote, renamed or in place, is undone together."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    (tmp_path / "other").hardlink_to(second)
    store.write([change(config, HOST), change(second, TYPE)], "run-1")
    assert [each.how for each in store.rollback()] == ["rename", "in_place"]
    assert config.read_bytes() == second.read_bytes() == CONTENT


def test_a_named_file_comes_back_alone(
    config: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be named by a link or relatively; what else the run wrote can be undone later."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    link = tmp_path / "link"
    link.symlink_to(config)
    store.write([change(config, HOST), change(second, HOST)], "run-1")
    monkeypatch.chdir(tmp_path)
    assert [each.source for each in store.rollback([Path("link")])] == [str(config)]
    assert (config.read_bytes(), second.read_bytes()) == (CONTENT, FIXED)
    with pytest.raises(CannotWrite) as refused:
        store.rollback([config])
    assert (refused.value.reason, refused.value.path) == ("nothing_to_undo", config)
    assert [each.source for each in store.rollback()] == [str(second)]
    assert second.read_bytes() == CONTENT


def test_named_files_of_different_runs_come_back_together(config: Path, store: Store, tmp_path: Path) -> None:
    """Each file goes back to before the last run that wrote it."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    store.write([change(config, HOST)], "run-1")
    store.write([change(second, HOST)], "run-2")
    assert len(store.rollback([config, second])) == 2
    assert config.read_bytes() == second.read_bytes() == CONTENT


def test_a_named_run_comes_back(config: Path, store: Store, tmp_path: Path) -> None:
    """A run that is not the last can be chosen; one that is rolled back, undone, or unknown cannot."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    store.write([change(config, HOST)], "run-1")
    store.write([change(second, HOST)], "run-2")
    (applied,) = store.rollback(run="run-1")
    assert (config.read_bytes(), second.read_bytes()) == (CONTENT, FIXED)
    reasons = {"run-1": "already_rolled_back", applied.run: "nothing_to_undo", "run-3": "no_such_run"}
    for name, reason in reasons.items():
        for paths in ([], [config]):
            with pytest.raises(CannotWrite) as refused:
                store.rollback(paths, name)
            assert (refused.value.reason, refused.value.nothing_to_undo) == (reason, True)
            assert name in str(refused.value)
    with pytest.raises(CannotWrite) as refused:
        store.rollback([config], "run-2")
    assert (refused.value.reason, refused.value.path) == ("nothing_to_undo", config)


def test_one_file_of_a_named_run_comes_back(config: Path, store: Store, tmp_path: Path) -> None:
    """Of a chosen run only the files that are named, though later runs wrote others."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    store.write([change(config, HOST), change(second, HOST)], "run-1")
    store.write([change(second, TYPE)], "run-2")
    assert [each.source for each in store.rollback([config], "run-1")] == [str(config)]
    assert config.read_bytes() == CONTENT
    with pytest.raises(CannotWrite) as refused:
        store.rollback([second], "run-1")
    assert (refused.value.reason, refused.value.nothing_to_undo) == ("edited_since", False)


def test_a_path_that_leads_elsewhere_since(config: Path, store: Store, tmp_path: Path) -> None:
    """What a link now leads to was not written by netdiag, even if it holds the same bytes."""
    store.write([change(config, HOST)], "run-1")
    theirs = config.rename(tmp_path / "theirs")
    config.symlink_to(theirs)
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "leads_elsewhere"
    assert theirs.read_bytes() == FIXED


def test_what_was_edited_since_stays(config: Path, store: Store, tmp_path: Path) -> None:
    """One file with somebody's edit keeps it, and the others of the run wait for a decision; they can be named."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    store.write([change(second, HOST), change(config, HOST)], "run-1")
    theirs = FIXED + b"# mine\n"
    config.write_bytes(theirs)
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert (refused.value.reason, refused.value.path) == ("edited_since", config)
    assert "run-1" in str(refused.value)
    assert (config.read_bytes(), second.read_bytes()) == (theirs, FIXED)
    store.rollback([second])
    assert second.read_bytes() == CONTENT
    config.write_bytes(FIXED)
    store.rollback()
    assert config.read_bytes() == CONTENT


def test_an_older_run_of_the_same_file_waits_for_the_later_one(config: Path, store: Store) -> None:
    """The later run's bytes are not those the older one wrote."""
    store.write([change(config, HOST)], "run-1")
    store.write([change(config, TYPE)], "run-2")
    with pytest.raises(CannotWrite) as refused:
        store.rollback(run="run-1")
    assert refused.value.reason == "edited_since"


def test_a_file_that_is_gone_is_not_made_again(config: Path, store: Store) -> None:
    """There is nothing to restore the edits in."""
    store.write([change(config, HOST)], "run-1")
    config.unlink()
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "vanished"
    assert not config.exists()


def test_the_mode_of_now_is_kept(config: Path, store: Store) -> None:
    """Bytes are rolled back, not what the owner did with the file meanwhile."""
    store.write([change(config, HOST)], "run-1")
    config.chmod(0o600)
    store.rollback()
    assert config.stat().st_mode & 0o777 == 0o600


def test_a_damaged_record_is_told(config: Path, store: Store) -> None:
    """A record whose edits do not fit the file it names cannot be undone, which is no crash."""
    store.write([change(config, HOST)], "run-1")
    (record,) = store.directory.glob("*.jsonl")
    record.write_bytes(record.read_bytes().replace(b'"offset": ', b'"offset": 1'))
    with pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "io_error"
    assert "damaged" in str(refused.value)
    assert config.read_bytes() == FIXED


@st.composite
def _edited(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, bytes, bytes]]]:
    """Return any bytes, and edits of them that do not overlap: replaced, inserted and removed pieces."""
    pieces = draw(st.lists(st.tuples(st.binary(max_size=6), st.binary(max_size=6), st.booleans()), max_size=8))
    content, edits = b"", []
    for old, new, is_edited in pieces:
        if is_edited:
            edits.append((len(content), old, new))
        content += old
    return content, edits


def _change(path: Path, edits: list[tuple[int, bytes, bytes]]) -> Change:
    old = new = path.read_bytes()
    for offset, before, after in reversed(edits):
        new = new[:offset] + after + new[offset + len(before) :]
    spans = [(Span(offset, offset + len(before)), before, after) for offset, before, after in edits]
    return Change(path, old, new, tuple(Edit(str(path), 1, "n", *each, "host") for each in spans))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=_edited(), hard_linked=st.booleans())
def test_rolling_back_is_the_inverse_of_writing(
    in_memory: Path, drawn: tuple[bytes, list[tuple[int, bytes, bytes]]], hard_linked: bool
) -> None:
    """For any bytes and any edits: the new ones are written, and the old ones come back, byte for byte."""
    content, edits = drawn
    path, other = in_memory / "file", in_memory / "other"
    for each in (path, other):
        each.unlink(missing_ok=True)
    path.write_bytes(content)
    if hard_linked:
        other.hardlink_to(path)
    store = Store(in_memory / "state")
    planned = _change(path, edits)
    run = store.new_run()
    applied = store.write([planned], run)
    assert path.read_bytes() == planned.new
    if planned.new == content:
        assert applied == ()
    else:
        assert applied == (Applied(str(path), run, "in_place" if hard_linked else "rename", len(edits)),)
        store.rollback([path])
    assert path.read_bytes() == content
    assert {each.name for each in in_memory.iterdir()} <= {"file", "other", "state"}
    assert path.samefile(other) if hard_linked else not other.exists()
