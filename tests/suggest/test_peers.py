"""What is suggested beside each server: who it is, its models by their use, and what KAG's own call came to."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from suggest.peers import KEY, NOT_FOUND, Answers, Asked, Peer, Said, chats, embeds, paths, recorded, serving

from netdiag.kag.version import Version
from netdiag.model.event import nobody
from netdiag.model.place import Candidate, Platform
from netdiag.model.suggestion import Form, FoundService
from netdiag.platform import WHEREVER_IT_LEADS
from netdiag.probe.environment import Environment
from netdiag.prove.caller import Caller
from netdiag.suggest.discover import discover
from netdiag.suggest.offers import CALLED, Wanted, offers
from netdiag.suggest.reach import Reach
from netdiag.text import Secret

PLACE = Platform("docker-compose", in_container=True, shares_host_network=False, confidence="certain")
HOST = Candidate("127.0.0.1", "gateway", "eth0", 0, ("127.0.0.1",))


@dataclass
class Seen:
    """The services, their offers as they are typed with how KAG's call ended, and what the server was asked."""

    services: list[FoundService]
    offers: list[tuple[str, ...]]
    dimensions: list[int]
    peer: Peer

    def called(self, path: str = "") -> list[str]:
        """The models that were called, each once."""
        sent = [asked for asked in self.peer.asked if asked.settings.get("model") and path in asked.path]
        return list(dict.fromkeys(asked.settings["model"] for asked in sent))


def seen(
    answers: Answers,
    *,
    version: Version = "0.8",
    form: Form = "file",
    certain: bool = True,
    key: str = "",
    trusted: bool = True,
    answer_s: float = 5.0,
) -> Seen:
    """Look at one server on one port, as if it were the host's."""
    secret = Secret(key) if key else None
    with serving(answers) as peer:
        reach = Reach(PLACE, (HOST,), (peer.port,), trust={HOST.host: WHEREVER_IT_LEADS} if trusted else {})
        found = discover(reach, Environment(), secret, nobody).services
        caller = Caller(version, answer_s, nobody, Environment(), certain=certain)
        wanted = Wanted(form, version, certain, secret, reach.trust)
        made = [offers(each, wanted, caller, Environment()) for each in found]
        every = [offer for each in made for offer in each.offers]
        bare = f"http://127.0.0.1:{peer.port}"
        told = [
            (o.kind, o.type, o.base_url.removeprefix(bare), o.model, o.key, o.proof.failure or "proven") for o in every
        ]
    return Seen([each.service for each in made], told, [offer.dimensions for offer in every], peer)


@dataclass
class Case:
    """A server, who it is, and its offers in its own order; ``left_out`` are the models that were not called."""

    answers: Answers
    name: str
    offers: list[tuple[str, ...]] = field(default_factory=list)
    key: str = ""
    left_out: tuple[str, ...] = ()


def chat(
    model: str, ended: str = "proven", *, key: str = "", type_: str = "maas", path: str = "/v1"
) -> tuple[str, ...]:
    """A chat model as it is typed."""
    return ("chat", type_, path, model, key, ended)


def embedding(model: str, ended: str = "proven", *, key: str = "any", path: str = "/v1") -> tuple[str, ...]:
    """An embedding model as it is typed; KAG 0.8.0 demands a key."""
    return ("embedding", "openai", path, model, key, ended)


