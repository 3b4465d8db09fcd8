"""Scenarios about a configured address that works: it is called first, given its time, and nothing is changed."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, PROJECT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Fault, Network, Scenario, Service, World

_DESKTOP: Final = (Network("vm0", gateway="192.168.65.254/24", container="192.168.65.3/24"),)
_DESKTOP_NAMES: Final = (("192.168.65.254", "host.docker.internal"), ("192.168.65.1", "gateway.docker.internal"))

SCENARIOS: Final = (
    Scenario(
        "name-in-the-hosts-network",
        title={"en": "A host's name in the host's own network", "zh": "在宿主机网络中使用宿主机名称"},
        story={
            "en": "The container was started with --network host and --add-host host.docker.internal:host-gateway. "
            "Ollama listens on docker0's address only, so localhost is refused: the configured name works and stays.",
            "zh": "容器启动时使用了 --network host 和 --add-host host.docker.internal:host-gateway。"
            "Ollama 只监听 docker0 的地址，localhost 会被拒绝：配置的名称可用，保持不变。",
        },
        world=World(
            host_network=True,
            services=(Service("ollama", 11434, listen="172.17.0.1"),),
            hosts=(("172.17.0.1", "host.docker.internal"),),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
        expect_codes=frozenset({"ND102"}),
    ),
    Scenario(
        "pinned-name-of-another-platform",
        title={"en": "A pinned name of another platform", "zh": "固定了另一个平台的名称"},
        story={
            "en": "The compose file pins host.k3d.internal, which no Docker Engine knows by itself, and it leads to "
            "Ollama. Which names a platform has does not matter to a name that works.",
            "zh": "compose 文件固定了 host.k3d.internal，Docker Engine 本身并不提供这个名称，而它通往 Ollama。"
            "名称只要可用，平台本来提供哪些名称就无关紧要。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            hosts=(("172.18.0.1", "host.k3d.internal"),),
        ),
        config=at("host.k3d.internal", CHAT),
        expect_exit=0,
    ),
    Scenario(
        "slow-name-server",
        title={"en": "A name server that takes its time", "zh": "应答较慢的域名服务器"},
        story={
            "en": "Docker Desktop's name server answers after 100 ms, as behind a VPN, while the gateway answers at "
            "once. The configured host.docker.internal works and is waited for, so nothing is changed.",
            "zh": "Docker Desktop 的域名服务器要 100 毫秒才应答，例如在 VPN 之后，而网关立即应答。"
            "配置的 host.docker.internal 可用，netdiag 会等它，所以什么也不改。",
        },
        world=World(
            networks=_DESKTOP,
            nameserver="192.168.65.254",
            names=_DESKTOP_NAMES,
            manners="slow",
            services=(Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3:latest")),),
        ),
        file_name="kag_config.yaml",
        config=at("host.docker.internal", PROJECT),
        expect_exit=0,
    ),
    Scenario(
        "late-name-server",
        title={"en": "A name that is known after seconds", "zh": "几秒后才能解析的名称"},
        story={
            "en": "The name server needs three seconds, longer than any connect is waited for. "
            "KAG waits that long and then works: the configured name gets the same time.",
            "zh": "域名服务器需要三秒，比等待任何连接的时间都长。KAG 会等待，然后正常工作：配置的名称得到同样的时间。",
        },
        world=World(
            networks=_DESKTOP,
            nameserver="192.168.65.254",
            names=_DESKTOP_NAMES,
            manners="late",
            services=(OLLAMA,),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
    ),
    Scenario(
        "first-packet-lost",
        title={"en": "The first packet is lost", "zh": "第一个数据包丢失"},
        story={
            "en": "The first packet of each connection to the configured host is lost, and TCP sends it again after a "
            "second; the gateway answers at once. The configured name works all the same, and is not replaced.",
            "zh": "发往配置主机的每个连接都会丢失第一个数据包，TCP 一秒后重新发送；网关则立即应答。"
            "配置的名称同样可用，不会被替换。",
        },
        world=World(
            networks=(COMPOSE, Network("br-0badf00d0bad", gateway="172.19.0.1/16", container="172.19.0.2/16")),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            hosts=(("172.19.0.1", "host.docker.internal"),),
            faults=(Fault("lose-first", 11434, "172.19.0.1"),),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
    ),
    Scenario(
        "slow-at-two-addresses",
        title={"en": "A slow model with two addresses", "zh": "一个慢模型，两个地址"},
        story={
            "en": "The compose network's gateway and docker0's address lead to the same Ollama, which has not loaded "
            "its model when time is up. It is asked once: at another address it would be as slow, and nothing is "
            "written.",
            "zh": "compose 网络的网关和 docker0 的地址通往同一个 Ollama，到时限时它还没有加载完模型。"
            "只询问一次：换一个地址一样慢，什么也不会写入。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(Service("ollama", 11434, delay_s=600.0),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND204"}),
        options=("--timeout", "0.3"),
    ),
)
