"""The main job against the real server of llama-cpp-python, which nobody here wrote; any name will do for its model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest
from docker_ground import CACHE, PORT, Engine, Images

pytestmark = pytest.mark.llama_cpp

PYTHON = CACHE / "llama-cpp-python/bin/python"
MODEL = CACHE / "tiny.gguf"
FILE = "/home/admin/project/kag_config.yaml"


class Case(NamedTuple):
    """A model as KAG 0.8 is told of it, and its base_url afterwards; the server computes embeddings or chats."""

    node: str
    type: str
    url: str
    after: str
    embeds: str = "false"
    more: str = ""


V1 = f"http://localhost:{PORT}/v1"
CASES = {
    "chat": Case("chat_llm", "openai", V1, V1),
    "chat, type vllm": Case("chat_llm", "vllm", V1, V1),
    "chat, the path of 0.6": Case("chat_llm", "vllm", f"{V1}/chat/completions", V1),
    "chat, without its path": Case("chat_llm", "maas", f"http://localhost:{PORT}", V1),
    "embedding": Case("vectorize_model", "openai", V1, V1, "true", "  vector_dimensions: 64\n"),
}


@pytest.fixture(scope="session")
def llama_cpp(require: Callable[[str, str], NoReturn]) -> Sequence[str]:
    """Return the command that starts the server, or give up before an engine is asked for."""
    if not (PYTHON.exists() and MODEL.exists()):
        require("llama-cpp", f"{PYTHON} or {MODEL} is missing; as root: tests/grounds/up ollama llama-cpp")
    return (str(PYTHON), "-m", "llama_cpp.server", "--model", str(MODEL), "--n_ctx", "512")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_repaired(llama_cpp: Sequence[str], engine: Engine, images: Images, tmp_path: Path, case: Case) -> None:
    """Host and path are rewritten, proven by the real model's answer; a second run changes nothing."""
    options = ("--host", "0.0.0.0", "--port", str(PORT), "--embedding", case.embeds)
    before = f"{case.node}:\n  type: {case.type}\n  base_url: {case.url}\n  model: any\n  api_key: unused\n{case.more}"
    with engine.serving(*llama_cpp, *options, log=tmp_path / "log"), engine.container(images.openspg) as container:
        container.write(FILE, before)
        after = before.replace(case.url, case.after.replace("localhost", container.gateway()))
        for _ in ("repairs", "has nothing to do"):
            done = container.run("netdiag", "fix-base-url", "--format", "json")
            assert done.returncode == 0, done.stdout + done.stderr
            assert container.read(FILE) == after
