"""Scenarios about the way to the host: which address leads there, and what stands in between."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, PROJECT, at
from netdiag.lab.topology import Network, Scenario, Service, World

COMPOSE: Final = Network("br-5eed0c0ffee0", gateway="172.18.0.1/16", container="172.18.0.2/16")
"""The bridge of a compose project: the first network after docker0's, as Docker hands them out."""

OLLAMA: Final = Service("ollama", 11434)

SCENARIOS: Final = (
    Scenario(
        "works-by-gateway",
        title={"en": "Ollama on the host, OpenSPG in a container", "zh": "Ollama 在宿主机上，OpenSPG 在容器里"},
        story={
            "en": "Ollama listens on all addresses of the host. The project's kag_config.yaml says localhost, which "
            "inside the container is the container itself. By the gateway of the default bridge it can be reached.",
            "zh": "Ollama 监听宿主机的所有地址。项目的 kag_config.yaml 写的是 localhost，"
            "而在容器里 localhost 就是容器自己。通过默认网桥的网关可以访问到 Ollama。",
        },
        world=World(services=(Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest")),)),
        file_name="kag_config.yaml",
        config=PROJECT,
        expect_exit=0,
        expect_config=at("172.17.0.1", PROJECT),
    ),
    Scenario(
        "compose-network",
        title={"en": "A network made by docker compose", "zh": "docker compose 创建的网络"},
        story={
            "en": "The container was started by docker compose, so its gateway is not the 172.17.0.1 that every guide "
            "names. The configuration is the one line that OpenSPG's page asks for.",
            "zh": "容器由 docker compose 启动，因此它的网关不是各种教程里说的 172.17.0.1。"
            "配置就是 OpenSPG 页面要求填写的那一行。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(OLLAMA,)),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    Scenario(
        "host-network",
        title={"en": "A container in the host's network", "zh": "使用宿主机网络的容器"},
        story={
            "en": "The container was started with --network host. There localhost is the host itself and works; "
            "netdiag says so and changes nothing.",
            "zh": "容器是用 --network host 启动的，localhost 就是宿主机本身，可以正常使用。"
            "netdiag 会说明这一点，不做任何修改。",
        },
        world=World(host_network=True, services=(Service("ollama", 11434, listen="127.0.0.1"),)),
        config=CHAT,
        expect_exit=0,
        expect_codes=frozenset({"ND102"}),
    ),
    Scenario(
        "two-dead-addresses",
        title={"en": "Two names that lead nowhere", "zh": "两个名字指向不存在的地址"},
        story={
            "en": "The container's /etc/hosts came from a Mac: host.docker.internal and host.containers.internal name "
            "addresses that nobody has here. All candidates are tried at once, so the dead ones delay nothing.",
            "zh": "容器的 /etc/hosts 来自一台 Mac：host.docker.internal 和 host.containers.internal "
            "指向这里不存在的地址。所有候选地址同时尝试，所以无效的地址不会耽误时间。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            hosts=(("192.168.65.254", "host.docker.internal"), ("192.168.127.254", "host.containers.internal")),
            dead=("192.168.65.254", "192.168.127.254"),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    Scenario(
        "stale-pin",
        title={"en": "A name that was pinned for another machine", "zh": "为另一台机器固定的名称"},
        story={
            "en": "An extra_hosts line pins host.docker.internal to the bridge, where nothing listens; the name server "
            "knows where the host really is. The pinned line wins for every program, so the address itself is written.",
            "zh": "extra_hosts 把 host.docker.internal 固定到了网桥，而那里没有服务；域名服务器知道宿主机真正的地址。"
            "所有程序都以固定的那一行为准，所以写入的是地址本身。",
        },
        world=World(
            networks=(COMPOSE, Network("lima0", gateway="192.168.5.2/24", container="192.168.5.15/32")),
            nameserver="127.0.0.11",
            services=(Service("ollama", 11434, listen="192.168.5.2"),),
            hosts=(("172.18.0.1", "host.docker.internal"),),
            names=(("192.168.5.2", "host.docker.internal"),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("192.168.5.2", CHAT),
        expect_codes=frozenset({"ND118"}),
    ),
    Scenario(
        "loopback-only",
        title={"en": "Ollama listens on 127.0.0.1 only", "zh": "Ollama 只监听 127.0.0.1"},
        story={
            "en": "Ollama runs on the host with its default setting and listens on 127.0.0.1 only. No address reaches "
            "it from a container, so nothing is written.",
            "zh": "Ollama 在宿主机上以默认设置运行，只监听 127.0.0.1。"
            "从容器里用任何地址都访问不到它，所以什么也不会写入。",
        },
        world=World(services=(Service("ollama", 11434, listen="127.0.0.1"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "firewall",
        title={"en": "The host's firewall drops the port", "zh": "宿主机的防火墙丢弃发往该端口的数据包"},
        story={
            "en": "Ollama listens on all addresses, but the host's firewall silently drops what comes for its port. "
            "Nobody refuses, nobody answers: a connection only times out.",
            "zh": "Ollama 监听所有地址，但宿主机的防火墙悄悄丢弃发往它端口的数据包。"
            "没有拒绝，也没有应答，连接只会超时。",
        },
        world=World(services=(Service("ollama", 11434, drop=True),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND209"}),
    ),
    Scenario(
        "host-network-and-nobody",
        title={"en": "The right address, and nobody there", "zh": "地址正确，但没有服务"},
        story={
            "en": "The container is in the host's network, where localhost is right, and Ollama was never started. "
            "netdiag names the ports on which something does listen.",
            "zh": "容器使用宿主机的网络，localhost 是正确的，但 Ollama 没有启动。netdiag 会列出正在监听的端口。",
        },
        world=World(host_network=True, services=(Service("web-page", 8000),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND102", "ND207"}),
    ),
    Scenario(
        "desktop-and-nobody",
        title={"en": "Docker Desktop, and Ollama is not running", "zh": "Docker Desktop，而 Ollama 没有运行"},
        story={
            "en": "Docker Desktop leads host.docker.internal to the host's own 127.0.0.1, so how Ollama listens does "
            "not matter there. That it is refused means that it does not run.",
            "zh": "Docker Desktop 把 host.docker.internal 转发到宿主机自己的 127.0.0.1，所以 Ollama 如何监听在那里并不"
            "重要。被拒绝说明它没有运行。",
        },
        world=World(
            networks=(Network("vm0", gateway="192.168.65.254/25", container="192.168.65.130/25"),),
            names=(("192.168.65.254", "host.docker.internal"), ("192.168.65.1", "gateway.docker.internal")),
            nameserver="192.168.65.254",
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND208"}),
    ),
    Scenario(
        "unknown-name-and-no-host",
        title={"en": "A name nobody knows, and no host", "zh": "不认识的名称，也没有宿主机"},
        story={
            "en": "The file came from a Mac and says host.docker.internal, which nobody knows on this internal "
            "network. The address that the host would have is nobody's, either: the name has to be pinned.",
            "zh": "文件来自 Mac，写的是 host.docker.internal，而这个内部网络里没有人认识它。"
            "宿主机应有的地址也没有机器使用：需要固定这个名称。",
        },
        world=World(
            networks=(Network("br-5eed0c0ffee0", gateway="172.18.0.254/16", container="172.18.0.2/16"),),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            default_route=False,
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND103", "ND127"}),
    ),
)
