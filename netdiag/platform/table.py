"""The platforms: by which marks each is known, and what leads from there to its host. Data, in order of decision.

Orchestrators come first, since they run on top of any engine; then shared networks, then Podman (whose images may carry
a ``/.dockerenv``), then what the kernel's release and the name server tell, then Docker by what its network is like.
"""

from typing import Final, Literal, NamedTuple

from netdiag.model.place import MACHINE_NETWORK, Confidence
from netdiag.platform import names

Gateway = Literal["host", "machine", "wsl", "namespace", "outer_container", "node", "router", "nothing"]
"""What the container's default gateway is: an address of the host itself; of a virtual machine or of a WSL distribution
that carries the containers; of a rootless engine's network namespace; of an outer container; of a Kubernetes node; or
a router, which is nobody's host; or there is none at all."""

System = Literal["linux", "macos", "windows", "cloud"]


class Row(NamedTuple):
    """One platform.

    Of each group in ``signs`` one mark must be there and of ``without`` none; marks in ``against`` lower the
    confidence. ``names`` and ``constants`` lead to its host, best first. ``loopback`` tells whether a service that
    listens on the host's 127.0.0.1 only can be reached by them. ``on_top`` marks what says nothing of the engine
    (an orchestrator, a network that is another container's or a machine's): what carries it is looked for below.
    """

    name: str
    signs: tuple[frozenset[str], ...]
    without: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    confidence: Confidence = "certain"
    names: tuple[str, ...] = (names.DOCKER,)
    constants: tuple[str, ...] = ()
    gateway: Gateway = "host"
    loopback: bool = False
    systems: frozenset[System] = frozenset({"linux"})
    in_container: bool = True
    shares_host_network: bool = False
    on_top: bool = False


def _any(*marks: str) -> frozenset[str]:
    return frozenset(marks)


def _known(*hosts: str) -> frozenset[str]:
    """Return the marks of names that a name server knows."""
    return frozenset(f"dns:{host}" for host in hosts)


_DOCKER: Final = _any("dockerenv", "docker_mount")
_PODMAN: Final = _any("containerenv", "podman_mount", "podman_variable")
_KUBERNETES: Final = _any("kubernetes", "service_account", "kubelet_mount", "cluster_search")
_CONTAINER: Final = (
    _DOCKER | _PODMAN | _KUBERNETES | _any("nerdctl_mount", "nested_docker", "container_variable", "incus_device")
)
_OWN_LINK: Final = _any("own_veth", "own_macvlan", "own_tap", "own_tun")
MACHINE_MARKS: Final = _any(
    "kernel_linuxkit", "kernel_orbstack", "kernel_wsl2", "host_mark", "desktop_services", "orbstack_dns"
)
MACHINE_LINKS: Final = _any("lima_link", "gvproxy_link")
_MACHINE: Final = (
    MACHINE_MARKS
    | _known(names.DESKTOP_GATEWAY, names.ORBSTACK, names.LIMA, names.RANCHER, names.WSLC, names.PODMAN)
)  # fmt: skip
"""What shows that the machine which carries the containers is a virtual one on the user's computer."""
_ANY_DESKTOP: Final = frozenset[System]({"linux", "macos", "windows"})
_CLUSTER_NAMES: Final = (names.K3D, names.MINIKUBE, names.DOCKER, names.ORBSTACK, names.LIMA, names.RANCHER)


def _machines(*signs: frozenset[str], without: frozenset[str], confidence: Confidence = "likely") -> Row:
    """Return a row for the network of the virtual machine; in WSL's mirrored mode that is Windows' own."""
    return Row(
        MACHINE_NETWORK,
        signs,
        without=without | _any("wsl_mirrored"),
        confidence=confidence,
        names=(),
        systems=_ANY_DESKTOP,
        shares_host_network=True,
        on_top=True,
    )