RECORDED = {
    "vllm": Case(recorded("vllm"), "vllm", [chat("qwen2.5-tiny", type_="vllm")]),
    "vllm-key": Case(
        recorded("vllm-key"),
        "vllm",
        [chat("qwen25-7B-chat", "too_many_tokens", key="own"), chat("qwen2.5", key="own")],
        key=KEY,
    ),
    "llama-server": Case(recorded("llama-server"), "llama.cpp", [chat("qwen2.5-tiny")]),
    "llama-server-embedding": Case(recorded("llama-server-embedding"), "llama.cpp", [embedding("bge-m3")]),
    "fastchat": Case(recorded("fastchat"), "fastchat", [chat("vicuna-7b")]),
    "xinference-key": Case(recorded("xinference-key"), "xinference", [chat("tiny", key="own")], key=KEY),
    "one-api": Case(
        recorded("one-api"),
        "one-api",
        [
            chat("badkey", "key_masked", key="own"),
            chat("ctx", "too_many_tokens", key="own"),
            chat("gone-upstream", "model_not_found", key="own"),
            chat("down-chat", "upstream_failed", key="own"),
            chat("ok-chat", key="own"),
            embedding("ok-embed", key="own"),
        ],
        key=KEY,
        left_out=("quota429", "rate429", "boom500"),
    ),
    "litellm": Case(
        recorded("litellm"),
        "litellm",
        [
            chat("qwen-virtual", key="own"),
            embedding("bge-virtual", key="own"),
            chat("rate-virtual", "rate_limited", key="own"),
            chat("quota-virtual", "out_of_credit", key="own"),
            chat("gone-virtual", "upstream_lacks_model", key="own"),
            chat("badkey-virtual", "upstream_refuses_key", key="own"),
        ],
        key=KEY,
        left_out=("boom-virtual", "ctx-virtual", "down-virtual", "ollama-virtual"),
    ),
    "docker-model-runner": Case(recorded("docker-model-runner"), "docker-model-runner"),
}


@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
def test_a_recorded_server(case):
    """Each is known by what is its own, and of each model is told what becomes of KAG's own call."""
    found = seen(case.answers, key=case.key)
    (service,) = found.services
    assert (service.service.name, found.offers, service.left_out) == (case.name, case.offers, case.left_out)
    assert service.wants_key == bool(case.key)


@pytest.mark.parametrize(
    "name", ["vllm-key", "llama-server-key", "fastchat-key", "xinference-key", "one-api", "litellm"]
)
def test_without_its_key(name):
    """A service that lists its models only for a key is told of, unproven, and no model of it is called."""
    found = seen(recorded(name))
    assert (found.offers, found.called()) == ([chat("", "key_missing", key="own")], [])
    assert [each.wants_key for each in found.services] == [True]


@pytest.mark.parametrize("name", ["vllm-key", "xinference-key", "one-api", "litellm"])
def test_a_key_stays_home(name):
    """A place that is not surely the host, and that nobody named, is never sent the user's key."""
    found = seen(recorded(name), key=KEY, trusted=False)
    assert KEY not in {asked.bearer for asked in found.peer.asked}
    assert found.offers == [chat("", "key_missing", key="own")]


def test_a_key_that_is_not_wanted():
    """A service that lists its models to everybody is not sent the user's key."""
    found = seen(recorded("vllm"), key=KEY)
    assert found.offers == RECORDED["vllm"].offers
    assert KEY not in {asked.bearer for asked in found.peer.asked}


def test_a_web_interface_is_none():
    """Open WebUI has Ollama's path for the version, and is no service for KAG."""
    assert seen(recorded("open-webui")).services == []


def listing(*names: str, **entry: object) -> dict[str, object]:
    """A list of models in OpenAI's shape."""
    return {"object": "list", "data": [{"id": name, "object": "model", **entry} for name in names]}


def said_of(shown: dict[str, dict[str, object]]) -> Callable[[Asked], Said]:
    """What Ollama's ``/api/show`` says of each model."""
    return lambda asked: Said(200, json.dumps(shown[asked.settings["model"]]))


def ollama_chat(_: Asked) -> Said:
    """What Ollama answers to a chat, whatever the model."""
    body = {"message": {"role": "assistant", "content": "I am."}, "done": True, "eval_count": 1, "prompt_eval_count": 1}
    return Said(200, json.dumps(body), {"content-type": "application/json"})


