"""Scenarios about --network host in a virtual machine: what runs on the user's computer is not at localhost."""

from dataclasses import replace
from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, PROJECT, at
from netdiag.lab.topology import Scenario, Service, World

_COMPUTER: Final = "192.168.65.254"
"""The user's computer as Docker Desktop's virtual machine knows it."""

_LIMAS: Final = "192.168.5.2"
_OLLAMA: Final = Service("ollama", 11434, listen=_COMPUTER, models=("qwen2.5:3b", "bge-m3:latest"))
_DESKTOP: Final = World(
    host_network=True,
    kernel="6.12.72-linuxkit",
    beyond=(_COMPUTER,),
    names=((_COMPUTER, "host.docker.internal"), ("192.168.65.1", "gateway.docker.internal")),
    services=(_OLLAMA,),
)

SCENARIOS: Final = (
    Scenario(
        "host-network-of-a-machine",
        title={"en": "Docker Desktop's host network", "zh": "Docker Desktop 的宿主机网络"},
        story={
            "en": "The container was started with --network host, and Ollama runs on the user's computer. The network "
            "is that of Docker Desktop's virtual machine, so localhost is refused; the platform's name leads out.",
            "zh": "容器是用 --network host 启动的，Ollama 运行在用户的电脑上。这里的网络属于 Docker Desktop "
            "的虚拟机，所以 localhost 拒绝连接；平台提供的名称可以通往电脑。",
        },
        world=_DESKTOP,
        file_name="kag_config.yaml",
        config=PROJECT,
        expect_exit=0,
        expect_config=at("host.docker.internal", PROJECT),
        expect_codes=frozenset({"ND221"}),
    ),
    Scenario(
        "host-network-of-a-machine-without-names",
        title={"en": "Docker Desktop's host network, without its names", "zh": "Docker Desktop 的宿主机网络，没有名称"},
        story={
            "en": "The same with --dns: the name server of the company knows none of Docker Desktop's names. "
            "The address that the platform gives to the computer is proven and written.",
            "zh": "情况相同，但使用了 --dns：公司的域名服务器不认识 Docker Desktop 的名称。"
            "平台分配给电脑的地址经过验证后写入。",
        },
        world=replace(_DESKTOP, names=()),
        config=CHAT,
        expect_exit=0,
        expect_config=at(_COMPUTER, CHAT),
        expect_codes=frozenset({"ND221"}),
    ),
    Scenario(
        "host-network-of-colima",
        title={"en": "Colima's host network", "zh": "Colima 的宿主机网络"},
        story={
            "en": "Colima's virtual machine has an ordinary kernel, so its host network looks like any Linux host's. "
            "At localhost nobody listens; then the name server is asked, and knows the computer.",
            "zh": "Colima 的虚拟机使用普通内核，它的宿主机网络看起来与任何 Linux 主机一样。localhost "
            "上没有服务，于是询问域名服务器，它知道电脑的地址。",
        },
        world=World(
            host_network=True,
            beyond=(_LIMAS,),
            names=((_LIMAS, "host.lima.internal"), (_LIMAS, "host.docker.internal")),
            services=(replace(_OLLAMA, listen=_LIMAS),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("host.docker.internal", CHAT),
        expect_codes=frozenset({"ND221"}),
    ),
    Scenario(
        "host-network-joined",
        title={"en": "A machine's network joined with the computer's", "zh": "虚拟机与电脑的网络相通"},
        story={
            "en": "Docker Desktop's own setting, Enable host networking, is on: localhost reaches the computer. "
            "KAG's own call shows it, and nothing is changed.",
            "zh": "Docker Desktop 的设置“Enable host networking”已打开，localhost 可以到达电脑。"
            "KAG 的实际调用证明了这一点，什么也不改。",
        },
        world=replace(_DESKTOP, services=(Service("ollama", 11434, listen="127.0.0.1"),)),
        config=CHAT,
        expect_exit=0,
        expect_codes=frozenset({"ND221"}),
    ),
    Scenario(
        "host-network-of-a-machine-and-its-name",
        title={"en": "The platform's name in a machine's network", "zh": "在虚拟机网络中使用平台的名称"},
        story={
            "en": "The configuration says host.docker.internal already, which works in the virtual machine's network "
            "as in any other. It is left as it is.",
            "zh": "配置写的已经是 host.docker.internal，它在虚拟机的网络中同样可用，保持不变。",
        },
        world=_DESKTOP,
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
        expect_codes=frozenset({"ND221"}),
    ),
    Scenario(
        "host-network-of-a-machine-and-nobody",
        title={"en": "A machine's network, and Ollama is not running", "zh": "虚拟机的网络，而 Ollama 没有运行"},
        story={
            "en": "Nobody listens on the computer, and localhost is the virtual machine: it is not said that "
            "localhost is the right address. The computer refuses, so Ollama does not run.",
            "zh": "电脑上没有服务在监听，而 localhost 是虚拟机，因此不会说 localhost 是正确的地址。"
            "电脑拒绝了连接，说明 Ollama 没有运行。",
        },
        world=replace(_DESKTOP, services=()),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND208", "ND221"}),
    ),
)
