"""One netdiag writes at a time, and Ctrl-C waits until it has."""

import errno
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from store.driver import change
from store.values import CONTENT, FIXED, HOST

import netdiag.store
from netdiag.store import CannotWrite, Run, Store
from netdiag.store.journal import Journal
from netdiag.store.lock import interrupts_held, locked

ROOM = str(Path(netdiag.store.__file__).parent)


def _interrupted_at(line: int, action: Callable[[], object]) -> bool:
    """Run ``action`` with a Ctrl-C at the ``line``-th executed line of the store; returns whether it came to that."""
    left = line

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., object] | None:
        nonlocal left
        if not frame.f_code.co_filename.startswith(ROOM):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                signal.raise_signal(signal.SIGINT)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    assert left > 0
    return False


@pytest.mark.parametrize("hard_linked", [False, True], ids=["rename", "in place"])
def test_ctrl_c_at_any_line(in_memory: Path, hard_linked: bool) -> None:
    """Whenever it comes, the file is old or new, nothing lies beside it, and the journal says which."""
    config = in_memory / "kag_config.yaml"
    config.write_bytes(CONTENT)
    if hard_linked:
        (in_memory / "other").hardlink_to(config)
    names = {each.name for each in in_memory.iterdir()}
    planned = change(config, HOST)
    contents = []
    for line in range(1, 10_000, 3):
        store = Store(in_memory / "state", patience_s=0)
        if not _interrupted_at(line, partial(store.write, [planned], "run-1")):
            break
        contents.append(config.read_bytes())
        assert {each.name for each in in_memory.iterdir()} - {"state"} == names
        assert not list(store.directory.glob("*.staged"))
        states = [file.state for run in store.runs() for file in run.files]
        assert states == (["done"] if contents[-1] == FIXED else [])
        if states:
            store.rollback()
        shutil.rmtree(store.directory, ignore_errors=True)
    assert config.read_bytes() == FIXED
    assert set(contents) == {CONTENT, FIXED}


def test_ctrl_c_is_delivered_at_the_end() -> None:
    """It is held, not lost, and told to whoever asks; one that the caller ignores is not held at all."""
    told = []

    def work() -> None:
        with interrupts_held() as interrupted:
            signal.raise_signal(signal.SIGINT)
            told.append(interrupted())

    with pytest.raises(KeyboardInterrupt):
        work()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == [True, False]


def test_ctrl_c_ends_the_waiting_for_another_writer(config: Path, tmp_path: Path) -> None:
    """Whoever waits for the lock need not wait to the end."""
    store = Store(tmp_path / "state", patience_s=60)
    planned = change(config, HOST)
    store.directory.mkdir(mode=0o700)
    alarm = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))

    def wait() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        store.write([planned], "run-1")

    try:
        with locked(store.directory, 0), pytest.raises(KeyboardInterrupt):
            wait()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, alarm)
    assert config.read_bytes() == CONTENT


def test_a_second_writer(config: Path, store: Store) -> None:
    """Who holds the lock is named, and what to do."""
    store.write([change(config, HOST)], "run-1")
    with locked(store.directory, 0), pytest.raises(CannotWrite) as refused:
        store.rollback()
    assert refused.value.reason == "busy"
    assert str(refused.value) == (
        f"{store.directory}/lock: in use by another process: "
        f"process {os.getpid()} is writing; run the same command again when it has ended"
    )
    assert config.read_bytes() == FIXED


def test_a_second_writer_with_another_state_directory(config: Path, store: Store, tmp_path: Path) -> None:
    """Two containers that share a bind mount share no lock but the file's own."""
    planned = change(config, HOST)
    with config.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CannotWrite) as refused:
            store.write([planned], "run-1")
    assert (refused.value.reason, refused.value.path) == ("busy", config)
    assert "run the same command again" in str(refused.value)
    assert (config.read_bytes(), store.runs()) == (CONTENT, ())
    store.write([planned], "run-2")
    assert config.read_bytes() == FIXED


@pytest.mark.parametrize("hard_linked", [False, True], ids=["rename", "in place"])
def test_the_file_is_locked_until_all_is_done(
    config: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hard_linked: bool
) -> None:
    """Also the new file under the old name, which might have to be put back: another netdiag waits for the end."""
    if hard_linked:
        config.with_name("other").hardlink_to(config)
    other, told = Store(tmp_path / "other-state", patience_s=0), []
    record = Journal.record

    def another_comes(journal: Journal, run: Run) -> None:
        record(journal, run)
        if journal is store._journal:
            with pytest.raises(CannotWrite) as refused:
                other.write([change(config, (b"ollama", b"vllm"))], f"other-{len(told)}")
            told.append((run.files[0].state, refused.value.reason))

    monkeypatch.setattr(Journal, "record", another_comes)
    store.write([change(config, HOST)], "run-1")
    assert told == [("ready", "busy"), ("done", "busy")]
    assert config.read_bytes() == FIXED


@pytest.mark.parametrize(
    "number", [errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK], ids=lambda number: errno.errorcode[number]
)
def test_a_file_system_without_locks(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Where files cannot be locked, they are written all the same; the state directory's lock is elsewhere."""
    flock = fcntl.flock

    def of_state_only(descriptor: int, how: int) -> None:
        if "state" not in Path(f"/proc/self/fd/{descriptor}").readlink().parts:
            raise OSError(number, os.strerror(number))
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", of_state_only)
    store.write([change(config, HOST)], "run-1")
    assert config.read_bytes() == FIXED
