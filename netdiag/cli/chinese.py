"""The command line in Chinese: every sentence of its help and its errors, by what stands in the source."""

from collections.abc import Mapping
from typing import Final

_ARGPARSE: Final = {
    "usage: ": "用法：",
    "positional arguments": "位置参数",
    "options": "选项",
    "optional arguments": "选项",
    "%(heading)s:": "%(heading)s：",
    "show this help message and exit": "显示帮助并退出",
    "show program's version number and exit": "显示版本并退出",
    "%(prog)s: error: %(message)s\n": "%(prog)s: 错误：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "无法识别的参数：%s",
    "expected one argument": "需要一个值",
    "expected at most one argument": "最多接受一个值",
    "expected at least one argument": "至少需要一个值",
    "expected %s argument": "需要 %s 个值",
    "expected %s arguments": "需要 %s 个值",
    "not allowed with argument %s": "不能与参数 %s 同时使用",
    "ignored explicit argument %r": "该选项不接受值：%r",
    "one of the arguments %s is required": "以下参数必须指定其一：%s",
    "ambiguous option: %(option)s could match %(matches)s": "选项不明确：%(option)s（可能是 %(matches)s）",
    "invalid %(type)s value: %(value)r": "%(type)s 的值无效：%(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "无效的取值：%(value)r（可选：%(choices)s）",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "无效的取值：%(value)r，是否想写 %(suggestion)r？（可选：%(choices)s）"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": "没有命令 %(parser_name)r（可选：%(choices)s）",
    "unexpected option string: %s": "意外的选项：%s",
}
"""argparse's own, of Python 3.10 to 3.14."""

