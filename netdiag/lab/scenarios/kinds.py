"""Scenarios about servers of another kind than the type is for, and about what a service does not have at all."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, VECTORS, at, served
from netdiag.lab.topology import Scenario, Service, World

_AT_VLLM: Final = '{ "type": "ollama", "base_url": "http://localhost:8000/v1", "model": "qwen25-7B-chat" }\n'
_AT_LM_STUDIO: Final = '{ "type": "ollama", "base_url": "http://localhost:1234", "model": "qwen2.5-7b-instruct" }\n'
_KEYED: Final = """\
{ "type": "openai", "base_url": "http://localhost:8080/llm", "model": "qwen2.5-7b-instruct",
  "api_key": "sk-lab-invented-key" }
"""
_AT_8000: Final = VECTORS.replace("11434", "8000")

SCENARIOS: Final = (
    # KAG#47, openspg#470
    Scenario(
        "type-ollama-at-vllm",
        title={"en": "Type ollama for a vLLM", "zh": "用 ollama 类型访问 vLLM"},
        story={
            "en": "The base_url is that of a vLLM, and the type is ollama, whose API vLLM does not have. Without "
            "/v1 it is no better. netdiag makes KAG's call with type openai at the same URL, which succeeds, and "
            "tells these two lines.",
            "zh": "base_url 指向 vLLM，类型却是 ollama，而 vLLM 没有 Ollama 的接口，去掉 /v1 也一样。netdiag 用 openai "
            "类型对同一个 URL 进行 KAG 的调用，结果成功，于是给出这两行配置。",
        },
        world=World(services=(Service("vllm", 8000),)),
        kag_version="0.7",
        config=_AT_VLLM,
        expect_exit=1,
        expect_codes=frozenset({"ND440"}),
    ),
    Scenario(
        "type-ollama-at-lm-studio",
        title={"en": "Type ollama for LM Studio", "zh": "用 ollama 类型访问 LM Studio"},
        story={
            "en": "LM Studio answers Ollama's path with 200 and an error. Type openai with /v1 at the end is proven.",
            "zh": "对于 Ollama 的路径，LM Studio 返回 200 和一条错误。"
            "改用 openai 类型并在末尾加上 /v1 后，调用已得到验证。",
        },
        world=World(services=served("lm-studio", 1234)),
        config=_AT_LM_STUDIO,
        expect_exit=1,
        expect_codes=frozenset({"ND440"}),
    ),
    Scenario(
        "type-ollama-and-no-key",
        title={"en": "Type ollama for a server that wants a key", "zh": "用 ollama 类型访问需要密钥的服务"},
        story={
            "en": "The type is wrong, and with the right one the server wants a key. Both are told.",
            "zh": "类型不对；改成正确的类型之后，服务还需要密钥。两处都会说明。",
        },
        world=World(services=(Service("vllm-with-key", 8000),)),
        kag_version="0.7",
        config=_AT_VLLM.replace("/v1", ""),
        expect_exit=1,
        expect_codes=frozenset({"ND440", "ND413"}),
    ),
    Scenario(
        "type-ollama-for-embeddings",
        title={"en": "Type ollama for text-embeddings-inference", "zh": "用 ollama 类型访问 text-embeddings-inference"},
        story={
            "en": "KAG 0.8 has a type ollama for embeddings, and the server speaks OpenAI's API. Type openai with /v1 "
            "is proven; KAG wants a key for it, and any word will do.",
            "zh": "KAG 0.8 的嵌入模型有 ollama 类型，而该服务提供的是 OpenAI 接口。"
            "改用 openai 类型并加上 /v1 后已得到验证；"
            "KAG 要求填写密钥，随便写一个单词即可。",
        },
        world=World(services=served("embeddings-only", 8080)),
        config='{ "vectorizer": { "type": "ollama", "base_url": "http://localhost:8080/", "model": "BAAI/bge-m3" } }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND440"}),
    ),
    Scenario(
        "chat-models-only",
        title={"en": "A provider of chat models as vectorizer", "zh": "把只有对话模型的服务用作向量模型"},
        story={
            "en": "DeepSeek and others have no embeddings. With and without /v1 the path is not there, nor is "
            "Ollama's; so no other path is suggested.",
            "zh": "DeepSeek 等服务没有嵌入接口。加不加 /v1 都没有这个路径，Ollama 的路径也没有，因此不会建议修改路径。",
        },
        world=World(services=served("chat-only", 8000)),
        config=_AT_8000,
        expect_exit=1,
        expect_codes=frozenset({"ND441"}),
    ),
    Scenario(
        "chat-models-only-without-v1",
        title={"en": "The same, written without /v1", "zh": "同上，但没有写 /v1"},
        story={
            "en": "To write /v1 would not help: netdiag has tried it. No path is suggested.",
            "zh": "加上 /v1 也没有用：netdiag 已经试过。",
        },
        world=World(services=served("chat-only", 8000)),
        kag_version="0.7",
        config=_AT_8000.replace("/v1", ""),
        expect_exit=1,
        expect_codes=frozenset({"ND441"}),
    ),
    Scenario(
        "embeddings-only",
        title={"en": "A server of embeddings as chat model", "zh": "把嵌入服务用作对话模型"},
        story={
            "en": "text-embeddings-inference has embeddings and no chat. No path and no type changes that.",
            "zh": "text-embeddings-inference 只提供嵌入接口，不能对话。换路径、换类型都没有用。",
        },
        world=World(services=served("embeddings-only", 8080)),
        config='{ "type": "openai", "base_url": "http://localhost:8080/v1", "model": "BAAI/bge-m3" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND442"}),
    ),
    Scenario(
        "below-a-path-of-nginx",
        title={"en": "A model server below a path of nginx", "zh": "nginx 子路径下的模型服务"},
        story={
            "en": "nginx passes on what is below /llm, and shows its welcome page elsewhere. /v1 is missing behind "
            "/llm; the rest of the path stays.",
            "zh": "nginx 只转发 /llm 之下的请求，其他路径显示欢迎页面。/llm 之后缺少 /v1；路径的其余部分保持不变。",
        },
        world=World(services=served("nginx-below-a-path", 8080)),
        config=_KEYED,
        expect_exit=0,
        expect_config=at("172.17.0.1", _KEYED).replace("/llm", "/llm/v1"),
    ),
    Scenario(
        "below-a-path-of-nginx-with-key",
        title={"en": "The same, with the right path", "zh": "同上，但路径正确"},
        story={
            "en": "Only the host is wrong. Who answers at the root of nginx does not matter.",
            "zh": "只有主机不对。nginx 根路径上是什么无关紧要。",
        },
        world=World(services=served("nginx-below-a-path", 8080)),
        config=_KEYED.replace("/llm", "/llm/v1"),
        expect_exit=0,
        expect_config=at("172.17.0.1", _KEYED).replace("/llm", "/llm/v1"),
    ),
    Scenario(
        "open-webui-as-model-server",
        title={"en": "Open WebUI in place of the model server", "zh": "把 Open WebUI 当作模型服务"},
        story={
            "en": "Open WebUI has an OpenAI-compatible API too, below /api. With its key the call is proven there.",
            "zh": "Open WebUI 也有兼容 OpenAI 的接口，在 /api 下。带上它的密钥，调用在那里得到验证。",
        },
        world=World(services=served("open-webui-with-key", 3000)),
        config='{ "type": "openai", "base_url": "http://localhost:3000/v1", "model": "qwen2.5:3b",\n'
        '  "api_key": "sk-lab-invented-key" }\n',
        expect_exit=0,
        expect_config='{ "type": "openai", "base_url": "http://172.17.0.1:3000/api", "model": "qwen2.5:3b",\n'
        '  "api_key": "sk-lab-invented-key" }\n',
    ),
    Scenario(
        "gateway-lacks-the-model",
        title={"en": "A gateway whose upstream lacks the model", "zh": "网关背后的服务没有该模型"},
        story={
            "en": "The gateway lists the model, and what is behind it does not know it. To write another name would "
            "not help.",
            "zh": "网关的列表里有这个模型，而它背后的服务不认识它。改写名称没有用。",
        },
        world=World(services=served("gateway-lacks-upstream", 4000)),
        config='{ "type": "openai", "base_url": "http://localhost:4000/v1", "model": "gone-upstream",\n'
        '  "api_key": "sk-lab-invented-key" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND461"}),
    ),
    Scenario(
        "model-runner-without-the-model",
        title={"en": "Docker Model Runner without the model", "zh": "Docker Model Runner 没有该模型"},
        story={
            "en": "Docker Model Runner answers, and the model was never pulled there. It is no Ollama, and nothing of "
            "Ollama's is suggested.",
            "zh": "Docker Model Runner 有应答，但还没有下载该模型。它不是 Ollama，因此不会建议与 Ollama 有关的操作。",
        },
        world=World(services=served("model-runner", 8123)),
        config=CHAT.replace("11434/", "8123/engines/v1")
        .replace("ollama", "openai")
        .replace("qwen2.5:3b", "ai/qwen2.5"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
)
