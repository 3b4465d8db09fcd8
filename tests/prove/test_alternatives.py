"""The wrong kind of server for a type: real servers that answer as recorded, by what KAG's own calls prove there."""

import json
from urllib.parse import urlsplit

import pytest
from prove.test_decoys import DOCKER, NEIGHBOUR, candidate, known, run  # noqa: F401 - a fixture
from prove.test_examine import NOBODY
from suggest.peers import KEY, NOT_FOUND, Asked, Said, chats, embeds, paths, recorded, serving

from netdiag.findings import words
from netdiag.model.endpoint import Endpoint, Span
from netdiag.text import Secret

GATEWAY = DOCKER.gateways[0].address
JSON = {"content-type": "application/json"}


def listing(*models: str) -> Said:
    """A list of models in OpenAI's shape."""
    return Said(200, json.dumps({"object": "list", "data": [{"id": each, "object": "model"} for each in models]}), JSON)


def ollama(asked: Asked) -> Said:
    """Answer as Ollama does: its own API at the root, and OpenAI's below /v1."""
    message = {"role": "assistant", "content": "I am."}
    there = {
        "/api/version": {"version": "0.17.4"},
        "/api/tags": {"models": [{"name": "m"}]},
        "/api/chat": {"model": "m", "message": message, "eval_count": 1, "prompt_eval_count": 1, "done": True},
        "/api/embeddings": {"embedding": [0.5] * 3},
    }
    if asked.path in there:
        return Said(200, json.dumps(there[asked.path]), JSON)
    openai = {"/v1/chat/completions": chats("m"), "/v1/embeddings": embeds("m")}
    return openai[asked.path](asked) if asked.path in openai else Said(404, "404 page not found")


def old_ollama(asked: Asked) -> Said:
    """Answer as an Ollama before it had /v1/embeddings (0.1.x)."""
    return Said(404, "404 page not found") if asked.path.startswith("/v1") else ollama(asked)


def below(prefix: str, inner, outer=lambda asked: Said(200, "<html><title>Welcome to nginx!</title></html>")):
    """Answer as nginx does that has a service below a path, and a page everywhere else."""

    def answer(asked: Asked) -> Said:
        if not asked.path.startswith(prefix + "/"):
            return outer(asked)._replace(headers={"content-type": "text/html", "server": "nginx"})
        return inner(asked._replace(path=asked.path.removeprefix(prefix)))

    return answer


def lm_studio(asked: Asked) -> Said:
    """Answer a path it does not have as LM Studio does: 200, with the error in the text."""
    there = {"/v1/chat/completions": chats("m"), "/v1/embeddings": embeds("e"), "/v1/models": lambda _: listing("m")}
    wrong = {"error": f"Unexpected endpoint or method. ({asked.method} {asked.path})"}
    return there[asked.path](asked) if asked.path in there else Said(200, json.dumps(wrong), JSON)


def llama_cpp(asked: Asked) -> Said:
    """Answer as llama.cpp's server does: the root has its own shape for embeddings, and Ollama's path OpenAI's."""
    native = Said(200, json.dumps([{"index": 0, "embedding": [[0.5] * 3]}]), JSON)
    if asked.path == "/embeddings":
        return native
    if asked.path == "/api/chat":
        return chats("m")(asked)
    there = {"/v1/chat/completions": chats("m"), "/v1/embeddings": embeds("m")}
    return (
        there[asked.path](asked) if asked.path in there else Said(404, '{"error":{"message":"File Not Found"}}', JSON)
    )


def chat_only(asked: Asked) -> Said:
    """Answer as a provider of chat models alone does."""
    there = {"/v1/chat/completions": chats("m"), "/v1/models": lambda _: listing("m")}
    return there[asked.path](asked) if asked.path in there else NOT_FOUND


def guarded(asked: Asked) -> Said:
    """Answer as a gateway that wants its key for every path, those it does not have included."""
    if asked.bearer != KEY:
        return Said(401, '{"error":{"message":"Unauthorized"}}', JSON)
    return chat_only(asked)


tei = paths(v1__embeddings=embeds("m"), info={"model_id": "m", "model_type": {"embedding": {}}, "version": "1.7"})


def examined(answers, type_, kind, path, model="m", *, key=KEY):
    """Examine one endpoint that says localhost, while the service answers at the gateway."""
    with serving(answers, GATEWAY) as peer:
        node = "chat_llm" if kind == "chat" else "vectorize_model"
        base_url = f"http://{NOBODY}:{peer.port}{path}"
        bearer = Secret(key) if key else None
        endpoint = Endpoint("f.yaml", 3, node, kind, type_, model, base_url, bearer, url_span=Span(0, 1))
        item, found = run(endpoint, candidate("gateway", GATEWAY), seconds=10.0)
        return item, found, peer


