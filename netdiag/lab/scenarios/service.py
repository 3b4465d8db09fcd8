"""Scenarios about the model service: the way is clear, and what is at its end decides."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_WITH_V1: Final = '{ "type": "ollama", "base_url": "http://localhost:11434/v1", "model": "qwen2.5:3b" }\n'
_VLLM: Final = """\
# localhost must be changed to the right name, see "reaching the host from a container"
{ "type": "vllm", "base_url": "http://localhost:8000/v1/chat/completions", "model": "qwen25-7B-chat" }
"""

SCENARIOS: Final = (
    Scenario(
        "vllm",
        title={"en": "vLLM, as KAG 0.6 documents it", "zh": "KAG 0.6 文档里的 vLLM 写法"},
        story={
            "en": "KAG 0.6 wants the whole path of the chat call in the base_url of a vLLM. "
            "Only the host is wrong, and only the host is replaced; the comment above stays.",
            "zh": "KAG 0.6 要求在 vLLM 的 base_url 里写出对话接口的完整路径。"
            "错的只有主机，被替换的也只有主机，上面的注释保持不变。",
        },
        world=World(services=(Service("vllm", 8000),)),
        kag_version="0.6",
        config=_VLLM,
        expect_exit=0,
        expect_config=at("172.17.0.1", _VLLM),
    ),
    Scenario(
        "wrong-path",
        title={"en": "A /v1 too many", "zh": "多了一个 /v1"},
        story={
            "en": "For KAG's type ollama the base_url must not end in /v1, and here it does. The host is wrong too: "
            "both are corrected, because both together are proven to work.",
            "zh": "KAG 的 ollama 类型要求 base_url 不能以 /v1 结尾，而这里却有。"
            "主机也不对：两处一起改正，因为改正后的地址已被证明可用。",
        },
        world=World(services=(OLLAMA,)),
        config=_WITH_V1,
        expect_exit=0,
        expect_config=at("172.17.0.1", _WITH_V1).replace("/v1", ""),
    ),
    Scenario(
        "still-loading",
        title={"en": "The model is still loading", "zh": "模型仍在加载"},
        story={
            "en": "Ollama answers at once, but loads the model when the first question comes: three seconds here, "
            "a minute for a large one. Slow is not unreachable.",
            "zh": "Ollama 立即应答，但要到第一个问题到来时才加载模型：这里是三秒，大模型可能要一分钟。"
            "慢并不等于不可达。",
        },
        world=World(services=(Service("ollama", 11434, delay_s=3.0),)),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "missing-model",
        title={"en": "The model was never pulled", "zh": "模型还没有下载"},
        story={
            "en": "Ollama can be reached, but it has qwen2.5:3b and the configuration asks for qwen2.5:7b. "
            "A new address alone would not make it work, so nothing is written.",
            "zh": "可以访问到 Ollama，但它只有 qwen2.5:3b，而配置要的是 qwen2.5:7b。"
            "只换地址并不能让它工作，所以什么也不会写入。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace("qwen2.5:3b", "qwen2.5:7b"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    Scenario(
        "not-a-model-service",
        title={"en": "Something else on that port", "zh": "该端口上是别的服务"},
        story={
            "en": "On port 11434 of the host a web server answers everything with a page. "
            "It can be reached, but it is no model service, and nothing is written.",
            "zh": "宿主机的 11434 端口上是一个网页服务器，对任何请求都返回网页。"
            "它能访问到，但不是模型服务，所以什么也不会写入。",
        },
        world=World(services=(Service("web-page", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND401"}),
    ),
)
