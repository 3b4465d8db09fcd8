"""Make docs/troubleshooting.md and its Chinese twin from the registry: one stable anchor for each code."""

from collections.abc import Iterator

from netdiag import findings
from netdiag.report.explained import beginnings, conditions
from netdiag.report.labels import label

HEADS = {
    "en": """\
# Troubleshooting: the dictionary of codes

What to do from the first sign on is in [the guide](guide.md); this is what it looks codes up in.

[中文](troubleshooting.zh-CN.md). Made from `netdiag/findings/codes` by `tests/troubleshooting_page.py`, anew by
`UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py`; `netdiag explain CODE` says the same offline. A code keeps its
meaning, and its anchor here (`#nd201`), for ever. What netdiag fills in stands in capitals.

A command that begins with `netdiag` runs where the report was made, in the way netdiag was called there: in the
container of OpenSPG it is `netdiag --container openspg …` from its host, and `docker exec CONTAINER netdiag …` where
the image has netdiag.

| code | | |
|---|---|---|
""",
    "zh": """\
# 故障排除：代码词典

从看到报错开始该怎么做，请看[指南](guide.zh-CN.md)；这里供查阅每个代码。

[English](troubleshooting.md)。由 `tests/troubleshooting_page.py` 根据 `netdiag/findings/codes` 生成，用
`UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py` 重新生成；`netdiag explain 代码` 可离线查看同样的内容。
每个代码的含义以及这里的锚点（`#nd201`）永远不变。由 netdiag 填入的内容用大写字母表示。

以 `netdiag` 开头的命令，在产生报告的地方、用同样的方式运行：针对 OpenSPG 的容器，在宿主机上是
`netdiag --container openspg …`；镜像里带有 netdiag 时，也可以用 `docker exec CONTAINER netdiag …`。

| 代码 | | |
|---|---|---|
""",
}


def page(language: str) -> str:
    """Return the page in ``language``."""
    codes = list(findings.catalog())
    described = {code: findings.described(code, language) for code in codes}
    rows = "".join(
        f"| [{code}](#{code.lower()}) | {label(each.severity, language)} | {_cell(each.title)} |\n"
        for code, each in described.items()
    )
    return HEADS[language] + rows + "".join(_section(code, described[code], language) for code in codes)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(code: str, described: findings.Described, language: str) -> str:
    parts = [f'\n<a id="{code.lower()}"></a>\n\n## {code}: {described.title}\n']
    if described.explanation not in ("DETAIL", "REASON"):
        parts.append(f"{described.explanation}\n")
    if described.hidden_by:
        parts.append(f"*{label('hidden_by', language, codes=beginnings(described.hidden_by))}*\n")
    parts += _remedies(described, language)
    return "\n".join(parts)


def _remedies(described: findings.Described, language: str) -> Iterator[str]:
    for remedy, when in described.remedies:
        on = f"{remedy.on}{label('colon', language)}" if remedy.on else ""
        shown = f" {label('applies', language, when=conditions(when, language))}" if when else ""
        fenced = f"\n\n  ```\n{_indented(remedy.command)}\n  ```" if remedy.command else ""
        yield f"- {on}{remedy.text}{shown}{fenced}\n"


def _indented(command: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in command.splitlines())
