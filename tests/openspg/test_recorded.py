"""The tests' server is held against the real ones: the same rows in its database, the same answers."""

import json
from pathlib import Path

import pytest
from openspg import tables
from openspg.server import Api

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


@pytest.mark.parametrize("row", RECORDED, ids=[f"{row['server']}, {row['name']}" for row in RECORDED])
def test_answers_like_the_recorded_one(database, row):
    """Status and answer are those of OpenSPG 0.6 and 0.8 for the same rows."""
    version = row["server"].removeprefix("openspg ")
    database.filled(version, [("kg_project_info", {"tag": "LOCAL"} | each) for each in row["db_before"]])
    if "modelId" in row["body"] and "base_url" in row["body"] and "logo" in row["body"]:
        database.put("kg_model_provider", {"provider": "OpenAI", "logo": "/img/logo/openai.png"})
        database.put("kg_user_model", MODEL)
    api = Api(database, version)
    status, body = api.answer(row["request"]["path"])
    api.close()
    assert status == row["status"]
    assert read(json.dumps(body)) == read(row["body"])


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
