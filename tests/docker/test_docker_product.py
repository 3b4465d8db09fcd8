"""Product mode in real containers: what the server's database holds is repaired by the command as it is written."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import LABEL, PROJECT, TESTS, Container, Engine, Images
from golden import check_block, steady

pytestmark = pytest.mark.docker

MARIADB_IMAGE = "netdiag-test/debian-mariadb:bookworm"
DUMP = """
import pymysql
cursor = pymysql.connect(host="mysql", user="root", password="openspg", database="openspg").cursor()
for table in ("kg_user_model", "kg_project_info"):
    cursor.execute(f"SELECT id, HEX(config) FROM {table} ORDER BY id")
    print(table, cursor.fetchall())
"""

EMPTY = """
import pymysql
cursor = pymysql.connect(host="mysql", user="root", password="openspg", database="openspg", autocommit=True).cursor()
for table in ("kg_user_model", "kg_project_info"):
    cursor.execute(f"DELETE FROM {table}")
"""


@pytest.fixture
def server(
    engine: Engine, images: Images, tmp_path: Path, require: Callable[[str, str], NoReturn]
) -> Iterator[Container]:
    """The compose project: the server as `openspg`, its database, and an Ollama on the host."""
    if engine.docker("image", "inspect", MARIADB_IMAGE, check=False).returncode:
        require("docker", f"there is no image {MARIADB_IMAGE}; run, as root: tests/grounds/up mariadb")
    settings = tmp_path / "settings"
    settings.write_text(f"TESTS={TESTS}\n")
    compose = ("compose", "--project-name", f"{LABEL}-product", "--env-file", str(settings))
    compose += ("--file", str(TESTS / "docker/product-compose.yml"))
    program = (sys.executable, "-m", "netdiag.lab.servers", "ollama", "--listen", "0.0.0.0")
    models = ("--model", "qwen2.5:3b", "--model", "bge-m3")
    try:
        with engine.serving(*program, *models, log=tmp_path / "ollama"):
            engine.docker(*compose, "up", "--detach", "--wait", timeout=180)
            yield Container(engine, "openspg")
    finally:
        engine.docker(*compose, "down", "--volumes", check=False)


def stored(server: Container) -> str:
    """Every byte of what the database holds."""
    return server.run("/opt/netdiag/bin/python", "-c", DUMP).stdout


def told(server: Container) -> list[str]:
    """The base_urls that the server tells."""
    answer = server.run("curl", "--silent", "http://127.0.0.1:8887/public/v1/project").stdout
    configs = [json.loads(project["config"]) for project in json.loads(answer)]
    return [node["base_url"] for each in configs for node in each.values() if "base_url" in node]


def test_as_written(engine: Engine, server: Container) -> None:
    """`docker exec openspg netdiag fix-base-url` repairs it, the server tells so, and nothing is left to do."""
    before = stored(server)
    assert "localhost" in " ".join(told(server))
    done = engine.command("sh", "-c", "docker exec openspg netdiag fix-base-url", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("base_urls: 5 repaired; `netdiag rollback` puts the old values back\n")
    assert "model page > Ollama > qwen2.5:3b" in done.stdout
    assert "ND23" not in done.stdout  # Neo4j and MinIO answer
    assert "c4n4ry" not in done.stdout + done.stderr
    assert {url.split("/")[2] for url in told(server)} == {f"{server.gateway()}:11434"}

    again = server.run("netdiag", "fix-base-url", "--format", "json")
    report = json.loads(again.stdout)
    assert again.returncode == 0, again.stdout + again.stderr
    assert {item["verdict"] for item in report["endpoints"]} == {"works"}
    assert report["plan"]["edits"] == report["applied"] == []

    undone = server.run("netdiag", "rollback")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert stored(server) == before


PAGES = pytest.mark.parametrize(
    ("page", "options"), [("README.md", ""), ("README.zh-CN.md", " --lang zh")], ids=["en", "zh"]
)


def typed(engine: Engine, server: Container, command: str, state: Path, status: int) -> str:
    """Run a line in a shell of the host, where `netdiag` is this one; return what it prints on both streams."""
    path = f"PATH={Path(sys.executable).parent}:{os.environ['PATH']}"
    shell = ("env", path, f"NETDIAG_STATE_DIR={state}", "LANG=C.UTF-8", "sh", "-c", f"{command} 2>&1")
    done = engine.on_host(*shell, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return steady(done.stdout).replace(server.gateway(), "172.18.0.1")


@PAGES
def test_the_transcript_is_real(engine: Engine, server: Container, tmp_path: Path, page: str, options: str) -> None:
    """What the README shows is, but for milliseconds and the host's address, what the command prints now."""
    command = f"netdiag --container openspg fix-base-url{options}"
    said = typed(engine, server, command, tmp_path / "state", 0)
    check_block(PROJECT / page, f"product: {command}", f"$ {command}\n{said}")


