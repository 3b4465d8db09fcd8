"""Which container is meant: by name, id, the beginning of one, compose service or image; pure but for the asking."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from netdiag.container.refusal import Refused
from netdiag.text import shown

if TYPE_CHECKING:
    from docker import APIClient

AUTO: Final = "auto"

WELL_KNOWN: Final = ("release-openspg-server", "openspg")
"""What OpenSPG's compose file calls its server (container_name), and what its guides and netdiag's own example do."""

_IMAGES: Final = ("openspg-server", "openspg")
_SHORTEST_ID: Final = 2
_SERVICE: Final = "com.docker.compose.service"
_PROJECT: Final = "com.docker.compose.project"


class Listed(NamedTuple):
    """A container as the engine lists it."""

    id: str
    name: str
    image: str
    state: str
    project: str
    service: str


def find(client: "APIClient", wanted: str) -> Listed:
    """Return the container that ``wanted`` stands for; raises :class:`Refused` where it is none or several."""
    return pick(wanted, [_listed(raw) for raw in client.containers(all=True)])


def pick(wanted: str, listed: Sequence[Listed]) -> Listed:
    """Return the one that is meant: the first kind of match that there is counts, and one that runs before others."""
    for matches in _kinds(wanted):
        found = [each for each in listed if matches(each)]
        running = [each for each in found if each.state == "running"]
        if len(found) == 1 or len(running) == 1:
            return (running or found)[0]
        if found:
            raise Refused(word="several_containers", name=shown(wanted), choices=_choices(found))
    if wanted == AUTO:
        raise Refused(word="no_well_known", choices=_choices(listed))
    raise Refused(word="no_such_container", name=shown(wanted), choices=_choices(listed))


def _kinds(wanted: str) -> Iterator[Callable[[Listed], bool]]:
    if not wanted:  # a variable that was not set
        return
    yield lambda each: each.name == wanted
    if wanted == AUTO:
        for name in WELL_KNOWN:
            yield lambda each, name=name: each.name == name  # type: ignore[misc]
        yield lambda each: _repository(each.image) in _IMAGES
        return
    yield lambda each: len(wanted) >= _SHORTEST_ID and each.id.startswith(wanted)
    yield lambda each: wanted in (each.service, f"{each.project}/{each.service}", f"{each.project}-{each.service}")
    yield lambda each: wanted in (each.image, each.image.rpartition(":")[0], _repository(each.image))
    yield lambda each: each.name.startswith(wanted)


def _repository(image: str) -> str:
    """Return the last part of a repository's name: ``openspg-server`` of ``reg:5000/openspg/openspg-server:0.8``."""
    last = image.partition("@")[0].rpartition("/")[2]
    return last.partition(":")[0]


def _choices(listed: Sequence[Listed]) -> str:
    """Return a line for each, those that run first; empty where there are none."""
    ordered = sorted(listed, key=lambda each: (each.state != "running", each.name))
    return "".join(f"\n    {shown(each.name)}  ({shown(each.image)}, {shown(each.state)})" for each in ordered[:20])


def _listed(raw: Mapping[str, Any]) -> Listed:
    labels = raw.get("Labels") or {}
    # Of names with a second slash the engine's links are made (`/other/alias`), not containers.
    name = next((name for name in raw.get("Names") or () if name.count("/") < 2), "").lstrip("/")
    image = str(raw.get("Image", ""))
    return Listed(raw["Id"], name, image, raw.get("State", ""), labels.get(_PROJECT, ""), labels.get(_SERVICE, ""))
