"""Why nobody could be called: what became of names and connects on the way to the host. Pure.

An address ends in one way, and a control beside it (a connect to a port that is surely closed), the ARP table and what
the kernel sent at all tell apart causes that look alike: docs/architecture.md, "What a failed connect means".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from netdiag import failures, platform
from netdiag.findings import grouped
from netdiag.findings.context import Context, line_of, wanted
from netdiag.findings.filters import behind
from netdiag.model.attempt import Attempt
from netdiag.model.place import Candidate, Facts, Platform
from netdiag.model.report import Examined, Finding
from netdiag.platform import names
from netdiag.text import host_port

_NO_WAY_OUT: Final = "ND211 gateway"
_AT_ONCE: Final = "ND215 neighbour"

_TELLING: Final = (
    "ND201",
    "ND209",
    "ND212",
    "ND210",
    _AT_ONCE,
    "ND213",
    _NO_WAY_OUT,
    "ND202",
    "ND203",
    "ND211",
    "ND215",
    "ND214",
)
"""What addresses of the host ended in, the most telling first: a refusal proves that the host was reached, an address
that nobody has says nothing of it. Where two end differently, the service is at the better known one."""

_LISTED: Final = 20
"""Listening sockets that are named where a port was not among them; a desktop has some ten."""

_REACHED: Final = ("ND201", "ND209", "ND210", "ND212")
"""What only a machine that was reached ends in."""

FILTERED: Final = frozenset({"ND202", "ND203", "ND209", "ND210", "ND212"})
"""How connects end that a filter on the host may have stopped: what the host shows of it is evidence."""

_THERE: Final = ("complete", "host")
"""What the kernel knows of an address that somebody has: by ARP, or as the host's own."""

_SEEN: Final = {"complete": "ARP complete", "incomplete": "ARP incomplete", "host": "the host's own"}

_ANSWERS: Final = (failures.HOST_UNREACHABLE, failures.NOT_PERMITTED, failures.NETWORK_UNREACHABLE)
"""Failures that somebody on the way reported, by ICMP, where the kernel had sent what it was given."""


