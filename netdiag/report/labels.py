"""The fixed words of the text report, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "repaired": {"en": "repaired", "zh": "已修复"},
    "repairable": {"en": "can be repaired", "zh": "可以修复"},
    "works": {"en": "works", "zh": "正常"},
    "broken": {"en": "problem", "zh": "问题"},
    "left_alone": {"en": "left alone", "zh": "保持不变"},
    "error": {"en": "problem", "zh": "问题"},
    "warning": {"en": "warning", "zh": "警告"},
    "note": {"en": "note", "zh": "提示"},
    "rolled_back": {"en": "rolled back", "zh": "已恢复"},
    "state_done": {"en": "written", "zh": "已写入"},
    "state_rolled_back": {"en": "written, rolled back since", "zh": "已写入，后已恢复"},
    "state_undone": {"en": "not written, the old bytes are back", "zh": "未写入，已保持原内容"},
    "state_left": {"en": "interrupted and edited since, left as it was found", "zh": "中断后又被修改，保持所见内容"},
    "state_unfinished": {"en": "unfinished, the next repair settles it", "zh": "未完成，下次修复时处理"},
    "state_undoing": {"en": "put back as it was before {run}", "zh": "已恢复到 {run} 之前的内容"},
    "how": {"en": " ({how}, edits: {n})", "zh": "（{how}，{n} 处修改）"},
    "rename": {"en": "by rename", "zh": "以重命名替换"},
    "in_place": {"en": "in place", "zh": "就地写入"},
    "undo_run": {
        "en": "`netdiag rollback --run ID` undoes one that is written",
        "zh": "运行 `netdiag rollback --run ID` 可撤销一次已写入的运行",
    },
    "nothing_to_undo": {"en": "the journal holds nothing to undo", "zh": "日志中没有可撤销的运行"},
    "colon": {"en": ": ", "zh": "："},
    "count_works": {"en": "{n} working", "zh": "{n} 个正常"},
    "count_repaired": {"en": "{n} repaired", "zh": "已修复 {n} 个"},
    "count_repairable": {"en": "{n} to repair", "zh": "{n} 个待修复"},
    "count_broken": {"en": "{n} with a problem", "zh": "{n} 个有问题"},
    "count_left_alone": {"en": "{n} left alone", "zh": "{n} 个保持不变"},
    "seen": {"en": "seen:", "zh": "所见："},
    "do": {"en": "what to do:", "zh": "解决办法："},
    "proven": {
        "en": "proven by KAG {kag}'s own call to {model} ({ms:.0f} ms)",
        "zh": "已通过 KAG {kag} 对 {model} 的实际调用验证（{ms:.0f} 毫秒）",
    },
    "chosen": {"en": "{host}: {origin}", "zh": "{host}：{origin}"},
    "nothing": {"en": "nothing to repair", "zh": "没有需要修复的内容"},
    "undo": {"en": "`netdiag rollback` puts the old value back", "zh": "运行 `netdiag rollback` 可恢复原值"},
    "pending": {"en": "nothing was written (--dry-run)", "zh": "未写入任何内容（--dry-run）"},
    "repair": {"en": "`netdiag fix-base-url` repairs this", "zh": "运行 `netdiag fix-base-url` 即可修复"},
    "where": {"en": "where", "zh": "位置"},
    "sure": {"en": "how sure", "zh": "把握"},
    "certain": {"en": "certain", "zh": "确定"},
    "likely": {"en": "likely", "zh": "很可能"},
    "guess": {"en": "a guess", "zh": "猜测"},
    "because": {"en": "because", "zh": "依据"},
    "against": {"en": "against", "zh": "反面"},
    "candidates": {"en": "addresses that would be tried, best first", "zh": "将会尝试的地址，按优先顺序"},
    "unresolved": {"en": "not asked yet", "zh": "尚未解析"},
    "tried": {"en": "tried:", "zh": "尝试过："},
    "connected": {"en": "connected", "zh": "已连接"},
    "user": {"en": "you gave it", "zh": "由您指定"},
    "loopback": {"en": "the container itself, or a shared network", "zh": "容器自身，或共用的网络"},
    "name": {"en": "a name of the host in containers", "zh": "宿主机在容器中的名称"},
    "gateway": {"en": "the container's way out", "zh": "容器的出口网关"},
    "docker0": {"en": "Docker's default bridge", "zh": "Docker 的默认网桥"},
    "constant": {"en": "known address of this platform", "zh": "该平台的固定地址"},
    "with_docker": {"en": "The same with Docker, on a machine that has it:", "zh": "在有 Docker 的机器上可以这样做："},
    "demo_more": {
        "en": "`netdiag demo --list` names other faults; `netdiag demo --shell SCENARIO` lets you try by hand.",
        "zh": "`netdiag demo --list` 列出其他故障；`netdiag demo --shell 场景` 可以亲手尝试。",
    },
    "demo_shell": {
        "en": "You are in the container now. Try `{command}`; `exit` ends the demonstration.",
        "zh": "您现在位于容器中。试试 `{command}`；输入 `exit` 结束演示。",
    },
}


def label(name: str, language: str, **values: object) -> str:
    """Return the words called ``name`` with ``values`` filled in; raises :exc:`KeyError` for unknown ones."""
    return LABELS[name][language].format(**values)
