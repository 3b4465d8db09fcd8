"""What judges the examples: real tools, which scripts of ``tests/grounds`` bring; none sends anything."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import CACHE, LABEL, Container, Done, Engine, Images

_TOOLS = {
    "ansible-playbook": ("ansible", CACHE / "ansible/bin"),
    "check-jsonschema": ("schemas", CACHE / "schemas/bin"),
    "docker-compose": ("compose-1", None),
    "kubernetes-validate": ("schemas", CACHE / "schemas/bin"),
    "promtool": ("promtool", CACHE),
    "systemd-analyze": ("systemd", None),
}
"""The ground that brings each, and where it lies if not on the PATH."""

Tool = Callable[..., Done]


@pytest.fixture(scope="session")
def tool(require: Callable[[str, str], NoReturn]) -> Tool:
    """Return the way to run a judge: ``tool("promtool", "check", "rules", file)``; it may have failed."""

    def run(name: str, *arguments: str | Path, **options: object) -> Done:
        ground, place = _TOOLS[name]
        found = shutil.which(name, path=place)
        if found is None:
            require(ground, f"there is no {name}; run, as root: tests/grounds/up {ground}")
        environment = options.pop("env", None) or os.environ
        command = (found, *map(str, arguments))
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False, **options
        )

    return run


@pytest.fixture(scope="module")
def ollama(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A model service on all addresses of the containers' host."""
    with engine.like_ollama("0.0.0.0", tmp_path_factory.mktemp("ollama") / "log"):
        yield


@pytest.fixture(scope="module")
def server(engine: Engine, images: Images) -> Iterator[Container]:
    """OpenSPG's server with netdiag in it, on a bridge."""
    with engine.container(images.openspg, name=f"{LABEL}-server") as container:
        yield container
