"""Which container is meant: by name, id, the beginning of one, compose service or image, or as OpenSPG's server."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from netdiag.container import answers
from netdiag.container.refusal import Refused
from netdiag.container.servers import RELEASED_NAME, Evidence, Listed, Server, is_identity, repository, servers
from netdiag.findings.commands import quoted
from netdiag.text import shown

if TYPE_CHECKING:
    from docker import APIClient

AUTO: Final = "auto"

WELL_KNOWN: Final = (RELEASED_NAME, "openspg")
"""What OpenSPG's compose file calls its server (container_name), and what guides and netdiag's own example do.

Where no container has such a name, it means the OpenSPG server, whatever that is called.
"""

_SHORTEST_ID: Final = 2
_INSPECTED: Final = 64
_SERVICE: Final = "com.docker.compose.service"
_PROJECT: Final = "com.docker.compose.project"
_ONE_OFF: Final = "com.docker.compose.oneoff"
_HELPER: Final = "netdiag.helper"


class Picked(NamedTuple):
    """The container that is meant; ``evidence`` is empty where it was called by what it is, else what told it."""

    container: Listed
    evidence: Evidence | None = None


Calling = Callable[[str], str]
"""Returns the command line to type for a container of this name."""


def find(client: "APIClient", wanted: str, calling: Calling = str, program: str = "docker") -> Picked:
    """Return the container that ``wanted`` stands for; raises :class:`Refused` where it is none or several.

    ``program`` is the engine's own command, which starts a container.
    """
    listed = _list(client)
    if wanted in (AUTO, *WELL_KNOWN) and all(each.name != wanted for each in listed):
        listed = listing(client, listed)
    return pick(wanted, listed, calling, program)


def _list(client: "APIClient") -> list[Listed]:
    with answers.reading():
        return [_listed(raw) for raw in client.containers(all=True)]


def listing(client: "APIClient", listed: Sequence[Listed] | None = None) -> list[Listed]:
    """Return all containers, or those ``listed``, with what tells a server: some of them have to be inspected."""
    listed = _list(client) if listed is None else listed
    is_known = any(each.evidence != "port" for each in servers(listed))
    asked = [each for each in listed if not is_known or is_identity(each.image)][:_INSPECTED]
    known = {each.id: _inspected(client, each) for each in asked}
    return [known.get(each.id, each) for each in listed]


def pick(wanted: str, listed: Sequence[Listed], calling: Calling = str, program: str = "docker") -> Picked:
    """Return the one that is meant: the first kind of match that there is counts, and one that runs before others.

    ``auto`` and OpenSPG's own names mean the OpenSPG server where no container is called so.
    """
    for matches in _kinds(wanted):
        if found := [each for each in listed if matches(each)]:
            return Picked(_only(found, shown(wanted), calling))
    if not listed:
        raise Refused(word="no_containers", name=shown(quoted(wanted)))
    if wanted not in (AUTO, *WELL_KNOWN):
        raise Refused(word="no_such_container", name=shown(quoted(wanted)), choices=_choices(listed))
    known = servers(listed)
    if not known:
        raise Refused(word="no_server", name=shown(wanted), choices=_choices(listed))
    return _the_server(wanted, known, calling, program)


def _only(found: Sequence[Listed], wanted: str, calling: Calling) -> Listed:
    running = [each for each in found if each.state == "running"]
    if len(found) == 1 or len(running) == 1:
        return (running or found)[0]
    raise Refused(word="several_containers", name=wanted, choices=_choices(found, calling))


def _the_server(wanted: str, known: Sequence[Server], calling: Calling, program: str) -> Picked:
    """Return the only server that runs, or the only one. ``auto`` prefers one that is called as OpenSPG's is."""
    running = [each for each in known if each.container.state == "running"]
    found = running or known
    if wanted == AUTO and len(found) > 1:
        named = [each for name in WELL_KNOWN for each in found if each.container.name == name]
        found = named[:1] or found
    if len(found) == 1:
        return Picked(found[0].container, found[0].evidence)
    among = [each.container for each in found]
    if not running:

        def starting(name: str) -> str:
            return f"{program} start {quoted(name)}"

        raise Refused(word="several_stopped", name=shown(wanted), choices=_choices(among, starting))
    raise Refused(word="several_servers", name=shown(wanted), choices=_choices(among, calling))


