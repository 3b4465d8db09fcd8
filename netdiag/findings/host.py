"""What the host itself shows: why a port cannot be reached, as a fact where a container could only guess. Pure."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from netdiag import failures
from netdiag.findings import reach
from netdiag.findings.commands import quoted
from netdiag.findings.context import Context, wanted
from netdiag.findings.filters import filtering
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Finding
from netdiag.platform.siblings import Serving, attached, serving
from netdiag.text import host_port

if TYPE_CHECKING:
    from netdiag.model.host import HostView, Listener

_REFUSED: Final = frozenset({"ND201", "ND208"})
"""How connects to the host end where its sockets can be the reason."""

SERVERS: Final = {
    "ollama": "ollama",
    "vllm": "vllm",
    "llama-server": "other",
    "xinference": "other",
    "lms": "other",
    "local-ai": "other",
    "sglang": "other",
}
"""Programs that serve models, as /proc/PID/comm calls them; what is written in Python is called python there."""

_CLOSED: Final = (failures.CONNECTION_CLOSED, failures.CONNECTION_RESET)
_NOBODY_INSIDE: Final = ("ND275", "ND276")

_LISTED: Final = 20
_OWN_NETWORKS: Final = frozenset({"bridge", "host", "none"})
"""Docker's own, on which containers have no names."""


