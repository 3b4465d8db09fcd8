"""Find the configurations to look at: the files named, KAG's own, standard input, or what the OpenSPG server holds."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from netdiag import config, openspg
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined, Finding

if TYPE_CHECKING:
    from netdiag.model.host import HostView

STDIN: Final = "-"

Only = Literal["files", "server"]

_OLLAMA_HOST: Final = b"OLLAMA_HOST"
_ENVIRONMENT_LIMIT: Final = 256 * 1024
"""Bytes read of an environment, whatever it holds."""


class Sources(NamedTuple):
    """The documents that could be read, every endpoint in them, and what is to be said of those that could not.

    ``places`` are the files that the names of documents led to when they were read: a link swapped later is noticed.
    """

    documents: Mapping[str, config.Document]
    endpoints: tuple[Endpoint, ...]
    findings: tuple[Finding, ...]
    places: Mapping[str, Path]

    def usable(self, examined: Sequence[Examined]) -> tuple[Examined, ...]:
        """Return what was examined; broken is what stands in a file that KAG cannot load, whoever answered."""
        lost = {name for name, document in self.documents.items() if _cannot_load(document)}
        return tuple(
            item._replace(verdict="broken", attempts=())
            if item.endpoint.source in lost and item.verdict in ("works", "repairable")
            else item
            for item in examined
        )


class Beside(NamedTuple):
    """The OpenSPG server that may run beside, how much of what it holds is looked at, and KAG's own process.

    ``view`` is what was seen on the host, where netdiag was run from there.
    """

    server: openspg.Server
    scope: openspg.Scope = "all"
    process: config.Process | None = None
    view: "HostView | None" = None


def gather(
    files: Sequence[str],
    directory: Path,
    stdin: bytes = b"",
    only: Only | None = None,
    beside: Beside | None = None,
) -> Sources:
    """Read ``files``, or without any what the server ``beside`` holds and what KAG would read from ``directory``.

    What KAG fills in comes from the environment of its process, where ``beside`` tells of one.

    Never raises for what is in a file: a source that cannot be read becomes a finding that names it.
    """
    documents: dict[str, config.Document] = {}
    findings: list[Finding] = []
    endpoints: list[Endpoint] = []
    places: dict[str, Path] = {}
    around: tuple[Finding, ...] = ()
    if beside and only != "files" and (not files or only == "server"):
        from netdiag.openspg import held  # noqa: PLC0415 - only where a server may be asked

        found_there = held.read(beside.server, beside.scope, beside.view)
        documents |= found_there.documents
        endpoints += found_there.endpoints
        findings += found_there.findings
        around = found_there.around
    named = [] if only == "server" else list(files) or [_shortest(path) for path in config.find(directory)]
    names = {name: _files(name) for name in named}
    findings += [_missing(name) for name, found in names.items() if not found]
    for name in dict.fromkeys(name for found in names.values() for name in found):
        try:
            data = stdin if name == STDIN else config.load(Path(name))
            findings += _ollama_hosts(data, name)
            document = config.parse(data, name, beside.process if beside else None)
        except config.Unreadable as error:
            findings.append(_unreadable(error))
            continue
        documents[name] = document
        if document.refused:
            findings.append(_refused(document.refused, name))
        endpoints += document.endpoints
        if name != STDIN:
            places[name] = Path(os.path.realpath(name))
        if not document.endpoints and not document.refused and _OLLAMA_HOST not in data:
            findings.append(Finding("ND505", name))
    if not documents and not endpoints and not findings:
        findings.append(Finding("ND502", str(directory), {"directory": str(directory)}))
    return Sources(documents, tuple(endpoints), (*findings, *around), places)


def standard_input(files: Sequence[str]) -> bytes:
    """Return what comes by standard input where one of ``files`` is that: a byte more than is read of a source."""
    return sys.stdin.buffer.read(config.LIMIT + 1) if STDIN in files else b""


def ollama_host(root: Path, environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Return what is unexpected about the ``OLLAMA_HOST`` of this shell, and of the first process below ``root``.

    Read only where a model could not be reached: an Ollama that is started from here takes it.
    """
    from netdiag.findings.typed import of_ollama_host  # noqa: PLC0415 - only where something is broken

    said = {"$OLLAMA_HOST": environ.get("OLLAMA_HOST", "")}
    try:
        with (root / "proc/1/environ").open("rb") as file:
            entries = file.read(_ENVIRONMENT_LIMIT).split(b"\0")
    except OSError:
        entries = []
    prefix = _OLLAMA_HOST + b"="
    first = next((os.fsdecode(entry[len(prefix) :]) for entry in entries if entry.startswith(prefix)), "")
    if first != said["$OLLAMA_HOST"]:
        said["/proc/1/environ"] = first
    return tuple(finding for where, value in said.items() if value for finding in of_ollama_host(where, value))


def _ollama_hosts(data: bytes, name: str) -> tuple[Finding, ...]:
    """Return what is unexpected about ``OLLAMA_HOST`` in a file: a compose file or a unit is looked at for that too."""
    if _OLLAMA_HOST not in data:
        return ()
    from netdiag.findings.typed import ollama_hosts  # noqa: PLC0415 - few files have it

    return ollama_hosts(name, data.decode("utf-8", "replace"))


def _shortest(path: Path) -> str:
    """Return how a person who works here would call the file."""
    return path.name if path.parent == Path.cwd() else str(path)


def _files(name: str) -> list[str]:
    """Return the configurations that ``name`` stands for: of a directory those in it, found as KAG finds them."""
    if name == STDIN or not Path(name).is_dir():
        return [name]
    return [str(path) for path in config.find(Path(name), upwards=False)]


def _missing(directory: str) -> Finding:
    detail = f"the directory holds no {', no '.join(config.NAMES)}, and no *.yaml with a base_url"
    return Finding("ND501", directory, {"reason": "file_missing", "detail": detail})


def _cannot_load(document: config.Document) -> bool:
    """Tell whether it is certain that KAG cannot load this file."""
    return document.refused is not None and document.refused.by_kag and document.refused.certain


def _refused(refused: config.Refused, name: str) -> Finding:
    """Return why KAG cannot load a file, as far as it is certain which KAG that is, or why it was not filled in."""
    from netdiag.findings.filled import of_file  # noqa: PLC0415 - of few files there is something to say

    code = "ND561" if not refused.by_kag else "ND557" if refused.certain else "ND560"
    where = f"{name}:{refused.line}" if refused.line else name
    return of_file(where, refused.word, refused.name, refused.kag, code)


def _unreadable(error: config.Unreadable) -> Finding:
    where = f"{error.source}:{error.line}" if error.line else error.source
    return Finding("ND501", where, {"reason": f"file_{error.reason}", "detail": error.detail})