def _kinds(wanted: str) -> Iterator[Callable[[Listed], bool]]:
    if not wanted:  # a variable that was not set
        return
    yield lambda each: each.name == wanted
    if wanted in (AUTO, *WELL_KNOWN):
        return
    yield lambda each: len(wanted) >= _SHORTEST_ID and each.id.startswith(wanted)
    yield lambda each: wanted in (each.service, f"{each.project}/{each.service}", f"{each.project}-{each.service}")
    yield lambda each: wanted in (each.image, each.image.rpartition(":")[0], repository(each.image))
    yield lambda each: each.name.startswith(wanted)


def _choices(listed: Sequence[Listed], calling: Calling = str) -> str:
    """Return a line for each, those that run first, with the command that means it; empty where there are none.

    What is said beside a command is a comment of a shell's, so that the whole line can be pasted.
    """
    ordered = sorted(listed, key=lambda each: (each.state != "running", each.name))
    line = "\n    {}  ({}, {})" if calling is str else "\n    {}  # {}, {}"
    return "".join(
        line.format(shown(calling(each.name)), shown(each.image), shown(each.state)) for each in ordered[:20]
    )


def _listed(raw: Mapping[str, Any]) -> Listed:
    """Return a container of ``GET /containers/json``."""
    labels = raw.get("Labels") or {}
    # Of names with a second slash the engine's links are made (`/other/alias`), not containers.
    name = next((name for name in raw.get("Names") or () if name.count("/") < 2), "").lstrip("/")
    ports = (each.get("PrivatePort") for each in raw.get("Ports") or () if each.get("Type", "tcp") == "tcp")
    identity = answers.require_id(raw["Id"])
    return Listed(
        identity,
        answers.name_or_id(name, identity),
        str(raw.get("Image", "")),
        str(raw.get("State", "")),
        str(labels.get(_PROJECT, "")),
        str(labels.get(_SERVICE, "")),
        command=str(raw.get("Command") or ""),
        ports=tuple(int(port) for port in ports if port),
        is_guest=str((raw.get("HostConfig") or {}).get("NetworkMode", "")).startswith("container:"),
        is_for_once=str(labels.get(_ONE_OFF, "")).lower() == "true" or _HELPER in labels,
    )


def _inspected(client: "APIClient", each: Listed) -> Listed:
    """Return a container with what only its inspection tells: its image's first name, and the ports of a stopped one.

    Podman tells the program and its arguments here only.
    """
    from docker.errors import APIError  # noqa: PLC0415 - the extra `netdiag[docker]`

    try:
        raw = client.inspect_container(each.id)
    except APIError:  # removed since it was listed
        return each
    with answers.reading():
        return _with(each, raw)


def _with(each: Listed, raw: Mapping[str, Any]) -> Listed:
    said = raw.get("Config") or {}
    arguments = (raw.get("Path"), *(raw.get("Args") or ()))
    command = " ".join(str(argument) for argument in arguments if argument)
    exposed = (port.partition("/") for port in said.get("ExposedPorts") or {})
    ports = {int(port) for port, _, protocol in exposed if port.isdigit() and protocol in ("", "tcp")}
    mode = str((raw.get("HostConfig") or {}).get("NetworkMode", ""))
    return each._replace(
        image=str(said.get("Image") or each.image),
        command=command or each.command,
        ports=tuple(sorted({*each.ports, *ports})),
        is_guest=each.is_guest or mode.startswith("container:"),
    )
