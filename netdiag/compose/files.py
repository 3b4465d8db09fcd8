"""Which files make a compose project, as compose looks for them: the only module of this room that touches the disk."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netdiag.compose.document import Document, parse
from netdiag.compose.services import Service, own, value_of
from netdiag.compose.tree import Node, resolved
from netdiag.compose.variables import expanded, settings
from netdiag.config.discovery import load
from netdiag.config.unreadable import Unreadable

STDIN: Final = "-"

NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""In the order in which compose takes the first that is there: compose-go, cli/options.go."""

_MOST: Final = 50
"""Files of one project that are read."""


@dataclass(frozen=True)
class Project:
    """The files of a project, those that ``include`` names behind them.

    ``options`` is what has to be said to compose so that it reads the same files; nothing where it finds them itself.
    ``places`` is the file that each source led to when it was read: a link that is swapped later is noticed.
    """

    documents: tuple[Document, ...]
    places: Mapping[str, Path]
    options: tuple[str, ...]
    variables: Mapping[str, str]

    def base(self, document: Document, name: str) -> Document | None:
        """Return the file that ``document`` extends from, where it can be read."""
        try:
            return _read(_beside(document.source, expanded(name, self.variables)))
        except Unreadable:
            return None

    def from_file(self, service: Service, name: str) -> str | None:
        """Return what the files of ``env_file`` set the variable ``name`` to; ``None`` where they do not."""
        found = None
        for document, node in service.said("env_file"):
            for each in node.items or [node]:
                path = own(resolved(each), "path") or resolved(each)
                beside = _beside(document.source, expanded(path.text, self.variables))
                found = _of_settings(Path(beside)).get(name, found)
        return found


def gather(
    named: Sequence[str], directory: Path, environ: Mapping[str, str] = os.environ, stdin: bytes = b""
) -> Project | None:
    """Read the files ``named``, or those that compose would read in ``directory``; ``None`` where there is none.

    Raises :class:`Unreadable` for the first that cannot be read.
    """
    found, itself = [name for each in named for name in _of(each)], find(directory, environ)
    names = found or ([] if named else itself)
    if not names:
        return None
    first = directory if names[0] == STDIN else Path(names[0]).parent
    variables = {**_of_settings(first / ".env"), **environ}
    places: dict[str, Path] = {}

    def read(name: str) -> Document:
        if name == STDIN:
            return parse(stdin, STDIN)
        places[name] = Path(os.path.realpath(name))
        return _read(name)

    documents = [read(name) for name in dict.fromkeys(names)]
    for document in documents:  # grows while it is read
        if document.source != STDIN:
            included = [name for name in _included(document, variables) if name not in places]
            documents += [read(name) for name in dict.fromkeys(included[: _MOST - len(documents)])]
    is_found = list(map(os.path.realpath, names)) == list(map(os.path.realpath, itself))
    is_plain = is_found or names == [STDIN]
    options = () if is_plain else tuple(word for name in names for word in ("-f", name))
    return Project(tuple(documents), places, options, variables)


def find(directory: Path, environ: Mapping[str, str]) -> list[str]:
    """Return the files that compose reads in ``directory`` when it is told of none: ``COMPOSE_FILE``, or by name."""
    variables = {**_of_settings(directory / ".env"), **environ}
    if listed := variables.get("COMPOSE_FILE", ""):
        return listed.split(variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep)
    absolute = directory.absolute()
    for place in (absolute, *absolute.parents):
        if files := _in(place):
            return [path.name if place == Path.cwd() else str(path) for path in files]
    return []


def _in(place: Path) -> list[Path]:
    files = [place / name for name in NAMES if (place / name).exists()]
    overrides = [place / name for name in OVERRIDES if (place / name).exists()]
    return [*files[:1], *overrides[:1]] if files else []


def _of(name: str) -> list[str]:
    """Return the files that ``name`` stands for: one that compose finds by its name brings the override beside it."""
    path = Path(name)
    if path.is_dir():
        return list(map(str, _in(path)))
    beside = _in(path.parent) if path.name in NAMES else []
    return [str(each) for each in beside] if beside and beside[0].name == path.name else [name]


def _read(name: str) -> Document:
    return parse(load(Path(name)), name)


def _beside(source: str, name: str) -> str:
    return str(Path(source).parent / name)


def _of_settings(path: Path) -> dict[str, str]:
    try:
        return settings(load(path).decode("utf-8", "replace"))
    except Unreadable:
        return {}


def _included(document: Document, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield the files that ``include`` names; those of another place than the disk are left out."""
    for root in document.roots:
        listed = value_of(root, "include")
        for each in listed.items if listed else ():
            for path in _paths(each):
                name = _beside(document.source, expanded(path.text, variables))
                if Path(name).is_file():
                    yield name


def _paths(included: Node) -> list[Node]:
    if included.kind == "scalar":
        return [included]
    path = own(included, "path")
    return (path.items or [path]) if path else []
