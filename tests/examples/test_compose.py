"""Health checks by Compose: read by both of its generations, and run on an engine."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker_ground import LABEL, TESTS, Engine, Images
from examples.files import EXAMPLES

CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://host.docker.internal:11434/", "model": "qwen2.5:3b" }\n'
OURS = f"""
version: "3.7"
services:
  server:
    image: {LABEL}/openspg
    labels: [{LABEL}]
    working_dir: /project
    volumes: ["$KAG_PROJECT:/project:ro"]
    extra_hosts: ["host.docker.internal:host-gateway"]
    healthcheck: {{interval: 1s, start_period: 0s, retries: 1}}
  netdiag:
    image: {LABEL}/openspg
    labels: [{LABEL}]
    healthcheck: {{interval: 1s, start_period: 0s, retries: 1}}
networks: {{default: {{labels: [{LABEL}]}}}}
"""
"""What the tests change: no waiting, and an image that is there already."""

SERVER, AGENT = "openspg", "openspg-netdiag"
ADDED = ("docker-compose.yml", "healthcheck.yml", "watch.yml")


def arguments(folder: Path, context: Path, *more: Path) -> tuple[str, ...]:
    """Return the options that name the files, OpenSPG's own first, and the variables in them."""
    project = folder / "kag"
    project.mkdir()
    (project / "kag_config.yaml").write_text(CONFIG)
    names = {"OPENSPG_IMAGE": f"{LABEL}/openspg-server", "NETDIAG_SOURCE": context, "KAG_PROJECT": project}
    settings = folder / "settings"
    settings.write_text("".join(f"{name}={value}\n" for name, value in names.items()))
    files = (TESTS / "docker/openspg-compose.yml", *(EXAMPLES / "compose" / name for name in ADDED), *more)
    named = (word for file in files for word in ("--file", str(file)))
    return ("--project-name", LABEL, "--env-file", str(settings), *named)


@pytest.mark.examples
def test_the_schema(tool):
    """Each file is what the Compose specification asks for."""
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *(EXAMPLES / "compose").iterdir())
    assert done.returncode == 0, done.stdout


@pytest.mark.examples
def test_the_old_compose_reads_them(tool, tmp_path):
    """docker-compose 1.29 takes them as additions to OpenSPG's file, and has the health checks."""
    done = tool("docker-compose", *arguments(tmp_path, tmp_path), "config")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("healthcheck:") == 2


def health(engine: Engine, container: str) -> tuple[str, str]:
    """Return what Docker says of the container's health, and what the last check printed."""
    found = json.loads(engine.docker("inspect", "--format", "{{json .State.Health}}", container).stdout)
    return found["Status"], found["Log"][-1]["Output"] if found["Log"] else ""


def becomes(engine: Engine, container: str, wanted: str) -> str:
    """Wait until the container's health is that, and return what the last check printed."""
    for _ in range(300):
        status, said = health(engine, container)
        if status == wanted:
            return said
        time.sleep(0.1)
    pytest.fail(f"{container} is {status}, not {wanted}: {said}")


@contextmanager
def up(engine: Engine, images: Images, folder: Path) -> Iterator[None]:
    """Bring all of it up."""
    ours = folder / "ours.yml"
    ours.write_text(OURS)
    compose = ("compose", *arguments(folder, images.context, ours))
    try:
        engine.docker(*compose, "up", "--detach", "--no-build")
        yield
    finally:
        engine.docker(*compose, "down", "--timeout", "0", check=False)


@pytest.mark.docker
def test_health_is_that_of_the_models(engine: Engine, images: Images, tmp_path: Path) -> None:
    """While Ollama is down server and agent are unhealthy, with the finding; when it is up both become healthy."""
    of_each: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (SERVER, lambda said: "[ND201]" in said),
        (AGENT, lambda said: said == "ND201\n"),
    )
    with up(engine, images, tmp_path):
        for container, is_told in of_each:
            said = becomes(engine, container, "unhealthy")
            assert is_told(said), said
        with engine.like_ollama("0.0.0.0", tmp_path / "ollama"):
            engine.docker("restart", "--time", "5", AGENT)  # else it looks again within a minute
            for container, _ in of_each:
                becomes(engine, container, "healthy")
            page = engine.on_host("curl", "--silent", "--fail", "http://127.0.0.1:9877/metrics").stdout
    assert 'netdiag_up{endpoint="kag_config.yaml:chat_llm"} 1.0' in page
