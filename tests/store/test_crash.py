"""Killed, and failing, at every system call of a write, a rollback and a recovery: strace injects, the store recovers.

A kill comes before the system call has any effect, so only calls that change something are points of their own; a
failure may come from any call. All of it on real files, without privileges.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import pytest
from store.driver import REFUSED, WRITTEN, prepared

from netdiag.store import CannotWrite, Store

STRACE = shutil.which("strace")
CHANGING = "mkdir,pwrite64,fsync,ftruncate,fchmod,fchown,fsetxattr,fremovexattr,renameat,renameat2,unlink,unlinkat"
READING = "flock,pread64,newfstatat,fstat,readlink,getdents64,flistxattr,fgetxattr,close"
KILLED = -9

OLD = b"# before\nbase_url: http://localhost:11434/\n" + b"# filler that makes more than two writes\n" * 3400
LINE = "# a line that is put in where nothing was\n"
PAIRS = [["", LINE], ["localhost", "172.17.0.1"]]
NEW = LINE.encode() + OLD.replace(b"localhost", b"172.17.0.1")
EBUSY = "renameat:error=EBUSY"  # what renaming over a bind-mounted file says
EXDEV = "renameat:error=EXDEV"  # and what overlay file systems and bind mounts in between say
ERRORS = ("EIO", "ENOSPC", "EROFS", "EBUSY", "EXDEV")


@dataclass(frozen=True)
class Scenario:
    """What is interrupted, on which files (``hard_linked`` ones have a second name), and what is done ``before``.

    ``always`` are injections that make it go its way; ``fully`` asks for the failure of calls that only read, too.
    """

    do: str
    files: tuple[str, ...] = ("kag_config.yaml",)
    hard_linked: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    torn: bool = False
    fully: bool = False

    @property
    def start(self) -> bytes:
        """The content before it."""
        return NEW if self.do == "rollback" else OLD

    @property
    def end(self) -> bytes:
        """The content after it."""
        return OLD if self.do == "rollback" else NEW


SCENARIOS = {
    "write, rename": Scenario("write"),
    "write, in place": Scenario("write", always=(EBUSY,)),
    "write, in place across mounts": Scenario("write", always=(EXDEV,)),
    "write, two files": Scenario("write", ("first.yaml", "second.yaml"), hard_linked=("second.yaml",), fully=True),
    "rollback, rename": Scenario("rollback", before=("write",), fully=True),
    "rollback, in place": Scenario("rollback", before=("write",), always=(EBUSY,)),
    "recovery of a torn file": Scenario("recover", torn=True, fully=True),
}


class Ground:
    """A fresh directory for one interruption, and a process to interrupt."""

    def __init__(self, driver: "subprocess.Popen[bytes]", root: Path, scenario: Scenario) -> None:
        self.driver = driver
        self.root = root
        self.state = root / "state"
        self.scenario = scenario
        self.files = [root / name for name in scenario.files]
        root.mkdir()
        for file in self.files:
            file.write_bytes(OLD)
            file.chmod(0o640)
        for name in scenario.hard_linked:
            (root / f"other-{name}").hardlink_to(root / name)
        self.names = {each.name for each in root.iterdir()}
        for step in scenario.before:
            prepared(self.order(step))()
        if scenario.torn:
            self.run("write", EBUSY, "pwrite64:signal=KILL:when=8")
            assert self.contents() not in ({OLD}, {NEW})

    def order(self, do: str) -> dict:
        """Return what the driver is told to do."""
        files = [] if do == "rollback" else [str(file) for file in self.files]
        return {"do": do, "state": str(self.state), "files": files, "pairs": PAIRS}

    def run(self, do: str, *injections: str) -> tuple[int, str]:
        """Do it in a traced process; returns its exit code and the trace."""
        log = self.root.with_suffix(".strace")
        driver_in, driver_out = _pipes(self.driver)
        driver_in.write(json.dumps(self.order(do)).encode() + b"\n")
        child = int(driver_out.readline())
        expressions = [f"-einject={each}" for each in (*self.scenario.always, *injections)]
        command = [
            STRACE or "strace",
            f"-etrace=openat,{CHANGING},{READING}",
            *expressions,
            "-o",
            str(log),
            "-p",
            str(child),
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            attached = tracer.stderr.readline()
            driver_in.write(b"go\n")
            status = int(driver_out.readline())
            tracer.wait()
        assert b"attached" in attached, attached
        return status, log.read_text()

    def contents(self) -> set[bytes]:
        """Return the files' contents, each once."""
        return {file.read_bytes() for file in self.files}

    def settle(self) -> bytes:
        """Start netdiag again: recover, and check all that must hold then; returns the content of all files."""
        store = Store(self.state, patience_s=0)
        assert all(each.outcome != "left" for each in store.recover())
        (content,) = self.contents()
        assert content in (OLD, NEW)
        strays = {each.name for each in self.root.iterdir()} - self.names - {"state"}
        assert not strays
        assert all(re.fullmatch(r"lock|.*\.jsonl", name.name) for name in _listed(self.state))
        assert {file.stat().st_mode & 0o777 for file in self.files} == {0o640}
        assert store.recover() == ()
        states = {file.state for run in store.runs() for file in run.files}
        assert states <= {"done", "undone", "rolled_back"}
        if content == NEW:
            store.rollback()
            assert self.contents() == {OLD}
        with pytest.raises(CannotWrite) as refused:
            store.rollback()
        assert refused.value.reason == "nothing_to_undo"
        prepared(self.order("write"))()
        assert self.contents() == {NEW}
        return content


