"""KAG's recorded verdicts on the real Ollama: netdiag comes to each of them there, and so does KAG still."""

import json
import string
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest
from docker_ground import TESTS, Engine
from kag.judge.asking import ENVIRONMENTS, judge_of
from kag.judge.configurations import RELEASES
from kag.judge.verdicts import RECORDED, configuration_of, kind_of
from ollama.test_ollama_repair import OLLAMA, Serve, serve  # noqa: F401 - serve is a fixture

pytestmark = pytest.mark.ollama


HOST = (str(TESTS / "grounds/host"), "env")
SHORT = "FROM qwen2.5:3b\n" + "".join(f"PARAMETER stop {letter}\n" for letter in string.ascii_lowercase)
"""The model says whatever comes; a letter comes soon, whatever length KAG allows."""

LIMIT_S = 300


@pytest.fixture(scope="module")
def running(engine: Engine, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:  # noqa: F811
    """Run Ollama as its default is, for everything here; the random model is not to talk for long."""
    home = tmp_path_factory.mktemp("short")
    (home / "Modelfile").write_text(SHORT)
    with serve("127.0.0.1"):
        engine.command(*HOST, f"HOME={home}", str(OLLAMA), "create", "qwen2.5:3b", "--file", str(home / "Modelfile"))
        yield


def differences(rows: list[dict[str, Any]], answers: str) -> list[Any]:
    """Return where the answers, one a line, are not the recorded verdicts."""
    said = [json.loads(line) for line in answers.splitlines()]
    assert len(said) == len(rows)
    return [(row["config"], answer) for row, answer in zip(rows, said, strict=True) if row["ok"] != answer["ok"]]


def test_netdiag(engine: Engine, running: None) -> None:
    """All of them, by netdiag's own calls on Ollama's host."""
    asking = (f"PYTHONPATH={TESTS}", sys.executable, "-m", "kag.judge.verdicts")
    done = engine.command(*HOST, *asking, timeout=LIMIT_S)
    assert not differences(RECORDED, done.stdout)


@pytest.mark.parametrize("version", ["0.6", "0.8"])
def test_kag(engine: Engine, running: None, require: Callable[[str, str], NoReturn], version: str) -> None:
    """All of a version's, by KAG itself on Ollama's host: the recording is still right."""
    release = RELEASES[version]  # type: ignore[index]
    if not (ENVIRONMENTS / release / "made").exists():
        require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    rows = [row for row in RECORDED if row["kag"] == release]
    asked = "".join(json.dumps({"kind": kind_of(row), "config": configuration_of(row)}) + "\n" for row in rows)
    command, environment = judge_of(release, "127.0.0.1:11434")
    variables = (f"{name}={value}" for name, value in environment.items())
    alone = ("-i", f"--chdir={ENVIRONMENTS / release}", *variables)
    done = engine.command(*HOST, *alone, *command, stdin=asked, timeout=LIMIT_S)
    assert not differences(rows, done.stdout)
