"""The fixed words of the text report, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

from netdiag.model.place import Candidate

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
    "row": {"en": "in the database", "zh": "写入数据库"},
    "stored": {"en": "stored in {source}", "zh": "保存在 {source}"},
    "click_place_models": {
        "en": "to change it by hand, in OpenSPG 0.8: Model page, this provider, this model, Edit",
        "zh": "手工修改，OpenSPG 0.8：模型页面 → 该服务商 → 该模型 → 编辑",
    },
    "click_place_global": {
        "en": "to change it by hand, in OpenSPG 0.6 and 0.7: Global Configuration, Model Configuration",
        "zh": "手工修改，OpenSPG 0.6 和 0.7：全局配置 → 模型配置",
    },
    "click_place_base": {
        "en": "to change it by hand, in OpenSPG 0.5 to 0.7: Knowledge Base, this one, Knowledge Base Configuration; "
        "in 0.8 choose a model of the Model page there",
        "zh": "手工修改，OpenSPG 0.5 至 0.7：知识库 → 该知识库 → 知识库配置；0.8 在该处选择模型页面中的模型",
    },
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
    "and_more": {"en": "; and {n} more", "zh": "；另有 {n} 项"},
    "seen": {"en": "seen:", "zh": "所见："},
    "do": {"en": "what to do:", "zh": "解决办法："},
    "proven": {
        "en": "proven by KAG {kag}'s own call to {model} ({ms:.0f} ms)",
        "zh": "已通过 KAG {kag} 对 {model} 的实际调用验证（{ms:.0f} 毫秒）",
    },
    "chosen": {"en": "{host}: {origin}", "zh": "{host}：{origin}"},
    "chosen_before": {
        "en": "{host}: {origin}; next best: {other} ({whence})",
        "zh": "{host}：{origin}；其次：{other}（{whence}）",
    },
    "written": {"en": "written", "zh": "已写入"},
    "nothing": {"en": "nothing to repair", "zh": "没有需要修复的内容"},
    "undo": {"en": "`netdiag rollback` puts the old value back", "zh": "运行 `netdiag rollback` 可恢复原值"},
    "pending": {"en": "nothing was written (--dry-run)", "zh": "未写入任何内容（--dry-run）"},
    "repair": {"en": "`netdiag fix-base-url` repairs this", "zh": "运行 `netdiag fix-base-url` 即可修复"},
    "where": {"en": "where", "zh": "位置"},
    "certain": {"en": "certain", "zh": "确定"},
    "likely": {"en": "likely", "zh": "很可能"},
    "guess": {"en": "a guess", "zh": "猜测"},
    "because": {"en": "because", "zh": "依据"},
    "against": {"en": "against", "zh": "反面"},
    "candidates": {"en": "addresses that would be tried, best first", "zh": "将会尝试的地址，按优先顺序"},
    "tried": {"en": "tried:", "zh": "尝试过："},
    "connected": {"en": "connected", "zh": "已连接"},
    "user": {"en": "you gave it", "zh": "由您指定"},
    "loopback": {"en": "this container itself, or a network it shares", "zh": "容器自身，或与其共用的网络"},
    "name": {"en": "a name of the host in containers", "zh": "宿主机在容器中的名称"},
    "name_pinned": {"en": "pinned in {source}", "zh": "固定在 {source} 中"},
    "name_known": {"en": "known to the name server {source}", "zh": "域名服务器 {source} 认识此名称"},
    "answer": {"en": "what the name server says for {source}", "zh": "域名服务器对 {source} 的回答"},
    "gateway": {"en": "default gateway of {source}", "zh": "{source} 的默认网关"},
    "first_address": {
        "en": "first address of {source}, which has no gateway",
        "zh": "{source} 的第一个地址，该网络没有网关",
    },
    "docker0": {"en": "Docker's default bridge", "zh": "Docker 的默认网桥"},
    "constant": {"en": "fixed address of the host on {source}", "zh": "{source} 上宿主机的固定地址"},
    "host_nameserver": {
        "en": "name server of the engine's machine ({source}): Windows, seen from WSL",
        "zh": "容器引擎所在机器的域名服务器（{source}）：从 WSL 看到的 Windows",
    },
    "sibling": {
        "en": "another container, which publishes this port: {source}",
        "zh": "发布了该端口的另一个容器：{source}",
    },
    "alike": {"en": "another container with this port: {source}", "zh": "具有该端口的另一个容器：{source}"},
    "named_by_you": {"en": "you named it", "zh": "由您指定"},
    "own_network": {"en": "localhost is the host here", "zh": "在这里 localhost 就是宿主机"},
    "stable_name": {
        "en": "a name stays right when the network is re-created",
        "zh": "网络重建后名称依然有效",
    },
    "no_name_known": {"en": "no name of the host is known here", "zh": "这里没有宿主机的名称"},
    "would_write": {"en": "would write", "zh": "将写入"},
    "runner_up": {"en": "next best: {host} ({origin})", "zh": "其次：{host}（{origin}）"},
    "no_choice": {"en": "nothing: no address of a host is known here", "zh": "无：这里没有已知的宿主机地址"},
    "way": {"en": "the way to the model service", "zh": "通往模型服务的路径"},
    "hop_container": {"en": "this container", "zh": "本容器"},
    "hop_bridge": {"en": "bridge", "zh": "网桥"},
    "hop_router": {"en": "router", "zh": "路由器"},
    "hop_machine": {"en": "virtual machine", "zh": "虚拟机"},
    "hop_wsl": {"en": "WSL", "zh": "WSL"},
    "hop_namespace": {"en": "rootless engine", "zh": "非 root 引擎"},
    "hop_outer_container": {"en": "outer container", "zh": "外层容器"},
    "hop_node": {"en": "node", "zh": "节点"},
    "hop_host": {"en": "host", "zh": "宿主机"},
    "hop_service": {"en": "model service", "zh": "模型服务"},
    "of_host": {"en": "an address of the host itself", "zh": "宿主机自己的地址"},
    "not_of_host": {"en": "not the host yet", "zh": "还不是宿主机"},
    "about_router": {"en": "nobody's host, so it is not tried", "zh": "不是宿主机，因此不尝试"},
    "about_machine": {
        "en": "the engine's own; containers see it, the host is outside",
        "zh": "属于引擎，宿主机在其外面",
    },
    "about_wsl": {"en": "a Linux distribution; Windows is outside", "zh": "一个 Linux 发行版，Windows 在其外面"},
    "about_namespace": {"en": "a network of its own; the host is outside", "zh": "引擎自己的网络，宿主机在其外面"},
    "about_outer_container": {"en": "the engine of this container runs in it", "zh": "本容器的引擎在其中运行"},
    "about_node": {"en": "a machine of the cluster", "zh": "集群中的一台机器"},
    "about_service": {
        "en": "not asked: `netdiag check` connects, detect does not",
        "zh": "未询问：detect 不建立任何连接，`netdiag check` 会",
    },
    "loopback_reached": {
        "en": "services on its 127.0.0.1 can be reached too",
        "zh": "只监听其 127.0.0.1 的服务也可以访问",
    },
    "loopback_not_reached": {
        "en": "services on its 127.0.0.1 cannot be reached",
        "zh": "只监听其 127.0.0.1 的服务无法访问",
    },
    "linux": {"en": "Linux", "zh": "Linux"},
    "macos": {"en": "macOS", "zh": "macOS"},
    "windows": {"en": "Windows", "zh": "Windows"},
    "cloud": {"en": "a machine of the cloud", "zh": "云端的机器"},
    "or": {"en": " or ", "zh": " 或 "},
    "comma": {"en": ", ", "zh": "，"},
    "semicolon": {"en": "; ", "zh": "；"},
    "unknown_here": {"en": "not known here", "zh": "此处无法解析"},
    "here": {"en": "on", "zh": "运行于"},
    "hidden_by": {
        "en": "not told where one of these is: {codes}",
        "zh": "出现以下任一代码时不再提示：{codes}",
    },
    "applies": {"en": "(shown for {when})", "zh": "（适用于：{when}）"},
    "when_platform": {"en": "platform", "zh": "平台"},
    "when_systems": {"en": "a host with", "zh": "宿主机系统"},
    "when_service": {"en": "service", "zh": "服务"},
    "when_corrected": {"en": "a corrected URL is known:", "zh": "已知正确的 URL："},
    "when_near": {"en": "the nearest model is", "zh": "最接近的模型："},
    "when_pullable": {"en": "Ollama can have this name:", "zh": "Ollama 可能有此名称："},
    "when_missing": {"en": "missing setting", "zh": "缺少的设置："},
    "when_field": {"en": "refused field", "zh": "被拒绝的字段："},
    "when_waits": {"en": "the service says how long to wait:", "zh": "服务说明了等待时间："},
    "when_proven": {"en": "proven by a call:", "zh": "已通过调用验证："},
    "when_fault": {"en": "fault", "zh": "缺陷："},
    "when_written": {"en": "a right value is known:", "zh": "已知正确的值："},
    "when_moved": {"en": "another base_url was proven with it:", "zh": "同时验证了另一个 base_url："},
    "when_whole": {"en": "type, URL and model are in the text:", "zh": "文本中有类型、URL 和模型："},
    "when_reason": {"en": "where", "zh": "原因："},
    "when_table": {"en": "table", "zh": "表："},
    "when_listed": {"en": "the journal can be listed:", "zh": "可以列出日志："},
    "when_direct": {"en": "the call without the proxy", "zh": "不经代理的调用："},
    "when_directly": {"en": "it works without the proxy:", "zh": "不经代理可以成功："},
    "when_signed": {"en": "a certificate signed by", "zh": "证书签名者："},
    "when_kind": {"en": "what is written:", "zh": "写入的内容："},
    "when_named": {"en": "the certificate has a name that can be pinned:", "zh": "证书含有可以固定的名称："},
    "when_seen": {"en": "the host could see into the container:", "zh": "从宿主机可以看到容器内部："},
    "when_compose": {"en": "the container is of compose:", "zh": "该容器由 compose 创建："},
    "when_narrow": {"en": "the port is not published for containers:", "zh": "该端口没有向容器发布："},
    "page_host": {"en": "what netdiag saw on the host", "zh": "netdiag 在宿主机上看到的情况"},
    "host_listening": {"en": "listening", "zh": "正在监听"},
    "host_unseen": {
        "en": "sockets and rules: not seen, the engine ({engine}) is not of the machine that netdiag was run on",
        "zh": "套接字与规则：看不到，容器引擎（{engine}）不在运行 netdiag 的机器上",
    },
    "host_container": {"en": "container {container} ({state})", "zh": "容器 {container}（{state}）"},
    "firewall_active": {"en": "active", "zh": "已启用"},
    "firewall_inactive": {"en": "nothing blocks", "zh": "没有拦截"},
    "firewall_unreadable": {
        "en": "its rules could not be read: that takes root, and iptables-save or nft",
        "zh": "未能读取其规则：需要 root 权限以及 iptables-save 或 nft 命令",
    },
    "nobody": {"en": "nobody", "zh": "无"},
    "no_endpoints": {"en": "no base_url was found", "zh": "没有找到 base_url"},
    "page_made": {"en": "made", "zh": "生成时间"},
    "page_kag": {"en": "KAG", "zh": "KAG"},
    "page_status": {"en": "exit status", "zh": "退出状态"},
    "page_findings": {"en": "what is the matter, and what to do", "zh": "问题与解决办法"},
    "page_endpoints": {"en": "endpoints", "zh": "模型端点"},
    "page_candidates": {"en": "addresses of the host, best first", "zh": "宿主机的地址，按优先顺序"},
    "page_tried": {"en": "tried: {n} in {ms} ms", "zh": "尝试 {n} 次，共 {ms} 毫秒"},
    "page_footer": {
        "en": "Made by netdiag {version}. Keys are masked; this page asks nothing of any network.",
        "zh": "由 netdiag {version} 生成。密钥已隐去；本页面不访问任何网络。",
    },
    "link_good": {"en": "reached", "zh": "可达"},
    "link_bad": {"en": "breaks here", "zh": "在此中断"},
    "link_none": {"en": "not reached", "zh": "未到达"},
    "break_none": {"en": "The way is open.", "zh": "路径畅通。"},
    "break_leaving": {"en": "Nothing leaves this container's network.", "zh": "没有任何数据离开本容器的网络。"},
    "break_host": {"en": "Nothing comes back from the host.", "zh": "宿主机没有任何回应。"},
    "break_service": {
        "en": "The host answers; the service does not accept connections from here.",
        "zh": "宿主机有回应，但服务不接受来自这里的连接。",
    },
    "break_answer": {
        "en": "The way is open; what answers does not do what KAG asks of it.",
        "zh": "路径畅通，但应答的服务没有满足 KAG 的请求。",
    },
    "with_docker": {"en": "The same with Docker, on a machine that has it:", "zh": "在有 Docker 的机器上可以这样做："},
    "waiting": {"en": "waiting: {title}  [{code}]", "zh": "等待中：{title}  [{code}]"},
    "watch_works": {"en": "works", "zh": "正常"},
    "watch_broken": {"en": "problem", "zh": "问题"},
    "watch_repairable": {"en": "to be repaired", "zh": "待修复"},
    "watch_left_alone": {"en": "left alone", "zh": "保持不变"},
    "watch_gone": {"en": "gone", "zh": "已移除"},
    "since": {"en": "since it last worked at {at} changed: {parts}", "zh": "自上次正常（{at}）以来的变化：{parts}"},
    "gave_up": {
        "en": "was repaired three times and changed back; it is left as it is from now on",
        "zh": "已修复三次，又被改回；此后不再修复",
    },
    "check_failed": {
        "en": "a check failed in netdiag itself: {error}; please report it",
        "zh": "netdiag 自身在一次检查中出错：{error}；请报告此问题",
    },
    "listening": {"en": "metrics: {url}", "zh": "指标：{url}"},
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


def by_hand(place: str, language: str) -> str:
    """Return where a person clicks to change what is at ``place`` in OpenSPG's pages; empty for a file."""
    name = f"click_{place.split(' > ', maxsplit=1)[0]}"
    return label(name, language) if name in LABELS else ""  # a saved report has the place in words


def origin(candidate: Candidate, language: str) -> str:
    """Return in ``language`` where a candidate comes from: ``default gateway of eth0``, ``pinned in /etc/hosts:7``."""
    kind: str = candidate.kind
    if kind == "name" and candidate.source:
        kind = "name_pinned" if candidate.source.startswith("/") else "name_known"
    return label(kind, language, source=candidate.source)
