"""Reading facts below an injected root, and what each text gives away."""

from pathlib import Path

import pytest

from netdiag import platform
from netdiag.model.place import Fact, Gateway, HostsLine, Interface
from netdiag.platform import marks, network
from netdiag.platform.network import Network
from netdiag.platform.resolving import Resolver, hosts, resolver

ONE, OTHER = "5a" * 32, "b2" * 32
NOWHERE = Network()


def mounted(source: str, over: str = "/etc/hosts") -> str:
    """A line of mountinfo."""
    return f"712 700 8:1 {source} {over} rw,relatime - ext4 /dev/sda1 rw\n"


@pytest.fixture
def root(tmp_path):
    """A root with the given files; returns a function that makes them."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("files", "environ", "mark"),
    [
        ({".dockerenv": ""}, {}, Fact("dockerenv", "present", "/.dockerenv")),
        ({"run/.containerenv": ""}, {}, Fact("containerenv", "present", "/run/.containerenv")),
        (
            {"proc/self/mountinfo": mounted(f"/var/lib/docker/containers/{ONE}/hosts")},
            {},
            Fact("docker_mount", f"…/containers/{ONE[:12]}", "/proc/self/mountinfo"),
        ),
        (
            {"proc/sys/kernel/osrelease": "6.12.72-linuxkit\n"},
            {},
            Fact("kernel_linuxkit", "6.12.72-linuxkit", "/proc/sys/kernel/osrelease"),
        ),
        (
            {"etc/resolv.conf": "# ExtServers: [10.255.255.254]\nnameserver 127.0.0.11\n"},
            {},
            Fact("wsl_dns", "10.255.255.254", "/etc/resolv.conf"),
        ),
        ({}, {"container": "podman"}, Fact("podman_variable", "podman", "environment: container")),
        (
            {"proc/1/environ": "A=1\0container=lxc\0"},
            {},
            Fact("lxc_variable", "lxc", "/proc/1/environ: container"),
        ),
        ({"run/systemd/container": "lxc\n"}, {}, Fact("lxc_variable", "lxc", "/run/systemd/container")),
        ({}, {"CODESPACES": "true"}, Fact("codespaces", "true", "environment: CODESPACES")),
        ({"proc/cmdline": "quiet agent.log=debug x\n"}, {}, Fact("kata", "agent.log=debug", "/proc/cmdline")),
    ],
    ids=lambda value: value.name if isinstance(value, Fact) else "",
)
def test_each_mark_is_seen_with_its_source(root, files, environ, mark):
    """A sign in a file or the environment becomes a fact that says where it can be seen again."""
    assert platform.read(root(files), environ, NOWHERE).mark(mark.name) == mark


def test_an_empty_root_has_no_marks(tmp_path):
    """Nothing is invented where nothing can be read, and nothing of this machine gets in."""
    facts = platform.read(tmp_path, {}, NOWHERE)
    assert facts == platform.read(tmp_path / "missing", {}, NOWHERE)
    assert (facts.marks, facts.interfaces, facts.hosts, facts.nameservers) == ((), (), (), ())


def test_of_the_first_process_only_one_variable_is_read(root):
    """Whatever else its environment holds stays there."""
    facts = platform.read(root({"proc/1/environ": "OPENAI_API_KEY=sk-canary\0container=lxc\0"}), {}, NOWHERE)
    assert "sk-canary" not in repr(facts)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"/var/lib/docker/containers/{ONE}/hosts", "docker_mount"),
        (f"/data/engine/containers/{ONE}/hosts", "docker_mount"),
        (f"/var/lib/docker/231072.231072/containers/{ONE}/hosts", "docker_mount"),
        (f"/run/containers/storage/overlay-containers/{ONE}/userdata/hosts", "podman_mount"),
        (f"/run/user/1000/containers/vfs-containers/{ONE}/userdata/hosts", "podman_mount"),
        (f"/var/lib/docker/volumes/{OTHER}/_data/containers/{ONE}/hosts", "nested_docker"),
        (f"/var/lib/docker/overlay2/{OTHER}/diff/var/lib/docker/containers/{ONE}/hosts", "nested_docker"),
        (f"/var/lib/nerdctl/1935db59/etchosts/default/{ONE}/hosts", "nerdctl_mount"),
        ("/var/lib/kubelet/pods/1f3a/etc-hosts", "kubelet_mount"),
        ("/containers/notes/hosts", None),
        (f"/home/me/containers/{ONE}/config.yaml", None),
        ("/", None),
    ],
)
def test_who_mounted_the_hosts_file(source, expected):
    """The engine is known by the path it keeps its files at, whatever its data root is called."""
    found = [mark.name for mark in marks.of_mounts(mounted(source), "")]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("hosts_of", "hostname_of", "cgroup", "expected"),
    [
        (ONE, ONE, f"1:cpu:/docker/{ONE}", False),
        (OTHER, OTHER, f"1:cpu:/docker/{ONE}", True),
        (OTHER, OTHER, f"1:cpu:/system.slice/docker-{ONE}.scope", True),
        (OTHER, OTHER, "0::/", False),
    ],
    ids=["its own", "another's", "another's, systemd", "not to be told with cgroup v2"],
)
def test_whose_files_docker_mounted(hosts_of, hostname_of, cgroup, expected):
    """A container in another one's network is given that one's files; its own control group gives it away."""
    text = mounted(f"/d/containers/{hostname_of}/hostname", "/etc/hostname") + mounted(
        f"/d/containers/{hosts_of}/hosts"
    )
    assert ("others_files" in {mark.name for mark in marks.of_mounts(text, cgroup)}) == expected


@pytest.mark.parametrize(("owner", "expected"), [(ONE, False), (OTHER, True)])
def test_whose_files_podman_mounted(owner, expected):
    """With Podman /etc/hostname stays the container's own."""
    text = mounted(f"/r/overlay-containers/{ONE}/userdata/hostname", "/etc/hostname")
    text += mounted(f"/r/overlay-containers/{owner}/userdata/hosts")
    assert ("others_files" in {mark.name for mark in marks.of_mounts(text, "0::/")}) == expected


