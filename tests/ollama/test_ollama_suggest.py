"""What is suggested beside the real Ollama: its models by what it says they can do, proven by its own answers."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import CACHE

from netdiag.kag.version import Version
from netdiag.model.event import nobody
from netdiag.model.place import Candidate, Platform
from netdiag.probe.environment import Environment
from netdiag.prove.caller import Caller
from netdiag.suggest.discover import discover
from netdiag.suggest.offers import Wanted, offers
from netdiag.suggest.reach import Reach

pytestmark = pytest.mark.ollama

OLLAMA, CHAT, VECTORS = CACHE / "ollama-0.17.4", CACHE / "tiny.gguf", CACHE / "tiny-embedding.gguf"
HOST = Candidate("127.0.0.1", "gateway", "eth0", 0, ("127.0.0.1",))
PLACE = Platform("docker-compose", in_container=True, shares_host_network=False, confidence="certain")


@pytest.fixture(scope="module")
def port(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port on loopback of an Ollama with a chat model and two for embeddings, one under a plain name."""
    if not all(path.exists() for path in (OLLAMA, CHAT, VECTORS)):
        require("ollama", "it or its models are not there; build them (as root, with Go): tests/grounds/up ollama")
    home = tmp_path_factory.mktemp("ollama")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    own = {"OLLAMA_HOST": f"127.0.0.1:{number}", "OLLAMA_MODELS": str(home / "models"), "HOME": str(home)}
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(
            (OLLAMA, "serve"), env=os.environ | own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        ) as server,
    ):
        try:
            _await(number)
            for name, model in (("qwen2.5:3b", CHAT), ("bge-m3", VECTORS), ("house-model", VECTORS)):
                _create(name, model, home, os.environ | own)
            yield number
        finally:
            server.terminate()


def _await(port: int) -> None:
    for _ in range(200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("Ollama does not listen")


def _create(name: str, model: Path, home: Path, environment: dict[str, str]) -> None:
    (home / "Modelfile").write_text(f"FROM {model}\n")
    create = (OLLAMA, "create", name, "--file", home / "Modelfile")
    subprocess.run(create, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)


@pytest.mark.parametrize("version", ["0.6", "0.7", "0.8"])
def test_its_models(port: int, version: Version) -> None:
    """Ollama says which model is for what, whatever it is called, and KAG's call of each version succeeds."""
    reach = Reach(PLACE, (HOST,), (port,))
    (found,) = discover(reach, Environment(), None, nobody).services
    assert (found.service.name, found.service.version) == ("ollama", "0.17.4")
    caller = Caller(version, 60.0, nobody, Environment())
    made = offers(found, Wanted("file", version, certain=True), caller, Environment()).offers
    at = f"http://127.0.0.1:{port}"
    assert {(o.kind, o.type, o.base_url, o.model, o.dimensions, o.is_proven) for o in made} == {
        ("chat", "ollama", at, "qwen2.5:3b", 0, True),
        ("embedding", "openai", f"{at}/v1", "bge-m3:latest", 64, True),
        ("embedding", "openai", f"{at}/v1", "house-model:latest", 64, True),
    }
