"""The story of ``fix-compose``: find the files → choose the service → plan what it gets → write → read back."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag import compose, config, exits, findings, repair
from netdiag.clock import now, since
from netdiag.compose.services import Service, sharing
from netdiag.findings.commands import quoted
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Finding, Report
from netdiag.outcome import concluded
from netdiag.store import Store

COMMAND: Final = "fix-compose"

_OF_A_SWARM: Final = frozenset({"mode", "placement", "endpoint_mode", "update_config", "rollback_config"})
"""Keys of ``deploy`` that only `docker stack deploy` heeds."""


@dataclass(frozen=True)
class Task:
    """What is asked for: in which files, for which service, what it is to get, and whether to write.

    That is a ``network``, hosts for ``no_proxy``, addresses of name servers (``dns``); where none of them is asked for,
    the name of its host. ``in_container`` says that this netdiag runs in the container, and is in its image: a host
    need not have another.
    """

    files: tuple[str, ...] = ()
    service: str = ""
    network: str = ""
    no_proxy: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    write: bool = False
    stdin: bytes = b""
    directory: Path = field(default_factory=Path)
    in_container: bool = False


class _Planned(NamedTuple):
    """What is to be put into which documents, and what is said of it; no document where there is nothing to do."""

    documents: tuple[compose.Document, ...]
    plan: Plan
    said: tuple[Finding, ...]
    places: Mapping[str, Path] = MappingProxyType({})


def run(task: Task, open_store: Callable[[], Store] = Store) -> Report:
    """Give the service what is asked for, where ``task.write``; every outcome is in the report."""
    began, started = time.monotonic(), now()
    recovered = repair.recover(open_store) if task.write else ()
    try:
        planned = _planned(task)
    except compose.Refused as refused:
        planned = _Planned((), Plan(), (refused.finding,))
    except config.Unreadable as error:
        planned = _Planned((), Plan(), (_unreadable(error),))
    written = repair.Written(output=task.stdin or None)
    if task.write and planned.documents:
        documents = {document.source: _as_document(document) for document in planned.documents}
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
    puts: list[compose.Put] = []
    there = service.where
    for part in _parts(task):
        with _saying(service, (part,)):
            made = part.make(service, project)
            there, added = (made, ()) if isinstance(made, str) else (there, made)
            puts += added
    found = _Made(task, project, services, service, puts)
    if not puts:
        return _Planned((), Plan(), (Finding("ND571", there, {"service": service.name, **_commands(found)}),))
    documents = tuple({growth.spot.document.source: growth.spot.document for growth in found.growths}.values())
    with _saying(service, _parts(task)):
        edits = {document.source: _edits(document, found.growths) for document in documents}
    planned = tuple(edit for of_source in edits.values() for edit in of_source)
    plan = Plan(planned, {document.source: document.digest for document in documents}, compose.unified(planned))
    return _Planned(documents, plan, _said(found), project.places)


def _edits(document: compose.Document, growths: Sequence[compose.Growth]) -> tuple[Edit, ...]:
    return compose.edits(document, [growth for growth in growths if growth.spot.document.source == document.source])


class _Part(NamedTuple):
    """One thing that a service can get: the word for it in ``when``, its value, what makes it, its option."""

    kind: str
    value: str
    make: Callable[[Service, compose.Project], tuple[compose.Put, ...] | str]
    option: str = ""

    @property
    def what(self) -> str:
        """What is said of it: a name by itself, what the value of a key is with the key."""
        return self.value if self.kind in ("host", "network") else f"{self.kind}: {self.value}"


def _parts(task: Task) -> tuple[_Part, ...]:
    """Return what is asked for."""
    hosts, servers, network = task.no_proxy, task.dns, task.network
    asked = (
        _Part(
            "no_proxy",
            ",".join(hosts),
            lambda service, project: compose.exempt(service, hosts, project.from_file),
            f"--no-proxy {','.join(map(quoted, hosts))} ",
        ),
        _Part(
            "dns",
            ", ".join(servers),
            lambda service, _: compose.ask(service, servers),
            "".join(f"--dns {server} " for server in servers),
        ),
        _Part(
            "network",
            network,
            lambda service, project: compose.join(service, network, project.documents),
            f"--network {network} ",
        ),
    )
    named = _Part("host", compose.HOST, lambda service, _: compose.name_the_host(service))
    return tuple(part for part in asked if part.value) or (named,)


def _wanted(parts: Sequence[_Part]) -> dict[str, str]:
    """Return the values by which remedies differ, ``kind``, and those that they are made of."""
    said = {part.kind: part.value for part in parts}
    kinds, what = " ".join(said), "; ".join(part.what for part in parts)
    return {**said, "kind": kinds, "what": what, "options": "".join(part.option for part in parts)}


@contextmanager
def _saying(service: Service, parts: Sequence[_Part]) -> Iterator[None]:
    """Let a refusal say which service it is about, and what was to be put into it."""
    try:
        yield
    except compose.Refused as refused:
        finding = refused.finding
        known = {"service": service.name, **_wanted(parts)}
        raise compose.Refused(finding._replace(values={**known, **finding.values})) from None


class _Made(NamedTuple):
    """What was planned, and for whom."""

    task: Task
    project: compose.Project
    services: Sequence[Service]
    service: Service
    puts: Sequence[compose.Put]

    @property
    def growths(self) -> tuple[compose.Growth, ...]:
        """All insertions."""
        return tuple(growth for put in self.puts for growth in put.growths)


def _said(made: _Made) -> tuple[Finding, ...]:
    """Return what is to be told of a plan: what has to be run, who gets it too, and where it may not work."""
    service, where = made.service, made.puts[0].definition.where
    said = [Finding("ND570", where, {"service": service.name, **_commands(made)})]
    if others := _others(made):
        said.append(Finding("ND576", where, {"service": service.name, "others": ", ".join(others)}))
    if any(part.kind == "host" for part in _parts(made.task)) and _is_for_a_swarm(service):
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
        **_wanted(_parts(made.task)),
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
