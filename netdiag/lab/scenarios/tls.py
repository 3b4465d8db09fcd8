"""Scenarios about TLS: certificates that are not accepted, and http where https is spoken or the other way round."""

from typing import Final

from netdiag.lab.scenarios.configurations import CHAT, at
from netdiag.lab.servers.certificates import AUTHORITY
from netdiag.lab.topology import Scenario, Service, Tls, World

_CHAT: Final = '{ "type": "ollama", "base_url": "https://localhost:8443/", "model": "qwen2.5:3b" }\n'
_TRUSTED: Final = (("SSL_CERT_FILE", str(AUTHORITY)),)


def _world(tls: Tls, *environment: tuple[str, str]) -> World:
    """Return a world with an Ollama behind TLS on the host's port 8443."""
    return World(services=(Service("ollama", 8443, tls=tls),), environment=environment)


SCENARIOS: Final = (
    Scenario(
        "tls-private-issuer",
        title={"en": "A certificate of the company's own issuer", "zh": "由公司内部签发机构签发的证书"},
        story={
            "en": "Ollama stands behind TLS, with a certificate of a private authority. KAG's HTTP client knows "
            "public issuers only, whatever the operating system was taught.",
            "zh": "Ollama 使用 TLS，证书由内部的签发机构签发。KAG 的 HTTP 客户端只认识公共签发机构，"
            "操作系统里添加了什么都没有用。",
        },
        world=_world("trusted"),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND313"}),
    ),
    Scenario(
        "tls-issuer-trusted",
        title={"en": "SSL_CERT_FILE names the issuer", "zh": "SSL_CERT_FILE 指定了签发者"},
        story={
            "en": "The same certificate, and the container's SSL_CERT_FILE names its issuer. Now only the host is "
            "wrong: it is replaced, and https stays.",
            "zh": "同样的证书，但容器的 SSL_CERT_FILE 指定了它的签发者。现在错的只有主机：替换主机，https 保持不变。",
        },
        world=_world("trusted", *_TRUSTED),
        config=_CHAT,
        expect_exit=0,
        expect_config=at("172.17.0.1", _CHAT),
    ),
    Scenario(
        "tls-self-signed",
        title={"en": "A certificate that is signed by itself", "zh": "自签名证书"},
        story={
            "en": "Somebody put TLS in front of Ollama with a certificate made on the spot. Nobody but itself vouches "
            "for it, so KAG refuses it.",
            "zh": "有人临时生成了一张证书，给 Ollama 加上了 TLS。除了它自己没有人为它担保，因此 KAG 拒绝接受。",
        },
        world=_world("self-signed"),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND313"}),
    ),
    Scenario(
        "tls-expired",
        title={"en": "A certificate that has expired", "zh": "已过期的证书"},
        story={
            "en": "The issuer is trusted, and the certificate has expired. Nothing but a new certificate helps, so "
            "its dates are told.",
            "zh": "签发者受信任，但证书已经过期。只有换新证书才行，所以会给出它的日期。",
        },
        world=_world("expired", *_TRUSTED),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND314"}),
    ),
    Scenario(
        "tls-expired-and-unknown",
        title={"en": "Expired, and of an unknown issuer", "zh": "既过期，签发者又不受信任"},
        story={
            "en": "OpenSSL names the issuer first and says nothing of the date. Who trusts the issuer would be told "
            "of the date next: both are told at once.",
            "zh": "OpenSSL 先报告签发者的问题，不提日期。信任了签发者之后才会发现日期也不对：这里一次说清楚。",
        },
        world=_world("expired"),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND313", "ND314"}),
    ),
    Scenario(
        "tls-not-yet-valid",
        title={"en": "A certificate for later", "zh": "尚未生效的证书"},
        story={
            "en": "The certificate is valid from a day on that has not come. Either it was made too early, or the "
            "clock of this machine is slow.",
            "zh": "证书从将来的某一天才开始生效。要么签发得太早，要么这台机器的时钟慢了。",
        },
        world=_world("later", *_TRUSTED),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND315"}),
    ),
    Scenario(
        "tls-clock",
        title={"en": "A clock that stands still", "zh": "停走的时钟"},
        story={
            "en": "By this machine's clock the certificate is not valid yet, by the server's it is. A virtual "
            "machine's clock may stand still while the laptop sleeps: the clock is the cause.",
            "zh": "按这台机器的时钟证书尚未生效，按服务器的时钟则有效。笔记本电脑休眠时，虚拟机的时钟可能会停走："
            "原因在于时钟。",
        },
        world=_world("later-clock", *_TRUSTED),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND321"}),
    ),
    Scenario(
        "tls-other-name",
        title={"en": "A certificate for another name", "zh": "证书属于别的名称"},
        story={
            "en": "The certificate is for models.lab.internal, and the host is reached by its address. The issuer is "
            "trusted; the name in the base_url must be one of the certificate's.",
            "zh": "证书属于 models.lab.internal，而访问宿主机用的是它的地址。签发者受信任，但 base_url "
            "里的名称必须是证书上的名称之一。",
        },
        world=_world("other-name", *_TRUSTED),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND316"}),
    ),
    Scenario(
        "http-to-tls",
        title={"en": "http where TLS is spoken", "zh": "对使用 TLS 的端口写了 http"},
        story={
            "en": "The service speaks TLS at this port, and the base_url says http. nginx says so in its answer, and "
            "one handshake proves it.",
            "zh": "服务在该端口上使用 TLS，而 base_url 写的是 http。nginx 的回答里说明了这一点，一次握手就能证实。",
        },
        world=_world("trusted"),
        config=_CHAT.replace("https", "http"),
        expect_exit=1,
        expect_codes=frozenset({"ND317"}),
    ),
    Scenario(
        "https-to-plain",
        title={"en": "https where plain HTTP is spoken", "zh": "对明文 HTTP 的端口写了 https"},
        story={
            "en": "Ollama speaks plain HTTP, and the base_url says https. KAG reports the wrong version of something; "
            "asked in plain HTTP the service answers.",
            "zh": "Ollama 使用明文 HTTP，而 base_url 写的是 https。KAG 报告某个版本号不对；用明文 HTTP 询问，"
            "服务就会应答。",
        },
        world=_world(""),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND318"}),
    ),
    Scenario(
        "tls-too-old",
        title={"en": "A server that speaks old versions only", "zh": "只支持旧版 TLS 的服务器"},
        story={
            "en": "The server in front of Ollama speaks no version of TLS that a client of today accepts. It breaks "
            "the handshake off with an alert.",
            "zh": "Ollama 前面的服务器不支持当今客户端接受的任何 TLS 版本。它用一个警报中断了握手。",
        },
        world=_world("too-old"),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND319"}),
    ),
    Scenario(
        "tls-no-certificate",
        title={"en": "A server without a certificate for this name", "zh": "没有对应名称证书的服务器"},
        story={
            "en": "Caddy stands before Ollama and chooses its certificate by the name it is called by. For the host's "
            "address it has none, and breaks off with an alert that says no more than: internal error.",
            "zh": "Ollama 前面是 Caddy，它按访问的名称选择证书。它没有宿主机地址对应的证书，于是中断握手，警报里只说："
            "内部错误。",
        },
        world=_world("no-certificate"),
        config=_CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND302"}),
    ),
    Scenario(
        "tls-no-such-file",
        title={"en": "SSL_CERT_FILE names a file that is not there", "zh": "SSL_CERT_FILE 指定的文件不存在"},
        story={
            "en": "SSL_CERT_FILE was taken over from the host and names a file that the container lacks. KAG's HTTP "
            "client reads it before every call, even to http, and fails.",
            "zh": "SSL_CERT_FILE 是从宿主机照搬来的，而容器里没有这个文件。KAG 的 HTTP 客户端每次请求之前都会读取它，"
            "连 http 也不例外，因此失败。",
        },
        world=World(
            services=(Service("ollama", 11434),), environment=(("SSL_CERT_FILE", "/etc/no-such-directory/ca.pem"),)
        ),
        config=CHAT,
        expect_exit=1,
        expect_codes=frozenset({"ND320"}),
    ),
)