_HELP: Final = {
    "find the address by which this container reaches the model service on its host, prove it by KAG's own call, "
    "and repair base_urls": "找出本容器访问宿主机上模型服务的地址，用 KAG 自己的调用验证，并修复 base_url",
    "`netdiag COMMAND --help` tells a command's options, `netdiag explain CODE` what a finding means": (
        "`netdiag COMMAND --help` 显示某个命令的选项，`netdiag explain CODE` 说明某个代码的含义"
    ),
    "what is looked at": "检查对象",
    "how it is examined": "检查方式",
    "what is printed": "输出",
    "print what this shell sources to complete netdiag's command lines": "打印该 shell 用于补全 netdiag 命令行的脚本",
    "configurations, or directories that hold one; `-` is standard input (default: where KAG looks)": (
        "配置文件，或其所在目录；`-` 表示标准输入（默认：KAG 会查找的位置）"
    ),
    "the same as FILE (repeatable)": "与 FILE 相同（可重复）",
    "look only at files, or only at the OpenSPG server (default: at both)": (
        "只检查文件，或只检查 OpenSPG 服务器（默认：两者都检查）"
    ),
    "of the server: the configuration new knowledge bases begin with, that of existing ones, or both (default: all)": (
        "服务器上的范围：新建知识库所用的配置、已有知识库的配置，或两者（默认：all）"
    ),
    "the OpenSPG server's database (default: what the server's process was told)": (
        "OpenSPG 服务器的数据库（默认：取自服务器进程的命令行）"
    ),
    "the environment variable that holds its password (default: what that command line says)": (
        "保存其密码的环境变量（默认：取自上述命令行）"
    ),
    "try this address or name of the host first (repeatable)": "优先尝试宿主机的这个地址或名称（可重复）",
    "imitate this KAG (default: the one that is installed)": "模拟这个版本的 KAG（默认：已安装的版本）",
    "how long a whole call may take, from the name to the last byte (default: %(default)g)": (
        "一次完整调用的时限，从解析名称到最后一个字节，单位为秒（默认：%(default)g）"
    ),
    "run again for as long, while what is wrong can heal by itself: 120s, 2m, 1h; then end with 124 "
    "(default: run once)": (
        "故障能自行恢复时，在这段时间内反复检查：120s、2m、1h；超时后退出码为 124（默认：只运行一次）"
    ),
    "language of the text (default: from LANG)": "输出语言（默认：取自 LANG）",
    "print every attempt": "列出每次尝试",
    "no colours (also: NO_COLOR=1)": "不使用颜色（也可设置 NO_COLOR=1）",
    "print problems only, and in a line what can be repaired": "只显示问题，可修复的内容每项一行",
    "for people or for a machine (default: text)": "输出格式，供人阅读或供程序读取（默认：text）",
    "run this inside that container, through the Docker API: its name, id, compose service or image; `openspg` and "
    "`auto` find OpenSPG's server, whatever it is called": (
        "通过 Docker API 在该容器中运行；可用名称、ID、compose 服务名或镜像名指定；"
        "`openspg` 和 `auto` 会找到 OpenSPG 服务器，不论其名称"
    ),
    "its name, id, compose service or image; `openspg` and `auto` find OpenSPG's server, whatever it is called": (
        "容器的名称、ID、compose 服务名或镜像名；`openspg` 和 `auto` 会找到 OpenSPG 服务器，不论其名称"
    ),
    "with --container: as this user of the container (default: the one it runs as)": (
        "与 --container 同用：以容器中的这个用户运行（默认：容器自己的用户）"
    ),
    "with --container: how netdiag gets there (default: the first that can be)": (
        "与 --container 同用：netdiag 进入容器的方式（默认：第一种可行的方式）"
    ),
    "with --container: a local image with Python for a container without (default: netdiag)": (
        "与 --container 同用：容器中没有 Python 时，借用本机的这个镜像（默认：netdiag）"
    ),
    "find, prove and write the base_urls that work": "查找、验证并写入可用的 base_url",
    "show what would be written, and write nothing": "只显示将要写入的内容，不写入",
    "diagnose as fix-base-url does, and change nothing": "与 fix-base-url 相同的诊断，不做任何修改",
    "diagnose a saved JSON report again, offline; `-` is standard input": (
        "离线重新诊断已保存的 JSON 报告；`-` 表示标准输入"
    ),
    "the check as one page to look at and pass on, keys masked: .html, .md for an issue, or .json": (
        "把检查结果写成可查看、可转发的页面，密钥已隐去：.html、用于 issue 的 .md，或 .json"
    ),
    "say nothing of what was written": "不提示写入了哪个文件",
    "where it is written": "写入的文件",
    "show a saved JSON report, diagnosed again; `-` is standard input": (
        "显示已保存的 JSON 报告，并重新诊断；`-` 表示标准输入"
    ),
    "where this is, the way to the host, and which address would be written; connects to nothing": (
        "当前运行环境、通往宿主机的路径，以及将写入的地址；不建立任何连接"
    ),
    "one call exactly as KAG makes it": "发出一次与 KAG 完全相同的调用",
    "as in the configuration: ollama, vllm, maas, openai": "与配置中相同：ollama、vllm、maas、openai",
    "as in the configuration": "与配置中相同",
    "its name, as in the configuration": "模型名称，与配置中相同",
    "what KAG uses the model for (default: chat)": "KAG 用该模型做什么（默认：chat）",
    "read the key from this environment variable": "从该环境变量读取密钥",
    "read the key from standard input": "从标准输入读取密钥",
    "find the model services on this container's host, and say what to type, proven by KAG's own call": (
        "找出本容器宿主机上的模型服务，给出应填写的内容，均经 KAG 自己的调用验证"
    ),
    "look at this port of the host too (repeatable; default: those that model servers use)": (
        "同时检查宿主机的这个端口（可重复；默认：各种模型服务的常用端口）"
    ),
    "put back what the last run changed": "恢复上一次运行所做的修改",
    "undo the last change of these files (default: the last run)": "撤销这些文件的最近一次修改（默认：上一次运行）",
    "undo this run, or with FILE its change of these files": "撤销这次运行；与 FILE 同用时只撤销对这些文件的修改",
    "name the runs in the journal; undoes nothing": "列出日志中的各次运行，不撤销任何内容",
    "on the host: give a service the name of its host, an entry in NO_PROXY, a name server, a network": (
        "在宿主机上：为 compose 文件中的服务加入宿主机的名称、NO_PROXY 中的主机、域名服务器或网络"
    ),
    "what the service gets (default: the name of its host, host.docker.internal)": (
        "为服务加入的内容（默认：宿主机的名称 host.docker.internal）"
    ),
    "hosts that are called without a proxy, put into its NO_PROXY with commas between them (repeatable)": (
        "不经代理访问的主机，用逗号分隔，写入它的 NO_PROXY（可重复）"
    ),
    "the address of a name server that is asked before the others (repeatable)": (
        "优先询问的域名服务器的地址（可重复）"
    ),
    "compose files, or directories that hold one; `-` is standard input (default: where compose looks)": (
        "compose 文件，或其所在目录；`-` 表示标准输入（默认：compose 会查找的位置）"
    ),
    "which service (default: OpenSPG's server)": "哪个服务（默认：OpenSPG 服务器）",
    "join this network, which exists already": "加入这个已有的网络",
    "what a finding means and every remedy, or what a pasted error can mean; offline": (
        "某个代码的含义及所有解决办法，或解读粘贴的报错；离线可用"
    ),
    "codes like ND201 (default: list all)": "形如 ND201 的代码（默认：列出全部）",
    "text that KAG or the configuration page printed; `-` is standard input": (
        "KAG 或配置页面显示的报错文本所在的文件；`-` 表示标准输入"
    ),
    "keep checking; tell what changes, serve Prometheus metrics, /healthz and /readyz": (
        "持续检查并报告变化，提供 Prometheus 指标、/healthz 和 /readyz"
    ),
    "tell problems only": "只报告问题",
    "how often to check (default: 30s)": "检查间隔（默认：30s）",
    "where metrics are served (default: 127.0.0.1:9877; port 0 takes a free one)": (
        "提供指标的地址（默认：127.0.0.1:9877；端口 0 表示任意空闲端口）"
    ),
    "write what is proven, as fix-base-url does": "写入已验证的内容，与 fix-base-url 相同",
    "repair the same source no more often (default: 10m)": "同一配置两次修复的最短间隔（默认：10m）",
    "put netdiag into a running container to stay, from its host": "在宿主机上把 netdiag 装进正在运行的容器",
    "take away all that `install` put into a container": "移除 `install` 装进容器的全部内容",
    "a host, a container and a fault, repaired before your eyes": "造出一台宿主机、一个容器和一个故障，当场演示修复",
    "which fault (default: works-by-gateway)": "哪个故障（默认：works-by-gateway）",
    "name the scenarios": "列出各个场景",
    "a prompt inside the container, to try commands by hand": "进入容器中的命令行，亲手尝试",
}

