"""Commands and options, as design and docs/reference.md have them."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from netdiag import __version__
from netdiag.report.rendered import FORMATS, OF_A_CALL, PLAIN

_NAME: Final = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_.])?")
_SHELLS: Final = ("bash", "zsh", "fish")
_LOOKED_AT: Final = "what is looked at"
_EXAMINED: Final = "how it is examined"
_PRINTED: Final = "what is printed"
_LONGEST_WAIT_S: Final = 3600.0
_LONGEST_DURATION_S: Final = 86400.0


def parser(only: str = "") -> argparse.ArgumentParser:
    """Return the whole command line; with ``only`` the name of a command, without what the others would need."""
    top = argparse.ArgumentParser(
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
    """Return what ``arguments`` ask for; ends the process with a usage error where they cannot be meant."""
    top = parser(arguments[0] if arguments and arguments[0] in _COMMANDS else "")
    parsed = top.parse_args(arguments)
    if parsed.command == "rollback" and parsed.list and (parsed.run or parsed.files):
        top.error("rollback --list undoes nothing: it takes neither --run nor FILE")
    if getattr(parsed, "replay", None) and getattr(parsed, "wait", 0):
        top.error("argument --wait: a saved report does not change, so there is nothing to wait for")
    if parsed.command == "watch" and "-" in (*parsed.files, *parsed.config):
        top.error("watch reads its configurations again and again, so it takes no standard input")
    if parsed.command == "fix-compose" and hasattr(parsed, "container"):
        top.error("argument --container: a compose file is on the host, so fix-compose runs there")
    variable = getattr(parsed, "db_password_env", None)
    if variable and variable not in os.environ and not hasattr(parsed, "container"):
        top.error("argument --db-password-env: takes the name of a variable that is set")
    return parsed


def _files() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False)
    part.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="configurations, or directories that hold one; `-` is standard input (default: where KAG looks)",
    )
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument("--config", action="append", default=[], metavar="FILE", help="the same as FILE (repeatable)")
    said = "look only at files, or only at the OpenSPG server (default: at both)"
    group.add_argument("--only", choices=("files", "server"), help=said)
    said = (
        "of the server: the configuration new knowledge bases begin with, that of existing ones, or both (default: all)"
    )
    group.add_argument("--scope", choices=("global", "projects", "all"), default="all", help=said)
    return part


def _database() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False)
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument(
        "--db-url",
        type=_db_url,
        metavar="mysql://USER@HOST:PORT/DATABASE",
        help="the OpenSPG server's database (default: what the server's command line says)",
    )
    said = "the environment variable that holds its password (default: what that command line says)"
    group.add_argument("--db-password-env", metavar="NAME", help=said)
    return part


def _hosts() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False)
    said = "try this address or name of the host first (repeatable)"
    group = part.add_argument_group(_EXAMINED)
    group.add_argument("--host", action="append", default=[], type=_host, metavar="ADDRESS", help=said)
    return part


def _probing() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False, parents=[_hosts()])
    group = part.add_argument_group(_EXAMINED)
    said = "imitate this KAG (default: the one that is installed)"
    group.add_argument("--kag-version", type=_kag_version, metavar="X.Y", help=said)
    group.add_argument(
        "--timeout",
        type=_seconds,
        default=120.0,
        metavar="SECONDS",
        help="how long a model may take to answer (default: %(default)g)",
    )
    return part


def _waiting() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False)
    part.add_argument_group(_EXAMINED).add_argument(
        "--wait",
        type=_duration,
        default=0.0,
        metavar="DURATION",
        help="run again for as long, while what is wrong can heal by itself: 120s, 2m, 1h; then end with 124 "
        "(default: run once)",
    )
    return part


def _language() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False)
    part.add_argument_group(_PRINTED).add_argument(
        "--lang", choices=("en", "zh"), default=language(os.environ), help="language of the text (default: from LANG)"
    )
    return part


def _speech() -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False, parents=[_language()])
    group = part.add_argument_group(_PRINTED)
    group.add_argument("-v", "--verbose", action="count", default=0, help="print every attempt")
    group.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR=1)")
    return part


def _printing(formats: Sequence[str] = PLAIN) -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False, parents=[_speech()])
    group = part.add_argument_group(_PRINTED)
    group.add_argument(
        "-q", "--quiet", action="store_true", help="print problems only, and in a line what can be repaired"
    )
    group.add_argument("--format", choices=formats, default="text", help="for people or for a machine (default: text)")
    return part


def _shared(formats: Sequence[str] = PLAIN) -> argparse.ArgumentParser:
    part = argparse.ArgumentParser(add_help=False, parents=[_printing(formats)])
    _container(part)
    return part


def _command(commands: Any, name: str, said: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, parents=parents, help=said, description=said)
    return command


def _container(to: argparse.ArgumentParser) -> None:
    """Take ``--container`` before and after the command; without a default, which would hide the one before it."""
    said = "run this inside that container, through the Docker API"
    to.add_argument("--container", metavar="NAME", default=argparse.SUPPRESS, help=said)


def _fix(commands: Any) -> None:
    said = "find, prove and write the base_urls that work"
    fix = _command(commands, "fix-base-url", said, _files(), _database(), _probing(), _waiting(), _shared(FORMATS))
    fix.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")


def _check(commands: Any) -> None:
    said = "diagnose as fix-base-url does, and change nothing"
    check = _command(commands, "check", said, _files(), _database(), _probing(), _waiting(), _shared(FORMATS))
    check.add_argument(
        "--replay", metavar="REPORT", help="diagnose a saved JSON report again, offline; `-` is standard input"
    )


def _report(commands: Any) -> None:
    said = "the check as one page to look at and pass on, keys masked: .html, .md for an issue, or .json"
    report = _command(commands, "report", said, _files(), _database(), _probing(), _speech())
    report.add_argument("-q", "--quiet", action="store_true", help="say nothing of what was written")
    report.add_argument("-o", "--output", required=True, type=_page, metavar="FILE", help="where it is written")
    report.add_argument(
        "--replay", metavar="REPORT", help="show a saved JSON report, diagnosed again; `-` is standard input"
    )


def _detect(commands: Any) -> None:
    said = "where this is, the way to the host, and which address would be written; connects to nothing"
    _command(commands, "detect", said, _hosts(), _shared())


def _chat(commands: Any) -> None:
    chat = _command(commands, "chat", "one call exactly as KAG makes it", _probing(), _shared(OF_A_CALL))
    chat.add_argument("--type", required=True, help="as in the configuration: ollama, vllm, maas, openai")
    chat.add_argument("--base-url", required=True, metavar="URL", help="as in the configuration")
    chat.add_argument("--model", required=True, help="its name, as in the configuration")
    kinds = ("chat", "embedding", "rerank")
    chat.add_argument("--kind", choices=kinds, default="chat", help="what KAG uses the model for (default: chat)")
    key = chat.add_mutually_exclusive_group()
    key.add_argument("--api-key-env", metavar="NAME", help="read the key from this environment variable")
    key.add_argument("--api-key-stdin", action="store_true", help="read the key from standard input")


def _rollback(commands: Any) -> None:
    rollback = _command(commands, "rollback", "put back what the last run changed", _database(), _shared())
    said = "undo the last change of these files (default: the last run)"
    rollback.add_argument("files", nargs="*", metavar="FILE", help=said)
    rollback.add_argument("--run", metavar="ID", help="undo this run, or with FILE its change of these files")
    rollback.add_argument("--list", action="store_true", help="name the runs in the journal; undoes nothing")


def _compose(commands: Any) -> None:
    said = "on the host: let a service of a compose file know the name host.docker.internal, or join a network"
    part = argparse.ArgumentParser(add_help=False)
    files = "compose files, or directories that hold one; `-` is standard input (default: where compose looks)"
    part.add_argument("files", nargs="*", metavar="FILE", help=files)
    group = part.add_argument_group(_LOOKED_AT)
    group.add_argument(
        "-f", "--file", action="append", default=[], metavar="FILE", help="the same as FILE (repeatable)"
    )
    group.add_argument("--service", metavar="NAME", help="which service (default: OpenSPG's server)")
    network = "join this existing network (default: give the service the name of its host)"
    group.add_argument("--network", type=_network, metavar="NAME", help=network)
    fix = _command(commands, "fix-compose", said, part, _printing())
    fix.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")


def _explain(commands: Any) -> None:
    said = "what a finding means and every remedy, or what a pasted error can mean; offline"
    explain = _command(commands, "explain", said, _shared())
    what = explain.add_mutually_exclusive_group()
    what.add_argument("codes", nargs="*", metavar="CODE", default=[], help="codes like ND201 (default: list all)")
    what.add_argument(
        "--error", metavar="FILE", help="text that KAG or the configuration page printed; `-` is standard input"
    )


def _watch(commands: Any) -> None:
    said = "keep checking; tell what changes, serve Prometheus metrics, /healthz and /readyz"
    watch = _command(commands, "watch", said, _files(), _database(), _probing(), _language())
    watch.add_argument("-q", "--quiet", action="store_true", help="tell problems only")
    _container(watch)
    watch.add_argument(
        "--interval", type=_duration, default=30.0, metavar="DURATION", help="how often to check (default: 30s)"
    )
    watch.add_argument(
        "--listen",
        type=_listen,
        default=("127.0.0.1", 9877),
        metavar="ADDRESS:PORT",
        help="where metrics are served (default: 127.0.0.1:9877; port 0 takes a free one)",
    )
    watch.add_argument("--fix", action="store_true", help="write what is proven, as fix-base-url does")
    watch.add_argument(
        "--fix-every",
        type=_duration,
        default=600.0,
        metavar="DURATION",
        help="repair the same source no more often (default: 10m)",
    )


def _demo(commands: Any) -> None:
    demo = _command(commands, "demo", "a host, a container and a fault, repaired before your eyes", _speech())
    said = "which fault (default: works-by-gateway)"
    demo.add_argument("scenario", nargs="?", default="works-by-gateway", metavar="SCENARIO", help=said)
    demo.add_argument("--list", action="store_true", help="name the scenarios")
    demo.add_argument("--shell", action="store_true", help="a prompt inside the container, to try commands by hand")


_COMMANDS: Final[Mapping[str, Callable[[Any], None]]] = {
    "fix-base-url": _fix,
    "check": _check,
    "detect": _detect,
    "chat": _chat,
    "report": _report,
    "fix-compose": _compose,
    "rollback": _rollback,
    "explain": _explain,
    "watch": _watch,
    "demo": _demo,
}


class _PrintCompletion(argparse.Action):
    """Print a completion script; what makes it is imported only then."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, values: Any, __: str | None = None) -> None:
        try:
            from netdiag.cli.completion import script  # noqa: PLC0415
        except ImportError:
            parser.error("completion needs one more package: pip install 'netdiag[completion]'")
        sys.stdout.write(script(parser, values))
        parser.exit()


