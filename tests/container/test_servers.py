"""Which containers are OpenSPG servers: rows as the engine lists them, by what tells it, and those that never are."""

import pytest

from netdiag.container.finding import _listed
from netdiag.container.servers import servers

JAR = (
    "java -Dfile.encoding=UTF-8 -Xms2048m -Xmx8192m -jar arks-sofaboot-0.0.1-SNAPSHOT-executable.jar "
    "--server.repository.impl.jdbc.host=mysql --server.repository.impl.jdbc.password=openspg"
)
REGISTRY = "spg-registry.cn-hangzhou.cr.aliyuncs.com/spg"


def row(name, image, command="", *, project="", service="", ports=(), state="running", **more):
    """A container as ``GET /containers/json`` has it."""
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": service} if service else {}
    return {
        "Id": f"{abs(hash((name, image))):064x}",
        "Names": [f"/{name}"],
        "Image": image,
        "ImageID": "sha256:" + "0" * 64,
        "Command": command,
        "Labels": labels | more.get("labels", {}),
        "State": state,
        "Ports": [{"PrivatePort": port, "Type": "tcp"} for port in ports],
        "HostConfig": {"NetworkMode": more.get("network", "default")},
    }


MYSQL = row(
    "release-openspg-mysql",
    f"{REGISTRY}/openspg-mysql:latest",
    "docker-entrypoint.sh --character-set-server=utf8mb4",
    project="release",
    service="mysql",
    ports=(3306,),
)
NEO4J = row(
    "release-openspg-neo4j",
    f"{REGISTRY}/openspg-neo4j:latest",
    "tini -g -- /startup/docker-entrypoint.sh neo4j",
    project="release",
    service="neo4j",
    ports=(7474, 7687),
)
MINIO = row(
    "release-openspg-minio",
    f"{REGISTRY}/openspg-minio:latest",
    "/usr/bin/docker-entrypoint.sh server --console-address :9001 /data",
    project="release",
    service="minio",
    ports=(9000, 9001),
)
COMPANIONS = (MYSQL, NEO4J, MINIO)

SERVERS = {
    "OpenSPG's own compose file": (
        row("release-openspg-server", f"{REGISTRY}/openspg-server:latest", JAR, project="release", service="server"),
        "command",
    ),
    "0.5: the program is the image's": (
        row(
            "release-openspg-server",
            "openspg/openspg-server:0.5",
            "java -jar arks-sofaboot-0.0.1-SNAPSHOT-executable.jar --cloudext.graphstore.url=tugraph://tugraph:9090",
        ),
        "command",
    ),
    "an image retagged": (row("kg", "mirror.example:5000/kg:1", JAR), "command"),
    "an image built from it, started by a script": (row("kg", "kg:1", "/start.sh", ports=(8887,)), "port"),
    "listed by its image's id": (row("release-openspg-server", "9f86d081884c", "sh -c /start.sh"), "name"),
    "compose 2's name": (row("openspg-server-1", "kg:1", "/s", project="openspg", service="server"), "name"),
    "compose 1's name": (row("openspg_server_1", "kg:1", "/s", project="openspg", service="server"), "name"),
    "a project of another name": (
        row("project_server_1", f"{REGISTRY}/openspg-server:0.8", "/s", project="project", service="server"),
        "image",
    ),
    "renamed by compose 1 while it re-creates": (row("4f2aaa_release-openspg-server", "kg:1", "/s"), "name"),
    "Podman's names": (row("openspg_server_1", "localhost/openspg-server:latest", ""), "name"),
    "netdiag's own example": (row("kg", "openspg-server:netdiag", "sleep infinity"), "image"),
    "an image for another machine": (row("kg", "mirror/openspg-server-arm64:0.8", "/s"), "image"),
    "by digest": (row("kg", f"{REGISTRY}/openspg-server@sha256:{'1' * 64}", "/s"), "image"),
    "a service of that name": (row("x-1", "kg:1", "/s", project="x", service="openspg"), "service"),
    "a shell that starts it": (row("kg", "kg:1", f'sh -c "exec {JAR}"'), "command"),
    "in another's network": (row("kg", "kg:1", JAR, network="container:" + "0" * 64), "command"),
}


@pytest.mark.parametrize(("said", "evidence"), SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_server_among_its_companions(said, evidence, state):
    """It is told whether it runs or not, and MySQL, Neo4j and MinIO of OpenSPG's images are never taken for it."""
    listed = [_listed(each) for each in (*COMPANIONS, said | {"State": state})]
    assert [(each.container.id, each.evidence) for each in servers(listed)] == [(said["Id"], evidence)]


OTHERS = {
    "the companions": MYSQL,
    "a companion of the server's image": row("release-openspg-neo4j", "netdiag-test/openspg", "python -m http.server"),
    "a companion of no service": row("openspg-mysql-1", "registry/openspg:0.8", "mysqld"),
    "another's server": row("server-1", "web:1", "node server.js", project="shop", service="server", ports=(80,)),
    "who reads its log": row("logs", "busybox", "tail -F /logs/arks-sofaboot.log"),
    "a gate of netdiag's in its network": row(
        "x-gate-1", "openspg-server:netdiag", "netdiag check --wait 120s", network="container:" + "0" * 64
    ),
    "netdiag in the server's image": row("x-watch-1", "openspg-server:netdiag", "/opt/netdiag/bin/netdiag watch"),
    "a command run once": row("x-server-run-1", "openspg-server", "sh", labels={"com.docker.compose.oneoff": "True"}),
    "a helper of netdiag's": row("h", "openspg-server", "python", labels={"netdiag.helper": "0"}),
    "a port over UDP": row("h", "x", "x") | {"Ports": [{"PrivatePort": 8887, "Type": "udp"}]},
}


@pytest.mark.parametrize("said", OTHERS.values(), ids=OTHERS)
def test_who_is_none(said):
    """A name or an image that begins alike is no evidence, nor is a port alone of another service."""
    assert servers([_listed(each) for each in (said, NEO4J, MINIO)]) == ()


def test_a_port_proves_least():
    """Who only exposes the server's port is not one of two where another container is certain to be it."""
    proxy = row("proxy", "nginx", "nginx -g", ports=(8887,))
    server, _ = SERVERS["OpenSPG's own compose file"]
    assert [each.container.name for each in servers([_listed(proxy), _listed(server)])] == ["release-openspg-server"]
