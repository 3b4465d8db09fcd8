"""Scenarios about paths and types: what KAG of one version adds to a base_url, another does not."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, VECTORS, at, served
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_BOTH: Final = Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest"))
_WITH_V1: Final = CHAT.replace("11434/", "11434/v1")
_VLLM: Final = """\
# localhost must be changed to the right name, see "reaching the host from a container"
{ "type": "vllm", "base_url": "http://localhost:8000/v1/chat/completions", "model": "qwen25-7B-chat" }
"""
_SMALL: Final = """\
{ "type": "vllm", "base_url": "http://localhost:8000/v1", "model": "qwen25-7B-chat", "max_tokens": 64 }
"""
_SERVED: Final = '{ "type": "openai", "base_url": "http://localhost:9997", "model": "qwen2.5-7b-instruct" }\n'

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
    # dify#2448
    Scenario(
        "doubled-path",
        title={"en": "The whole path, as an older KAG wanted it", "zh": "旧版 KAG 要求的完整路径"},
        story={
            "en": "The documentation still shows the base_url of KAG 0.6, with the path of the call in it. "
            "KAG 0.8 appends that path itself, so it is there twice. Host and path are corrected together.",
            "zh": "文档里仍然是 KAG 0.6 的写法，base_url 中带有接口路径。KAG 0.8 会自己加上这段路径，"
            "于是它出现了两次。主机和路径一起改正。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config=_SMALL.replace("/v1", "/v1/chat/completions"),
        expect_exit=0,
        expect_config=at("172.17.0.1", _SMALL),
    ),
    Scenario(
        "v1-twice",
        title={"en": "/v1 written twice", "zh": "/v1 写了两次"},
        story={
            "en": "Somebody was told to add /v1 and did, though it was there. vLLM knows no /v1/v1.",
            "zh": "有人按建议加上了 /v1，可是原来就有。vLLM 不认识 /v1/v1。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config=_SMALL.replace("/v1", "/v1/v1"),
        expect_exit=0,
        expect_config=at("172.17.0.1", _SMALL),
    ),
    Scenario(
        "embeddings-in-the-path",
        title={"en": "A base_url that ends in /embeddings", "zh": "以 /embeddings 结尾的 base_url"},
        story={
            "en": "The vectorizer's base_url ends in the path of the call, which KAG appends itself. "
            "Without it the call succeeds, so it goes.",
            "zh": "向量化配置的 base_url 以接口路径结尾，而 KAG 会自己加上它。去掉之后调用成功，因此改正。",
        },
        world=World(services=(_BOTH,)),
        config=VECTORS.replace("/v1", "/v1/embeddings"),
        expect_exit=0,
        expect_config=at("172.17.0.1", VECTORS),
    ),
    Scenario(
        "generate-in-the-path",
        title={"en": "The default of KAG 0.5", "zh": "KAG 0.5 的默认值"},
        story={
            "en": "KAG 0.5 shipped a base_url that ends in /api/generate, to which it appends /api/generate. "
            "It never worked; without that it does.",
            "zh": "KAG 0.5 自带的 base_url 以 /api/generate 结尾，而它又会加上 /api/generate。这从来没有成功过，"
            "去掉之后就可以了。",
        },
        world=World(services=(OLLAMA,)),
        kag_version="0.5",
        config=CHAT.replace("11434/", "11434/api/generate"),
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT.replace("11434/", "11434")),
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
    # ragflow#711, openspg#470
    Scenario(
        "v1-missing",
        title={"en": "A /v1 too few, behind a web interface", "zh": "少了 /v1，而服务带有网页界面"},
        story={
            "en": "A server with a web interface shows its page for every path that it does not know, with success. "
            "KAG then says that 'str' has no attribute 'choices'. With /v1 at the end the call succeeds.",
            "zh": "带网页界面的服务会对不认识的路径返回页面，而且状态是成功。此时 KAG 会说 'str' 没有属性 "
            "'choices'。末尾加上 /v1 之后调用成功。",
        },
        world=World(services=served("page-but-v1", 9997)),
        config=_SERVED,
        expect_exit=0,
        expect_config=at("172.17.0.1", _SERVED).replace("9997", "9997/v1"),
    ),
    # open-webui#3571
    Scenario(
        "lm-studio-without-v1",
        title={"en": "LM Studio without /v1", "zh": "没有写 /v1 的 LM Studio"},
        story={
            "en": "LM Studio answers a path it does not have with 200 and an error in the text. netdiag reads the "
            "text, "
            "adds /v1 and proves it.",
            "zh": "对于不存在的路径，LM Studio 返回 200，错误写在正文里。netdiag 读出正文，加上 /v1 并加以验证。",
        },
        world=World(services=served("lm-studio", 1234)),
        config=_SERVED.replace("9997", "1234"),
        expect_exit=0,
        expect_config=at("172.17.0.1", _SERVED).replace("9997", "1234/v1"),
    ),
    Scenario(
        "page-for-every-path",
        title={"en": "A gateway that shows a page for every call", "zh": "对每次调用都返回网页的网关"},
        story={
            "en": "What answers lists its models like a model service, and shows a web page for the chat call, "
            "with and without /v1. Where its API is cannot be seen from here.",
            "zh": "应答者像模型服务一样列出模型，却对对话接口返回网页，加不加 /v1 都一样。从这里看不出它的接口在哪里。",
        },
        world=World(services=served("page-everywhere", 3000)),
        config=_SERVED.replace("9997", "3000/v1"),
        expect_exit=1,
        expect_codes=frozenset({"ND425"}),
    ),
    Scenario(
        "path-and-model",
        title={"en": "Two faults in one line", "zh": "一行里有两处错误"},
        story={
            "en": "The path has a /v1 too many, and the model was never pulled. With the path corrected the call "
            "gets "
            "further and shows the second fault; both are told.",
            "zh": "路径多了 /v1，模型也没有下载。改正路径后，调用走得更远，显示出第二个错误：两处都会说明。",
        },
        world=World(services=(OLLAMA,)),
        config=_WITH_V1.replace("qwen2.5:3b", "qwen2.5:7b"),
        expect_exit=1,
        expect_codes=frozenset({"ND402", "ND403"}),
    ),
    Scenario(
        "type-named-after-the-server",
        title={"en": "A type named after the server", "zh": "把服务的名称写成了类型"},
        story={
            "en": "KAG has no type xinference; what speaks OpenAI's API has type openai. netdiag makes the call with "
            "that type and says what has been proven, but writes no types.",
            "zh": "KAG 没有 xinference 类型，兼容 OpenAI 接口的服务都使用 openai 类型。netdiag "
            "用该类型调用并说明结果，但不会改写类型。",
        },
        world=World(services=served("page-but-v1", 9997)),
        config=_SERVED.replace("9997", "9997/v1").replace('"openai"', '"xinference"'),
        expect_exit=1,
        expect_codes=frozenset({"ND507"}),
    ),
    # KAG#572b
    Scenario(
        "ollama-embeddings-before-0-8",
        title={"en": "Embeddings of type ollama in KAG 0.7", "zh": "KAG 0.7 中类型为 ollama 的嵌入模型"},
        story={
            "en": "Until 0.8 KAG has no embedding type ollama. Type openai with /v1 reaches the same Ollama, which "
            "netdiag proves; both the type and the path have to change.",
            "zh": "0.8 之前，KAG 的嵌入模型没有 ollama 类型。使用 openai 类型并加上 /v1 可以访问同一个 Ollama，"
            "netdiag 已验证：类型和路径都要改。",
        },
        world=World(services=(_BOTH,)),
        kag_version="0.7",
        config=VECTORS.replace('"openai"', '"ollama"').replace("/v1", "/"),
        expect_exit=1,
        expect_codes=frozenset({"ND507"}),
    ),
    # KAG#463, KAG#257
    Scenario(
        "type-that-calls-nobody",
        title={"en": "Type bge_m3 for a model on Ollama", "zh": "用 bge_m3 类型访问 Ollama 上的模型"},
        story={
            "en": "bge_m3 looks like the name of the model, but is KAG's type for one that it loads itself; the "
            "base_url is never used. With type openai and /v1 the call is proven.",
            "zh": "bge_m3 看起来像模型名称，其实是 KAG 自己加载模型的类型，base_url 不会被使用。改为 openai "
            "类型并加上 /v1 后，调用已得到验证。",
        },
        world=World(services=(_BOTH,)),
        config=VECTORS.replace('"openai"', '"bge_m3"').replace("/v1", ""),
        expect_exit=1,
        expect_codes=frozenset({"ND508"}),
    ),
    # openspg#520
    Scenario(
        "type-and-path",
        title={"en": "A wrong type and a wrong path at once", "zh": "类型和路径同时写错"},
        story={
            "en": "The type calls nobody, and the base_url ends in /embeddings. curl in the container works, which "
            "proves nothing about either. Both faults are told, with the two lines that were proven.",
            "zh": "类型不会调用任何服务，base_url 又以 /embeddings 结尾。容器里的 curl 可以成功，"
            "但这两处它都说明不了。两处错误都会指出，并给出验证过的两行。",
        },
        world=World(services=(_BOTH,)),
        kag_version="0.6",
        config=VECTORS.replace('"openai"', '"bge_m3"').replace("/v1", "/v1/embeddings"),
        expect_exit=1,
        expect_codes=frozenset({"ND508"}),
    ),
    # KAG#543, KAG#187
    Scenario(
        "azure-type",
        title={"en": "The type that always fails", "zh": "总是失败的类型"},
        story={
            "en": "KAG 0.8 has a type azure_openai for chat, and fails whenever it makes one. It is no fault of the "
            "network; Azure has an address that speaks OpenAI's API.",
            "zh": "KAG 0.8 有用于对话的 azure_openai 类型，但每次创建都会失败。这与网络无关，Azure 另有兼容 OpenAI "
            "接口的地址。",
        },
        world=World(services=(OLLAMA,)),
        config='{ "type": "azure_openai", "base_url": "http://localhost:11434", "model": "gpt-4o" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND509"}),
    ),
    Scenario(
        "type-nobody-knows",
        title={"en": "A type that means nothing", "zh": "没有意义的类型"},
        story={
            "en": "The type is a word that KAG does not know and that is like none of its own. "
            "netdiag lists those it knows, and guesses nothing.",
            "zh": "类型写成了 KAG 不认识、也不像任何已知类型的单词。netdiag 列出 KAG 认识的类型，不做猜测。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace('"ollama"', '"my-company"'),
        expect_exit=1,
        expect_codes=frozenset({"ND407"}),
    ),
    # KAG#719, KAG#641
    Scenario(
        "no-type",
        title={"en": "The type was left out", "zh": "没有写类型"},
        story={
            "en": "There is a base_url and a model, but no type. KAG says that it finds no setting for key name, "
            "which is not the name of anything in the file.",
            "zh": "配置里有 base_url 和 model，却没有 type。KAG 会说找不到键 name 的设置，而文件里根本没有叫 name "
            "的东西。",
        },
        world=World(services=(OLLAMA,)),
        config='{ "base_url": "http://localhost:11434/v1", "model": "qwen2.5:3b" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND408"}),
    ),
)