def of_host(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what the host shows of the port that no connect got through to, or of the container that is configured."""
    view = context.host
    if view is None:
        return
    told = reach.most_telling(examined, context)
    if told is None:
        yield from _of_configured(examined, context, view)
        yield from _of_forwarded(examined, context, view)
    elif told[0] in _REFUSED | reach.FILTERED:
        yield from _of_port(*told, examined, context, view)


def _of_configured(examined: Examined, context: Context, view: "HostView") -> Iterator[Finding]:
    """Yield why a container that the base_url names cannot be reached; nothing where it names none."""
    for attempt in examined.attempts:
        for sibling in view.siblings:
            if attempt.failure and attempt.host in sibling.names:
                found = Serving(sibling, attempt.port, None)
                yield from of_container(found, attempt, examined, context, view)
                return


def _of_forwarded(examined: Examined, context: Context, view: "HostView") -> Iterator[Finding]:
    """Yield that nobody is behind a port that a container publishes: the engine accepts in its place, and closes."""
    closed = {proof.host for proof in examined.proofs if proof.failure in _CLOSED}
    for attempt in examined.attempts:
        if attempt.step == "tcp" and attempt.failure is None and attempt.host in closed:
            published = [found for found in serving(view, attempt.port) if found.published]
            for found in published[:1]:
                said = of_container(found, attempt, examined, context, view)
                yield from (finding for finding in said if finding.code in _NOBODY_INSIDE)
            return


def _of_port(code: str, attempt: Attempt, examined: Examined, context: Context, view: "HostView") -> Iterator[Finding]:
    """Yield what the host's own sockets say, unless another container publishes the port: then that is whom to ask."""
    port = attempt.port
    here = [each for each in view.listeners or () if each.port == port]
    found = next(iter(serving(view, port)), None)
    if found and (not here or (found.published and found.sibling.is_running)):
        yield from of_container(found, attempt, examined, context, view)
    elif view.listeners is not None:
        values = {**_values(examined, context, port), **owner(here)}
        where, evidence = examined.endpoint.where, tuple(f"host: {each.text}" for each in here)
        tried = {each.address for each in examined.attempts if each.port == port}
        if not here:
            yield _of_nothing(view.listeners, examined, values)
        elif all(each.is_loopback for each in here):
            yield Finding("ND270", where, values, evidence)
        elif not any(each.is_everywhere or each.address in tried for each in here):
            other = next(each for each in here if not each.is_loopback)
            yield Finding("ND278", where, {**values, "ip": other.address}, evidence)
        elif code in _REFUSED and any(each.is_everywhere or each.address == attempt.address for each in here):
            seen = (*evidence, *filtering(view.firewalls, port))
            yield Finding("ND273", where, {**values, "address": _address(attempt)}, seen)


def _of_nothing(listeners: "Sequence[Listener]", examined: Examined, values: dict[str, str]) -> Finding:
    """Return that nobody listens on the port, with the model service on another one where there is one."""
    where = examined.endpoint.where
    other = next((each for each in listeners if each.program in SERVERS), None)
    if other:
        more = {"program": other.program, "other": str(other.port), "listening": _bare(other)}
        return Finding("ND272", where, {**values, **more}, (f"host: {other.text}",))
    shown = ", ".join(map(_bare, listeners[:_LISTED])) or "nobody"
    return Finding("ND271", where, values, (f"host: listening: {shown}",))


def of_container(
    found: Serving, attempt: Attempt, examined: Examined, context: Context, view: "HostView"
) -> Iterator[Finding]:
    """Yield why the container that serves the port cannot be reached from this one."""
    sibling, where = found.sibling, examined.endpoint.where
    values = {**_values(examined, context, attempt.port), **_of_sibling(found, view)}
    inside = [each for each in sibling.listeners or () if each.port == found.port]
    evidence = (_published(found), *(f"{sibling.name}: {each.text}" for each in inside))
    joining = _joining(found, view, attempt.host if attempt.step in ("call", "dns") else "")
    if not sibling.is_running:
        yield Finding("ND277", where, values, (f"{sibling.name}: {sibling.state}", *evidence))
    elif sibling.listeners is not None and not inside:
        yield Finding("ND276", where, values, evidence)
    elif inside and all(each.is_loopback for each in inside):
        yield Finding("ND275", where, values, evidence)
    elif attached(view, sibling) is None and joining:
        yield Finding("ND274", where, {**values, **joining}, evidence)


def _of_sibling(found: Serving, view: "HostView") -> dict[str, str]:
    sibling, published = found.sibling, found.published
    is_narrow = published is None or _is_loopback(published.address)
    return {
        "container": view.container,
        "sibling": sibling.name,
        "inner_port": str(found.port),
        "narrow": "yes" if is_narrow else "no",
        "compose": "yes" if sibling.project and sibling.service else "no",
        "sibling_service": quoted(sibling.service),
        "seen": "no" if sibling.listeners is None else "yes",
        "state": sibling.state,
    }


def _joining(found: Serving, view: "HostView", configured: str) -> dict[str, str]:
    """Return who is to be connected to which network, and the name that leads to the service then; empty for nobody.

    A network of this container's own comes first, since then the service's file is the one to change; Docker's default
    bridge knows no names, so a container that is only there joins the service's network. A name that is ``configured``
    becomes an alias where it is not the container's own.
    """
    sibling = found.sibling
    own = next((network for network in view.networks if network not in _OWN_NETWORKS), "")
    if own:
        name = configured or sibling.name
        alias = f"--alias {quoted(name)} " if name != sibling.name else ""
        return {"network": own, "joined": sibling.name, "name": name, "alias": alias}
    theirs = next((each for each in sibling.networks if each.network not in _OWN_NETWORKS and each.names), None)
    if theirs is None:
        return {}
    return {"network": theirs.network, "joined": view.container, "name": theirs.names[0], "alias": ""}


def _values(examined: Examined, context: Context, port: int) -> dict[str, str]:
    return {**context.place, **wanted(examined.endpoint, port)}


def owner(here: "Sequence[Listener]") -> dict[str, str]:
    """Return whose sockets these are, how that was started, and where they listen.

    A program that serves models says which it is.
    """
    program, how = next(((each.program, each.started) for each in here if each.program), ("", ""))
    listening = ", ".join(dict.fromkeys(map(_bare, here)))
    more = {"service": SERVERS[program]} if program in SERVERS else {}
    more |= {"started": how} if how else {}
    return {"program": program, "listening": listening, "owner": f" ({program})" if program else "", **more}


def _bare(listener: "Listener") -> str:
    return listener.text.partition(" ")[0]


def _published(found: Serving) -> str:
    name, port = found.sibling.name, found.port
    if found.published is None:
        return f"{name}: port {port} is not published"
    return f"{name}: {host_port(found.published.address, found.published.host_port)} -> {port}/tcp"


def _address(attempt: Attempt) -> str:
    return host_port(attempt.host, attempt.port)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
