"""Refusals in the words of real servers and providers, and what they mean for KAG's own call."""

import json

import pytest

from netdiag import failures, kag
from netdiag.kag.keys import is_filler, is_mask
from netdiag.kag.paths import fault
from netdiag.lab.servers.troubled import troubles
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

BASE = "http://127.0.0.1:18434/v1"

MEANS = {
    "deepseek-balance": "out_of_credit",
    "deepseek-key": "key_refused",
    "deepseek-model": "model_not_found",
    "openai-quota": "out_of_credit",
    "openai-key": "key_refused",
    "openai-model": "model_not_found",
    "dashscope-arrearage": "out_of_credit",
    "dashscope-key": "key_refused",
    "dashscope-access": "model_forbidden",
    "dashscope-thinking": "field_refused",
    "siliconflow-balance": "out_of_credit",
    "siliconflow-model": "model_not_found",
    "siliconflow-rate": "rate_limited",
    "expired-key": "key_expired",
    "llama-cpp-loading": "model_loading",
    "overloaded": "rate_limited",
    "rate-limited": "rate_limited",
    "context-8192": "too_many_tokens",
    "limit-unsaid": "request_refused",
    "no-template-field": "field_refused",
    "no-tools-field": "field_refused",
    "no-max-tokens": "field_refused",
    "ollama-cannot-embed": "cannot_embed",
    "ollama-cannot-chat": "cannot_chat",
    "llama-cpp-cannot-embed": "cannot_embed",
    "ollama-origin": "forbidden",
    "ollama-old": "path_not_found",
    "ollama-busy": "rate_limited",
    "ollama-memory": "out_of_memory",
    "page-everywhere": "web_page",
    "page-but-v1": "web_page",
    "lm-studio": "path_not_found",
    "empty-choices": "unexpected_answer",
    "content-filter": "request_refused",
    "gateway-with-key": "key_refused",
    "one-api-no-channel": "model_not_found",
    "new-api-no-channel": "model_not_found",
    "one-api-quota": "out_of_credit",
    "dashscope-free-tier": "out_of_credit",
    "gemini-rate": "rate_limited",
    "dashscope-rate": "rate_limited",
    "glm-key-open": "key_refused",
    "litellm-no-database": "key_refused",
    "glm-model": "model_not_found",
    "openrouter-model": "model_not_found",
    "azure-deployment": "model_not_found",
    "azure-key": "key_header",
    "ark-not-open": "model_forbidden",
    "one-api-forbidden-model": "model_forbidden",
    "openai-country": "location_refused",
    "cloudflare-page": "location_refused",
    "nginx-forbids": "forbidden",
    "gateway-forbids": "forbidden",
    "user-banned": "key_disabled",
    "account-deactivated": "key_disabled",
    "lm-studio-memory": "out_of_memory",
    "litellm-upstream-localhost": "upstream_failed",
    "one-api-upstream-down": "upstream_failed",
    "nginx-upstream-down": "upstream_failed",
    "litellm-upstream-model": "upstream_lacks_model",
    "one-api-upstream-model": "model_not_found",
    "litellm-upstream-key": "upstream_refuses_key",
    "nginx-login": "login_wanted",
    "ollama-cloud": "sign_in_wanted",
    "llama-cpp-cannot-rerank": "cannot_rerank",
    "tei-cannot-rerank": "cannot_rerank",
    "openai-temperature": "field_refused",
    "kimi-temperature": "field_refused",
    "output-4096": "too_many_tokens",
    "extra-forbidden": "field_refused",
    "sglang-cannot-embed": "cannot_embed",
    "gateway-fails": "server_error",
}
"""What the first reply of each trouble means; those left out do not answer a call."""


def chat(version="0.8", *, key: str | None = "sk-lab-invented-key", kind="chat", **more) -> Endpoint:
    """An endpoint of type maas (or of type openai, for embeddings)."""
    fields = {"type": "maas" if kind == "chat" else "openai", **more}
    return Endpoint(
        "f", 1, "n", kind, model="m", base_url=BASE, api_key=Secret(key) if key is not None else None, **fields
    )


def answer(trouble: str) -> Answer:
    """The first reply of a trouble to a call."""
    reply = next(each for each in troubles()[trouble]["replies"] if each["method"] != "GET")
    body = reply["body"]
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(reply["status"], reply["headers"], data)


@pytest.mark.parametrize("trouble", sorted(MEANS))
def test_every_trouble_has_its_meaning(trouble):
    """The bodies that the lab's troubled servers answer with are understood, each as itself."""
    version = "0.7" if trouble == "no-tools-field" else "0.8"
    endpoint = chat(kind="embedding" if "embed" in trouble or trouble == "ollama-old" else "chat")
    call = kag.call(version, endpoint, BASE)
    assert kag.judge(call, answer(trouble))[0] == MEANS[trouble]


