"""Which OpenSPG servers run in containers of this host: for a run there that found no configuration.

The engine is asked where something says that there is one, and for :data:`LIMIT_S` seconds at most.
"""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from netdiag import background
from netdiag.container import address
from netdiag.container.allowed import ALLOWED
from netdiag.container.refusal import Refused
from netdiag.container.servers import Listed, Server, servers
from netdiag.findings.commands import quoted
from netdiag.model.report import Finding
from netdiag.text import shown

LIMIT_S: Final = 2.0
"""A local engine answers within some milliseconds."""

_NAMED: Final = 20
_NOT_ASKED: Final = {"no_docker_package": "engine_no_package", "engine_not_running_podman": "engine_not_running"}
_REASONS: Final = frozenset(
    {"engine_no_package", "engine_not_permitted", "engine_not_running", "engine_hangs", "engine_ssh", "no_such_context"}
)


def look(command: str, environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Return what is known of OpenSPG servers in containers of this host; never raises.

    ``command`` is the command of netdiag's that the findings advise. Empty where nothing says that there is an engine.
    """
    socket = address.socket_here(environ)
    engine = f"unix://{socket}" if socket else address.named(environ)
    if not engine:
        return ()
    values = {
        "command": command,
        "url": shown(engine),
        "engine": address.program(engine),
        "by": "DOCKER_HOST" if environ.get("DOCKER_HOST") else "other",
        "local": "yes" if socket else "no",
    }
    if socket and os.access(socket, os.F_OK) and not os.access(socket, os.R_OK | os.W_OK):
        return (_unknown("engine_not_permitted", "", values),)
    return _asked(environ, values)


def _asked(environ: Mapping[str, str], values: dict[str, str]) -> tuple[Finding, ...]:
    """Ask in a thread of its own, since an engine that hangs may do so at any step; it ends with the process."""
    ended: list[tuple[Finding, ...]] = []

    def ask() -> None:
        try:
            ended.append(_told(environ, values))
        except Refused as refused:
            said = {**values, "url": str(refused.values.get("url") or values["url"])}
            ended.append((_unknown(refused.word, str(refused.values.get("detail", "")), said),))
        except Exception as error:  # noqa: BLE001 - an answer of another shape, a damaged file of Docker's command
            ended.append((_unknown("engine_unusable", f"{type(error).__name__}: {error}", values),))

    with contextlib.suppress(ImportError):  # which the thread says
        import docker.errors  # noqa: F401, PLC0415 - the extra `netdiag[docker]`
        import requests  # noqa: F401, PLC0415

        from netdiag.container import client, finding  # noqa: F401, PLC0415

    background.start(ask, "engine").join(LIMIT_S)
    return ended[0] if ended else (_unknown("engine_hangs", "", values),)


def _told(environ: Mapping[str, str], values: dict[str, str]) -> tuple[Finding, ...]:
    from netdiag.container.client import connected  # noqa: PLC0415 - the extra `netdiag[docker]`
    from netdiag.container.finding import listing  # noqa: PLC0415

    with connected(ALLOWED["look"], environ, answer_s=LIMIT_S) as (client, at):
        values = {**values, "url": at.shown}
        return findings(listing(client), values)


def findings(listed: Sequence[Listed], values: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return a finding for each OpenSPG server among the containers, or that there is none. Pure."""
    known = servers(listed)[:_NAMED]
    if known:
        return tuple(_server(each, values) for each in known)
    names = ", ".join(sorted(each.name for each in listed)[:_NAMED])
    return (Finding("ND592", "", {**values, "found": names or "engine_is_empty"}),)


def _server(each: Server, values: Mapping[str, str]) -> Finding:
    container = each.container
    said = {
        **values,
        "container": container.name,
        "name": quoted(container.name),
        "image": container.image,
        "state": container.state or "unknown",
        "reason": f"server_by_{each.evidence}",
    }
    return Finding("ND590" if container.state == "running" else "ND591", "", said)


def _unknown(word: str, detail: str, values: Mapping[str, str]) -> Finding:
    """Return that the engine did not tell, and why: a ``word`` of words.py, and what the system or the engine said."""
    reason = _NOT_ASKED.get(word, word)
    reason = reason if reason in _REASONS else "engine_unusable"
    group = "yes" if values["engine"] == "docker" else "no"
    said = {**values, "reason": reason, "python": quoted(sys.executable), "group": group}
    return Finding("ND593", "", said, evidence=(shown(detail),) if detail else ())
