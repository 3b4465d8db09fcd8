"""Scenarios about the whole configuration: the models answer, and KAG fails for want of something else."""

from typing import Final

from netdiag.lab.scenarios.configurations import PROJECT, at
from netdiag.lab.topology import Scenario, Service, World

_OLLAMA: Final = Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest"))

_WITHOUT: Final = PROJECT.replace("vectorizer: *vectorize_model\n", "")
_ELSEWHERE: Final = PROJECT.replace("http://127.0.0.1:8887", "http://172.17.0.1:8887")

_OTHER_KEY: Final = """\
{ "chat_llm": { "type": "openai", "base_url": "http://localhost:11434/v1", "apiKey": "none", "model": "qwen2.5:3b" } }
"""

_MERGED_FILE: Final = """\
{ "chat_llm.base_url": "http://localhost:11434/v1", "chat_llm.api_key": "none",
  "vectorize_model.type": "openai", "vectorize_model.base_url": "http://localhost:11434/v1",
  "vectorize_model.api_key": "none", "vectorize_model.model": "bge-m3:latest" }
"""

_OF_OPENAI: Final = """\
OPENAI_BASE_URL=http://localhost:11434/v1
OPENAI_API_KEY=none
OPENAI_CHAT_MODEL=qwen2.5:3b
OPENAI_EMBEDDING_MODEL=bge-m3:latest
"""

_SHARED: Final = """\
local: &local
  type: openai
  base_url: http://localhost:11434/v1
  api_key: none
  model: bge-m3:latest

vectorize_model: *local
vectorizer: *local
"""