@PAGES
def test_the_transcript_before_anything_is_saved(
    engine: Engine, server: Container, tmp_path: Path, page: str, options: str
) -> None:
    """The same where the page has refused to save, so that the database holds no model."""
    server.run("/opt/netdiag/bin/python", "-c", EMPTY)
    command = f"netdiag --container openspg fix-base-url{options}"
    said = typed(engine, server, command, tmp_path / "state", 3)
    check_block(PROJECT / page, f"unsaved: {command}", f"$ {command}\n{said}")


def test_on_the_host_what_the_server_publishes_proves_nothing(
    engine: Engine, server: Container, tmp_path: Path
) -> None:
    """On the host the server's process is seen and localhost is right; the models are called from its container.

    So nothing is called healthy there, and the container is named.
    """
    (tmp_path / "nowhere").mkdir()
    said = typed(engine, server, f"cd {tmp_path}/nowhere && netdiag check", tmp_path / "state", 78)
    assert " ".join(said.split()).startswith("problem: the OpenSPG server on this host is container openspg "), said
    assert "netdiag --container openspg check" in said
    assert "model service" not in said
    assert "localhost" not in said


def test_another_part_is_away(engine: Engine, server: Container) -> None:
    """It is told beside the repair, which does not need it; the name of a container goes with it."""
    engine.docker("stop", "--time", "0", "release-openspg-minio")
    done = server.run("netdiag", "fix-base-url")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ND230" in done.stdout
    assert "minio" in done.stdout
    assert "neo4j" not in done.stdout
    assert "5 repaired" in done.stdout


def test_another_part_is_frozen(engine: Engine, server: Container) -> None:
    """A paused container accepts connections and says nothing: that is told, with what to do about it."""
    engine.docker("pause", "release-openspg-neo4j")
    try:
        done = server.run("netdiag", "fix-base-url")
    finally:
        engine.docker("unpause", "release-openspg-neo4j")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ND235" in done.stdout
    assert "docker compose restart neo4j" in done.stdout
    assert "minio" not in done.stdout


def test_the_database_is_away(engine: Engine, server: Container) -> None:
    """Without its database neither the values nor the server can be read, and that is what is said, once.

    Its name is gone with the container: the server either says so at once, or waits for a name server.
    """
    engine.docker("stop", "--time", "0", f"{LABEL}-mysql")
    done = server.run("netdiag", "fix-base-url")
    assert done.returncode == 78, done.stdout + done.stderr
    assert "ND530" in done.stdout
    assert "ND532" not in done.stdout
    assert "ND533" not in done.stdout
    assert "docker compose up -d mysql" in done.stdout


def seen_from_host(engine: Engine, code: str) -> str:
    """Check from the host: one error, with this code; returns the command of its first remedy."""
    done = engine.on_host(
        sys.executable, "-m", "netdiag", "--container", "openspg", "check", "--format", "json", check=False
    )
    report = json.loads(done.stdout)
    errors = [each for each in report["findings"] if each["severity"] == "error"]
    assert (done.returncode, [each["code"] for each in errors]) == (78, [code]), done.stdout + done.stderr
    command: str = errors[0]["remedies"][0]["command"]
    return command


def is_read(engine: Engine) -> bool:
    """Tell whether the database is read again: what it holds has to be repaired."""
    netdiag = (sys.executable, "-m", "netdiag", "--container", "openspg", "check", "--wait", "30", "-q")
    return engine.on_host(*netdiag, check=False).returncode == 1


@pytest.mark.parametrize(("how", "mended"), [("stop", "docker start"), ("pause", "docker unpause")])
def test_the_host_shows_that_the_database_does_not_run(
    engine: Engine, server: Container, how: str, mended: str
) -> None:
    """From the host it is a fact, and its command mends it."""
    engine.docker(how, f"{LABEL}-mysql")
    command = seen_from_host(engine, "ND548")
    assert command.startswith(f"{mended} {LABEL}-mysql")
    engine.command("sh", "-c", command)
    assert is_read(engine)


def test_the_host_shows_which_network_is_missing(engine: Engine, server: Container) -> None:
    """A server on a network of its own is joined with its database's by the command that is shown."""
    with engine.network() as elsewhere:
        engine.docker("network", "connect", elsewhere, "openspg")
        engine.docker("network", "disconnect", f"{LABEL}-product_default", "openspg")
        command = seen_from_host(engine, "ND547")
        assert command == f"docker network connect {LABEL}-product_default openspg"
        engine.command("sh", "-c", command)
        assert is_read(engine)
        engine.docker("network", "disconnect", "--force", elsewhere, "openspg")
