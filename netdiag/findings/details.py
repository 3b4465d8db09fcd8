"""What netdiag itself adds to a finding as its ``detail``, in the language of the reader. Pure.

A ``detail`` is as a rule somebody else's words, of a service, a library or the system, and stays as it is.
"""

import re
from typing import Final

CHINESE: Final = (
    (r"too deeply nested", "嵌套过深"),
    (r"no file has such a name", "没有这个名称的文件"),
    (r"larger than (\d+) bytes", r"超过 \1 字节"),
    (r"too large for this machine", "超出本机的内存"),
    (r"an empty file", "空文件"),
    (r"more than (\d+) values", r"超过 \1 个值"),
    (r"an integer of more than (\d+) digits", r"含有超过 \1 位的整数"),
    (r"(\d+) bytes and more", r"\1 字节以上"),
    (r"the database made something else of it", "数据库存入的内容与写入的不同"),
    (r"it answers nothing that was asked", "应答中没有所询问的内容"),
    (r"the answer is about another question", "应答的是另一个问题"),
    (r"not a DNS message \((\w+)\)", r"不是 DNS 报文（\1）"),
    (r"more than (\d+) redirects", r"重定向超过 \1 次"),
    (r"run (\S+) had written it", r"由运行 \1 写入"),
    (r"the record of run (\S+) is damaged", r"运行 \1 的记录已损坏"),
    (r"run (\S+)", r"运行 \1"),
    (r"it has more than (\d+) bytes now", r"现在超过 \1 字节"),
    (r"it led to (.+) and leads to (.+) now", r"原来指向 \1，现在指向 \2"),
    (r"not a JSON (\w+)", r"不是 JSON \1"),
    (r"more bytes than are read", "超过读取上限"),
    (r"more than (\d+) headers", r"响应头超过 \1 个"),
    (r"to (https?://\S+)", r"重定向到 \1"),
    (r"timed out", "超时"),
)
"""Patterns of a whole detail, and the same in Chinese; the first that fits counts."""


def detail(text: str, language: str) -> str:
    """Return a detail in ``language`` where it is netdiag's own, and as it is where it is somebody else's."""
    if language == "zh":
        for english, chinese in CHINESE:
            if found := re.fullmatch(english, text):
                return found.expand(chinese)
    return text
