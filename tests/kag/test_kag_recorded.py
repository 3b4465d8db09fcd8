"""Every recorded run of KAG's own clients, made again by netdiag: the same request or none, and the same verdict."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kag.judge import verdicts
from kag.judge.asking import netdiag_does
from kag.judge.configurations import Case
from kag.judge.server import Capture, capture
from kag.judge.verdicts import RECORDED, configuration_of

from netdiag.lab.servers.http import Reply, Request

RUNS = [json.loads(line) for line in (Path(__file__).parent / "kag-requests.jsonl").read_text().splitlines()]

MAAS = {"type": "maas", "base_url": "http://{at}/v1", "api_key": "k"}
VECTORS = {"type": "openai", "base_url": "http://{at}/v1", "api_key": "EMPTY"}
RERANK = {"type": "maas", "base_url": "http://{at}/v1/rerank", "api_key": "k"}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "maas v1 ui": MAAS,
    "maas temperature str": {**MAAS, "temperature": "0.7"},
    "maas stream True": {**MAAS, "stream": "True"},
    "openai noV1": {"type": "openai", "base_url": "http://{at}", "api_key": "k"},
    "maas nokey": {"type": "maas", "base_url": "http://{at}/v1"},
    "maas full": {**MAAS, "base_url": "http://{at}/v1/chat/completions"},
    "maas host only": {**MAAS, "base_url": "{at}/v1"},
    "maas refused": {**MAAS, "base_url": "http://{nobody}/v1"},
    "maas dns": {**MAAS, "base_url": "http://nosuch.invalid:1/v1"},
    "trailing space": {**MAAS, "base_url": " http://{at}/v1 "},
    "vllm full": {"type": "vllm", "base_url": "http://{at}/v1/chat/completions"},
    "vllm full + api_key": {"type": "vllm", "base_url": "http://{at}/v1/chat/completions", "api_key": "secret"},
    "vllm v1": {"type": "vllm", "base_url": "http://{at}/v1"},
    "vllm v1/": {"type": "vllm", "base_url": "http://{at}/v1/"},
    "vllm root": {"type": "vllm", "base_url": "http://{at}"},
    "vllm refused": {"type": "vllm", "base_url": "http://{nobody}/v1/chat/completions"},
    "ollama root/": {"type": "ollama", "base_url": "http://{at}/"},
    "Ollama root": {"type": "Ollama", "base_url": "http://{at}"},
    "ollama v1": {"type": "ollama", "base_url": "http://{at}/v1"},
    "ollama api/generate": {"type": "ollama", "base_url": "http://{at}/api/generate"},
    "ollama stream True": {"type": "ollama", "base_url": "http://{at}", "stream": "True"},
    "ollama nobase": {"type": "ollama"},
    "ollama host only": {"type": "ollama", "base_url": "{at}"},
    "ollama refused": {"type": "ollama", "base_url": "http://{nobody}"},
    "azure": {"type": "azure_openai", "base_url": "http://{at}", "api_key": "k"},
    "xinference": {"type": "xinference", "base_url": "http://{at}/v1"},
    "no type": {"base_url": "http://{at}"},
    "vec v1": VECTORS,
    "vec nokey": {"type": "openai", "base_url": "http://{at}/v1"},
    "vec emptykey": {**VECTORS, "api_key": ""},
    "vec root": {**VECTORS, "base_url": "http://{at}"},
    "vec full path": {**VECTORS, "base_url": "http://{at}/v1/embeddings"},
    "vec refused": {**VECTORS, "base_url": "http://{nobody}/v1"},
    "vec ollama root": {"type": "ollama", "base_url": "http://{at}"},
    "vec ollama v1": {"type": "ollama", "base_url": "http://{at}/v1"},
    "vec maas": {"type": "maas", "base_url": "http://{at}/v1"},
    "vec no type": {"base_url": "http://{at}/v1"},
    "rerank": RERANK,
    "rerank v1": {**RERANK, "base_url": "http://{at}/v1"},
}
"""The recorded cases by name; the recording keeps what was asked only where KAG's error repeats it."""

MODELS = {"embedding": "bge-m3", "rerank": "r", "chat": "m"}