@pytest.mark.parametrize(
    ("uid_map", "expected"),
    [
        ("         0          0 4294967295\n", []),
        ("0 0 1\n", []),
        ("0 999 1\n1 362144 65536\n", ["rootless_namespace"]),
        ("0 1 999\n999 0 1\n1000 1000 64537\n", ["rootless_namespace"]),
        ("0 231072 65536\n", ["remapped_namespace"]),
        ("", []),
        ("nonsense", []),
    ],
    ids=["none", "the lab's", "rootless", "keep-id", "userns-remap", "unreadable", "rubbish"],
)
def test_user_namespaces(uid_map, expected):
    """Whom user 0 is outside tells a rootless engine from a remapped one; the maps but two were seen in containers."""
    assert [mark.name for mark in marks.of_user_namespace(uid_map)] == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}, ["ecs"]),
        ({"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}, []),
        ({"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, ["kubernetes"]),
        ({"KUBERNETES_SERVICE_HOST": ""}, []),
        ({"container": "oci"}, ["container_variable"]),
    ],
)
def test_variables(environ, expected):
    """Only what says where this is counts, and an empty variable says nothing."""
    assert [mark.name for mark in marks.of_environment(environ, {}, "")] == expected


def linked(*interfaces: Interface, gateways=()) -> list[str]:
    """The marks of a network."""
    found = marks.of_network(Network(interfaces, gateways), Resolver(("192.168.64.1",)), "java")
    return [mark.name for mark in found]


LO = Interface("lo", ("127.0.0.1/8",))
OUT = (Gateway("10.0.0.1", "eth0"),)


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ((LO,), ["no_network"]),
        ((LO, Interface("tunl0", (), "ipip")), ["no_network"]),
        ((LO, Interface("eth0", ("10.0.0.2/24",), "veth")), ["own_veth"]),
        ((LO, Interface("eth0", ("10.0.0.2/24",), "macvlan")), ["own_macvlan"]),
        ((LO, Interface("eth0", ("10.0.0.2/24",), "ipvlan")), ["own_macvlan"]),
        ((LO, Interface("tap0", ("10.0.2.100/24",), "tun")), ["own_tap"]),
        ((LO, Interface("enp3s0", ("10.0.0.2/24",), "tun")), ["own_tun"]),
        ((LO, Interface("eth0", ("10.0.0.2/24",), "virtio_net")), ["hardware"]),
        ((LO, Interface("eth0", ("10.0.0.2/24",), "")), []),
        ((LO, Interface("docker0", ("172.17.0.1/16",), "bridge")), ["host_interfaces"]),
        ((LO, Interface("veth9a", (), "veth"), Interface("enp3s0", ("10.0.0.2/24",), "e1000e")),
         ["host_interfaces", "hardware"]),
        ((LO, Interface("lan0", ("10.0.0.2/24",), "bridge")), ["host_interfaces"]),
        ((LO, Interface("wg0", ("10.0.0.2/24",), "wireguard")), []),
    ],
)  # fmt: skip
def test_links(interfaces, expected):
    """The driver tells a veth from a macvlan (their entries in /sys look alike), and an engine's bridge from both."""
    assert linked(*interfaces, gateways=OUT) == expected


