"""What the tests of the store share: a file worth care, a store beside it, and other circumstances to act in."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from store.values import CONTENT, HOST, NOBODY, Act, Mounted

from netdiag.store import Store

TALLY = pytest.StashKey[Counter[str]]()


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> Counter[str]:
    """What the crash tests count, to be told at the end."""
    return pytestconfig.stash.setdefault(TALLY, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell how often a write was killed or made to fail, and what came of it."""
    if counted := config.stash.get(TALLY, None):
        terminalreporter.write_line("store: " + ", ".join(f"{number} {what}" for what, number in counted.items()))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that holds a key."""
    path = tmp_path / "kag_config.yaml"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that does not wait for others."""
    return Store(tmp_path / "state", patience_s=0)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user can reach; pytest's own can be entered by their owner only."""
    path = Path(tempfile.mkdtemp(prefix="netdiag-test-"))
    path.chmod(0o1777)  # as /tmp is: in a directory without the sticky bit no journal is believed
    yield path
    shutil.rmtree(path)


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A directory for hundreds of writes: in memory, where there is a place for that, fsync costs nothing.

    Nothing is lost by it: a kill is no power failure.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as directory:
        yield Path(directory)


@pytest.fixture
def act() -> Act:
    """Return what does one thing with the store in a process of its own, after ``prefix``, and tells the outcome."""

    def run(do: str, files: list[Path], state: Path, *prefix: str, user: int | None = None) -> tuple[int, Any]:
        pairs = [[part.decode() for part in HOST]]
        order = {"do": do, "files": [str(file) for file in files], "state": str(state), "pairs": pairs, "user": user}
        command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("driver.py")), "--once", json.dumps(order)]
        ended = subprocess.run([*prefix, *command], check=True, capture_output=True, text=True)
        code, told = json.loads(ended.stdout)
        return code, told

    return run


@pytest.fixture
def as_nobody(act: Act) -> Act:
    """Return what does the same without rights of root, also where the tests have them."""
    user = NOBODY if os.geteuid() == 0 else None
    return lambda do, files, state: act(do, files, state, user=user)


@pytest.fixture
def mounted(require: Callable[[str, str], NoReturn]) -> Mounted:
    """Return the maker of a prefix: the command runs between two shell scripts in a mount namespace of its own."""
    unshare = ("unshare", "--mount", "--user", "--map-root-user")
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        require("namespaces", f"unshare --mount --user does not work here: {error}")
    return lambda before, after="": (*unshare, "sh", "-ec", f'{before}\n"$@"\n{after}', "sh")


@pytest.fixture
def root(require: Callable[[str, str], NoReturn]) -> None:
    """Make a test need root, because it makes files of several users."""
    if os.geteuid() != 0:
        require("root", "files of several users can be made by root only; run the tests as root in a container")
