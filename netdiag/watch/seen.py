"""What the agent has seen so far, as others may see it: one value, replaced whole after each check. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag import exits, findings
from netdiag.model.report import Examined, Report
from netdiag.outcome import outcomes
from netdiag.text import printable, shown

ENDPOINTS: Final = 200
"""Endpoints that have metrics of their own. The rest is in the counts: a time series costs a Prometheus memory."""

CHECKS: Final = ("ok", "problem", "error")
"""What may come of a check. One that does not end is an ``error``, too: nothing came of it."""

REPAIRS: Final = ("written", "failed", "given_up")
"""What may come of a repair."""

UNFINISHED: Final = "ND240"
"""A check does not end."""

_NAME_LIMIT: Final = 120


class Seen(NamedTuple):
    """The state after the last check, and what was counted since the agent started.

    Times of day are in seconds since 1970, 0 for never; durations in seconds. ``phases`` is by endpoint and step.
    ``checks`` counts by outcome (:data:`CHECKS`), ``repairs`` by what became of them (:data:`REPAIRS`). ``codes`` are
    those that stand in the way now, ``outcomes`` counts what became of the endpoints, ``findings`` is by code and
    severity. ``examined`` tells that the last check had an endpoint to examine, ``ends`` that it came to an end.
    """

    ready: bool = False
    ends: bool = True
    examined: bool = False
    codes: tuple[str, ...] = ()
    up: Mapping[str, bool] = MappingProxyType({})
    worked: Mapping[str, float] = MappingProxyType({})
    phases: Mapping[tuple[str, str], float] = MappingProxyType({})
    outcomes: Mapping[str, int] = MappingProxyType({})
    findings: Mapping[tuple[str, str], int] = MappingProxyType({})
    checked: float = 0.0
    took: float = 0.0
    checks: Mapping[str, int] = MappingProxyType({})
    changes: int = 0
    repairs: Mapping[str, int] = MappingProxyType({})
    kag: str = ""


def unknown(seen: Seen, code: str) -> Seen:
    """Return what may be said after a check that came to nothing: no endpoint is known to work, and ``code`` is why.

    When the last check ended, and how long its steps took, stays as it is: that tells the age of what is known.
    """
    return seen._replace(
        ready=False,
        ends=code != UNFINISHED,
        codes=(code,),
        up=dict.fromkeys(seen.up, False),
        outcomes=MappingProxyType({}),
        findings={(code, findings.severity(code)): 1},
    )


def name(item: Examined) -> str:
    """Return what an endpoint is called in metrics: its source and node, never its base_url, and bounded."""
    return printable(shown(f"{item.endpoint.source}:{item.endpoint.node}".removesuffix(":")), _NAME_LIMIT)


def codes_of(report: Report) -> Counter[tuple[str, str]]:
    """Count the findings of a report by code and severity."""
    said = [*report.findings, *(finding for item in report.endpoints for finding in item.findings)]
    return Counter((finding.code, findings.severity_of(finding)) for finding in said)


def tracked(report: Report) -> Mapping[str, Examined]:
    """Return the endpoints that have metrics, by name; where no model is called nothing is up or down.

    Nor is what an OpenSPG server tells in place of a database that cannot be read: what is stored there is not known.
    """
    is_unread = report.exit_code == exits.NO_CONFIGURATION
    became = zip(report.endpoints, outcomes(report), strict=True)
    called = [item for item, outcome in became if outcome not in ("left_alone", "calls_nobody")]
    items = [item for item in called if not (is_unread and item.endpoint.is_told)]
    return {name(item): item for item in items[:ENDPOINTS]}


def phases(items: Mapping[str, Examined]) -> Mapping[tuple[str, str], float]:
    """Return in seconds how long each step took towards the address that was chosen, else the longest try of it."""
    found: dict[tuple[str, str], float] = {}
    for called, item in items.items():
        chosen = item.chosen.host if item.chosen else ""
        mine = [a for a in item.attempts if not chosen or a.host == chosen]
        for step, seconds in _longest((a.step, a.duration_ms / 1000) for a in mine):
            found[called, step] = seconds
    return found


def _longest(steps: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    found: dict[str, float] = {}
    for step, seconds in steps:
        found[step] = max(seconds, found.get(step, 0.0))
    return found.items()