BY_ITS_WORD = {
    "text-embeddings-inference": Case(
        paths(
            info={"model_id": "BAAI/bge-m3", "model_type": {"embedding": {"pooling": "cls"}}, "version": "1.8.0"},
            v1__embeddings=embeds("BAAI/bge-m3"),
        ),
        "text-embeddings-inference",
        [embedding("BAAI/bge-m3")],
    ),
    "text-embeddings-inference with a reranker": Case(
        paths(info={"model_id": "BAAI/bge-reranker", "model_type": {"reranker": {"id2label": {}}}, "version": "1.8.0"}),
        "text-embeddings-inference",
    ),
    "infinity": Case(
        paths(
            models={
                "data": [
                    {"id": "BAAI/bge-small", "owned_by": "infinity", "capabilities": ["embed"], "stats": {}},
                    {"id": "mixedbread-rerank", "owned_by": "infinity", "capabilities": ["rerank"], "stats": {}},
                ]
            },
            embeddings=embeds("BAAI/bge-small"),
        ),
        "infinity",
        [embedding("BAAI/bge-small", path="")],
    ),
    "LM Studio": Case(
        paths(
            v1__models=listing("qwen2.5-7b", "my-vectors", owned_by="organization_owner"),
            api__v0__models={"data": [{"id": "qwen2.5-7b", "type": "llm"}, {"id": "my-vectors", "type": "embeddings"}]},
            v1__chat__completions=chats("qwen2.5-7b", "my-vectors"),
            v1__embeddings=embeds("my-vectors"),
        ),
        "lm-studio",
        [chat("qwen2.5-7b"), embedding("my-vectors")],
    ),
    "LiteLLM": Case(
        paths(
            v1__models=listing("house", "vectors", owned_by="openai", created=1677610602),
            model__info={
                "data": [
                    {"model_name": "house", "model_info": {"mode": "chat"}},
                    {"model_name": "vectors", "model_info": {"mode": "embedding"}},
                ]
            },
            v1__chat__completions=chats("house", "vectors"),
            v1__embeddings=embeds("vectors"),
        ),
        "litellm",
        [chat("house"), embedding("vectors")],
    ),
    "Ollama": Case(
        paths(
            api__version={"version": "0.17.4"},
            api__tags={"models": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
            api__show=said_of(
                {
                    "a": {"capabilities": ["completion", "tools"], "details": {"family": "qwen2"}},
                    "b": {"capabilities": ["embedding"], "details": {"family": "qwen3"}},
                    "c": {"details": {"family": "nomic-bert"}},  # before 0.6.4
                }
            ),
            api__chat=ollama_chat,
            v1__embeddings=embeds("a", "b", "c"),
        ),
        "ollama",
        [chat("a", type_="ollama", path=""), embedding("b"), embedding("c")],
    ),
    "Xinference": Case(
        paths(
            v1__models={
                "data": [
                    {"id": "a", "owned_by": "xinference", "model_type": "LLM"},
                    {"id": "b", "owned_by": "xinference", "model_type": "embedding"},
                    {"id": "c", "owned_by": "xinference", "model_type": "rerank"},
                ]
            },
            v1__chat__completions=chats("a", "b", "c"),
            v1__embeddings=embeds("a", "b", "c"),
        ),
        "xinference",
        [chat("a", type_="vllm"), embedding("b")],
    ),
}


@pytest.mark.parametrize("case", BY_ITS_WORD.values(), ids=BY_ITS_WORD)
def test_by_the_service_s_own_word(case):
    """What a service says its models are for decides, whatever their names and whatever else they would answer."""
    found = seen(case.answers)
    (service,) = found.services
    assert (service.service.name, found.offers) == (case.name, case.offers)


BY_A_CALL = {
    "named after its family": (["bge-m3"], [embedding("bge-m3")]),
    "an embedding model under a plain name": (["vectors"], [embedding("vectors")]),
    "a chat model under an embedding's name": (["gte-chatty"], [chat("gte-chatty")]),
    "neither": (["silent"], [chat("silent", "request_refused")]),
    "a reranker": (["bge-reranker-v2-m3"], []),
}


@pytest.mark.parametrize(("names", "told"), BY_A_CALL.values(), ids=BY_A_CALL)
def test_by_a_call(names, told):
    """Where a service says nothing of its models, a call does; the name only says which is made first."""
    found = seen(
        paths(
            v1__models=listing(*names, owned_by="vllm-like"),
            v1__chat__completions=chats("gte-chatty"),
            v1__embeddings=embeds("bge-m3", "vectors"),
        )
    )
    assert found.offers == told


def test_the_length_of_a_vector():
    """An embedding's offer has the length that its vectors have."""
    found = seen(paths(v1__models=listing("bge-m3"), v1__embeddings=embeds("bge-m3", size=1024)))
    assert (found.offers, found.dimensions) == ([embedding("bge-m3")], [1024])


def test_not_more_than_a_handful():
    """Of many models a handful of each kind is called, until some are proven; the others are named."""
    names = [f"qwen-{number}" for number in range(40)]
    broken = seen(paths(v1__models=listing(*names), v1__chat__completions=chats()))
    assert len(broken.called("/chat/")) == CALLED
    assert broken.services[0].left_out == tuple(names[CALLED:])
    working = seen(paths(v1__models=listing(*names), v1__chat__completions=chats(*names)))
    assert [offer[3] for offer in working.offers] == names[:3]


def test_the_largest_are_called():
    """Of the models of an Ollama the largest are called, and none that it passes on to ollama.com."""
    sizes = {f"model-{number}": number for number in range(1, 8)}
    tags = [{"name": name, "size": size} for name, size in sizes.items()]
    cloud = {"name": "gpt-oss:120b-cloud", "size": 384, "remote_host": "https://ollama.com:443"}

    found = seen(paths(api__version={"version": "0.17.4"}, api__tags={"models": [*tags, cloud]}, api__chat=ollama_chat))
    assert found.called("/api/chat") == ["model-7", "model-6", "model-5"]
    assert [offer[3] for offer in found.offers] == ["model-5", "model-6", "model-7"]
    assert "gpt-oss:120b-cloud" in found.services[0].left_out


VERSIONS = [
    ("0.6", "file", True, "vllm", chat("m1", type_="vllm", path="/v1/chat/completions")),
    ("0.7", "file", True, "vllm", chat("m1", type_="vllm")),
    ("0.8", "file", True, "vllm", chat("m1", type_="vllm")),
    ("0.8", "models_page", True, "vllm", chat("m1")),
    ("0.6", "global_page", True, "other", chat("m1", key="any")),
    ("0.7", "global_page", True, "other", chat("m1")),
    ("0.7", "global_page", False, "vllm", chat("m1", key="any")),
]


@pytest.mark.parametrize(("version", "form", "certain", "owner", "told"), VERSIONS)
def test_the_type_of_a_version(version, form, certain, owner, told):
    """The page of 0.8 makes the type, a text of 0.6 or 0.7 has it; where that is not certain, it is what suits both."""
    calls = {"v1__chat__completions": chats("m1"), "version": {"version": "0.32.0"} if owner == "vllm" else NOT_FOUND}
    answers = paths(v1__models=listing("m1", owned_by=owner), **calls)
    assert seen(answers, version=version, form=form, certain=certain).offers == [told]


def test_one_that_is_too_slow():
    """A model that does not answer in time is followed by the smallest only, which may fit where others do not."""
    sizes = {"qwen:72b": 72, "qwen:32b": 32, "qwen:14b": 14, "qwen:3b": 3}

    def talk(asked: Asked) -> Said:
        if asked.settings["model"] == "qwen:72b":
            time.sleep(1.5)
        return ollama_chat(asked)

    tags = {"models": [{"name": name, "size": size} for name, size in sizes.items()]}
    found = seen(paths(api__version={"version": "0.17.4"}, api__tags=tags, api__chat=talk), answer_s=1.0)
    assert found.offers == [
        chat("qwen:72b", "read_timed_out", type_="ollama", path=""),
        chat("qwen:3b", type_="ollama", path=""),
    ]
    assert found.services[0].left_out == ("qwen:32b", "qwen:14b")
