"""The story of ``fix-compose``: find the files → choose the service → plan the entry → write → read back."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag import compose, config, exits, findings, repair
from netdiag.clock import now, since
from netdiag.compose.services import Definition, Service, sharing
from netdiag.findings.commands import quoted
from netdiag.model.plan import Plan
from netdiag.model.report import Finding, Report
from netdiag.outcome import concluded
from netdiag.store import Store

COMMAND: Final = "fix-compose"

_OF_A_SWARM: Final = frozenset({"mode", "placement", "endpoint_mode", "update_config", "rollback_config"})
"""Keys of ``deploy`` that only `docker stack deploy` heeds."""


@dataclass(frozen=True)
class Task:
    """What is asked for: in which files, for which service, the host's name or a network, and whether to write.

    ``in_container`` says that this netdiag runs in the container, and is in its image: a host need not have another.
    """

    files: tuple[str, ...] = ()
    service: str = ""
    network: str = ""
    write: bool = False
    stdin: bytes = b""
    directory: Path = field(default_factory=Path)
    in_container: bool = False


class _Planned(NamedTuple):
    """What is to be put into which document, and what is said of it; no document where there is nothing to do."""

    document: compose.Document | None
    plan: Plan
    said: tuple[Finding, ...]
    places: Mapping[str, Path] = MappingProxyType({})


def run(task: Task, open_store: Callable[[], Store] = Store) -> Report:
    """Give the service its host's name or the network, where ``task.write``; every outcome is in the report."""
    began, started = time.monotonic(), now()
    recovered = repair.recover(open_store) if task.write else ()
    try:
        planned = _planned(task)
    except compose.Refused as refused:
        planned = _Planned(None, Plan(), (refused.finding,))
    except config.Unreadable as error:
        planned = _Planned(None, Plan(), (_unreadable(error),))
    written = repair.Written(output=task.stdin or None)
    if task.write and planned.document:
        documents = {planned.document.source: _as_document(planned.document)}
        written = repair.write(planned.plan, documents, open_store, planned.places)
    failed = any(findings.severity(finding.code) == "error" for finding in written.findings)
    said = (*recovered, *(() if failed else planned.said), *written.findings)
    report = Report(
        command=COMMAND,
        started=started,
        duration_ms=since(began),
        exit_code=exits.OK,
        findings=said,
        plan=planned.plan,
        applied=written.applied,
        output=written.output,
    )
    return concluded(report, writes=task.write)


def _planned(task: Task) -> _Planned:
    project = compose.gather(task.files, task.directory, stdin=task.stdin)
    if project is None:
        raise compose.Refused(Finding("ND578", "", {"directory": str(task.directory.absolute())}))
    services = compose.services(project.documents, project.variables, project.base)
    service = compose.choose(services, task.service)
    try:
        made = _made(task, project, service)
        if isinstance(made, str):
            values = {"service": service.name, "what": task.network or compose.HOST}
            return _Planned(None, Plan(), (Finding("ND571", made, values),))
        definition, growths = made
        edits = compose.edits(definition.document, growths)
    except compose.Refused as refused:
        known = {"service": service.name, **_wanted(task)}
        finding = refused.finding
        raise compose.Refused(finding._replace(values={**known, **finding.values})) from None
    plan = Plan(edits, {definition.document.source: definition.document.digest}, compose.unified(edits))
    said = _said(_Made(task, project, services, service, definition, growths))
    return _Planned(definition.document, plan, said, project.places)


def _made(
    task: Task, project: compose.Project, service: Service
) -> tuple[Definition, tuple[compose.Growth, ...]] | str:
    """Return what is to be put where, or the place where it is already. Raises :class:`compose.Refused`."""
    if task.network:
        return compose.join(service, task.network, project.documents)
    named = compose.name_the_host(service)
    return named if isinstance(named, str) else (named[0], (named[1],))


def _wanted(task: Task) -> dict[str, str]:
    """Return the values by which remedies differ: is it the name of the host, or a network?"""
    return {"kind": "network" if task.network else "host", "network": task.network}


class _Made(NamedTuple):
    """What was planned, and for whom."""

    task: Task
    project: compose.Project
    services: Sequence[Service]
    service: Service
    definition: Definition
    growths: Sequence[compose.Growth]


def _said(made: _Made) -> tuple[Finding, ...]:
    """Return what is to be told of a plan: what has to be run, who gets it too, and where it may not work."""
    service, where = made.service, made.definition.where
    said = [Finding("ND570", where, {"service": service.name, **_wanted(made.task), **_commands(made)})]
    if others := _others(made):
        said.append(Finding("ND576", where, {"service": service.name, "others": ", ".join(others)}))
    if not made.task.network and _is_for_a_swarm(service):
        said.append(Finding("ND577", where, {"service": service.name}))
    return tuple(said)


def _others(made: _Made) -> tuple[str, ...]:
    """Return the other services that what is written changes as well."""
    names = (name for growth in made.growths for name in sharing(made.services, made.service, growth.spot.into))
    return tuple(dict.fromkeys(names))


def _commands(made: _Made) -> dict[str, str]:
    """Return what is to be run on the host. Who shares the service's network needs a new container, too."""
    service = made.service
    inside_it = [each.name for each in made.services if each.text("network_mode") == f"service:{service.name}"]
    options = " ".join(map(quoted, made.project.options))
    names = " ".join(map(quoted, (service.name, *inside_it)))
    compose_with = f"compose {options}".rstrip()
    return {
        "what": made.task.network or compose.HOST,
        "recreate": f"docker {compose_with} up -d --no-deps {names}",
        "podman": f"podman {compose_with} up -d --no-deps {names}",
        "inside": f"{_called_there(made, compose_with)} fix-base-url",
    }


def _called_there(made: _Made, compose_with: str) -> str:
    """Return how the netdiag that looks into the service's container is called on the host."""
    container, service = made.service.text("container_name"), quoted(made.service.name)
    if not made.task.in_container:
        return f"netdiag --container {quoted(container) if container else service}"
    return f"docker {f'exec {quoted(container)}' if container else f'{compose_with} exec {service}'} netdiag"


def _is_for_a_swarm(service: Service) -> bool:
    return any(key.text in _OF_A_SWARM for _, node in service.said("deploy") for key, _ in node.pairs)


def _unreadable(error: config.Unreadable) -> Finding:
    where = f"{error.source}:{error.line}" if error.line else error.source
    return Finding("ND501", where, {"reason": f"file_{error.reason}", "detail": error.detail})


def _as_document(document: compose.Document) -> config.Document:
    """Return the file as the room that writes knows one; it has no endpoints."""
    return config.Document(document.source, "yaml", document.digest, document.data, (), {})
