"""Scenarios about configured names that are none of the host's: other platforms', containers', providers'."""

from dataclasses import replace
from typing import Final

from netdiag.lab.scenarios.addresses import OUTSIDE, PLACE, PROVIDER, SERVED
from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Manners, Scenario, Service, World

_BESIDE: Final = replace(
    PLACE,
    services=(Service("ollama", 11434, listen="172.18.0.5"),),
    beside=((COMPOSE.bridge, "172.18.0.5/16"),),
    names=(("172.18.0.5", "ollama"),),
)
"""Another container on the network, which Docker's name server knows as ``ollama``."""

RUNNER: Final = '{ "type": "maas", "base_url": "http://model-runner.docker.internal/v1", "model": "qwen2.5:3b" }\n'
_KEYED: Final = (
    '{ "type": "maas", "base_url": "http://localhost:11434/v1", "model": "qwen2.5:3b", '
    '"api_key": "sk-lab-invented-key" }\n'
)
_AT_WORK: Final = '{ "type": "maas", "base_url": "http://llm.example.lan:8000/v1", "model": "m", "api_key": "EMPTY" }\n'

_NAME_SERVERS: Final[tuple[tuple[Manners, str, str, str, str], ...]] = (
    ("silent", "does not answer", "没有回应", "ND228", "ND106"),
    ("refused", "refuses", "拒绝回答", "ND228", "ND108"),
    ("closed", "is not there", "不存在", "ND228", "ND109"),
    ("no-address", "gives no addresses", "不给出地址", "ND228", "ND113"),
    ("fake-ip", "invents addresses (fake-ip)", "编造地址（fake-ip）", "ND229", "ND115"),
    ("null-address", "blocks the name", "屏蔽该名称", "ND229", "ND116"),
    ("answers-everything", "answers every name", "对所有名称都给出地址", "ND229", "ND114"),
)
"""How a name server answers, in words, and the codes for the endpoint and for the server."""

