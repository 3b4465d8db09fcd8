"""A shell in the container has the user's terminal, and gives it back."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

SCRIPT = Path(__file__).with_name("terminal.py")


class Terminal:
    """The user's side of a terminal in which the script runs; ``folder`` is its temporary directory."""

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = os.openpty()
        self._seen = b""
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "dumb", "TMPDIR": str(folder)},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def type(self, text: bytes) -> None:
        """Press these keys."""
        os.write(self._ours, text)

    def wait_for(self, text: bytes) -> None:
        """Read on until ``text`` was shown."""
        while text not in self._seen:
            ready, _, _ = select.select([self._ours], [], [], 30)
            assert ready, f"still waiting for {text!r} after {self._seen!r}"
            self._seen += os.read(self._ours, 4096)
        self._seen = self._seen.partition(text)[2]

    def close(self) -> None:
        """Close the window."""
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Start the script with a terminal."""
    window = Terminal(tmp_path)
    yield window
    window.close()
    window.process.kill()
    window.process.wait()


def test_a_shell_lives_through_ctrl_c(terminal: Terminal) -> None:
    """Ctrl-C ends what the shell runs, neither the shell nor the lab; afterwards the terminal is ours again."""
    terminal.type(b"echo at-$((40+2)); hostname\n")
    terminal.wait_for(b"at-42\r\nopenspg")
    # the inner shell speaks when it has the foreground already: before that, a Ctrl-C would be for the outer one
    terminal.type(b"""sh -c "echo sl''eeps; exec sleep 60"\n""")
    terminal.wait_for(b"sleeps\r\n")
    terminal.type(b"\x03")
    terminal.type(b"echo still-$((40+2)); exit 3\n")
    terminal.wait_for(b"still-42\r\n")
    terminal.wait_for(b"status 3, terminal ours")


def test_the_lab_ends_with_its_terminal(terminal: Terminal) -> None:
    """When the window is closed, the lab is gone."""
    terminal.type(b"echo at-$((40+2))\n")
    terminal.wait_for(b"at-42\r\n")
    terminal.close()
    terminal.process.wait(30)
    deadline = time.monotonic() + 30
    while list(terminal.folder.iterdir()):
        assert time.monotonic() < deadline, "the lab is left"
        time.sleep(0.01)