TYPES = {
    "vLLM, its OpenAI base_url": (recorded("vllm-key"), "chat", "/v1", "qwen2.5", "openai", "/v1"),
    "vLLM, its root": (recorded("vllm-key"), "chat", "/", "qwen2.5", "openai", "/v1"),
    "Xinference": (recorded("xinference-key"), "chat", "/v1", "tiny", "openai", "/v1"),
    "LiteLLM": (recorded("litellm"), "chat", "", "qwen-virtual", "openai", "/v1"),
    "LiteLLM, embeddings": (recorded("litellm"), "embedding", "/v1", "bge-virtual", "openai", "/v1"),
    "one-api, which shows its page": (recorded("one-api"), "chat", "/", "ok-chat", "openai", "/v1"),
    "one-api, embeddings": (recorded("one-api"), "embedding", "/", "ok-embed", "openai", "/v1"),
    "FastChat": (recorded("fastchat"), "chat", "/v1", "vicuna-7b", "openai", "/v1"),
    "llama.cpp's server": (recorded("llama-server-key"), "chat", "/v1", "tiny.gguf", "openai", "/v1"),
    "Open WebUI": (recorded("open-webui"), "chat", "/", "tiny:latest", "openai", "/api"),
    "LM Studio": (lm_studio, "chat", "/", "m", "openai", "/v1"),
    "LM Studio, embeddings": (lm_studio, "embedding", "/", "e", "openai", "/v1"),
    "TEI": (tei, "embedding", "/", "m", "openai", "/v1"),
    "llama.cpp's answer of another shape": (llama_cpp, "chat", "/", "m", "openai", "/v1"),
    "a call in the path": (chat_only, "chat", "/api/generate", "m", "openai", "/v1"),
    "vLLM below a path of nginx": (below("/llm", chat_only), "chat", "/llm/v1", "m", "openai", "/llm/v1"),
}
"""Who answers where type ollama is configured: node, path as it is, model, and the type and path to write."""


@pytest.mark.parametrize("case", TYPES.values(), ids=TYPES)
def test_the_right_type_is_proven_and_told(case):
    """The type is the fault: KAG's own call of the other type succeeds, and the edit is exactly that type and URL."""
    answers, kind, path, model, type_, right = case
    item, found, peer = examined(answers, "ollama", kind, path, model)
    assert (item.verdict, item.endpoint.type, [finding.code for finding in found]) == ("broken", "ollama", ["ND440"])
    url = f"http://{GATEWAY}:{peer.port}{right}"
    assert (item.proofs[-1].failure, urlsplit(item.proofs[-1].url).path.rstrip("/")) == (None, right)
    assert found[0].values["edit"].splitlines()[:2] == [f"type: {type_}", f"base_url: {url}"]
    assert len([asked for asked in peer.asked if asked.method == "POST"]) <= 9


PATHS = {
    "Ollama's root": (ollama, "openai", "chat", "", "/v1"),
    "Ollama's root, embeddings": (ollama, "openai", "embedding", "/", "/v1"),
    "Ollama's own path": (ollama, "vllm", "chat", "/api/chat", "/v1"),
    "type ollama, /v1": (ollama, "ollama", "chat", "/v1", ""),
    "Ollama below a path of nginx": (below("/ollama", ollama), "ollama", "chat", "/ollama/v1", "/ollama"),
    "… for its OpenAI API": (below("/ollama", ollama), "maas", "chat", "/ollama", "/ollama/v1"),
    "nginx passes on /v1 alone": (below("/v1", lambda a: chat_only(a._replace(path="/v1" + a.path))), "openai", "chat",
                                  "/llm", "/v1"),
    "llama.cpp's own embeddings": (llama_cpp, "openai", "embedding", "", "/v1"),
    "llama.cpp's own completion": (llama_cpp, "openai", "chat", "/completion", "/v1"),
    "the list was pasted": (chat_only, "openai", "chat", "/v1/models", "/v1"),
    "an unknown service, one path": (paths(v1__embeddings=embeds("m")), "openai", "embedding", "", "/v1"),
    "a version that is not there": (chat_only, "maas", "chat", "/v2", "/v1"),
}  # fmt: skip
"""Who answers where the type is right, and the path is not."""


@pytest.mark.parametrize("case", PATHS.values(), ids=PATHS)
def test_the_right_path_is_proven_and_can_be_written(case):
    """The path alone is the fault, whoever answers and whether he says who he is."""
    answers, type_, kind, path, right = case
    item, found, peer = examined(answers, type_, kind, path)
    assert (item.verdict, found) == ("repairable", ())
    assert item.proven_url.rstrip("/") == f"http://{GATEWAY}:{peer.port}{right}"


