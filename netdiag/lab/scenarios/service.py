"""Scenarios about the model service: the way is clear, and what is at its end decides."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, VECTORS, at, served
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_RERANK: Final = """\
rerank_model:
  type: maas
  base_url: http://localhost:8080/v1/rerank
  api_key: sk-lab-invented-key
  model: m
"""

SCENARIOS: Final = (
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
        "says-it-is-loading",
        title={"en": "llama.cpp says that it is loading", "zh": "llama.cpp 说它正在加载"},
        story={
            "en": "llama.cpp's server is reached while it reads a large model from the disk, and answers 503 to "
            "everything. Neither address nor configuration is wrong, so nothing is written; a minute later it works.",
            "zh": "llama.cpp 的服务可以访问，但它还在从磁盘读取大模型，对所有请求都返回 503。"
            "地址和配置都没有错，所以什么也不会写入；一分钟后就能使用。",
        },
        world=World(services=served("llama-cpp-loading", 8080)),
        config='{ "type": "openai", "base_url": "http://localhost:8080/v1", "model": "qwen2.5-7b" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND416"}),
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
    # KAG#313, openspg#455
    Scenario(
        "model-named-as-elsewhere",
        title={"en": "A model named as on Hugging Face", "zh": "使用了 Hugging Face 上的模型名称"},
        story={
            "en": "The configuration asks for BAAI/bge-m3; Ollama has that very model, but calls it bge-m3:latest. "
            "netdiag names the one that is near, and the command that gives it the other name as well.",
            "zh": "配置要的是 BAAI/bge-m3，Ollama 里正有这个模型，只是名称为 bge-m3:latest。"
            "netdiag 会指出相近的名称，以及让它同时使用另一个名称的命令。",
        },
        world=World(services=(Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest")),)),
        config=VECTORS.replace("bge-m3:latest", "BAAI/bge-m3"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    Scenario(
        "blank-after-the-model",
        title={"en": "A blank after the model's name", "zh": "模型名称后面多了一个空格"},
        story={
            "en": "The model's name was copied with a blank at its end, and Ollama says that a model is required. "
            "Nobody sees the blank, so netdiag shows the name in quotes.",
            "zh": "复制模型名称时末尾多了一个空格，Ollama 回答说必须指定模型。空格肉眼看不见，所以 netdiag "
            "会给名称加上引号。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace("qwen2.5:3b", "qwen2.5:3b "),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    # ollama#3041
    Scenario(
        "no-models-at-all",
        title={"en": "An Ollama without models", "zh": "没有任何模型的 Ollama"},
        story={
            "en": "After it was made a system service Ollama listens on all addresses, and has lost every model. "
            "It runs as another user now, whose directory is empty.",
            "zh": "改为系统服务之后，Ollama 监听了所有地址，却丢失了全部模型。它现在以另一个用户运行，"
            "而那个用户的目录是空的。",
        },
        world=World(services=served("ollama-empty", 11434)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND427"}),
    ),
    # ollama#9920, dify#8184
    Scenario(
        "ollama-too-old",
        title={"en": "An Ollama from before embeddings", "zh": "版本过旧、没有嵌入接口的 Ollama"},
        story={
            "en": "The path of the base_url is right, and Ollama says 404 all the same: its release is from before "
            "/v1/embeddings. Only a newer Ollama helps.",
            "zh": "base_url 的路径是对的，Ollama 却返回 404：它的版本还没有 /v1/embeddings。只有升级 Ollama 才能解决。",
        },
        world=World(services=served("ollama-old", 11434)),
        kag_version="0.7",
        config=VECTORS,
        expect_exit=1,
        expect_codes=frozenset({"ND426"}),
    ),
    Scenario(
        "chat-model-for-embeddings",
        title={"en": "A chat model asked for vectors", "zh": "让对话模型计算向量"},
        story={
            "en": "The vectorizer names a chat model. Ollama has it and says that it computes no embeddings.",
            "zh": "向量化配置里写的是对话模型。Ollama 有这个模型，但说它不支持计算向量。",
        },
        world=World(services=served("ollama-cannot-embed", 11434)),
        config=VECTORS.replace("bge-m3:latest", "gemma3:4b"),
        expect_exit=1,
        expect_codes=frozenset({"ND422"}),
    ),
    Scenario(
        "vllm-without-embeddings",
        title={"en": "A vLLM that was started for chat", "zh": "以对话模型启动的 vLLM"},
        story={
            "en": "The vectorizer points at the vLLM that serves the chat model. It has no /v1/embeddings at all, "
            "so it says 404 although the path is right.",
            "zh": "向量化配置指向了运行对话模型的 vLLM。它根本没有 /v1/embeddings，所以路径正确也返回 404。",
        },
        world=World(services=(Service("vllm", 8000),)),
        config=VECTORS.replace("11434", "8000").replace("bge-m3:latest", "qwen25-7B-chat"),
        expect_exit=1,
        expect_codes=frozenset({"ND422"}),
    ),
    Scenario(
        "embedding-model-for-chat",
        title={"en": "An embedding model asked to chat", "zh": "让嵌入模型对话"},
        story={
            "en": "The chat model of the configuration is bge-m3. Ollama has it, and says that it does not chat.",
            "zh": "配置里的对话模型写成了 bge-m3。Ollama 有这个模型，但说它不支持对话。",
        },
        world=World(services=served("ollama-cannot-chat", 11434)),
        config=CHAT.replace("qwen2.5:3b", "bge-m3"),
        expect_exit=1,
        expect_codes=frozenset({"ND423"}),
    ),
    Scenario(
        "ollama-busy",
        title={"en": "Ollama's queue is full", "zh": "Ollama 的队列已满"},
        story={
            "en": "Ollama is reached and refuses: more requests are waiting than it keeps. The address is right, "
            "so the remedy is time, or a longer queue.",
            "zh": "可以访问到 Ollama，但它拒绝了请求：排队的请求超过上限。地址没有错，需要等待，或者加长队列。",
        },
        world=World(services=served("ollama-busy", 11434)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND417"}),
    ),
    Scenario(
        "out-of-memory",
        title={"en": "The model does not fit into memory", "zh": "内存放不下模型"},
        story={
            "en": "Ollama is reached and fails with 500: the model needs more memory than the machine has free. "
            "No address would change that.",
            "zh": "可以访问到 Ollama，但它返回 500：模型需要的内存超过了机器的空闲内存。换任何地址都没有用。",
        },
        world=World(services=served("ollama-memory", 11434)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND458"}),
    ),
    Scenario(
        "cloud-model-signed-out",
        title={"en": "A cloud model, and nobody signed in", "zh": "云端模型，但没有登录"},
        story={
            "en": "The model runs in Ollama's cloud. Ollama answers 401 and a page to sign in at: it wants an account "
            "of its own, not a key of KAG's.",
            "zh": "该模型在 Ollama 云端运行。Ollama 返回 401 和登录地址：它需要自己的账户，而不是 KAG 的密钥。",
        },
        world=World(services=served("ollama-cloud", 11434)),
        config=CHAT.replace("qwen2.5:3b", "gpt-oss:120b-cloud"),
        expect_exit=1,
        expect_codes=frozenset({"ND464"}),
    ),
    Scenario(
        "sglang-without-embeddings",
        title={"en": "An SGLang that was started for chat", "zh": "以对话模型启动的 SGLang"},
        story={
            "en": "SGLang has the path and says with which option it has to be started to compute vectors.",
            "zh": "SGLang 有这个接口，并说明要计算向量必须用哪个选项启动。",
        },
        world=World(services=served("sglang-cannot-embed", 30000)),
        config=VECTORS.replace("11434", "30000").replace("bge-m3:latest", "m"),
        expect_exit=1,
        expect_codes=frozenset({"ND422"}),
    ),
    Scenario(
        "llama-cpp-without-reranking",
        title={"en": "A llama.cpp without reranking", "zh": "没有启用重排序的 llama.cpp"},
        story={
            "en": "The rerank model is on a llama.cpp that was started without the option for it, which it names.",
            "zh": "重排序模型在 llama.cpp 上，但启动时没有加上它所说明的选项。",
        },
        world=World(services=served("llama-cpp-cannot-rerank", 8080)),
        file_name="kag_config.yaml",
        config=_RERANK,
        expect_exit=1,
        expect_codes=frozenset({"ND465"}),
    ),
    Scenario(
        "chat-model-for-reranking",
        title={"en": "A model that is no reranker", "zh": "不是重排序模型"},
        story={
            "en": "text-embeddings-inference serves an embedding model, and says that it is not a re-ranker.",
            "zh": "text-embeddings-inference 提供的是嵌入模型，它说明这不是重排序模型。",
        },
        world=World(services=served("tei-cannot-rerank", 8080)),
        file_name="kag_config.yaml",
        config=_RERANK,
        expect_exit=1,
        expect_codes=frozenset({"ND465"}),
    ),
    Scenario(
        "login-in-the-base-url",
        title={"en": "A login in the base_url", "zh": "写在 base_url 中的登录信息"},
        story={
            "en": "nginx in front of the service wants a user name and a password, and both stand in the base_url: "
            "KAG's client sends them, at the right address as well.",
            "zh": "服务前面的 nginx 要求用户名和密码，两者都写在 base_url 中："
            "KAG 的客户端会发送它们，改为正确的地址后也一样。",
        },
        world=World(services=served("nginx-login", 8080)),
        config='{ "type": "maas", "base_url": "http://kag:invented@localhost:8080/v1", "model": "m" }\n',
        expect_exit=0,
        expect_config='{ "type": "maas", "base_url": "http://kag:invented@172.17.0.1:8080/v1", "model": "m" }\n',
    ),
    Scenario(
        "login-that-type-ollama-does-not-send",
        title={"en": "A login that type ollama does not send", "zh": "ollama 类型不会发送的登录信息"},
        story={
            "en": "nginx before Ollama wants a login. KAG's type ollama sends none, whatever the base_url says; "
            "another type does.",
            "zh": "Ollama 前面的 nginx 要求登录。无论 base_url 怎么写，KAG 的 ollama 类型都不发送；其他类型会发送。",
        },
        world=World(services=served("nginx-login", 11434)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND463"}),
    ),
    Scenario(
        "host-name-refused",
        title={"en": "A name that Ollama does not answer to", "zh": "Ollama 不接受的主机名"},
        story={
            "en": "The container shares the host's network, and a line in /etc/hosts gives its loopback a name of "
            "its own. Ollama listens on loopback only and then answers few names: it says 403 and nothing more.",
            "zh": "容器使用宿主机网络，/etc/hosts 给回环地址另起了名称。"
            "Ollama 只监听回环地址，此时只接受少数名称：它返回 403，没有任何说明。",
        },
        world=World(
            host_network=True,
            services=(Service("ollama", 11434, listen="127.0.0.1"),),
            hosts=(("127.0.0.1", "dockerhost"),),
        ),
        config=at("dockerhost", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND102", "ND409"}),
    ),
    Scenario(
        "origin-refused",
        title={"en": "A proxy in front of Ollama adds an origin", "zh": "Ollama 前面的代理加上了 Origin"},
        story={
            "en": "A reverse proxy before Ollama hands on an Origin header, and Ollama refuses it with a 403 that "
            "says nothing. The host name is one that Ollama accepts, so it cannot be the host name.",
            "zh": "Ollama 前面的反向代理带上了 Origin 头，Ollama 用没有任何说明的 403 拒绝。"
            "主机名是 Ollama 接受的，所以问题不在主机名。",
        },
        world=World(services=served("ollama-origin", 11434)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND424"}),
    ),
    Scenario(
        "unreadable-answer",
        title={"en": "An answer without a choice", "zh": "没有内容的回答"},
        story={
            "en": "A gateway answers with success and an empty list where the model's words should be. "
            "KAG cannot read that, so it is no proof.",
            "zh": "网关返回成功，但本应是模型回答的地方是空列表。KAG 无法读取，因此不能作为验证。",
        },
        world=World(services=served("empty-choices", 8000)),
        config='{ "type": "maas", "base_url": "http://localhost:8000/v1", "model": "qwen-plus", "api_key": "none" }\n',
        expect_exit=1,
        expect_codes=frozenset({"ND410"}),
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
    Scenario(
        "web-interface-port",
        title={"en": "The port of Open WebUI", "zh": "写成了 Open WebUI 的端口"},
        story={
            "en": "The base_url has the port of the web interface instead of Ollama's. The page answers some of "
            "Ollama's own questions, and is told apart all the same.",
            "zh": "base_url 写成了网页界面的端口，而不是 Ollama 的端口。这个页面也能回答 Ollama 的某些问题，"
            "但仍然可以区分开来。",
        },
        world=World(services=served("open-webui", 3000)),
        config=CHAT.replace("11434", "3000"),
        expect_exit=1,
        expect_codes=frozenset({"ND401"}),
    ),
    Scenario(
        "openspg-port",
        title={"en": "OpenSPG's own port", "zh": "写成了 OpenSPG 自己的端口"},
        story={
            "en": "The base_url has port 8887, where OpenSPG's server itself answers. It says 404 in the way of "
            "Spring, by which it is known.",
            "zh": "base_url 写成了 8887 端口，那里应答的是 OpenSPG 服务器自己。它以 Spring 的方式返回 404，"
            "因此可以认出来。",
        },
        world=World(services=served("openspg-server", 8887)),
        config=CHAT.replace("11434", "8887"),
        expect_exit=1,
        expect_codes=frozenset({"ND401"}),
    ),
    Scenario(
        "neo4j-port",
        title={"en": "The port of Neo4j", "zh": "写成了 Neo4j 的端口"},
        story={
            "en": "The base_url has the port of Neo4j's browser. It answers with its version, so it can be named.",
            "zh": "base_url 写成了 Neo4j 浏览器的端口。它会返回自己的版本，因此可以说出它是什么。",
        },
        world=World(services=served("neo4j-browser", 7474)),
        config=CHAT.replace("11434", "7474"),
        expect_exit=1,
        expect_codes=frozenset({"ND401"}),
    ),
)