SCENARIOS: Final = (
    Scenario(
        "no-vectorizer",
        title={"en": "No vectorizer", "zh": "没有 vectorizer"},
        story={
            "en": "Both models answer, but the line `vectorizer: *vectorize_model` of KAG's example was left out. "
            "KAG then fails with words that name nothing of it. netdiag says which line is missing.",
            "zh": "两个模型都能应答，但漏掉了 KAG 示例中的 `vectorizer: *vectorize_model` 这一行。"
            "KAG 会失败，而显示的文字并不说明原因。netdiag 会指出缺少哪一行。",
        },
        world=World(services=(_OLLAMA,)),
        file_name="kag_config.yaml",
        config=_WITHOUT,
        expect_exit=1,
        expect_config=at("172.17.0.1", _WITHOUT),
        expect_codes=frozenset({"ND563"}),
    ),
    Scenario(
        "server-of-the-project",
        title={"en": "A project whose server is away", "zh": "项目的服务器没有运行"},
        story={
            "en": "The models answer, but nobody does at the OpenSPG server that the project names. "
            "netdiag says so and leaves that address alone.",
            "zh": "模型能够应答，但项目所写的 OpenSPG 服务器没有应答。netdiag 会指出这一点，不修改那个地址。",
        },
        world=World(services=(_OLLAMA,)),
        file_name="kag_config.yaml",
        config=_ELSEWHERE,
        expect_exit=0,
        expect_config=at("172.17.0.1", _ELSEWHERE),
        expect_codes=frozenset({"ND569"}),
    ),
    Scenario(
        "key-spelt-otherwise",
        title={"en": "A key spelt as in another program", "zh": "键名是其他程序的写法"},
        story={
            "en": "The configuration says baseUrl, as other programs have it, and KAG reads no such key. "
            "The address is found all the same, and told with the right spelling.",
            "zh": "配置里写的是其他程序使用的 baseUrl，而 KAG 不读取这个键。netdiag 仍会找出可用的地址，"
            "并给出正确的写法。",
        },
        world=World(services=(_OLLAMA,)),
        config='{ "chat_llm": { "type": "ollama", "baseUrl": "http://localhost:11434", "model": "qwen2.5:3b" } }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND564"}),
    ),
    Scenario(
        "key-that-is-passed-over",
        title={"en": "A key that is passed over", "zh": "被忽略的键"},
        story={
            "en": "The key is written as apiKey, which KAG does not read. Ollama wants none, so all works, "
            "and netdiag mentions it.",
            "zh": "密钥写成了 apiKey，而 KAG 不读取它。Ollama 不需要密钥，因此一切正常，netdiag 会提示这一点。",
        },
        world=World(services=(_OLLAMA,)),
        config=_OTHER_KEY,
        expect_exit=0,
        expect_config=at("172.17.0.1", _OTHER_KEY),
        expect_codes=frozenset({"ND566"}),
    ),
    Scenario(
        "client-type",
        title={"en": "The dialect of KAG 0.5", "zh": "KAG 0.5 的写法"},
        story={
            "en": "The configuration was written for KAG 0.5, which called the type client_type. "
            "Newer versions do not read that; netdiag says what to write and proves it.",
            "zh": "配置是为 KAG 0.5 写的，当时 type 叫作 client_type。新版本不读取它；"
            "netdiag 会给出应写的内容并加以验证。",
        },
        world=World(services=(_OLLAMA,)),
        config='{ "llm": { "client_type": "maas", "base_url": "http://localhost:11434/v1", "api_key": "none",'
        ' "model": "qwen2.5:3b" } }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND564"}),
    ),
    Scenario(
        "no-base-url",
        title={"en": "No base_url at all", "zh": "完全没有 base_url"},
        story={
            "en": "Type ollama works without a base_url on the computer of who wrote it, since Ollama's client has a "
            "default. In a container that default is the container itself.",
            "zh": "在编写者的电脑上，ollama 类型不写 base_url 也能用，因为 Ollama 的客户端有默认值。"
            "在容器里，这个默认值指的是容器自己。",
        },
        world=World(services=(_OLLAMA,)),
        file_name="kag_config.yaml",
        config="chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n",
        expect_exit=1,
        expect_codes=frozenset({"ND565"}),
    ),
    Scenario(
        "variables-of-a-service",
        title={"en": "Variables that name the service", "zh": "以服务命名的环境变量"},
        story={
            "en": "A .env has the variables of OpenAI's client, beside which nobody writes a type. "
            "The service is the host's Ollama; its address is proven for both models and written.",
            "zh": ".env 里是 OpenAI 客户端的环境变量，不会另外写类型。服务是宿主机上的 Ollama："
            "它的地址会针对两个模型进行验证并写入。",
        },
        world=World(services=(_OLLAMA,)),
        file_name=".env",
        config=_OF_OPENAI,
        expect_exit=0,
        expect_config=at("172.17.0.1", _OF_OPENAI),
    ),
    Scenario(
        "model-without-a-variable",
        title={"en": "Variables without a model", "zh": "没有写明模型的环境变量"},
        story={
            "en": "The .env names a service and no model, and KAG's call needs one. "
            "netdiag says which variable to set.",
            "zh": ".env 写明了服务，但没有写模型，而 KAG 的调用需要模型。netdiag 会指出应设置的变量。",
        },
        world=World(services=(_OLLAMA,)),
        file_name=".env",
        config="OPENAI_BASE_URL=http://172.17.0.1:11434/v1\nOPENAI_API_KEY=none\n",
        expect_exit=1,
        expect_codes=frozenset({"ND408"}),
    ),
    Scenario(
        "file-that-is-merged",
        title={"en": "A file that is merged into another", "zh": "合并到另一个文件的文件"},
        story={
            "en": "Flat keys replace single values of a kag_config.yaml. What one of the models lacks here "
            "may be there, so that one is not called; the other has all and is repaired.",
            "zh": "扁平的键用来替换 kag_config.yaml 中的个别值。其中一个模型在这里缺少的值可能在那个文件里，"
            "因此不调用它；另一个模型的值齐全，会被修复。",
        },
        world=World(services=(_OLLAMA,)),
        config=_MERGED_FILE,
        expect_exit=1,
        expect_config=_MERGED_FILE.replace(
            '"vectorize_model.base_url": "http://localhost', '"vectorize_model.base_url": "http://172.17.0.1'
        ),
        expect_codes=frozenset({"ND567"}),
    ),
    Scenario(
        "used-for-vectors",
        title={"en": "An anchor that says nothing", "zh": "名称无意义的锚点"},
        story={
            "en": "The model is written once, under a name of the user's own, and KAG takes it for vectors "
            "by an alias. So it is asked for vectors.",
            "zh": "模型只写了一次，名称是用户自己起的，KAG 通过别名把它用作嵌入模型。因此对它进行的是嵌入调用。",
        },
        world=World(services=(Service("ollama", 11434, models=("bge-m3:latest",)),)),
        file_name="kag_config.yaml",
        config=_SHARED,
        expect_exit=0,
        expect_config=at("172.17.0.1", _SHARED),
    ),
)
