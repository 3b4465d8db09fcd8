"""Reading what a real OpenSPG server answered: endpoints named after their knowledge base, nothing to edit, no key."""

import json
from pathlib import Path

import pytest

from netdiag import openspg
from netdiag.openspg.projects import parse

RECORDED = {
    (row["server"], row["name"]): row["body"].encode()
    for row in map(json.loads, (Path(__file__).parent / "projects.jsonl").read_text("utf-8").splitlines())
}

PLACE = "OpenSPG server, knowledge base Example One"


@pytest.mark.parametrize(
    ("recording", "found"),
    [
        (
            ("openspg 0.6", "get all, one row"),
            [
                ("vectorizer", "embedding", "openai", "http://emb.example/v1"),
                ("llm_select[0]", "chat", "maas", "http://llm.example/v1"),
                ("llm", "chat", "maas", "http://llm.example/v1"),
            ],
        ),
        (("openspg 0.8", "get all, a row with config null text"), [("llm", "chat", "maas", "http://llm.example/v1")]),
    ],
    ids=["0.6", "0.8 with a null row"],
)
def test_recorded_answers(recording, found):
    """Each version's answer gives its endpoints; what GET shows is never offered for editing."""
    endpoints = list(parse(RECORDED[recording]))
    assert [(e.node, e.kind, e.type, e.base_url) for e in endpoints] == found
    assert {(e.source, e.url_span) for e in endpoints} == {(PLACE, None)}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        b"[1, null]",
        b'[{"config": 5}]',
        b'[{"config": "{"}]',
        b'"error parse new"',
        b"[" * 9999,
    ],
)
def test_odd_answers_hold_nothing(body):
    """An answer of another shape is no configuration, and no exception."""
    assert list(parse(body)) == []


def test_a_name_cannot_drive_the_terminal():
    """A knowledge base's name is text from outside."""
    config = '{"llm": {"type": "ollama", "model": "m", "base_url": "http://localhost:1"}}'
    (endpoint,) = parse(json.dumps([{"name": "\x1b[2Jbad", "config": config}]).encode())
    assert endpoint.source.isprintable()


def test_no_server_no_endpoints(monkeypatch):
    """Where nothing listens there is simply nothing to read."""
    monkeypatch.setattr(openspg.projects, "PROJECTS", "http://127.0.0.9:1/public/v1/project")
    assert openspg.endpoints() == ()
