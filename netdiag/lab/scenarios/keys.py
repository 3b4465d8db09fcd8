"""Scenarios about keys, credit and limits: the service is right and says why it will not."""

from typing import Final

from netdiag.lab.scenarios.configurations import VECTORS, served
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_MAAS: Final = """\
chat_llm:
  type: maas
  base_url: http://localhost:8000/v1
  api_key: sk-lab-invented-key
  model: {model}
"""
_KEY: Final = "sk-lab-invented-key"


def _chat(model: str, key: str = _KEY) -> str:
    return _MAAS.format(model=model).replace(_KEY, key)


SCENARIOS: Final = (
    # KAG#235
    Scenario(
        "masked-key",
        title={"en": "Six stars in place of the key", "zh": "密钥变成了六个星号"},
        story={
            "en": "OpenSPG's page shows a saved key as six stars, and the stars were saved back as the key. "
            "The provider refuses them; netdiag says that they are no key.",
            "zh": "OpenSPG 的页面把已保存的密钥显示为六个星号，结果星号被当作密钥保存了。服务商拒绝了它，netdiag "
            "会指出这不是密钥。",
        },
        world=World(services=served("deepseek-key", 8000)),
        file_name="kag_config.yaml",
        config=_chat("deepseek-chat", '"******"'),
        expect_exit=1,
        expect_codes=frozenset({"ND412"}),
    ),
    Scenario(
        "placeholder-key",
        title={"en": "An example's key", "zh": "示例里的密钥"},
        story={
            "en": "The configuration was copied from an example, and your_api_key was left in it. "
            "It is refused like any wrong key, but nobody needs to look for a typing error in it.",
            "zh": "配置是从示例复制的，里面还留着 your_api_key。它和其他错误的密钥一样被拒绝，但不必去找拼写错误。",
        },
        world=World(services=served("openai-key", 8000)),
        file_name="kag_config.yaml",
        config=_chat("gpt-4o-mini", "your_api_key"),
        expect_exit=1,
        expect_codes=frozenset({"ND412"}),
    ),
    Scenario(
        "wrong-key",
        title={"en": "A key that is refused", "zh": "被拒绝的密钥"},
        story={
            "en": "The service wants a key and refuses the one that is configured. Its own words are shown, "
            "with whatever they repeat of the key masked.",
            "zh": "服务需要密钥，并拒绝了所配置的密钥。netdiag 会显示服务返回的内容，其中的密钥会隐去。",
        },
        world=World(services=served("dashscope-key", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND404"}),
    ),
    Scenario(
        "no-key",
        title={"en": "A vLLM with a key, a configuration without", "zh": "vLLM 设了密钥，配置里却没有"},
        story={
            "en": "vLLM was started with --api-key, and the configuration has none. KAG then sends the word dummy, "
            "which vLLM refuses.",
            "zh": "vLLM 启动时使用了 --api-key，而配置里没有密钥。此时 KAG 会发送 dummy 这个单词，被 vLLM 拒绝。",
        },
        world=World(services=(Service("vllm-with-key", 8000),)),
        config='{ "type": "vllm", "base_url": "http://localhost:8000/v1", "model": "qwen25-7B-chat" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND413"}),
    ),
    Scenario(
        "expired-key",
        title={"en": "A key that has expired", "zh": "过期的密钥"},
        story={
            "en": "The key was right once. The service says that it has expired, so another must be made.",
            "zh": "这个密钥曾经有效。服务说它已过期，需要新建一个。",
        },
        world=World(services=served("expired-key", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND414"}),
    ),
    # KAG#47
    Scenario(
        "key-that-is-never-sent",
        title={"en": "A key that KAG never sends", "zh": "KAG 从不发送的密钥"},
        story={
            "en": "Type vllm of KAG 0.6 sends no key, whatever the configuration says, and this vLLM wants one. "
            "Type maas sends it, with a base_url that ends before the call.",
            "zh": "KAG 0.6 的 vllm 类型无论配置写什么都不发送密钥，而这个 vLLM 需要密钥。maas 类型会发送，base_url "
            "写到接口路径之前为止。",
        },
        world=World(services=served("gateway-with-key", 16000)),
        kag_version="0.6",
        file_name="kag_config.yaml",
        config=_chat("cloudtop-gest-1.5b-instruct")
        .replace("maas", "vllm")
        .replace("8000/v1", "16000/v1/chat/completions"),
        expect_exit=1,
        expect_codes=frozenset({"ND415"}),
    ),
    # KAG#629, openspg#573
    Scenario(
        "key-that-kag-wants",
        title={"en": "KAG wants a key that Ollama does not", "zh": "Ollama 不需要密钥，KAG 却需要"},
        story={
            "en": "The embedding model has no api_key, since Ollama needs none. KAG 0.8 fails without one, before "
            "anything is sent; any word will do.",
            "zh": "嵌入模型没有写 api_key，因为 Ollama 不需要。KAG 0.8 没有它就会在发送之前失败，随便写一个单词即可。",
        },
        world=World(services=(OLLAMA,)),
        config='{ "vectorizer": { "type": "openai", "base_url": "http://localhost:11434/v1", "model": "bge-m3" } }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND408"}),
    ),
    Scenario(
        "empty-key",
        title={"en": "An empty key that looks like a dead network", "zh": "空密钥，看起来像网络故障"},
        story={
            "en": "KAG 0.6 makes a header of the empty key that no HTTP client sends, and reports a connection "
            "error. "
            "Nothing was ever sent.",
            "zh": "KAG 0.6 用空密钥生成的请求头任何 HTTP 客户端都不会发送，于是报告连接错误。其实什么都没有发出。",
        },
        world=World(services=(Service("ollama", 11434, models=("bge-m3:latest",)),)),
        kag_version="0.6",
        config=VECTORS.replace("EMPTY", ""),
        expect_exit=1,
        expect_codes=frozenset({"ND411"}),
    ),
    Scenario(
        "out-of-credit",
        title={"en": "DeepSeek's balance is used up", "zh": "DeepSeek 余额用完"},
        story={
            "en": "The key is right, and the provider answers 402: the balance is insufficient. "
            "No address and no key helps, only money.",
            "zh": "密钥是对的，服务商返回 402：余额不足。换地址或换写法都没有用，只能充值。",
        },
        world=World(services=served("deepseek-balance", 8000)),
        file_name="kag_config.yaml",
        config=_chat("deepseek-chat"),
        expect_exit=1,
        expect_codes=frozenset({"ND418"}),
    ),
    Scenario(
        "in-arrears",
        title={"en": "An account of DashScope in arrears", "zh": "百炼账户欠费"},
        story={
            "en": "DashScope answers 400, a status that means a malformed request elsewhere, and the code Arrearage. "
            "The request was right.",
            "zh": "百炼返回 400，这个状态在别处表示请求有误，错误代码却是 Arrearage。请求本身没有问题。",
        },
        world=World(services=served("dashscope-arrearage", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND418"}),
    ),
    Scenario(
        "out-of-quota",
        title={"en": "OpenAI's quota is used up", "zh": "OpenAI 额度用完"},
        story={
            "en": "The status is 429, as for too many requests, but waiting does not help: the quota of the account "
            "is used up.",
            "zh": "状态是 429，与请求过多相同，但等待没有用：账户的额度已经用完。",
        },
        world=World(services=served("openai-quota", 8000)),
        file_name="kag_config.yaml",
        config=_chat("gpt-4o-mini"),
        expect_exit=1,
        expect_codes=frozenset({"ND418"}),
    ),
    Scenario(
        "balance-behind-403",
        title={"en": "SiliconFlow's balance is used up", "zh": "硅基流动余额用完"},
        story={
            "en": "SiliconFlow answers 403, which elsewhere means a key without rights. Its own number, 30001, "
            "says that the balance is what is missing.",
            "zh": "硅基流动返回 403，这在别处表示密钥没有权限。它自己的代码 30001 说明缺的是余额。",
        },
        world=World(services=served("siliconflow-balance", 8000)),
        file_name="kag_config.yaml",
        config=_chat("Qwen/Qwen2.5-7B-Instruct"),
        expect_exit=1,
        expect_codes=frozenset({"ND418"}),
    ),
    Scenario(
        "model-not-opened",
        title={"en": "A model that the account may not use", "zh": "账户无权使用的模型"},
        story={
            "en": "The provider knows key and model, and refuses: the model was never opened for this workspace.",
            "zh": "服务商认识密钥和模型，却拒绝了请求：该业务空间没有开通这个模型。",
        },
        world=World(services=served("dashscope-access", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-max"),
        expect_exit=1,
        expect_codes=frozenset({"ND419"}),
    ),
    Scenario(
        "model-mistyped",
        title={"en": "A model's name with a letter missing", "zh": "模型名称少了一个字母"},
        story={
            "en": "The provider has no gpt-4o-mni. It lists its models, and one of them is a letter away.",
            "zh": "服务商没有 gpt-4o-mni。它列出的模型中有一个只差一个字母。",
        },
        world=World(services=served("openai-model", 8000)),
        file_name="kag_config.yaml",
        config=_chat("gpt-4o-mni"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    Scenario(
        "list-behind-a-key",
        title={"en": "A provider that lists its models only for a key", "zh": "需要密钥才列出模型的服务商"},
        story={
            "en": "DeepSeek says that the model does not exist, and nothing more; its list wants a key. "
            "It has just been sent the key, so it is asked with it, and the nearest name is shown.",
            "zh": "DeepSeek 只说模型不存在，列出模型则需要密钥。密钥刚刚已经发给它，因此带着密钥询问，"
            "并显示最接近的名称。",
        },
        world=World(services=served("deepseek-model", 8000)),
        file_name="kag_config.yaml",
        config=_chat("deepseek-chta"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    Scenario(
        "too-many-requests",
        title={"en": "Too many requests, and how long to wait", "zh": "请求过多，以及需要等多久"},
        story={
            "en": "The provider has had enough requests of this key for now, and says in a header how long to wait. "
            "netdiag shows that.",
            "zh": "服务商暂时不再接受该密钥的请求，并在响应头里说明要等多久。netdiag 会显示出来。",
        },
        world=World(services=served("rate-limited", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND417"}),
    ),
    Scenario(
        "overloaded",
        title={"en": "A provider under load", "zh": "过载的服务商"},
        story={
            "en": "The service answers 503 and asks to be left alone for twenty seconds. Nothing is wrong with the "
            "configuration.",
            "zh": "服务返回 503，并要求等待二十秒。配置没有问题。",
        },
        world=World(services=served("overloaded", 8000)),
        file_name="kag_config.yaml",
        config=_chat("deepseek-chat"),
        expect_exit=1,
        expect_codes=frozenset({"ND417"}),
    ),
    # KAG#665
    Scenario(
        "context-too-small",
        title={"en": "KAG 0.8 asks for more than the model takes", "zh": "KAG 0.8 请求的 token 超过模型上限"},
        story={
            "en": "KAG 0.8 always asks for 8192 tokens of answer, and this model takes 8192 in all. "
            "A curl by hand works, since it asks for none. The setting and its value are named.",
            "zh": "KAG 0.8 总是请求 8192 个 token 的回答，而这个模型总共只有 8192。手工 curl 可以成功，"
            "因为它没有提出这个要求。netdiag 会给出设置及其数值。",
        },
        world=World(services=served("context-8192", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen3-32b"),
        expect_exit=1,
        expect_codes=frozenset({"ND420"}),
    ),
    Scenario(
        "small-vllm",
        title={"en": "A vLLM with a short context", "zh": "上下文很短的 vLLM"},
        story={
            "en": "This vLLM takes 256 tokens, and KAG 0.8 asks for 8192. It says so in words of its own, "
            "which are understood as well.",
            "zh": "这个 vLLM 只接受 256 个 token，而 KAG 0.8 请求 8192 个。它的说法不同，但同样可以理解。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config='{ "type": "vllm", "base_url": "http://localhost:8000/v1", "model": "qwen25-7B-chat" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND420"}),
    ),
    Scenario(
        "field-nobody-knows",
        title={"en": "A field that OpenAI does not know", "zh": "OpenAI 不认识的字段"},
        story={
            "en": "KAG 0.8 sends chat_template_kwargs with every call, which vLLM needs and a strict provider "
            "refuses. "
            "The field is named, and what keeps it away.",
            "zh": "KAG 0.8 每次调用都带上 chat_template_kwargs，vLLM 需要它，而严格的服务商会拒绝。netdiag "
            "会指出该字段以及去掉它的办法。",
        },
        world=World(services=served("no-template-field", 8000)),
        file_name="kag_config.yaml",
        config=_chat("gpt-4o-mini"),
        expect_exit=1,
        expect_codes=frozenset({"ND421"}),
    ),
    Scenario(
        "tools-that-are-null",
        title={"en": "KAG 0.7 and a strict gateway", "zh": "KAG 0.7 与严格的网关"},
        story={
            "en": "KAG 0.7 sends tools with the value null. A strict gateway wants a list and refuses with 422.",
            "zh": "KAG 0.7 会发送值为 null 的 tools。严格的网关要求列表，以 422 拒绝。",
        },
        world=World(services=served("no-tools-field", 8000)),
        kag_version="0.7",
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND421"}),
    ),
    Scenario(
        "request-refused",
        title={"en": "A request that is refused for what it asks", "zh": "因内容而被拒绝的请求"},
        story={
            "en": "The service reads the request and refuses it for a reason of its own. "
            "netdiag has no word for the reason and shows the service's.",
            "zh": "服务读取了请求，却以自己的理由拒绝。netdiag 没有对应的说法，因此显示服务的原话。",
        },
        world=World(services=served("content-filter", 8000)),
        file_name="kag_config.yaml",
        config=_chat("qwen-plus"),
        expect_exit=1,
        expect_codes=frozenset({"ND405"}),
    ),
)
