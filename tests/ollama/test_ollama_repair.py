"""The main job against the real Ollama: what works here is not an imitation's kindness."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NoReturn

import pytest
from docker_ground import CACHE, PORT, TESTS, Engine, Images

pytestmark = pytest.mark.ollama

OLLAMA = CACHE / "ollama-0.17.4"
MODEL = CACHE / "tiny.gguf"
FILE = "/home/admin/project/kag_config.yaml"
CONFIGURATIONS = [
    pytest.param(
        '{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n',
        id="chat, the line alone",
    ),
    pytest.param(
        "vectorize_model:\n"
        "  type: openai\n"
        "  base_url: http://localhost:11434/v1  # Ollama speaks OpenAI's language here\n"
        "  model: qwen2.5:3b\n"
        "  vector_dimensions: 64\n"
        "  api_key: unused\n",
        id="embedding",
    ),
]

Serve = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def serve(engine: Engine, require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Return the way to run Ollama on the containers' host with the model qwen2.5:3b, given its OLLAMA_HOST."""
    if not (OLLAMA.exists() and MODEL.exists()):
        require("ollama", f"{OLLAMA} or {MODEL} is not there; build them (as root, with Go): tests/grounds/up ollama")
    home = tmp_path_factory.mktemp("ollama")

    def serving(listen: str) -> AbstractContextManager[None]:
        environment = {"OLLAMA_HOST": f"{listen}:{PORT}", "OLLAMA_MODELS": str(home / "models"), "HOME": str(home)}
        at = "127.0.0.1" if listen == "0.0.0.0" else listen
        return engine.serving(str(OLLAMA), "serve", log=home / "log", at=at, **environment)

    (home / "Modelfile").write_text(f"FROM {MODEL}\n")
    with serving("127.0.0.1"):
        create = (str(OLLAMA), "create", "qwen2.5:3b", "--file", str(home / "Modelfile"))
        engine.command(str(TESTS / "grounds/host"), "env", f"HOME={home}", *create)
    return serving


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_all_addresses(engine: Engine, images: Images, serve: Serve, configuration: str) -> None:
    """OLLAMA_HOST=0.0.0.0: the host is rewritten, proven by the real model's answer; a second run changes nothing."""
    with serve("0.0.0.0"), engine.container(images.openspg) as container:
        container.write(FILE, configuration)
        for _ in ("repairs", "has nothing to do"):
            done = container.run("netdiag", "fix-base-url")
            assert done.returncode == 0, done.stdout + done.stderr
            assert container.read(FILE) == configuration.replace("localhost", container.gateway())


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_loopback_only(engine: Engine, images: Images, serve: Serve, configuration: str) -> None:
    """OLLAMA_HOST=127.0.0.1, its default: nothing is written."""
    with serve("127.0.0.1"), engine.container(images.openspg) as container:
        container.write(FILE, configuration)
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 1, done.stdout + done.stderr
        assert container.read(FILE) == configuration
    assert "OLLAMA_HOST" in done.stdout


def test_the_printed_remedy(engine: Engine, images: Images, serve: Serve) -> None:
    """Ollama restarted with the very setting that is printed: the same command in the same container succeeds."""
    configuration = CONFIGURATIONS[0].values[0]
    with engine.container(images.openspg) as container:
        container.write(FILE, configuration)
        with serve("127.0.0.1"):
            refused = json.loads(container.run("netdiag", "fix-base-url", "--format", "json").stdout)
        (finding,) = refused["endpoints"][0]["findings"]
        assert (refused["exit_code"], finding["code"]) == (1, "ND201")
        told = {remedy["on"]: remedy["command"] for remedy in finding["remedies"]}
        setting = re.search(rf'Environment="OLLAMA_HOST=(.*):{PORT}"', told["Linux, Ollama as a system service"])
        assert setting
        assert setting[1] == container.gateway()  # and so it has no other way in
        assert told["Linux, Ollama started by hand"].endswith(f"OLLAMA_HOST={setting[1]}:{PORT} ollama serve")
        with serve(setting[1]):
            done = container.run("netdiag", "fix-base-url")
            assert done.returncode == 0, done.stdout + done.stderr
            assert container.read(FILE) == configuration.replace("localhost", container.gateway())


def test_host_network(engine: Engine, images: Images, serve: Serve) -> None:
    """On the host's network the default OLLAMA_HOST is enough, and nothing is changed."""
    configuration = CONFIGURATIONS[0].values[0]
    options = ("--network", "host")
    with serve("127.0.0.1"), engine.container(images.openspg, *options) as container:
        container.write(FILE, configuration)
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 0, done.stdout + done.stderr
        assert container.read(FILE) == configuration