_REFUSED: Final = {
    "rollback --list undoes nothing: it takes neither --run nor FILE": (
        "rollback --list 不撤销任何内容，因此不接受 --run 和 FILE"
    ),
    "argument --wait: a saved report does not change, so there is nothing to wait for": (
        "参数 --wait：已保存的报告不会变化，没有可等待的内容"
    ),
    "watch reads its configurations again and again, so it takes no standard input": (
        "watch 会反复读取配置，因此不接受标准输入"
    ),
    "argument --container: a compose file is on the host, so fix-compose runs there": (
        "参数 --container：compose 文件在宿主机上，因此 fix-compose 只在宿主机上运行"
    ),
    "argument {name}: means nothing without --container": "参数 {name}：须与 --container 同用",
    "argument --db-password-env: takes the name of a variable that is set": (
        "参数 --db-password-env：应为已设置的环境变量名"
    ),
    "completion needs one more package: pip install 'netdiag[completion]'": (
        "命令补全还需要一个软件包：pip install 'netdiag[completion]'"
    ),
    "takes an address or a name, without scheme, port or path: {text!r}": (
        "值 {text!r} 无效，应为地址或名称，不含协议、端口和路径"
    ),
    "takes the name of a network, as `docker network ls` shows it: {text!r}": (
        "值 {text!r} 无效，应为网络名称，与 `docker network ls` 所显示的相同"
    ),
    "takes a name that ends with .html, .md or .json: {text!r}": "文件名 {text!r} 无效，应以 .html、.md 或 .json 结尾",
    "takes seconds, more than 0 and at most {most:g}: {text!r}": "值 {text!r} 无效，应为秒数，大于 0 且不超过 {most:g}",
    "takes a time more than 0 and at most 24 h, like 30, 30s, 2m or 1h: {text!r}": (
        "值 {text!r} 无效，应为大于 0 且不超过 24 小时的时长，例如 30、30s、2m 或 1h"
    ),
    "takes an address and a port, like 127.0.0.1:9877 or [::1]:9877: {text!r}": (
        "值 {text!r} 无效，应为地址和端口，例如 127.0.0.1:9877 或 [::1]:9877"
    ),
    "takes a port from 1 to 65535: {text!r}": "值 {text!r} 无效，应为 1 到 65535 之间的端口",
    "takes a version of KAG, one of {known}: {text!r}": "值 {text!r} 无效，应为 KAG 的版本，即 {known} 之一",
    "takes no password, since everybody can read a command line: name a variable with --db-password-env": (
        "不接受密码，因为命令行人人可见：请用 --db-password-env 指定环境变量"
    ),
    "takes mysql://user@host:port/database": "应为 mysql://用户@主机:端口/数据库",
}

