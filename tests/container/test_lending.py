"""The program that is lent: it runs where there is nothing but Python, and is made on any host."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from netdiag import __version__
from netdiag.container import lending

PYTHONS = {str(path) for path in (Path.home() / ".pyenv/versions").glob("3.1*/bin/python3")} | {sys.executable}

NOT_LINUX = """
import fcntl, os, select, socket, sys
for module in (fcntl, os, select, socket):
    for name in ("O_PATH", "memfd_create", "listxattr", "getxattr", "AF_NETLINK", "epoll", "F_OFD_SETLK"):
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "darwin"
import netdiag.cli.parser, netdiag.cli.commands, netdiag.cli.from_host
from netdiag.container import lending
assert lending.program()
"""

EVERY_MODULE = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import netdiag
for module in pkgutil.walk_packages(netdiag.__path__, "netdiag."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("netdiag.")]))
"""


@pytest.fixture(scope="module")
def program() -> bytes:
    """Return the program."""
    return lending.program()


def _run(python: str, packed: bytes, *argv: str) -> "tuple[int, str, str]":
    """Run a Python that has nothing, as a container's does, with standard input open until it ends."""
    command = (python, "-I", "-S", "-B", "-c", lending.LOADER, *argv)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(packed)
        process.stdin.flush()
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(timeout=30)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("python", sorted(PYTHONS))
def test_every_python(program, python, tmp_path):
    """Each Python from 3.10 on runs it, with its standard library alone: text, machines, TLS, the writer, the pages."""
    for argv, begins in (
        (("--version",), f"netdiag {__version__}"),
        (("explain", "ND201"), "ND201"),
        (("check", "--format", "sarif", str(tmp_path / "nowhere.yaml")), "{"),
        (("rollback", "--list"), ""),
    ):
        loan = lending.Loan({"LC_ALL": "C.UTF-8", "NETDIAG_STATE_DIR": str(tmp_path / "state")}, "utf-8")
        status, out, err = _run(python, lending.packed(loan, program), *argv)
        assert out.startswith(begins), err
        assert "ND701" not in err
        assert err.endswith(f"\0status {status}\n")


@pytest.mark.parametrize("python", sorted(PYTHONS))
def test_nothing_is_missing(program, python, tmp_path):
    """Every module that is lent finds all it imports in what is lent, or in the standard library."""
    (tmp_path / "program").write_bytes(program)
    command = (python, "-I", "-S", "-B", "-c", EVERY_MODULE, tmp_path / "program")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 150


def test_nothing_compiled_for_a_machine(program):
    """It holds no library, so it is for every machine; and nothing of the lab, nor of what talks to an engine."""
    names = zipfile.ZipFile(io.BytesIO(program)).namelist()
    assert not [name for name in names if name.endswith((".so", ".pyd"))]
    assert not [name for name in names if name.startswith(("netdiag/lab/", "netdiag/container/", "docker/"))]
    assert "netdiag/findings/registry.json" in names
    assert len(program) < 14e6


def test_the_same_program_has_the_same_digest(program):
    """It does not depend on what Python has compiled in the meantime, and on every source."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(program)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"" if name.endswith(".pyc") else old.read(name))
    assert lending.digest(made.getvalue()) == lending.digest(program)
    with zipfile.ZipFile(made, "a") as new:
        new.writestr("netdiag/more.py", b"")
    assert lending.digest(made.getvalue()) != lending.digest(program)


def test_a_host_without_linux():
    """On a Mac, whose Docker Desktop has the containers, the same is made and sent."""
    subprocess.run((sys.executable, "-c", NOT_LINUX), check=True)


def test_nobody_waits_any_more(program, tmp_path):
    """Where standard input ends before the program has come, nothing is run."""
    loan = lending.Loan({}, "utf-8")
    command = (sys.executable, "-I", "-S", "-B", "-c", lending.LOADER, "--version")
    done = subprocess.run(command, input=lending.packed(loan, program)[:100_000], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (75, b"")
