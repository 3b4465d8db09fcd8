"""The file that tools/single-file builds, started by whatever Python is there; unpacked once, it leaves no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from docker_ground import CACHE

pytestmark = pytest.mark.single_file


@pytest.fixture(scope="module")
def single_file(require):
    """Return the file, if it was built."""
    path = CACHE / "single-file"
    return path if path.exists() else require("single-file", f"{path} is not built; run: tests/grounds/up single-file")


def started(single_file, place, *pythons):
    """Start it twice with these programs called python3, python3.13 and so on; return both outcomes."""
    programs = place / "bin"
    programs.mkdir()
    for name, text in pythons:
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.defpath}", "HOME": str(place)}
    command = [single_file, "explain", "ND201"]
    return [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        for _ in range(2)
    ]


def unpacked(place):
    """What it made below the home directory."""
    return sorted(str(path.relative_to(place)) for path in Path(place, ".cache").glob("*/*"))


REAL = f'exec {sys.executable} "$@"'
BROKEN = "echo 'pyenv: python3: command not found' >&2; exit 127"


@pytest.mark.parametrize(
    "pythons",
    [[("python3", REAL)], [("python3", BROKEN), ("python3.13", BROKEN), ("python3.12", REAL)]],
    ids=["the usual one", "those that do not work are passed over"],
)
def test_starts_by_the_first_python_that_will_do(single_file, tmp_path, pythons):
    """The first start unpacks it, in one place; the second one uses that."""
    first, second = started(single_file, tmp_path, *pythons)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout
    assert first.stdout.startswith("ND201")
    assert len(unpacked(tmp_path)) == 1


def test_without_a_python_that_will_do(single_file, tmp_path):
    """It says which it needs, and unpacks nothing."""
    every = ["python3", *(f"python3.{minor}" for minor in range(10, 14))]
    done, _ = started(single_file, tmp_path, *((name, BROKEN) for name in every))
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == "netdiag: needs Python 3.10 to 3.13, and no python3 on the PATH is one\n"
    assert not (tmp_path / ".cache").exists()
