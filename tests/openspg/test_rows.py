"""Rows of the model page as OpenSPG 0.8 really stores them: repaired, repaired no more, and put back byte by byte.

The page's form for Ollama stores no key, a field of one's own stands below ``customize``, `knext project create` stores
neither type nor kind, and a model that is added twice is stored twice under one id.
"""

import json
from typing import Any, NamedTuple

import pytest
from openspg import tables
from openspg.beside import HOST, OK, PROBLEM, ROLLED_BACK, ended

from netdiag.report.rendered import FORMATS

pytestmark = pytest.mark.parametrize("version", ["0.8"])

RELEASED, NEWER = "0.8", "0.8+"
BOTH = (RELEASED, NEWER)


def embedding(**more: Any) -> dict[str, Any]:
    """An embedding model of Ollama as the page stores it, at localhost."""
    stored = {
        "modelId": "i@bge-m3",
        "base_url": "http://localhost:PORT/v1",
        "model": "bge-m3",
        "modelType": "embedding",
        "type": "openai",
    }
    return {name: value for name, value in (stored | more).items() if value is not None}


def by_knext(**more: Any) -> dict[str, Any]:
    """A vectorizer of a kag_config.yaml as `knext project create` stores it: without ``type`` and ``modelType``."""
    return embedding(modelType=None, type=None, api_key="sk-c4n4ry-knext", vector_dimensions=128) | more


def chat(**more: Any) -> dict[str, Any]:
    """A chat model of Ollama as the page stores it, at localhost."""
    return embedding(modelId="i@qwen2.5:3b", model="qwen2.5:3b", modelType="chat", type="ollama") | {
        "base_url": "http://localhost:PORT",
        **more,
    }


class Shape(NamedTuple):
    """What is stored, by which provider, what the KAG there lacks in it, and how many addresses are written.

    ``old`` is what is written over and ``new`` what is written, with PORT and HOST for those of the test.
    """

    models: list[dict[str, Any]]
    kag: tuple[str, ...] = BOTH
    codes: frozenset[str] = frozenset()
    provider: str = "Ollama"
    written: int = 1
    old: str = "//localhost:PORT"
    new: str = "//HOST:PORT"


def lacking(*codes: str) -> frozenset[str]:
    """The codes of what KAG lacks."""
    return frozenset(codes)


SHAPES = {
    "an embedding model without a key, released KAG": Shape([embedding()], (RELEASED,), lacking("ND431")),
    "an embedding model without a key, newer KAG": Shape([embedding()], (NEWER,)),
    "an empty key, released KAG": Shape([embedding(api_key="")], (RELEASED,), lacking("ND431")),
    "an empty key, newer KAG": Shape([embedding(api_key="")], (NEWER,)),
    "a null key, released KAG": Shape([embedding() | {"api_key": None}], (RELEASED,), lacking("ND431")),
    "a key": Shape([embedding(api_key="sk-c4n4ry")]),
    "a key among the custom fields": Shape([embedding(customize={"api_key": "none"})]),
    "a key deep among the custom fields": Shape([embedding(customize={"more": {"api_key": "none"}})]),
    "a timeout in quotes among the custom fields": Shape(
        [embedding(api_key="k", customize={"timeout": "60"})], codes=lacking("ND550")
    ),
    "a chat model's timeout in quotes": Shape([chat(customize={"timeout": "60"})], codes=lacking("ND550")),
    "a timeout in quotes and no key": Shape([embedding(customize={"timeout": "60"})], (RELEASED,), lacking("ND431")),
    "a custom field that KAG does not know": Shape([embedding(api_key="k", customize={"说明": "本地 😀"})]),
    "an address among the custom fields": Shape(
        [embedding(api_key="k", base_url="http://127.0.0.9:1/v1", customize={"base_url": "http://localhost:PORT/v1"})]
    ),
    "a type among the custom fields": Shape([by_knext(customize={"type": "openai"})], provider="OpenAI"),
    "by knext": Shape([by_knext()], codes=lacking("ND432"), provider="OpenAI"),
    "by knext, at a path that embeddings do not have": Shape(
        [by_knext(base_url="http://localhost:PORT")],
        codes=lacking("ND432"),
        provider="OpenAI",
        old='//localhost:PORT"',
        new='//HOST:PORT/v1"',
    ),
    "by knext, without a key": Shape([by_knext(api_key=None)], (RELEASED,), lacking("ND432"), provider="OpenAI"),
    "a provider for which OpenSPG knows no type": Shape(
        [chat(type=None)], codes=lacking("ND432"), provider="BaiLing", written=0
    ),
    "without a base_url, KAG fails": Shape([embedding(api_key="k", base_url=None)], codes=lacking("ND433"), written=0),
    "entered twice": Shape([embedding(api_key="k"), embedding(api_key="k")], codes=lacking("ND434"), written=2),
    "entered twice, the second elsewhere": Shape(
        [embedding(api_key="k"), embedding(api_key="k", base_url=f"http://{HOST}:PORT/v1")], codes=lacking("ND434")
    ),
    "entered twice, the first elsewhere": Shape(
        [embedding(api_key="k", base_url=f"http://{HOST}:PORT/v1"), embedding(api_key="k")], codes=lacking("ND434")
    ),
    "one that works beside one that KAG refuses": Shape(
        [chat(), embedding()], (RELEASED,), lacking("ND431"), written=2
    ),
}

