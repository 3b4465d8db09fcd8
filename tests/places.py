"""Every platform as a container on it sees itself: the files it reads, its network, what its name server knows.

``source`` says where the evidence is from: "seen" means read inside a real container of that kind while these tests
were written (Docker Engine 20.10, Podman 4.3); the others are put together from what the source documents or its users
posted.
"""

from dataclasses import dataclass, field
from pathlib import Path

from netdiag.model.place import Gateway, Interface, NameAnswer
from netdiag.platform.names import ALL, CONTROL
from netdiag.platform.network import Network

ONE, OTHER = "5a7fccb5cf87799d363b0db8956be94770cc9532d30a4db700ecf130042e08c5", "b2" * 32
LO = Interface("lo", ("127.0.0.1/8",))

DEBIAN = "6.1.0-18-amd64"
LINUXKIT = "6.12.72-linuxkit"
WSL2 = "6.6.36.3-microsoft-standard-WSL2"
ORBSTACK = "7.0.14-orbstack-00380-ga1b2c3d4e5f6"


@dataclass(frozen=True)
class Place:
    """A fixture and what netdiag is to make of it.

    ``names`` is what the name server at ``server`` knows; ``first`` are the hosts of the candidates after localhost,
    in order, and ``written`` is the one that would be written.
    """

    platform: str
    source: str
    files: dict[str, str]
    links: Network
    first: tuple[str, ...]
    written: str | None
    environ: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    server: str = "192.0.2.53"
    confidence: str = "certain"
    below: str = ""
    loopback: bool = False

    def root(self, folder: Path) -> Path:
        """Write the files below ``folder``; a name that ends in / becomes a directory."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir()
            else:
                path.write_text(text)
        return folder

    @property
    def answers(self) -> tuple[NameAnswer, ...]:
        """What the name server says when it is asked for every name."""
        return tuple(
            NameAnswer(name, self.server, self.names[name])
            if name in self.names
            else NameAnswer(name, self.server, failure="dns_nxdomain")
            for name in (*ALL, CONTROL)
        )


def mounted(source: str, over: str = "hosts") -> str:
    """A line of mountinfo: ``source`` stands over ``/etc/hosts``, or another of the files engines mount."""
    return f"439 419 254:0 {source} /etc/{over} rw,relatime - ext4 /dev/vda rw,discard\n"


def docker(identity: str = ONE, root: str = "/var/lib/docker") -> str:
    """What Docker mounts over the three files."""
    return "".join(
        mounted(f"{root}/containers/{identity}/{name}", name) for name in ("resolv.conf", "hostname", "hosts")
    )


def podman(identity: str = ONE, hosts_of: str = "") -> str:
    """What Podman mounts; ``hosts_of`` is the container whose network this one shares."""
    folder = "/run/containers/storage/overlay-containers/{}/userdata/{}"
    owners = {"hostname": identity, "resolv.conf": hosts_of or identity, "hosts": hosts_of or identity}
    return "".join(mounted(folder.format(owner, name), name) for name, owner in owners.items())


def resolving(*servers: str, search: str = "", noted: str = "") -> str:
    """A resolv.conf; ``noted`` is what Docker writes of the engine's machine."""
    lines = [f"nameserver {server}" for server in servers]
    lines += [f"search {search}"] if search else []
    lines += [f"# ExtServers: [{noted}]"] if noted else []
    return "\n".join(lines) + "\n"


def linked(address: str, gateway: str = "", driver: str = "veth", name: str = "eth0", *more: Interface) -> Network:
    """A network of one interface beside loopback, with a default gateway or without."""
    gateways = tuple(Gateway(each, name) for each in gateway.split())
    return Network((LO, Interface(name, tuple(address.split()), driver), *more), gateways)


def pinned(*lines: str) -> str:
    """An /etc/hosts that begins as every one does."""
    return "\n".join(("127.0.0.1\tlocalhost", *lines)) + "\n"


