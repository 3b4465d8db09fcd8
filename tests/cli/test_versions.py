"""Every KAG given to every other one's configuration and servers: a misjudged version never costs a wrong rewrite."""

import json
import re

import pytest
from cli.conftest import Place

from netdiag import lab
from netdiag.lab.topology import Service, World

VERSIONS = ("0.5", "0.6", "0.7", "0.8")
SERVICES = (Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest")), Service("vllm", 8000))


def configuration(version: str) -> str:
    """What is right for this version but for the host, of every type whose call changed."""
    whole = "/chat/completions" if version in ("0.5", "0.6") else ""
    served = {"model": "qwen25-7B-chat", "api_key": "none", "max_tokens": 64}
    nodes = {
        "chat_llm": {"type": "maas", "base_url": "http://localhost:8000/v1", **served},
        "openie_llm": {"type": "vllm", "base_url": f"http://localhost:8000/v1{whole}", **served},
        "ner_llm": {"type": "ollama", "base_url": "http://localhost:11434", "model": "qwen2.5:3b"},
        "vectorizer": {
            "type": "openai",
            "base_url": "http://localhost:11434/v1",
            "model": "bge-m3:latest",
            "api_key": "none",
        },
    }
    if version == "0.8":
        own = {"type": "ollama", "base_url": "http://localhost:11434", "model": "bge-m3:latest"}
        nodes["second_vectorizer"] = own
    return json.dumps(nodes, indent=1)


@pytest.fixture(params=("", *VERSIONS), ids=lambda version: f"KAG {version or 'nowhere'}", scope="module")
def place(request, namespaces):
    """A container with this KAG in it, and both servers on its host."""
    with lab.make(World(services=SERVICES, kag=request.param)) as inside:
        yield request.param, Place(inside)


@pytest.mark.lab
def test_only_the_host_is_rewritten_of_what_is_right(place):
    """Whatever is named or assumed in place of the KAG that is there, a path that is right for that KAG stays."""
    installed, inside = place
    named_for = [(named, installed) for named in ("", *VERSIONS)] if installed else [("", right) for right in VERSIONS]
    for named, right in named_for:
        before = configuration(right)
        file = inside.write("kag_config.json", before)
        said = inside.report("fix-base-url", *(["--kag-version", named] if named else []), file.name)
        assert re.sub(r"172\.17\.0\.1", "localhost", file.read_text()) == before, (named, right)
        assert all(item["findings"] for item in said["endpoints"] if item["verdict"] == "broken"), (named, right)
        told = {finding["code"] for finding in said["findings"]}
        assert ("ND552" in told) == (bool(installed and named) and named != installed), (named, right)
        assert ("ND551" in told) == (not installed and said["exit_code"] != 0), (named, right)
