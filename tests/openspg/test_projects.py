"""Reading what a real OpenSPG server answered: endpoints named after their knowledge base, nothing to edit, no key."""

import json
from pathlib import Path

import pytest

from netdiag.model.attempt import Answer
from netdiag.openspg import projects

RECORDED = {
    (row["server"], row["name"]): row["body"].encode()
    for row in map(json.loads, (Path(__file__).parent / "projects.jsonl").read_text("utf-8").splitlines())
}

SOURCE = "OpenSPG server, knowledge base Example One"


def told(body: bytes, status: int = 200) -> projects.Told:
    """What an answer tells."""
    return projects._list(Answer(status, {}, body))


@pytest.mark.parametrize(
    ("recording", "found"),
    [
        (
            ("openspg 0.6", "get all, one row"),
            [
                ("vectorizer", "embedding", "openai", "http://emb.example/v1", "place_embedding > BAAI/bge-m3"),
                ("llm_select[0]", "chat", "maas", "http://llm.example/v1", "qwen-max"),
                ("llm", "chat", "maas", "http://llm.example/v1", "place_chat > qwen-max"),
            ],
        ),
        (
            ("openspg 0.8", "get all, a row with config null text"),
            [("llm", "chat", "maas", "http://llm.example/v1", "place_chat > qwen-max")],
        ),
    ],
    ids=["0.6", "0.8 with a null row"],
)
def test_recorded_answers(recording, found):
    """Each version's answer gives its endpoints; what GET shows is never offered for editing."""
    endpoints = list(projects.endpoints(told(RECORDED[recording]).projects))
    place = "place_base > Example One > "
    assert [(e.node, e.kind, e.type, e.base_url, e.place.removeprefix(place)) for e in endpoints] == found
    assert {(e.source, e.url_span) for e in endpoints} == {(SOURCE, None)}


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b"", "other"),
        (200, b"not json", "other"),
        (200, b"{}", "other"),
        (200, b"[1, null]", "answers"),
        (200, b'[{"config": 5}]', "answers"),
        (200, b'[{"config": "{"}]', "answers"),
        (400, b'"error parse new"', "bad_row"),
        (400, b'"nested exception: Communications link failure"', "database_down"),
        (400, b'{"status": 400, "error": "Bad Request"}', "other"),
        (404, b"<html>", "other"),
        (200, b"[" * 9999, "other"),
    ],
)
def test_odd_answers_hold_nothing(status, body, state):
    """An answer of another shape is no configuration, and no exception."""
    found = told(body, status)
    assert (found.state, list(projects.endpoints(found.projects))) == (state, [])


def test_a_name_cannot_drive_the_terminal():
    """A knowledge base's name is text from outside; the mark between the parts of a place is not one in it."""
    config = '{"llm": {"type": "ollama", "model": "m", "base_url": "http://localhost:1"}}'
    body = json.dumps([{"name": "\x1b[2Jbad > name", "config": config}]).encode()
    (endpoint,) = projects.endpoints(told(body).projects)
    assert endpoint.source.isprintable()
    assert endpoint.place == "place_base > [2Jbad › name > place_chat > m"


def test_no_server():
    """Where nothing listens there is simply nothing to read."""
    assert projects.ask("http://127.0.0.9:1/public/v1/project").state == "closed"
