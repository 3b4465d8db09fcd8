"""Running commands in the container is like running them with ``subprocess.run``."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import netdiag
from netdiag.lab import Lab, LabError, World, make

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]


@pytest.fixture(scope="module")
def lab(namespaces: None) -> Iterator[Lab]:
    """A container in the default world."""
    with make(World()) as made:
        yield made


@pytest.mark.parametrize(
    ("script", "options", "expected"),
    [
        pytest.param("echo out; echo err >&2; exit 3", {}, (3, "out\n", "err\n"), id="streams-and-status"),
        pytest.param("cat", {"input": "中文"}, (0, "中文", ""), id="input"),
        pytest.param("cat", {}, (0, "", ""), id="nothing-to-read"),
        pytest.param('echo "$WORD-$HOSTNAME_"', {"env": {"WORD": "a"}}, (0, "a-\n", ""), id="environment"),
        pytest.param("pwd", {"cwd": Path("/")}, (0, "/\n", ""), id="working-directory"),
        pytest.param("kill -9 $$", {}, (-9, "", ""), id="killed"),
        pytest.param("printf '\\377'", {}, (0, "\\xff", ""), id="not-text"),
        pytest.param("head -c 300000 /dev/zero | tr '\\0' x", {}, (0, "x" * 300000, ""), id="more-than-a-pipe-holds"),
        pytest.param("sleep 60 & echo on", {}, (0, "on\n", ""), id="what-it-leaves-running-holds-nobody-up"),
    ],
)
def test_a_command_runs(lab: Lab, script: str, options: dict[str, object], expected: tuple[int, str, str]) -> None:
    """Status, output and errors come back; input, environment and directory go in."""
    done = lab.run(["sh", "-c", script], **options)  # type: ignore[arg-type]
    assert (done.returncode, done.stdout, done.stderr) == expected


def test_home_is_the_directory_that_both_sides_see(lab: Lab) -> None:
    """A file written inside is there outside at the same path, and the other way round."""
    (lab.directory / "given.txt").write_text("from outside")
    done = lab.run(["sh", "-c", "cat ~/given.txt > taken.txt; pwd"])
    assert done.stdout.strip() == str(lab.directory)
    assert (lab.directory / "taken.txt").read_text() == "from outside"


def test_the_environment_is_a_containers(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's proxies, platform or Ollama reaches a command; `netdiag` is found."""
    for name in ("HTTP_PROXY", "https_proxy", "OLLAMA_HOST", "GITHUB_ACTIONS", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.setenv(name, "the machine's")
    assert "the machine's" not in lab.run(["env"]).stdout
    imported = lab.run([Path(sys.executable).name, "-c", "import netdiag; print(netdiag.__file__)"])
    assert imported.stdout.strip() == netdiag.__file__


@pytest.mark.parametrize(
    ("argv", "error"), [(["no-such-command"], FileNotFoundError), (["/etc/passwd"], PermissionError)]
)
def test_what_cannot_be_started_says_so(lab: Lab, argv: list[str], error: type[OSError]) -> None:
    """The error is the one of ``subprocess.run``, with the command's name."""
    with pytest.raises(error, match=argv[0]):
        lab.run(argv)


def test_a_command_that_takes_too_long_is_killed(lab: Lab, look: Callable[[Lab, str], Any]) -> None:
    """After the time limit the command is gone, and the lab still works."""
    with pytest.raises(subprocess.TimeoutExpired):
        lab.run(["sleep", "600"], timeout=0.2)
    running = "import pathlib; seen = [p.read_text() for p in pathlib.Path('/proc').glob('[0-9]*/cmdline')]"
    for _ in range(100):
        if "sleep\x00600\x00" not in look(lab, running):
            return
    pytest.fail("the command still runs")


def test_commands_run_side_by_side(lab: Lab) -> None:
    """Two commands that wait for each other both end."""
    scripts = ("echo > one; until [ -e two ]; do :; done", "echo > two; until [ -e one ]; do :; done")
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda script: lab.run(["sh", "-c", script]).returncode, scripts))
    assert done == [0, 0]


def test_without_capture_the_streams_are_this_process_s(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    """What the command writes appears where this process writes."""
    print("before")
    done = lab.run(["sh", "-c", "cat; echo err >&2"], input="given\n", capture=False)
    assert (done.stdout, done.stderr) == (None, None)
    assert capfd.readouterr() == ("before\ngiven\n", "err\n")


def test_a_lab_outlives_the_thread_that_made_it() -> None:
    """Only the end of the process, not of the thread, ends a lab."""
    with ExitStack() as stack:
        made: list[Lab] = []
        thread = threading.Thread(target=lambda: made.append(stack.enter_context(make(World()))))
        thread.start()
        thread.join()
        assert made[0].run(["echo", "alive"]).stdout == "alive\n"


def test_an_ended_lab_says_so() -> None:
    """A command for a lab that has ended is an error in plain words."""
    with make(World()) as lab:
        pass
    with pytest.raises(LabError, match="the lab ended before true did"):
        lab.run(["true"])
    assert not lab.directory.exists()


def test_killing_the_first_process_ends_the_lab() -> None:
    """When the container is lost, a command that runs in it ends with a plain error."""
    with make(World()) as lab:
        namespace = lab.run(["readlink", "/proc/self/ns/pid"]).stdout.strip()
        first = next(int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _is_first(p, namespace))
        threading.Timer(0.1, os.kill, [first, signal.SIGKILL]).start()
        with pytest.raises(LabError, match="the lab ended before sleep did"):
            lab.run(["sleep", "60"])


def _is_first(process: Path, namespace: str) -> bool:
    try:
        status = (process / "status").read_text()
        return str((process / "ns/pid").readlink()) == namespace and "\t1\n" in status.partition("NSpid:")[2]
    except OSError:
        return False
