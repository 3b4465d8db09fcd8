"""First contact: the page refuses to save, so nothing is; what is suggested, stored as it would be, works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openspg import tables
from openspg.beside import HOST, Beside
from openspg.server import Api

from netdiag import platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openspg.mariadb import MariaDb

PENDING, UNREADABLE = 3, 78
FORMS = {"0.6": "global_page", "0.7": "global_page", "0.8": "models_page"}
SAID = {"0.6": "ND537", "0.7": "ND537", "0.8": "ND538"}


@pytest.fixture
def empty(
    version: str, database: MariaDb, model_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Beside]:
    """netdiag beside a server whose init script has run and nothing more; its ports are the model service's."""
    rows = [
        row for row in tables.rows(version, model_port) if row[1].get("config_id") in ("KAG_ENV", "PROVIDER_BASE_INFO")
    ]
    saved = {"project_id": "0", "config_name": "KAG", "config_id": "KAG_CONFIG", "config": ""}
    database.filled(version, rows if version == "0.8" else [*rows, ("kg_config", saved)])
    api = Api(database, version)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("netdiag.suggest.ports.PORTS", (model_port,))
    monkeypatch.setattr(platform, "is_host", lambda candidate, *_: candidate.host == HOST)
    place = Beside(database, api, version, model_port, tmp_path)
    place.patch(monkeypatch.setattr)
    yield place
    api.close()


@pytest.fixture
def suggested(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return the way to run a command and get its status, codes and suggestions, as the report has them."""
    from netdiag.cli import output  # noqa: PLC0415

    kept: list[Any] = []
    show = output.show
    monkeypatch.setattr(
        output, "show", lambda report, *given, **more: kept.append(report) or show(report, *given, **more)
    )

    def run(place: Beside, *words: str) -> Any:
        done = place.netdiag(*words)
        codes = {code for code in done.codes if not "ND585" <= code <= "ND588"}  # those put it into words
        return done.status, codes, kept[-1].suggestions

    return run


def stored(version: str, offers: Any) -> tuple[str, dict[str, object]]:
    """What the page stores of the best pair: of 0.8 a row for each provider's models, before that one text."""
    models = [
        {"type": o.type, "base_url": o.base_url, "model": o.model, **({"api_key": "EMPTY"} if o.key else {})}
        for o in offers
    ]
    if version != "0.8":
        text = {"llm_select": [models[0]], "llm": models[0], "vectorizer": {**models[1], "vector_dimensions": "128"}}
        return "kg_config", {
            "project_id": "0", "config_name": "KAG", "config_id": "KAG_CONFIG", "config": json.dumps(text)
        }  # fmt: skip
    kinds = ("chat", "embedding")
    listed = [{**m, "modelId": f"i@{m['model']}", "modelType": k} for m, k in zip(models, kinds, strict=True)]
    return "kg_user_model", {"instance_id": "i", "provider": "OpenAI", "name": "first", "config": json.dumps(listed)}


def test_from_an_empty_database(empty, version, suggested):
    """A chat model and an embedding model are proven; stored as the page would, the next check is healthy."""
    status, codes, found = suggested(empty, "fix-base-url")
    assert (status, codes) == (PENDING, {SAID[version]})
    assert (found.form, found.kag) == (FORMS[version], version)
    at = f"http://{HOST}:{empty.model_port}"
    pair = [("chat", "ollama", at, "qwen2.5:3b", ""), ("embedding", "openai", f"{at}/v1", "bge-m3", "any")]
    assert [(o.kind, o.type, o.base_url, o.model, o.key) for o in found.best] == pair
    assert [o.dimensions for o in found.best] == [0, 128]

    table, row = stored(version, found.best)
    if version != "0.8":
        empty.database.filled(version, tables.rows(version, empty.model_port)[:1])
    empty.database.put(table, row)
    done = empty.netdiag("check")
    assert done.status == 0, done.said
    assert {item["verdict"] for item in done.report["endpoints"]} == {"works"}


@pytest.mark.parametrize("command", ["check", "suggest"])
def test_the_other_commands(empty, version, suggested, command):
    """A check shows the same and stays at 78; asked for, the same is found, whatever is configured."""
    status, codes, found = suggested(empty, command)
    assert status == (UNREADABLE if command == "check" else PENDING)
    assert codes == {SAID[version]}
    assert [o.model for o in found.best] == ["qwen2.5:3b", "bge-m3"]
    assert found.form == FORMS[version]


def test_asked_for_beside_a_configuration(beside, version, suggested, monkeypatch):
    """Asked for, suggestions are made where something is configured too, in the form of that version's page."""
    monkeypatch.setattr("netdiag.suggest.ports.PORTS", (beside.model_port,))
    monkeypatch.setattr(platform, "is_host", lambda candidate, *_: candidate.host == HOST)
    status, codes, found = suggested(beside, "suggest")
    assert (status, codes, found.form) == (PENDING, set(), FORMS[version])


@pytest.mark.parametrize("command", ["check", "fix-base-url"])
def test_not_unasked_beside_a_configuration(beside, suggested, command):
    """Where anything is configured, nobody is looked for."""
    assert suggested(beside, command)[2] is None


def test_not_where_the_database_cannot_be_read(empty, suggested):
    """Of a database that refuses the login nobody knows what it holds, so nobody is looked for."""
    wrong = empty.database.database()._replace(user="nobody-here")
    empty.server = empty.server._replace(database=wrong)
    assert suggested(empty, "fix-base-url")[2] is None
