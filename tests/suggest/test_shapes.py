"""Lists of models that hold what nobody can type, what is secret, or that come late."""

import time

import pytest
from suggest.peers import Asked, Said, paths
from suggest.test_peers import seen

ODD = [None, 5, ["x"], {"a": 1}, "", "  ", "a\nb", "\u202eabc", "\ud800"]
"""What stands where a list has a model's name, and nobody can type."""

SHAPES = {
    "OpenAI's list": paths(v1__models={"data": [*({"id": each} for each in ODD), "x", None, {"id": "qwen"}]}),
    "Ollama's list": paths(
        api__version={"version": "0.17.4"},
        api__tags={"models": [*({"name": each} for each in ODD), "x", None, {"name": "qwen", "size": 1e400}]},
        api__show={"capabilities": {"a": 1}, "details": "x", "remote_host": ""},
    ),
    "Xinference's list": paths(
        v1__models={
            "data": [{"id": "qwen", "owned_by": "xinference", "model_type": ["LLM"]}, *({"id": e} for e in ODD)]
        }
    ),
}


@pytest.mark.parametrize("answers", SHAPES.values(), ids=SHAPES)
def test_a_list_of_any_shape(answers):
    """Whatever stands in a list, what can be typed of it is looked at, and nothing else."""
    found = seen(answers)
    assert [each.service.models for each in found.services] == [("qwen",)]
    assert {model for _, _, _, model, *_ in found.offers} <= {"qwen"}


def test_a_key_that_is_echoed():
    """A service that writes the key into its list does not have it printed."""
    key = "q7x2kP9vLm"

    def answer(asked: Asked) -> Said:
        if asked.bearer != key:
            return Said(401, '{"error": {"message": "no key"}}', {"content-type": "application/json"})
        return paths(v1__models={"data": [{"id": f"for {key}"}, {"id": "qwen"}]})(asked)

    found = seen(answer, key=key)
    assert found.services[0].service.models == ("qwen",)
    assert key not in repr((found.services, found.offers))


def test_one_that_is_slow_to_list():
    """A server with one thread lists its models late: it gets longer than one that answers from memory needs."""

    def listing(_: Asked) -> Said:
        time.sleep(4)
        return Said(200, '{"data": [{"id": "qwen"}]}', {"content-type": "application/json"})

    assert [each.service.models for each in seen(paths(v1__models=listing)).services] == [("qwen",)]