def test_no_trouble_is_left_out():
    """A trouble that answers a call has its meaning above; the others are other services, and an empty Ollama."""
    others = {"open-webui", "openspg-server", "neo4j-browser", "ollama-empty"}
    kinds = {"chat-only", "embeddings-only", "nginx-below-a-path", "open-webui-with-key", "gateway-lacks-upstream"}
    assert set(troubles()) == set(MEANS) | others | kinds | {"model-runner"}


@pytest.mark.parametrize(
    ("trouble", "seen"),
    [
        ("overloaded", {"retry_after": "20 s"}),
        ("rate-limited", {"retry_after": "7 s"}),
        ("context-8192", {"asked": "8192", "limit": "8192", "fewer": "4096"}),
        ("no-template-field", {"field": "chat_template_kwargs"}),
        ("no-max-tokens", {"field": "max_tokens"}),
        ("dashscope-thinking", {"field": "enable_thinking"}),
        ("deepseek-balance", {}),
    ],
)
def test_what_else_is_told(trouble, seen):
    """How long to wait, which field, how many tokens: in the server's own words."""
    assert kag.seen(kag.call("0.8", chat(), BASE), answer(trouble)) == seen


@pytest.mark.parametrize("waiting", ["Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_date_to_wait_for_is_shown_as_it_is(waiting):
    """Retry-After may be a date (RFC 9110, section 10.2.3)."""
    said = Answer(429, {"retry-after": waiting}, b"{}")
    assert kag.seen(kag.call("0.8", chat(), BASE), said) == {"retry_after": waiting}


@pytest.mark.parametrize(
    ("version", "more", "failure"),
    [
        ("0.8", {"key": "sk-lab-invented-key"}, failures.KEY_REFUSED),
        ("0.8", {"key": "******"}, failures.KEY_MASKED),
        ("0.8", {"key": "sk-ab****yz"}, failures.KEY_MASKED),
        ("0.8", {"key": "your_api_key"}, failures.KEY_MASKED),
        ("0.8", {"key": "替换为你的密钥"}, failures.KEY_MASKED),
        ("0.8", {"key": None}, failures.KEY_MISSING),
        ("0.8", {"key": "EMPTY"}, failures.KEY_MISSING),
        ("0.6", {"key": "sk-lab-invented-key", "type": "vllm"}, failures.KEY_NOT_SENT),
        ("0.8", {"key": "sk-lab-invented-key", "type": "ollama"}, failures.KEY_NOT_SENT),
    ],
)
def test_what_is_wrong_with_a_key(version, more, failure):
    """The same 401 means another thing for every key, and for a type that never sends one."""
    call = kag.call(version, chat(**more), BASE)
    assert kag.judge(call, Answer(401, {}, b'{"error":"Unauthorized"}'))[0] == failure


@pytest.mark.parametrize(
    "key", ["******", "**********", "••••••", "sk-1***9", "xxxx", "...", "<your key>", "YOUR-KEY", "api_key"]
)
def test_masks(key):
    """Stars, dots and what examples put in a key's place."""
    assert is_mask(key)


@pytest.mark.parametrize("key", ["sk-4f1dcanary99", "none", "EMPTY", "814e0c", "my*key", "", "ollama"])
def test_keys_that_may_be_some(key):
    """What could be somebody's key, or stands for "none is needed", is no mask."""
    assert not is_mask(key)


@pytest.mark.parametrize(
    ("key", "filler"), [("", True), ("None", True), (" EMPTY ", True), ("sk-1", False), ("******", False)]
)
def test_fillers(key, filler):
    """Words that are written where a service needs no key."""
    assert is_filler(key) == filler


@pytest.mark.parametrize(
    ("version", "more", "present", "host", "path"),
    [
        ("0.8", {}, "/v1/chat/completions", "", "/v1"),
        ("0.8", {}, "/v1/v1", "", "/v1"),
        ("0.8", {}, "/openai/v1/chat/completions", "", "/openai/v1"),
        ("0.8", {}, "/v1/chat/completions/chat/completions", "", "/v1"),
        ("0.8", {}, "/api/generate", "", "/v1"),
        ("0.8", {}, "", "", "/v1"),
        ("0.8", {}, "", "dashscope.aliyuncs.com", "/compatible-mode/v1"),
        ("0.8", {}, "/v1", "open.bigmodel.cn", "/api/paas/v4"),
        ("0.8", {}, "", "api.openai.com", "/v1"),
        ("0.8", {}, "", "api.siliconflow.cn", "/v1"),
        ("0.8", {}, "", "resource.openai.azure.com", "/openai/v1"),
        ("0.8", {}, "/v1//", "", "/v1"),
        ("0.8", {"kind": "embedding"}, "/v1/embeddings", "", "/v1"),
        ("0.8", {"type": "ollama"}, "/v1", "", ""),
        ("0.5", {"type": "ollama"}, "/api/generate", "", ""),
        ("0.6", {"type": "vllm"}, "/v1", "", "/v1/chat/completions"),
    ],
)
def test_the_right_path_for_what_is_there(version, more, present, host, path):
    """What KAG appends goes, what a gateway has before it stays, and a provider's own layout is known."""
    assert kag.right_path(version, chat(**more), present, host) == path


@pytest.mark.parametrize(
    ("version", "more", "present", "service", "paths"),
    [
        ("0.8", {}, "/llm", "", ("/llm/v1", "/v1", "", "/api")),
        ("0.8", {}, "/llm/v1/chat/completions", "", ("/llm/v1", "/v1", "", "/api")),
        ("0.8", {}, "/v3", "docker-model-runner", ("/engines/v1", "/v3", "/v1", "", "/api")),
        ("0.8", {}, "/completion", "", ("/v1", "", "/api")),
        ("0.8", {"kind": "embedding"}, "/embedding", "infinity", ("", "/v1", "/api")),
        ("0.8", {"type": "ollama"}, "/ollama/v1", "", ("/ollama", "")),
        ("0.6", {"type": "vllm"}, "/llm", "", ("/llm/v1/chat/completions", "/v1/chat/completions",
                                               "/llm/chat/completions")),
        ("0.8", {"kind": "rerank"}, "/llm/rerank", "", ("/llm/v1/rerank", "/v1/rerank", "/rerank")),
        ("0.8", {"type": "xinference"}, "/v1", "", ()),
    ],
)  # fmt: skip
def test_every_path_at_which_an_api_may_be(version, more, present, service, paths):
    """What stands before the version is kept first; guesses come last."""
    found = kag.paths(version, chat(**more), present, service=service)
    assert tuple(path for path in found if path != present) == tuple(path for path in paths if path != present)


@pytest.mark.parametrize(
    ("version", "more", "types"),
    [
        ("0.8", {"type": "ollama"}, [("openai", False)]),
        ("0.8", {"type": "vllm"}, [("ollama", False)]),
        ("0.7", {"type": "ollama", "kind": "embedding"}, [("openai", False)]),
        ("0.7", {"type": "openai", "kind": "embedding"}, []),
        ("0.8", {"type": "openai", "kind": "embedding"}, [("ollama", False)]),
        ("0.8", {"type": "ollama", "kind": "embedding"}, [("openai", True)]),
        ("0.6", {"type": "ollama"}, [("openai", True), ("vllm", False)]),
        ("0.6", {"type": "maas"}, [("vllm", False), ("ollama", False)]),
        ("0.5", {"type": "ollama"}, [("maas", True), ("vllm", False)]),
        ("0.8", {"type": "ollama", "settings": {"think": "perhaps"}}, []),
    ],
)
def test_the_other_types_of_a_node(version, more, types):
    """Each is one that makes another call; a key is filled in where that type cannot do without one."""
    endpoint = chat(key=None, **more)
    assert [(other.type, other.api_key is not None) for other in kag.others(version, endpoint)] == types


@pytest.mark.parametrize(
    ("version", "more", "present", "wanted", "word"),
    [
        ("0.8", {}, "/v1/chat/completions", "/v1", "path_doubled"),
        ("0.8", {}, "/v1/embeddings", "/v1", "path_of_another_call"),
        ("0.8", {}, "/api/generate", "/v1", "path_of_another_call"),
        ("0.5", {"type": "ollama"}, "/api/generate", "", "path_doubled"),
        ("0.8", {"kind": "embedding"}, "/v1/embeddings", "/v1", "path_doubled"),
        ("0.8", {}, "/v1/v1", "/v1", "path_v1_twice"),
        ("0.8", {}, "", "/v1", "path_v1_missing"),
        ("0.8", {}, "/", "/v1", "path_v1_missing"),
        ("0.8", {"type": "ollama"}, "/v1", "", "path_v1_surplus"),
        ("0.6", {"type": "vllm"}, "/v1", "/v1/chat/completions", "path_call_missing"),
        ("0.8", {}, "/v1//", "/v1", "path_slashes"),
        ("0.8", {}, "/compat", "/api/paas/v4", "path_other"),
    ],
)
def test_what_is_wrong_with_a_path(version, more, present, wanted, word):
    """Each way to get a path wrong has a word of its own."""
    assert fault(version, chat(**more), present, wanted) == word


@pytest.mark.parametrize(
    ("kind", "type_", "meant"),
    [
        ("chat", "xinference", "openai"),
        ("chat", "deepseek", "openai"),
        ("chat", "OpenAI", "openai"),
        ("chat", "olama", "ollama"),
        ("chat", "vLLM", "vllm"),
        ("chat", "nonsense", None),
        ("chat", "azure_openai", None),
        ("embedding", "ollama", "openai"),
        ("embedding", "bge_m3", "openai"),
        ("embedding", "maas", "openai"),
        ("embedding", "text2vec", None),
    ],
)
def test_which_type_was_meant(kind, type_, meant):
    """Names of servers, other spellings, and types that another node knows; nothing is guessed beyond that."""
    mended = kag.mended("0.8", chat(kind=kind, type=type_), "unsupported_type")
    assert (mended.type if mended else None) == meant
