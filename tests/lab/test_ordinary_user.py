"""An ordinary user can make a lab, too."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import dns
import pyroute2
import pytest

import netdiag
from netdiag.lab import Fault, World, lacking

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

NOBODY = 65534
SCRIPT = Path(__file__).with_name("ordinary.py")


@pytest.fixture
def readable() -> Iterator[Path]:
    """Copy what a lab needs to where everybody may read it; a checkout or an environment below /root is not."""
    with tempfile.TemporaryDirectory(prefix="netdiag-test-") as folder:
        copy = Path(folder)
        for package in (netdiag, pyroute2, dns):
            source = Path(str(package.__file__)).parent
            shutil.copytree(source, copy / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(SCRIPT, copy)
        copy.chmod(0o755)
        temporary = copy / "tmp"
        temporary.mkdir()
        os.chown(temporary, NOBODY, NOBODY)
        yield copy


@pytest.mark.skipif(os.getuid() != 0, reason="not root: every other test of the lab is run by an ordinary user")
def test_nobody_makes_a_lab(readable: Path, require: Callable[[str, str], NoReturn]) -> None:
    """The user nobody is root inside, has a firewall, reaches the host's Ollama, and leaves nothing behind."""
    for python in (sys.executable, "/usr/bin/python3"):
        if _as_nobody(readable, python, "-c", "import sys, ctypes; assert sys.version_info >= (3, 10)").returncode == 0:
            break
    else:
        require("lab", f"the user nobody can run neither {sys.executable} nor a /usr/bin/python3 of 3.10 or newer")
    done = _as_nobody(readable, python, str(readable / SCRIPT.name))
    assert done.stderr == ""
    said = json.loads(done.stdout)
    ended = said["inside"].pop()
    assert said == {"user": NOBODY, "inside": [0, True, "Ollama is running"], "left": []}
    assert ended == str(errno.ECONNREFUSED if lacking(World(faults=(Fault("drop"),))) else errno.EHOSTUNREACH)


def _as_nobody(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.defpath, "HOME": str(folder / "tmp"), "TMPDIR": str(folder / "tmp")}
    try:
        return subprocess.run(
            command,
            env={**environment, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except PermissionError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))