def language(environ: Mapping[str, str]) -> str:
    """Return ``zh`` where the locale is Chinese, in POSIX's order of precedence, else ``en``."""
    chosen = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def _host(text: str) -> str:
    from ipaddress import ip_address  # noqa: PLC0415 - only when the option is used

    bare = text.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        if _NAME.fullmatch(text):
            return text
    msg = f"takes an address or a name, without scheme, port or path: {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _network(text: str) -> str:
    from netdiag.compose import is_network  # noqa: PLC0415 - only when the option is used

    if not is_network(text):
        msg = f"takes the name of a network, as `docker network ls` shows it: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return text


def _page(text: str) -> str:
    if not text.endswith((".html", ".md", ".json")):
        msg = f"takes a name that ends with .html, .md or .json: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return text


def _db_url(text: str) -> object:
    from netdiag.openspg.settings import given  # noqa: PLC0415 - only when the option is used

    try:
        return given(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_WAIT_S:
        msg = f"takes seconds, more than 0 and at most {_LONGEST_WAIT_S:g}: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _duration(text: str) -> float:
    """Return seconds: a plain number, or one with ``s``, ``m`` or ``h``."""
    try:
        seconds = float(text.rstrip("smh")) * {"m": 60, "h": 3600}.get(text[-1:], 1)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_DURATION_S or len(text) - len(text.rstrip("smh")) > 1:
        msg = f"takes a time more than 0 and at most 24 h, like 30, 30s, 2m or 1h: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _listen(text: str) -> tuple[str, int]:
    from ipaddress import ip_address  # noqa: PLC0415 - only when the option is used

    host, _, port = text.rpartition(":")
    try:
        return str(ip_address(host.removeprefix("[").removesuffix("]"))), _port(port)
    except ValueError:
        msg = f"takes an address and a port, like 127.0.0.1:9877 or [::1]:9877: {text!r}"
        raise argparse.ArgumentTypeError(msg) from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError
    return int(text)


def _kag_version(text: str) -> str:
    from netdiag.kag.version import parse  # noqa: PLC0415 - only when the option is used

    try:
        parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
