"""What can be in the way of reading what the server holds: each has a finding of its own, in bounded time."""

import json

import pytest
from openspg import tables
from openspg.beside import HOST, OK, PROBLEM, UNREADABLE, ended, reasons

from netdiag.openspg import projects, settings
from netdiag.report.rendered import FORMATS
from netdiag.text import Secret

pytestmark = pytest.mark.parametrize("version", ["0.7", "0.8"])  # one of each shape


def renamed(version: str) -> set[str]:
    """What comes of it that 0.6 and 0.7 tell another name for bge-m3 than they store: nobody serves that one."""
    return set() if version == "0.8" else {"ND403"}


def test_the_database_is_down(beside, version):
    """A server that says 400 to everything has no wrong request but no database."""
    beside.database.stop()
    try:
        done = beside.netdiag("check")
    finally:
        beside.database.start()
    assert ended(done) == (UNREADABLE, {"ND530"})
    assert reasons(done, "ND530") == {"db_refused"}


def test_the_database_hangs(beside, version):
    """Both wait for it in vain, for no longer than they may."""
    with beside.database.frozen():
        done = beside.netdiag("check")
    assert ended(done) == (UNREADABLE, {"ND530"})
    assert reasons(done, "ND530") == {"db_silent"}


def test_nothing_runs_yet(beside, version):
    """The server's process is there, nothing answers."""
    beside.api.close()
    beside.database.stop()
    try:
        done = beside.netdiag("check")
    finally:
        beside.database.start()
    assert ended(done) == (UNREADABLE, {"ND530"})


@pytest.mark.parametrize(
    ("state", "code"),
    [("database_down", "ND532"), ("silent", "ND533"), ("closed", "ND540"), ("other", "ND540")],
)
def test_a_server_without_a_database_within_reach(beside, version, monkeypatch, state, code):
    """Where only the server can be asked, as from its host, what it says of itself is the cause."""
    monkeypatch.setattr(projects, "ask", lambda *_: projects.Told(state))
    beside.server = settings.Server(port=beside.api.port, named=True)
    assert ended(beside.netdiag("check", "--only", "server")) == (UNREADABLE, {code})
    if state == "closed":
        beside.server = beside.server._replace(runs=True)
        assert ended(beside.netdiag("check", "--only", "server")) == (UNREADABLE, {"ND534"})


def test_the_server_is_starting(beside, version):
    """Its process is there, its port is not open: what its database holds is repaired meanwhile."""
    beside.api.close()
    beside.server = beside.server._replace(listens=False)
    assert ended(beside.netdiag("check")) == (PROBLEM, {"ND541"})
    assert ended(beside.netdiag("fix-base-url")) == (OK, {"ND541", "ND612"})


@pytest.mark.parametrize("command", ["check", "fix-base-url"])
def test_a_refused_login(beside, version, command):
    """What the server tells of its knowledge bases is proven all the same, but the page's models are not known."""
    before = beside.database.configs()
    beside.server = beside.server._replace(database=beside.server.database._replace(password=Secret("wrong")))
    done = beside.netdiag(command)
    assert ended(done) == (UNREADABLE, {"ND531", "ND603"} | renamed(version))
    assert reasons(done, "ND531") == {"db_login_refused"}
    assert {item["place"].split(" > ")[0] for item in done.report["endpoints"]} == {"knowledge base"}
    assert beside.database.configs() == before


def test_a_refused_login_in_every_format(beside, version):
    """The status is that of what could not be read, and each format says which login was refused."""
    beside.server = beside.server._replace(database=beside.server.database._replace(password=Secret("wrong")))
    done = {form: beside.told("check", "--format", form) for form in FORMATS}
    assert {form: each.status for form, each in done.items()} == dict.fromkeys(FORMATS, UNREADABLE)
    assert [form for form, each in done.items() if "ND531" not in each.said] == []
    assert done["nagios"].said.startswith("NETDIAG UNKNOWN - the database refused the login")
    assert done["text"].said.startswith("problem: the database refused the login")