def dockered(kernel: str = DEBIAN) -> dict[str, str]:
    """The files of a Docker container."""
    return {
        ".dockerenv": "",
        "proc/sys/kernel/osrelease": f"{kernel}\n",
        "proc/self/mountinfo": docker(),
        "proc/self/uid_map": "         0          0 4294967295\n",
        "etc/hosts": pinned("172.17.0.2\t5a7fccb5cf87"),
        "etc/resolv.conf": resolving("192.0.2.53"),
    }


def podded() -> dict[str, str]:
    """The files of a Podman container."""
    return {
        "run/.containerenv": "",
        "proc/sys/kernel/osrelease": f"{DEBIAN}\n",
        "proc/self/mountinfo": podman(),
        "etc/resolv.conf": resolving("192.0.2.53"),
    }


BRIDGE = linked("172.17.0.2/16", "172.17.0.1")
COMPOSE = linked("172.18.0.2/16", "172.18.0.1")
EMBEDDED = resolving("127.0.0.11")
DOCKER0 = Interface("docker0", ("172.17.0.1/16",), "bridge")
SERVICES = Interface("services1", ("192.168.65.6/32",), "veth")
DOCKER, GATEWAY, PODMAN = "host.docker.internal", "gateway.docker.internal", "host.containers.internal"
DESKTOP = {DOCKER: ("192.168.65.254", "fdc4:f303:9324::254"), GATEWAY: ("192.168.65.1",)}
POD = {
    "proc/self/mountinfo": mounted("/var/lib/kubelet/pods/1f3a/etc-hosts"),
    "etc/resolv.conf": resolving("10.96.0.10", search="default.svc.cluster.local svc.cluster.local cluster.local"),
    "var/run/secrets/kubernetes.io/serviceaccount/": "",
    "etc/hosts": "# Kubernetes-managed hosts file.\n" + pinned("10.244.0.5\topenspg"),
}
IN_CLUSTERS = (
    "host.k3d.internal",
    "host.minikube.internal",
    DOCKER,
    "host.orb.internal",
    "host.lima.internal",
    "host.rancher-desktop.internal",
)
IN_POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1"}

