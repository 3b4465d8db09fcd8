"""Reading a JSON text member by member finds what reading it as a whole finds, place for place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag import config
from netdiag.config import members
from netdiag.config.document import decoded

CHAT = '{"type":"ollama","base_url" : "http:\\/\\/localhost:1","model":"模型 😀","api_key":"k"}'
EMBEDDING = '{"type":"openai","model":"m","base_url":"http://localhost:1/v1"}'
NESTED = json.dumps(f'{{"llm":{CHAT}}}')

BY_MEMBERS = {
    "as 0.7 stores it": f'{{"llm_select" :[{CHAT}],\r\n"vectorizer":{EMBEDDING},"llm": {CHAT} , "x":[1e3,null]}}',
    "behind a byte order mark": f'\ufeff{{"é":1,"llm":{CHAT}}}',
    "a text that is a configuration": f'{{"config":{NESTED}}}',
    "a model without a base_url": '{"vectorizer":{"type":"openai","model":"m"},"llm":{"model":"m","baseUrl":"http://h"}}',
    "templates": '{"llm":{"type":"maas","base_url":"http://{{ host }}:1","api_key":"${KEY}","model":"m"}}',
    "nothing of interest": '{"prompt":{"language":"zh"}}',
}
AS_A_WHOLE = {
    "one model": CHAT,
    "a whole configuration": f'{{"chat_llm":{CHAT},"vectorize_model":{{}}}}',
    "a project": '{"project":{"namespace":"A"},"vectorizer":{}}',
    "a member twice": f'{{"llm":{CHAT},"llm":{EMBEDDING}}}',
    "flat keys": '{"llm.base_url":"http://localhost:1","llm.type":"ollama"}',
    "variables": '{"OPENAI_BASE_URL":"http://localhost:1"}',
    "a comment": f'{{"llm":{CHAT} # here\n}}',
    "a list": f"[{CHAT}]",
    "no JSON": '{"llm":',
    "more behind it": '{"llm":{}}}',
    "a key that is none": '{1:{"base_url":"http://localhost:1"}}',
    "nested too deep": '{"llm":' + "[" * 100 + "]" * 100 + "}",
}


def read(text: str) -> object:
    """Return the document, or why it cannot be read."""
    try:
        return config.parse(text.encode(), "openspg:mysql:3306/openspg/kg_project_info/1")
    except config.Unreadable as error:
        return error.reason, error.line, error.detail


def both(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """Return what is read member by member where that can be, and as a whole."""
    found = read(text)
    with monkeypatch.context() as only:
        only.setattr(members, "endpoints", lambda *_: None)
        return found, read(text)


@pytest.mark.parametrize("text", [*BY_MEMBERS.values(), *AS_A_WHOLE.values()], ids=[*BY_MEMBERS, *AS_A_WHOLE])
def test_the_same_is_found(text, monkeypatch):
    """Endpoints with their places and styles, and what is wrong with a text."""
    found, as_a_whole = both(text, monkeypatch)
    assert found == as_a_whole


@pytest.mark.parametrize("text", BY_MEMBERS.values(), ids=BY_MEMBERS)
def test_read_by_members(text):
    """Members that mean nothing together are read one by one."""
    assert members.endpoints("s", *decoded(text.encode(), "s")) is not None


@pytest.mark.parametrize("text", AS_A_WHOLE.values(), ids=AS_A_WHOLE)
def test_read_as_a_whole(text):
    """What means something together only, and what is no JSON object, is read as a whole."""
    assert members.endpoints("s", *decoded(text.encode(), "s")) is None


PIECES = st.sampled_from(
    [*'{}[],:"\\#\n é', "null", "{{", "${", "base_url", '"type":"maas",', '"a.base_url":"http://h",', '"vectorizer":3,']
)


@given(st.sampled_from([*BY_MEMBERS.values(), *AS_A_WHOLE.values()]), st.data())
def test_the_same_is_found_in_a_damaged_text(text, data):
    """The same holds where characters are missing, or something was put between."""
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(PIECES | st.just("")) + text[at + data.draw(st.integers(0, 3)) :]
    with pytest.MonkeyPatch.context() as monkeypatch:
        found, as_a_whole = both(text, monkeypatch)
    assert found == as_a_whole