def _listed(directory: Path) -> list[Path]:
    return list(directory.iterdir()) if directory.exists() else []


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


@pytest.fixture(scope="module")
def driver(require: Callable[[str, str], NoReturn]) -> Iterator["subprocess.Popen[bytes]"]:
    """A light process that forks one to be interrupted for each order."""
    if STRACE is None:
        require("strace", "no strace here; install it: apt-get install strace")
    probe = subprocess.run([STRACE, "-o", os.devnull, "true"], check=False, capture_output=True, text=True)
    if probe.returncode != 0:
        require("strace", f"strace may not trace here: {probe.stderr.strip()}")
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("driver.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        yield process
        _pipes(process)[0].close()


@pytest.fixture
def grounds(driver: "subprocess.Popen[bytes]", in_memory: Path) -> Callable[[Scenario], Ground]:
    """Return the maker of grounds for a scenario."""
    numbers = itertools.count()
    return lambda scenario: Ground(driver, in_memory / f"ground-{next(numbers)}", scenario)


def _points(ground: Ground, calls: str) -> list[tuple[str, int]]:
    """Return each system call of an undisturbed run: its name and which one of that name it is."""
    status, trace = ground.run(ground.scenario.do)
    assert status == WRITTEN
    seen: Counter[str] = Counter()
    points = []
    for line in trace.splitlines():
        if called := re.match(r"(\w+)\(", line):
            seen[called[1]] += 1
            if called[1] in calls.split(",") or (called[1] == "openat" and "O_CREAT" in line):
                points.append((called[1], seen[called[1]]))
    return points


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_kill_at_any_system_call_leaves_old_or_new(
    scenario: Scenario, grounds: Callable[[Scenario], Ground], tally: Counter[str]
) -> None:
    """Whatever call the kill comes before, the next start has every file old or every file new, and nothing else."""
    points = _points(grounds(scenario), CHANGING)
    results: Counter[str] = Counter()
    for call, number in points:
        ground = grounds(scenario)
        assert ground.run(scenario.do, f"{call}:signal=KILL:when={number}")[0] == KILLED, (call, number)
        torn = not ground.contents() <= {OLD, NEW}
        if scenario.always or scenario.hard_linked or scenario.torn:
            results["torn until recovery"] += torn
        else:
            assert not torn, (call, number)
        results["old" if ground.settle() == OLD else "new"] += 1
    tally += Counter({"kill points": len(points)}) + results


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_failure_of_any_system_call_is_told_and_changes_nothing(
    scenario: Scenario, grounds: Callable[[Scenario], Ground], tally: Counter[str]
) -> None:
    """One failing call is either of no importance or a refusal with the files as they were, never a wrong success."""
    points = _points(grounds(scenario), CHANGING)
    faults = [f"{call}:error={error}:when={number}" for call, number in points for error in ERRORS]
    if scenario.fully:
        points = _points(grounds(scenario), f"openat,{READING}")
        faults += [f"{call}:error=EIO:when={number}" for call, number in points]
    results: Counter[int] = Counter()
    for fault in faults:
        ground = grounds(scenario)
        status, _ = ground.run(scenario.do, fault)
        results[status] += 1
        if scenario.do != "recover":
            assert ground.contents() == {scenario.end if status == WRITTEN else scenario.start}, fault
        ground.settle()
    assert results.keys() == {WRITTEN, REFUSED}
    tally += Counter({"failures": len(faults), "refused": results[REFUSED], "of no importance": results[WRITTEN]})


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_disk_that_fails_for_good_is_never_a_wrong_success(
    scenario: Scenario, grounds: Callable[[Scenario], Ground]
) -> None:
    """Where a call fails each time from some point on, so does putting back: it is told, and recovered later."""
    points = _points(grounds(scenario), CHANGING)
    for fault in [f"{call}:error={error}:when={number}+" for call, number in points for error in ("EIO", "ENOSPC")]:
        ground = grounds(scenario)
        status, _ = ground.run(scenario.do, fault)
        assert status in (WRITTEN, REFUSED), fault
        if status == WRITTEN and scenario.do != "recover":
            assert ground.contents() == {scenario.end}, fault
        ground.settle()


BEGUN, READY, STAGED, DONE = (
    ["create record", "write", "fsync", "fsync"],
    ["write", "fsync"],
    ["create copy", "write", "write", "write", "fchmod", "fsync", "fsync"],
    ["write", "fsync"],
)


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("write, rename", [*BEGUN, *STAGED, *READY, "rename", "fsync", *DONE]),
        (
            "write, in place",
            [
                *BEGUN,
                *STAGED,
                *READY,
                "rename",
                "write",
                "write",
                "write",
                "truncate",
                "fsync",
                "unlink",
                "fsync",
                *DONE,
            ],
        ),
    ],
)
def test_nothing_is_relied_on_before_it_is_on_the_disk(
    grounds: Callable[[Scenario], Ground], scenario: str, expected: list[str]
) -> None:
    """What a kill cannot show but a power failure would: each step is fsynced, directories too, before the next."""
    _, trace = grounds(SCENARIOS[scenario]).run("write")
    words = {
        r"openat\(.*\.jsonl.*O_CREAT": "create record",
        r"openat\(.*netdiag-.*O_CREAT": "create copy",
        r"pwrite64": "write",
        r"fsync": "fsync",
        r"fchmod": "fchmod",
        r"renameat": "rename",
        r"ftruncate": "truncate",
        r"unlink": "unlink",
    }
    steps = [word for line in trace.splitlines() for pattern, word in words.items() if re.match(pattern, line)]
    assert steps[steps.index("create record") :] == expected
