"""Scenarios about firewalls of the host: what each kind looks like from a container, and where another way is open."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE, OLLAMA
from netdiag.lab.topology import Fault, Network, Scenario, Service, World

_TWO_SERVERS: Final = """\
chat_llm: { type: vllm, base_url: "http://localhost:8000/v1", model: qwen25-7B-chat }
openie_llm: { type: ollama, base_url: "http://localhost:11434/", model: "qwen2.5:3b" }
"""

SCENARIOS: Final = (
    Scenario(
        "ufw-default",
        title={"en": "ufw drops all that containers send", "zh": "ufw 丢弃容器发出的一切"},
        story={
            "en": "Ollama listens on all addresses, and ufw is on with its default: what is not allowed is dropped. "
            "A second port is silent too, while the address itself answers ARP, so it is the host and its firewall.",
            "zh": "Ollama 监听所有地址，而 ufw 以默认设置启用：未放行的一律丢弃。"
            "另一个端口同样没有回应，但该地址会回应 ARP，所以就是宿主机和它的防火墙。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("drop"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND210"}),
    ),
    Scenario(
        "port-dropped",
        title={"en": "A rule drops one port", "zh": "一条规则丢弃一个端口"},
        story={
            "en": "A rule of the firewall drops what comes for Ollama's port, and only that. "
            "A second port is refused at once, so the host is reached and the rule is about this port.",
            "zh": "防火墙的一条规则只丢弃发往 Ollama 端口的数据包。"
            "另一个端口立即被拒绝，说明宿主机可以到达，规则针对的就是这个端口。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(OLLAMA,), faults=(Fault("drop", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND209"}),
    ),
    Scenario(
        "firewalld",
        title={"en": "firewalld rejects containers", "zh": "firewalld 拒绝容器"},
        story={
            "en": "firewalld answers what it does not allow with an ICMP message: administratively prohibited. "
            "A program only sees 'No route to host', but the host has answered ARP: it is there, and it forbids.",
            "zh": "firewalld 对未放行的连接返回 ICMP 消息“管理性禁止”。"
            "程序只看到 'No route to host'，但宿主机回应了 ARP：它就在那里，只是不允许。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("reject-icmp-admin-prohibited"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND212"}),
    ),
    Scenario(
        "firewalld-old",
        title={"en": "An old firewalld rejects containers", "zh": "旧版 firewalld 拒绝容器"},
        story={
            "en": "Older versions of firewalld say host prohibited instead. The cause and the way out are the same.",
            "zh": "旧版 firewalld 返回的是“主机被禁止”。原因和解决办法是一样的。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("reject-icmp-host-prohibited"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND212"}),
    ),
    Scenario(
        "reject-as-reset",
        title={"en": "A firewall that says nobody listens", "zh": "防火墙声称没有服务在监听"},
        story={
            "en": "Ollama listens on all addresses, but a rule rejects its port with a TCP reset. "
            "That is what the kernel says where nobody listens, so both are told, with the command that tells which.",
            "zh": "Ollama 监听所有地址，但一条规则以 TCP reset 拒绝它的端口。"
            "没有服务监听时内核的回应完全相同，所以两种可能都会说明，并给出分辨的命令。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("reject-tcp-reset", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "reject-by-default",
        title={"en": "iptables REJECT without more words", "zh": "不带参数的 iptables REJECT"},
        story={
            "en": "A plain REJECT says port unreachable, and a program sees that as a refusal. "
            "From a container it is not to be told from a service that listens on 127.0.0.1 only.",
            "zh": "不带参数的 REJECT 返回“端口不可达”，程序看到的就是连接被拒绝。"
            "从容器里无法与只监听 127.0.0.1 的服务区分开来。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("reject-icmp-port-unreachable"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201"}),
    ),
    Scenario(
        "network-unreachable",
        title={"en": "The gateway says: no such network", "zh": "网关说：没有这个网络"},
        story={
            "en": "The container's own gateway answers every connection with 'network unreachable'. The network of a "
            "rootless engine that may not reach the host's loopback does so, and a firewall can: both are told.",
            "zh": "容器自己的网关对每个连接都回应“网络不可达”。不允许访问宿主机回环地址的非 root 引擎网络会这样，"
            "防火墙也可能这样：两种可能都会说明。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("reject-icmp-net-unreachable"),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND215"}),
    ),
    Scenario(
        "protocol-unreachable",
        title={"en": "A firewall with an odd answer", "zh": "回应奇特的防火墙"},
        story={
            "en": "The rule answers protocol unreachable, which programs show as 'Protocol not available'. "
            "Only a firewall says that to TCP.",
            "zh": "规则返回“协议不可达”，程序显示为 'Protocol not available'。对 TCP 作出这种回应的只有防火墙。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("reject-icmp-proto-unreachable", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND212"}),
    ),
    Scenario(
        "gateway-dropped",
        title={"en": "The firewall drops one of two addresses", "zh": "防火墙丢弃两个地址中的一个"},
        story={
            "en": "What is sent to the compose network's gateway is dropped, but the default bridge's address is the "
            "host's as well, and open. All are tried at once: the silent one delays nothing.",
            "zh": "发往 compose 网络网关的数据包被丢弃，但默认网桥的地址同样属于宿主机，而且是通的。"
            "所有地址同时尝试：没有回应的那个不会耽误时间。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("drop", None, "172.18.0.1"),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "gateway-rejected",
        title={"en": "The firewall rejects one of two addresses", "zh": "防火墙拒绝两个地址中的一个"},
        story={
            "en": "firewalld guards the compose network's gateway and not the default bridge. "
            "The other address of the same host works and is written.",
            "zh": "firewalld 只防护 compose 网络的网关，没有防护默认网桥。同一台宿主机的另一个地址可用，于是写入它。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(OLLAMA,),
            faults=(Fault("reject-icmp-admin-prohibited", None, "172.18.0.1"),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "one-of-two-ports",
        title={"en": "One port is open, the other is not", "zh": "一个端口开放，另一个没有"},
        story={
            "en": "Ollama's port was allowed, vLLM's was forgotten. The one that works is repaired, and the other is "
            "told with the command that opens it.",
            "zh": "放行了 Ollama 的端口，却忘了 vLLM 的端口。可用的那个会被修复，另一个会给出放行的命令。",
        },
        world=World(services=(OLLAMA, Service("vllm", 8000)), faults=(Fault("drop", 8000),)),
        file_name="kag_config.yaml",
        config=_TWO_SERVERS,
        expect_exit=1,
        expect_config=_TWO_SERVERS.replace("localhost:11434", "172.17.0.1:11434"),
        expect_codes=frozenset({"ND209"}),
    ),
    Scenario(
        "unknown-name-and-firewall",
        title={"en": "An unknown name is not the worst of it", "zh": "名称不认识还不是主要问题"},
        story={
            "en": "The file came from a Mac and says host.docker.internal, which nobody knows here. The gateway would "
            "do as well, but the firewall drops it: that is the cause, and the name alone would mend nothing.",
            "zh": "文件来自 Mac，写的是 host.docker.internal，这里没有人认识它。用网关也可以，但防火墙把它丢弃了："
            "这才是原因，只添加名称解决不了问题。",
        },
        world=World(services=(OLLAMA,), faults=(Fault("drop"),)),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND210"}),
    ),
    Scenario(
        "ipv6-said-to-be-nobodys",
        title={"en": "A firewall that denies the host's existence", "zh": "谎称主机不存在的防火墙"},
        story={
            "en": "The network has IPv6 alone, and a rule answers that nobody has the address, as a router does for "
            "one that is not in use. From the container the two look the same, and both are told.",
            "zh": "网络只有 IPv6，一条规则回答说没有机器拥有这个地址，与路由器对无人使用的地址的回答相同。"
            "从容器里看两者一样，所以两种可能都会说明。",
        },
        world=World(
            networks=(Network("br-5eed0c0ffee6", gateway="fd00:5eed::1/64", container="fd00:5eed::2/64"),),
            nameserver="127.0.0.11",
            services=(Service("ollama", 11434, listen="::"),),
            faults=(Fault("reject-icmp-host-unreachable"),),
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND203"}),
    ),
)
