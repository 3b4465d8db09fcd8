"""Which containers are OpenSPG servers, by what the engine says of them; pure.

The names are those of OpenSPG's docker-compose.yml, 0.5 to 0.8: the image ``…/spg/openspg-server``, the container
``release-openspg-server``, the service ``server``, the jar ``arks-sofaboot-…-executable.jar`` and ``EXPOSE 8887``. Its
other containers (MySQL, Neo4j, MinIO; TuGraph and Elasticsearch before 0.6) have names and images that begin alike.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from netdiag.openspg.settings import PORT

Evidence = Literal["command", "name", "image", "service", "port"]
"""What tells that a container is an OpenSPG server; a ``server_by_`` word of ``findings/terms.yaml``."""

RELEASED_NAME: Final = "release-openspg-server"

_JAR: Final = re.compile(r"\barks-sofaboot[\w.-]*\.jar\b|(?:--|-D)server\.repository\.impl\.jdbc\.")
_NAME: Final = re.compile(
    r"(?:.*[-_.])?openspg[-_.]?server(?:[-_]\d+)?"
)  # compose's own: PROJECT_SERVICE_1 or with dashes
_IMAGE: Final = re.compile(r"(?:.*[-_.])?openspg-server(?:[-_.].*)?|openspg")
_SERVICES: Final = frozenset({"openspg", "openspg-server", "openspg_server"})
_COMPANION: Final = re.compile(
    r"(?:.*[-_./])?(?:mysql|mariadb|neo4j|dozerdb|minio|tugraph|elasticsearch)(?:[-_.]?(?:server|db))?(?:[-_]\d+)?"
)
_OTHER_PROGRAM: Final = re.compile(r"(?:\S*/)?(?:netdiag|knext|kag|mysqld|mariadbd|neo4j|minio)(?:\s|$)")
_IDENTITY: Final = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}")


class Listed(NamedTuple):
    """A container as the engine lists it.

    ``command`` is its program with all arguments, ``ports`` those that it exposes over TCP. ``is_guest`` says that it
    uses another container's network, ``is_for_once`` that compose or netdiag made it for one command.
    """

    id: str
    name: str
    image: str
    state: str
    project: str
    service: str
    command: str = ""
    ports: tuple[int, ...] = ()
    is_guest: bool = False
    is_for_once: bool = False


class Server(NamedTuple):
    """A container that is an OpenSPG server, and what tells so."""

    container: Listed
    evidence: Evidence


def servers(listed: Sequence[Listed]) -> tuple[Server, ...]:
    """Return the OpenSPG servers among all containers of an engine, running ones first.

    A port proves least: who only exposes it is taken for the server where nothing better is known of anybody.
    """
    found = [Server(each, evidence) for each in listed if (evidence := _evidence(each))]
    if any(each.evidence != "port" for each in found):
        found = [each for each in found if each.evidence != "port"]
    return tuple(sorted(found, key=lambda each: (each.container.state != "running", each.container.name)))


def repository(image: str) -> str:
    """Return the last part of a repository's name: ``openspg-server`` of ``reg:5000/openspg/openspg-server:0.8``."""
    last = image.partition("@")[0].rpartition("/")[2]
    return last.partition(":")[0]


def is_identity(image: str) -> bool:
    """Tell whether an image is listed by its id: its name was given to a newer one since, as by ``docker pull``."""
    return bool(_IDENTITY.fullmatch(image))


def _evidence(each: Listed) -> Evidence | None:
    """Return what tells best that a container is the server, or ``None``: it is something else, or nothing tells."""
    if each.is_for_once:
        return None
    if _JAR.search(each.command):
        return "command"
    if each.is_guest or _is_other(each):
        return None
    return next((evidence for evidence, tells in _TELLING if tells(each)), None)


def _is_other(each: Listed) -> bool:
    """Tell whether a container is one of the server's companions, or runs another program of the server's image."""
    called = (each.name, each.service, repository(each.image))
    return any(map(_COMPANION.fullmatch, called)) or bool(_OTHER_PROGRAM.match(each.command))


_TELLING: Final[Sequence[tuple[Evidence, Callable[[Listed], object]]]] = (
    ("name", lambda each: _NAME.fullmatch(each.name)),
    ("image", lambda each: _IMAGE.fullmatch(repository(each.image))),
    ("service", lambda each: each.service in _SERVICES),
    ("port", lambda each: PORT in each.ports),
)