CASES = [pytest.param(shape, kag, id=f"{name}, {kag}") for name, shape in SHAPES.items() for kag in shape.kag]
NOTES = {"ND434"}


def stored(beside, shape: Shape) -> bytes:
    """Fill the database with the row, and a knowledge base that refers to its last model; return the row's bytes."""
    text = json.dumps(shape.models, ensure_ascii=False).replace("PORT", str(beside.model_port))
    row = {"instance_id": "i", "provider": shape.provider, "name": "mine", "config": text}
    base = json.dumps({"vectorizer": {"modelId": shape.models[-1]["modelId"], "vector_dimensions": "128"}})
    known = [each for each in tables.rows("0.8", beside.model_port) if each[0] in ("kg_config", "kg_model_provider")]
    beside.database.filled("0.8", [*known, ("kg_user_model", row), ("kg_project_info", tables.project("Mine", base))])
    return text.encode()


def row(beside) -> bytes:
    """What the row holds now."""
    return beside.database.configs()["kg_user_model/1"]


@pytest.mark.parametrize(("shape", "kag"), CASES)
def test_every_shape(beside, shape, kag):
    """The host is repaired whatever else KAG lacks, that is told beside it, and one rollback restores every byte."""
    beside.kag = kag
    before = stored(beside, shape)
    status = PROBLEM if shape.codes - NOTES else OK

    done = beside.netdiag("fix-base-url")
    assert ended(done) == (status, set(shape.codes))
    old, new = (text.replace("PORT", str(beside.model_port)) for text in (shape.old, shape.new.replace("HOST", HOST)))
    assert row(beside) == (before.replace(old.encode(), new.encode()) if shape.written else before)
    assert len({each["node"] for each in done.report["plan"]["edits"]}) == shape.written

    again = beside.netdiag("fix-base-url")
    assert (ended(again), again.report["plan"]["edits"], again.report["applied"]) == (
        (status, set(shape.codes)),
        [],
        [],
    )
    assert beside.netdiag("check").status == status

    if shape.written:
        assert beside.netdiag("rollback").status == OK
    assert row(beside) == before