SCENARIOS: Final = (
    Scenario(
        "model-runner-of-desktop",
        title={"en": "Docker Desktop's model runner on Linux", "zh": "在 Linux 上使用 Docker Desktop 的模型运行器名称"},
        story={
            "en": "model-runner.docker.internal is a name of Docker Desktop's. On a Docker Engine the runner "
            "listens on "
            "port 12434 of the host, where it answers.",
            "zh": "model-runner.docker.internal 是 Docker Desktop 的名称。在 Docker Engine 上，"
            "模型运行器监听宿主机的 12434 端口，在那里有回答。",
        },
        world=replace(PLACE, services=(Service("ollama", 12434),)),
        config=RUNNER,
        expect_exit=1,
        expect_codes=frozenset({"ND225"}),
    ),
    Scenario(
        "model-runner-named",
        title={"en": "Docker Engine's model runner, named", "zh": "指定 Docker Engine 的模型运行器"},
        story={
            "en": "The same with `--host`: address and port of the runner are written.",
            "zh": "同样的情况，加上 `--host`：写入模型运行器的地址和端口。",
        },
        world=replace(PLACE, services=(Service("ollama", 12434),)),
        config=RUNNER,
        options=("--host", "172.17.0.1"),
        expect_exit=0,
        expect_config=RUNNER.replace("model-runner.docker.internal", "172.17.0.1:12434"),
    ),
    Scenario(
        "model-runner-not-there",
        title={"en": "Docker Desktop's model runner, and none here", "zh": "使用模型运行器的名称，而这里没有运行"},
        story={
            "en": "The same where no runner listens: netdiag says where it would be, and how to install it.",
            "zh": "同样的情况，但没有模型运行器在监听：netdiag 会指出它应在的位置以及如何安装。",
        },
        world=PLACE,
        config=RUNNER,
        expect_exit=1,
        expect_codes=frozenset({"ND225"}),
    ),
    Scenario(
        "container-gone",
        title={"en": "The name of a container that is gone", "zh": "已不存在的容器的名称"},
        story={
            "en": "The base_url has the name of a container that no longer runs, and on the host nothing listens. "
            "netdiag says how to see it and how to connect it.",
            "zh": "base_url 写的是一个已不再运行的容器的名称，宿主机上也没有服务在监听。"
            "netdiag 会说明如何查看和接入该容器。",
        },
        world=PLACE,
        config=at("my-ollama", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND226"}),
    ),
    Scenario(
        "container-on-the-default-bridge",
        title={"en": "A container's name on Docker's default bridge", "zh": "在 Docker 默认网桥上使用容器名称"},
        story={
            "en": "On Docker's default bridge containers have no names, whatever runs there. "
            "A network of its own gives them names.",
            "zh": "在 Docker 的默认网桥上，无论运行着什么，容器都没有名称。自定义网络才有名称。",
        },
        world=World(),
        config=at("ollama-server", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND226"}),
    ),
    Scenario(
        "container-with-a-usual-name",
        title={"en": "Ollama in another container", "zh": "另一个容器里的 Ollama"},
        story={
            "en": "The base_url says localhost, and Ollama runs in a container beside, which Docker's name "
            "server knows "
            "as ollama. That it answers is told; it is written where the user names it.",
            "zh": "base_url 写的是 localhost，而 Ollama 运行在旁边的容器里，Docker 的域名服务器把它叫作 "
            "ollama。netdiag 会告知它有回答；用户指定之后才写入。",
        },
        world=_BESIDE,
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND227"}),
    ),
    Scenario(
        "container-with-a-usual-name-and-a-key",
        title={"en": "Ollama in another container, and a key", "zh": "另一个容器里的 Ollama，以及密钥"},
        story={
            "en": "The same with a key, which no container is sent for its name alone. "
            "That it accepts connections is told.",
            "zh": "同样的情况，但配置了密钥：不会仅凭名称就把密钥发送给容器。",
        },
        world=_BESIDE,
        config=_KEYED,
        expect_exit=1,
        expect_codes=frozenset({"ND227"}),
    ),
    Scenario(
        "container-named",
        title={"en": "Ollama in another container, named", "zh": "指定另一个容器里的 Ollama"},
        story={
            "en": "The user names it, and it is written. Then the key is sent there, too.",
            "zh": "用户指定了它，于是写入。之后密钥也会发送到那里。",
        },
        world=_BESIDE,
        config=_KEYED,
        options=("--host", "ollama"),
        expect_exit=0,
        expect_config=at("ollama", _KEYED),
    ),
    Scenario(
        "container-by-another-name",
        title={"en": "A container that has another name", "zh": "名称不同的容器"},
        story={
            "en": "The base_url names a container that is gone; one by the usual name answers on the same port. "
            "netdiag tells of it and writes nothing.",
            "zh": "base_url 写的容器已不存在；一个使用常见名称的容器在同一端口上有回答。netdiag 会告知，但不写入。",
        },
        world=_BESIDE,
        config=at("my-ollama", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND227"}),
    ),
    Scenario(
        "provider-unknown",
        title={"en": "A provider's name that no name server knows", "zh": "域名服务器不认识的服务商名称"},
        story={
            "en": "The name server works and does not know the provider's name. "
            "The name is misspelt, or only other name servers know it.",
            "zh": "域名服务器工作正常，但不认识服务商的名称。名称写错了，或者只有其他域名服务器认识它。",
        },
        world=SERVED,
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND228"}),
    ),
    Scenario(
        "provider-pinned",
        title={"en": "A provider's address of yesterday in /etc/hosts", "zh": "/etc/hosts 中服务商的旧地址"},
        story={
            "en": "An extra_hosts line pins the provider's name to an address that leads nowhere by now; the name "
            "server knows another one. "
            "The pinned line wins for every program.",
            "zh": "extra_hosts 把服务商的名称固定到一个已失效的地址，而域名服务器给出的是另一个地址。"
            "所有程序都以固定的那一行为准。",
        },
        world=replace(PLACE, names=OUTSIDE, hosts=(("203.0.113.99", "api.siliconflow.cn"),)),
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND118", "ND289"}),
    ),
    Scenario(
        "private-name-unknown",
        title={"en": "A name of another network", "zh": "另一个网络的名称"},
        story={
            "en": "The name is one of a private network, and only that network's name servers know it. "
            "The container's name server says that there is no such name.",
            "zh": "这是某个私有网络的名称，只有那里的域名服务器认识它。容器的域名服务器回答没有这个名称。",
        },
        world=PLACE,
        config=_AT_WORK,
        expect_exit=1,
        expect_codes=frozenset({"ND228"}),
    ),
    *(
        Scenario(
            f"provider-name-server-{manners}",
            title={"en": f"A provider, and a name server that {does}", "zh": f"使用服务商，而域名服务器{zh}"},
            story={
                "en": f"The base_url has a provider's name, and the container's name server {does}. "
                "netdiag tells what is wrong with the server beside the name that fails.",
                "zh": f"base_url 写的是服务商的名称，而容器的域名服务器{zh}。"
                "netdiag 会同时指出域名服务器的问题和无法解析的名称。",
            },
            world=replace(SERVED, names=OUTSIDE, manners=manners),
            config=PROVIDER,
            expect_exit=1,
            expect_codes=frozenset({code, of_server}),
        )
        for manners, does, zh, code, of_server in _NAME_SERVERS
    ),
    *(
        Scenario(
            f"loopback-called-{name.replace('.', '-')}",
            title={"en": f"localhost, called {name}", "zh": f"写作 {name} 的 localhost"},
            story={
                "en": f"{name} is a name of the loopback address: the container itself, as localhost is.",
                "zh": f"{name} 是回环地址的名称：和 localhost 一样，指容器自己。",
            },
            world=replace(SERVED, hosts=hosts),
            config=at(name, CHAT),
            expect_exit=0,
            expect_config=at("172.18.0.1", CHAT),
        )
        for name, hosts in (
            ("ip6-localhost", (("::1", "ip6-localhost"), ("::1", "ip6-loopback"))),
            ("localhost.localdomain", ()),
            ("0", ()),
        )
    ),
    Scenario(
        "container-gone-port-on-the-host",
        title={"en": "A container that is gone, and its port on the host", "zh": "容器已不存在，而端口在宿主机上"},
        story={
            "en": "The container of that name is gone, and Ollama now runs on the host itself. "
            "It answers at the gateway, which is told.",
            "zh": "该名称的容器已不存在，Ollama 现在运行在宿主机上。它在网关上有回答，netdiag 会告知。",
        },
        world=replace(PLACE, services=(OLLAMA,)),
        config=at("my-ollama", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND224"}),
    ),
)
