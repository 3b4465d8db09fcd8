"""Whoever swaps a link, and whoever writes too, at the same time: no write elsewhere, no edit lost."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from store.driver import change
from store.values import CONTENT, FIXED, HOST

from netdiag.store import CannotWrite, Store

PROJECT = Path(__file__).parents[2]


def _lead_link(path: Path) -> None:
    twin = path.with_name("outside")
    twin.write_bytes(CONTENT)
    path.rename(path.with_name("was"))
    path.symlink_to(twin)


def _lead_directory(path: Path) -> None:
    twin = path.parent.with_name("outside")
    shutil.copytree(path.parent, twin)
    path.parent.rename(twin.with_name("was"))
    path.parent.symlink_to(twin)


@pytest.mark.parametrize("happens", [_lead_link, _lead_directory], ids=["file", "directory"])
@pytest.mark.parametrize("late", [False, True], ids=["before the check", "after the check"])
def test_a_path_that_leads_elsewhere_since(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], None], *, late: bool
) -> None:
    """Not the bytes decide alone: a twin of the file somewhere else was not planned for, so it is not written."""
    config = tmp_path / "conf/kag_config.yaml"
    config.parent.mkdir()
    config.write_bytes(CONTENT)
    planned = change(config, HOST)._replace(real=config)
    if late:
        realpath = os.path.realpath

        def checked(path: Path, **options: bool) -> str:
            found = realpath(path, **options)
            if path == config:
                happens(config)
            return found

        monkeypatch.setattr(os.path, "realpath", checked)
    else:
        happens(config)
    with pytest.raises(CannotWrite) as refused:
        store.write([planned], "run-1")
    assert refused.value.reason == ("not_a_file" if late and happens is _lead_link else "leads_elsewhere")
    assert {each.read_bytes() for each in tmp_path.glob("**/kag_config.yaml")} == {CONTENT}
    assert {each.read_bytes() for each in tmp_path.glob("**/outside") if each.is_file()} <= {CONTENT}


SWAPPER = """
import ctypes, os, sys
AT_FDCWD, RENAME_EXCHANGE = -100, 2
one, other = map(os.fsencode, sys.argv[1:])
rename = ctypes.CDLL(None, use_errno=True).renameat2
while os.getppid() == int(os.environ["PARENT"]):
    if rename(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE):
        sys.exit(os.strerror(ctypes.get_errno()))
"""
RACES = 1000


@pytest.mark.parametrize("swapped", ["link", "directory"])
def test_a_link_swapped_all_the_time_leads_nowhere_else(in_memory: Path, tally: Counter[str], swapped: str) -> None:
    """A link on the way to the file is swapped without a pause: what is written is the file, never its twin outside."""
    inside, outside, store = in_memory / "inside", in_memory / "outside", Store(in_memory / "state", patience_s=0)
    for directory in (inside, outside):
        directory.mkdir()
        (directory / "kag_config.yaml").write_bytes(CONTENT)
    twin = in_memory / "twin"
    twin.symlink_to(outside)
    if swapped == "directory":
        path, pair = inside / "kag_config.yaml", (inside, twin)
    else:
        link = in_memory / "link"
        link.symlink_to(inside)
        path, pair = link / "kag_config.yaml", (link, twin)
    planned = change(path, HOST)._replace(real=inside / "kag_config.yaml")
    outcomes: Counter[str] = Counter()
    within = os.open(inside, os.O_PATH)
    command = [sys.executable, "-I", "-S", "-c", SWAPPER, *map(str, pair)]
    with subprocess.Popen(command, env={"PARENT": str(os.getpid())}) as swapper:
        try:
            for number in range(RACES):
                try:
                    store.write([planned], f"run-{number}")
                except CannotWrite as refusal:
                    outcomes[refusal.reason] += 1
                    continue
                outcomes["written"] += 1
                with open(
                    "kag_config.yaml", "r+b", opener=lambda name, flags: os.open(name, flags, dir_fd=within)
                ) as file:
                    assert file.read() == FIXED
                    file.seek(0)
                    file.write(CONTENT)
                    file.truncate()
        finally:
            assert swapper.poll() is None
            swapper.kill()
            os.close(within)
    assert {each.name: each.read_bytes() for each in outside.iterdir()} == {"kag_config.yaml": CONTENT}
    assert outcomes.keys() == {"written", "leads_elsewhere"}
    tally += Counter({"races with a swapped link": RACES})


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit
from netdiag.store import CannotWrite, Change, Store

config, store = Path(sys.argv[2]), Store(Path(sys.argv[3]))
written = 0
while written < int(sys.argv[4]):
    store.recover()
    old = config.read_bytes()
    new = b"%d" % (int(old) + 1)
    edit = Edit("", 1, "", Span(0, len(old)), old, new, "host")
    try:
        store.write([Change(config, old, new, (edit,))], store.new_run())
        written += 1
    except CannotWrite as refusal:
        assert refusal.reason == "changed_since", refusal
"""
WRITES = 200


@pytest.mark.parametrize("hard_linked", [False, True], ids=["rename", "in place"])
@pytest.mark.parametrize("states", [("state", "state"), ("one", "other")], ids=["one state directory", "two"])
def test_two_writers_lose_no_edit(
    in_memory: Path, tally: Counter[str], states: tuple[str, str], *, hard_linked: bool
) -> None:
    """Two processes count in one file; whoever planned for older bytes is refused and plans again."""
    config = in_memory / "counter"
    config.write_bytes(b"0")
    if hard_linked:
        (in_memory / "other-name").hardlink_to(config)
    ours = [sys.executable, "-c", WRITER, str(PROJECT), str(config)]
    writers = [subprocess.Popen([*ours, str(in_memory / state), str(WRITES // 2)]) for state in states]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert config.read_bytes() == b"%d" % WRITES
    names = {"counter", *states} | ({"other-name"} if hard_linked else set())
    assert {each.name for each in in_memory.iterdir()} == names
    tally += Counter({"writes by two at once": WRITES})
