"""How a finding is known, and what follows from that: facts come before guesses, and instead of them. Pure."""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from netdiag.findings.catalog import catalog, severity_of
from netdiag.model.report import Finding

Degree = Literal["seen", "proven", "follows", "possible"]
"""``seen`` where it is: on the host, in a file, in a table of the kernel. ``proven`` by a call or a connect. What
``follows`` from how connects ended may have another cause that looks the same. For what is ``possible`` nothing speaks
but that two things look alike."""

DEGREES: Final[tuple[Degree, ...]] = get_args(Degree)
"""The best known first."""

_FACTS: Final = DEGREES[:2]

_REFUSED_BY_KAG: Final = frozenset({"ND407", "ND408", "ND431", "ND432", "ND433", "ND507", "ND508", "ND509", "ND550"})
"""Faults of a setting: KAG refuses them before anything is sent, so they explain nothing that was met on the way."""


def degree(code: str) -> Degree:
    """Return how findings of ``code`` are known, the registry's ``known``; raises :exc:`KeyError` for an unknown code.

    What the registry says nothing of is proven: most codes say what a call or a reading came to.
    """
    found: Degree = catalog()[code].get("known", "proven")
    return found


def told(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings about one failure, facts first, without the guesses where a fact explains the failure."""
    explained = any(_explains(finding) for finding in found)
    kept = [finding for finding in found if not (explained and degree(finding.code) == "possible")]
    return tuple(sorted(kept, key=_rank))


def _explains(finding: Finding) -> bool:
    is_error = severity_of(finding) == "error"
    return is_error and degree(finding.code) in _FACTS and finding.code not in _REFUSED_BY_KAG


def _rank(finding: Finding) -> int:
    """Return the place of a finding: what is seen and what is proven are facts alike, in the order of the rules."""
    known = degree(finding.code)
    return 0 if known in _FACTS else DEGREES.index(known)