ROWS: Final = (
    # the machine below is a cloud's, whoever's laptop it is looked at from
    Row("aws-ecs", (_any("ecs"),), names=(), gateway="router", systems=frozenset({"cloud"})),
    Row("codespaces", (_any("codespaces"),), names=(), on_top=True, systems=frozenset({"cloud"})),
    Row("github-actions", (_any("github_actions"), _CONTAINER), names=(), on_top=True, systems=frozenset({"cloud"})),
    Row("kubernetes", (_KUBERNETES,), names=_CLUSTER_NAMES, gateway="node", on_top=True, systems=_ANY_DESKTOP),
    # "The host's network" of an engine in a virtual machine is that machine's. Docker Desktop 4.34 can be told to join
    # it with the computer's (docker docs: host network driver): whether localhost leads there, the call at it tells.
    _machines(_PODMAN, _MACHINE, _any("host_interfaces", "hardware"), without=_any("own_veth", "own_tap")),
    _machines(_CONTAINER, _MACHINE, _any("host_interfaces"), without=_any("own_veth", "rootless_namespace")),
    _machines(_CONTAINER, _MACHINE, _any("hardware"), without=_OWN_LINK | _any("rootless_namespace", "kata")),
    _machines(
        *(_CONTAINER, MACHINE_LINKS, _any("host_interfaces", "hardware")),
        without=_any("own_veth", "own_tap"),
        confidence="guess",
    ),
    # An engine's bridge is seen only where the engine is; one's own veth beside it means that the engine is in a
    # container too. "The host's network" of a rootless Docker is the engine's own namespace, of Podman the host's.
    Row(
        "host-network",
        (_PODMAN, _any("host_interfaces", "hardware")),
        without=_any("own_veth", "own_tap"),
        names=(),
        loopback=True,
        shares_host_network=True,
    ),
    Row(
        "host-network",
        (_CONTAINER, _any("host_interfaces")),
        without=_any("own_veth", "rootless_namespace"),
        against=_any("embedded_dns"),
        names=(),
        loopback=True,
        shares_host_network=True,
    ),
    Row(
        "host-network",
        (_CONTAINER, _any("hardware")),
        without=_OWN_LINK | _any("rootless_namespace", "kata"),  # Kata gives each pod a virtual machine
        against=_any("embedded_dns"),
        confidence="likely",
        names=(),
        loopback=True,
        shares_host_network=True,
    ),
    Row("no-network", (_CONTAINER, _any("no_network")), names=(), gateway="nothing"),
    # as the other container, whatever carries that
    Row("shared-network", (_any("others_files"),), names=(), on_top=True),
    # the name server of a Podman machine knows the host, a WSL distribution's doesn't
    Row(
        "podman-machine",
        (_PODMAN, _known(names.PODMAN) | _any("gvproxy_link")),
        names=(names.PODMAN, names.DOCKER),
        constants=("192.168.127.254",),  # gvisor-tap-vsock: cmd/gvproxy/config.yaml
        gateway="machine",
        loopback=True,
        systems=frozenset({"macos", "windows"}),
    ),
    Row(
        "podman-in-wsl2",
        (_PODMAN, _any("kernel_wsl2")),
        names=(names.PODMAN, names.DOCKER),
        gateway="wsl",
        systems=frozenset({"windows", "linux"}),
    ),
    Row(
        "podman-rootless-pasta",
        (_PODMAN, _any("pasta_dns", "pasta_name", "own_tun")),
        without=_any("own_tap"),
        against=_any("dockerenv"),
        names=(names.PODMAN, names.DOCKER),
        constants=("169.254.1.2",),
        gateway="router",  # pasta copies the host's own routes
    ),
    Row(
        "podman-rootless-slirp",
        (_PODMAN, _any("own_tap", "slirp_dns"), _any("rootless_namespace")),
        against=_any("dockerenv"),
        names=(names.PODMAN, names.DOCKER),
        constants=("10.0.2.2",),  # rootlesskit: docs/network.md
        gateway="namespace",
    ),
    Row(
        "podman-rootless",
        (_PODMAN, _any("rootless_namespace")),
        against=_any("dockerenv"),
        names=(names.PODMAN, names.DOCKER),
        constants=("169.254.1.2",),
        gateway="namespace",
    ),
    Row("podman", (_PODMAN,), against=_any("dockerenv"), names=(names.PODMAN, names.DOCKER)),
    Row(
        "orbstack",
        (_any("kernel_orbstack", "orbstack_dns") | _known(names.ORBSTACK), _CONTAINER),
        names=(names.DOCKER, names.ORBSTACK),
        constants=("0.250.250.254",),
        gateway="machine",
        loopback=True,
        systems=frozenset({"macos"}),
    ),
    Row(
        "wslc",
        (_DOCKER, _any("kernel_wsl2"), _known(names.WSLC)),
        names=(names.WSLC,),
        gateway="machine",
        loopback=True,
        systems=frozenset({"windows"}),
    ),
    # before Docker Desktop, whose gateway's name it knows on Windows too
    Row(
        "rancher-desktop",
        (_CONTAINER, _known(names.RANCHER)),
        names=(names.RANCHER, names.DOCKER),
        constants=("192.168.5.2", "192.168.127.254"),
        gateway="machine",
        loopback=True,
        systems=frozenset({"macos", "windows", "linux"}),
    ),
    Row(
        "docker-desktop-windows",
        (_CONTAINER, _any("kernel_wsl2"), _known(names.DESKTOP_GATEWAY, names.DOCKER)),
        names=(names.DOCKER, names.DESKTOP_GATEWAY),
        constants=("192.168.65.254",),
        gateway="machine",
        loopback=True,
        systems=frozenset({"windows"}),
    ),
    Row(
        "docker-desktop",
        (_CONTAINER, _any("kernel_linuxkit", "host_mark", "desktop_services") | _known(names.DESKTOP_GATEWAY)),
        names=(names.DOCKER, names.DESKTOP_GATEWAY),
        constants=("192.168.65.254", "192.168.65.2"),  # the second up to Docker Desktop 4
        gateway="machine",
        loopback=True,
        systems=_ANY_DESKTOP,
    ),
    Row(
        "lima",
        (_CONTAINER, _known(names.LIMA) | _any("lima_link")),
        names=(names.DOCKER, names.LIMA),
        constants=("192.168.5.2",),  # lima: pkg/networks/const.go
        gateway="machine",
        loopback=True,
        systems=frozenset({"macos", "linux"}),
    ),
    Row(
        "docker-in-wsl2",
        (_DOCKER, _any("kernel_wsl2", "wsl_dns")),
        gateway="wsl",
        systems=frozenset({"windows", "linux"}),
    ),
    Row("nerdctl", (_any("nerdctl_mount"),), against=_any("dockerenv")),
    # files kept in an outer engine's volume, or an engine's bridge beside one's own veth
    Row("docker-in-docker", (_any("nested_docker"),), gateway="outer_container"),
    Row(
        "docker-in-docker",
        (_DOCKER, _any("host_interfaces"), _any("own_veth")),
        gateway="outer_container",
        confidence="likely",
    ),
    Row(
        "docker-rootless",
        (_DOCKER, _any("rootless_namespace")),
        constants=("10.0.2.2", "10.0.2.1", "192.168.65.2"),  # slirp4netns, gvisor-tap-vsock, vpnkit
        gateway="namespace",
    ),
    Row("macvlan", (_CONTAINER, _any("own_macvlan")), without=_any("own_veth"), gateway="router"),
    Row("docker-internal", (_DOCKER, _any("no_default_route"))),
    Row("docker-userns-remap", (_DOCKER, _any("remapped_namespace"))),
    Row("docker-compose", (_DOCKER, _any("embedded_dns"))),
    Row("docker-bridge", (_DOCKER,)),
    Row("lxc", (_any("lxc_variable", "incus_device"),), names=()),
    Row("apple-container", (_known(names.APPLE),), names=(names.APPLE,), systems=frozenset({"macos"})),
    Row(
        "apple-container",
        (_any("apple_resolver"), _any("hardware")),
        confidence="guess",
        names=(names.APPLE,),
        systems=frozenset({"macos"}),
    ),
    Row(
        "unknown-container",
        (_CONTAINER,),
        confidence="likely",
        names=(names.DOCKER, names.PODMAN),
        systems=_ANY_DESKTOP,
    ),
    Row("linux-host", (), confidence="likely", names=(), loopback=True, in_container=False),
)
"""The first row whose signs are all there wins; the last two always match."""

BY_NAME: Final = {row.name: row for row in reversed(ROWS)}
