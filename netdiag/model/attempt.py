"""What was tried, and what came back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from netdiag.text import Secret

Step = Literal["dns", "tcp", "control", "tls", "http", "identity", "call"]
Neighbour = Literal["", "complete", "incomplete", "host"]
Unsent = Literal["", "no_route", "unreachable", "prohibit", "blackhole", "policy"]


class Attempt(NamedTuple):
    """One step towards one candidate: ``failure`` is ``None`` or a word of :mod:`netdiag.failures`.

    ``control`` is a connect to a port that is surely closed, to compare with. ``neighbour`` is what this machine's ARP
    table says of the address: somebody answered for it, nobody did, or nothing is known (an address behind a router,
    IPv6); ``host`` is an address that the container's host has itself, as packets of one hop or its own view show.
    ``unsent`` is why this machine's own kernel sent nothing: it knows no route, the route is of one of the kinds
    that forbid (the words of ip-route(8)), or a security policy forbids.
    """

    step: Step
    host: str
    address: str
    port: int
    started_ms: float
    duration_ms: float
    failure: str | None = None
    detail: str = ""
    status: int | None = None
    neighbour: Neighbour = ""
    unsent: Unsent = ""


class Request(NamedTuple):
    """One HTTP request exactly as KAG's client sends it; ``bearer`` becomes the ``Authorization`` header.

    ``secret_headers`` are sent as they are, in place of others of their names.
    """

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    bearer: Secret | None = None
    secret_headers: Mapping[str, Secret] = MappingProxyType({})


class Redirect(NamedTuple):
    """One redirect that was followed: its ``status``, and with which ``method`` the client went on to ``url``.

    ``url`` has neither user-info nor query. ``away`` tells that it is of another origin.
    """

    status: int
    method: str
    url: str
    away: bool


class Answer(NamedTuple):
    """What came back for one HTTP request: a response, or a ``failure`` when there was none.

    A failure with a ``status`` came after the headers of a response. ``earlier`` are the answers of earlier tries, as
    text that is not yet printable.
    """

    status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    failure: str | None = None
    detail: str = ""
    duration_ms: float = 0.0
    redirects: tuple[Redirect, ...] = ()
    earlier: tuple[str, ...] = ()


class Service(NamedTuple):
    """Who answers at an address.

    ``name`` is ``ollama``, ``vllm``, another server that names itself (:mod:`netdiag.probe.identity`),
    ``openai-compatible`` for one that does not, or ``other`` for what is not known to serve models.
    """

    name: str
    version: str = ""
    models: tuple[str, ...] = ()


class Proof(NamedTuple):
    """KAG's own call made with the base_url ``url``: it went well when ``failure`` is ``None``.

    ``wanted_url`` is the base_url with another path at which the call met the API that it did not meet here. ``seen``
    holds what else the rules may want of the answer, by name: ``retry_after``, ``issuer``, ``nearest``…, and
    ``alternative`` (``path`` or ``type``) of a call that was tried in place of the configured one
    (:mod:`netdiag.prove.alternatives`). ``dimensions`` is how long the vector is that came back, 0 where none did.
    """

    host: str
    url: str
    failure: str | None
    detail: str = ""
    status: int | None = None
    duration_ms: float = 0.0
    service: Service | None = None
    wanted_url: str = ""
    seen: Mapping[str, str] = MappingProxyType({})
    dimensions: int = 0
