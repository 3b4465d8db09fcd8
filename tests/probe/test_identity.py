"""Who answers in a model service's place, and what is taken for one: asked without a key, over real sockets."""

import json

import pytest
from probe.web import reply, serving

from netdiag.probe.identity import Asking, identify, stranger

SPRING = b'{"timestamp":"2026-01-01 00:00:00","status":404,"error":"Not Found","path":"/"}'
NEO4J = b'{"bolt_routing":"neo4j://h:7687","neo4j_version":"5.18.0"}'


def open_webui(method: str, path: str):
    """Answer as Open WebUI does: it has Ollama's path for the version, and guards its own models."""
    if path == "/api/version":
        return reply(200, b'{"version":"0.6.18"}', content_type="application/json")
    if path == "/api/tags":
        return reply(401, b'{"detail":"Not authenticated"}', content_type="application/json")
    return reply(200, b"<html><head><title>Open WebUI</title></head></html>", content_type="text/html")


def loading(method: str, path: str):
    """Answer as llama.cpp does while it loads its model."""
    return reply(503, b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}')


@pytest.mark.parametrize(
    ("site", "name"),
    [
        (open_webui, "other"),
        (loading, "openai-compatible"),
        (lambda method, path: reply(503, b'{"error":"down"}'), "other"),
    ],
    ids=["Open WebUI", "llama.cpp loading", "another 503"],
)
def test_what_looks_like_a_model_service(site, name):
    """A web interface with Ollama's paths is none, a server that says it loads is one, and any other 503 is not."""
    with serving(site) as here:
        assert identify(Asking(here.origin, connect_s=1))[0].name == name


def listing(version: bytes = b"", at: str = "/v1/models", **entry):
    """Answer with one model as a server lists it, and with a version where it has one."""

    def site(method: str, path: str):
        if path == at:
            return reply(
                200, json.dumps({"object": "list", "data": [{"id": "m", "object": "model", **entry}]}).encode()
            )
        return reply(200, b'{"version":"%s"}' % version) if path == "/version" and version else reply(404, b"{}")

    return site


@pytest.mark.parametrize(
    ("site", "name"),
    [
        (listing(b"0.32.0", owned_by="vllm"), "vllm"),
        (listing(owned_by="vllm"), "vllm"),
        (listing(owned_by="sglang"), "sglang"),
        (listing(owned_by="llamacpp"), "llama.cpp"),
        (listing(owned_by="me"), "llama-cpp-python"),
        (listing(owned_by="xinference", model_type="LLM"), "xinference"),
        (listing(owned_by="organization_owner"), "lm-studio"),
        (listing(owned_by="m", created=0), "tgi"),
        (listing(b"v3.1.0 (abc)"), "localai"),
        (listing(), "openai-compatible"),
        (listing(owned_by="docker"), "docker-model-runner"),
        (listing(owned_by="docker", at="/engines/v1/models"), "docker-model-runner"),
        (listing(owned_by="somebody"), "openai-compatible"),
        (listing(owned_by="somebody", at="/engines/v1/models"), "other"),
    ],
)
def test_servers_that_name_themselves(site, name):
    """A model's owner is the server, where nobody told it better; who cannot be named speaks OpenAI's API at least."""
    with serving(site) as here:
        service = identify(Asking(here.origin, connect_s=1))[0]
    assert (service.name, service.models) == (name, () if name == "other" else ("m",))


@pytest.mark.parametrize(
    ("answer", "who"),
    [
        (reply(200, b"<title>Open WebUI</title>", content_type="text/html"), "Open WebUI"),
        (reply(200, b"<title>OpenSPG</title>", content_type="text/html"), "OpenSPG"),
        (reply(404, SPRING, content_type="application/json"), "OpenSPG / Spring Boot"),
        (reply(200, NEO4J, content_type="application/json"), "Neo4j"),
        (reply(403, b"<Error/>", server="MinIO"), "MinIO"),
        (reply(200, b'{"version":{"lucene_version":"9"}}'), "Elasticsearch"),
        (reply(200, b"<html><TITLE >\n Grafana \n</title>", content_type="text/html"), '"Grafana"'),
    ],
    ids=["Open WebUI", "OpenSPG", "Spring", "Neo4j", "MinIO", "Elasticsearch", "a title"],
)
def test_strangers_are_named(answer, who):
    """A product is known by its own marks, any page by its title; nothing is sent but one question."""
    with serving(lambda method, path: answer) as here:
        assert stranger(Asking(here.origin, connect_s=1)) == who
    assert [(method, path) for method, path, _, _ in here.requests] == [("GET", "/")]


def test_a_stranger_without_marks_is_named_by_its_server():
    """Where there is neither product nor title the header that says what serves it is shown."""
    with serving(lambda method, path: reply(404)) as here:
        assert "Python" in stranger(Asking(here.origin, connect_s=1))  # http.server's own header
