"""Scenarios about what accepts a connection and is no service: forwarded ports, tunnels, and servers that hang."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import COMPOSE
from netdiag.lab.topology import Fault, Scenario, Service, World

SCENARIOS: Final = (
    Scenario(
        "forwarder-resets",
        title={"en": "A forwarded port with nobody behind it", "zh": "转发的端口后面没有服务"},
        story={
            "en": "A port forwarder on the host accepts connections for Ollama's port and resets them at once, because "
            "its target is down. A second port is refused, so it is this port and not the host.",
            "zh": "宿主机上的端口转发接受了发往 Ollama 端口的连接，因为目标已停止，又立即重置。"
            "另一个端口会被拒绝，所以问题在这个端口，而不是宿主机。",
        },
        world=World(services=(Service("resets", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND217"}),
    ),
    Scenario(
        "forwarder-closes",
        title={"en": "docker-proxy without its container", "zh": "docker-proxy 找不到它的容器"},
        story={
            "en": "Ollama's container has published its port and is not listening yet. docker-proxy accepts, finds "
            "nobody, and closes the connection with the request unread.",
            "zh": "Ollama 的容器发布了端口，但还没有开始监听。"
            "docker-proxy 接受连接，找不到服务，没有读取请求就关闭了。",
        },
        world=World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(Service("closes-unread", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND217"}),
    ),
    Scenario(
        "forwarder-ends",
        title={"en": "A tunnel that leads nowhere", "zh": "通向虚无的隧道"},
        story={
            "en": "An ssh tunnel takes the request, and its other end closes without an answer. "
            "KAG says 'Server disconnected without sending a response'.",
            "zh": "ssh 隧道收下了请求，另一端却没有回答就关闭了。"
            "KAG 显示 'Server disconnected without sending a response'。",
        },
        world=World(services=(Service("closes-read", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND217"}),
    ),
    Scenario(
        "forwarder-beside",
        title={"en": "A dead forwarder beside a live service", "zh": "失效的转发旁边有可用的服务"},
        story={
            "en": "host.docker.internal leads to a forwarded port whose target is down, while Ollama listens at the "
            "gateway. Only an address that has answered KAG's own call is written.",
            "zh": "host.docker.internal 指向一个目标已停止的转发端口，而 Ollama 在网关上监听。"
            "只有回答了 KAG 调用的地址才会写入。",
        },
        world=World(
            networks=(COMPOSE,),
            nameserver="127.0.0.11",
            services=(Service("resets", 11434, listen="172.17.0.1"), Service("ollama", 11434, listen="172.18.0.1")),
            hosts=(("172.17.0.1", "host.docker.internal"),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.18.0.1", CHAT),
    ),
    Scenario(
        "every-port-open",
        title={"en": "A tunnel that accepts every port", "zh": "接受所有端口的隧道"},
        story={
            "en": "A proxy in TUN mode accepts every connection in the host's place, and closes what leads nowhere. "
            "A port that nobody has is accepted as well: an open port means nothing here.",
            "zh": "TUN 模式的代理代替宿主机接受所有连接，再关闭无处可去的连接。"
            "没有任何程序监听的端口也会被接受：在这里，端口能连上并不说明任何问题。",
        },
        world=World(services=(Service("closes-read", 7890),), faults=(Fault("accept-everything", 7890),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND216"}),
    ),
    Scenario(
        "says-nothing",
        title={"en": "A service that hangs", "zh": "卡死的服务"},
        story={
            "en": "Something accepts on Ollama's port and never says a word, not even to the question who it is. "
            "A model that is slow to answer would have answered that.",
            "zh": "有程序接受了 Ollama 端口上的连接，却不返回任何内容，连“这是什么服务”都不回答。"
            "如果只是模型回答慢，这个问题它会回答。",
        },
        world=World(services=(Service("silent", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND218"}),
        options=("--timeout", "0.3"),
    ),
    Scenario(
        "never-ends",
        title={"en": "An answer that never ends", "zh": "永远不结束的回答"},
        story={
            "en": "Ollama says who it is, and answers the chat with a byte a second, without an end. "
            "Every byte resets KAG's own timeout, so KAG would wait for ever; netdiag does not.",
            "zh": "Ollama 说明了自己是谁，但对话的回答每秒只来一个字节，永远不结束。"
            "每个字节都会让 KAG 的超时重新计算，所以 KAG 会一直等下去；netdiag 不会。",
        },
        world=World(services=(Service("drips", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND219"}),
        options=("--timeout", "0.3"),
    ),
    Scenario(
        "slow-answer",
        title={"en": "An answer that takes too long", "zh": "回答太慢"},
        story={
            "en": "Ollama says who it is, and has not finished loading the model when time is up. It is there, so "
            "neither address nor firewall is to blame: waiting longer, or loading the model first, is what helps.",
            "zh": "Ollama 说明了自己是谁，但到时限时模型还没有加载完。服务就在那里，所以不是地址或防火墙的问题："
            "应当等待更久，或先加载模型。",
        },
        world=World(services=(Service("ollama", 11434, delay_s=600.0),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND204"}),
        options=("--timeout", "0.3"),
    ),
    Scenario(
        "killed-while-answering",
        title={"en": "A service that is killed by each question", "zh": "每次提问都会崩溃的服务"},
        story={
            "en": "Ollama says who it is, and closes the connection as soon as it is asked to chat, as when the model "
            "does not fit into memory. The address is right; the service's own log tells the rest.",
            "zh": "Ollama 说明了自己是谁，可一旦请求对话就关闭连接，例如模型放不进内存的时候。"
            "地址没有错，其余的要看服务自己的日志。",
        },
        world=World(services=(Service("crashes", 11434),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND205"}),
    ),
)