BAD = {
    "not JSON": "not json",
    "cut": '{"llm":{"api_key":"sk-c4n4ry-cut"',
    "an array": "[1]",
    "a string": '"x"',
    "YAML": "llm:\n  base_url: http://localhost:1\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_row(beside, version, text):
    """It is named and left as it is; the others are repaired, and asked for one by one where the list fails."""
    beside.database.put("kg_project_info", tables.project("bad", text))
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (UNREADABLE, {"ND535"})
    assert {item["verdict"] for item in done.report["endpoints"]} == {"repairable"}
    assert [each["where"] for each in done.report["findings"]] == ["knowledge base > bad"]
    assert text.encode() in beside.database.configs().values()
    beside.server = beside.server._replace(database=None)
    done = beside.netdiag("check")
    assert done.codes - {"ND603"} == {"ND539"} | renamed(version)


@pytest.mark.parametrize("number", [20, 120], ids=["near", "far"])
def test_a_knowledge_base_far_from_a_bad_one(beside, version, number):
    """Where the whole list fails, what was written to a knowledge base is confirmed by asking for it alone."""
    beside.database.put("kg_project_info", tables.project("bad", "not json"))
    good = {"id": number} | tables.project("good", tables.frozen(beside.model_port))
    beside.database.put("kg_project_info", good)
    done = beside.netdiag("fix-base-url", "--scope", "projects")
    assert ended(done) == (UNREADABLE, {"ND535"})
    assert any(each["source"].endswith(f"/kg_project_info/{number}") for each in done.report["applied"])
    assert f"/public/v1/project?projectId={number}" in beside.api.asked
    assert len(beside.api.asked) <= 4


def page(version: str, text: str) -> tuple[str, dict[str, object]]:
    """A row of the page on which models are configured."""
    if version == "0.8":
        return "kg_user_model", {"instance_id": "i", "provider": "Ollama", "name": "Ollama", "config": text}
    return "kg_config", {"project_id": "0", "config_name": "c", "config_id": "KAG_CONFIG", "config": text}


@pytest.mark.parametrize("empty", ["", "null", "[]", "{}"])
def test_nothing_was_ever_saved(beside, version, empty):
    """An empty page is no fault, but there is nothing to check, and no model service to suggest."""
    beside.database.filled(version, [] if version == "0.8" and not empty else [page(version, empty)])
    bad = {("0.8", "{}"), ("0.7", "[]")}
    none = "ND535" if (version, empty) in bad else "ND538" if version == "0.8" else "ND537"
    searched = set() if none == "ND535" else {"ND581"}
    assert ended(beside.netdiag("check")) == (UNREADABLE, {none, *searched})


def test_a_page_of_an_unknown_shape(beside, version):
    """JSON that configures a model in a way that nobody knows is shown and left alone, and so is its page."""
    text = '[{"chat": {"baseUrl": "http://localhost:1"}}]'
    beside.database.filled(version, [page(version, text if version == "0.8" else text[1:-1])])
    before = beside.database.configs()
    done = beside.netdiag("fix-base-url")
    assert ended(done) == (UNREADABLE, {"ND542"})
    assert [each["where"].split(" > ")[0] for each in done.report["findings"]] == [
        "model page" if version == "0.8" else "global configuration"
    ]
    assert beside.database.configs() == before


def test_nothing_within_the_scope(beside, version):
    """Knowledge bases that only refer to the model page hold nothing to look at."""
    models = [row for row in tables.rows(version, beside.model_port) if row[0] == "kg_user_model"]
    beside.database.filled(version, [*models, ("kg_project_info", tables.project("Medical", tables.chosen()))])
    assert ended(beside.netdiag("check", "--scope", "projects")) == (UNREADABLE, {"ND543"})


@pytest.mark.parametrize("scope", ["all", "projects"])
def test_a_model_that_is_gone(beside, version, scope):
    """A knowledge base whose model nobody has any more cannot work; which one it is, and which model, is told."""
    base = tables.project("Old", json.dumps({"vectorizer": {"modelId": "inst-9@bge-m3", "vector_dimensions": "128"}}))
    beside.database.filled(version, [*tables.rows(version, beside.model_port), ("kg_project_info", base)])
    done = beside.netdiag("check", "--scope", scope)
    gone = [each for each in done.report["findings"] if each["code"] == "ND568"]
    told = [(each["where"], each["values"]["model"]) for each in gone]
    assert (done.status, told) == (PROBLEM, [("knowledge base > Old", "inst-9@bge-m3")] if version == "0.8" else [])


def test_a_deleted_knowledge_base_needs_no_model(beside, version):
    """What was deleted is left alone, and so is a page that cannot be read for certain."""
    old = json.dumps({"vectorizer": {"modelId": "inst-9@bge-m3"}})
    rows = tables.rows(version, beside.model_port)
    beside.database.filled(version, [*rows, ("kg_project_info", tables.project("Old", old, status="DELETE"))])
    assert "ND568" not in beside.netdiag("check").codes
    unreadable = ("kg_user_model", page("0.8", "[{")[1] | {"name": "other"})
    rows += [unreadable] if version == "0.8" else []
    beside.database.filled(version, [*rows, ("kg_project_info", tables.project("Old", old))])
    assert "ND568" not in beside.netdiag("check").codes


def test_another_database(beside, version):
    """Tables that nobody knows are left alone."""
    with beside.database.connected() as root:
        for (table,) in root.execute("SHOW TABLES"):
            root.execute(f"DROP TABLE {table}")
        root.execute("CREATE TABLE kg_config (id int, something text)")
    assert ended(beside.netdiag("check")) == (UNREADABLE, {"ND536"})


def test_a_page_that_saved_its_mask(beside, version, keyed_port):
    """Six stars in place of the key are what the service refuses, and that is what is said."""
    model = {"type": "maas", "model": "qwen2.5-3b", "base_url": f"http://{HOST}:{keyed_port}/v1", "api_key": "******"}
    beside.database.filled(version, [("kg_project_info", tables.project("masked", json.dumps({"chat_llm": model})))])
    done = beside.netdiag("check", "--scope", "projects")
    assert ended(done) == (PROBLEM, {"ND412"})


def test_nothing_is_said_where_there_is_no_server(beside, version):
    """Without a sign of one, neither a name nor a port is tried, and a file is all there is."""
    beside.server = settings.Server(port=beside.api.port, listens=False)
    done = beside.netdiag("check")
    assert (done.status, done.codes) == (UNREADABLE, {"ND502", "ND581"})
    assert beside.api.asked == []


@pytest.mark.parametrize(
    ("named", "codes"),
    [(settings.Server(port=1, named=True), {"ND540"}), (settings.Server(port=1), {"ND502", "ND581"})],
)
def test_a_server_that_was_asked_for(beside, version, named, codes):
    """Only who asks for a server hears that there is none."""
    beside.server = named
    assert ended(beside.netdiag("check")) == (UNREADABLE, codes)