_ERRANDS: Final = {
    "{name} cannot be diagnosed again: {reason}": "{name} 无法重新诊断：{reason}",
    "it is no report of netdiag (more than {most} bytes)": "不是 netdiag 的报告（超过 {most} 字节）",
    "it does not say {schema}": "其中没有 {schema}",
    "it is no report of netdiag ({error})": "不是 netdiag 的报告",
    "it is a report of `netdiag {command}`, which holds no evidence": "`netdiag {command}` 的报告中没有诊断依据",
    "it tells of a failure {failure!r}, which this version does not know": "其中有该版本不认识的故障 {failure!r}",
    "it tells of {code}, which this version does not know": "其中有该版本不认识的代码 {code}",
    "it says that netdiag is called otherwise than `{called}`": "其中 netdiag 的调用方式不是 `{called}`",
    "--api-key-env: there is no variable {name} here; with docker exec, write: docker exec -e {name} …": (
        "--api-key-env：这里没有环境变量 {name}；使用 docker exec 时请写：docker exec -e {name} …"
    ),
    "{name} cannot be read: {reason}": "{name} 无法读取：{reason}",
    "{name} cannot be written: {reason}": "{name} 无法写入：{reason}",
    "wrote {name}": "已写入 {name}",
    "{host} port {port} cannot be listened on: {reason}": "无法监听 {host} 端口 {port}：{reason}",
    "there is no code {codes}; `netdiag explain` lists all": "没有代码 {codes}；`netdiag explain` 可列出全部",
    "there is no scenario {name}; `netdiag demo --list` names all": "没有场景 {name}；`netdiag demo --list` 可列出全部",
    "there is no scenario {name}; near it: {near}; `netdiag demo --list` names all": (
        "没有场景 {name}；相近的有：{near}；`netdiag demo --list` 可列出全部"
    ),
    "ND701: netdiag itself failed: {error}; please report it": "ND701：netdiag 自身出错：{error}；请报告此问题",
}

_SYSTEM: Final = {
    "No such file or directory": "没有这个文件或目录",
    "Permission denied": "没有权限",
    "Is a directory": "是一个目录",
    "Not a directory": "不是目录",
    "No space left on device": "磁盘空间不足",
    "Read-only file system": "只读文件系统",
    "Address already in use": "地址已在使用",
    "Cannot assign requested address": "本机没有这个地址",
    "File name too long": "文件名过长",
    "Input/output error": "输入输出错误",
    "Too many levels of symbolic links": "符号链接层数过多",
    "Disk quota exceeded": "超出磁盘配额",
    "File too large": "文件过大",
    "Bad file descriptor": "文件描述符已关闭",
}
"""What strerror(3) says of files and addresses."""

WORDS: Final[Mapping[str, str]] = {**_ARGPARSE, **_HELP, **_REFUSED, **_ERRANDS, **_SYSTEM}
