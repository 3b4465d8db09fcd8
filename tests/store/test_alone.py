"""Ctrl-C, other writers, and whoever swaps a link meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from store.driver import change
from store.values import CONTENT, FIXED, HOST

import netdiag.store
from netdiag.store import CannotWrite, Store
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
    store.directory.mkdir()
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


WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from netdiag.model import Edit, Span
from netdiag.store import CannotWrite, Change, Store

config, store, count = Path(sys.argv[1]), Store(Path(sys.argv[2])), 0
while count < 25:
    store.recover()
    old = config.read_bytes()
    new = b"%d" % (int(old) + 1)
    edit = Edit("", 1, "", Span(0, len(old)), old, new, "host")
    try:
        store.write([Change(config, old, new, (edit,))], store.new_run())
        count += 1
    except CannotWrite as refusal:
        assert refusal.reason == "changed_since", refusal
"""


def test_two_writers_lose_no_edit(in_memory: Path) -> None:
    """Two processes count in one file; whoever planned for older bytes is refused and plans again."""
    config, store = in_memory / "counter", Store(in_memory / "state")
    config.write_bytes(b"0")
    command = [sys.executable, "-c", WRITER, str(config), str(store.directory), str(Path(ROOM).parents[1])]
    writers = [subprocess.Popen(command) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert config.read_bytes() == b"50"
    assert len(store.runs()) == 50


SWAPPER = """
import os, sys
link, inside, outside = sys.argv[1:]
while os.getppid() == int(os.environ["PARENT"]):
    for target in (inside, outside):
        os.symlink(target, link + ".new")
        os.rename(link + ".new", link)
"""


def test_a_link_swapped_meanwhile_leads_to_nothing_else(in_memory: Path) -> None:
    """While a link is swapped between the file and another one, only bytes that the plan was made for are replaced."""
    store = Store(in_memory / "state", patience_s=0)
    inside, outside, link = in_memory / "inside", in_memory / "outside", in_memory / "link"
    inside.write_bytes(CONTENT)
    outside.write_bytes(b"root:x:0:0\n")
    link.symlink_to(inside)
    planned = change(link, HOST)
    command = [sys.executable, "-I", "-S", "-c", SWAPPER, str(link), str(inside), str(outside)]
    written, reasons = 0, set()
    with subprocess.Popen(command, env={"PARENT": str(os.getpid())}) as swapper:
        try:
            for number in range(5000):
                if number >= 200 and written and reasons:
                    break
                try:
                    store.write([planned], f"run-{number}")
                except CannotWrite as refusal:
                    reasons.add(refusal.reason)
                    continue
                written += 1
                assert inside.read_bytes() == FIXED
                inside.write_bytes(CONTENT)
        finally:
            swapper.kill()
    assert outside.read_bytes() == b"root:x:0:0\n"
    assert link.is_symlink()
    assert written > 0
    assert reasons == {"changed_since"}
