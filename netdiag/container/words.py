"""What is said on the host, in both languages; a sentence says what, why, and what to run."""

from collections.abc import Mapping
from typing import Final

from netdiag.container.finding import AUTO, Picked
from netdiag.container.refusal import Refused
from netdiag.container.request import Request
from netdiag.findings import term
from netdiag.text import shown

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "no_docker_package": (
        "--container needs one more package: pip install 'netdiag[docker]'",
        "--container 还需要一个软件包：pip install 'netdiag[docker]'",
    ),
    "engine_not_permitted": (
        (
            "this user may not use the Docker Engine at {path}: sudo usermod -aG docker $USER, then log in again; or "
            "run this with sudo"
        ),
        "当前用户无权使用 {path} 处的 Docker 引擎：执行 sudo usermod -aG docker $USER 后重新登录；或者用 sudo 运行",
    ),
    "engine_not_running": (
        (
            "no Docker Engine answers at {url} ({detail}): sudo systemctl start docker, or start Docker Desktop; if it "
            "listens elsewhere: docker context ls, and DOCKER_HOST names it"
        ),
        (
            "{url} 处没有 Docker 引擎应答（{detail}）：执行 sudo systemctl start docker，"
            "或启动 Docker Desktop；如果它在别处监听："
            "docker context ls 可以查看，用 DOCKER_HOST 指定"
        ),
    ),
    "engine_not_running_podman": (
        "Podman does not answer at {url} ({detail}): systemctl --user start podman.socket (as root without --user)",
        "{url} 处的 Podman 没有应答（{detail}）：执行 systemctl --user start podman.socket（root 用户去掉 --user）",
    ),
    "engine_hangs": (
        "the engine at {url} accepts connections and does not answer ({detail}): see: docker version",
        "{url} 处的引擎接受连接但没有回应（{detail}）：请查看：docker version",
    ),
    "engine_tls": (
        (
            "the Docker Engine cannot be spoken to over TLS ({detail}): DOCKER_CERT_PATH must hold ca.pem, cert.pem "
            "and key.pem that fit this engine; docker version shows whether Docker's own command can"
        ),
        (
            "无法通过 TLS 与 Docker 引擎通信（{detail}）：DOCKER_CERT_PATH 目录中"
            "须有与该引擎匹配的 ca.pem、cert.pem 和 key.pem；可用 docker version 查看 Docker 自己的命令是否能连上"
        ),
    ),
    "engine_too_old": (
        "the Docker Engine at {url} is too old ({detail}): see: docker version, and update it",
        "{url} 处的 Docker 引擎版本过旧（{detail}）：可用 docker version 查看，并请升级",
    ),
    "engine_ssh": (
        (
            "netdiag does not speak ssh ({url}); let ssh bring the socket here: "
            "ssh -N -L /tmp/docker.sock:/var/run/docker.sock HOST & DOCKER_HOST=unix:///tmp/docker.sock netdiag ..."
        ),
        (
            "netdiag 不支持 ssh（{url}）；请用 ssh 把套接字转发到本机："
            "ssh -N -L /tmp/docker.sock:/var/run/docker.sock HOST & DOCKER_HOST=unix:///tmp/docker.sock netdiag ..."
        ),
    ),
    "engine_scheme": (
        "DOCKER_HOST is no address of an engine: {url}; it begins with unix:// or tcp://",
        "DOCKER_HOST 不是引擎地址：{url}；应以 unix:// 或 tcp:// 开头",
    ),
    "engine_says": ("the Docker Engine refuses: {detail}", "Docker 引擎拒绝：{detail}"),
    "engine_unusable": (
        "the Docker Engine at {url} cannot be used: {detail}; see: docker version",
        "无法使用 {url} 处的 Docker 引擎：{detail}；请查看：docker version",
    ),
    "no_such_context": (
        "there is no Docker context {name}: docker context ls",
        "没有名为 {name} 的 Docker 上下文：docker context ls",
    ),
    "context_unusable": (
        "the Docker context {name} cannot be read ({detail}): docker context inspect {name}",
        "无法读取 Docker 上下文 {name}（{detail}）：docker context inspect {name}",
    ),
    "no_such_container": (
        "there is no container {name}: {docker} ps --all{choices}",
        "没有容器 {name}：{docker} ps --all{choices}",
    ),
    "no_containers": (
        (
            "there is no container {name}, nor any other at this engine: {docker} ps --all; if OpenSPG runs under "
            "another user's engine, run this with sudo or as that user; another context is named by DOCKER_CONTEXT"
        ),
        (
            "没有容器 {name}，这个引擎中也没有任何其他容器：{docker} ps --all；如果 OpenSPG 运行在其他用户的引擎中，"
            "请用 sudo 或以该用户身份运行；其他上下文用 DOCKER_CONTEXT 指定"
        ),
    ),
    "no_server": (
        (
            "no container is called {name}, and none here is an OpenSPG server; name the one that is meant: "
            "--container NAME{choices}"
        ),
        "没有名为 {name} 的容器，这里也没有容器是 OpenSPG 服务器；请用 --container NAME 指定{choices}",
    ),
    "several_servers": (
        "{name} may mean several OpenSPG servers that run here; say which:{choices}",
        "这里有多个正在运行的 OpenSPG 服务器，{name} 可能指其中任何一个；请选择：{choices}",
    ),
    "several_stopped": (
        "no OpenSPG server runs here; start the one that is meant by {name}:{choices}",
        "这里没有正在运行的 OpenSPG 服务器；请启动 {name} 所指的那一个：{choices}",
    ),
    "taken_auto": (
        "taking {name} ({image}), an OpenSPG server by {evidence}; to take another one: {other}",
        "选用 {name}（{image}），根据{evidence}判断它是 OpenSPG 服务器；要改用其他容器：{other}",
    ),
    "taken": (
        (
            "no container is called {wanted}: taking {name} ({image}), an OpenSPG server by {evidence}; to take "
            "another one: {other}"
        ),
        (
            "没有名为 {wanted} 的容器：改用 {name}（{image}），根据{evidence}判断它是 OpenSPG 服务器；"
            "要改用其他容器：{other}"
        ),
    ),
    "several_containers": (
        "{name} may mean several containers; say which:{choices}",
        "{name} 可能指多个容器；请选择其中一个：{choices}",
    ),
    "is_not_running": (
        "container {name} is {status}: {docker} start {name}",
        "容器 {name} 的状态是 {status}：{docker} start {name}",
    ),
    "is_paused": ("container {name} is paused: {docker} unpause {name}", "容器 {name} 已暂停：{docker} unpause {name}"),
    "is_restarting": (
        "container {name} keeps restarting, so nothing can run in it: {docker} logs --tail 50 {name}",
        "容器 {name} 不断重启，无法在其中运行任何程序：{docker} logs --tail 50 {name}",
    ),
    "not_linux": (
        "container {name} is one of {system}: netdiag runs on Linux",
        "容器 {name} 属于 {system}：netdiag 只能在 Linux 上运行",
    ),
    "no_way": (
        (
            "netdiag cannot run in container {name}: {why}. Build netdiag's image and say it again: "
            "docker build --target netdiag --tag {image} . (see README.md), or name one that is here and has Python "
            "3.10 or newer: --helper-image IMAGE"
        ),
        (
            "无法在容器 {name} 中运行 netdiag：{why}。请构建 netdiag 的镜像后重试："
            "docker build --target netdiag --tag {image} .（见 README.zh-CN.md），或者指定本机已有的、带 Python 3.10 "
            "或更新版本的镜像：--helper-image IMAGE"
        ),
    ),
    "not_installed": ("netdiag is not installed in it", "其中没有安装 netdiag"),
    "no_python": ("it has no Python to lend netdiag to", "其中没有可供借用的 Python"),
    "python_too_old": ("its Python {older} is older than 3.10", "其中的 Python {older} 早于 3.10"),
    "no_helper_image": (
        "there is no image {image} here for a helper container",
        "本机没有可用于辅助容器的镜像 {image}",
    ),
    "helper_failed": (
        "the helper container ended too early: does the image {image} have sh and Python 3.10 or newer?",
        "辅助容器提前退出：镜像 {image} 中是否有 sh 和 Python 3.10 或更新版本？",
    ),
    "no_stdin_over_tls": (
        "standard input cannot be passed over TLS to the netdiag that is installed there; take --way lent",
        "无法通过 TLS 把标准输入传给其中已安装的 netdiag；请使用 --way lent",
    ),
    "engine_answer": (
        "what the engine answered is not of the form that engines answer in ({detail}); see: docker version",
        "引擎的应答格式不符（{detail}）；请查看：docker version",
    ),
    "inside_ended": (
        (
            "the netdiag in the container ended without saying what came of it (status {value}); what it was writing, "
            "the next run finishes or undoes"
        ),
        "容器中的 netdiag 提前退出，没有报告结果（状态 {value}）；未写完的内容由下次运行完成或撤销",
    ),
    "inside_killed": (
        (
            "the netdiag in the container was killed (signal {value}): 9 comes from the kernel where the container's "
            "memory limit is reached ({docker} stats, {docker} update --memory); what it was writing, the next run "
            "finishes or undoes"
        ),
        (
            "容器中的 netdiag 被终止（信号 {value}）：9 通常是达到容器内存上限时由内核发出的"
            "（{docker} stats、{docker} update --memory）；未写完的内容由下次运行完成或撤销"
        ),
    ),
    "inside_lost": (
        (
            "the connection to the netdiag in the container ended before it did; what it was writing, the next run "
            "finishes or undoes; see: {docker} ps --all"
        ),
        "与容器中 netdiag 的连接提前中断；未写完的内容由下次运行完成或撤销；请查看：{docker} ps --all",
    ),
    "inside_silent": (
        (
            "the netdiag in the container has not answered for {seconds} s: it is stopped, or the machine has no "
            "memory left; see: {docker} top and {docker} stats; what it was writing, the next run finishes or undoes"
        ),
        (
            "容器中的程序已有 {seconds} 秒没有应答：它已停住，或机器内存不足；请查看：{docker} top 和 {docker} stats；"
            "未写完的内容由下次运行完成或撤销"
        ),
    ),
    "inside_takes_nothing": (
        (
            "the Python in the container has taken nothing of the program for {seconds} s: it is stopped, or no Python "
            "at all; nothing was changed; see: {docker} top; another way: --way helper"
        ),
        (
            "容器中的 Python 已有 {seconds} 秒没有接收程序：它已停住，或者根本不是 Python；没有任何改动；"
            "请查看：{docker} top；可改用 --way helper"
        ),
    ),
    "journal_not_trusted": (
        (
            "{path}: the journal of this container is not believed ({reason}; owner {owner}, mode {mode}), so nothing "
            "is written; it must belong to {user} alone; put it aside (mv), or name a directory of your own by "
            "NETDIAG_STATE_DIR"
        ),
        (
            "{path}：该容器的日志不可信（{reason}；所有者 {owner}，权限 {mode}），因此不写入任何内容；"
            "它必须只属于 {user}；请将其移开（mv），或用 NETDIAG_STATE_DIR 指定自己的目录"
        ),
    ),
    "journal_not_kept": (
        (
            "the journal of this repair cannot be kept in {path} ({detail}); it stays in the container, and the next "
            "run takes it from there"
        ),
        "这次修复的日志无法保存到 {path}（{detail}）；它仍留在容器中，下次运行时会从那里取回",
    ),
    "busy": (
        "another netdiag works in this container from here: {path} is locked",
        "本机上另一个 netdiag 正在该容器中工作：{path} 已被锁定",
    ),
    "read_only_root": (
        (
            "the root file system of container {name} is read-only, so nothing can be installed there, nor need it: "
            "netdiag --container {name} COMMAND"
        ),
        "容器 {name} 的根文件系统是只读的，无法安装；也不必安装：netdiag --container {name} COMMAND",
    ),
    "nothing_to_install_on": (
        (
            "container {name} has no Python 3.10 or newer to install netdiag on; nothing needs to be installed: "
            "netdiag --container {name} COMMAND"
        ),
        "容器 {name} 中没有 Python 3.10 或更新版本，无法安装 netdiag；也不必安装：netdiag --container {name} COMMAND",
    ),
    "installed": (
        "installed in {name}: docker exec {name} netdiag; netdiag uninstall {name} takes it away",
        "已安装到 {name}：docker exec {name} netdiag；执行 netdiag uninstall {name} 可完全移除",
    ),
    "already_installed": (
        "this very netdiag is installed in {name} already",
        "{name} 中已经安装了同一个 netdiag",
    ),
    "uninstalled": (
        "taken away from {name}; its journal is kept here: netdiag --container {name} rollback",
        "已从 {name} 中移除；日志保存在本机：netdiag --container {name} rollback",
    ),
    "already_gone": ("nothing of netdiag is installed in {name}", "{name} 中没有安装 netdiag"),
    "place_taken": (
        (
            "the netdiag in {name} came with its image, or somebody's own is in its place (/opt/netdiag, or the "
            "command netdiag): left as it is"
        ),
        "{name} 中的 netdiag 来自其镜像，或者该位置（/opt/netdiag，或命令 netdiag）已被占用：保持不变",
    ),
    "journal_not_taken": (
        (
            "the journal in {name} cannot be kept here, so nothing was taken away: is there room, and is the state "
            "directory yours (NETDIAG_STATE_DIR)?"
        ),
        "{name} 中的日志无法保存到本机，因此什么也没有移除：请检查磁盘空间和状态目录权限（NETDIAG_STATE_DIR）",
    ),
    "cannot_install": ("{name}: {detail}", "{name}：{detail}"),
    "by_docker_host": ("engine: {url}, from DOCKER_HOST", "引擎：{url}，来自 DOCKER_HOST"),
    "by_context": ("engine: {url}, from the Docker context {detail}", "引擎：{url}，来自 Docker 上下文 {detail}"),
    "by_default": ("engine: {url}, Docker's own socket", "引擎：{url}，Docker 默认套接字"),
    "by_rootless": ("engine: {url}, rootless Docker's socket", "引擎：{url}，rootless Docker 的套接字"),
    "by_podman": ("engine: {url}, Podman's socket", "引擎：{url}，Podman 的套接字"),
    "engine": ("    {name} {version} on {system}", "    {name} {version}，运行于 {system}"),
    "container": ("container: {name} ({image}), {id}", "容器：{name}（{image}），{id}"),
    "way_installed": (
        "way: the netdiag that is installed there ({program})",
        "方式：使用其中已安装的 netdiag（{program}）",
    ),
    "way_lent": (
        "way: this netdiag, lent to the container's Python ({program}) in memory; nothing is left there",
        "方式：把本机的 netdiag 借给容器中的 Python（{program}），只在内存中运行，不留下任何东西",
    ),
    "way_helper": (
        "way: a helper container of the image {program} in its network and beside its processes, removed afterwards",
        "方式：使用镜像 {program} 的辅助容器，共享其网络和进程空间，结束后删除",
    ),
    "because": ("    because {why}", "    因为{why}"),
    "try_root": (
        "the container's own user ({user}) may not write it; as root: --user root",
        "容器自己的用户（{user}）无权写入；以 root 运行：--user root",
    ),
}

_AND: Final = {"en": "; ", "zh": "；"}


def say(word: str, language: str, **values: object) -> str:
    """Return the sentence in ``language``; ``why`` may be words of this table themselves."""
    if isinstance(why := values.get("why"), tuple):
        values["why"] = _AND[language].join(say(each, language, **{**values, "why": ""}) for each in why)
    return _WORDS[word][language == "zh"].format_map({name: _plain(value) for name, value in values.items()})


def taken(picked: Picked, request: Request) -> str:
    """Return what is said of a container that was found in place of one of the name that was asked for."""
    return say(
        "taken_auto" if request.container == AUTO else "taken",
        request.language,
        wanted=request.container,
        name=picked.container.name,
        image=picked.container.image,
        evidence=term(f"server_by_{picked.evidence}", request.language),
        other=request.calling("NAME"),
    )


def refusal(refused: Refused, language: str) -> str:
    """Return what is said of something that cannot be done."""
    values = {"docker": "docker", **refused.values}
    return say(refused.word, language, **{**values, "reason": term(str(values.get("reason", "")), language)})


def _plain(value: object) -> str:
    """Return a value as it may be shown; lists of choices are made of what was made so already."""
    text = str(value)
    return text if text.startswith("\n") else shown(text)
