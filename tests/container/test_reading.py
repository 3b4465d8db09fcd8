"""The engine's answers, read into values."""

from netdiag.container.reading import of_container, of_engine
from netdiag.model.container import Compose, ContainerNetwork, Engine, Mount

RAW = {
    "Id": "4f2a" * 16,
    "Name": "/release-openspg-server",
    "State": {"Status": "running", "Health": {"Status": "healthy"}},
    "Platform": "linux",
    "Config": {
        "Image": "openspg-server:0.8",
        "User": "admin",
        "Env": ["HTTP_PROXY=http://me:c4n4ry@proxy:3128", "no_proxy=localhost", "MYSQL_PASSWORD=c4n4ry", "ODD"],
        "Labels": {
            "com.docker.compose.project": "spg",
            "com.docker.compose.service": "server",
            "com.docker.compose.project.working_dir": "/srv/spg",
            "com.docker.compose.project.config_files": "/srv/spg/docker-compose.yml,/srv/spg/o.yml",
        },
    },
    "HostConfig": {
        "NetworkMode": "spg_default",
        "ExtraHosts": ["host.docker.internal:host-gateway"],
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "always"},
        "Tmpfs": {"/tmp": "", "/ro": "ro,size=1m"},
    },
    "Mounts": [{"Type": "bind", "Source": "/srv/kag", "Destination": "/kag", "RW": False}],
    "NetworkSettings": {
        "Networks": {"spg_default": {"IPAddress": "172.18.0.5", "Gateway": "172.18.0.1", "Aliases": ["server"]}}
    },
}
NETWORKS = {"spg_default": {"Name": "spg_default", "Driver": "bridge", "Internal": True}}


def test_a_container():
    """All that netdiag asks of a container, and of its environment nothing but proxies, without passwords."""
    read = of_container(RAW, NETWORKS)
    assert read.networks == (
        ContainerNetwork("spg_default", "172.18.0.5", "", "172.18.0.1", "", ("server",), "bridge", internal=True),
    )
    assert read.proxies == {"HTTP_PROXY": "http://******@proxy:3128", "no_proxy": "localhost"}
    assert read.mounts == (
        Mount("bind", "/srv/kag", "/kag", writable=False),
        Mount("tmpfs", "", "/tmp", writable=True),
        Mount("tmpfs", "", "/ro", writable=False),
    )
    files = ("/srv/spg/docker-compose.yml", "/srv/spg/o.yml")
    assert read.compose == Compose("spg", "server", "/srv/spg", files)
    assert (read.name, read.status, read.health, read.user) == ("release-openspg-server", "running", "healthy", "admin")
    assert (read.read_only, read.restart, read.network_mode) == (True, "always", "spg_default")
    assert "c4n4ry" not in repr(read)


def test_a_container_of_which_little_is_said():
    """What an engine leaves out or gives as null is empty."""
    read = of_container({"Id": "1" * 64, "Config": None, "HostConfig": {"Tmpfs": None}, "Mounts": None}, {})
    assert (read.id, read.status, read.networks, read.compose) == ("1" * 64, "", (), None)


def test_engines():
    """Docker, Docker Desktop and Podman are told apart by what they say of themselves."""
    docker = of_engine(
        {"Version": "20.10.24", "ApiVersion": "1.41"}, {"OperatingSystem": "Debian", "Architecture": "x86_64"}
    )
    assert docker == Engine("docker", "20.10.24", "1.41", "Debian", "x86_64")
    desktop = of_engine({}, {"OperatingSystem": "Docker Desktop", "SecurityOptions": ["name=seccomp"]})
    assert (desktop.desktop, desktop.rootless) == (True, False)
    podman = of_engine({"Components": [{"Name": "Podman Engine"}]}, {"SecurityOptions": ["name=rootless"]})
    assert (podman.name, podman.rootless) == ("podman", True)
