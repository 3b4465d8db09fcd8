"""Why a model service that may be there cannot be reached: what :mod:`netdiag.findings` says of a configured one. Pure.

A search has no base_url; what is said is said of the port that was tried, as if type and port were configured.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from netdiag import failures
from netdiag.findings import host, reach
from netdiag.findings.context import Context
from netdiag.model.attempt import Attempt
from netdiag.model.endpoint import OLLAMA_PORT, Endpoint
from netdiag.model.host import HostView, Sibling
from netdiag.model.report import Examined, Finding
from netdiag.model.suggestion import Suggestions
from netdiag.platform.siblings import serving
from netdiag.suggest.ports import PORTS
from netdiag.suggest.reach import Reach

_ELSEWHERE: Final = frozenset({"ND201", "ND208", "ND220"})
"""That nobody accepts connections, ND581 says."""

_SHARED: Final = frozenset({8000, 8080, 3000, 4000})
"""Ports of the table that anything takes: a container there is taken for a model server only by its name."""

_NAMED: Final = re.compile(
    r"ollama|vllm|xinference|localai|local-ai|llama|sglang|lm-?studio|litellm|one-?api|new-?api|fastchat|infinity|"
    r"(^|[-_])(tei|tgi|llm|models?)([-_]|$)",
    re.IGNORECASE,
)


class Search(NamedTuple):
    """A search that has ended, where it looked, and what is known of the ``place`` and the host.

    ``has_key`` tells that the user gave a key.
    """

    found: Suggestions
    reach: Reach
    place: Mapping[str, str]
    view: HostView | None
    has_key: bool = False


def causes(search: Search) -> Iterator[Finding]:
    """Yield who listens for the host itself only; and where nothing is proven, what else stops connections."""
    yield from _closed(search)
    if search.found.is_proven:
        return
    if not search.found.services:
        yield from _filtered(search)
    yield from _beside(search)


def _closed(search: Search) -> Iterator[Finding]:
    """Yield which program on the host listens for the host itself only, and may be a model server."""
    for port in dict.fromkeys(each.port for each in search.reach.closed):
        here = [each for each in search.reach.closed if each.port == port]
        if port in (*PORTS, *search.reach.given) or any(each.program in host.SERVERS for each in here):
            service = "ollama" if port == OLLAMA_PORT else "other"
            values = {**search.place, "port": str(port), "service": service, "model": "MODEL", **host.owner(here)}
            yield Finding("ND270", "", values, tuple(f"host: {each.text}" for each in here))


def _filtered(search: Search) -> Iterator[Finding]:
    """Yield what stops connections to the host, where they end in another way than in a refusal.

    The ports are each other's controls: where one is refused and another is not answered, there is a rule about that.
    A port at which one address of the host was accepted is not looked at: nothing stops connections to it.
    """
    tried = [each for each in search.found.tried if each.step == "tcp"]
    open_ = {each.port for each in tried if not each.failure}
    failed = [each for each in tried if each.failure and each.port not in open_]
    odd = [each for each in failed if each.failure != failures.CONNECTION_REFUSED]
    if not odd:
        return
    port = odd[0].port
    at_port = [each for each in failed if each.port == port]
    controls = [control for each in at_port for control in _control(each, failed)]
    examined = Examined(_endpoint(port), "broken", (*at_port, *controls))
    yield from (each for each in reach.of_connections(examined, _context(search)) if each.code not in _ELSEWHERE)


def _control(tried: Attempt, failed: list[Attempt]) -> list[Attempt]:
    """Return one connect to another port of the same address, rather one that ended differently."""
    others = [each for each in failed if each.address == tried.address and each.port != tried.port]
    others.sort(key=lambda each: each.failure == tried.failure)
    return [each._replace(step="control") for each in others[:1]]


def _beside(search: Search) -> Iterator[Finding]:
    """Yield why another container that may be a model server is out of reach: stopped, or on no shared network."""
    view = search.view
    if view is None:
        return
    reached = {each.candidate.host for each in search.found.services}
    for port in dict.fromkeys((*search.reach.given, *PORTS)):
        for found in serving(view, port):
            if _may_serve(found.sibling, found.port) and found.sibling.names.isdisjoint(reached):
                tried = Attempt("tcp", "", "", port, 0.0, 0.0, failures.CONNECTION_REFUSED)
                examined = Examined(_endpoint(port), "broken")
                yield from host.of_container(found, tried, examined, _context(search), view)


def _may_serve(sibling: Sibling, port: int) -> bool:
    names = (sibling.name, sibling.service)
    return port not in _SHARED or any(_NAMED.search(name) for name in names)


def _endpoint(port: int) -> Endpoint:
    """Return what would be configured on a port, as far as the rules look at it."""
    type_ = "ollama" if port == OLLAMA_PORT else "openai"
    return Endpoint("", 0, "", "chat", type_, "MODEL", f"http://localhost:{port}")


def _context(search: Search) -> Context:
    candidates = (*search.reach.hosts, *search.reach.siblings)
    return Context(candidates, search.found.kag, 0.0, place=search.place, host=search.view)
