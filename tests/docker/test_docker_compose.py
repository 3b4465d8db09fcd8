"""From a container without a name for its host to a repaired file, by nothing but the commands that are printed."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker_ground import LABEL, TESTS, Done, Engine, Images

pytestmark = pytest.mark.docker

NAME = f"{LABEL}-composed"
BESIDE = f"{NAME}-beside"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
CHAT = "netdiag chat --type ollama --model qwen2.5:3b --base-url http://host.docker.internal:11434/"

Shell = Callable[..., Done]


@pytest.fixture
def project(engine: Engine, images: Images, tmp_path: Path) -> Iterator[Path]:
    """Return the folder of OpenSPG's own compose file, its container up, KAG's configuration on a bind mount."""
    (tmp_path / "kag").mkdir()
    (tmp_path / "kag/kag_config.yaml").write_text(CONFIG)
    text = (TESTS / "docker/openspg-compose.yml").read_text()
    text = text.replace("netdiag-test/openspg-server", images.openspg).replace("release-openspg-server", NAME)
    mounts = "    volumes:\n      - ./kag:/home/admin/project\n      - /kept\n"
    text = text.replace("    volumes:\n", f"    labels: [{LABEL}]\n    stop_grace_period: 0s\n{mounts}")
    text += f"  beside:\n    image: {images.openspg}\n    labels: [{LABEL}]\n    stop_grace_period: 0s\n"
    text += f"    container_name: {BESIDE}\n    network_mode: service:server\n    command: [sleep, infinity]\n"
    (tmp_path / "docker-compose.yml").write_text(f"{text}networks: {{default: {{labels: [{LABEL}]}}}}\n")
    compose = ("sh", "-c", 'cd "$0" && docker compose "$@"', str(tmp_path))
    try:
        engine.command(*compose, "up", "--detach")
        yield tmp_path
    finally:
        engine.command(*compose, "down", "--timeout", "0", "--volumes", check=False)


@pytest.fixture
def shell(engine: Engine, project: Path) -> Shell:
    """Return a shell of the host, beside the compose file; its netdiag is that of these tests."""

    def run(command: str, *, check: bool = True) -> Done:
        netdiag = f'netdiag() {{ NETDIAG_STATE_DIR={project}/state {sys.executable} -m netdiag "$@"; }}'
        return engine.command("sh", "-c", f"cd {project} && {netdiag}; {command}", check=check)

    return run


def test_from_the_line_to_the_repair(engine: Engine, shell: Shell, project: Path, tmp_path: Path) -> None:
    """The name is unknown; fix-compose, and the two commands it prints run as printed: the base_url has the name.

    What it says holds: the container's own layer is gone, what lies in an anonymous volume is not, and a service that
    shares the network is in that of the new container.
    """
    with engine.like_ollama("0.0.0.0", tmp_path / "ollama"):
        assert shell(f"docker exec {NAME} {CHAT}", check=False).returncode == 1
        shell(f"docker exec {NAME} touch /kept/file /lost")
        before = (project / "docker-compose.yml").read_text()
        report = json.loads(shell("netdiag fix-compose docker-compose.yml --format json").stdout)
        after = (project / "docker-compose.yml").read_text()
        assert after.replace('    extra_hosts: ["host.docker.internal:host-gateway"]\n', "") == before
        recreate, repair, *_ = (remedy["command"] for remedy in report["findings"][0]["remedies"])
        assert recreate == "docker compose up -d --no-deps server beside"
        shell(recreate)
        (server,) = engine.docker("inspect", "--format", "{{.Id}}", NAME).stdout.split()
        network = engine.docker("inspect", "--format", "{{.HostConfig.NetworkMode}}", BESIDE).stdout.strip()
        assert network == f"container:{server}"
        assert shell(f"docker exec {NAME} ls /kept/file /lost", check=False).stdout == "/kept/file\n"
        shell(f"docker exec {NAME} {CHAT}")
        done = shell(repair)
    assert "host.docker.internal" in done.stdout
    repaired = (project / "kag/kag_config.yaml").read_text()
    assert repaired == CONFIG.replace("localhost", "host.docker.internal")


def test_joining_another_project_s_network(engine: Engine, shell: Shell, project: Path) -> None:
    """With --network the container is in both networks after the printed command."""
    with engine.network(name=f"{LABEL}-models") as network:
        report = json.loads(shell(f"netdiag fix-compose --network {network} --format json").stdout)
        shell(report["findings"][0]["remedies"][0]["command"])
        names = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}"
        joined = engine.docker("inspect", "--format", names, NAME).stdout.split()
        engine.docker("rm", "--force", "--volumes", NAME, BESIDE)
    assert network in joined
    assert len(joined) == 2
