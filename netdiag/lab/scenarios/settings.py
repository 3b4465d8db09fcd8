"""Scenarios about settings beside the base_url: KAG fails at them before it calls anybody, or after it was answered."""

from typing import Final

from netdiag.lab.scenarios.configurations import at, served
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_CHAT: Final = (
    '{ "type": "maas", "base_url": "http://localhost:11434/v1", "model": "qwen2.5:3b", "api_key": "none", %s }\n'
)
_VECTORS: Final = """\
{ "vectorizer": { "type": "openai", "base_url": "http://localhost:11434/v1", "model": "bge-m3:latest",
  "api_key": "none", "vector_dimensions": %s } }
"""
_WHOLE_PATH: Final = """\
{ "type": "vllm", "base_url": "http://localhost:8000/v1/chat/completions", "model": "qwen25-7B-chat", "max_tokens": 64 }
"""
_EMBEDS: Final = Service("ollama", 11434, models=("bge-m3:latest",))

SCENARIOS: Final = (
    Scenario(
        "timeout-in-quotes",
        title={"en": "A number in quotes", "zh": "引号里的数字"},
        story={
            "en": "A web page saved the timeout as text. KAG 0.8 then says Connection error. without having sent "
            "anything. The host is wrong too, and the address that works is told with it; nothing is written while KAG "
            "could not use it.",
            "zh": "网页把 timeout 存成了文本。KAG 0.8 什么都没有发送就显示 Connection error.。"
            "主机也不对，netdiag 会一并给出可用的地址；"
            "在 KAG 能够使用之前不写入任何内容。",
        },
        world=World(services=(OLLAMA,)),
        config=_CHAT % '"timeout": "60"',
        expect_exit=1,
        expect_codes=frozenset({"ND550"}),
    ),
    Scenario(
        "nothing-as-the-key",
        title={"en": "A key that is empty", "zh": "空的密钥"},
        story={
            "en": "The service needs no key, so none was written between the quotes. KAG 0.7 and 0.8 cannot send that "
            "and say Connection error., which looks like a fault of the network.",
            "zh": "服务不需要密钥，因此引号之间什么也没写。KAG 0.7 和 0.8 无法发送空密钥，"
            "并显示 Connection error.，看上去像网络故障。",
        },
        world=World(services=(OLLAMA,)),
        config=(_CHAT % '"stream": false').replace('"none"', '""'),
        expect_exit=1,
        expect_codes=frozenset({"ND550"}),
    ),
    Scenario(
        "streamed-to-ollama",
        title={"en": "An answer in pieces", "zh": "分段发送的回答"},
        story={
            "en": "The service streams its answer as it is asked to, and KAG 0.8 has a fault in reading that of type "
            "ollama. Every network test succeeds.",
            "zh": "服务按要求以流式方式回答，而 KAG 0.8 读取 ollama 类型的流式回答时有缺陷。所有网络测试都是成功的。",
        },
        world=World(services=(OLLAMA,)),
        config='{ "type": "ollama", "base_url": "http://localhost:11434", "model": "qwen2.5:3b", "stream": true }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND451"}),
    ),
    Scenario(
        "two-slashes",
        title={"en": "Two slashes at the end", "zh": "末尾有两个斜杠"},
        story={
            "en": "KAG's client keeps both slashes and asks for /v1//chat/completions, which vLLM does not have. "
            "Host and path are corrected together.",
            "zh": "KAG 的客户端会保留两个斜杠，请求 /v1//chat/completions，而 vLLM 没有这个路径。主机和路径一起改正。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config='{ "type": "maas", "base_url": "http://localhost:8000/v1//", "model": "qwen25-7B-chat", '
        '"api_key": "none", "max_tokens": 64 }\n',
        expect_exit=0,
        expect_config='{ "type": "maas", "base_url": "http://172.17.0.1:8000/v1", "model": "qwen25-7B-chat", '
        '"api_key": "none", "max_tokens": 64 }\n',
    ),
    Scenario(
        "wrong-dimensions",
        title={"en": "A vector of another length", "zh": "向量维数不符"},
        story={
            "en": "With the right host the embedding call succeeds and KAG is content, but the vectors are not as "
            "long as the configuration says, and the index is made for that length. Building fails an hour later.",
            "zh": "换成正确的主机后嵌入调用成功，KAG 也没有报错，"
            "但向量的维数与配置不符，而索引是按配置建立的。一小时后构建才会失败。",
        },
        world=World(services=(_EMBEDS,)),
        config=_VECTORS % 768,
        expect_exit=0,
        expect_config=at("172.17.0.1", _VECTORS % 768),
        expect_codes=frozenset({"ND450"}),
    ),
    Scenario(
        "limit-in-no-words",
        title={"en": "A refusal that does not say why", "zh": "没有说明原因的拒绝"},
        story={
            "en": "A gateway answers 400 and Bad Request to the 8192 tokens that KAG 0.8 asks for. A second, smaller "
            "call succeeds, so the limit is what is wrong.",
            "zh": "网关对 KAG 0.8 请求的 8192 个 token 只回答 400 Bad Request。"
            "第二次较小的调用成功，因此问题就在于上限。",
        },
        world=World(services=served("limit-unsaid", 8000)),
        config='{ "type": "openai", "base_url": "http://localhost:8000/v1", "model": "qwen3-32b" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND420"}),
    ),
    Scenario(
        "unknown-kag",
        title={"en": "Which KAG is it?", "zh": "是哪个版本的 KAG？"},
        story={
            "en": "KAG is not installed where netdiag runs. The path of this vLLM is right for KAG 0.6 and wrong "
            "from 0.7 on, so nothing is written before somebody says which it is.",
            "zh": "netdiag 运行的地方没有安装 KAG。这个 vLLM 路径适合 KAG 0.6，但从 0.7 起就不对，"
            "因此在有人说明版本之前不写入任何内容。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config=_WHOLE_PATH,
        kag_version="",
        expect_exit=1,
        expect_codes=frozenset({"ND551", "ND452"}),
    ),
    Scenario(
        "another-kag",
        title={"en": "Another KAG than the one that was named", "zh": "指定的 KAG 与安装的不同"},
        story={
            "en": "KAG 0.6 is installed, and somebody named 0.8. What only 0.8 could use is not written.",
            "zh": "安装的是 KAG 0.6，却指定了 0.8。只有 0.8 能用的内容不会写入。",
        },
        world=World(services=(Service("vllm", 8000),), kag="0.6.0"),
        config=_WHOLE_PATH,
        expect_exit=1,
        expect_codes=frozenset({"ND452", "ND552"}),
    ),
)
