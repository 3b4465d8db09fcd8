"""Endpoints that are examined once: what is equal for them is all that a call and its judgement depend on."""

import pytest

from netdiag.model.endpoint import Endpoint
from netdiag.prove.alike import key

ROW = "openspg:mysql:3306/openspg/kg_user_model/"


def model(row: int, **settings: object) -> Endpoint:
    """A model of a row."""
    return Endpoint(f"{ROW}{row}", 0, "[0]", "chat", "ollama", "m", "http://localhost:1", settings=settings)


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ({"modelId": "a@m"}, {"modelId": "b@m"}, True),
        ({"llm_id": "1"}, {"llm_id": "2"}, True),
        ({"stream": True}, {"stream": 1}, False),
        ({"stream": "true"}, {"stream": True}, False),
        ({"timeout": 60}, {}, False),
        ({"extra_body": {"a": [None]}}, {"extra_body": {"a": [0]}}, False),
    ],
)
def test_alike(one, other, is_alike):
    """The id of a model differs in each row, and KAG neither sends nor reads it."""
    assert (key(model(1, **one)) == key(model(2, **other))) is is_alike
