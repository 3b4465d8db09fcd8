"""Endpoints of which the same is to be said: told once, with every place. Pure."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from netdiag.findings.context import origin_of
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined, Report
from netdiag.outcome import Outcome
from netdiag.report.labels import label
from netdiag.report.outcomes import CHANGES
from netdiag.text import shown


class Group(NamedTuple):
    """Endpoints with one ``outcome``, whose base_urls have the origin ``was``, and ``now`` where that changes."""

    outcome: Outcome
    items: tuple[Examined, ...]
    was: str
    now: str


def groups(items: Iterable[tuple[Examined, Outcome]]) -> tuple[Group, ...]:
    """Return the endpoints by outcome, origin and the address that was chosen, in the order of the first of each."""
    alike: dict[Hashable, Group] = {}
    for item, outcome in items:
        was = shown(origin_of(item.endpoint.base_url))
        now = shown(origin_of(item.proven_url)) if outcome in CHANGES else ""
        key = (outcome, was, now, item.chosen, item.runner_up) if outcome in CHANGES else (outcome, was)
        group = alike.setdefault(key, Group(outcome, (), was, now))
        alike[key] = group._replace(items=(*group.items, item))
    return tuple(alike.values())


def head(group: Group, language: str) -> str:
    """Return what a group of several has in common, but for its outcome: how many, and where."""
    name = "group_changes" if group.now else "group_stays"
    return label(name, language, n=len(group.items), was=group.was, now=group.now)


def url(item: Examined, group: Group) -> str:
    """Return the base_url that an endpoint has by now; the old one too where more than its origin differs."""
    old = shown(item.endpoint.base_url)
    if not group.now:
        return old
    new = shown(item.proven_url)
    return new if old.replace(group.was, group.now, 1) == new else f"{old} -> {new}"


def proven(items: Sequence[Examined], report: Report, language: str) -> str:
    """Return by which calls to which models the endpoints are proven; empty where none was called."""
    calls: dict[str, str] = {}
    for item in items:
        if proof := proof_of(item):
            calls.setdefault(shown(item.endpoint.model), f"{proof.duration_ms:.0f}")
    if not calls:
        return ""
    said = [label("call_took", language, model=model, ms=ms) for model, ms in calls.items()]
    name = "proven" if len(said) == 1 else "proven_by_calls"
    return label(name, language, kag=report.kag_version, calls=label("listed", language).join(said))


def proof_of(item: Examined) -> Proof | None:
    """Return the call that proves an endpoint, if one was made."""
    return next((proof for proof in item.proofs if proof.failure is None and proof.status), None)
