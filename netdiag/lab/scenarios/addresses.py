"""Scenarios about a configured address that is none of the known ways to the host, and is told all the same."""

from dataclasses import replace
from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Fault, Network, Scenario, Service, World

_DNS: Final = "127.0.0.11"
PLACE: Final = World(networks=(COMPOSE,), nameserver=_DNS)
SERVED: Final = replace(PLACE, services=(OLLAMA,))
_FORMER: Final = at("192.168.31.80", CHAT)
_LAN: Final = (("lan0", "192.168.173.130/24"),)
_ON_LAN: Final = at("192.168.173.130", CHAT)
_KEYED: Final = (
    '{ "type": "maas", "base_url": "http://192.168.31.80:11434/v1", "model": "qwen2.5:3b", '
    '"api_key": "sk-lab-invented-key" }\n'
)
PROVIDER: Final = (
    '{ "type": "maas", "base_url": "https://api.siliconflow.cn/v1", "model": "qwen2.5:3b", '
    '"api_key": "sk-lab-invented-key" }\n'
)
OUTSIDE: Final = (("203.0.113.10", "api.siliconflow.cn"),)

SCENARIOS: Final = (
    Scenario(
        "former-address",
        title={"en": "The host's address of yesterday", "zh": "宿主机昨天的地址"},
        story={
            "en": "The base_url has the address that the router gave the host yesterday. Today nobody has it, and the "
            "service answers at the gateway. netdiag says so, and how to have it written.",
            "zh": "base_url 写的是路由器昨天分给宿主机的地址，今天已无人使用，而服务在网关上有回答。netdiag "
            "会指出这一点，以及如何写入。",
        },
        world=SERVED,
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND224"}),
    ),
    Scenario(
        "former-address-named",
        title={"en": "The host's present address, named", "zh": "指定宿主机现在的地址"},
        story={
            "en": "The same with `--host`: who names the address says what is meant, so the call is made there and the "
            "address written.",
            "zh": "同样的情况，加上 `--host`：指定地址就说明了所指的服务，因此在那里进行调用并写入该地址。",
        },
        world=SERVED,
        config=_FORMER,
        options=("--host", "172.18.0.1"),
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    Scenario(
        "former-address-with-key",
        title={"en": "An address of yesterday, and a key", "zh": "昨天的地址，以及密钥"},
        story={
            "en": "The same with a key. Nothing proves that it is meant for what listens at the gateway, so it is not "
            "sent there; that something accepts connections is told.",
            "zh": "同样的情况，但配置了密钥。没有依据表明密钥是给网关上的服务使用的，因此不发送；只告知那里接受连接。",
        },
        world=SERVED,
        config=_KEYED,
        expect_exit=1,
        expect_codes=frozenset({"ND290"}),
    ),
    Scenario(
        "former-address-with-key-named",
        title={"en": "An address of yesterday, a key, and `--host`", "zh": "昨天的地址、密钥和 `--host`"},
        story={
            "en": "Who names the address has the key sent there. The call succeeds there, and the address is written.",
            "zh": "指定地址之后，密钥才会发送到那里。调用在那里成功，于是写入该地址。",
        },
        world=SERVED,
        config=_KEYED,
        options=("--host", "172.18.0.1"),
        expect_exit=0,
        expect_config=at("172.18.0.1", _KEYED.replace("192.168.31.80", "localhost")),
    ),
    Scenario(
        "former-address-in-the-hosts-network",
        title={"en": "An address of yesterday in the host's network", "zh": "宿主机网络中的旧地址"},
        story={
            "en": "The container is in the host's network, and the address is one that the host no longer has. "
            "localhost leads to the service.",
            "zh": "容器使用宿主机的网络，而配置的是宿主机已不再拥有的地址。localhost 通往该服务。",
        },
        world=World(host_network=True, services=(OLLAMA,)),
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND102", "ND224"}),
    ),
    Scenario(
        "lan-address-port-dropped",
        title={"en": "The host's LAN address, and a firewall", "zh": "宿主机的局域网地址，以及防火墙"},
        story={
            "en": "The base_url has the host's address on its own network, and the host's firewall drops the port. A "
            "packet that may pass no router reaches that address, so it is the host's: the firewall is named.",
            "zh": "base_url 写的是宿主机在局域网中的地址，而宿主机的防火墙丢弃了该端口。"
            "不允许经过路由器的数据包也能到达，说明它就是宿主机的地址：netdiag 会指出防火墙。",
        },
        world=replace(SERVED, beside=_LAN, faults=(Fault("drop", 11434),)),
        config=_ON_LAN,
        expect_exit=1,
        expect_codes=frozenset({"ND209"}),
    ),
    Scenario(
        "lan-address-all-dropped",
        title={"en": "A host that drops all that containers send", "zh": "丢弃容器所有数据的宿主机"},
        story={
            "en": "The host's firewall drops whatever comes from containers, for its LAN address as for the gateway. "
            "The address is the host's all the same, so its firewall is named.",
            "zh": "宿主机的防火墙丢弃来自容器的一切，局域网地址和网关都一样。"
            "该地址仍是宿主机的，因此 netdiag 会指出它的防火墙。",
        },
        world=replace(SERVED, beside=_LAN, faults=(Fault("drop"),)),
        config=_ON_LAN,
        expect_exit=1,
        expect_codes=frozenset({"ND210"}),
    ),
    Scenario(
        "lan-address-rejected",
        title={"en": "The host's LAN address, and firewalld", "zh": "宿主机的局域网地址，以及 firewalld"},
        story={
            "en": "firewalld rejects the port at the host's LAN address as at the gateway, and says so. "
            "netdiag names the firewall and what lets the container through.",
            "zh": "firewalld 在局域网地址和网关上都拒绝该端口，并作出回应。netdiag 会指出防火墙以及放行的方法。",
        },
        world=replace(SERVED, beside=_LAN, icmp_limit=False, faults=(Fault("reject-icmp-admin-prohibited", 11434),)),
        config=_ON_LAN,
        expect_exit=1,
        expect_codes=frozenset({"ND212"}),
    ),
    Scenario(
        "lan-address-loopback-only",
        title={"en": "The host's LAN address, and 127.0.0.1", "zh": "宿主机的局域网地址，而服务只监听 127.0.0.1"},
        story={
            "en": "The address is the host's, and the service listens on 127.0.0.1 only. "
            "netdiag says the same as for the gateway.",
            "zh": "地址确实是宿主机的，但服务只监听 127.0.0.1。netdiag 的结论与网关的情况相同。",
        },
        world=replace(PLACE, services=(Service("ollama", 11434, listen="127.0.0.1"),), beside=_LAN),
        config=_ON_LAN,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "second-network-dropped",
        title={"en": "An address on a second network, and a firewall", "zh": "第二个网络上的地址，以及防火墙"},
        story={
            "en": "The container is on two networks, and the address lies in the one that is not its way out. Somebody "
            "has it there and drops the port: whether that is the host cannot be told, the firewall can.",
            "zh": "容器接入了两个网络，该地址属于不作为出口的那一个。那里有机器使用它并丢弃该端口："
            "无法判断是不是宿主机，但可以判断是防火墙。",
        },
        world=replace(
            SERVED,
            networks=(COMPOSE, Network("br-0badf00d0bad", gateway="192.168.173.130/24", container="192.168.173.2/24")),
            faults=(Fault("drop", 11434),),
        ),
        config=_ON_LAN,
        expect_exit=1,
        expect_codes=frozenset({"ND287"}),
    ),
    Scenario(
        "container-address-refused",
        title={"en": "Another container's address, nobody listening", "zh": "另一个容器的地址，没有服务在监听"},
        story={
            "en": "The address is that of another container on this network, which runs without the service. "
            "It answers at once, so the way there is open.",
            "zh": "地址属于同一网络中的另一个容器，但其中没有运行该服务。它立即有回应，说明路径是通的。",
        },
        world=replace(PLACE, beside=((COMPOSE.bridge, "172.18.0.5/16"),)),
        config=at("172.18.0.5", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND286"}),
    ),
    Scenario(
        "address-of-nobody",
        title={"en": "An address that nobody has", "zh": "无人使用的地址"},
        story={
            "en": "A route leads to the address on this network, and no machine answers for it; at the gateway nothing "
            "listens either. "
            "So there is no machine to wait for.",
            "zh": "有路由通往该地址，但没有机器回应；网关上也没有服务在监听。因此没有机器可以等待。",
        },
        world=replace(PLACE, dead=("192.168.31.80",)),
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND211"}),
    ),
    Scenario(
        "lan-machine-silent",
        title={"en": "A machine of the LAN that says nothing", "zh": "局域网中毫无回应的机器"},
        story={
            "en": "The host passes packets on to its network, and nothing comes back from the machine that is meant. "
            "From here a firewall and a machine that is off look the same.",
            "zh": "宿主机把数据包转发到局域网，而所指的机器毫无回应。从容器里看，防火墙和关机的机器是一样的。",
        },
        world=replace(PLACE, beside=(("lan0", "192.168.31.1/24"),), faults=(Fault("drop", None, "192.168.31.80"),)),
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND288"}),
    ),
    Scenario(
        "lan-machine-refuses",
        title={"en": "A machine of the LAN without the service", "zh": "局域网中没有运行该服务的机器"},
        story={
            "en": "Another machine has the address and refuses. It is behind the host, as packets of one hop show, so "
            "nothing is said of the host.",
            "zh": "该地址属于另一台机器，它拒绝连接。只走一跳的数据包表明它在宿主机之后，因此不对宿主机下结论。",
        },
        world=replace(
            PLACE, beside=(("lan0", "192.168.31.1/24"),), machines=(("lan0", "192.168.31.80/24"),), icmp_limit=False
        ),
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND286"}),
    ),
    Scenario(
        "lan-machine-unreachable",
        title={"en": "No way to the LAN", "zh": "没有通往局域网的路"},
        story={
            "en": "The host knows no way to the network of the address and says so; at its own addresses "
            "nothing listens. "
            "Nothing is offered, since nothing answers.",
            "zh": "宿主机不知道通往该地址所在网络的路，并作出回应；它自己的地址上也没有服务在监听。"
            "没有任何服务有回答，因此不提供其他地址。",
        },
        world=PLACE,
        config=_FORMER,
        expect_exit=1,
        expect_codes=frozenset({"ND289"}),
    ),
    Scenario(
        "provider-refuses",
        title={"en": "A provider whose port is closed", "zh": "端口关闭的服务商"},
        story={
            "en": "The provider's address answers, and refuses the connection. The host's own ports are "
            "nobody's there.",
            "zh": "服务商的地址有回应，但拒绝连接。这与宿主机的端口无关。",
        },
        world=replace(SERVED, names=OUTSIDE, beside=(("wan0", "203.0.113.10/24"),)),
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND286"}),
    ),
    Scenario(
        "provider-silent",
        title={"en": "A provider that cannot be heard", "zh": "毫无回应的服务商"},
        story={
            "en": "Packets for the provider are dropped on the way, as where only a proxy leads to the internet. "
            "What the host reaches tells which it is.",
            "zh": "发往服务商的数据包在途中被丢弃，例如只能通过代理访问互联网的网络。从宿主机测试即可分辨。",
        },
        world=replace(PLACE, names=OUTSIDE, beside=(("wan0", "203.0.113.10/24"),), faults=(Fault("drop", 443),)),
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND288"}),
    ),
    Scenario(
        "no-internet",
        title={"en": "A provider where nothing leads out", "zh": "没有外网时使用服务商"},
        story={
            "en": "The host has no way to the internet and says so at once. netdiag says where the way ends.",
            "zh": "宿主机没有通往互联网的路，并立即作出回应。netdiag 会指出路径在哪里中断。",
        },
        world=replace(PLACE, names=OUTSIDE),
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND289"}),
    ),
    Scenario(
        "no-way-out",
        title={"en": "A provider from an internal network", "zh": "在内部网络中使用服务商"},
        story={
            "en": "The container's network is internal: it has no route, and nothing is sent.",
            "zh": "容器的网络是内部网络：没有路由，什么也没有发送。",
        },
        world=replace(PLACE, names=OUTSIDE, default_route=False),
        config=PROVIDER,
        expect_exit=1,
        expect_codes=frozenset({"ND127", "ND214"}),
    ),
)
