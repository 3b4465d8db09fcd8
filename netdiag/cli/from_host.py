"""``--container``: make of the command line what is run in the container, and of this terminal what it is told."""

import argparse
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from netdiag import container, exits
from netdiag.cli.terminal import VARIABLE
from netdiag.cli.values import key_line
from netdiag.container import PLACE, Request, Streams
from netdiag.handed_in import CALLED
from netdiag.sources import standard_input
from netdiag.text import shown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_OF_THE_HOST: Final = {"--container": 6, "--user": 4, "--way": 5, "--helper-image": 7}
"""Options that take a value and mean the host, each with how many characters argparse needs to tell it from others."""

_HERE: Final = frozenset({"explain", "demo", "install", "uninstall"})
"""Commands that look at no container."""

_LARGEST: Final = 64 << 20
"""Bytes of a report as JSON: one of 5,000 rows has some 20 MB."""

_PASSED: Final = ("NO_COLOR", "TERM", "COLUMNS")


def is_meant(arguments: argparse.Namespace) -> bool:
    """Say whether the command is to run in a container."""
    replays = getattr(arguments, "replay", None)
    return hasattr(arguments, "container") and arguments.command not in _HERE and not replays


def run(arguments: argparse.Namespace) -> int:
    """Run the command in the container, and return its status."""
    if arguments.command == "report":
        return _report(arguments)
    return container.run_inside(_request(arguments, arguments.argv), _streams())


def announce(arguments: argparse.Namespace) -> None:
    """Let what is said here, about a container that is not looked into, name the command that means it."""
    caller = _caller(vars(arguments))
    os.environ[CALLED] = Request(arguments.container, (), caller).called(arguments.container)


def _report(arguments: argparse.Namespace) -> int:
    """Check in the container, and write the page here."""
    from netdiag.cli import page  # noqa: PLC0415 - for one command
    from netdiag.replay import NotAReportError, replay  # noqa: PLC0415

    said = _Bounded()
    argv = ("check", "--format", "json", *_as_check(arguments.argv))
    status = container.run_inside(_request(arguments, argv), Streams(said, sys.stderr.buffer))
    try:
        return page.write(replay(said.getvalue()), arguments)
    except NotAReportError:  # why was said on standard error
        return status or exits.PROBLEM


class _Bounded(io.BytesIO):
    """Holds a report, and nothing of what is longer than any: a container may send without end."""

    def write(self, data: "ReadableBuffer") -> int:
        """Take it all, and keep what fits."""
        if self.tell() <= _LARGEST:
            super().write(data)
        return memoryview(data).nbytes


def _as_check(argv: Sequence[str]) -> Iterator[str]:
    """Yield the options and files of ``report`` that ``check`` has too."""
    at = list(argv).index("report")
    arguments = iter((*argv[:at], *argv[at + 1 :]))
    for argument in arguments:
        name, has_value, _ = argument.partition("=")
        if name == "-o" or (name.startswith("--o") and "--output".startswith(name)):
            if not has_value:
                next(arguments, None)
        elif not argument.startswith("-o"):
            yield argument


def _request(arguments: argparse.Namespace, argv: Sequence[str]) -> Request:
    given = vars(arguments)
    return Request(
        container=arguments.container,
        argv=tuple(_with_key(without_options(argv), given)),
        caller=_caller(given),
        typed=tuple(without_options(arguments.argv)),
        language=arguments.lang,
        verbose=bool(given.get("verbose")),
        user=given.get("user", ""),
        way=given.get("way"),
        helper_image=given.get("helper_image", Request.helper_image),
        stdin=_stdin(given),
        writes=writes(given),
        watches=arguments.command == "watch",
        encoding=sys.stdout.encoding or "utf-8",
        environment=_terminal(os.environ),
        secrets=_password(given, os.environ),
    )


def _caller(given: Mapping[str, object]) -> tuple[str, ...]:
    """Return how the netdiag in the container is called, and as which user of it: what that one may is what counts."""
    user = ("--user", shown(str(given["user"]))) if "user" in given else ()
    return ("netdiag", "--container", PLACE, *user)


def settle(arguments: argparse.Namespace) -> int:
    """Install netdiag in a container, or take it away; return the status."""
    request = Request(arguments.place, (), ("netdiag", arguments.command, PLACE), (), arguments.lang)
    return container.settle(request, _streams(), installs=arguments.command == "install")


def _streams() -> Streams:
    return Streams(sys.stdout.buffer, sys.stderr.buffer)


def writes(given: Mapping[str, object]) -> bool:
    """Say whether the command may write, or needs to know what was written."""
    command = given["command"]
    return command == "rollback" or (command == "fix-base-url" and not given["dry_run"]) or bool(given.get("fix"))


def without_options(argv: Sequence[str]) -> Iterator[str]:
    """Yield ``argv`` without the options that mean the host, spelled as argparse takes them."""
    arguments = iter(argv)
    for argument in arguments:
        name, has_value, _ = argument.partition("=")
        if not any(option.startswith(name) and len(name) >= least for option, least in _OF_THE_HOST.items()):
            yield argument
        elif not has_value:
            next(arguments, None)


def _with_key(argv: Iterator[str], given: Mapping[str, object]) -> Iterator[str]:
    """Yield ``argv`` with the key, where a variable of this shell holds it, taken from standard input instead."""
    if os.environ.get(str(given.get("api_key_env"))) is None:
        yield from argv
        return
    for argument in argv:
        name, has_value, _ = argument.partition("=")
        if "--api-key-env".startswith(name) and name.startswith("--api-key-e"):
            yield "--api-key-stdin"
            if not has_value:
                next(argv, None)
        else:
            yield argument


def _stdin(given: Mapping[str, object]) -> bytes:
    """Return what the command will read of standard input: a configuration, a text, or a key."""
    if (key := os.environ.get(str(given.get("api_key_env")))) is not None:
        return key.encode() + b"\n"
    if given.get("api_key_stdin"):
        return key_line()
    files = (*given.get("files", ()), *given.get("config", ()))  # type: ignore[misc]
    return standard_input(files)


def _password(given: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variable with the database's password, where it is set in this shell and not in the container."""
    name = str(given.get("db_password_env") or "")
    return {name: environ[name]} if name in environ else {}


def _terminal(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what tells the command in the container of this terminal."""
    passed = {name: environ[name] for name in _PASSED if name in environ}
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or "C.UTF-8"
    read = [name for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)) if stream.isatty()]
    return {**passed, "LC_ALL": locale, VARIABLE: " ".join(read)}
