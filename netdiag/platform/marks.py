"""What the texts of a machine give away about where it is: each mark is a fact with the place to see it again. Pure.

How far a mark can be trusted is the table's to weigh (:mod:`netdiag.platform.table`; docs/architecture.md).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag.model.place import Fact, HostsLine
from netdiag.platform.network import Network
from netdiag.platform.resolving import EMBEDDED_DNS, Resolver

_RESOLVERS: Final = {
    EMBEDDED_DNS: "embedded_dns",
    "169.254.1.1": "pasta_dns",  # podman: --dns-forward of pasta (containers/common: libnetwork/pasta)
    "10.0.2.3": "slirp_dns",  # slirp4netns (rootlesskit: docs/network.md); QEMU's user network has it too
    "10.255.255.254": "wsl_dns",  # WSL's DNS tunnelling (WSL: src/shared/inc/lxinitshared.h)
    "0.250.250.200": "orbstack_dns",
}
PASTA_HOST: Final = "169.254.1.2"
"""The host as pasta shows it: ``--map-guest-addr`` (containers/common: libnetwork/pasta/pasta_linux.go)."""

_VARIABLES: Final = (
    ("kubernetes", "KUBERNETES_SERVICE_HOST"),  # set in every pod, also with enableServiceLinks: false
    ("codespaces", "CODESPACES"),
    ("github_actions", "GITHUB_ACTIONS"),
    ("ecs", "ECS_CONTAINER_METADATA_URI_V4"),
    ("ecs", "AWS_EXECUTION_ENV"),  # AWS_ECS_FARGATE, AWS_ECS_EC2; AWS_Lambda_… is something else
)
_KERNELS: Final = (
    ("kernel_linuxkit", re.compile(r"-linuxkit$")),  # Docker Desktop on Mac and Linux, and with Hyper-V
    ("kernel_wsl2", re.compile(r"microsoft", re.IGNORECASE)),
    ("kernel_orbstack", re.compile(r"orbstack", re.IGNORECASE)),
)

_IDENTITY: Final = r"([0-9a-f]{64})"
_MOUNTED: Final = (
    # An inner engine keeps its files in a volume, or in the layers, of an outer one.
    ("nested_docker", re.compile(rf"/(?:volumes/[^/]+/_data|overlay2/[^/]+/\w+)/.*?containers/{_IDENTITY}/")),
    ("podman_mount", re.compile(rf"/[a-z]+-containers/{_IDENTITY}/userdata/")),  # overlay-, vfs-, btrfs-…
    ("nerdctl_mount", re.compile(r"/(?:nerdctl|etchosts)/")),
    ("kubelet_mount", re.compile(r"/kubelet/pods/")),
    ("docker_mount", re.compile(rf"/containers/{_IDENTITY}/(?:hosts|hostname|resolv\.conf)$")),
)
"""Where an engine keeps the files it mounts over these; a mount, unlike a file, can't be carried along in an image."""
_OVER: Final = frozenset({"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"})

_OWN: Final = {"veth": "own_veth", "macvlan": "own_macvlan", "ipvlan": "own_macvlan", "tun": "own_tun"}
_OF_HOST: Final = ("docker0", "br-", "veth", "cni", "cali", "podman", "virbr", "lxdbr", "incusbr")
_DESKTOP_SERVICES: Final = "services1"
"""A veth between the two network namespaces of Docker Desktop's virtual machine (`ip address` with --network host, as
users post it): no container's own."""
_OF_MACHINE: Final = {
    "192.168.5.2": "lima_link",  # lima: pkg/networks/const.go; Colima and Rancher Desktop on macOS stand on it
    "192.168.127.1": "gvproxy_link",  # gvisor-tap-vsock: cmd/gvproxy/config.yaml; Podman machine
}
"""The default gateways of virtual machines that programs on a user's computer make."""
_VIRTUAL: Final = frozenset(
    {"veth", "bridge", "openvswitch", "macvlan", "ipvlan", "tun", "dummy", "ifb", "wireguard", "vxlan", "bonding",
     "802.1Q VLAN Support", "team", "vrf", "gretap", "ip6tnl", "ipip", "sit", "nlmon", "vcan", "macsec"}
)  # fmt: skip
"""Drivers of interfaces with no hardware (or virtual machine's device) behind them."""


def of_kernel(release: str) -> Iterator[Fact]:
    """Yield what a kernel release tells: no image can fake it. Samples are in docs/architecture.md."""
    source = "/proc/sys/kernel/osrelease"
    if release:
        yield Fact("kernel", release, source)
    for name, pattern in _KERNELS:
        if pattern.search(release):
            yield Fact(name, release, source)


def of_command_line(text: str) -> Iterator[Fact]:
    """Yield ``kata`` where the kernel was started with the options of Kata Containers' agent."""
    if found := re.search(r"\bagent\.\w+\S*", text):
        yield Fact("kata", found[0], "/proc/cmdline")


def of_mounts(mountinfo: str, cgroup: str) -> Iterator[Fact]:
    """Yield which engine mounted ``/etc/hosts`` and its siblings, and whose they are (proc_pid_mountinfo(5))."""
    sources: dict[str, str] = {}
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        if len(fields) > 4 and fields[4] in _OVER:
            sources[fields[4]] = fields[3]
        if "/run/host_mark/" in line and " fakeowner " in line:
            yield Fact("host_mark", "fakeowner /run/host_mark", "/proc/self/mountinfo")  # Docker Desktop for Mac
    for source in sources.values():
        if mark := _engine(source):
            yield mark
    yield from _of_another(sources, cgroup)


