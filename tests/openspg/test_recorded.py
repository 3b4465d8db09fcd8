"""The tests' server is held against the real ones: the same rows in its database, the same answers."""

import http.client
import json
from pathlib import Path

import pytest
from openspg import tables
from openspg.server import Api

from netdiag.model.attempt import Answer
from netdiag.openspg import projects

RECORDED = [json.loads(line) for line in (Path(__file__).parent / "recorded.jsonl").read_text("utf-8").splitlines()]

MODEL = {
    "instance_id": "inst-1",
    "provider": "OpenAI",
    "name": "one",
    "config": json.dumps(
        [
            {
                "modelId": "inst-1@embed-1",
                "api_key": "sk-example-0009",
                "base_url": "http://emb.example/v1",
                "model": "bge-m3",
                "modelType": "embedding",
                "type": "openai",
            }
        ]
    ),
}
"""What kg_user_model held where the recording says that it completed a vectorizer."""


def read(body: str) -> object:
    """An answer as it is read: the order of keys is the server's own affair, and ids that it makes up differ."""
    answer = json.loads(body)
    for project in answer if isinstance(answer, list) else ():
        if project.get("config"):
            project["config"] = json.loads(project["config"])
            for model in (project["config"] or {}).get("llm_select", []):
                if model["llm_id"] != "id-1":
                    model["llm_id"] = "made up"
    return answer


def named(rows: list[dict]) -> dict:
    """The rows as parameters, with the names they were recorded under."""
    return {"argvalues": rows, "ids": [f"{row['server']}, {row['name']}" for row in rows]}


@pytest.mark.parametrize("row", **named([row for row in RECORDED if row["db_before"] is not None]))
def test_answers_like_the_recorded_one(database, row):
    """Status and answer are those of OpenSPG 0.6 and 0.8 for the same rows and the same request."""
    version = row["server"].removeprefix("openspg ")
    database.filled(version, [("kg_project_info", {"tag": "LOCAL"} | each) for each in row["db_before"]])
    if "modelId" in row["body"] and "base_url" in row["body"] and "logo" in row["body"]:
        database.put("kg_model_provider", {"provider": "OpenAI", "logo": "/img/logo/openai.png"})
        database.put("kg_user_model", MODEL)
    api = Api(database, version)
    asked = http.client.HTTPConnection("127.0.0.1", api.port, timeout=5)
    asked.request("GET", row["request"]["path"], headers=row["request"].get("headers") or {})
    answer = asked.getresponse()
    body = answer.read().decode()
    asked.close()
    api.close()
    assert answer.status == row["status"]
    assert (read(body) if body else "") == (read(row["body"]) if row["body"] else "")


@pytest.mark.parametrize("row", **named(RECORDED))
def test_what_netdiag_makes_of_it(row):
    """A list is read; a text with 400 is a database that is away, or a bad row; everything else is no such server."""
    told = projects._list(Answer(row["status"], {}, row["body"].encode()))
    refused = "database_down" if row["db_before"] is None else "bad_row"
    state = {200: "answers", 400: refused if row["body"].startswith('"') else "other"}.get(row["status"], "other")
    assert told.state == state


def test_a_database_that_is_away(database):
    """It answers 400 with a message that names the link, as recorded."""
    database.filled("0.8", tables.rows("0.8", 1))
    api = Api(database, "0.8")
    port, database.port = database.port, 1
    try:
        status, body = api.answer("/public/v1/project")
    finally:
        database.port = port
        api.close()
    assert status == 400
    assert "Communications link failure" in body