ELSEWHERE = {
    ("0.6", "Ollama root"): "the released 0.6.0 refuses a capital O; images of its time do not (KAG issue 331)",
}
"""Where netdiag does otherwise on purpose, and why."""

_CHAT = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}}]}
_STREAM = b'data: {"choices": [{"index": 0, "delta": {"content": "hi"}}]}\n\ndata: [DONE]\n\n'
_COUNTS = {"eval_count": 1, "prompt_eval_count": 1}
_OLLAMA = {"model": "m", "message": {"role": "assistant", "content": "hi"}, **_COUNTS}
_VECTOR = [0.1, 0.2, 0.3, 0.4]
_ANSWERS = {
    "/v1/chat/completions": _CHAT,
    "/chat/completions": _CHAT,
    "/api/generate": {"response": "hi"},
    "/api/chat": _OLLAMA,
    "/api/embeddings": {"embedding": _VECTOR},
    "/v1/embeddings": {"data": [{"embedding": _VECTOR}]},
    "/embeddings": {"data": [{"embedding": _VECTOR}]},
    "/v1/rerank": {"results": [{"index": 0}]},
}


def as_then(request: Request) -> Reply:
    """Answer as the server did that the runs were recorded with."""
    if request.path not in _ANSWERS:
        return Reply(404, {"content-type": "text/plain"}, b"404 page not found" if request.path != "/" else b"")
    if json.loads(request.body).get("stream") and request.path.endswith("/chat/completions"):
        return Reply(200, {"content-type": "text/event-stream"}, _STREAM)
    return Reply(200, {"content-type": "application/json"}, json.dumps(_ANSWERS[request.path]).encode())


@pytest.fixture(scope="module")
def servers() -> Iterator[Capture]:
    """Run the servers, of which ``canned`` answers as the recorded one did."""
    with capture() as found:
        found.canned = as_then
        yield found


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return an address at which nobody listens, and nobody will as long as the test runs."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture(autouse=True)
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name be unknown, without asking a server that is not the test's."""
    known = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def case_of(run: dict[str, Any], nobody: str) -> Case:
    """Return the configuration of a recorded run; master is what newer images hold."""
    version = "0.8+" if run["kag"].startswith("master") else run["kag"]
    kind = {"vec": "embedding", "rerank": "rerank"}.get(run["case"].partition(" ")[0], "chat")
    settings = {"model": MODELS[kind], **CONFIGURATIONS[run["case"]]}
    if "base_url" in settings:
        settings["base_url"] = settings["base_url"].replace("{nobody}", nobody)
    return Case(version, kind, "canned", settings, {})


@pytest.mark.parametrize("run", [pytest.param(run, id=f"{run['kag']} {run['case']}") for run in RUNS])
def test_a_recorded_run(servers: Capture, nobody: str, run: dict[str, Any]) -> None:
    """Method, path, key and every key and value of the body are those recorded, or nothing is sent, as then."""
    case = case_of(run, nobody)
    did = netdiag_does(case, case.configuration(servers.ports["canned"]), servers)
    sent = did.sent and (did.sent.method, did.sent.path, did.sent.authorization, did.sent.body)
    then = run["requests"][0] if run["requests"] else None
    sent_then = then and (then["method"], then["path"], then["headers"].get("Authorization"), then["body"])
    same = (sent, did.ok) == (sent_then, run["outcome"] == "OK")
    if elsewhere := ELSEWHERE.get((run["kag"], run["case"])):
        assert not same, f"no longer so: {elsewhere}"
    else:
        assert same, (sent, did, sent_then, run["result"])


def verdict_id(row: dict[str, Any]) -> str:
    """Return what was asked in a recorded verdict."""
    asked = row["config"]
    return " ".join((row["kag"], asked["_node"], asked["type"], asked["base_url"], repr(asked["model"])))


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{n} {verdict_id(row)}") for n, row in enumerate(RECORDED, 1)])
def test_a_recorded_verdict_on_ollama(servers: Capture, row: dict[str, Any]) -> None:
    """On the lab's Ollama netdiag comes to the verdict that KAG came to on the real one."""
    asked = configuration_of(row)
    asked["base_url"] = asked["base_url"].replace(":11434", f":{servers.ports['ollama']}")
    did = netdiag_does(verdicts.case_of(row), asked, servers)
    assert did.ok == row["ok"], (did, row.get("error"))
