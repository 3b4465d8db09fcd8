"""Runs netdiag, lent through standard input, inside a container; afterwards nothing of it is there.

This file is no part of the program that runs: its text is sent to the container's Python (3.10 or newer), which has
nothing but its standard library. :mod:`netdiag.container.lending` writes what is read here, in this order: the length
of a header and the header, JSON as :class:`~netdiag.container.lending.Loan` has it; then the program, an archive that
is imported from memory; what netdiag is to read as its standard input; and the journal that the host has kept of this
container. After that a byte is a signal or a question, and the end of the stream says that nobody waits any more.

Standard error begins a line with NUL for what is for the host: netdiag never prints one.
"""

import base64
import io
import json
import os
import pathlib
import re
import signal
import stat
import sys
import tarfile
import threading
from typing import Any

HOME_DIRECTORIES = ("/dev/shm", "/run", "/tmp", "/var/tmp")  # noqa: S108 - /dev/shm is a tmpfs in every container


RECORD = re.compile(r"\d{8}-[0-9A-Za-z.-]{1,200}\.jsonl")
LARGEST = 32 << 20  # bytes of a journal, as on the host
SPEAKING = threading.Lock()


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


def in_memory(content: bytes, name: str) -> int:
    """Return a descriptor of a file that has no place in any file system."""
    descriptor = os.memfd_create(name)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class Lifeline:
    """What the host still says: ``I`` and ``T`` are signals, ``A``: the journal is safe, ``P`` asks for an answer."""

    def __init__(self, descriptor: int, *, gently: bool) -> None:
        self.status = 0
        self.safe = False
        self.answered = threading.Event()
        self._descriptor = descriptor
        self._gently = gently
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while word := os.read(self._descriptor, 1):
            if word == b"A":
                self.safe = True
                self.answered.set()
            elif word == b"P":
                tell(b"here")
            elif word in b"IT":
                self._signal(word == b"T")
        self.answered.set()
        self._signal(True)

    def _signal(self, terminate: bool) -> None:
        if terminate and not self._gently:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        # What SIGTERM would cut off in the middle SIGINT ends in good order.
        self.status = 128 + signal.SIGTERM if terminate else 0
        os.kill(os.getpid(), signal.SIGINT)


def contents(journal: bytes) -> dict[str, bytes]:
    """Return the records of a plain tar by name."""
    with tarfile.open(fileobj=io.BytesIO(journal[:LARGEST]), mode="r:") as archive:
        members = [each for each in archive if each.isreg() and not each.issparse() and RECORD.fullmatch(each.name)]
        files = {member.name: archive.extractfile(member) for member in members}
        return {name: file.read() for name, file in files.items() if file}


