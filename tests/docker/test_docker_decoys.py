"""Another container that took the host's names on a network of a real engine: it gets no key and is not written."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from docker_ground import PORT, Container, Engine, Images

pytestmark = pytest.mark.docker

KEY = "sk-decoy-Q7vTm2Xw9RzLp4"
NAMES = ("host.docker.internal", "gateway.docker.internal", "host.containers.internal")
CONFIG = f"""\
chat_llm:
  type: openai
  base_url: http://localhost:{PORT}/v1
  api_key: {KEY}
  model: qwen2.5:3b
"""

DECOY = f"""
import http.server, json
class Decoy(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.answer({{"object": "list", "data": [{{"id": "qwen2.5:3b", "object": "model"}}]}})
    def do_POST(self): self.answer({{"choices": [{{"message": {{"role": "assistant", "content": "hi"}}}}]}})
    def answer(self, said):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        print(self.command, self.path, self.headers.get("authorization", "no key"), flush=True)
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("0.0.0.0", {PORT}), Decoy).serve_forever()
"""
"""A container that answers like a model service, and says which keys it was sent."""


def decoy(engine: Engine, images: Images, network: str) -> AbstractContextManager[None]:
    """Keep the decoy on ``network`` under every name that a host is known by."""
    aliases = [option for name in NAMES for option in ("--network-alias", name)]
    return engine.service("decoy", images.netdiag, "-c", DECOY, options=("--network", network, *aliases))


@pytest.fixture(scope="module")
def container(engine: Engine, images: Images) -> Iterator[Container]:
    """Yield OpenSPG's container with a configuration that has a key, beside the decoy."""
    with (
        engine.network() as network,
        decoy(engine, images, network),
        engine.container(images.openspg, "--network", network, name="openspg-decoy") as container,
    ):
        container.write("kag_config.yaml", CONFIG)
        yield container


def sent(engine: Engine) -> str:
    """What the decoy was asked, a line each with the key it got."""
    return engine.docker("logs", "decoy").stdout


@pytest.mark.parametrize("command", [("fix-base-url",), ("check", "-v"), ("fix-base-url", "--dry-run")])
def test_the_decoy_gets_nothing(engine: Engine, container: Container, command: tuple[str, ...]) -> None:
    """No key arrives, the file stays, and the finding says that it is another container and how to name it."""
    done = container.run("netdiag", *command, "--format", "json")
    report = json.loads(done.stdout)
    said = {finding["code"]: finding for item in report["endpoints"] for finding in item["findings"]}
    assert done.returncode == 1
    assert "ND280" in said, done.stdout
    assert "--host" in json.dumps(said["ND280"])
    assert container.read("kag_config.yaml") == CONFIG
    assert KEY not in sent(engine)


def test_who_is_named_gets_it(engine: Engine, container: Container) -> None:
    """With --host the user has said that it is right: it is proven, and written."""
    done = container.run("netdiag", "fix-base-url", "--host", NAMES[0], "--format", "json")
    assert done.returncode == 0, done.stdout
    assert f"http://{NAMES[0]}:{PORT}/v1" in container.read("kag_config.yaml")
    assert f"Bearer {KEY}" in sent(engine)
