"""Commands and options, as design and docs/reference.md have them."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from netdiag import __version__
from netdiag.cli import values
from netdiag.cli.help import Parser
from netdiag.cli.spoken import asked, language, said, speak
from netdiag.report.rendered import FORMATS, OF_A_CALL, PLAIN

_SHELLS: Final = ("bash", "zsh", "fish")
_NAMES: Final = (
    "its name, id, compose service or image; `openspg` and `auto` find OpenSPG's server, whatever it is called"
)
_LOOKED_AT: Final = "what is looked at"
_EXAMINED: Final = "how it is examined"
_PRINTED: Final = "what is printed"


def parser(only: str = "") -> argparse.ArgumentParser:
    """Return the whole command line; with ``only`` the name of a command, without what the others would need."""
    top = Parser(
        prog="netdiag",
        description="find the address by which this container reaches the model service on its host, "
        "prove it by KAG's own call, and repair base_urls",
        epilog="`netdiag COMMAND --help` tells a command's options, `netdiag explain CODE` what a finding means",
    )
    top.add_argument("--version", action="version", version=f"netdiag {__version__}")
    _container(top)
    top.add_argument(
        "--print-completion",
        action=_PrintCompletion,
        choices=_SHELLS,
        default=argparse.SUPPRESS,
        help="print what this shell sources to complete netdiag's command lines",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, add in _COMMANDS.items():
        if only in ("", name):
            add(commands)
    return top


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what ``arguments`` ask for, and them as ``argv``.

    Ends the process with a usage error where they cannot be meant.
    """
    if "NETDIAG_HANDED_IN" in os.environ:
        from netdiag import handed_in  # noqa: PLC0415 - only where a host hands something in

        handed_in.accept()
    speak(asked(arguments, os.environ))
    top = parser(arguments[0] if arguments and arguments[0] in _COMMANDS else "")
    parsed = top.parse_args(arguments, argparse.Namespace(argv=tuple(arguments)))
    if parsed.command == "rollback" and parsed.list and (parsed.run or parsed.files):
        top.error(said("rollback --list undoes nothing: it takes neither --run nor FILE"))
    if getattr(parsed, "replay", None) and getattr(parsed, "wait", 0):
        top.error(said("argument --wait: a saved report does not change, so there is nothing to wait for"))
    if parsed.command == "watch" and "-" in (*parsed.files, *parsed.config):
        top.error(said("watch reads its configurations again and again, so it takes no standard input"))
    if parsed.command == "fix-compose" and hasattr(parsed, "container"):
        top.error(said("argument --container: a compose file is on the host, so fix-compose runs there"))
    alone = [name for name in ("user", "way", "helper_image") if hasattr(parsed, name)]
    if alone and not hasattr(parsed, "container"):
        name = f"--{alone[0].replace('_', '-')}"
        top.error(said("argument {name}: means nothing without --container", name=name))
    variable = getattr(parsed, "db_password_env", None)
    if variable and variable not in os.environ and not hasattr(parsed, "container"):
        top.error(said("argument --db-password-env: takes the name of a variable that is set"))
    return parsed


def _files() -> argparse.ArgumentParser:
    part = Parser(add_help=False)
    part.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="configurations, or directories that hold one; `-` is standard input (default: where KAG looks)",
    )
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument("--config", action="append", default=[], metavar="FILE", help="the same as FILE (repeatable)")
    about = "look only at files, or only at the OpenSPG server (default: at both)"
    group.add_argument("--only", choices=("files", "server"), help=about)
    about = (
        "of the server: the configuration new knowledge bases begin with, that of existing ones, or both (default: all)"
    )
    group.add_argument("--scope", choices=("global", "projects", "all"), default="all", help=about)
    return part


def _database() -> argparse.ArgumentParser:
    part = Parser(add_help=False)
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument(
        "--db-url",
        type=values.db_url,
        metavar="mysql://USER@HOST:PORT/DATABASE",
        help="the OpenSPG server's database (default: what the server's process was told)",
    )
    about = "the environment variable that holds its password (default: what that command line says)"
    group.add_argument("--db-password-env", metavar="NAME", help=about)
    return part


def _hosts() -> argparse.ArgumentParser:
    part = Parser(add_help=False)
    about = "try this address or name of the host first (repeatable)"
    group = part.add_argument_group(_EXAMINED)
    group.add_argument("--host", action="append", default=[], type=values.host, metavar="ADDRESS", help=about)
    return part


def _probing() -> argparse.ArgumentParser:
    part = Parser(add_help=False, parents=[_hosts()])
    group = part.add_argument_group(_EXAMINED)
    about = "imitate this KAG (default: the one that is installed)"
    group.add_argument("--kag-version", type=values.kag_version, metavar="X.Y", help=about)
    group.add_argument(
        "--timeout",
        type=values.seconds,
        default=120.0,
        metavar="SECONDS",
        help="how long a whole call may take, from the name to the last byte (default: %(default)g)",
    )
    return part


