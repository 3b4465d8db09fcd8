"""What was seen, in words for people: a report has it in the words of the vocabulary, the same in every language."""

import re
from collections.abc import Mapping
from typing import Final

from netdiag import failures, findings
from netdiag.report.labels import label

_ATTEMPT: Final = re.compile(
    r"(?P<where>.+) (?P<step>dns|tcp|tls|http|call|control) (?P<how>[a-z_]+) \((?P<ms>[\d.]+) ms\)"
    r"(?:, ARP (?P<arp>\w+)|, (?P<own>the host's own))?(?:, not sent: (?P<unsent>\w+))?"
)
"""An attempt, as :func:`netdiag.findings.context.line_of` and :mod:`netdiag.findings.reach` write it."""

_CALL: Final = re.compile(
    r"(?P<where>(?:type \w+, )?[a-z]+://\S+): (?:(?P<status>HTTP \d+), )?(?P<how>[a-z_]+)(?P<more> .*)?"
)
"""A call, as :func:`netdiag.findings.context.call_line` writes it."""

_ENDS: Final = failures.WORDS | {"works"}
"""How a call may end."""

_WORD: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""What may be a word of the vocabulary; those of a single word stand in the two forms above only."""

_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "attempt": {"en": "{where}: {how} ({ms} ms)", "zh": "{where}：{how}（{ms} 毫秒）"},
    "control": {
        "en": "{where}, where surely nobody listens, for comparison: {how} ({ms} ms)",
        "zh": "{where}（该端口必然无人监听，用于对照）：{how}（{ms} 毫秒）",
    },
    "complete": {
        "en": "; a machine on this network has the address",
        "zh": "；本网络中有机器使用该地址",
    },
    "incomplete": {
        "en": "; no machine on this network has the address",
        "zh": "；本网络中没有机器使用该地址",
    },
    "own": {"en": "; it is an address of the host itself", "zh": "；这是宿主机自己的地址"},
    "no_route": {"en": "; not sent, since no route leads there", "zh": "；没有路由，未发送"},
    "policy": {
        "en": "; not sent, since a rule of this container forbids it",
        "zh": "；本容器的规则禁止，未发送",
    },
    "unsent": {
        "en": "; not sent, since a route of this container forbids it ({unsent})",
        "zh": "；本容器的路由禁止，未发送（{unsent}）",
    },
    "call": {"en": "{where}: {status}{how}{more}", "zh": "{where}：{status}{how}{more}"},
}

_CHINESE: Final = (
    (r"host: (.+) is active \((.+)\)", r"宿主机：\1 已启用（\2）"),
    (
        r"host: rules of (.+): not read, which takes root, and iptables-save or nft",
        r"宿主机：未能读取 \1 的规则：需要 root 权限以及 iptables-save 或 nft 命令",
    ),
    (r"host: (.+)", r"宿主机：\1"),
    (r"([\da-f.:]+): (.+) \(([\w.-]+)\)", r"\1：\2（\3）"),
    (r"listening here: nobody", "本机监听：无"),
    (r"listening here: (.+)", r"本机监听：\1"),
    (r"(\S+): listening: (.+)", r"\1：正在监听：\2"),
    (r"(\S+): port (\d+) is not published", r"\1：端口 \2 没有发布"),
    (r"(\S+): (\w+), networks: none(.*)", r"\1：\2，没有网络\3"),
    (r"(\S+): (\w+), networks: (.+)", r"\1：\2，网络：\3"),
    (r"(\S+): networks: none", r"\1：没有网络"),
    (r"(\S+): networks: (.+)", r"\1：网络：\2"),
    (r"no server: (.+)", r"没有域名服务器：\1"),
    (r"(\S+), without the proxy: works", r"\1，不经代理：成功"),
    (r"(\S+), without the proxy: (.+)", r"\1，不经代理：\2"),
    (r"(\S+): 400, its database does not answer", r"\1：400，其数据库没有应答"),
    (r"(\S+): no answer within 5 s", r"\1：5 秒内没有应答"),
    (r"(\S+): connection refused", r"\1：拒绝连接"),
    (r"(\S+): not the answer of an OpenSPG server", r"\1：返回的内容不是 OpenSPG 服务器的应答"),
    (r"(\S+): permission denied; settings of the server may stand there", r"\1：没有权限；其中可能有服务器的设置"),
    (
        r"the server's settings hold an encrypted password, (.+): --db-password-env gives it in clear",
        r"服务器的设置中是加密的密码（\1）；请用 --db-password-env 提供明文密码",
    ),
    (r"(.+) by (.+), (\S+) to (\S+), for (.+)", r"\1，由 \2 签发，有效期 \3 至 \4，用于 \5"),
)
"""What the rules say in English, as patterns of a whole line, and the same in Chinese; the first that fits counts."""


def seen(line: str, language: str) -> str:
    """Return one line of evidence as a person reads it: failures in words, and what a connect was compared with."""
    if attempt := _ATTEMPT.fullmatch(line):
        return _attempt(attempt, language)
    if (call := _CALL.fullmatch(line)) and call["how"] in _ENDS:
        values = {name: value or "" for name, value in call.groupdict().items()}
        values["more"] = _worded(values["more"], language)
        values["status"] += label("comma", language) if values["status"] else ""
        return _SAID["call"][language].format(**values | {"how": findings.term(values["how"], language)})
    if language == "zh":
        for english, chinese in _CHINESE:
            if found := re.fullmatch(english, line):
                line = found.expand(chinese)
                break
    return _worded(line, language)


def _attempt(attempt: "re.Match[str]", language: str) -> str:
    values = attempt.groupdict()
    where = values["where"]
    if values["step"] == "dns":  # a port means nothing to a name
        where = where.rpartition(":")[0]
    how = label("connected", language) if values["how"] == "connected" else findings.term(values["how"], language)
    form = _SAID["control" if values["step"] == "control" else "attempt"][language]
    said = form.format(where=where, how=how, ms=values["ms"])
    if values["arp"] in _SAID:
        said += _SAID[values["arp"]][language]
    if values["own"]:
        said += _SAID["own"][language]
    if unsent := values["unsent"]:
        said += _SAID.get(unsent, _SAID["unsent"])[language].format(unsent=unsent)
    return said


def _worded(text: str, language: str) -> str:
    """Return ``text`` with the words of the vocabulary that stand in it in ``language``."""
    return _WORD.sub(lambda found: _term(found[0], language), text)


def _term(word: str, language: str) -> str:
    return findings.term(word, language) if word in failures.WORDS else word
