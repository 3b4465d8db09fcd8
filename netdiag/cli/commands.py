"""What each command does: make a job of the arguments, run it, print the report."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from netdiag import exits, invocation
from netdiag.cli import invoked, output
from netdiag.cli.spoken import said
from netdiag.cli.terminal import complain
from netdiag.cli.values import key_line
from netdiag.text import Secret, shown

if TYPE_CHECKING:
    from netdiag.job import Job
    from netdiag.model.report import Report
    from netdiag.openspg import Given


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    output.prepare(arguments)
    invocation.use(invoked.invocation(arguments))
    if hasattr(arguments, "container"):
        from netdiag.cli import from_host  # noqa: PLC0415 - needs the docker package

        if from_host.is_meant(arguments):
            return from_host.run(arguments)
        from_host.announce(arguments)
    return _COMMANDS[arguments.command](arguments)


def _fix_or_check(arguments: argparse.Namespace) -> int:
    from netdiag import engine  # noqa: PLC0415 - httpx and all that repairs
    from netdiag.sources import STDIN  # noqa: PLC0415

    job = _job(arguments)
    filters = job.write and STDIN in job.files
    stream = sys.stderr if filters else sys.stdout
    if arguments.wait:
        from netdiag.cli.waiting import waited  # noqa: PLC0415 - only when the option is used

        report = waited(job, arguments)
    else:
        with output.watching(arguments, stream) as tell:
            report = engine.run(job, tell)
    if filters:
        sys.stdout.buffer.write(job.stdin if report.output is None else report.output)
    return output.show(report, arguments, stream, told=not arguments.wait)


def _check(arguments: argparse.Namespace) -> int:
    return _replay(arguments) if arguments.replay else _fix_or_check(arguments)


def _report(arguments: argparse.Namespace) -> int:
    from netdiag.cli import page  # noqa: PLC0415

    if arguments.replay:
        report = _replayed(arguments.replay)
        return exits.NO_CONFIGURATION if report is None else page.write(report, arguments)
    from netdiag import engine  # noqa: PLC0415 - httpx and all that repairs

    arguments.format = "text"  # a page has no other; what is told meanwhile is for people
    with output.watching(arguments, sys.stdout) as tell:
        report = engine.run(_job(arguments)._replace(command="check"), tell)
    return page.write(report, arguments)


def _replay(arguments: argparse.Namespace) -> int:
    report = _replayed(arguments.replay)
    return exits.NO_CONFIGURATION if report is None else output.show(report, arguments, sys.stdout)


def _replayed(name: str) -> "Report | None":
    """Return the saved report diagnosed again, or say why that cannot be."""
    from netdiag.replay import NotAReportError, replay  # noqa: PLC0415 - nothing of what probes is needed

    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        report = replay(text)
    except (OSError, NotAReportError) as error:
        reason = said(error.strerror or "") if isinstance(error, OSError) else said(error.said, **error.values)
        complain(said("{name} cannot be diagnosed again: {reason}", name=shown(name), reason=shown(reason)))
        return None
    invocation.use(report.invocation)
    return report


def _detect(arguments: argparse.Namespace) -> int:
    from netdiag.detection import detect  # noqa: PLC0415 - without what the other commands need

    return output.show(detect(arguments.host), arguments, sys.stdout)


def _chat(arguments: argparse.Namespace) -> int:
    from netdiag import single_call  # noqa: PLC0415 - httpx
    from netdiag.config.learned import learned  # noqa: PLC0415
    from netdiag.model.endpoint import Endpoint  # noqa: PLC0415

    endpoint = Endpoint(
        source="command line",
        line=0,
        node=arguments.kind,
        kind=arguments.kind,
        type=arguments.type,
        model=arguments.model,
        base_url=arguments.base_url,
        api_key=_key(arguments),
    )
    with output.watching(arguments, sys.stdout) as tell:
        report = single_call.call_once(learned(endpoint), _job(arguments), tell)
    return output.show(report, arguments, sys.stdout, told=True)


def _suggest(arguments: argparse.Namespace) -> int:
    if (name := arguments.api_key_env) and name not in os.environ:
        told = "--api-key-env: there is no variable {name} here; with docker exec, write: docker exec -e {name} …"
        complain(said(told, name=shown(name)))
        return exits.USAGE
    from netdiag import suggesting  # noqa: PLC0415 - httpx

    job = _job(arguments)._replace(ports=tuple(arguments.port), key=_key(arguments))
    with output.watching(arguments, sys.stdout) as tell:
        report = suggesting.run(job, tell)
    return output.show(report, arguments, sys.stdout, told=True)


def _rollback(arguments: argparse.Namespace) -> int:
    from netdiag import undoing  # noqa: PLC0415 - the store
    from netdiag.job import Job  # noqa: PLC0415

    if arguments.list:
        return output.show(undoing.journal(), arguments, sys.stdout)
    paths = [Path(name) for name in arguments.files]
    job = Job("rollback", database=_database(vars(arguments)))
    return output.show(undoing.rollback(paths, arguments.run, job=job), arguments, sys.stdout)


def _compose(arguments: argparse.Namespace) -> int:
    from netdiag import composing  # noqa: PLC0415 - nothing of what probes is needed
    from netdiag.sources import STDIN, standard_input  # noqa: PLC0415

    files = (*arguments.files, *arguments.file)
    stdin = standard_input(files)
    task = composing.Task(
        files,
        arguments.service or "",
        arguments.network or "",
        tuple(dict.fromkeys(arguments.no_proxy)),
        tuple(dict.fromkeys(arguments.dns)),
        not arguments.dry_run,
        stdin,
        in_container=STDIN in files and _is_in_container(),
    )
    report = composing.run(task)
    filters = task.write and STDIN in files
    if filters:
        sys.stdout.buffer.write(report.output or stdin)
    return output.show(report, arguments, sys.stderr if filters else sys.stdout)


def _is_in_container() -> bool:
    """Tell whether this is a container of its own; one in its host's network may be a host's own tool."""
    from netdiag import platform  # noqa: PLC0415 - few commands need it

    return platform.name(platform.read()).has_own_network


def _explain(arguments: argparse.Namespace) -> int:
    from netdiag.cli import explain  # noqa: PLC0415

    if not arguments.error:
        return explain.codes(arguments)
    try:
        report = explain.pasted(arguments.error)
    except OSError as error:
        reason = said(error.strerror or "")
        complain(said("{name} cannot be read: {reason}", name=shown(arguments.error), reason=reason))
        return exits.NO_CONFIGURATION
    return output.show(report, arguments, sys.stdout)


def _watch(arguments: argparse.Namespace) -> int:
    from netdiag.cli import watching  # noqa: PLC0415 - needs prometheus-client

    return watching.run(_job(arguments), arguments)


def _install(arguments: argparse.Namespace) -> int:
    from netdiag.cli import from_host  # noqa: PLC0415 - needs the docker package

    return from_host.settle(arguments)


def _demo(arguments: argparse.Namespace) -> int:
    from netdiag.cli import demo  # noqa: PLC0415 - needs the lab

    return demo.run(arguments)


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "fix-base-url": _fix_or_check,
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
    "uninstall": _install,
    "demo": _demo,
}


def _job(arguments: argparse.Namespace) -> "Job":
    """Return the job the arguments describe; options a command does not have are at their defaults."""
    from netdiag.job import ANSWER_LIMIT_S, Job  # noqa: PLC0415
    from netdiag.sources import standard_input  # noqa: PLC0415

    given = vars(arguments)
    files = (*given.get("files", ()), *given.get("config", ()))
    return Job(
        command=arguments.command,
        files=files,
        hosts=tuple(given.get("host", ())),
        write=arguments.command == "fix-base-url" and not arguments.dry_run,
        answer_s=given.get("timeout", ANSWER_LIMIT_S),
        kag_version=given.get("kag_version") or "",
        only=given.get("only"),
        scope=given.get("scope", "all"),
        database=_database(given),
        stdin=standard_input(files),
        asks_who=bool(given.get("verbose")),
        directory=Path.cwd(),
    )


def _database(given: Mapping[str, Any]) -> "Given | None":
    """Return what was said of the OpenSPG server's database; the password comes from the environment only."""
    from netdiag.openspg import Given  # noqa: PLC0415

    variable = given.get("db_password_env")
    password = os.environ.get(variable) if variable else None
    named: Given = given.get("db_url") or Given()
    return named._replace(password=Secret(password)) if password is not None else given.get("db_url")


def _key(arguments: argparse.Namespace) -> Secret | None:
    if arguments.api_key_env:
        value = os.environ.get(arguments.api_key_env)
        return Secret(value) if value is not None else None
    return Secret(key_line().decode().strip()) if arguments.api_key_stdin else None