def _waiting() -> argparse.ArgumentParser:
    part = Parser(add_help=False)
    part.add_argument_group(_EXAMINED).add_argument(
        "--wait",
        type=values.duration,
        default=0.0,
        metavar="DURATION",
        help="run again for as long, while what is wrong can heal by itself: 120s, 2m, 1h; then end with 124 "
        "(default: run once)",
    )
    return part


def _language() -> argparse.ArgumentParser:
    part = Parser(add_help=False)
    part.add_argument_group(_PRINTED).add_argument(
        "--lang", choices=("en", "zh"), default=language(os.environ), help="language of the text (default: from LANG)"
    )
    return part


def _speech() -> argparse.ArgumentParser:
    part = Parser(add_help=False, parents=[_language()])
    group = part.add_argument_group(_PRINTED)
    group.add_argument("-v", "--verbose", action="count", default=0, help="print every attempt")
    group.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR=1)")
    return part


def _printing(formats: Sequence[str] = PLAIN) -> argparse.ArgumentParser:
    part = Parser(add_help=False, parents=[_speech()])
    group = part.add_argument_group(_PRINTED)
    group.add_argument(
        "-q", "--quiet", action="store_true", help="print problems only, and in a line what can be repaired"
    )
    group.add_argument("--format", choices=formats, default="text", help="for people or for a machine (default: text)")
    return part


def _shared(formats: Sequence[str] = PLAIN) -> argparse.ArgumentParser:
    part = Parser(add_help=False, parents=[_printing(formats)])
    _container(part)
    return part


def _command(commands: Any, name: str, about: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, parents=parents, help=about, description=about)
    return command


def _container(to: argparse.ArgumentParser) -> None:
    """Take ``--container`` before and after the command; without a default, which would hide the one before it."""
    about = f"run this inside that container, through the Docker API: {_NAMES}"
    to.add_argument("--container", metavar="NAME", default=argparse.SUPPRESS, help=about)
    about = "as this user of the container (default: the one it runs as)"
    to.add_argument("--user", metavar="USER", default=argparse.SUPPRESS, help=f"with --container: {about}")
    about = "how netdiag gets there (default: the first that can be)"
    ways = ("installed", "lent", "helper")
    to.add_argument("--way", choices=ways, default=argparse.SUPPRESS, help=f"with --container: {about}")
    about = "a local image with Python for a container without (default: netdiag)"
    to.add_argument("--helper-image", metavar="IMAGE", default=argparse.SUPPRESS, help=f"with --container: {about}")


def _fix(commands: Any) -> None:
    about = "find, prove and write the base_urls that work"
    fix = _command(commands, "fix-base-url", about, _files(), _database(), _probing(), _waiting(), _shared(FORMATS))
    fix.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")


def _check(commands: Any) -> None:
    about = "diagnose as fix-base-url does, and change nothing"
    check = _command(commands, "check", about, _files(), _database(), _probing(), _waiting(), _shared(FORMATS))
    check.add_argument(
        "--replay", metavar="REPORT", help="diagnose a saved JSON report again, offline; `-` is standard input"
    )


def _report(commands: Any) -> None:
    about = "the check as one page to look at and pass on, keys masked: .html, .md for an issue, or .json"
    report = _command(commands, "report", about, _files(), _database(), _probing(), _speech())
    report.add_argument("-q", "--quiet", action="store_true", help="say nothing of what was written")
    report.add_argument("-o", "--output", required=True, type=values.page, metavar="FILE", help="where it is written")
    report.add_argument(
        "--replay", metavar="REPORT", help="show a saved JSON report, diagnosed again; `-` is standard input"
    )


def _detect(commands: Any) -> None:
    about = "where this is, the way to the host, and which address would be written; connects to nothing"
    _command(commands, "detect", about, _hosts(), _shared())


def _chat(commands: Any) -> None:
    chat = _command(commands, "chat", "one call exactly as KAG makes it", _probing(), _shared(OF_A_CALL))
    chat.add_argument("--type", required=True, help="as in the configuration: ollama, vllm, maas, openai")
    chat.add_argument("--base-url", required=True, metavar="URL", help="as in the configuration")
    chat.add_argument("--model", required=True, help="its name, as in the configuration")
    kinds = ("chat", "embedding", "rerank")
    chat.add_argument("--kind", choices=kinds, default="chat", help="what KAG uses the model for (default: chat)")
    _key(chat)


def _key(to: argparse.ArgumentParser) -> None:
    """Take a key in one of two ways, neither of which others can read."""
    key = to.add_mutually_exclusive_group()
    key.add_argument("--api-key-env", metavar="NAME", help="read the key from this environment variable")
    key.add_argument("--api-key-stdin", action="store_true", help="read the key from standard input")


def _suggest(commands: Any) -> None:
    about = "find the model services on this container's host, and say what to type, proven by KAG's own call"
    suggest = _command(commands, "suggest", about, _database(), _probing(), _shared())
    suggest.add_argument(
        "--port",
        action="append",
        default=[],
        type=values.open_port,
        metavar="N",
        help="look at this port of the host too (repeatable; default: those that model servers use)",
    )
    _key(suggest)


