"""Puts netdiag into a container to stay, or takes it away: a text that is sent like boot.py, see there.

Everything lies in /opt/netdiag but one link in a directory of the PATH. A list there says what else was made, so that
taking it away leaves the container's file system as it was, down to the times of the directories around.
"""

import base64
import compileall
import io
import json
import os
import pathlib
import shutil
import sys
import tarfile
import zipfile
from typing import Any

PLACE = pathlib.Path("/opt/netdiag")
LIST = PLACE / "installed.json"
STATE = PLACE / "state"
COMMAND = """#!/bin/sh
[ -n "$NETDIAG_STATE_DIR" ] || [ ! -w {state} ] || export NETDIAG_STATE_DIR={state}
exec {python} -s -S {lib} "$@"
"""
MAIN = "import sys\n\nfrom netdiag.cli import main\n\nsys.exit(main())\n"
OWN_PLACES = ("/usr/local/bin", "/usr/bin", "/bin")


def take(size: int) -> bytes:
    """Read as much from standard input, past every buffer."""
    parts = []
    while size:
        part = os.read(0, min(size, 1 << 20))
        if not part:
            raise SystemExit(75)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def tell(line: str) -> None:
    """Write a line that is for the host."""
    os.write(2, b"\0" + line.encode() + b"\n")


def install(header: dict[str, Any], program: bytes, journal: bytes) -> str:
    """Install what was sent; return the word for what came of it."""
    if PLACE.exists() and not LIST.exists():
        return "place_taken"
    installed = json.loads(LIST.read_text()) if LIST.exists() else {}
    if installed.get("digest") == header["digest"]:
        return "already_installed"
    link = pathlib.Path(installed.get("link") or link_place())
    around = {"made": installed.get("made") or missing(), "times": installed.get("times") or times(link.parent)}
    if not installed and os.path.lexists(link):
        return "place_taken"
    lib, command = PLACE / "lib", PLACE / "bin/netdiag"
    shutil.rmtree(lib, ignore_errors=True)
    for directory in (lib, command.parent, STATE):
        directory.mkdir(parents=True, exist_ok=True)
    LIST.write_text(json.dumps({"link": str(link), **around}))  # before there is anything to take away
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        archive.extractall(lib, [name for name in archive.namelist() if not name.endswith(".pyc")])  # noqa: S202 - made by lending.py
    (lib / "__main__.py").write_text(MAIN)
    compileall.compile_dir(lib, quiet=2)
    command.write_text(COMMAND.format(state=STATE, python=sys.executable, lib=lib))
    command.chmod(0o755)
    keep(journal, header["owner"])
    if not link.is_symlink():
        link.symlink_to(command)
    LIST.write_text(json.dumps({"link": str(link), "digest": header["digest"], **around}))
    return "installed"


def link_place() -> str:
    """Return where a link makes `netdiag` a command: in a directory of the PATH."""
    path = os.get_exec_path()
    return next(
        (f"{place}/netdiag" for place in OWN_PLACES if place in path and pathlib.Path(place).is_dir()),
        "/usr/bin/netdiag",
    )


def missing() -> list[str]:
    """Return the directories above that are not there yet."""
    return [str(path) for path in PLACE.parents if not path.exists()]


def times(*more: pathlib.Path) -> dict[str, int]:
    """Return when each directory around was changed last."""
    return {str(path): path.stat().st_mtime_ns for path in (PLACE.parent, *more) if path.exists()}


def keep(journal: bytes, owner: str) -> None:
    """Put the journal that the host has kept where the installed netdiag looks for it, as the container's user's."""
    with tarfile.open(fileobj=io.BytesIO(journal)) as archive:
        for member in archive.getmembers():
            if content := archive.extractfile(member):
                (STATE / pathlib.PurePath(member.name).name).write_bytes(content.read())
    user = next((line for line in lines("/etc/passwd") if owner.partition(":")[0] in (line[0], line[2])), None)
    number = int(user[2]) if user else int(owner.partition(":")[0] or 0)
    STATE.chmod(0o700)
    for path in (STATE, *STATE.iterdir()):
        os.chown(path, number, -1)


def lines(path: str) -> list[list[str]]:
    """Return the lines of passwd(5)."""
    try:
        found = [line.split(":") for line in pathlib.Path(path).read_text("utf-8", "replace").splitlines()]
    except OSError:
        return []
    return [line for line in found if len(line) > 3]


def uninstall() -> str:
    """Take all of it away, the journal to the host first; return the word for what came of it."""
    if not LIST.exists():
        return "place_taken" if PLACE.exists() else "already_gone"
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for record in sorted(STATE.glob("*.jsonl")):
            archive.add(record, record.name)
    tell("journal " + base64.b64encode(made.getvalue()).decode())
    if os.read(0, 1) != b"A":
        return "journal_not_taken"
    installed = json.loads(LIST.read_text())
    link = pathlib.Path(installed["link"])
    if link.is_symlink() and link.readlink().is_relative_to(PLACE):
        link.unlink()
    shutil.rmtree(PLACE)
    for directory in installed["made"]:
        pathlib.Path(directory).rmdir()
    for directory, changed in installed["times"].items():
        if (path := pathlib.Path(directory)).exists():
            os.utime(path, ns=(path.stat().st_atime_ns, changed))
    return "uninstalled"


def run() -> None:
    """Do what the header says, and tell what came of it."""
    header = json.loads(take(int(take(10))))
    program, journal = take(header["program"]), take(header["journal"])
    try:
        word = install(header, program, journal) if header["installs"] else uninstall()
    except OSError as error:
        tell("said " + json.dumps(["cannot_install", f"{error.filename or PLACE}: {error.strerror}"]))
    else:
        tell("said " + json.dumps([word, ""]))


run()
