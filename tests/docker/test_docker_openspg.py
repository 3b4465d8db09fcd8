"""OpenSPG as its own compose file makes it, and netdiag on the host alone: `--container openspg`, or no name."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, LABEL, PROJECT, TESTS, Container, Done, Engine, Podman
from inside_ground import CONFIG, FILE, Netdiag, on_host, repaired

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("ollama")]

NAME = "release-openspg-server"
JAR = "arks-sofaboot-0.0.1-SNAPSHOT-executable.jar"
IMAGE = f"{LABEL}/openspg-server"
OVERRIDE = """\
services:
  server:
    image: {image}
    labels: [{label}]
    stop_grace_period: 0s
    volumes: ["{folder}:/srv"]
    working_dir: /srv
    command: [sh, -c, "exec sleep infinity", -jar, {jar}, --server.repository.impl.jdbc.host=mysql]
  mysql:
    image: {image}
    labels: [{label}]
    container_name: release-openspg-mysql
    stop_grace_period: 0s
    command: [sleep, infinity]
networks: {{default: {{labels: [{label}]}}}}
"""


@pytest.fixture(scope="module")
def server_image(engine: Engine) -> str:
    """The stand-in for OpenSPG's image: its Python, its mark of KAG, nothing of netdiag."""
    engine.build(IMAGE, TESTS / "docker/openspg-0.8", "--build-arg", f"BASE={BASE_IMAGE}")
    return IMAGE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The configuration, mounted where the server works."""
    made = tmp_path / "srv"
    made.mkdir()
    (made / "kag_config.yaml").write_text(CONFIG)
    for path, mode in ((made, 0o777), (made / "kag_config.yaml", 0o666)):
        path.chmod(mode)
    return made


@contextmanager
def composed(engine: Engine, folder: Path, image: str) -> Iterator[Container]:
    """What OpenSPG's own compose file makes, with the stand-in in place of its images."""
    ours = folder.parent / "ours.yml"
    ours.write_text(OVERRIDE.format(image=image, label=LABEL, folder=folder, jar=JAR))
    compose = ("compose", "--project-name", LABEL, "--file", str(TESTS / "docker/openspg-compose.yml"))
    compose += ("--file", str(ours))
    try:
        engine.docker(*compose, "up", "--detach", timeout=300)
        yield Container(engine, NAME)
    finally:
        engine.docker(*compose, "down", "--timeout", "0", check=False)


