"""From what was tried to what it means: all rules in order, the root of a chain of causes first. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from netdiag import failures
from netdiag.findings import (
    broken_off,
    degrees,
    elsewhere,
    filled,
    host,
    process,
    proxies,
    reach,
    service,
    tls,
    trust,
    typed,
)
from netdiag.findings.catalog import catalog
from netdiag.findings.context import Context, call_line, line_of
from netdiag.findings.once import told_once
from netdiag.findings.places import no_way, values
from netdiag.model.place import Candidate, Platform
from netdiag.model.report import Evidence, Examined, Finding
from netdiag.text import shown

Rule = Callable[[Examined, Context], Iterator[Finding]]

_RULES: Final[tuple[Rule, ...]] = (
    trust.of_trust,
    proxies.of_proxies,
    tls.of_tls,
    process.of_process,
    filled.of_filling,
    service.of_calls,
    proxies.of_shell,
    broken_off.of_accepted,
    typed.of_missing_url,
    typed.of_ignored,
    typed.of_host,
    typed.of_port,
    typed.of_scheme,
    typed.of_destination,
    elsewhere.of_offers,
    elsewhere.of_names,
    elsewhere.of_connections,
    reach.of_names,
    reach.of_connections,
    host.of_host,
    reach.of_place,
    reach.of_others,
)
"""In the order in which findings are told. Each yields all it sees; what merely follows from another finding is dropped
by ``hidden_by`` of the registry, and guesses where a fact is known (:mod:`netdiag.findings.degrees`)."""


_WHOLE: Final = frozenset({"ND507", "ND508"})
"""They give the type with the base_url that was proven together, so what is wrong with its path is not told beside."""


def of_endpoints(
    examined: Sequence[Examined], candidates: tuple[Candidate, ...], place: Platform, evidence: Evidence
) -> tuple[Examined, ...]:
    """Return the endpoints with the findings that follow from what was tried for each, now or in a saved report."""
    context = Context(
        candidates=candidates,
        kag=evidence.kag,
        seconds=evidence.seconds,
        proxy_variables=evidence.proxy_variables,
        place=values(evidence.facts, place),
        no_way=no_way(place, evidence),
        listeners=evidence.facts.listeners,
        host=evidence.host,
        strangers=reach.strangers(examined, candidates, place, evidence.facts),
        facts=evidence.facts,
        names=evidence.names,
    )
    return told_once([item._replace(findings=of_endpoint(item, context)) for item in examined])


def of_endpoint(examined: Examined, context: Context) -> tuple[Finding, ...]:
    """Return why this endpoint does not work, or why it is not edited; nothing when it works or can be repaired."""
    beside: tuple[Finding, ...] = ()
    if examined.verdict in ("works", "repairable"):
        beside = (*service.of_success(examined, context), *typed.of_ignored(examined, context))
    if examined.verdict == "left_alone" or (examined.verdict == "repairable" and examined.endpoint.url_span is None):
        return (_not_edited(examined, context), *beside)
    if examined.verdict != "broken":
        return beside
    found = [finding for rule in _RULES for finding in rule(examined, context)]
    if any(each.code in _WHOLE and each.values.get("proven") == "yes" for each in found):
        found = [each for each in found if each.code != "ND402"]
    raised = {finding.code for finding in found}
    if proxies.is_half(examined):
        raised -= {code for code in raised if code.startswith("ND3")}  # they explain nothing of the direct way
    roots = [finding for finding in found if not _is_hidden(finding.code, raised)]
    return degrees.told(tuple(filled.told(roots, examined.endpoint))) or (_unexplained(examined),)


def _unexplained(examined: Examined) -> Finding:
    """Return how the last attempt ended, where no rule is about it: what does not work is never without a finding."""
    ended = [(each.failure, call_line(each)) for each in examined.proofs if each.failure]
    ended += [(each.failure, line_of(each)) for each in examined.attempts if each.failure]
    values = {"base_url": shown(examined.endpoint.base_url), "failure": ended[0][0] if ended else failures.UNKNOWN}
    return Finding("ND546", examined.endpoint.where, values, tuple(dict.fromkeys(line for _, line in ended)))


def _not_edited(examined: Examined, context: Context) -> Finding:
    endpoint = examined.endpoint
    if endpoint.left_alone == "variable" or (examined.proven_url and "base_url" in endpoint.unset):
        return filled.of_variable(examined, context.place)
    if endpoint.left_alone == "absent":
        return next(typed.of_missing_url(examined, context))
    if endpoint.is_overlay and examined.proofs:
        detail = {"detail": examined.proofs[0].detail, "node": endpoint.node, "kag": context.kag}
        return Finding("ND567", endpoint.where, detail)
    values = {"base_url": endpoint.base_url, "suggestion": examined.proven_url, "reason": endpoint.left_alone}
    if examined.verdict == "left_alone":
        return Finding("ND504", endpoint.where, values)
    return Finding("ND506" if endpoint.left_alone else "ND603", endpoint.where, values)


def _is_hidden(code: str, raised: set[str]) -> bool:
    """Tell whether one of the others explains this one: the registry names codes, or the beginnings of codes."""
    hiding = tuple(catalog()[code].get("hidden_by", ()))
    return any(other.startswith(hiding) for other in raised - {code}) if hiding else False
