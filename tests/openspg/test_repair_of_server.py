"""What the server holds is repaired, stays repaired, and comes back byte for byte: in each version."""

import json

import pytest
from openspg import tables
from openspg.beside import HOST

REPAIRED = {
    "0.6": {"kg_config/2", "kg_project_info/1"},
    "0.7": {"kg_config/2", "kg_project_info/1"},
    "0.8": {"kg_user_model/1", "kg_project_info/2"},
}


def repaired(before: dict, names: set[str]) -> dict:
    """The configurations with the host of each model's base_url changed, and not one other byte."""
    new = HOST.encode()
    return {
        name: text.replace(b"//localhost:", b"//%b:" % new)
        .replace(b"\\/localhost:", b"\\/%b:" % new)
        .replace(b"neo4j://%b:" % new, b"neo4j://localhost:")
        if name in names
        else text
        for name, text in before.items()
    }


def test_repaired_again_and_rolled_back(beside, version):
    """Every base_url is proven and written, nothing else; a second run has nothing to do; rollback restores it all."""
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert (done.status, done.codes) == (0, set()), done.said
    after = beside.database.configs()
    assert after == repaired(before, REPAIRED[version])
    assert {each["how"] for each in done.report["applied"]} == {"row"}
    page = "model page > Ollama" if version == "0.8" else "global configuration"
    assert page in {each["place"] for each in done.report["applied"]}

    again = beside.netdiag("fix-base-url")
    assert (again.status, again.report["plan"]["edits"], again.report["applied"]) == (0, [], [])
    assert {item["verdict"] for item in again.report["endpoints"]} == {"works"}
    assert beside.database.configs() == after

    undone = beside.netdiag("rollback")
    assert undone.status == 0, undone.said
    assert beside.database.configs() == before
    assert not [path for path in beside.api.asked if path.startswith("POST")]


def test_chat_and_embedding_of_one_ollama(beside, version):
    """Chat wants no /v1 and embedding wants it: where both are the same or swapped, each gets what it needs."""
    wrong = json.loads(tables.frozen(beside.model_port))
    for model, path in ((wrong["llm"], "/v1"), (wrong["llm_select"][0], "/v1"), (wrong["vectorizer"], "/")):
        model["base_url"] = f"http://localhost:{beside.model_port}{path}"
    beside.database.put("kg_project_info", tables.project("swapped", json.dumps(wrong)))
    if version == "0.8":
        chat, embedding = json.loads(tables.models(beside.model_port))
        chat["base_url"], embedding["base_url"] = wrong["llm"]["base_url"], wrong["vectorizer"]["base_url"]
        page = {"instance_id": "i", "provider": "Ollama", "name": "swapped", "config": json.dumps([chat, embedding])}
        beside.database.put("kg_user_model", page)
    done = beside.netdiag("fix-base-url")
    assert done.status == 0, done.said
    (stored,) = [json.loads(text) for text in beside.database.configs().values() if text and b'"llm_select": ' in text]
    at = f"http://{HOST}:{beside.model_port}"
    urls = [stored["llm"]["base_url"], stored["llm_select"][0]["base_url"], stored["vectorizer"]["base_url"]]
    assert [url.rstrip("/") for url in urls] == [at, at, f"{at}/v1"]
    if version == "0.8":
        models = json.loads(beside.database.configs()["kg_user_model/2"])
        assert [each["base_url"].rstrip("/") for each in models] == [at, f"{at}/v1"]


def test_an_address_beside_a_setting_that_kag_refuses(beside, version):
    """A row's address is proven without that setting and written; the setting is told, and the run is no success."""
    refused = json.loads(tables.frozen(beside.model_port))
    refused["vectorizer"]["vector_dimensions"] = "many"
    beside.database.put("kg_project_info", tables.project("refused", json.dumps(refused)))
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert (done.status, done.codes) == (1, {"ND550"}), done.said
    (name,) = [name for name, text in before.items() if text and b'"many"' in text]
    assert beside.database.configs() == repaired(before, {*REPAIRED[version], name})
    assert beside.netdiag("rollback").status == 0
    assert beside.database.configs() == before


