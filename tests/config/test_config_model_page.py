"""The list of models that OpenSPG 0.8 stores, as its server gives each of them to KAG."""

import json
from typing import Any

import pytest

from netdiag import config
from netdiag.openspg import model_page
from netdiag.text import Secret

SOURCE = "openspg:mysql:3306/openspg/kg_user_model/1"
MODEL = {"modelId": "i@m", "model": "m", "modelType": "embedding", "type": "openai", "base_url": "http://localhost/v1"}


def read(*models: dict[str, Any], text: str = "") -> tuple[config.Document, list[dict[str, Any]]]:
    """Return the document of a row, and of each model what KAG gets."""
    document = model_page.parse((text or json.dumps(models, ensure_ascii=False)).encode(), SOURCE)
    keys = [
        {
            "base_url": e.base_url,
            "type": e.type,
            "model": e.model,
            "api_key": e.api_key and e.api_key.reveal(),
            **e.settings,
        }
        for e in document.endpoints
    ]
    return document, keys


@pytest.mark.parametrize(
    ("more", "setting", "value"),
    [
        ({"customize": {"timeout": "60"}}, "timeout", "60"),
        ({"customize": {"timeout": 60}}, "timeout", 60),
        ({"customize": {"a": {"b": {"timeout": 1}}}}, "timeout", 1),
        ({"anything": {"timeout": 1}}, "timeout", 1),
        ({"customize": {"api_key": "none"}}, "api_key", "none"),
        ({"api_key": "outer", "customize": {"api_key": "inner"}}, "api_key", "inner"),
        ({"customize": {"api_key": "inner"}, "api_key": "outer"}, "api_key", "inner"),
        ({"customize": {"model": "other"}}, "model", "other"),
        ({"customize": {"type": "maas"}}, "type", "maas"),
        ({"customize": {"base_url": "http://host:1/v1"}}, "base_url", "http://host:1/v1"),
        ({"visibility": {"type": "maas"}}, "type", "openai"),
        ({"api_key": "outer", "customize": {"api_key": None}}, "api_key", None),
        ({"customize": {}}, "type", "openai"),
        ({"customize": None}, "type", "openai"),
    ],
)
def test_what_is_nested_is_dissolved(more, setting, value):
    """Every object is, however deep; of two keys alike the one counts that Java's HashMap has later, in any order."""
    _, (given,) = read(MODEL | more)
    assert given.get(setting) == value


def test_a_model_of_many_keys():
    """A HashMap that had to grow has another order: there the model's own key comes after ``customize``."""
    many = {f"k{number}": number for number in range(10)}
    _, (given,) = read(MODEL | many | {"api_key": "outer", "customize": {"api_key": "inner", "type": "maas"}})
    assert (given["api_key"], given["type"]) == ("outer", "maas")


def test_javas_hash():
    """The recorded answer of 0.8 (tests/openspg/recorded.jsonl) has its keys in this order."""
    recorded = ["visibility", "modelId", "provider", "api_key", "vector_dimensions", "base_url", "logo", "model"]
    recorded += ["modelType", "type"]
    hashes = [config.model_page._hash(key) % 16 for key in recorded]
    assert hashes == sorted(hashes)
    assert config.model_page._hash("customize") % 16 > max(hashes)


def test_the_address_is_edited_where_it_counts():
    """A base_url below ``customize`` is written over there, and the one that it hides stays."""
    document, _ = read(MODEL | {"customize": {"base_url": "http://localhost:9/é/v1", "说明": "😀"}})
    (endpoint,) = document.endpoints
    new = config.apply(document.data, config.edits(document, endpoint, host="10.0.0.1"))
    assert new == document.data.replace(b"localhost:9", b"10.0.0.1:9")


def test_a_key_among_the_custom_fields_is_a_secret():
    """It is sent as the key, and shown nowhere."""
    document, _ = read(MODEL | {"customize": {"api_key": "sk-c4n4ry", "secret_key": "c4n4ry"}})
    (endpoint,) = document.endpoints
    assert endpoint.api_key == Secret("sk-c4n4ry")
    assert "c4n4ry" not in repr(endpoint)


@pytest.mark.parametrize("text", ["[]", "[1, null, []]", '[{"customize": {}}]', "[[{}]]", "{}", '"x"', '[{"a": 1}]'])
def test_what_holds_no_model(text):
    """Whatever else a list holds is no model."""
    assert read(text=text)[0].endpoints == ()


def test_other_rows_are_not_flattened():
    """A knowledge base is given to KAG as it is."""
    text = json.dumps({"llm": {"type": "maas", "base_url": "http://h/v1", "customize": {"timeout": "60"}}}).encode()
    (endpoint,) = model_page.parse(text, SOURCE.replace("kg_user_model", "kg_project_info")).endpoints
    assert "timeout" not in endpoint.settings


@pytest.mark.parametrize(
    ("stored", "provider", "kind", "type_"),
    [
        ({}, "OpenAI", "embedding", "openai"),
        ({"vector_dimensions": 8}, "OpenAI", "embedding", "openai"),
        ({"modelType": "chat"}, "OpenAI", "chat", "maas"),
        ({"modelType": "chat"}, "Ollama", "chat", "ollama"),
        ({"modelType": "embedding"}, "Ollama", "embedding", "openai"),
        ({}, "DeepSeek", "chat", "maas"),
        ({"modelType": "chat"}, "BaiLing", "chat", ""),
        ({"type": None}, "OpenAI", "embedding", "openai"),
    ],
)
def test_what_the_provider_tells(stored, provider, kind, type_):
    """Without ``modelType`` it is what knext stores, a vectorizer, where the provider has any; the type follows."""
    (endpoint,) = read({"modelId": "i@m", "model": "m", "base_url": "http://h/v1", **stored})[0].endpoints
    done = model_page.completed(endpoint, provider, model_page.TYPES)
    assert (done.kind, done.type, [str(each.value) for each in done.ignored]) == (kind, "", [type_] if type_ else [])


@pytest.mark.parametrize("text", [None, b"", b"[]", b"{}", b"not json", b'{"modelType": []}', b"[" * 100_000])
def test_types_that_cannot_be_read(text):
    """Then they are those that 0.8 begins with."""
    assert model_page.types(text) == model_page.TYPES


def test_types_that_are_stored():
    """They are the server's own, whatever it begins with."""
    assert model_page.types(b'{"modelType": {"Mine_chat": "maas", "x": 1}}') == {"Mine_chat": "maas"}
