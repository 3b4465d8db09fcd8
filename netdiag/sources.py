"""Find the configurations to look at: the files named, KAG's own, standard input, or what the OpenSPG server holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from netdiag import config, openspg
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Finding

STDIN: Final = "-"

Only = Literal["files", "server"]


@dataclass(frozen=True)
class Sources:
    """The documents that could be read, every endpoint in them, and what is to be said of those that could not."""

    documents: Mapping[str, config.Document]
    endpoints: tuple[Endpoint, ...]
    findings: tuple[Finding, ...]


def gather(files: Sequence[str], directory: Path, stdin: bytes = b"", only: Only | None = None) -> Sources:
    """Read ``files``, or without any what KAG would read from ``directory`` and what the server on this host holds.

    Never raises for what is in a file: a source that cannot be read becomes a finding that names it.
    """
    documents: dict[str, config.Document] = {}
    findings: list[Finding] = []
    endpoints: list[Endpoint] = []
    named = [] if only == "server" else list(files) or [_shortest(path) for path in config.find(directory)]
    names = {name: _files(name) for name in named}
    findings += [_missing(name) for name, found in names.items() if not found]
    for name in dict.fromkeys(name for found in names.values() for name in found):
        try:
            data = stdin if name == STDIN else config.load(Path(name))
            document = config.parse(data, name)
        except config.Unreadable as error:
            findings.append(_unreadable(error))
            continue
        documents[name] = document
        endpoints += document.endpoints
        if not document.endpoints:
            findings.append(Finding("ND505", name))
    if not files and only != "files":
        endpoints += openspg.endpoints()
    if not documents and not endpoints and not findings:
        findings.append(Finding("ND502", str(directory), {"directory": str(directory)}))
    return Sources(documents, tuple(endpoints), tuple(findings))


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


def _unreadable(error: config.Unreadable) -> Finding:
    where = f"{error.source}:{error.line}" if error.line else error.source
    return Finding("ND501", where, {"reason": f"file_{error.reason}", "detail": error.detail})
