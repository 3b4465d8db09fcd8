"""Why nobody could be called: what became of names and connects on the way to the host. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag import failures
from netdiag.findings.context import Context, line_of, wanted
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Finding

_BY_CONNECTION: Final = ((failures.CONNECTION_REFUSED, "ND201"), (failures.TIMED_OUT, "ND202"))
"""How connects to the host's addresses ended, the most telling first: a refusal proves that the host was reached."""


def of_names(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that the configured host is a name that does not resolve, where no address of the host answered either."""
    unknown = [a for a in examined.attempts if a.step == "dns" and a.failure and a.host in examined.endpoint.base_url]
    reached = any(a.failure == failures.CONNECTION_REFUSED for a in _at_host(examined, context))
    if not unknown or reached:
        return
    attempt = unknown[0]
    known = any(candidate.host == attempt.host for candidate in context.candidates)
    values = {**context.place, **_place(attempt)}
    yield Finding("ND103" if known else "ND206", examined.endpoint.where, values, (line_of(attempt),))


def of_connections(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield how the connects to the host's addresses ended."""
    attempts = _at_host(examined, context)
    if not attempts:
        return
    ended = {attempt.failure for attempt in attempts}
    code = next((code for word, code in _BY_CONNECTION if word in ended), "ND203")
    if code == "ND201" and context.place.get("loopback") == "yes":
        code = "ND208"
    values = {**context.place, **wanted(examined.endpoint, attempts[0].port)}
    yield Finding(code, examined.endpoint.where, values, tuple(line_of(a) for a in attempts))


def of_place(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that no address of a host could be tried, because this kind of place offers none."""
    tried = [attempt for attempt in examined.attempts if attempt.step == "tcp" and attempt.failure]
    if context.no_way is None or not tried:
        return
    values = {**context.no_way.values, **wanted(examined.endpoint, tried[0].port)}
    evidence = (*context.no_way.evidence, *(line_of(attempt) for attempt in tried))
    yield Finding(context.no_way.code, examined.endpoint.where, values, evidence)


def of_others(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield how connects ended that were none of the host's: to loopback, or to an address elsewhere."""
    tried = [a for a in examined.attempts if a.step in ("tcp", "call") and a.failure]
    if not tried:
        return
    loopback = {candidate.host for candidate in context.candidates if candidate.kind == "loopback"}
    code = "ND207" if tried[0].host in loopback else "ND206"
    yield Finding(code, examined.endpoint.where, _place(tried[0]), tuple(line_of(attempt) for attempt in tried))


def _at_host(examined: Examined, context: Context) -> list[Attempt]:
    """Return the failed connects to addresses that mean the host: not loopback, not a configured stranger."""
    hosts = {candidate.host for candidate in context.candidates if candidate.kind != "loopback"}
    return [a for a in examined.attempts if a.step == "tcp" and a.host in hosts and a.failure]


def _place(attempt: Attempt) -> dict[str, str]:
    return {
        "host": attempt.host,
        "port": str(attempt.port),
        "address": f"{attempt.host}:{attempt.port}",
        "failure": attempt.failure or "",
    }