def records(path: pathlib.Path) -> dict[str, bytes]:
    """Return the records in a directory by name: plain files of this user with one name, and no other's."""
    found = {}
    for file in sorted(each for each in path.iterdir() if RECORD.fullmatch(each.name)):
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            status = os.fstat(opened.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_nlink == 1:
                found[file.name] = opened.read()
    return found


def tell(line: bytes) -> None:
    """Write a line that is for the host, in one piece."""
    with SPEAKING:
        if sys.stderr:
            sys.stderr.flush()
        rest = memoryview(b"\0" + line + b"\n")
        while rest:
            rest = rest[os.write(2, rest) :]


def state_directory(name: str, journal: bytes) -> pathlib.Path | None:
    """Return the directory for the journal, with what the host has kept and what a killed run has left."""
    for parent in map(pathlib.Path, HOME_DIRECTORIES):
        if not os.access(parent, os.W_OK | os.X_OK):
            continue
        path = parent / name
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
            continue
        for record, content in contents(journal).items():
            try:  # what a killed run left is newer
                made = os.open(path / record, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(made, "wb") as file:
                file.write(content)
        return path
    return None


def hand_back(path: pathlib.Path, lifeline: Lifeline, sent: bytes) -> None:
    """Give the journal to the host where it has become another; only when it is safe there is the directory removed."""
    now = records(path)
    if now != contents(sent):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in now.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        tell(b"journal " + base64.b64encode(made.getvalue()))
        lifeline.answered.wait(10)
    else:
        lifeline.safe = True
    if lifeline.safe:
        for file in path.iterdir():
            file.unlink()
        path.rmdir()


def open_program(content: bytes) -> None:
    """Make ``content`` importable, and the certificates in it a file for OpenSSL, which reads no archive."""
    archive = f"/proc/self/fd/{in_memory(content, 'netdiag')}"
    sys.path.insert(0, archive)
    import zipimport  # noqa: PLC0415

    import certifi  # noqa: PLC0415

    pem = zipimport.zipimporter(archive).get_data(f"{archive}/certifi/cacert.pem")
    where = f"/proc/self/fd/{in_memory(pem, 'certificates')}"
    certifi.where = lambda: where


def move_in(header: dict[str, Any]) -> None:
    """Of a helper container: see the files of the container beside it, as the user that it runs as.

    This Python's own files stay behind, below a descriptor; what of it is compiled against other libraries is imported
    before, and so is what the C library loads to look up a name. The container's first process is process 1 here too.
    """
    import bz2, hashlib, lzma, select, socket, ssl, unicodedata, uuid, zlib  # noqa: E401, F401, I001, PLC0415

    socket.getaddrinfo("localhost", 80)
    behind = f"/proc/self/fd/{os.open('/', os.O_PATH | os.O_DIRECTORY)}"
    for paths in (sys.path, *(module.__path__ for module in list(sys.modules.values()) if hasattr(module, "__path__"))):
        paths[:] = [path if path.startswith("/proc/self/fd/") else behind + path for path in paths]
    sys.path_importer_cache.clear()
    os.chroot(header["root"])
    os.chdir(header["directory"])
    user, group = identity(header["user"])
    os.setgroups([group])
    os.setgid(group)
    os.setuid(user)
    os.environ.clear()
    os.environ["NETDIAG_PROCESS"] = "1"


def identity(user: str) -> tuple[int, int]:
    """Return the numbers of ``USER``, ``USER:GROUP`` or nothing, by the container's own tables."""
    who, _, of = user.partition(":")
    known = table("/etc/passwd", who or "0")
    number = int(known[2]) if known else int(who or 0)
    group = table("/etc/group", of) if of else []
    return number, int(group[2]) if group else int(of or (known[3] if known else 0))


def table(path: str, name: str) -> list[str]:
    """Return the line of passwd(5) or group(5) for a name or a number, nothing where there is none."""
    try:
        lines = [line.split(":") for line in pathlib.Path(path).read_text("utf-8", "replace").splitlines()]
    except OSError:
        return []
    return next((line for line in lines if len(line) > 3 and name in (line[0], line[2])), [])


def settle(header: dict[str, Any]) -> None:
    """Take over what the host says of the terminal, the language and itself."""
    if header["root"]:
        move_in(header)
    os.environ.update(header["environment"])
    from netdiag import handed_in  # noqa: PLC0415

    handed_in.take(header["view"])
    for stream, encoding in ((sys.stdout, header["encoding"]), (sys.stderr, header["encoding"])):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=encoding)


def run() -> int:
    """Run netdiag with what was read."""
    header = json.loads(take(int(take(10))))
    program, given, journal = (take(header[name]) for name in ("program", "stdin", "journal"))
    lifeline = Lifeline(os.dup(0), gently=header["gently"])
    os.dup2(in_memory(given, "stdin"), 0)
    open_program(program)
    settle(header)
    state = state_directory(header["state"], journal) if header["state"] else None
    if state:
        os.environ["NETDIAG_STATE_DIR"] = str(state)
    from netdiag.cli import main  # noqa: PLC0415

    status = main(sys.argv[1:])
    if sys.stdout:
        sys.stdout.flush()
    if state:
        hand_back(state, lifeline, journal)
    return lifeline.status or status


def end(status: int) -> None:
    """End at once: what is left of threads is waited for by nobody."""
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()
    tell(b"status %d" % status)
    os._exit(status)


try:
    ended = run()
except KeyboardInterrupt:
    ended = 130
except SystemExit as left:
    ended = left.code if isinstance(left.code, int) else 1
end(ended)
