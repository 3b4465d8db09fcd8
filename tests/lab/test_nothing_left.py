"""However its maker ends, nothing of a lab stays behind: no process, namespace, mount or file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

MAKER = Path(__file__).with_name("maker.py")
LIMIT_S = 30.0


@pytest.fixture
def marker(tmp_path: Path) -> Iterator[Path]:
    """Return a temporary directory for one lab: every process of that lab has its name in the environment."""
    folder = tmp_path / "marker"
    folder.mkdir()
    yield folder
    for process in _processes(folder):  # only when the test failed
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("whom", ["maker", "group"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_signal_while_a_command_runs(marker: Path, name: str, whom: str) -> None:
    """Sent to the maker alone, or to its whole group as a terminal does: the lab ends with it."""
    with _maker(marker) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "in\n"
        namespaces = _namespaces(_processes(marker)) - _namespaces([os.getpid()])
        assert len(namespaces) >= 7  # two networks, two users, and the container's processes, mounts and hostname
        there = _everybody()
        (os.kill if whom == "maker" else os.killpg)(maker.pid, signal.Signals[name])
        assert maker.stderr is not None
        assert maker.stderr.read() == ""
    _assert_nothing_left(marker)
    # the kernel gives the numbers of namespaces again, to another lab that is made meanwhile
    assert not namespaces & _namespaces(there & _everybody())


@pytest.mark.parametrize("after_ms", range(0, 350, 50))
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_a_signal_at_any_moment(marker: Path, name: str, after_ms: int) -> None:
    """Whatever is being made when Ctrl-C or SIGKILL comes, it is unmade."""
    with _maker(marker) as maker:
        time.sleep(after_ms / 1000)
        os.killpg(maker.pid, signal.Signals[name])
    _assert_nothing_left(marker)


def test_a_child_of_the_maker_keeps_nothing_alive(marker: Path) -> None:
    """A child that has the maker's open files does not hold the lab when the maker is killed."""
    with _maker(marker, "heir") as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "in\n"
        heirs = [int(pid) for pid in Path(f"/proc/{maker.pid}/task/{maker.pid}/children").read_text().split()]
        maker.kill()
        maker.wait()
        heir = next(pid for pid in heirs if b"maker.py" in Path(f"/proc/{pid}/cmdline").read_bytes())
        _assert_nothing_left(marker, but=heir)
        os.kill(heir, signal.SIGKILL)


def _everybody() -> set[int]:
    return {int(process.name) for process in Path("/proc").iterdir() if process.name.isdigit()}


def _maker(marker: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(MAKER), *arguments],
        env={**os.environ, "TMPDIR": str(marker), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # with a process group of its own, as a shell gives a job
    )


def _assert_nothing_left(marker: Path, *, but: int = 0) -> None:
    """Wait until no process has the marker, except ``but``; then look for mounts and files."""
    deadline = time.monotonic() + LIMIT_S
    while set(_processes(marker)) - {but}:
        assert time.monotonic() < deadline, "processes are left"
        time.sleep(0.01)
    assert list(marker.iterdir()) == []
    assert str(marker) not in Path("/proc/self/mountinfo").read_text()


def _processes(marker: Path) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):  # it ended meanwhile, or is another user's
            if process.name.isdigit() and str(marker).encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def _namespaces(processes: Iterable[int]) -> set[str]:
    found = set()
    for process in processes:
        with suppress(OSError):
            found |= {str(link.readlink()) for link in Path(f"/proc/{process}/ns").iterdir()}
    return found
