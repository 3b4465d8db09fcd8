"""What is lent to a container that has no netdiag: this very program, from where it is installed here, as one archive.

There is nothing to build: netdiag and what it needs are Python without a compiled part that cannot be done without, so
they run on every Python from 3.10 on and on every kind of machine. Where the container's Python is of the same release
as this one, its compiled form is taken as well; otherwise it compiles the source.
"""

import hashlib
import importlib.util
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Final

from netdiag.container.records import packed as packed_records

PACKAGES: Final = (
    "netdiag",
    "certifi",
    "dns",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "jinja2",
    "markupsafe",
    "prometheus_client",
    "pymysql",
    "yaml",
)
"""What netdiag imports at run time; anyio, click and rich are imported by httpx only for what is not used here."""

_LEFT_OUT: Final = (
    "netdiag/lab/",
    "netdiag/container/",
    "netdiag/cli/completion.py",
    "netdiag/cli/demo.py",
    "netdiag/cli/from_host.py",
    "httpx/_main.py",
    "dns/quic/",
    "prometheus_client/twisted/",
)
_COMPILED_HEADER: Final = 16
_UNCHECKED: Final = (1).to_bytes(4, "little") + bytes(8)
"""PEP 552: named by a hash that nobody checks; times of files in an archive depend on the container's time zone."""

LOADER: Final = """
import os
def take(size):
    parts = []
    while size:
        part = os.read(0, size)
        if not part: raise SystemExit(75)
        parts.append(part); size -= len(part)
    return b"".join(parts)
exec(compile(take(int(take(10))), "netdiag-boot", "exec"))
"""
"""What the container's Python is started with. The rest comes by standard input, so that no argument holds it."""


@dataclass(frozen=True)
class Loan:
    """What goes into a container beside the program.

    ``environment`` is set before netdiag is imported (in the process alone: ``/proc/PID/environ`` does not show it),
    ``view`` is what was seen on the host, ``stdin`` is what it reads as its standard input, ``journal`` a
    tar of the runs that the host keeps of this container. ``state`` names the directory that holds them meanwhile,
    and is empty for a command that writes nothing; ``gently`` ends by SIGINT what SIGTERM would cut off.
    ``root``, ``directory`` and ``user`` are for a helper container: where the files of the other are, and as whom.
    """

    environment: Mapping[str, str]
    encoding: str
    view: str = field(default="", repr=False)
    stdin: bytes = field(default=b"", repr=False)
    journal: bytes = b""
    state: str = ""
    gently: bool = True
    root: str = ""
    directory: str = "/"
    user: str = ""


def packed(loan: Loan, program: bytes) -> bytes:
    """Return all that the container's Python reads before netdiag starts."""
    header = {name: value for name, value in asdict(loan).items() if not isinstance(value, bytes)}
    return sent("boot.py", header, program=program, stdin=loan.stdin, journal=loan.journal)


def sent(text: str, header: Mapping[str, object], **parts: bytes) -> bytes:
    """Return what the loader reads: a text of this room, its header with the size of each part, and the parts."""
    code = resources.files("netdiag.container").joinpath(text).read_bytes()
    said = json.dumps({**header, **{name: len(part) for name, part in parts.items()}}).encode()
    return b"".join(b"%010d%s" % (len(part), part) for part in (code, said)) + b"".join(parts.values())


def nothing() -> bytes:
    """Return a journal that holds no record."""
    return packed_records(())


def program() -> bytes:
    """Return netdiag and what it needs as an archive that Python imports from.

    Raises :class:`ImportError` where one of the packages is not installed as files.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(_files()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def digest(program: bytes) -> str:
    """Return by what a program is told from another one: its sources, since the same is compiled to many bytes."""
    made = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        for name in archive.namelist():
            if not name.endswith(".pyc"):
                made.update(f"{name}\0{archive.getinfo(name).CRC}\0".encode())
    return made.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    for package in PACKAGES:
        found = importlib.util.find_spec(package)
        if found is None or not found.origin:
            msg = f"{package} is not installed as files"
            raise ImportError(msg)
        root = Path(found.origin).parent
        for path in root.rglob("*"):
            name = f"{package}/{path.relative_to(root).as_posix()}"
            if path.suffix in (".pyc", ".so", ".pyi") or not path.is_file() or name.startswith(_LEFT_OUT):
                continue
            content = path.read_bytes()
            yield name, content
            if path.suffix == ".py":
                yield f"{name}c", _compiled(path, content)
    said = metadata.distribution("netdiag").read_text("METADATA") or ""
    yield f"netdiag-{metadata.version('netdiag')}.dist-info/METADATA", said.encode()


def _compiled(path: Path, source: bytes) -> bytes:
    """Return the compiled form: the one Python has kept, which costs nothing, or else made now."""
    try:
        kept = Path(importlib.util.cache_from_source(str(path))).read_bytes()
    except OSError:
        kept = b""
    stat = path.stat()
    stamp = (
        bytes(4)
        + (int(stat.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little")
        + (stat.st_size & 0xFFFFFFFF).to_bytes(4, "little")
    )
    magic = importlib.util.MAGIC_NUMBER
    if kept[:_COMPILED_HEADER] != magic + stamp:
        import marshal  # noqa: PLC0415 - only where it was never imported before

        kept = bytes(_COMPILED_HEADER) + marshal.dumps(compile(source, str(path), "exec", dont_inherit=True))
    return magic + _UNCHECKED + kept[_COMPILED_HEADER:]