def of_names(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that the configured host is a name that does not resolve, where no address was surely the host's either."""
    failed = [a for a in _to_ways(examined, context, "dns") if a.failure]
    unknown = [attempt for attempt in failed if attempt.host in examined.endpoint.base_url]
    told = most_telling(examined, context)
    if not unknown or (told and told[0] in _REACHED):
        return
    attempt = unknown[0]
    is_listed = any(candidate.host == attempt.host for candidate in context.candidates)
    # where localhost is the host, no name of it is needed
    is_needed = is_listed or any(candidate.kind != "loopback" for candidate in context.candidates)
    if is_needed:
        values = {**context.place, **_place(attempt)}
        yield Finding("ND103", examined.endpoint.where, values, (line_of(attempt),))


def of_connections(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what the most telling of the connects to the host's addresses says of it, and how the others ended."""
    told = most_telling(examined, context)
    if told is None:
        return
    code, attempt = told
    stranger = context.strangers.get(attempt.address, "")
    if code == "ND201" and stranger:
        code = "ND220"
    elif code == "ND201" and context.place.get("loopback") == "yes":
        code = "ND208"
    values = {
        **context.place,
        **wanted(examined.endpoint, attempt.port),
        **_place(attempt),
        **_others(told, examined, context),
        "kind": attempt.unsent,
        "reason": stranger,
    }
    tried = _at_host(examined, context)
    seen = behind(context.host, attempt.port) if code in FILTERED else ()
    controls = _controls(examined)
    compared = [controls[each.address] for each in tried if each.address in controls]
    evidence = dict.fromkeys(line(each) for each in (*tried, *compared))
    yield Finding(code, examined.endpoint.where, values, (*evidence, *seen))


def of_place(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that no address of a host could be tried, because this kind of place offers none."""
    tried = [attempt for attempt in _to_ways(examined, context, "tcp") if attempt.failure]
    if context.no_way is None or not tried:
        return
    values = {**context.no_way.values, **wanted(examined.endpoint, tried[0].port)}
    evidence = (*context.no_way.evidence, *(line_of(attempt) for attempt in tried))
    yield Finding(context.no_way.code, examined.endpoint.where, values, evidence)


def of_others(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield how connects ended that were none of the host's: to loopback, or to an address elsewhere."""
    containers = {candidate.host for candidate in context.candidates if candidate.is_container}
    tried = [a for a in examined.attempts if a.step in ("tcp", "call") and a.failure and a.host not in containers]
    if not tried:
        return
    loopback = {candidate.host for candidate in context.candidates if candidate.kind == "loopback"}
    evidence = tuple(line_of(attempt) for attempt in tried)
    elsewhere = [a for a in tried if a.step == "call" and a.host not in loopback and a.host.lower() not in names.ALL]
    own = [a for a in tried if a.host in loopback]
    if elsewhere or not own:
        yield Finding("ND206", examined.endpoint.where, _place((elsewhere or tried)[0]), evidence)
        return
    listening = f"listening here: {', '.join(context.listeners[:_LISTED]) or 'nobody'}"
    localhost = context.place.get("localhost", "host")
    values = {**_place(own[0]), "reason": f"localhost_is_{localhost}"}
    code = "ND207" if localhost == "host" else "ND222"
    yield Finding(code, examined.endpoint.where, values, (*evidence, listening))


def most_telling(examined: Examined, context: Context) -> tuple[str, Attempt] | None:
    """Return the code for how connects to the host ended, and the connect that says it; ``None`` without any."""
    return ended(_at_host(examined, context), examined, context)


def ended(tried: Iterable[Attempt], examined: Examined, context: Context) -> tuple[str, Attempt] | None:
    """Return the code for how these connects ended, and the connect that says it; ``None`` without any.

    An address that is the host's own says more of it than one of which that is not known; where no route leads, nothing
    was learned of anybody.
    """
    causes = _causes(tried, examined, context)
    if not causes:
        return None

    def rank(each: tuple[str, Attempt]) -> tuple[bool, bool, int]:
        return each[0] == "ND214", each[1].address in context.strangers, _TELLING.index(each[0])

    cause, attempt = min(causes, key=rank)
    return cause.partition(" ")[0], attempt


def is_hosts(examined: Examined, host: str) -> bool:
    """Tell whether connects to ``host`` showed that the container's host has its address."""
    return any(a.host == host and a.neighbour == "host" for a in examined.attempts)


def strangers(
    examined: Sequence[Examined], candidates: Sequence[Candidate], place: Platform, facts: Facts
) -> Mapping[str, str]:
    """Return the addresses tried that are not known to be the host's own, each with the word for why."""
    hosts = {each.host: each for each in candidates if each.kind != "loopback" and not each.is_container}
    why: dict[str, str] = {}
    proven: set[str] = set()
    for attempt in (each for item in examined for each in item.attempts if each.address and each.host in hosts):
        if word := platform.not_hosts(hosts[attempt.host], attempt.address, facts, place):
            why[attempt.address] = word
        else:
            proven.add(attempt.address)  # by one of its names is enough
    return {address: word for address, word in why.items() if address not in proven}


def _causes(tried: Iterable[Attempt], examined: Examined, context: Context) -> list[tuple[str, Attempt]]:
    """Return what each of these failed connects means, as a member of ``_TELLING``, with the connect."""
    controls = _controls(examined)
    gateways = {candidate.host for candidate in context.candidates if candidate.kind == "gateway"}
    return [(_cause(each, controls.get(each.address), gateways), each) for each in tried]


def _others(told: tuple[str, Attempt], examined: Examined, context: Context) -> dict[str, str]:
    """Return how connects to other addresses ended, in groups for :func:`netdiag.findings.grouped.said`.

    What is told is told of one address, and says nothing of those.
    """
    groups: dict[str, list[str]] = {}
    for cause, attempt in _causes(_at_host(examined, context), examined, context):
        if (attempt.address or attempt.host) != (told[1].address or told[1].host):
            address = host_port(attempt.address or attempt.host, attempt.port)
            groups.setdefault(cause.partition(" ")[0], []).append(address)
    return {"beside": grouped.joined(groups)} if groups else {}


def _cause(tried: Attempt, control: Attempt | None, gateways: set[str]) -> str:
    """Return what one failed connect means, as a member of ``_TELLING``."""
    if tried.unsent:
        return {"no_route": "ND214", "policy": "ND203"}.get(tried.unsent, "ND213")
    if tried.failure == failures.CONNECTION_REFUSED:
        return "ND201"
    if tried.neighbour == "incomplete":
        return _NO_WAY_OUT if tried.host in gateways else "ND211"
    if tried.failure == failures.TIMED_OUT:
        return _silent(tried, control)
    return _answered(tried, tried.failure or "")


def _silent(tried: Attempt, control: Attempt | None) -> str:
    """Return what it means that nothing came back, by what became of the control."""
    if control is None:
        return "ND202"
    if control.failure == failures.TIMED_OUT:
        return "ND210" if tried.neighbour in _THERE else "ND202"
    if control.failure in _ANSWERS:
        # Linux reports a few such errors at once and then one a second to each peer (net.ipv4.icmp_ratelimit): this
        # connect's report was among those that were not sent
        return _answered(tried, control.failure)
    return "ND209"


def _answered(tried: Attempt, failure: str) -> str:
    """Return what an ICMP error means: who has the address on the container's own link is the host's own firewall."""
    if failure == failures.NOT_PERMITTED:
        # ICMPv6 has a code for it (RFC 4443, 3.1); in IPv4 Linux makes "host unreachable" of it
        return "ND212" if ":" in tried.address else "ND203"
    if failure == failures.NETWORK_UNREACHABLE:
        return _AT_ONCE if tried.neighbour in _THERE else "ND215"
    return "ND212" if failure == failures.HOST_UNREACHABLE and tried.neighbour in _THERE else "ND203"


def _to_ways(examined: Examined, context: Context, step: str) -> list[Attempt]:
    """Return the attempts of this ``step`` at the host's names, and at what was tried as a way to it."""
    known = {*names.ALL, *(candidate.host for candidate in context.candidates)}
    return [attempt for attempt in examined.attempts if attempt.step == step and names.bare(attempt.host) in known]


def _at_host(examined: Examined, context: Context) -> list[Attempt]:
    """Return the failed connects to addresses that mean the host: no loopback, no other container, no stranger."""
    others = [each for each in context.candidates if each.kind != "loopback" and not each.is_container]
    hosts = {candidate.host for candidate in others}
    tried = [a for a in examined.attempts if a.step == "tcp" and a.failure]
    return [a for a in tried if a.host in hosts or a.neighbour == "host"]


def _controls(examined: Examined) -> Mapping[str, Attempt]:
    return {attempt.address: attempt for attempt in examined.attempts if attempt.step == "control"}


def line(attempt: Attempt) -> str:
    """Return one connect with what the kernel knows of it, in the words of the vocabulary."""
    more = (
        f", {_SEEN[attempt.neighbour]}" if attempt.neighbour else "",
        f", not sent: {attempt.unsent}" if attempt.unsent else "",
    )
    return line_of(attempt) + "".join(more)


def _place(attempt: Attempt) -> dict[str, str]:
    return {
        "host": attempt.host,
        "ip": attempt.address or attempt.host,
        "port": str(attempt.port),
        "address": host_port(attempt.host, attempt.port),
        "failure": attempt.failure or "",
    }
