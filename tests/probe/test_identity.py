"""Who answers in a model service's place, and what is taken for one: asked without a key, over real sockets."""

import pytest
from probe.web import reply, serving

from netdiag.probe.identity import identify, stranger

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
        assert identify(here.origin, connect_s=1)[0].name == name


@pytest.mark.parametrize(
    ("answer", "who"),
    [
        (reply(200, b"<title>Open WebUI</title>", content_type="text/html"), "Open WebUI"),
        (reply(200, b"<title>OpenSPG</title>", content_type="text/html"), "OpenSPG"),
        (reply(404, SPRING, content_type="application/json"), "Spring Boot (OpenSPG?)"),
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
        assert stranger(here.origin, connect_s=1) == who
    assert [(method, path) for method, path, _, _ in here.requests] == [("GET", "/")]


def test_a_stranger_without_marks_is_named_by_its_server():
    """Where there is neither product nor title the header that says what serves it is shown."""
    with serving(lambda method, path: reply(404)) as here:
        assert "Python" in stranger(here.origin, connect_s=1)  # http.server's own header
