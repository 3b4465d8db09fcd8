"""Real services that want a key, at the gateway of the container's bridge: proven by KAG's own call, without --host."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from prove.test_decoys import DOCKER, candidate, run
from prove.test_examine import NOBODY
from suggest.peers import KEY, NOT_FOUND, Answers, Asked, Said, chats, embeds, recorded, serving

from netdiag.model.endpoint import Endpoint, Kind
from netdiag.text import Secret

GATEWAY = DOCKER.gateways[0].address


def keyed(answers: Answers) -> Answers:
    """Return a service that says nothing to whoever has no key, whatever he asks for."""
    return lambda asked: answers(asked) if asked.bearer == KEY else Said(401, '{"error": "Unauthorized"}')


def only(path: str, answer: Answers) -> Answers:
    """Return a service that knows this path and no other."""
    return lambda asked: answer(asked) if asked.path == path else NOT_FOUND


def slow(answers: Answers, asked: Asked) -> Said:
    """Answer after 4 s, as LiteLLM does while it looks up its keys."""
    time.sleep(4)
    return answers(asked)


SERVICES: dict[str, tuple[Answers, Kind, str, str]] = {
    "Xinference with its authentication": (recorded("xinference-key"), "chat", "tiny", "/v1"),
    "FastChat with keys": (recorded("fastchat-key"), "chat", "vicuna-7b", "/v1"),
    "LiteLLM, chat": (recorded("litellm"), "chat", "qwen-virtual", "/v1"),
    "LiteLLM, embeddings": (recorded("litellm"), "embedding", "bge-virtual", "/v1"),
    "LiteLLM that takes 4 s": (partial(slow, recorded("litellm")), "chat", "qwen-virtual", "/v1"),
    "one-api": (recorded("one-api"), "chat", "ok-chat", "/v1"),
    "one-api, embeddings": (recorded("one-api"), "embedding", "ok-embed", "/v1"),
    "vLLM with --api-key": (recorded("vllm-key"), "chat", "qwen2.5", "/v1"),
    "vLLM behind nginx, below a path": (recorded("vllm-key"), "chat", "qwen25-7B-chat", "/vllm/v1"),
    "llama.cpp with a key": (recorded("llama-server-key"), "chat", "tiny.gguf", "/v1"),
    "Open WebUI": (recorded("open-webui"), "chat", "tiny:latest", "/api"),
    # from their documentation: no recording of these could be made
    "TEI and infinity: embeddings alone": (keyed(only("/v1/embeddings", embeds("bge"))), "embedding", "bge", "/v1"),
    "OpenVINO: below /v3": (keyed(only("/v3/chat/completions", chats("m"))), "chat", "m", "/v3"),
}


def proven(case: tuple[Answers, Kind, str, str]) -> tuple[str, list[tuple[str, str]]]:
    """Return the verdict on a service, and by which method and with which bearer it was asked."""
    answers, kind, model, path = case
    with serving(answers, GATEWAY) as peer:
        node = "chat_llm" if kind == "chat" else "vectorize_model"
        base_url = f"http://{NOBODY}:{peer.port}{path}"
        item, _ = run(
            Endpoint("f", 1, node, kind, "openai", model, base_url, Secret(KEY)),
            candidate("gateway", GATEWAY),
            seconds=20.0,
        )
        return item.verdict, [(asked.method, asked.bearer) for asked in peer.asked]


@pytest.fixture(scope="module")
def found():
    """All services at once, since one of them takes its time."""
    with ThreadPoolExecutor(len(SERVICES)) as pool:
        return dict(zip(SERVICES, pool.map(proven, SERVICES.values()), strict=True))


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_proven_by_one_call(found, name):
    """The key is sent once, with KAG's own call; nobody is asked who he is before."""
    assert found[name] == ("repairable", [("POST", KEY)])
