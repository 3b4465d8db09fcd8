"""Scenarios about proxies: variables of the container that send KAG's calls elsewhere before they reach the host."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.scenarios.network import OLLAMA
from netdiag.lab.topology import Scenario, Service, World

_AT_OWN: Final = "http://127.0.0.1:7890"
_ON_HOST: Final = "http://172.17.0.1:3128"
_RANGES: Final = "localhost,127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
_VLLM: Final = """\
{ "type": "vllm", "base_url": "http://localhost:8000/v1/chat/completions", "model": "qwen25-7B-chat" }
"""


def _world(*more: Service, **variables: str) -> World:
    """Return a world with Ollama on the host, and a container created with these variables."""
    return World(services=(OLLAMA, *more), environment=tuple(variables.items()))


SCENARIOS: Final = (
    Scenario(
        "proxy-at-localhost",
        title={"en": "A proxy at the container's own localhost", "zh": "代理写成了容器自己的 localhost"},
        story={
            "en": "The host's proxy settings were copied into the container: HTTP_PROXY says 127.0.0.1:7890. Inside "
            "that is the container itself, so every call of KAG ends there.",
            "zh": "宿主机的代理设置被原样带进了容器：HTTP_PROXY 是 127.0.0.1:7890。在容器里那是容器自己，KAG "
            "的请求都止步于此。",
        },
        world=_world(HTTP_PROXY=_AT_OWN, HTTPS_PROXY=_AT_OWN),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND303"}),
    ),
    Scenario(
        "proxy-not-running",
        title={"en": "The proxy does not run any more", "zh": "代理已经不再运行"},
        story={
            "en": "The container was created while a proxy ran on the host. It does not run any more, and KAG's "
            "errors look as if Ollama were to blame.",
            "zh": "创建容器时宿主机上运行着代理，现在已经不运行了。KAG 的报错看起来却像是 Ollama 的问题。",
        },
        world=_world(http_proxy=_ON_HOST, no_proxy="localhost"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND304"}),
    ),
    Scenario(
        "proxy-not-running-and-nobody",
        title={"en": "A dead proxy, and Ollama on loopback only", "zh": "代理已停止，Ollama 又只监听回环地址"},
        story={
            "en": "The proxy that the container was created with does not run any more, and Ollama listens on the "
            "host's 127.0.0.1 only. Either alone would stop KAG, so both are told at once.",
            "zh": "创建容器时设置的代理已经停止，而 Ollama 只监听宿主机的 127.0.0.1。其中任何一个都足以让 KAG 失败，"
            "所以两个原因一并说明。",
        },
        world=World(services=(Service("ollama", 11434, listen="127.0.0.1"),), environment=(("HTTP_PROXY", _ON_HOST),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND201", "ND304"}),
    ),
    Scenario(
        "proxy-unknown-name",
        title={"en": "A proxy whose name nobody knows", "zh": "代理的名称无人认识"},
        story={
            "en": "HTTP_PROXY names the company's proxy, and this laptop is at home. The name is unknown here, so no "
            "call gets anywhere, not even those to the host.",
            "zh": "HTTP_PROXY 写的是公司的代理，而这台笔记本正在家里。这里没有人认识这个名称，任何请求都发不出去，"
            "连宿主机也访问不了。",
        },
        world=_world(HTTP_PROXY="http://lab-user:lab-invented-password@proxy.lab.internal:8080"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND304"}),
    ),
    Scenario(
        "proxy-silent",
        title={"en": "A proxy behind a firewall", "zh": "防火墙后面的代理"},
        story={
            "en": "The proxy on the host is up, and the firewall drops what containers send to it. The connection "
            "times out, which is why KAG seems to hang.",
            "zh": "宿主机上的代理在运行，但防火墙丢弃容器发给它的数据包。连接只会超时，所以 KAG 看起来像是卡住了。",
        },
        world=_world(Service("proxy", 3128, drop=True), HTTP_PROXY=_ON_HOST),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND304"}),
        options=("--timeout", "1"),
    ),
    Scenario(
        "no-proxy-range",
        title={"en": "NO_PROXY with ranges", "zh": "NO_PROXY 里写的是网段"},
        story={
            "en": "NO_PROXY lists all private ranges, and curl in the container obeys. KAG's HTTP client ignores "
            "ranges, so its calls go to the proxy all the same.",
            "zh": "NO_PROXY 列出了所有私有网段，容器里的 curl 会遵守。而 KAG 的 HTTP 客户端忽略网段，"
            "请求照样发给代理。",
        },
        world=_world(http_proxy=_AT_OWN, ALL_PROXY=_AT_OWN, no_proxy=_RANGES),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND305"}),
    ),
    Scenario(
        "no-proxy-wildcard",
        title={"en": "NO_PROXY with a wildcard", "zh": "NO_PROXY 里写的是通配符"},
        story={
            "en": "NO_PROXY says *.internal, and the base_url has host.docker.internal. KAG's HTTP client knows no "
            "such wildcards; .internal would do.",
            "zh": "NO_PROXY 写的是 *.internal，base_url 是 host.docker.internal。KAG 的 HTTP 客户端不认识这种通配符，"
            "写 .internal 才行。",
        },
        world=World(
            services=(OLLAMA, Service("proxy-502", 3128)),
            hosts=(("172.17.0.1", "host.docker.internal"),),
            environment=(("HTTP_PROXY", _ON_HOST), ("NO_PROXY", "localhost,*.internal")),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=1,
        expect_codes=frozenset({"ND305"}),
    ),
    Scenario(
        "proxy-socks",
        title={"en": "A SOCKS proxy for everything", "zh": "ALL_PROXY 是 SOCKS 代理"},
        story={
            "en": "ALL_PROXY names a SOCKS proxy, for which KAG's HTTP client needs a package that it does not "
            "bring. "
            "It fails before anything is sent, whatever NO_PROXY says.",
            "zh": "ALL_PROXY 指定了 SOCKS 代理，KAG 的 HTTP 客户端缺少对应的软件包。无论 NO_PROXY 怎么写，"
            "它都在发送之前失败。",
        },
        world=_world(ALL_PROXY="socks5://172.17.0.1:7891", NO_PROXY="localhost,172.17.0.1"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND306"}),
    ),
    Scenario(
        "proxy-socks-scheme",
        title={"en": "A proxy variable that begins with socks://", "zh": "以 socks:// 开头的代理变量"},
        story={
            "en": "The desktop's settings gave all_proxy the form socks://, which no Python client knows. KAG fails "
            "before it sends anything.",
            "zh": "桌面系统的设置把 all_proxy 写成了 socks:// 的形式，Python 的客户端都不认识。KAG "
            "在发送之前就失败了。",
        },
        world=_world(all_proxy="socks://127.0.0.1:7891/"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND307"}),
    ),
    Scenario(
        "proxy-written-twice",
        title={"en": "http:// twice in a proxy variable", "zh": "代理变量里写了两次 http://"},
        story={
            "en": "Somebody pasted a whole URL behind the http:// that was there already. The client then looks "
            "for a "
            "proxy whose name is http.",
            "zh": "有人把完整的 URL 粘贴到了已有的 http:// 后面。于是客户端去找一个名叫 http 的代理。",
        },
        world=_world(HTTP_PROXY="http://http://172.17.0.1:3128"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND307"}),
    ),
    Scenario(
        "no-proxy-stops-all",
        title={"en": "A NO_PROXY entry that stops every call", "zh": "让所有请求都失败的 NO_PROXY"},
        story={
            "en": "NO_PROXY ends in an IPv6 range. KAG's HTTP client cannot read it and fails before it sends "
            "anything, though the host's address is in the list as well.",
            "zh": "NO_PROXY 的最后一项是 IPv6 网段。KAG 的 HTTP 客户端读不懂它，在发送之前就失败，"
            "尽管列表里也有宿主机的地址。",
        },
        world=_world(HTTP_PROXY=_ON_HOST, NO_PROXY="localhost,127.0.0.1,172.17.0.1,fd00::/8"),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND308"}),
    ),
    Scenario(
        "proxy-login",
        title={"en": "A proxy that asks for a login", "zh": "要求登录的代理"},
        story={
            "en": "The proxy on the host passes nothing on without a user name and a password. It answers 407 in "
            "place of Ollama, which never sees the call.",
            "zh": "宿主机上的代理没有用户名和密码就不转发任何请求。它代替 Ollama 回答了 407，Ollama 根本没有收到请求。",
        },
        world=_world(Service("proxy-login", 3128), HTTP_PROXY=_ON_HOST),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND309"}),
    ),
    Scenario(
        "proxy-forbids",
        title={"en": "A proxy that forbids private addresses", "zh": "禁止访问私有地址的代理"},
        story={
            "en": "The company's proxy lets nobody reach private addresses. Its page with status 403 is what KAG "
            "gets, and it reads like a refusal of the model service.",
            "zh": "公司的代理不允许访问私有地址。KAG 收到的是它的 403 页面，看起来却像是模型服务拒绝了请求。",
        },
        world=_world(Service("proxy-forbids", 3128), HTTP_PROXY=_ON_HOST),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND310"}),
    ),
    Scenario(
        "proxy-without-names",
        title={"en": "A proxy that does not know the host's name", "zh": "代理不认识宿主机的名称"},
        story={
            "en": "The base_url has host.docker.internal, which is a name of this container only. The proxy does not "
            "know it and answers 503; by its address it reaches the host, and the address is written.",
            "zh": "base_url 写的是 host.docker.internal，这个名称只有该容器认识。"
            "代理不认识它，回答 503；用地址则可以通过代理访问宿主机，因此写入的是地址。",
        },
        world=World(
            services=(OLLAMA, Service("proxy", 3128)),
            hosts=(("172.17.0.1", "host.docker.internal"),),
            environment=(("http_proxy", _ON_HOST),),
        ),
        config=at("host.docker.internal", CHAT),
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "proxy-502",
        title={"en": "502 without a word", "zh": "没有任何说明的 502"},
        story={
            "en": "A proxy such as Clash answers 502 with nothing in it when it reaches nobody. Nothing in Ollama's "
            "log, and a status that Ollama never gives: the proxy answered.",
            "zh": "Clash 之类的代理连不上目标时会返回空的 502。Ollama 的日志里什么都没有，而且它从不返回这个状态："
            "应答的是代理。",
        },
        world=_world(Service("proxy-502", 3128), ALL_PROXY=_ON_HOST),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND311"}),
    ),
    Scenario(
        "proxy-page",
        title={"en": "A proxy that shows a page", "zh": "返回网页的代理"},
        story={
            "en": "The proxy of a guest network answers everything with its login page, and with success. Called "
            "directly, Ollama answers as it should.",
            "zh": "访客网络的代理对任何请求都返回登录页面，而且状态是成功。不经过代理时，Ollama 的应答一切正常。",
        },
        world=_world(Service("proxy-page", 3128), HTTP_PROXY=_ON_HOST),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND301"}),
    ),
    Scenario(
        "no-proxy-exact",
        title={"en": "A proxy, and a NO_PROXY that is right", "zh": "有代理，NO_PROXY 也写对了"},
        story={
            "en": "The container has a proxy that knows nothing of the host, and NO_PROXY names the gateway exactly. "
            "The address is repaired as if there were no proxy.",
            "zh": "容器里设置了代理，代理不认识宿主机，但 NO_PROXY 写明了网关的确切地址。修复照常进行，"
            "就像没有代理一样。",
        },
        world=_world(Service("proxy-502", 3128), HTTP_PROXY=_ON_HOST, NO_PROXY="localhost,172.17.0.1"),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "no-proxy-second-best",
        title={"en": "NO_PROXY exempts the address, not the name", "zh": "NO_PROXY 排除了地址，没有排除名称"},
        story={
            "en": "The name host.docker.internal leads to the host and would be preferred, but its calls go to the "
            "proxy. The gateway's address is exempt, so that is what works and what is written.",
            "zh": "host.docker.internal 这个名称可以通往宿主机，本来是首选，但它的请求会发给代理。"
            "网关的地址已被排除，"
            "可用的是它，写入的也是它。",
        },
        world=World(
            services=(OLLAMA, Service("proxy-502", 3128)),
            hosts=(("172.17.0.1", "host.docker.internal"),),
            environment=(("HTTP_PROXY", _ON_HOST), ("NO_PROXY", "localhost,172.17.0.1")),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "no-proxy-star",
        title={"en": "NO_PROXY is a star", "zh": "NO_PROXY 是一个星号"},
        story={
            "en": "NO_PROXY is a star, so the dead proxy is never asked. Even the SOCKS proxy beside it does no "
            "harm: "
            "KAG's HTTP client does not look at it.",
            "zh": "NO_PROXY 写成星号，因此不会去找那个失效的代理。旁边的 SOCKS 代理也没有影响：KAG 的 HTTP "
            "客户端根本不会看它。",
        },
        world=_world(HTTP_PROXY=_AT_OWN, ALL_PROXY="socks5://127.0.0.1:7891", NO_PROXY="*"),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "proxy-that-works",
        title={"en": "Through a proxy that works", "zh": "经过可用的代理"},
        story={
            "en": "The proxy on the host passes the calls on, and reaches Ollama at the gateway's address. KAG works "
            "through it, so that address is written.",
            "zh": "宿主机上的代理会转发请求，用网关的地址可以访问到 Ollama。KAG 经过它可以工作，"
            "因此写入的就是这个地址。",
        },
        world=World(
            services=(Service("ollama", 11434, listen="172.17.0.1"), Service("proxy", 3128)),
            environment=(("HTTP_PROXY", _ON_HOST),),
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "proxy-reaches-localhost",
        title={"en": "localhost that works through the proxy", "zh": "经过代理时 localhost 可用"},
        story={
            "en": "Ollama listens on the host's 127.0.0.1 only, and so does nothing in the container. But the proxy "
            "runs on the host, and to it localhost is the host: KAG works, and nothing is changed.",
            "zh": "Ollama 只监听宿主机的 127.0.0.1，容器里则没有服务在监听。但代理运行在宿主机上，对它来说 localhost "
            "就是宿主机：KAG 可以工作，不做任何修改。",
        },
        world=World(
            services=(Service("ollama", 11434, listen="127.0.0.1"), Service("proxy", 3128)),
            environment=(("HTTP_PROXY", _ON_HOST),),
        ),
        config=CHAT,
        expect_exit=0,
    ),
    Scenario(
        "proxy-of-the-server",
        title={"en": "A proxy that only the server has", "zh": "只有服务器进程才有的代理"},
        story={
            "en": "The server's start script exports a proxy, and a shell in the container knows nothing of it. "
            "There "
            "curl works, and KAG, inside the server, does not.",
            "zh": "服务器的启动脚本设置了代理，而容器里的 shell 并不知道。在 shell 里 curl 可以成功，"
            "运行在服务器里的 "
            "KAG 却不行。",
        },
        world=World(services=(OLLAMA,), first_environment=(("http_proxy", _AT_OWN),)),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND303", "ND312"}),
    ),
    Scenario(
        "proxy-of-the-shell",
        title={"en": "A proxy that only the shell has", "zh": "只有 shell 才有的代理"},
        story={
            "en": "This shell was given a proxy that leads nowhere, and the server has none. What counts is the "
            "server: KAG's calls go directly, so the address is proven and repaired.",
            "zh": "当前 shell 设置了一个无效的代理，而服务器没有。起作用的是服务器：KAG 的请求不经过代理，"
            "所以地址得到验证并被修复。",
        },
        world=World(
            services=(OLLAMA,), environment=(("HTTP_PROXY", _AT_OWN),), first_environment=(("HTTP_PROXY", ""),)
        ),
        config=CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", CHAT),
    ),
    Scenario(
        "no-proxy-range-requests",
        title={"en": "A range that KAG 0.6 understands", "zh": "KAG 0.6 认识的网段"},
        story={
            "en": "KAG 0.6 calls a vLLM with another HTTP client, and that one obeys ranges in NO_PROXY. Where 0.8 "
            "would go to the dead proxy, 0.6 goes directly and is repaired.",
            "zh": "KAG 0.6 用另一个 HTTP 客户端访问 vLLM，而它认识 NO_PROXY 里的网段。换成 0.8 会去找失效的代理，0.6 "
            "则直接访问，修复成功。",
        },
        world=World(services=(Service("vllm", 8000),), environment=(("HTTP_PROXY", _AT_OWN), ("NO_PROXY", _RANGES))),
        kag_version="0.6",
        config=_VLLM,
        expect_exit=0,
        expect_config=at("172.17.0.1", _VLLM),
    ),
)
