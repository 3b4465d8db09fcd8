"""Scenarios about addresses and routes: dead ones, forbidden ones, several that end differently, and IPv6."""

from dataclasses import replace
from typing import Final

from netdiag.lab.scenarios import accepted, firewalls
from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Fault, Network, Scenario, Service, World

_LOOPBACK_ONLY: Final = Service("ollama", 11434, listen="127.0.0.1")
_EVERYWHERE: Final = Service("ollama", 11434, listen="::")
_DESKTOP: Final = "192.168.65.254"
"""The host as containers of Docker Desktop know it; elsewhere nobody has it."""

_BOTH_FAMILIES: Final = replace(COMPOSE, gateway6="fd00:5eed::1/64", container6="fd00:5eed::2/64")
_IPV6_ONLY: Final = Network("br-5eed0c0ffee6", gateway="fd00:5eed::1/64", container="fd00:5eed::2/64")
_LIMA: Final = Network("lima0", gateway="192.168.5.2/24", container="192.168.5.15/24")

_ADDRESSES: Final = (
    Scenario(
        "dead-pin",
        title={"en": "A name pinned to another machine's address", "zh": "名称被固定为另一台机器的地址"},
        story={
            "en": "The compose file pins host.docker.internal to the address that Docker Desktop uses, and here nobody "
            "has it. The gateway works and is written.",
            "zh": "compose 文件把 host.docker.internal 固定为 Docker Desktop 使用的地址，而这里没有机器拥有它。"
            "网关可用，于是写入网关。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            hosts=((_DESKTOP, "host.docker.internal"),),
            dead=(_DESKTOP,),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    Scenario(
        "dead-pin-and-loopback-only",
        title={"en": "A dead address beside a refusal", "zh": "无效地址之外还有拒绝"},
        story={
            "en": "The pinned address is nobody's, and at the gateway the host refuses, since Ollama listens on "
            "127.0.0.1 only. The refusal says what is wrong; the dead address says nothing of the host.",
            "zh": "固定的地址没有机器拥有，而在网关上宿主机拒绝了连接，因为 Ollama 只监听 127.0.0.1。"
            "拒绝说明了问题所在，无效的地址与宿主机无关。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(_LOOPBACK_ONLY,),
            hosts=((_DESKTOP, "host.docker.internal"),),
            dead=(_DESKTOP,),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "dead-pin-and-firewall",
        title={"en": "A dead address beside a firewall", "zh": "无效地址之外还有防火墙"},
        story={
            "en": "Both addresses are silent, and only the ARP table tells them apart: nobody has the pinned one, "
            "while the gateway is there and drops what is sent to it.",
            "zh": "两个地址都没有回应，只有 ARP 表能区分：固定的地址没有机器拥有，网关则在线，只是丢弃发给它的数据。"
            "原因是防火墙。",
        },
        world=World(
            services=(OLLAMA,), hosts=((_DESKTOP, "host.docker.internal"),), dead=(_DESKTOP,), faults=(Fault("drop"),)
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND210"}),
    ),
    Scenario(
        "foreign-pin",
        title={"en": "A pinned address beyond the router", "zh": "固定的地址在路由器之外"},
        story={
            "en": "The pinned address belongs to a network that the router does not know, and it says so. "
            "At the gateway the host refuses: that is the cause.",
            "zh": "固定的地址属于路由器不认识的网络，路由器也如实回应了。在网关上宿主机拒绝了连接：这才是原因。",
        },
        world=World(services=(_LOOPBACK_ONLY,), hosts=(("192.168.127.254", "host.docker.internal"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "gateway-gone",
        title={"en": "Nobody at the network's first address", "zh": "网络的第一个地址上没有机器"},
        story={
            "en": "On an internal network the host usually has the first address, and here it was given another one. "
            "Nobody answers for the first; the one that works has to be named with --host.",
            "zh": "在内部网络中，宿主机通常使用第一个地址，而这里给了它另一个。"
            "第一个地址没有机器回应，需要用 --host 指明可用的地址。",
        },
        world=World(
            networks=(replace(COMPOSE, gateway="172.18.0.254/16"),),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            default_route=False,
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND127", "ND211"}),
    ),
    Scenario(
        "other-port",
        title={"en": "Ollama was moved to another port", "zh": "Ollama 换了端口"},
        story={
            "en": "Ollama runs on the next port, because the usual one was taken. The host refuses the one that is "
            "configured, and the command that is given shows where Ollama listens.",
            "zh": "因为常用端口被占用，Ollama 运行在下一个端口上。宿主机拒绝了配置中的端口，给出的命令会显示监听情况。",
        },
        world=World(services=(Service("ollama", 11435),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "one-address-listens",
        title={"en": "Ollama listens on the default bridge", "zh": "Ollama 监听默认网桥"},
        story={
            "en": "OLLAMA_HOST names the default bridge's address, as some guides advise, and the container is on a "
            "compose network. The gateway refuses; the bridge's address works from there too.",
            "zh": "OLLAMA_HOST 按某些教程写成了默认网桥的地址，而容器在 compose 网络里。"
            "网关拒绝连接，但从那里也能访问网桥的地址。",
        },
        world=World(
            networks=(COMPOSE,), nameserver="127.0.0.11", services=(Service("ollama", 11434, listen="172.17.0.1"),)
        ),
        config=at("172.18.0.1", CHAT),
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "second-network",
        title={"en": "The second network leads to the service", "zh": "第二个网络通往服务"},
        story={
            "en": "The container is on two networks. A firewall drops the way out by the first one, and the name that "
            "is pinned leads to the host by the second, where it is open.",
            "zh": "容器连接了两个网络。防火墙丢弃了第一个网络出口的数据，而固定的名称经由第二个网络通往宿主机。"
            "那里是通的。",
        },
        world=World(
            networks=(COMPOSE, _LIMA),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            hosts=(("192.168.5.2", "host.docker.internal"),),
            faults=(Fault("drop", None, "172.18.0.1"), Fault("drop", None, "172.17.0.1")),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("host.docker.internal", CHAT),
    ),
    Scenario(
        "two-networks-refused",
        title={"en": "Refused on both networks", "zh": "两个网络都被拒绝"},
        story={
            "en": "The host can be reached by two networks and refuses on both: Ollama listens on 127.0.0.1 only. "
            "One cause is told, with what was seen at every address.",
            "zh": "经由两个网络都能到达宿主机，但都被拒绝：Ollama 只监听 127.0.0.1。"
            "只说明一个原因，并列出在每个地址上检测到的情况。",
        },
        world=World(
            networks=(COMPOSE, _LIMA),
            nameserver="127.0.0.11",
            services=(_LOOPBACK_ONLY,),
            hosts=(("192.168.5.2", "host.docker.internal"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
)

_ROUTES: Final = (
    Scenario(
        "route-unreachable",
        title={"en": "A route that declares the host unreachable", "zh": "把宿主机声明为不可达的路由"},
        story={
            "en": "Somebody added a route of type unreachable to the container. Programs see 'No route to host', as "
            "behind a firewall, but the container's own kernel says it, and nothing was sent.",
            "zh": "有人在容器里添加了一条 unreachable 类型的路由。程序看到的 'No route to host' 与防火墙造成的相同，"
            "但这是容器自己的内核说的，什么都没有发出。",
        },
        world=World(
            nameserver="127.0.0.11", services=(OLLAMA,), faults=(Fault("route-unreachable", address="172.17.0.1"),)
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND213"}),
    ),
    Scenario(
        "route-prohibit",
        title={"en": "A route that prohibits the host", "zh": "禁止访问宿主机的路由"},
        story={
            "en": "A policy keeps containers from the host by routes of type prohibit. The kernel says 'Permission "
            "denied', and no packet leaves.",
            "zh": "一项策略用 prohibit 类型的路由禁止容器访问宿主机。内核返回 'Permission denied'，没有数据包发出。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("route-prohibit", address="172.18.0.1"), Fault("route-prohibit", address="172.17.0.1")),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND213"}),
    ),
    Scenario(
        "route-blackhole",
        title={"en": "A route into a black hole", "zh": "通往黑洞的路由"},
        story={
            "en": "A blackhole route was left behind by a VPN. The kernel says 'Invalid argument', which no user would "
            "take for a route.",
            "zh": "VPN 留下了一条 blackhole 路由。内核返回 'Invalid argument'，没有人会想到是路由的问题。",
        },
        world=World(
            nameserver="127.0.0.11", services=(OLLAMA,), faults=(Fault("route-blackhole", address="172.17.0.1"),)
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND213"}),
    ),
    Scenario(
        "route-around",
        title={"en": "One address is forbidden, another works", "zh": "一个地址被禁止，另一个可用"},
        story={
            "en": "The compose network's gateway lies in a black hole, and the configuration names it. "
            "The default bridge's address leads to the same host and is written.",
            "zh": "compose 网络的网关落在黑洞里，而配置写的正是它。默认网桥的地址通往同一台宿主机，于是写入它。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("route-blackhole", address="172.18.0.1"),),
        ),
        config=at("172.18.0.1", CHAT),
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "no-network",
        title={"en": "A container without a network", "zh": "没有网络的容器"},
        story={
            "en": "The container was started with --network none, and its user names the address that guides advise. "
            "There is no route to it, nor to any other; the command that gives it a network is shown.",
            "zh": "容器是用 --network none 启动的，用户指明了教程推荐的地址。"
            "没有通往它的路由，也没有其他路由；会给出接入网络的命令。",
        },
        world=World(networks=(), nameserver="", services=(OLLAMA,)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND104", "ND110", "ND214"}),
        options=("--host", "172.17.0.1"),
    ),
)

_IPV6: Final = (
    Scenario(
        "ipv6-instead",
        title={"en": "IPv6 works where IPv4 is dropped", "zh": "IPv4 被丢弃，IPv6 可用"},
        story={
            "en": "The firewall has rules for IPv4 and none for IPv6, and the network has both. The gateway's IPv6 "
            "address answers KAG's own call and is written in brackets.",
            "zh": "防火墙只有 IPv4 规则，没有 IPv6 规则，而网络两者都有。"
            "网关的 IPv6 地址回答了 KAG 的调用，以方括号形式写入。",
        },
        world=World(
            networks=(_BOTH_FAMILIES,),
            nameserver="127.0.0.11",
            services=(_EVERYWHERE,),
            faults=(Fault("drop", None, "172.18.0.1"), Fault("drop", None, "172.17.0.1")),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("[fd00:5eed::1]", CHAT),
    ),
    Scenario(
        "ipv6-only",
        title={"en": "A network with IPv6 alone", "zh": "只有 IPv6 的网络"},
        story={
            "en": "The container's network has no IPv4. The gateway's IPv6 address is the only one of the host, and it "
            "works.",
            "zh": "容器的网络没有 IPv4。网关的 IPv6 地址是宿主机唯一的地址，而且可用。",
        },
        world=World(networks=(_IPV6_ONLY,), nameserver="127.0.0.11", services=(_EVERYWHERE,)),
        config=CHAT,
        expect_exit=0,
        expect_config=at("[fd00:5eed::1]", CHAT),
    ),
    Scenario(
        "ipv6-firewalld",
        title={"en": "firewalld rejects both families", "zh": "firewalld 拒绝两种协议"},
        story={
            "en": "firewalld answers IPv4 with 'No route to host' and IPv6 with 'Permission denied': two words for the "
            "same rule, and one finding.",
            "zh": "firewalld 对 IPv4 返回 'No route to host'，对 IPv6 返回 'Permission denied'。"
            "同一条规则有两种说法，但只报告一个原因。",
        },
        world=World(
            networks=(_BOTH_FAMILIES,),
            nameserver="127.0.0.11",
            services=(_EVERYWHERE,),
            faults=(Fault("reject-icmp-admin-prohibited"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND212"}),
    ),
    Scenario(
        "ipv6-dropped",
        title={"en": "IPv6 alone, and dropped", "zh": "只有 IPv6，而且被丢弃"},
        story={
            "en": "The network has IPv6 alone, and nothing comes back. For IPv6 the kernel shows no table of "
            "neighbours, so a firewall and an address that nobody has are told as one.",
            "zh": "网络只有 IPv6，而且没有任何回应。对于 IPv6，内核没有可读的邻居表，"
            "所以防火墙和无人使用的地址会作为同一种可能说明。",
        },
        world=World(networks=(_IPV6_ONLY,), nameserver="127.0.0.11", services=(_EVERYWHERE,), faults=(Fault("drop"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND202"}),
    ),
)

SCENARIOS: Final = (*firewalls.SCENARIOS, *_ADDRESSES, *_ROUTES, *_IPV6, *accepted.SCENARIOS)