@pytest.mark.parametrize("scope", ["global", "projects"])
def test_scope(beside, version, scope):
    """One can repair what new knowledge bases begin with, or the copies, and leave the other."""
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url", "--scope", scope)
    is_told = scope == "projects" or version == "0.8"  # there a knowledge base refers to the model
    assert (done.status, done.codes) == (0, set() if is_told else {"ND613"}), done.said
    wanted = {name for name in REPAIRED[version] if ("project" in name) == (scope == "projects")}
    assert beside.database.configs() == repaired(before, wanted)


def test_only_files_leaves_the_server_alone(beside, version):
    """With --only files it is not even asked."""
    done = beside.netdiag("fix-base-url", "--only", "files")
    assert (done.status, done.codes) == (78, {"ND502"})
    assert beside.api.asked == []


def test_files_and_rows_together(beside, version):
    """A file beside the server is repaired in the same run, and both are put back together."""
    file = beside.directory / "kag_config.yaml"
    file.write_text(
        text := f"chat_llm: {{type: ollama, model: 'qwen2.5:3b', base_url: 'http://localhost:{beside.model_port}'}}\n"
    )
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert done.status == 0, done.said
    assert {each["run"] for each in done.report["applied"]} == {done.report["applied"][0]["run"]}
    assert file.read_text() == text.replace("localhost", HOST)
    assert beside.netdiag("rollback").status == 0
    assert (file.read_text(), beside.database.configs()) == (text, before)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", {"0.6": "global configuration > qwen2.5:3b", "0.8": "model page > Ollama > qwen2.5:3b"}),
        ("zh", {"0.6": "全局配置 > qwen2.5:3b", "0.8": "模型页面 > Ollama > qwen2.5:3b"}),
    ],
)
def test_dry_run_tells_field_by_field(beside, version, language, names):
    """Where each value lives, where to click, the old and the new value; nothing is written."""
    before = beside.database.configs()
    done = beside.told("fix-base-url", "--dry-run", "--lang", language)
    assert done.status == 3, done.said
    name = names["0.8" if version == "0.8" else "0.6"]
    at = f"{beside.model_port}"
    assert f"{name} " in done.said
    assert f"-> http://{HOST}:{at}" in done.said
    table = "kg_user_model/1" if version == "0.8" else "kg_config/2"
    assert f"openspg:127.0.0.1:{beside.database.port}/openspg/{table}" in done.said
    assert ("OpenSPG 0.8" if version == "0.8" else "OpenSPG 0.6") in done.said
    report = beside.netdiag("fix-base-url", "--dry-run", "--lang", language).report
    first = report["endpoints"][0]
    assert first["place"] == name
    assert first["source"].endswith(table)
    assert ("OpenSPG 0.8" if version == "0.8" else "OpenSPG 0.6") in first["by_hand"]
    assert (first["base_url"].rstrip("/"), first["proven_url"].rstrip("/")) == (
        f"http://localhost:{at}",
        f"http://{HOST}:{at}",
    )
    edits = {(each["source"], each["node"]): (each["old"], each["new"]) for each in report["plan"]["edits"]}
    assert edits[first["source"], first["node"]] == ("localhost", HOST)
    assert beside.database.configs() == before


def test_the_journal_is_listed(beside, version):
    """Rows are called what people call them."""
    beside.netdiag("fix-base-url")
    listed = beside.told("rollback", "--list").said
    assert ("model page > Ollama (openspg:" if version == "0.8" else "global configuration (openspg:") in listed
    assert "written (in the database, edits: " in listed


def test_a_saved_report_is_diagnosed_again(beside, version, tmp_path):
    """The report of a server's configuration can be replayed where there is no server."""
    saved = tmp_path / "report.json"
    saved.write_text(beside.netdiag("check").said)
    again = beside.told("check", "--replay", str(saved))
    assert (again.status, " > qwen2.5:3b" in again.said) == (1, True)
