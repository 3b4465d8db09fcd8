"""The networks of a world, made over netlink: the host's bridges, the container's interfaces and routes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_interface
from pathlib import Path
from socket import AF_INET, AF_INET6
from typing import Any, Final

from netdiag.lab.namespaces import inside_network, new_network
from netdiag.lab.topology import DOCKER0, FaultKind, World

_FAMILIES: Final = {4: AF_INET, 6: AF_INET6}
_MACHINES: Final[list[int]] = []
"""The namespaces of machines behind the host, held open until the lab's process ends."""

_NO_QUESTION: Final = 0x02  # IFA_F_NODAD, linux/if_addr.h
_FORBIDDING: Final[dict[FaultKind, str]] = {
    "route-unreachable": "unreachable",
    "route-prohibit": "prohibit",
    "route-blackhole": "blackhole",
}
"""Types of routes in the words of ip-route(8)."""


def make_networks(world: World) -> int:
    """Make this process's network namespace, a new one, the host's, and another the container's.

    Return the container's as a file descriptor; with ``host_network`` it is the host's own.
    """
    # a Docker host forwards; having no route to anywhere, this one answers "network unreachable"
    _set("ipv4/ip_forward", "1")
    _keep_ipv6_to_loopback()
    with _netlink() as host:
        host.link("set", index=1, state="up")
        if not world.icmp_limit:
            _set("ipv4/icmp_ratelimit", "0")
        for network in {each.bridge: each for each in (DOCKER0, *world.networks)}.values():
            host.link("add", ifname=network.bridge, kind="bridge", state="up")
            for gateway, _ in network.pairs:
                _give_address(host, network.bridge, gateway)
        for address in world.beyond:  # on no link: what is sent there passes nobody else
            host.addr("add", index=1, address=address, prefixlen=ip_address(address).max_prefixlen)
        for bridge, address in world.beside:
            if not host.link_lookup(ifname=bridge):
                host.link("add", ifname=bridge, kind="bridge", state="up")
            _give_address(host, bridge, address)
        for number, (bridge, address) in enumerate(world.machines):
            _MACHINES.append(_machine(host, number, bridge, address, dict(world.beside)[bridge]))
        if world.host_network:
            _route_to_nobody(host, world, DOCKER0.bridge)
            return os.open("/proc/self/ns/net", os.O_RDONLY)
        container = new_network()
        with inside_network(container):
            _keep_ipv6_to_loopback()
        for number, network in enumerate(world.networks):
            host.link(
                "add",
                ifname=f"veth{number}",
                kind="veth",
                master=_index(host, network.bridge),
                state="up",
                peer={"ifname": f"eth{number}", "net_ns_fd": container},
            )
    with inside_network(container), _netlink() as link:
        _set_up_container(link, world)
    return container


def _machine(host: Any, number: int, bridge: str, address: str, way_back: str) -> int:
    """Make a machine behind the host; return its network namespace, which lasts as long as this descriptor."""
    machine = new_network()
    host.link(
        "add",
        ifname=f"machine{number}",
        kind="veth",
        master=_index(host, bridge),
        state="up",
        peer={"ifname": "eth0", "net_ns_fd": machine},
    )
    with inside_network(machine), _netlink() as link:
        link.link("set", index=_index(link, "eth0"), state="up")
        _give_address(link, "eth0", address)
        link.route("add", dst="default", gateway=str(ip_interface(way_back).ip))
    return machine


def _set_up_container(link: Any, world: World) -> None:
    link.link("set", index=1, state="up")
    for number, network in enumerate(world.networks):
        link.link("set", index=_index(link, f"eth{number}"), state="up")
        for _, address in network.pairs:
            _give_address(link, f"eth{number}", address)
    if world.networks and world.default_route:
        for gateway, _ in world.networks[0].pairs:
            first = ip_interface(gateway).ip
            link.route("add", family=_FAMILIES[first.version], dst="default", gateway=str(first))
    if world.networks:
        _route_to_nobody(link, world, "eth0")
    for fault in world.faults:
        if fault.kind in _FORBIDDING and fault.address:
            forbidden = ip_address(fault.address)
            link.route(
                "add",
                family=_FAMILIES[forbidden.version],
                dst=f"{forbidden}/{forbidden.max_prefixlen}",
                type=_FORBIDDING[fault.kind],
            )


def _route_to_nobody(link: Any, world: World, interface: str) -> None:
    # on-link: the kernel asks who has the address (ARP), and nobody answers
    for address in world.dead:
        link.route("add", dst=f"{address}/32", oif=_index(link, interface), scope="link")


def _give_address(link: Any, interface: str, address: str) -> None:
    parsed = ip_interface(address)
    if parsed.version == 6:
        _set(f"ipv6/conf/{interface}/disable_ipv6", "0")
    link.addr(
        "add",
        index=_index(link, interface),
        address=str(parsed.ip),
        prefixlen=parsed.network.prefixlen,
        # usable at once: the question whether somebody has it already takes IPv6 a second
        flags=_NO_QUESTION if parsed.version == 6 else 0,
    )


def _index(link: Any, interface: str) -> int:
    return int(link.link_lookup(ifname=interface)[0])


def _keep_ipv6_to_loopback() -> None:
    # Docker does so on networks without IPv6: no fe80 address appears on interfaces made after this
    if Path("/proc/sys/net/ipv6").exists():
        _set("ipv6/conf/default/disable_ipv6", "1")


def _set(name: str, value: str) -> None:
    Path("/proc/sys/net", name).write_text(value)


@contextmanager
def _netlink() -> Iterator[Any]:
    from pyroute2 import IPRoute  # noqa: PLC0415 - an extra, and a tenth of a second to import
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    try:
        with IPRoute() as link:
            yield link
    except NetlinkError as error:
        raise OSError(error.code, os.strerror(error.code), "netlink") from error