def _rollback(commands: Any) -> None:
    rollback = _command(commands, "rollback", "put back what the last run changed", _database(), _shared())
    about = "undo the last change of these files (default: the last run)"
    rollback.add_argument("files", nargs="*", metavar="FILE", help=about)
    rollback.add_argument("--run", metavar="ID", help="undo this run, or with FILE its change of these files")
    rollback.add_argument("--list", action="store_true", help="name the runs in the journal; undoes nothing")


def _compose(commands: Any) -> None:
    about = "on the host: give a service the name of its host, an entry in NO_PROXY, a name server, a network"
    part = Parser(add_help=False)
    files = "compose files, or directories that hold one; `-` is standard input (default: where compose looks)"
    part.add_argument("files", nargs="*", metavar="FILE", help=files)
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument(
        "-f", "--file", action="append", default=[], metavar="FILE", help="the same as FILE (repeatable)"
    )
    group.add_argument("--service", metavar="NAME", help="which service (default: OpenSPG's server)")
    added = part.add_argument_group("what the service gets (default: the name of its host, host.docker.internal)")
    hosts = "hosts that are called without a proxy, put into its NO_PROXY with commas between them (repeatable)"
    added.add_argument("--no-proxy", type=values.no_proxy, action="extend", default=[], metavar="HOST", help=hosts)
    server = "the address of a name server that is asked before the others (repeatable)"
    added.add_argument("--dns", type=values.name_server, action="append", default=[], metavar="ADDRESS", help=server)
    network = "join this network, which exists already"
    added.add_argument("--network", type=values.network, metavar="NAME", help=network)
    fix = _command(commands, "fix-compose", about, part, _printing())
    fix.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")


def _explain(commands: Any) -> None:
    about = "what a finding means and every remedy, or what a pasted error can mean; offline"
    explain = _command(commands, "explain", about, _shared())
    what = explain.add_mutually_exclusive_group()
    what.add_argument("codes", nargs="*", metavar="CODE", default=[], help="codes like ND201 (default: list all)")
    what.add_argument(
        "--error", metavar="FILE", help="text that KAG or the configuration page printed; `-` is standard input"
    )


def _watch(commands: Any) -> None:
    about = "keep checking; tell what changes, serve Prometheus metrics, /healthz and /readyz"
    watch = _command(commands, "watch", about, _files(), _database(), _probing(), _language())
    watch.add_argument("-q", "--quiet", action="store_true", help="tell problems only")
    _container(watch)
    watch.add_argument(
        "--interval", type=values.duration, default=30.0, metavar="DURATION", help="how often to check (default: 30s)"
    )
    watch.add_argument(
        "--listen",
        type=values.listen,
        default=("127.0.0.1", 9877),
        metavar="ADDRESS:PORT",
        help="where metrics are served (default: 127.0.0.1:9877; port 0 takes a free one)",
    )
    watch.add_argument("--fix", action="store_true", help="write what is proven, as fix-base-url does")
    watch.add_argument(
        "--fix-every",
        type=values.duration,
        default=600.0,
        metavar="DURATION",
        help="repair the same source no more often (default: 10m)",
    )


def _install(commands: Any) -> None:
    about = "put netdiag into a running container to stay, from its host"
    _in_container(_command(commands, "install", about, _speech()))


def _uninstall(commands: Any) -> None:
    about = "take away all that `install` put into a container"
    _in_container(_command(commands, "uninstall", about, _speech()))


def _in_container(to: argparse.ArgumentParser) -> None:
    to.add_argument("place", metavar="CONTAINER", help=_NAMES)


def _demo(commands: Any) -> None:
    demo = _command(commands, "demo", "a host, a container and a fault, repaired before your eyes", _speech())
    about = "which fault (default: works-by-gateway)"
    demo.add_argument("scenario", nargs="?", default="works-by-gateway", metavar="SCENARIO", help=about)
    demo.add_argument("--list", action="store_true", help="name the scenarios")
    demo.add_argument("--shell", action="store_true", help="a prompt inside the container, to try commands by hand")


_COMMANDS: Final[Mapping[str, Callable[[Any], None]]] = {
    "fix-base-url": _fix,
    "check": _check,
    "detect": _detect,
    "chat": _chat,
    "suggest": _suggest,
    "report": _report,
    "fix-compose": _compose,
    "rollback": _rollback,
    "explain": _explain,
    "watch": _watch,
    "install": _install,
    "uninstall": _uninstall,
    "demo": _demo,
}


class _PrintCompletion(argparse.Action):
    """Print a completion script; what makes it is imported only then."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, values: Any, __: str | None = None) -> None:
        try:
            from netdiag.cli.completion import script  # noqa: PLC0415
        except ImportError:
            parser.error(said("completion needs one more package: pip install 'netdiag[completion]'"))
        sys.stdout.write(script(parser, values))
        parser.exit()