def test_a_chat_model_without_a_base_url(beside):
    """KAG calls its client's default, which is its own container; where a service answers, its address is given."""
    stored(beside, Shape([chat(base_url=None)]))
    done = beside.netdiag("check")
    assert (done.status, "ND435" in done.codes) == (PROBLEM, True)  # whoever has Ollama's port here
    (item,) = done.report["endpoints"]
    assert item["place"] == "model page > Ollama > qwen2.5:3b > mine"
    finding = next(each for each in item["findings"] if each["code"] == "ND435")
    assert finding["title"].endswith("calls http://127.0.0.1:11434 by default")
    assert "base_url: http" in finding["remedies"][0]["command"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_place_is_translated_in_every_format(beside, language):
    """Where the server tells another value, each format says in which place, and never in netdiag's own words."""
    stored(beside, SHAPES["entered twice"])
    beside.api.stale = json.dumps(
        [
            {
                "id": 1,
                "name": "Mine",
                "config": json.dumps({"vectorizer": embedding(base_url="http://localhost:1/v1", api_key="k")}),
            }
        ]
    ).encode()
    before = row(beside)
    for form in FORMATS:
        done = beside.told("fix-base-url", "--format", form, "--lang", language)
        assert (form, done.status, "ND611" in done.said) == (form, ROLLED_BACK, True)
        assert (form, "place_" in done.said) == (form, False)
    assert row(beside) == before


@pytest.mark.parametrize("shape", [SHAPES["by knext"], SHAPES["by knext, at a path that embeddings do not have"]])
def test_what_knext_left_out_is_written_as_the_remedy_says(beside, shape):
    """The statement works when it is pasted: the model is then as the page would have stored it, and works."""
    stored(beside, shape)
    done = beside.netdiag("fix-base-url")
    (finding,) = [each for item in done.report["endpoints"] for each in item["findings"]]
    assert finding["remedies"][0]["command"] == "type: openai"
    with beside.database.connected() as root:
        root.execute(finding["remedies"][1]["command"].replace("%", "%%"))
    assert json.loads(row(beside))[0]["modelType"] == "embedding"
    assert ended(beside.netdiag("check")) == (OK, set())


@pytest.mark.parametrize(
    ("shape", "kag", "field"),
    [
        ("an embedding model without a key, released KAG", RELEASED, {"api_key": "none"}),
        ("by knext", NEWER, {"type": "openai"}),
        ("without a base_url, KAG fails", NEWER, {"base_url": "http://localhost:PORT/v1"}),
    ],
)
def test_the_custom_field_of_the_remedy_is_enough(beside, shape, kag, field):
    """The field stands below ``customize``, and the server gives it to KAG as one of the model's own."""
    beside.kag = kag
    stored(beside, SHAPES[shape])
    done = beside.netdiag("fix-base-url")
    commands = [each["command"] for item in done.report["endpoints"] for each in item["findings"][0]["remedies"]]
    (name,) = field
    assert commands[0].startswith(f"{name}: ")
    value = field[name].replace("PORT", str(beside.model_port))
    with beside.database.connected() as root:
        root.execute(
            "UPDATE kg_user_model SET config = JSON_SET(config, '$[0].customize', JSON_OBJECT(%s, %s))", name, value
        )
    assert ended(beside.netdiag("fix-base-url")) == (OK, set())
    assert ended(beside.netdiag("check")) == (OK, set())


@pytest.mark.parametrize("first", ["i", "j"])
@pytest.mark.parametrize("there", ["http://HOST:PORT/v1", "http://HOST:PORT/v1/", "http://localhost:PORT/v1"])
def test_two_rows_with_one_id(beside, first, there):
    """The server tells the model of the row whose ``instance_id`` is in the id, wherever another row has that, too."""
    stored(beside, Shape([embedding(api_key="k", base_url=there.replace("HOST", HOST))]))
    other = json.dumps([embedding(api_key="k", base_url="http://localhost:PORT/v1")])
    with beside.database.connected() as root:
        root.execute("UPDATE kg_user_model SET instance_id = %s", first)
    beside.database.put(
        "kg_user_model",
        {
            "instance_id": {"i": "j", "j": "i"}[first],
            "provider": "OpenAI",
            "name": "other",
            "config": other.replace("PORT", str(beside.model_port)),
        },
    )
    assert ended(beside.netdiag("fix-base-url"))[0] == OK
    configs = beside.database.configs()
    assert b"localhost" not in b"".join(configs[f"kg_user_model/{number}"] or b"" for number in (1, 2))
    assert ended(beside.netdiag("check"))[0] == OK


def test_what_is_said_of_a_missing_key(beside):
    """What the page allows comes first, the base_url in it is the proven one, and nothing is called repaired."""
    beside.kag = RELEASED
    stored(beside, SHAPES["an embedding model without a key, released KAG"])
    said = beside.told("fix-base-url").said
    assert "no key is stored with it" in said
    assert f"base_url: http://{HOST}:{beside.model_port}/v1" in said
    assert f"its address was changed to http://{HOST}:{beside.model_port}/v1" in " ".join(said.split())
    assert "repaired:" not in said
    assert "没有保存密钥" in beside.told("check", "--lang", "zh").said


def test_the_server_tells_the_first_of_two(beside):
    """Of a model that is stored twice the tests' server, as the real one, gives KAG the first."""
    stored(beside, Shape([embedding(api_key="first"), embedding(api_key="second")]))
    (project,) = json.loads(json.dumps(beside.api.answer("/public/v1/project")[1]))
    assert json.loads(project["config"])["vectorizer"]["api_key"] == "first"
