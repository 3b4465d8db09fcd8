"""Scenarios about what people type: names, ports, schemes and quotes that look right."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Fault, Scenario, Service, World

_ANY: Final = "0.0.0.0"  # noqa: S104 - what users write
_COMPOSE: Final = """\
services:
  ollama:
    image: ollama/ollama
    environment:
      - OLLAMA_HOST={value}
"""
_UNIT: Final = """\
[Service]
ExecStart=/usr/local/bin/ollama serve
Environment=“OLLAMA_HOST=0.0.0.0:11434”
"""

SCENARIOS: Final = (
    # anything-llm#1215
    Scenario(
        "mistyped-name",
        title={"en": "A letter missing in host.docker.interal", "zh": "host.docker.interal 少了一个字母"},
        story={
            "en": "A letter is missing in the name that every guide names, so no name server knows it. "
            "netdiag says which name was meant.",
            "zh": "教程里的那个名称少写了一个字母，没有域名服务器认识它。netdiag 会指出本来想写的名称。",
        },
        world=World(services=(OLLAMA,)),
        config=at("host.docker.interal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND430"}),
    ),
    Scenario(
        "mistyped-localhost",
        title={"en": "A localhost with its letters swapped", "zh": "字母顺序写错的 localhost"},
        story={
            "en": "The host is written lcoalhost, which is a name like any other and nobody's. "
            "With localhost netdiag would find the address that works.",
            "zh": "主机写成了 lcoalhost，这只是一个无人使用的普通名称。写对 localhost 之后，netdiag "
            "就能找出可用的地址。",
        },
        world=World(services=(OLLAMA,)),
        config=at("lcoalhost", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND430"}),
    ),
    # open-webui#7189, wandb/openui#181, KAG#310
    Scenario(
        "name-of-another-platform",
        title={"en": "Docker Desktop's name on Linux", "zh": "在 Linux 上使用 Docker Desktop 的名称"},
        story={
            "en": "The configuration came from a Mac and says host.docker.internal, a name that nobody gives on "
            "Linux "
            "unless extra_hosts does. The address of the gateway is proven and written in its place.",
            "zh": "配置来自一台 Mac，写的是 host.docker.internal，而在 Linux 上除非设置 extra_hosts，"
            "否则没有这个名称。网关的地址经过验证后写入。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(OLLAMA,)),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    # dify#20856
    Scenario(
        "name-of-another-network",
        title={"en": "The name of a container on another network", "zh": "另一个网络中容器的名称"},
        story={
            "en": "The base_url has the name of the Ollama container of another compose project. On this network "
            "nobody knows it. An Ollama on the host answers; that is told, and not written, since it may be "
            "another one.",
            "zh": "base_url 写的是另一个 compose 项目里 Ollama 容器的名称。这个网络里没有人认识它，"
            "而宿主机上有一个 Ollama 有回答；netdiag 会告知，但不写入，因为它可能是另一个。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(OLLAMA,)),
        config=at("ollama", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND224"}),
    ),
    # KAG#524
    Scenario(
        "one-slash",
        title={"en": "http:/ with one slash", "zh": "http:/ 只有一个斜杠"},
        story={
            "en": "An answer that others copy has http:/ with one slash. No client can use it, and nothing is "
            "called; "
            "netdiag shows how it is written right.",
            "zh": "有一个被多人复制的回答把 http:// 写成了一个斜杠。任何客户端都无法使用，因此不会发出请求；"
            "netdiag 会给出正确的写法。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace("http://", "http:/"),
        expect_exit=1,
        expect_codes=frozenset({"ND503"}),
    ),
    Scenario(
        "full-width-colon",
        title={"en": "A colon typed with a Chinese keyboard", "zh": "用中文输入法输入的冒号"},
        story={
            "en": "The colon before the port is a full-width one. It looks the same in many fonts, and is no colon "
            "to any client.",
            "zh": "端口前面的冒号是全角的。在许多字体里看起来一样，但对客户端来说它不是冒号。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace(":11434", "：11434"),
        expect_exit=1,
        expect_codes=frozenset({"ND503"}),
    ),
    Scenario(
        "two-faults-in-a-url",
        title={"en": "Two slips in one URL", "zh": "一个网址里有两处笔误"},
        story={
            "en": "The scheme lacks a letter, and the name too. What netdiag suggests has both mended.",
            "zh": "协议少写了一个字母，主机名也少了一个。netdiag 给出的写法把两处都改正了。",
        },
        world=World(services=(OLLAMA,)),
        config=at("host.docker.intermal", CHAT).replace("http://", "htp://"),
        expect_exit=1,
        expect_codes=frozenset({"ND503"}),
    ),
    Scenario(
        "placeholder-address",
        title={"en": "An example's placeholder", "zh": "示例里的占位符"},
        story={
            "en": "The base_url was copied from a guide, and <your-ip> is still in it. With localhost in its place "
            "netdiag finds the rest.",
            "zh": "base_url 是从教程复制的，里面还留着 <your-ip>。换成 localhost，其余由 netdiag 找出。",
        },
        world=World(services=(OLLAMA,)),
        config=at("<your-ip>", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND518"}),
    ),
    Scenario(
        "swapped-digits",
        title={"en": "11343 in place of 11434", "zh": "11434 写成了 11343"},
        story={
            "en": "The port was typed from memory, and its digits are mixed up. The host refuses it, as it refuses "
            "any port where nobody listens. netdiag names both causes.",
            "zh": "端口是凭记忆输入的，数字写颠倒了。宿主机拒绝了连接，就像拒绝任何没有监听的端口一样。"
            "两种原因都会说明。",
        },
        world=World(services=(OLLAMA,)),
        config=CHAT.replace("11434", "11343"),
        expect_exit=1,
        expect_codes=frozenset({"ND201", "ND511"}),
    ),
    Scenario(
        "another-port-without-the-model",
        title={"en": "Ollama on port 21434, without the model", "zh": "Ollama 在端口 21434 上，但没有该模型"},
        story={
            "en": "Ollama was given port 21434, which looks like 11434 mistyped, and answers there from the host. "
            "A port at which somebody answers is no slip: only the model is missing.",
            "zh": "Ollama 使用了端口 21434，看起来像是把 11434 写错了，而它确实在宿主机上应答。"
            "有服务应答的端口不是笔误：缺少的只是模型。",
        },
        world=World(services=(Service("ollama", 21434, models=("bge-m3:latest",)),)),
        config=CHAT.replace("11434", "21434"),
        expect_exit=1,
        expect_codes=frozenset({"ND403"}),
    ),
    Scenario(
        "swapped-digits-behind-a-firewall",
        title={"en": "A port that looks mistyped, and is dropped", "zh": "看似写错、而数据包被丢弃的端口"},
        story={
            "en": "Port 11344 looks like 11434, and packets to it are dropped by a rule of its own. "
            "Nobody refused it, so it is not called a slip: the rule is the cause.",
            "zh": "端口 11344 与 11434 相似，而防火墙有专门的规则丢弃发往它的数据包。"
            "没有被拒绝，就不说是笔误：原因是这条规则。",
        },
        world=World(services=(Service("ollama", 11344, drop=True),)),
        config=CHAT.replace("11434", "11344"),
        expect_exit=1,
        expect_codes=frozenset({"ND209"}),
    ),
    Scenario(
        "refused-beside-a-firewall",
        title={"en": "Refused at one address, dropped at another", "zh": "一个地址拒绝，另一个丢弃"},
        story={
            "en": "The compose network's gateway refuses, since Ollama listens on 127.0.0.1 only, and what goes to "
            "docker0's address is dropped. Each address is told with its own cause.",
            "zh": "compose 网络的网关拒绝连接，因为 Ollama 只监听 127.0.0.1，而发往 docker0 地址的数据包被丢弃。"
            "拒绝只针对它自己的地址，另一个地址给出它自己的原因。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(Service("ollama", 11434, listen="127.0.0.1"),),
            faults=(Fault("drop", None, "172.17.0.1"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    # dify#2854
    Scenario(
        "listening-address",
        title={"en": "0.0.0.0 as the address to call", "zh": "把 0.0.0.0 当作访问地址"},
        story={
            "en": "The base_url has the address that Ollama was told to listen on. In the container 0.0.0.0 is the "
            "container itself, so it is replaced like localhost.",
            "zh": "base_url 写成了让 Ollama 监听的地址。在容器里 0.0.0.0 就是容器自己，因此和 localhost 一样被替换。",
        },
        world=World(services=(OLLAMA,)),
        config=at(_ANY, CHAT),
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "listening-address-and-nobody",
        title={"en": "0.0.0.0, and nobody listens", "zh": "写了 0.0.0.0，又没有服务在监听"},
        story={
            "en": "The base_url says 0.0.0.0, and Ollama listens on the host's loopback only. Both are told: "
            "the one is a misunderstanding, the other is what stops it.",
            "zh": "base_url 写的是 0.0.0.0，而 Ollama 只监听宿主机的回环地址。两点都会说明：前者是误解，后者才是障碍。",
        },
        world=World(services=(Service("ollama", 11434, listen="127.0.0.1"),)),
        config=at(_ANY, CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND201", "ND513"}),
    ),
    # openspg#588
    Scenario(
        "https-to-ollama",
        title={"en": "https to Ollama's port", "zh": "用 https 访问 Ollama 的端口"},
        story={
            "en": "The base_url says https, and Ollama speaks no TLS. Here it does not run either, so the port is "
            "refused before that shows; both are told.",
            "zh": "base_url 写的是 https，而 Ollama 不支持 TLS。这里它也没有运行，所以在此之前端口就被拒绝了："
            "两点都会说明。",
        },
        world=World(),
        config=CHAT.replace("http://", "https://"),
        expect_exit=1,
        expect_codes=frozenset({"ND201", "ND512"}),
    ),
    Scenario(
        "listens-on-port-80",
        title={"en": "OLLAMA_HOST with a scheme", "zh": "OLLAMA_HOST 带上了协议"},
        story={
            "en": "The compose file gives Ollama OLLAMA_HOST=http://0.0.0.0. With a scheme and no port Ollama "
            "listens "
            "on port 80, where nobody looks for it.",
            "zh": "compose 文件给 Ollama 设置了 OLLAMA_HOST=http://0.0.0.0。带协议而不带端口时，Ollama 监听 80 "
            "端口，没有人会去那里找它。",
        },
        world=World(),
        file_name="docker-compose.yml",
        config=_COMPOSE.format(value="http://0.0.0.0"),
        expect_exit=78,
        expect_codes=frozenset({"ND515", "ND544"}),
    ),
    Scenario(
        "listens-nowhere",
        title={"en": "OLLAMA_HOST with a star", "zh": "OLLAMA_HOST 写成了星号"},
        story={
            "en": "A star means every address elsewhere. Ollama takes it for a name, finds none, and does not start.",
            "zh": "在别处星号表示所有地址。Ollama 却把它当作名称，找不到就无法启动。",
        },
        world=World(),
        file_name="ollama.env",
        config="OLLAMA_HOST=*\n",
        expect_exit=78,
        expect_codes=frozenset({"ND514"}),
    ),
    Scenario(
        "listens-on-its-own-loopback",
        title={"en": "An Ollama container that only it can reach", "zh": "只有自己能访问的 Ollama 容器"},
        story={
            "en": "The compose file tells the Ollama container to listen on 127.0.0.1. That is the container's own "
            "loopback; nobody else ever reaches it.",
            "zh": "compose 文件让 Ollama 容器监听 127.0.0.1。那是该容器自己的回环地址，其他容器永远无法访问。",
        },
        world=World(),
        file_name="docker-compose.yml",
        config=_COMPOSE.format(value="127.0.0.1"),
        expect_exit=78,
        expect_codes=frozenset({"ND516", "ND544"}),
    ),
    # ollama#7892
    Scenario(
        "curly-quotes",
        title={"en": "Quotes from a web page", "zh": "从网页复制的引号"},
        story={
            "en": "The line for Ollama's unit was copied from a page whose quotes are curly. systemd ignores it, and "
            "Ollama goes on listening on 127.0.0.1 only.",
            "zh": "Ollama 服务单元里的这一行是从网页复制的，引号是弯的。systemd 会忽略它，Ollama 仍然只监听 "
            "127.0.0.1。",
        },
        world=World(),
        file_name="ollama.service",
        config=_UNIT,
        expect_exit=78,
        expect_codes=frozenset({"ND517"}),
    ),
)