@pytest.fixture
def openspg(engine: Engine, folder: Path, server_image: str) -> Iterator[Container]:
    """OpenSPG's server, whose container nobody called openspg."""
    with composed(engine, folder, server_image) as server:
        yield server


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A directory of the host in which nothing is configured."""
    made = tmp_path / "nowhere"
    made.mkdir()
    return made


@pytest.fixture
def typed(engine: Engine, tmp_path: Path, nowhere: Path) -> Callable[[str], Done]:
    """Run a line in a shell of the host, where `netdiag` is this one."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"NETDIAG_STATE_DIR": str(tmp_path / "state"), "LANG": "C.UTF-8", "PATH": path}

    def run(line: str) -> Done:
        return subprocess.run(
            ("sh", "-c", line),
            cwd=nowhere,
            env=engine.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_the_guides_first_command(openspg: Container, typed: Callable[[str], Done]) -> None:
    """`netdiag --container openspg fix-base-url` finds the server, says which it took, and repairs what it holds."""
    (line,) = re.findall(
        r"^netdiag --container .* fix-base-url$", (PROJECT / "docs/guide.md").read_text(), re.MULTILINE
    )
    done = typed(line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert openspg.read(FILE) == repaired(openspg.gateway())
    assert f"no container is called openspg: taking {NAME} ({IMAGE})" in done.stderr
    assert "to take another one: netdiag --container NAME fix-base-url" in done.stderr
    advised = re.search(r"`(netdiag --container \S+ rollback)`", " ".join(done.stdout.split()))
    assert advised
    assert advised[1] == f"netdiag --container {NAME} rollback"
    assert typed(advised[1]).returncode == 0
    assert openspg.read(FILE) == CONFIG


def test_all_commands_of_the_guides(openspg: Container, typed: Callable[[str], Done], nowhere: Path) -> None:
    """What stands in the fences of the guide and of its Chinese twin runs as it stands there, one after another."""
    ran = 0
    for guide in ("guide.md", "guide.zh-CN.md"):
        openspg.write(FILE, CONFIG)
        page = re.sub(r"<!-- transcript.*?\n```\n.*?```", "", (PROJECT / "docs" / guide).read_text(), flags=re.DOTALL)
        fences = "".join(re.findall(r"^```\n.*?^```", page, re.DOTALL | re.MULTILINE))
        for line in re.findall(r"^netdiag --container openspg (?:fix-base-url|check|report).*$", fences, re.MULTILINE):
            done = typed(line)
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            assert "echo" not in line or done.stdout.endswith("\n0\n")
            ran += 1
        assert (nowhere / "netdiag.md").stat().st_size > 100
        (nowhere / "netdiag.md").unlink()
    assert ran == 6


def test_where_a_name_is_wanted_all_of_them_do(netdiag: Netdiag, openspg: Container) -> None:
    """OpenSPG's own name, the guides' and `auto` are the same container; MySQL of the same image is none of them."""
    for wanted in (NAME, "openspg", "auto"):
        done = netdiag("--container", wanted, "detect", "-v")
        assert f"container: {NAME} " in done.stderr, (wanted, done.stderr)


def test_several_servers(engine: Engine, netdiag: Netdiag, openspg: Container, server_image: str) -> None:
    """Two that run: refused, with the command line for each, and each of those lines is the right one."""
    with engine.container(server_image, name=f"{LABEL}-second"):
        done = netdiag("--container", "openspg", "check", "--timeout", "5")
        assert done.returncode == 2, done.stderr
        for name in (NAME, f"{LABEL}-second"):
            assert f"    netdiag --container {name} check --timeout 5  # " in done.stderr
        assert "Traceback" not in done.stderr


def test_one_that_does_not_run(engine: Engine, openspg: Container, typed: Callable[[str], Done]) -> None:
    """It is found all the same, with the command that starts it; the same line works then."""
    engine.docker("stop", "--time", "0", NAME)
    done = typed("netdiag --container openspg fix-base-url")
    assert done.returncode == 1
    (command,) = re.findall(r"docker start \S+", done.stderr)
    assert command == f"docker start {NAME}"
    assert typed(command).returncode == 0
    assert typed("netdiag --container openspg fix-base-url").returncode == 0


def test_a_host_without_a_file(openspg: Container, typed: Callable[[str], Done]) -> None:
    """Both commands say which container is meant, end with 78, and what they print works when it is pasted."""
    for command in ("check", "fix-base-url"):
        done = typed(f"netdiag {command}")
        assert done.returncode == 78, done.stdout + done.stderr
        assert f"the OpenSPG server on this host is container {NAME}" in " ".join(done.stdout.split())
        advised = re.search(r"^ *(netdiag --container \S+ \S+)$", done.stdout, re.MULTILINE)
        assert advised
        assert advised[1] == f"netdiag --container {NAME} {command}"
    assert typed(advised[1]).returncode == 0
    assert openspg.read(FILE) == repaired(openspg.gateway())


def test_a_host_without_a_file_in_json(openspg: Container, typed: Callable[[str], Done]) -> None:
    """A machine gets container, image, state and command as values, and the same status."""
    done = typed("netdiag check --format json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["exit_code"]) == (78, 78)
    (told,) = (each for each in found["findings"] if each["code"] == "ND590")
    assert {"container": NAME, "image": IMAGE, "state": "running"}.items() <= told["values"].items()


def test_a_host_without_a_file_and_a_server_that_is_stopped(
    engine: Engine, openspg: Container, typed: Callable[[str], Done]
) -> None:
    """Both lines that are printed, pasted together, repair it."""
    engine.docker("stop", "--time", "0", NAME)
    done = typed("netdiag fix-base-url")
    assert (done.returncode, "[ND591]" in done.stdout) == (78, True), done.stdout
    lines = re.findall(r"^ *((?:docker|netdiag) .*release-openspg-server.*)$", done.stdout, re.MULTILINE)
    assert len(lines) == 2
    both = typed("\n".join(lines))
    assert both.returncode == 0, both.stdout + both.stderr
    assert openspg.read(FILE) == repaired(openspg.gateway())


def test_a_host_without_a_server(engine: Engine, plain: Container, typed: Callable[[str], Done]) -> None:
    """The containers that are there are named, and for `openspg` they are the choices."""
    done = typed("netdiag check")
    assert (done.returncode, plain.name in done.stdout, "[ND592]" in done.stdout) == (78, True, True)
    done = typed("netdiag --container openspg check")
    assert (done.returncode, plain.name in done.stderr) == (2, True)


def test_an_image_retagged_and_one_built_from_it(
    engine: Engine, netdiag: Netdiag, server_image: str, tmp_path: Path
) -> None:
    """The jar in the command line tells a retagged image, the port an image that was built from it."""
    context = tmp_path / "derived"
    context.mkdir()
    (context / "Dockerfile").write_text(f'FROM {server_image}\nEXPOSE 8887\nCMD ["sleep", "infinity"]\n')
    engine.build(f"{LABEL}/mine", context)
    with engine.container(f"{LABEL}/mine", name=f"{LABEL}-mine"):
        assert f"taking {LABEL}-mine" in netdiag("--container", "openspg", "detect").stderr
        engine.docker("stop", "--time", "0", f"{LABEL}-mine")
        assert f"docker start {LABEL}-mine" in netdiag("--container", "openspg", "detect").stderr
    engine.docker("tag", server_image, f"{LABEL}/other:1")
    name = f"{LABEL}-jar"
    line = (
        "run",
        "--detach",
        "--label",
        LABEL,
        "--name",
        name,
        f"{LABEL}/other:1",
        "sh",
        "-c",
        "sleep 60",
        "-jar",
        JAR,
    )
    try:
        engine.docker(*line)
        assert f"taking {name} ({LABEL}/other:1), an OpenSPG server by its command line" in (
            netdiag("--container", "openspg", "detect").stderr
        )
    finally:
        engine.docker("rm", "--force", name, check=False)


def test_from_a_container_that_has_it(engine: Engine, netdiag: Netdiag, openspg: Container) -> None:
    """`netdiag install openspg` finds it too; then `docker exec` is right, and what it prints is said for in there."""
    done = netdiag("install", "openspg")
    assert done.returncode == 0, done.stderr
    (said,) = re.findall(r"docker exec \S+ netdiag", done.stderr)
    assert said == f"docker exec {NAME} netdiag"
    inside = engine.docker("exec", NAME, "netdiag", "explain", "--error", "/dev/null", check=False)
    assert "in this container: check the configuration where it is used\n          netdiag check" in inside.stdout
    assert netdiag("uninstall", "openspg").returncode == 0


def test_podman(podman_api: Podman, engine: Engine, server_image: str, tmp_path: Path, nowhere: Path) -> None:
    """Podman's engine lists a container in its own way: named by compose, of a local image, it is found and told."""
    podman_api.take_over(server_image, engine)
    netdiag = on_host(podman_api, tmp_path / "state")
    labels = ("--label", "com.docker.compose.project=kg", "--label", "com.docker.compose.service=server")
    with podman_api.container(server_image, *labels, name="kg_server_1"):
        done = netdiag("--container", "openspg", "detect")
        assert "taking kg_server_1 (" in done.stderr, done.stderr
        told = subprocess.run(
            (sys.executable, "-m", "netdiag", "check"),
            cwd=nowhere,
            env=podman_api.environment | {"LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "netdiag --container kg_server_1 check" in told.stdout
        podman_api.docker("stop", "--time", "0", "kg_server_1")
        assert "docker start kg_server_1" in netdiag("--container", "openspg", "detect").stderr