NEITHER = {
    "chat models alone": (chat_only, "openai", "embedding", "/v1", "m", "ND441"),
    "… without a path": (chat_only, "openai", "embedding", "", "m", "ND441"),
    "… of type ollama": (chat_only, "ollama", "embedding", "/", "m", "ND441"),
    "vLLM of a chat model": (recorded("vllm-key"), "openai", "embedding", "/v1", "qwen2.5", "ND422"),
    "FastChat with a key": (recorded("fastchat-key"), "openai", "embedding", "/v1", "vicuna-7b", "ND441"),
    "embeddings alone": (tei, "openai", "chat", "/v1", "m", "ND442"),
    "a page": (below("/nothing", chat_only), "openai", "chat", "/v1", "m", "ND401"),
    "an old Ollama": (old_ollama, "openai", "embedding", "/v1", "m", "ND440"),
}
"""Who has no API for a node at all; an Ollama that is too old for one type has the other."""


@pytest.mark.parametrize("case", NEITHER.values(), ids=NEITHER)
def test_what_was_disproved_is_not_offered(case):
    """Every path and type was tried: what the service lacks is said, and no remedy has a base_url of those."""
    answers, type_, kind, path, model, code = case
    item, found, _ = examined(answers, type_, kind, path, model)
    assert [finding.code for finding in found] == [code]
    proven = {proof.url for proof in item.proofs if proof.failure is None}
    assert {proof.wanted_url for proof in item.proofs} | {found[0].values.get("suggestion", "")} <= {"", *proven}
    assert len(found[0].evidence) > 1


def test_a_second_fault_is_told_beside_the_type():
    """With the right type the service wants a key: both are said, the type first."""
    _, found, _ = examined(recorded("vllm-key"), "ollama", "chat", "/v1", "qwen2.5", key=None)
    assert [finding.code for finding in found] == ["ND440", "ND413"]


def test_a_model_that_is_listed_and_missing_is_missing_behind_the_service():
    """To write the name that is there would be to write the same name."""
    _, found, _ = examined(recorded("one-api"), "openai", "chat", "/v1", "gone-upstream")
    assert [finding.code for finding in found] == ["ND461"]


def test_a_type_that_sends_no_key_is_told_with_the_one_that_was_proven():
    """401 for every path says nothing of the API: what is wrong is that the key is not sent, and the edit is proven."""
    _, found, peer = examined(guarded, "ollama", "chat", "/v1")
    assert [finding.code for finding in found] == ["ND415"]
    assert found[0].values["proven"] == "yes"
    assert found[0].values["edit"] == f"type: openai\nbase_url: http://{GATEWAY}:{peer.port}/v1"


def test_a_type_whose_call_failed_with_the_key_is_not_offered():
    """Basic authentication refuses the key too: a login is wanted, and no other type is proven."""
    _, found, _ = examined(lambda _: Said(401, "", {"www-authenticate": 'Basic realm="x"'}), "ollama", "chat", "/")
    assert [finding.code for finding in found] == ["ND463"]
    assert "other_type" not in found[0].values


def test_a_gateway_that_guards_every_path_proves_no_type_without_its_key():
    """401 for everything says nothing of the type, so none is offered."""
    item, found, _ = examined(guarded, "ollama", "chat", "/v1", key=None)
    assert [finding.code for finding in found] == ["ND415"]
    assert all("alternative" not in proof.seen for proof in item.proofs)


def test_a_provider_without_embeddings_is_told_so_though_nobody_can_say_who_answers(known):  # noqa: F811
    """A provider that lists nothing without a key is known by its name; /embeddings and /v1/embeddings were tried."""
    address = "127.0.0.66"
    known(api_deepseek_com=[address])
    with serving(
        lambda asked: Said(401, '{"error":"no key"}', JSON) if asked.method == "GET" else NOT_FOUND, address
    ) as p:
        base_url = f"http://api.deepseek.com:{p.port}"
        _, found = run(Endpoint("f", 1, "vectorizer", "embedding", "openai", "m", base_url, Secret(KEY)), seconds=5.0)
    assert [finding.code for finding in found] == ["ND441"]
    assert {"/embeddings", "/v1/embeddings", "/api/embeddings"} <= {asked.path for asked in p.asked}
    assert not [remedy for remedy in words(found[0]).remedies if "base_url" in remedy.command]


def test_the_key_goes_only_to_who_is_trusted_with_it():
    """Type ollama sends no key, so a neighbour was called too; with a type that sends one he is not."""
    with serving(chat_only, NEIGHBOUR) as peer:
        endpoint = Endpoint("f", 1, "n", "chat", "ollama", "m", f"http://{NOBODY}:{peer.port}/", Secret(KEY))
        run(endpoint, candidate("docker0", NEIGHBOUR), seconds=5.0)
    assert {asked.path for asked in peer.asked} >= {"/api/chat"}
    assert {asked.bearer for asked in peer.asked} == {""}
