"""The gate of the compose example: `docker compose up --wait` waits for a model service that comes late."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, LABEL, PROJECT, TESTS, Done, Engine, Images

pytestmark = pytest.mark.docker

CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://host.docker.internal:11434/", "model": "qwen2.5:3b" }\n'
LATE_S = 20.0
GATE, AFTER = f"{LABEL}-gate", f"{LABEL}-after"
OURS = f"""
services:
  server:
    image: {LABEL}/compose
    labels: [{LABEL}]
    extra_hosts: ["host.docker.internal:host-gateway"]
    build: {{network: none, labels: [{LABEL}], args: {{BASE: {BASE_IMAGE}}}}}
  gate: {{image: {LABEL}/compose, container_name: {GATE}, labels: [{LABEL}]WAIT}}
  after:
    image: {LABEL}/compose
    container_name: {AFTER}
    labels: [{LABEL}]
    command: [sleep, infinity]
    depends_on: {{gate: {{condition: service_completed_successfully}}}}
networks: {{default: {{labels: [{LABEL}]}}}}
"""

Up = Callable[[], Done]


@contextmanager
def project(engine: Engine, images: Images, folder: Path, wait: str = "") -> Iterator[Up]:
    """The compose project; yield the way to bring it up. ``wait`` is another time for the gate than the example's."""
    (folder / "kag").mkdir()
    (folder / "kag/kag_config.yaml").write_text(CONFIG)
    settings, ours = folder / "settings", folder / "ours.yml"
    names = {"OPENSPG_IMAGE": images.server, "NETDIAG_SOURCE": images.context, "KAG_PROJECT": folder / "kag"}
    settings.write_text("".join(f"{name}={value}\n" for name, value in names.items()))
    ours.write_text(OURS.replace("WAIT", f", command: [check, --wait, {wait}]" if wait else ""))
    example = PROJECT / "examples/compose"
    files = (TESTS / "docker/openspg-compose.yml", example / "docker-compose.yml", example / "gate.yml", ours)
    compose = ("compose", "--project-name", LABEL, "--env-file", str(settings))
    for file in files:
        compose += ("--file", str(file))
    try:
        yield lambda: engine.docker(*compose, "up", "--detach", "--build", "--wait", check=False, timeout=300)
    finally:
        engine.docker(*compose, "down", "--timeout", "0", check=False)


def logs(engine: Engine) -> str:
    """All that the gate has said so far."""
    done = engine.docker("logs", GATE, check=False)
    return done.stdout + done.stderr


def state(engine: Engine, container: str) -> str:
    """Whether a container runs, and with what it ended."""
    return engine.docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", container).stdout.strip()


def test_the_service_comes_late(engine: Engine, images: Images, tmp_path: Path) -> None:
    """20 s after the gate began to wait the service starts; `up --wait` succeeds, and what depends on the gate runs."""
    with project(engine, images, tmp_path) as up, ThreadPoolExecutor() as beside:
        upping = beside.submit(up)
        while "waiting:" not in logs(engine) and not upping.done():
            time.sleep(0.2)
        assert "[ND201]" in logs(engine), upping.result()
        time.sleep(LATE_S)
        assert not upping.done()
        assert state(engine, AFTER).startswith("created")
        began = time.monotonic()
        with engine.like_ollama("0.0.0.0", tmp_path / "ollama"):
            done = upping.result(timeout=60)
            print(f"up --wait ended {time.monotonic() - began:.1f} s after the service was started")
        assert done.returncode == 0, done.stdout + done.stderr
        assert state(engine, GATE) == "exited 0"
        assert state(engine, AFTER).startswith("running")
        said = logs(engine)
    assert "works: kag_config.yaml:1" in said
    assert said.count("waiting:") == 1


def test_the_service_never_comes(engine: Engine, images: Images, tmp_path: Path) -> None:
    """When time runs out the gate ends with 124 and the cause, `up --wait` fails, and what depends on it stays down."""
    with project(engine, images, tmp_path, wait="5s") as up:
        done = up()
        assert done.returncode != 0, done.stdout + done.stderr
        assert state(engine, GATE) == "exited 124"
        assert state(engine, AFTER).startswith("created")
        said = logs(engine)
    assert "the host answers, but refuses connections from containers on port 11434  [ND201]" in said
    assert "systemctl restart ollama" in said
