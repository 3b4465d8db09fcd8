"""Settings as they are written in the place where the endpoint stands."""

import json

import pytest
import yaml

from netdiag.findings import edits
from netdiag.model.endpoint import Endpoint

SETTINGS = {"type": "openai", "base_url": "http://172.17.0.1:8000/v1", "api_key": "none"}

PLACES = {
    "kag_config.yaml": (
        "chat_llm",
        "type: openai\nbase_url: http://172.17.0.1:8000/v1\napi_key: none",
    ),
    "-": ("chat_llm", "type: openai\nbase_url: http://172.17.0.1:8000/v1\napi_key: none"),
    "llm.json": ("", '"type": "openai", "base_url": "http://172.17.0.1:8000/v1", "api_key": "none"'),
    "kag_config.cfg": ("llm", "type = openai\nbase_url = http://172.17.0.1:8000/v1\napi_key = none"),
    "app/.env": (
        "CHAT_BASE_URL",
        "CHAT_TYPE=openai\nCHAT_BASE_URL=http://172.17.0.1:8000/v1\nCHAT_API_KEY=none",
    ),
    "openspg:mysql:3306/openspg/kg_config/1": (
        "vectorizer",
        '"type": "openai", "base_url": "http://172.17.0.1:8000/v1", "api_key": "none"',
    ),
}


@pytest.mark.parametrize(("source", "node", "text"), [(name, *each) for name, each in PLACES.items()], ids=PLACES)
def test_the_form_is_that_of_the_place(source, node, text):
    """What is told can be pasted where it says."""
    assert edits.written(Endpoint(source, 1, node, "chat", "ollama", "m", "u"), SETTINGS) == text


@pytest.mark.parametrize("value", ["http://h:1/v1", "", "a: b", "123", "#x", "http://h/{{ X }}", "ends:", "- x", 'a"b'])
def test_yaml_and_json_read_back_what_is_written(value):
    """A value that would be something else without quotes has them."""
    written = edits.written(Endpoint("f.yaml", 1, "n", "chat", "t", "m", "u"), {"base_url": value})
    assert yaml.safe_load(written) == {"base_url": value}
    written = edits.written(Endpoint("f.json", 1, "n", "chat", "t", "m", "u"), {"base_url": value})
    assert json.loads(f"{{{written}}}") == {"base_url": value}