def _engine(source: str) -> Fact | None:
    for name, pattern in _MOUNTED:
        if found := pattern.search(source):
            end = found.start(1) + 12 if found.groups() else found.end()  # of an identity what `docker ps` shows
            return Fact(name, f"…{source[found.start() : end]}", "/proc/self/mountinfo")
    return None


def _of_another(sources: Mapping[str, str], cgroup: str) -> Iterator[Fact]:
    """Yield that ``/etc/hosts`` is another container's: one that shares that one's network is given its file.

    Podman leaves the container its own ``/etc/hostname``. Docker doesn't, and there the container's own identity shows
    only where its control groups have no namespace of their own (cgroup v1).
    """
    hosts = re.search(_IDENTITY, sources.get("/etc/hosts", ""))
    podman = "/userdata/" in sources.get("/etc/hostname", "")
    own = re.search(_IDENTITY, sources["/etc/hostname"]) if podman else re.search(rf"/docker[/-]{_IDENTITY}", cgroup)
    if hosts and own and hosts[1] != own[1]:
        yield Fact("others_files", f"of container {hosts[1][:12]}, this is {own[1][:12]}", "/proc/self/mountinfo")


def of_user_namespace(uid_map: str) -> Iterator[Fact]:
    """Yield what user 0 is outside (user_namespaces(7)).

    A rootless engine's is the one user who started it, or with Podman's ``keep-id`` the first of that engine's own;
    ``userns-remap`` gives a whole range.
    """
    words = uid_map.split()[:3]
    if len(words) == 3 and words[0] == "0" and words[1] != "0":
        name = "rootless_namespace" if words[2] == "1" or words[1] == "1" else "remapped_namespace"
        yield Fact(name, " ".join(words), "/proc/self/uid_map")


def of_environment(environ: Mapping[str, str], first: Mapping[str, str], systemd: str) -> Iterator[Fact]:
    """Yield what variables tell; ``first`` is of process 1's, ``systemd`` what ``/run/systemd/container`` says."""
    for value, source in (
        (environ.get("container"), "environment: container"),
        (first.get("container"), "/proc/1/environ: container"),
        (systemd, "/run/systemd/container"),
    ):
        if value:
            yield Fact("container_variable", value, source)
            if value in ("podman", "lxc"):
                yield Fact(f"{value}_variable", value, source)
    for name, variable in _VARIABLES:
        value = environ.get(variable, "")
        if value and (variable != "AWS_EXECUTION_ENV" or value.startswith("AWS_ECS_")):
            yield Fact(name, value, f"environment: {variable}")


def of_resolver(resolver: Resolver) -> Iterator[Fact]:
    """Yield what the addresses of name servers, and the search list, tell."""
    for server in (*resolver.nameservers, *resolver.host_nameservers):
        if server in _RESOLVERS:
            yield Fact(_RESOLVERS[server], server, "/etc/resolv.conf")
    for domain in resolver.search:
        if domain.endswith("svc.cluster.local"):
            yield Fact("cluster_search", domain, "/etc/resolv.conf")


def of_hosts(lines: Sequence[HostsLine]) -> Iterator[Fact]:
    """Yield what the pinned names tell."""
    for line in lines:
        if "host.containers.internal" in line.names and line.address == PASTA_HOST:
            yield Fact("pasta_name", f"{line.address} host.containers.internal", f"/etc/hosts line {line.line}")


def of_network(network: Network, resolver: Resolver, first_process: str) -> Iterator[Fact]:
    """Yield what the interfaces and routes tell."""
    source = "network interfaces"
    bridges = [i.name for i in network.interfaces if i.driver == "bridge" or i.name.startswith(_OF_HOST)]
    if bridges:
        yield Fact("host_interfaces", ", ".join(bridges), source)
    others = {"lo", _DESKTOP_SERVICES, *bridges}
    own = [i for i in network.interfaces if i.addresses and i.name not in others]
    for interface in own:
        if name := _OWN.get(interface.driver) or ("hardware" if _is_hardware(interface.driver) else ""):
            tap = name == "own_tun" and interface.name.startswith("tap")
            yield Fact("own_tap" if tap else name, f"{interface.name} ({interface.driver})", source)
    yield from _of_machine(network)
    if own and not network.gateways:
        yield Fact("no_default_route", "none", "routes")
    if network.interfaces and not any(i.addresses for i in network.interfaces if i.name != "lo"):
        yield Fact("no_network", "nothing but loopback", source)
    # Apple's container gives each one a virtual machine whose gateway is its name server too, 192.168.64.1 by default
    # (apple/container: docs/how-to.md); a virtual machine of another maker has an init.
    if first_process not in ("", "systemd", "init"):
        for gateway in network.gateways:
            if gateway.address in resolver.nameservers and gateway.address.startswith("192.168.64."):
                yield Fact("apple_resolver", gateway.address, "/etc/resolv.conf, routes")


def _of_machine(network: Network) -> Iterator[Fact]:
    """Yield what the network of a virtual machine on a user's computer is known by: settings, so only a hint."""
    for gateway in network.gateways:
        if name := _OF_MACHINE.get(gateway.address):
            yield Fact(name, gateway.address, "routes")
    for interface in network.interfaces:
        if interface.name == _DESKTOP_SERVICES:
            yield Fact("desktop_services", f"{interface.name} ({interface.driver})", "network interfaces")
        if interface.name == "loopback0":  # WSL's mirrored mode: localhost is Windows too (MicrosoftDocs/WSL)
            yield Fact("wsl_mirrored", interface.name, "network interfaces")


def _is_hardware(driver: str) -> bool:
    return bool(driver) and driver not in _VIRTUAL
