"""What the engine says of containers, by API 1.41 (Engine 20.10) and 1.44 (Engine 25), as the host's view has it."""

from typing import Any

import pytest

from netdiag.container import engine_says
from netdiag.model.host import Attached, Listener, Published

ID = "950356f785db" + "9" * 52


def said(
    name: str = "release-ollama-1",
    *,
    service: str = "ollama",
    networks: dict[str, Any] | None = None,
    ports: dict[str, Any] | None = None,
    exposed: tuple[str, ...] = (),
    status: str = "running",
    mode: str = "default",
    identity: str = ID,
) -> dict[str, Any]:
    """What `GET /containers/{id}/json` says of a container, as far as it is read."""
    labels = {"com.docker.compose.project": "release", "com.docker.compose.service": service} if service else None
    return {
        "Id": identity,
        "Name": f"/{name}",
        "State": {"Status": status, "Pid": 4711 if status == "running" else 0},
        "Config": {"Labels": labels, "ExposedPorts": {key: {} for key in exposed}},
        "HostConfig": {"NetworkMode": mode, "PortBindings": ports},
        "NetworkSettings": {
            "Networks": {"net": at("ollama", ID[:12])} if networks is None else networks,
            "Ports": ports if status == "running" else {},
        },
    }


def at(*aliases: str, **more: object) -> dict[str, Any]:
    """How it is attached to a network."""
    return {"IPAddress": "172.20.0.2", "GlobalIPv6Address": "", "Aliases": list(aliases), **more}


def seen(container: dict[str, Any], *others: dict[str, Any], listeners: tuple[Listener, ...] | None = None):
    """The container as the view has it, beside others."""
    known = engine_says.names_by_network([container, *others])
    return engine_says.sibling(container, known, listeners)


BOUND = {"11434/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "9999/tcp": None, "53/udp": [{"HostPort": "53"}]}

NAMES = {
    "a compose service": (said(), (), ("ollama", "release-ollama-1")),
    "no compose": (said("ollama", service="", networks={"net": at(ID[:12])}), (), ("ollama",)),
    "Engine 25 tells all names": (
        said(networks={"net": at(DNSNames=["release-ollama-1", "ollama", ID[:12]])}),
        (),
        ("ollama", "release-ollama-1"),
    ),
    "a service of two containers": (
        said(),
        (said("release-ollama-2", identity="b" * 64),),
        ("release-ollama-1",),
    ),
    "a service of two containers, one of them stopped": (
        said(),
        (said("release-ollama-run-1", identity="b" * 64, status="exited"),),
        ("ollama", "release-ollama-1"),
    ),
    "an alias that is no name": (said(networks={"net": at("a b", "-x")}), (), ("release-ollama-1",)),
    "Docker's default bridge": (said(networks={"bridge": at()}), (), ()),
}


@pytest.mark.parametrize(("container", "others", "names"), NAMES.values(), ids=NAMES)
def test_names_that_lead_to_it_alone(container, others, names):
    """The name of the service outlives the container and comes first; a name that several share is none."""
    (attached,) = seen(container, *others).networks
    assert attached.names == names
    assert attached.address == "172.20.0.2"


PORTS = {
    "published and exposed": (said(ports=BOUND), None, (9999, 11434), (Published(11434, "127.0.0.1", 8080),)),
    "exposed by its image": (said(exposed=("11434/tcp", "53/udp")), None, (11434,), ()),
    "published on all": (
        said(ports={"11434/tcp": [{"HostIp": "", "HostPort": "11434"}]}),
        None,
        (11434,),
        (Published(11434, "0.0.0.0", 11434),),
    ),
    "stopped": (said(ports=BOUND, status="exited"), None, (9999, 11434), (Published(11434, "127.0.0.1", 8080),)),
    "listening without being exposed": (
        said(),
        (Listener("0.0.0.0", 8000), Listener("127.0.0.1", 9000)),
        (8000,),
        (),
    ),
    "a random port of the host": (said(ports={"11434/tcp": [{"HostIp": "", "HostPort": ""}]}), None, (11434,), ()),
}


@pytest.mark.parametrize(("container", "listeners", "ports", "published"), PORTS.values(), ids=PORTS)
def test_ports(container, listeners, ports, published):
    """TCP ports it exposes, publishes or listens on for others; those on its own loopback are for itself."""
    found = seen(container, listeners=listeners)
    assert (found.ports, found.published) == (ports, published)


def test_whose_network_it_is():
    """A container that shares another's network is on that one's networks."""
    other = said("pause", identity="c" * 64)
    sharing = said(mode=f"container:{other['Id']}", networks={})
    assert engine_says.networks(engine_says.network_owner(sharing, {other["Id"]: other}.__getitem__)) == ("net",)
    assert engine_says.network_owner(other, {}.__getitem__) is other


def test_the_bridges_of_the_engine():
    """Their gateways are addresses of the engine's machine; networks of other kinds have none there."""
    listed = [
        {"Driver": "bridge", "IPAM": {"Config": [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]}},
        {"Driver": "bridge", "IPAM": {"Config": None}},
        {"Driver": "macvlan", "IPAM": {"Config": [{"Gateway": "192.168.1.1"}]}},
    ]
    assert engine_says.gateways(listed) == {"172.17.0.1"}


def test_a_container_on_the_hosts_network_is_the_host():
    """What it serves are sockets of the host's; it can join no network."""
    found = seen(said(networks={"host": at()}, exposed=("11434/tcp",)))
    assert (found.ports, found.published) == ((), ())


def test_attached():
    """A network that a stopped container would be on is known without an address."""
    (attached,) = seen(said(networks={"net": {"IPAddress": "", "Aliases": None}}, status="exited")).networks
    assert attached == Attached("net", "", ("release-ollama-1",))
