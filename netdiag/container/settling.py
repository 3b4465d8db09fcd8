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
import re
import shutil
import stat
import sys
import tarfile
import zipfile
from typing import Any

PLACE = pathlib.Path("/opt/netdiag")
LIST = PLACE / "installed.json"
STATE = PLACE / "state"  # the journal of the user whom the container is run as, and his
OF_ROOT = PLACE / "state-root"  # root believes its own only; where the container is run as root, there is none
RECORD = re.compile(r"\d{8}-[0-9A-Za-z.-]{1,200}\.jsonl")
COMMAND = """#!/bin/sh
for each in {state} {of_root}; do
    [ -n "$NETDIAG_STATE_DIR" ] || [ ! -O "$each" ] || export NETDIAG_STATE_DIR="$each"
done
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


def install(header: dict[str, Any], program: bytes, journal: bytes, of_root: bytes) -> str:
    """Install what was sent; return the word for what came of it."""
    if os.path.lexists(PLACE) and not is_ours():
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
    for directory in (lib, command.parent):
        directory.mkdir(parents=True, exist_ok=True)
    LIST.write_text(json.dumps({"link": str(link), **around}))  # before there is anything to take away
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        archive.extractall(lib, [name for name in archive.namelist() if not name.endswith(".pyc")])  # noqa: S202 - made by lending.py
    (lib / "__main__.py").write_text(MAIN)
    compileall.compile_dir(lib, quiet=2)
    command.write_text(COMMAND.format(state=STATE, of_root=OF_ROOT, python=sys.executable, lib=lib))
    command.chmod(0o755)
    owner = number(header["owner"])
    keep(STATE, journal, owner)
    if owner != 0:
        keep(OF_ROOT, of_root, 0)
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


def is_ours() -> bool:
    """Say whether what lies here is netdiag's, as root has installed it: what another user made is not believed."""
    for path, kind in ((PLACE, stat.S_ISDIR), (LIST, stat.S_ISREG)):
        try:
            status = path.lstat()
        except OSError:
            return False
        if not kind(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
            return False
    return True


def keep(place: pathlib.Path, journal: bytes, owner: int) -> None:
    """Put the journal that the host has kept where the installed netdiag looks for it, as ``owner`` and no more.

    Root writes nothing below a directory of another user's, where a link may lead anywhere.
    """
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:  # from an earlier installation
        if not stat.S_ISDIR(place.lstat().st_mode) or place.lstat().st_uid != owner:
            raise
    else:
        os.chown(place, owner, -1, follow_symlinks=False)
    with tarfile.open(fileobj=io.BytesIO(journal), mode="r:") as archive:
        members = [each for each in archive if each.isreg() and not each.issparse() and RECORD.fullmatch(each.name)]
        files = {member.name: archive.extractfile(member) for member in members}
        contents = {name: file.read() for name, file in files.items() if file}
    child = os.fork()
    if child == 0:
        write(place, contents, owner)
    if os.waitpid(child, 0)[1]:
        raise OSError(None, "the journal cannot be written", str(place))


def write(place: pathlib.Path, contents: dict[str, bytes], owner: int) -> None:
    """Write records as their owner, and end the process."""
    try:
        if owner:
            os.setgroups([])
            os.setgid(place.stat().st_gid)
            os.setuid(owner)
        for name, content in contents.items():
            to = place / name
            if not os.path.lexists(to):
                with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
    except OSError:
        os._exit(1)
    os._exit(0)


def number(user: str) -> int:
    """Return the number of ``USER``, ``USER:GROUP`` or nothing, by passwd(5)."""
    name = user.partition(":")[0]
    known = next((line for line in lines("/etc/passwd") if name in (line[0], line[2])), None)
    return int(known[2]) if known else int(name or 0)


def lines(path: str) -> list[list[str]]:
    """Return the lines of passwd(5)."""
    try:
        found = [line.split(":") for line in pathlib.Path(path).read_text("utf-8", "replace").splitlines()]
    except OSError:
        return []
    return [line for line in found if len(line) > 3]


def uninstall() -> str:
    """Take all of it away, the journal to the host first; return the word for what came of it."""
    if not is_ours():
        return "place_taken" if os.path.lexists(PLACE) else "already_gone"
    for word, place in (("journal", STATE), ("of-root", OF_ROOT)):
        if place.is_dir() and not place.is_symlink():
            tell(f"{word} " + base64.b64encode(packed(place)).decode())
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


def packed(place: pathlib.Path) -> bytes:
    """Return the records of a journal as a tar: plain files of the directory's owner, and no link to another's."""
    made = io.BytesIO()
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    owner = os.fstat(directory).st_uid
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(filter(RECORD.fullmatch, os.listdir(directory))):  # noqa: PTH208 - of a descriptor
            try:
                opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=directory)
            except OSError:
                continue
            with os.fdopen(opened, "rb") as file:
                status = os.fstat(opened)
                if stat.S_ISREG(status.st_mode) and status.st_uid == owner and status.st_nlink == 1:
                    content = file.read()
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
    os.close(directory)
    return made.getvalue()


def run() -> None:
    """Do what the header says, and tell what came of it."""
    header = json.loads(take(int(take(10))))
    program, journal, of_root = (take(header[name]) for name in ("program", "journal", "of_root"))
    try:
        word = install(header, program, journal, of_root) if header["installs"] else uninstall()
    except OSError as error:
        tell("said " + json.dumps(["cannot_install", f"{error.filename or PLACE}: {error.strerror}"]))
    else:
        tell("said " + json.dumps([word, ""]))


run()
