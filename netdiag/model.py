"""The values that travel: facts → candidates → attempts → findings → plan → applied → report.

Every value is frozen and made of the standard library's types, so any stage can be tested with a literal, printed,
compared and stored. Times are milliseconds since the run began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from netdiag.text import Secret

Kind = Literal["chat", "embedding", "rerank"]
Severity = Literal["error", "warning", "note"]
Verdict = Literal["works", "repairable", "broken", "left_alone"]
PastState = Literal["unfinished", "done", "undone", "left", "rolled_back"]
Step = Literal["dns", "tcp", "tls", "http", "identity", "call"]


# ---- where am I -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One thing seen about this machine: its ``name``, its ``value`` and the ``source`` where it can be seen again."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Interface:
    """A network interface with its addresses in prefix notation: ``172.18.0.2/16``, ``fd00::2/64``."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Gateway:
    """A default gateway and the interface that leads to it."""

    address: str
    interface: str


@dataclass(frozen=True)
class HostsLine:
    """One line of ``/etc/hosts``; ``line`` counts from 1."""

    address: str
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Facts:
    """All that can be read about this machine without sending anything."""

    marks: tuple[Fact, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    hosts: tuple[HostsLine, ...] = ()
    nameservers: tuple[str, ...] = ()

    def mark(self, name: str) -> Fact | None:
        """Return the mark called ``name``, or ``None`` where it was not seen."""
        return next((fact for fact in self.marks if fact.name == name), None)

    def pinned(self, name: str) -> HostsLine | None:
        """Return the first line of ``/etc/hosts`` that names ``name``; names compare without case (RFC 4343)."""
        wanted = name.lower()
        return next((line for line in self.hosts if wanted in (n.lower() for n in line.names)), None)


@dataclass(frozen=True)
class Platform:
    """What kind of place this is, how sure that is, and what speaks for and against it."""

    name: str
    in_container: bool
    shares_host_network: bool
    confidence: Literal["certain", "likely", "guess"]
    evidence: tuple[Fact, ...] = ()
    against: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """One way the host may be reached.

    ``host`` is what would be written into a base_url (an address or a name), ``addresses`` are the IP addresses
    behind it (empty until a name is resolved), ``origin`` says in a few words where it comes from, and ``rank``
    orders candidates: the smallest working one is chosen.
    """

    host: str
    kind: Literal["user", "loopback", "name", "gateway", "docker0", "constant"]
    origin: str
    rank: int
    addresses: tuple[str, ...] = ()


# ---- what is configured ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Bytes ``[start, end)`` of a source."""

    start: int
    end: int


@dataclass(frozen=True)
class Endpoint:
    """One model configuration that holds a ``base_url``.

    ``source`` is a file's path, ``-`` for standard input, or a place in the OpenSPG server; ``node`` is the dotted
    path of the mapping inside it. ``url_span`` covers the base_url's text within its quotes; it is ``None`` where
    the value must not or cannot be edited, and ``left_alone`` then says why. ``settings`` holds the mapping's other
    scalars (temperature, stream, vector_dimensions…), never its key.
    """

    source: str
    line: int
    node: str
    kind: Kind
    type: str
    model: str
    base_url: str
    api_key: Secret | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    url_span: Span | None = None
    left_alone: str = ""
    uses: int = 1

    @property
    def where(self) -> str:
        """The place a person opens: ``kag_config.yaml:3``."""
        return f"{self.source}:{self.line}"


# ---- what was tried -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """One step towards one candidate: ``failure`` is ``None`` or a word of :mod:`netdiag.failures`."""

    step: Step
    host: str
    address: str
    port: int
    started_ms: float
    duration_ms: float
    failure: str | None = None
    detail: str = ""
    status: int | None = None


@dataclass(frozen=True)
class Request:
    """One HTTP request exactly as KAG's client sends it; ``bearer`` becomes the ``Authorization`` header."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    bearer: Secret | None = None


@dataclass(frozen=True)
class Answer:
    """What came back for one HTTP request: a response, or a ``failure`` when there was none."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failure: str | None = None
    detail: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True)
class Service:
    """Who answers at an address: ``name`` is ``ollama``, ``vllm``, ``openai-compatible`` or ``other``."""

    name: str
    version: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """KAG's own call made with the base_url ``url``: it went well when ``failure`` is ``None``.

    ``wanted_url`` is the base_url that KAG's path rules ask for, where they ask for another one.
    """

    host: str
    url: str
    failure: str | None
    detail: str = ""
    status: int | None = None
    duration_ms: float = 0.0
    service: Service | None = None
    wanted_url: str = ""


# ---- what it means, and what is done --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A cause with its code; its words in each language come from ``findings/catalog.yaml`` and ``values``."""

    code: str
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edit:
    """Replace the bytes of ``span`` in ``source``, which are ``old`` now, by ``new``."""

    source: str
    line: int
    node: str
    span: Span
    old: bytes
    new: bytes
    part: Literal["host", "path"]


@dataclass(frozen=True)
class Plan:
    """What would be written, the SHA-256 of every source as it was when it was read, and a diff for people."""

    edits: tuple[Edit, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    diff: str = ""


@dataclass(frozen=True)
class Applied:
    """One source that was written: ``how`` is ``rename`` or ``in_place``; ``run`` names the journal's record."""

    source: str
    run: str
    how: Literal["rename", "in_place", "stdout"]
    edits: int


@dataclass(frozen=True)
class PastFile:
    """One file of a run in the journal.

    It was written (``done``), or written and put back by a later run (``rolled_back``), or put back at once because
    the run failed (``undone``); recovery found it edited (``left``), or the run is not settled yet (``unfinished``).
    ``undoes`` names the run that this one rolled back for the file.
    """

    path: str
    state: PastState
    how: Literal["rename", "in_place"]
    edits: int
    undoes: str = ""


@dataclass(frozen=True)
class PastRun:
    """One run in the journal; ``time`` is UTC, ISO 8601."""

    id: str
    time: str
    files: tuple[PastFile, ...]


@dataclass(frozen=True)
class Examined:
    """One endpoint with all that was tried for it and what came of it."""

    endpoint: Endpoint
    verdict: Verdict
    attempts: tuple[Attempt, ...] = ()
    proofs: tuple[Proof, ...] = ()
    chosen: Candidate | None = None
    proven_url: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Report:
    """One whole run.

    ``exit_code`` follows the table in docs/reference.md and does not depend on the format; ``output`` is the corrected
    text of standard input, where that was the source; ``runs`` is the journal, newest first, where it was asked for.
    """

    command: str
    started: str
    duration_ms: float
    exit_code: int
    kag_version: str = ""
    platform: Platform | None = None
    candidates: tuple[Candidate, ...] = ()
    endpoints: tuple[Examined, ...] = ()
    findings: tuple[Finding, ...] = ()
    plan: Plan = field(default_factory=Plan)
    applied: tuple[Applied, ...] = ()
    output: bytes | None = None
    runs: tuple[PastRun, ...] | None = None