PLACES = {
    "host-network": Place(
        "host-network",
        "seen",
        dockered() | {"etc/hosts": pinned()},
        Network((LO, DOCKER0)),
        (),
        "localhost",
        loopback=True,
    ),
    "host-network-by-hardware": Place(
        "host-network",
        "hardware, and neither veth nor bridge: an engine that never made one (Docker docs: host network driver)",
        dockered(),
        linked("192.0.2.2/24", "192.0.2.1", "virtio_net"),
        (),
        "localhost",
        confidence="likely",
        loopback=True,
    ),
    "host-network-of-podman": Place(
        "host-network",
        "seen, rootless",
        podded() | {"proc/self/uid_map": "0 999 1\n1 362144 65536\n"},
        linked("192.168.77.10/24", "192.168.77.1", "bridge", "lan0"),
        (),
        "localhost",
        {"container": "podman"},
        loopback=True,
    ),
    "docker-desktop-host-network": Place(
        "machine-network",
        "Docker docs: host network driver (4.34), networking how-tos; kernel and interfaces from users' posts",
        dockered(LINUXKIT) | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("192.168.65.7")},
        linked("192.168.65.3/24", "192.168.65.1", "virtio_net", "eth0", SERVICES, DOCKER0),
        (DOCKER, GATEWAY, "192.168.65.254", "192.168.65.2"),
        DOCKER,
        names=DESKTOP,
        server="192.168.65.7",
        confidence="likely",
        below="docker-desktop",
        loopback=True,
    ),
    "docker-desktop-host-network-without-its-names": Place(
        "machine-network",
        "docker/for-win issues 13463, 13966: --dns takes the names away",
        dockered(LINUXKIT) | {"etc/hosts": pinned()},
        Network((LO, DOCKER0)),
        (DOCKER, GATEWAY, "192.168.65.254", "192.168.65.2"),
        "192.168.65.254",
        confidence="likely",
        below="docker-desktop",
        loopback=True,
    ),
    "docker-desktop-windows-host-network": Place(
        "machine-network",
        "Docker docs: networking how-tos; kernel of the WSL2 backend",
        dockered(WSL2) | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("192.168.65.7")},
        linked("192.168.65.3/24", "192.168.65.1", "hv_netvsc", "eth0", DOCKER0),
        (DOCKER, GATEWAY, "192.168.65.254"),
        DOCKER,
        names=DESKTOP,
        server="192.168.65.7",
        confidence="likely",
        below="docker-desktop-windows",
        loopback=True,
    ),
    "lima-host-network": Place(
        "machine-network",
        "Lima docs (network/user); Colima: environment/vm/lima/dns.go",
        dockered("6.8.0-45-generic") | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("192.168.5.3")},
        linked("192.168.5.15/24", "192.168.5.2", "virtio_net", "eth0", DOCKER0),
        (DOCKER, "host.lima.internal", "192.168.5.2"),
        DOCKER,
        names={DOCKER: ("192.168.5.2",), "host.lima.internal": ("192.168.5.2",)},
        server="192.168.5.3",
        confidence="likely",
        below="lima",
        loopback=True,
    ),
    "lima-host-network-without-its-names": Place(
        "machine-network",
        "lima: pkg/networks/const.go; any network may have that gateway, so it is a guess",
        dockered("6.8.0-45-generic") | {"etc/hosts": pinned()},
        linked("192.168.5.15/24", "192.168.5.2", "virtio_net", "eth0", DOCKER0),
        (DOCKER, "host.lima.internal", "192.168.5.2"),
        "192.168.5.2",
        confidence="guess",
        below="lima",
        loopback=True,
    ),
    "rancher-desktop-host-network": Place(
        "machine-network",
        "Rancher Desktop: backend/lima.ts",
        dockered("6.6.71-0-virt") | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("192.168.5.3")},
        linked("192.168.5.15/24", "192.168.5.2", "virtio_net", "eth0", DOCKER0),
        ("host.rancher-desktop.internal", DOCKER, "192.168.5.2", "192.168.127.254"),
        "host.rancher-desktop.internal",
        names={"host.rancher-desktop.internal": ("192.168.5.2",), DOCKER: ("192.168.5.2",)},
        server="192.168.5.3",
        confidence="likely",
        below="rancher-desktop",
        loopback=True,
    ),
    "orbstack-host-network": Place(
        "machine-network",
        "OrbStack docs (docker/network)",
        dockered(ORBSTACK) | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("0.250.250.200")},
        Network((LO, DOCKER0)),
        (DOCKER, "host.orb.internal", "0.250.250.254"),
        DOCKER,
        names={DOCKER: ("0.250.250.254",), "host.orb.internal": ("0.250.250.254",)},
        server="0.250.250.200",
        confidence="likely",
        below="orbstack",
        loopback=True,
    ),
    "podman-machine-host-network": Place(
        "machine-network",
        "gvisor-tap-vsock: cmd/gvproxy/config.yaml; Podman machine is rootless unless told otherwise",
        podded() | {"proc/self/uid_map": "0 501 1\n1 100000 65536\n"},
        linked("192.168.127.2/24", "192.168.127.1", "virtio_net", "enp0s1"),
        (PODMAN, DOCKER, "192.168.127.254"),
        PODMAN,
        {"container": "podman"},
        names={PODMAN: ("192.168.127.254",), DOCKER: ("192.168.127.254",)},
        server="192.168.127.1",
        confidence="likely",
        below="podman-machine",
        loopback=True,
    ),
    "docker-in-wsl2-host-network": Place(
        "machine-network",
        "MicrosoftDocs/WSL: networking.md: with NAT the gateway is Windows",
        dockered(WSL2) | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("10.255.255.254")},
        linked("172.29.4.7/20", "172.29.0.1", "hv_netvsc", "eth0", DOCKER0),
        (DOCKER, "172.29.0.1"),
        "172.29.0.1",
        confidence="likely",
        below="docker-in-wsl2",
    ),
    "docker-in-mirrored-wsl2-host-network": Place(
        "host-network",
        "MicrosoftDocs/WSL: networking.md: mirrored, localhost is Windows too, and the gateway is a router",
        dockered(WSL2) | {"etc/hosts": pinned(), "etc/resolv.conf": resolving("10.255.255.254")},
        linked("192.0.2.2/24", "192.0.2.1", "hv_netvsc", "eth0", DOCKER0, Interface("loopback0", (), "hv_netvsc")),
        (),
        "localhost",
        loopback=True,
    ),
    "docker-desktop": Place(
        "docker-desktop",
        "Docker docs: networking how-tos; kernel and mount from users' posts",
        dockered(LINUXKIT)
        | {"etc/resolv.conf": EMBEDDED}
        | {
            "proc/self/mountinfo": docker()
            + "600 500 0:60 /Users/me/kag /kag rw - fakeowner /run/host_mark/Users rw,fakeowner\n"
        },
        COMPOSE,
        (DOCKER, GATEWAY, "192.168.65.254", "192.168.65.2", "172.18.0.1"),
        DOCKER,
        names=DESKTOP,
        server="127.0.0.11",
        loopback=True,
    ),
    "docker-desktop-without-its-names": Place(
        "docker-desktop",
        "docker/for-win issues 13463, 13966: --dns takes the names away",
        dockered(LINUXKIT),
        BRIDGE,
        (DOCKER, GATEWAY, "192.168.65.254", "192.168.65.2", "172.17.0.1"),
        "192.168.65.254",
        loopback=True,
    ),
    "docker-desktop-windows": Place(
        "docker-desktop-windows",
        "Docker docs: networking how-tos; kernel of the WSL2 backend",
        dockered(WSL2),
        BRIDGE,
        (DOCKER, GATEWAY, "192.168.65.254", "172.17.0.1"),
        DOCKER,
        names=DESKTOP,
        loopback=True,
    ),
    "orbstack": Place(
        "orbstack",
        "OrbStack docs (docker/network) and issues 1468, 2150",
        dockered(ORBSTACK) | {"etc/resolv.conf": resolving("0.250.250.200")},
        linked("192.168.215.2/24", "192.168.215.1"),
        (DOCKER, "host.orb.internal", "0.250.250.254", "192.168.215.1"),
        DOCKER,
        names={DOCKER: ("0.250.250.254",), "host.orb.internal": ("0.250.250.254",)},
        server="0.250.250.200",
        loopback=True,
    ),
    "lima": Place(
        "lima",
        "Lima docs (network/user); Colima: environment/vm/lima/dns.go",
        dockered("6.8.0-45-generic") | {"etc/resolv.conf": EMBEDDED},
        COMPOSE,
        (DOCKER, "host.lima.internal", "192.168.5.2", "172.18.0.1"),
        DOCKER,
        names={DOCKER: ("192.168.5.2",), "host.lima.internal": ("192.168.5.2",)},
        server="127.0.0.11",
        loopback=True,
    ),
    "lima-with-rootless-docker": Place(
        "lima",
        "Lima's template for Docker is rootless (templates/docker.yaml)",
        dockered("6.8.0-45-generic") | {"proc/self/uid_map": "0 501 1\n1 524288 65536\n"},
        BRIDGE,
        (DOCKER, "host.lima.internal", "192.168.5.2", "172.17.0.1"),
        "host.lima.internal",
        names={"host.lima.internal": ("192.168.5.2",)},
        loopback=True,
    ),
    "rancher-desktop": Place(
        "rancher-desktop",
        "Rancher Desktop: backend/lima.ts, and issue 7611: host-gateway pins the virtual machine",
        dockered("6.6.71-0-virt") | {"etc/hosts": pinned("172.17.0.1\thost.docker.internal")},
        COMPOSE,
        ("host.rancher-desktop.internal", DOCKER, "192.168.5.2", "192.168.127.254", "172.18.0.1"),
        "host.rancher-desktop.internal",
        names={"host.rancher-desktop.internal": ("192.168.5.2",), DOCKER: ("192.168.5.2",)},
        loopback=True,
    ),
    "rancher-desktop-windows": Place(
        "rancher-desktop",
        "Rancher Desktop: networking/cmd/host/config_windows.go: it defines Docker Desktop's gateway as well",
        dockered(WSL2),
        COMPOSE,
        ("host.rancher-desktop.internal", DOCKER, "192.168.5.2", "192.168.127.254", "172.18.0.1"),
        "host.rancher-desktop.internal",
        names={
            "host.rancher-desktop.internal": ("192.168.127.254",),
            DOCKER: ("192.168.127.254",),
            GATEWAY: ("192.168.127.1",),
        },
        loopback=True,
    ),
    "wslc": Place(
        "wslc",
        "MicrosoftDocs/WSL: wsl-container.md; it runs dockerd (WSL: WSLCSession.cpp)",
        dockered(WSL2),
        BRIDGE,
        ("host.wslc.internal", "172.17.0.1"),
        "host.wslc.internal",
        names={"host.wslc.internal": ("172.20.96.1",)},
        loopback=True,
    ),
    "docker-in-wsl2": Place(
        "docker-in-wsl2",
        "microsoft/WSL issue 12023; Docker notes WSL's resolver (moby: resolvconf.go)",
        dockered(WSL2) | {"etc/resolv.conf": resolving("127.0.0.11", noted="10.255.255.254")},
        COMPOSE,
        (DOCKER, "172.18.0.1", "172.17.0.1"),
        "172.18.0.1",
        server="127.0.0.11",
    ),
    "docker-in-wsl2-without-tunnel": Place(
        "docker-in-wsl2",
        "MicrosoftDocs/WSL: networking.md: without DNS tunnelling the resolver is Windows",
        dockered(WSL2) | {"etc/resolv.conf": resolving("127.0.0.11", noted="host(172.20.96.1)")},
        COMPOSE,
        (DOCKER, "172.18.0.1", "172.17.0.1", "172.20.96.1"),
        "172.18.0.1",
        server="127.0.0.11",
    ),
    "docker-bridge": Place("docker-bridge", "seen", dockered(), BRIDGE, (DOCKER, "172.17.0.1"), "172.17.0.1"),
    "docker-bridge-with-host-gateway": Place(
        "docker-bridge",
        "seen",
        dockered() | {"etc/hosts": pinned("172.17.0.1\thost.docker.internal", "172.17.0.2\t5a7fccb5cf87")},
        BRIDGE,
        (DOCKER, "172.17.0.1"),
        DOCKER,
    ),
    "docker-compose": Place(
        "docker-compose",
        "seen",
        dockered() | {"etc/resolv.conf": EMBEDDED},
        COMPOSE,
        (DOCKER, "172.18.0.1", "172.17.0.1"),
        "172.18.0.1",
        server="127.0.0.11",
    ),
    "docker-rootless": Place(
        "docker-rootless",
        "moby: contrib/dockerd-rootless.sh; rootlesskit: docs/network.md",
        dockered() | {"proc/self/uid_map": "0 1000 1\n1 100000 65536\n"},
        BRIDGE,
        (DOCKER, "10.0.2.2", "10.0.2.1", "192.168.65.2", "172.17.0.1"),
        "10.0.2.2",
    ),
    "docker-rootless-on-the-engines-network": Place(
        "docker-rootless",
        "rootless --network host is the engine's own namespace (Docker docs: rootless, troubleshoot)",
        dockered() | {"proc/self/uid_map": "0 1000 1\n1 100000 65536\n", "etc/resolv.conf": resolving("10.0.2.3")},
        linked("10.0.2.100/24", "10.0.2.2", "tun", "tap0", DOCKER0),
        (DOCKER, "10.0.2.2", "10.0.2.1", "192.168.65.2"),
        "10.0.2.2",
        server="10.0.2.3",
    ),
    "docker-userns-remap": Place(
        "docker-userns-remap",
        "seen",
        dockered()
        | {
            "proc/self/uid_map": "         0     231072      65536\n",
            "proc/self/mountinfo": docker(root="/var/lib/docker/231072.231072"),
        },
        linked("10.201.0.2/24 fd00:dead::242:ac9:2/64", "10.201.0.1 fd00:dead::1"),
        (DOCKER, "10.201.0.1", "fd00:dead::1", "172.17.0.1"),
        "10.201.0.1",
    ),
    "podman": Place(
        "podman",
        "seen",
        podded() | {"etc/hosts": pinned("10.88.0.1\thost.containers.internal", "10.88.0.2\tfebfb077cbd5")},
        linked("10.88.0.2/16", "10.88.0.1"),
        (PODMAN, DOCKER, "10.88.0.1", "172.17.0.1"),
        PODMAN,
        {"container": "podman"},
    ),
    "podman-rootless-pasta": Place(
        "podman-rootless-pasta",
        "containers/common: libnetwork/pasta/pasta_linux.go; podman docs: network.md",
        podded()
        | {
            "proc/self/uid_map": "0 1000 1\n1 524288 65536\n",
            "etc/hosts": pinned("169.254.1.2\thost.containers.internal host.docker.internal"),
            "etc/resolv.conf": resolving("169.254.1.1"),
        },
        linked("192.168.1.20/24", "192.168.1.1", "tun", "enp3s0"),
        (PODMAN, DOCKER, "169.254.1.2"),
        PODMAN,
        {"container": "podman"},
        server="169.254.1.1",
    ),
    "podman-rootless-slirp": Place(
        "podman-rootless-slirp",
        "seen",
        podded()
        | {
            "proc/self/uid_map": "0 999 1\n1 362144 65536\n",
            "etc/hosts": pinned("192.168.77.10\thost.containers.internal", "10.0.2.100\t02340c47ea7e"),
            "etc/resolv.conf": resolving("10.0.2.3", "10.255.255.53"),
        },
        linked("10.0.2.100/24", "10.0.2.2", "tun", "tap0"),
        (PODMAN, DOCKER, "10.0.2.2"),
        PODMAN,
        {"container": "podman"},
        server="10.0.2.3",
    ),
    "podman-rootless-on-a-network": Place(
        "podman-rootless",
        "seen",
        podded()
        | {
            "proc/self/uid_map": "0 999 1\n1 362144 65536\n",
            "etc/hosts": pinned("192.168.77.10\thost.containers.internal", "10.89.0.3\t4316389b13da"),
            "etc/resolv.conf": resolving("10.89.0.1", "10.255.255.53", search="dns.podman"),
        },
        linked("10.89.0.3/24", "10.89.0.1"),
        (PODMAN, DOCKER, "169.254.1.2", "10.89.0.1"),
        PODMAN,
        {"container": "podman"},
        server="10.89.0.1",
    ),
    "podman-machine": Place(
        "podman-machine",
        "containers/common: pkg/machine; gvisor-tap-vsock: cmd/gvproxy/config.yaml",
        podded()
        | {"proc/sys/kernel/osrelease": "6.14.0-63.fc42.aarch64\n", "etc/resolv.conf": resolving("192.168.127.1")},
        linked("10.88.0.2/16", "10.88.0.1"),
        (PODMAN, DOCKER, "192.168.127.254", "10.88.0.1"),
        PODMAN,
        {"container": "podman"},
        {PODMAN: ("192.168.127.254",), DOCKER: ("192.168.127.254",)},
        server="192.168.127.1",
        loopback=True,
    ),
    "podman-in-wsl2": Place(
        "podman-in-wsl2",
        "podman docs: user-mode-networking.md; podman issue 24970",
        podded()
        | {
            "proc/sys/kernel/osrelease": f"{WSL2}\n",
            "etc/hosts": pinned("10.88.0.1\thost.containers.internal"),
            "etc/resolv.conf": resolving("172.20.96.1"),
        },
        linked("10.88.0.2/16", "10.88.0.1"),
        (PODMAN, DOCKER, "10.88.0.1", "172.17.0.1", "172.20.96.1"),
        PODMAN,
        {"container": "podman"},
    ),
    "nerdctl": Place(
        "nerdctl",
        "nerdctl: docs/cni.md, docs/config.md; no marker file",
        {
            "proc/sys/kernel/osrelease": f"{DEBIAN}\n",
            "proc/self/mountinfo": mounted(f"/var/lib/nerdctl/1935db59/etchosts/default/{ONE}/hosts"),
            "etc/resolv.conf": resolving("192.0.2.53"),
        },
        linked("10.4.0.2/24", "10.4.0.1"),
        (DOCKER, "10.4.0.1", "172.17.0.1"),
        "10.4.0.1",
    ),
    "kubernetes": Place(
        "kubernetes",
        "Kubernetes docs: pod environment, DNS for services",
        POD | {"proc/sys/kernel/osrelease": f"{DEBIAN}\n"},
        linked("10.244.0.5/24", "10.244.0.1"),
        IN_CLUSTERS,
        None,
        IN_POD,
        server="10.96.0.10",
    ),
    "kubernetes-in-k3d": Place(
        "kubernetes",
        "k3d: pkg/client/host.go puts the name into CoreDNS",
        POD | {"proc/sys/kernel/osrelease": f"{DEBIAN}\n"},
        linked("10.42.0.5/24", "10.42.0.1"),
        IN_CLUSTERS,
        "host.k3d.internal",
        IN_POD,
        {"host.k3d.internal": ("172.19.0.1",)},
        server="10.96.0.10",
    ),
    "kubernetes-in-docker-desktop": Place(
        "kubernetes",
        "Docker docs: its name is known in Docker Desktop's cluster too",
        POD | {"proc/sys/kernel/osrelease": f"{LINUXKIT}\n"},
        linked("10.1.0.5/16", "10.1.0.1"),
        (*IN_CLUSTERS, GATEWAY),
        DOCKER,
        IN_POD,
        {DOCKER: ("192.168.65.254",), GATEWAY: ("192.168.65.1",)},
        server="10.96.0.10",
        below="docker-desktop",
    ),
    "docker-in-docker": Place(
        "docker-in-docker",
        "docker:dind keeps its files in a volume of the outer engine (docker-library)",
        dockered() | {"proc/self/mountinfo": docker(root=f"/var/lib/docker/volumes/{OTHER}/_data")},
        BRIDGE,
        (DOCKER, "172.17.0.1"),
        "172.17.0.1",
    ),
    "docker-in-docker-the-outer-one": Place(
        "docker-in-docker",
        "the same container from within: its own bridge beside its own link",
        dockered(),
        linked("172.19.0.2/16", "172.19.0.1", "veth", "eth0", DOCKER0),
        (DOCKER, "172.19.0.1"),
        "172.19.0.1",
        confidence="likely",
    ),
    "apple-container": Place(
        "apple-container",
        "apple/container: docs/how-to.md",
        {
            "proc/sys/kernel/osrelease": "6.14.9\n",
            "proc/1/comm": "java\n",
            "etc/resolv.conf": resolving("192.168.64.1"),
        },
        linked("192.168.64.3/24", "192.168.64.1", "virtio_net"),
        ("host.container.internal", "192.168.64.1"),
        "192.168.64.1",
        server="192.168.64.1",
        confidence="guess",
    ),
    "apple-container-with-the-name": Place(
        "apple-container",
        "the same after `container system dns create`",
        {
            "proc/sys/kernel/osrelease": "6.14.9\n",
            "proc/1/comm": "java\n",
            "etc/resolv.conf": resolving("192.168.64.1"),
        },
        linked("192.168.64.3/24", "192.168.64.1", "virtio_net"),
        ("host.container.internal", "192.168.64.1"),
        "host.container.internal",
        names={"host.container.internal": ("203.0.113.113",)},
        server="192.168.64.1",
    ),
    "lxc": Place(
        "lxc",
        "LXC sets `container` for process 1; Incus gives /dev/incus (Incus docs)",
        {
            "proc/sys/kernel/osrelease": f"{DEBIAN}\n",
            "proc/1/environ": "container=lxc\0TERM=linux\0",
            "run/systemd/container": "lxc",
            "dev/incus/": "",
            "etc/resolv.conf": resolving("127.0.0.53"),
        },
        linked("10.137.12.8/24", "10.137.12.1"),
        ("10.137.12.1", "172.17.0.1"),
        "10.137.12.1",
        server="127.0.0.53",
    ),
    "aws-fargate": Place(
        "aws-ecs",
        "AWS docs: ECS environment variables",
        {"proc/sys/kernel/osrelease": "5.10.230-223.885.amzn2.x86_64\n", "etc/resolv.conf": resolving("10.0.0.2")},
        linked("10.0.1.7/24", "10.0.1.1", "", "eth1"),
        (),
        None,
        {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE", "ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4/x"},
        server="10.0.0.2",
    ),
    "codespaces": Place(
        "codespaces",
        "GitHub docs: default environment variables for your codespace",
        dockered("6.8.0-1030-azure"),
        BRIDGE,
        (DOCKER, "172.17.0.1"),
        "172.17.0.1",
        {"CODESPACES": "true"},
        below="docker-bridge",
    ),
    "github-actions": Place(
        "github-actions",
        "GitHub docs: a job's container is on a network of its own",
        dockered("6.11.0-1018-azure") | {"etc/resolv.conf": EMBEDDED},
        COMPOSE,
        (DOCKER, "172.18.0.1", "172.17.0.1"),
        "172.18.0.1",
        {"GITHUB_ACTIONS": "true"},
        server="127.0.0.11",
        below="docker-compose",
    ),
    "no-network": Place(
        "no-network", "seen: docker run --network none", dockered() | {"etc/resolv.conf": ""}, Network((LO,)), (), None
    ),
    "macvlan": Place(
        "macvlan",
        "seen; the gateway is the network's router",
        dockered() | {"etc/resolv.conf": EMBEDDED},
        linked("10.222.0.2/24", "10.222.0.1", "macvlan"),
        (DOCKER,),
        None,
        server="127.0.0.11",
    ),
    "docker-internal": Place(
        "docker-internal",
        "Docker docs: no default route since Engine 27 (20.10, seen, sets one and looks like docker-compose)",
        dockered() | {"etc/resolv.conf": EMBEDDED},
        linked("172.19.0.2/16"),
        (DOCKER, "172.19.0.1", "172.17.0.1"),
        "172.19.0.1",
        server="127.0.0.11",
    ),
    "shared-network": Place(
        "shared-network",
        "seen, cgroup v1: the control group is this container's, /etc/hosts the other's",
        dockered()
        | {"proc/self/mountinfo": docker(OTHER), "proc/self/cgroup": f"8:pids:/docker/{ONE}\n0::/docker/{ONE}\n"},
        BRIDGE,
        (DOCKER, "172.17.0.1"),
        "172.17.0.1",
        below="docker-bridge",
    ),
    "shared-network-of-podman": Place(
        "shared-network",
        "seen: /etc/hostname is this container's, /etc/hosts the other's, whatever the version of cgroups",
        podded()
        | {
            "proc/self/mountinfo": podman(ONE, OTHER),
            "etc/hosts": pinned("10.88.0.1\thost.containers.internal", "10.88.0.4\t30398a5bd7c7"),
        },
        linked("10.88.0.4/16", "10.88.0.1"),
        (PODMAN, DOCKER, "10.88.0.1", "172.17.0.1"),
        PODMAN,
        {"container": "podman"},
        below="podman",
    ),
    "unknown-container": Place(
        "unknown-container",
        "an engine nobody has heard of, which sets `container` as systemd's interface asks (systemd.io)",
        {"proc/sys/kernel/osrelease": f"{DEBIAN}\n", "etc/resolv.conf": resolving("192.0.2.53")},
        linked("10.9.0.2/24", "10.9.0.1"),
        (DOCKER, PODMAN, "10.9.0.1", "172.17.0.1"),
        "10.9.0.1",
        {"container": "warehouse"},
        confidence="likely",
    ),
    "linux-host": Place(
        "linux-host",
        "a laptop that runs Docker",
        {"proc/sys/kernel/osrelease": f"{DEBIAN}\n", "etc/resolv.conf": resolving("127.0.0.53")},
        linked("192.168.1.20/24", "192.168.1.1", "e1000e", "enp3s0", DOCKER0),
        (),
        "localhost",
        confidence="likely",
        loopback=True,
    ),
}
