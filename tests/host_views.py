"""What the host may show: views to be given to rules."""

import json
from collections.abc import Sequence
from pathlib import Path

from netdiag.model.host import Attached, Firewall, HostView, Listener, Published, Sibling, to_json

OWN = "release_default"
"""The network of the container that is looked at."""


def listening(address: str, program: str = "ollama", port: int = 11434) -> Listener:
    """A socket of the host."""
    return Listener(address, port, program)


def sibling(
    *,
    network: str = "models_default",
    publish: str = "",
    host_port: int = 11434,
    inside: str | None = "0.0.0.0",
    ports: tuple[int, ...] = (11434,),
    name: str = "ollama",
    state: str = "running",
    names: tuple[str, ...] = ("ollama",),
    project: str = "",
) -> Sibling:
    """Another container with Ollama: where its port is published, and where in it Ollama listens (``None``: unseen)."""
    return Sibling(
        name,
        state,
        project,
        "ollama" if project else "",
        (Attached(network, "172.20.0.2" if state == "running" else "", names),),
        ports,
        (Published(11434, publish, host_port),) if publish else (),
        None if inside is None else tuple(Listener(each, 11434) for each in inside.split()),
    )


def view(
    *listeners: Listener,
    siblings: tuple[Sibling, ...] = (),
    firewalls: tuple[Firewall, ...] = (),
    networks: tuple[str, ...] = (OWN,),
    seen: int = 0,
) -> HostView:
    """What a host shows whose sockets were seen."""
    return HostView(seen, "Debian GNU/Linux 12", "openspg", networks, listeners, firewalls, siblings)


def handing(command: Sequence[str], handed: HostView | None, directory: Path) -> list[str]:
    """The command, with a view handed to netdiag as a host hands it in: at a descriptor."""
    if not handed:
        return [*command]
    path = directory / "handed-in"
    path.write_text(json.dumps({"view": to_json(handed), "environment": {}}))
    return ["env", "NETDIAG_HANDED_IN=3", "sh", "-c", 'exec "$@" 3<"$0"', str(path), *command]
