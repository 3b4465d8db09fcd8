"""The troubled servers: each answers as declared, and otherwise like a server of its kind."""

import json
import re

import pytest

from netdiag.lab.servers.http import Request
from netdiag.lab.servers.troubled import answer, troubles
from netdiag.text import printable


def ask(method: str, path: str, *, key: bool = True, **body) -> Request:
    """A request as KAG's client sends it."""
    headers = {"host": "172.17.0.1:8000"} | ({"authorization": "Bearer sk-lab-invented-key"} if key else {})
    return Request(method, path, headers, json.dumps(body).encode() if body else b"")


CHAT = ("POST", "/v1/chat/completions")


@pytest.mark.parametrize("name", sorted(troubles()))
def test_every_trouble_is_complete(name):
    """Where a body was learnt is said, and every reply can be sent."""
    trouble = troubles()[name]
    assert trouble["source"]
    assert trouble["speaks"] in ("openai", "ollama", "none")
    for reply in trouble["replies"]:
        assert 200 <= reply["status"] < 600
        assert printable(json.dumps(reply["body"]))
        assert not re.search(r"sk-(?!lab|\.\.\.)", json.dumps(reply))


@pytest.mark.parametrize(
    ("name", "request_", "status"),
    [
        ("deepseek-balance", ask(*CHAT, model="deepseek-chat"), 402),
        ("deepseek-balance", ask("GET", "/v1/models"), 200),
        ("deepseek-key", ask("GET", "/v1/models"), 401),
        ("openai-model", ask(*CHAT, model="gpt-4o-mni", messages=[]), 404),
        ("openai-model", ask(*CHAT, model="gpt-4o", messages=[]), 200),
        ("no-template-field", ask(*CHAT, model="m", chat_template_kwargs={}), 400),
        ("no-template-field", ask(*CHAT, model="m", messages=[]), 200),
        ("dashscope-thinking", ask(*CHAT, model="m", stream=False), 400),
        ("gateway-with-key", ask(*CHAT, key=False, model="m"), 401),
        ("gateway-with-key", ask(*CHAT, model="m", messages=[]), 200),
        ("page-but-v1", ask("POST", "/chat/completions", model="m"), 200),
        ("llama-cpp-loading", ask("GET", "/anything"), 503),
        ("ollama-origin", ask("GET", "/api/version"), 403),
        ("ollama-old", ask("POST", "/v1/embeddings", model="bge-m3"), 404),
        ("ollama-old", ask("GET", "/api/version"), 200),
        ("open-webui", ask("GET", "/api/tags"), 401),
        ("neo4j-browser", ask("GET", "/"), 200),
        ("neo4j-browser", ask("GET", "/v1/models"), 404),
    ],
)
def test_replies(name, request_, status):
    """The first reply that fits is given; what fits none is answered as usual."""
    assert answer(request_, name).status == status


def test_an_ollama_lists_its_own_models():
    """Version and models are the trouble's, not the recording's."""
    assert b"0.1.48" in answer(ask("GET", "/api/version"), "ollama-old").body
    assert json.loads(answer(ask("GET", "/api/tags"), "ollama-empty").body) == {"models": []}


def test_there_is_no_trouble_of_another_name():
    """A name that nobody has is an error at once."""
    with pytest.raises(KeyError):
        answer(ask("GET", "/"), "nonsense")