def test_no_default_route():
    """An address without a gateway is an internal network; loopback alone is no network at all."""
    assert linked(LO, Interface("eth0", ("10.0.0.2/24",), "veth")) == ["own_veth", "no_default_route"]
    assert linked(LO) == ["no_network"]


def test_apples_resolver():
    """A gateway that is the name server too, in Apple's default range, before a process that is no init."""
    eth0 = Interface("eth0", ("192.168.64.3/24",), "virtio_net")
    ways = (Gateway("192.168.64.1", "eth0"),)
    assert "apple_resolver" in linked(LO, eth0, gateways=ways)
    for first in ("systemd", "init", ""):
        found = marks.of_network(Network((LO, eth0), ways), Resolver(("192.168.64.1",)), first)
        assert "apple_resolver" not in {mark.name for mark in found}


def test_hosts_lines_keep_their_numbers():
    """Comments and blank lines count, as an editor counts them."""
    found = hosts("127.0.0.1 localhost\n# note\n\n172.17.0.1 Host.Docker.Internal h # x\n")
    assert found[1] == HostsLine("172.17.0.1", ("Host.Docker.Internal", "h"), 4)


def test_names_in_hosts_compare_without_case(root):
    """RFC 4343; what stands after # is a comment."""
    facts = platform.read(root({"etc/hosts": "172.17.0.1 Host.Docker.Internal h # x\n"}), {}, NOWHERE)
    assert facts.pinned("host.docker.internal") is not None
    assert facts.pinned("x") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameserver 127.0.0.11\noptions edns0\n", Resolver(("127.0.0.11",))),
        ("nameserver 10.0.0.1\nnameserver fd00::1\n", Resolver(("10.0.0.1", "fd00::1"))),
        ("search a.b c.d\nsearch e.f\n", Resolver((), ("e.f",))),
        ("domain a.b\n", Resolver((), ("a.b",))),
        ("# ExtServers: [host(127.0.0.53)]\n", Resolver(host_nameservers=("127.0.0.53",))),
        ("# ExtServers: [10.0.0.1 host(fe80::1%eth0)]\n", Resolver(host_nameservers=("10.0.0.1", "fe80::1"))),
        ("# ExtServers: []\n", Resolver()),
        ("nameserver\nsearch\n\0\n", Resolver()),
    ],
)
def test_resolv_conf(text, expected):
    """Servers, the last search list, and what Docker notes of the machine it runs on."""
    assert resolver(text) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"addr": "172.18.0.2", "netmask": "255.255.0.0"}, "172.18.0.2/16"),
        ({"addr": "fd00::2", "netmask": "ffff:ffff:ffff:ffff::/64"}, "fd00::2/64"),
        ({"addr": "fe80::1%eth0", "netmask": "ffff:ffff:ffff:ffff::/64"}, "fe80::1/64"),
        ({"addr": "10.0.0.1"}, "10.0.0.1/32"),
    ],
)
def test_addresses_in_prefix_notation(entry, expected):
    """What netifaces gives for either family becomes one notation."""
    assert network._prefixed(entry) == expected


def test_this_machine_has_loopback():
    """The real interfaces are read: every machine has 127.0.0.1/8, and nothing drives loopback."""
    found = {interface.name: interface for interface in network.interfaces()}
    assert "127.0.0.1/8" in found["lo"].addresses
    assert found["lo"].driver == ""
