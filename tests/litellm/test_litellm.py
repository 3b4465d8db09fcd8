"""What the real proxy of LiteLLM says of the service behind it, and what netdiag makes of it; all of it on loopback."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import CACHE
from suggest.peers import KEY, Asked, Said, chats, serving

from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined
from netdiag.prove.caller import Caller
from netdiag.text import Secret

pytestmark = pytest.mark.litellm

LITELLM = CACHE / "litellm/bin/litellm"
MASTER = "sk-lab-master-key"
JSON = {"content-type": "application/json"}
STARTS_S = 120.0
"""Seconds that LiteLLM may take to start: it imports most of the providers' libraries."""


def refusal(status: int, message: str, code: str) -> Said:
    """An error as OpenAI's API has them."""
    return Said(status, json.dumps({"error": {"message": message, "type": code, "code": code}}), JSON)


def provider(asked: Asked) -> Said:
    """Answer as the provider behind LiteLLM: it wants its key, knows ``m``, and is strict about ``strict``."""
    model = asked.settings.get("model")
    if asked.bearer != KEY:
        return refusal(401, "Incorrect API key provided: wrong.", "invalid_api_key")
    if model == "strict" and "chat_template_kwargs" in asked.settings:
        return refusal(400, "Unrecognized request argument supplied: chat_template_kwargs", "invalid_request_error")
    if model == "rate":
        return refusal(429, "You exceeded your current quota. Please retry in 34.07s.", "rate_limit_exceeded")
    if model not in ("m", "strict"):
        return refusal(404, f"The model `{model}` does not exist or you do not have access to it.", "model_not_found")
    return chats("m", "strict")(asked)


def configuration(port: int) -> str:
    """Return LiteLLM's configuration: a name for each thing that can be wrong behind it."""
    models = {
        "works": ("m", port, KEY, {}),
        "gone": ("none", port, KEY, {}),
        "bad-key": ("m", port, "wrong", {}),
        "down": ("m", 1, KEY, {}),
        "rate": ("rate", port, KEY, {}),
        "strict": ("strict", port, KEY, {}),
        "dropped": ("strict", port, KEY, {"additional_drop_params": ["chat_template_kwargs"]}),
    }
    listed = [
        {
            "model_name": name,
            "litellm_params": {
                "model": f"openai/{model}",
                "api_base": f"http://localhost:{port_}/v1",
                "api_key": key,
                **more,
            },
        }
        for name, (model, port_, key, more) in models.items()
    ]
    return json.dumps(
        {
            "model_list": listed,
            "general_settings": {"master_key": MASTER},
            "litellm_settings": {"num_retries": 0, "drop_params": True},  # which does not drop what KAG sends
            "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        }
    )


@pytest.fixture(scope="module")
def gateway(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run LiteLLM before the provider; yields its base_url."""
    if not LITELLM.exists():
        require("litellm", f"{LITELLM} is missing; run tests/grounds/up litellm")
    place = tmp_path_factory.mktemp("litellm")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(provider) as peer, (place / "log").open("wb") as log:
        (place / "config.yaml").write_text(configuration(peer.port))
        # nothing leads out: its price list is the packaged one, and a proxy that nobody runs takes all else
        quiet = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        command = [LITELLM, "--config", place / "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
        running = subprocess.Popen(
            [*map(str, command), "--telemetry", "False"], stdout=log, stderr=log, env={**os.environ, **quiet}, cwd=place
        )
        try:
            _await(f"http://127.0.0.1:{port}/health/liveliness", running, place / "log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            running.terminate()
            running.wait(30)


def _await(url: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + STARTS_S
    while time.monotonic() < ends and running.poll() is None:
        if _answers(url):
            return
        time.sleep(0.5)
    pytest.fail(f"LiteLLM did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


CASES = {
    "works": [],
    "gone": ["ND461"],
    "bad-key": ["ND462"],
    "down": ["ND460"],
    "rate": ["ND417"],
    "strict": ["ND421"],
    "dropped": [],
    "unknown": ["ND403"],
}


@pytest.mark.parametrize(("model", "codes"), CASES.items(), ids=CASES)
def test_what_litellm_says_is_read(gateway: str, model: str, codes: list[str]) -> None:
    """Its own faults and those behind it are told apart, and the remedy for a field that is refused works."""
    assert found(gateway, model, MASTER) == codes


def test_a_key_that_litellm_does_not_know(gateway: str) -> None:
    """Without a database it says 400 of any key but its own."""
    assert found(gateway, "works", "sk-lab-other-key") == ["ND404"]


def found(base_url: str, model: str, key: str) -> list[str]:
    """Return the codes of KAG 0.8's call at LiteLLM."""
    endpoint = Endpoint("f.yaml", 1, "n", "chat", "maas", model, base_url, Secret(key))
    proof = Caller("0.8", 20.0, lambda _: None).prove(endpoint, "127.0.0.1", base_url)
    verdict = "works" if proof.failure is None else "broken"
    item = Examined(endpoint, verdict, proofs=(proof,))
    return [finding.code for finding in of_endpoint(item, Context((), "0.8", 20))]
