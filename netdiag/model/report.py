"""What it means, and the whole run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from netdiag.invocation import Invocation
from netdiag.model.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netdiag.model.attempt import Attempt, Proof
    from netdiag.model.endpoint import Endpoint
    from netdiag.model.host import HostView
    from netdiag.model.journal import Applied, PastRun
    from netdiag.model.place import Candidate, Choice, Facts, Hop, NameAnswer, Platform
    from netdiag.model.suggestion import Suggestions

Severity = Literal["error", "warning", "note"]
Verdict = Literal["works", "repairable", "broken", "left_alone"]


class Finding(NamedTuple):
    """A cause with its code; its words in each language come from the registry in ``findings/codes`` and ``values``.

    ``severity`` is ``None`` where it is that of the registry; :mod:`netdiag.outcome` sets it where it depends on how
    the run ended.
    """

    code: str
    where: str = ""
    values: Mapping[str, str] = MappingProxyType({})
    evidence: tuple[str, ...] = ()
    severity: Severity | None = None


class Examined(NamedTuple):
    """One endpoint with all that was tried for it and what came of it.

    ``chosen`` is the candidate at which the call succeeded, ``runner_up`` the next best that accepts connections.
    """

    endpoint: Endpoint
    verdict: Verdict
    attempts: tuple[Attempt, ...] = ()
    proofs: tuple[Proof, ...] = ()
    chosen: Candidate | None = None
    proven_url: str = ""
    findings: tuple[Finding, ...] = ()
    runner_up: Candidate | None = None


class Evidence(NamedTuple):
    """What a diagnosis rests on beside what was tried for each endpoint: enough to make it again from a saved report.

    ``names`` is what the name servers said where they were asked, ``seconds`` how long a model was given to answer,
    ``proxy_variables`` the names of those that are set, ``host`` what netdiag saw on the host it was run from.
    """

    facts: Facts
    names: tuple[NameAnswer, ...] = ()
    kag: str = ""
    seconds: float = 0.0
    proxy_variables: tuple[str, ...] = ()
    host: HostView | None = None


class Report(NamedTuple):
    """One whole run.

    ``exit_code`` follows the table in docs/reference.md and does not depend on the format; ``output`` is the corrected
    text of standard input, where that was the source; ``runs`` is the journal, newest first, where it was asked for.
    ``path`` and ``choice`` are what ``detect`` adds: the way to the host, and the candidate that would be written.
    ``suggestions`` is what could be configured, where nothing is or the user asked. ``invocation`` is how netdiag was
    called.
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
    plan: Plan = Plan()
    applied: tuple[Applied, ...] = ()
    output: bytes | None = None
    runs: tuple[PastRun, ...] | None = None
    path: tuple[Hop, ...] = ()
    choice: Choice | None = None
    evidence: Evidence | None = None
    suggestions: Suggestions | None = None
    invocation: Invocation = Invocation()
