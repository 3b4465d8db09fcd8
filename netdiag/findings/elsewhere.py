"""Why a configured address that is none of the host's was not reached, and where the same service answers. Pure.

What an address is decides what is said of it (:mod:`netdiag.platform.meaning`); how connects to it ended is told apart
as for the host's own (:mod:`netdiag.findings.reach`), in words that do not take it for the host.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import failures
from netdiag.findings import reach
from netdiag.findings.context import Context, call_line, taken_apart, wanted
from netdiag.model.attempt import Proof
from netdiag.model.place import NameAnswer
from netdiag.model.report import Examined, Finding
from netdiag.platform import names
from netdiag.platform.candidates import DOCKER0
from netdiag.platform.meaning import PLATFORM_NAMES, SERVICE_NAMES, Kind, PlatformName, meaning
from netdiag.text import host_port, shown

_OF_CONNECT: Final = {
    "ND201": "ND286",
    "ND209": "ND287",
    "ND210": "ND287",
    "ND202": "ND288",
    "ND203": "ND289",
    "ND212": "ND289",
    "ND215": "ND289",
}
"""By the code for an address of the host: what the same means elsewhere. The others say nothing of a host."""


def of_offers(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield where the service that is meant answers, beside the configured address; the best way alone."""
    host = _configured(examined)
    proof = next((p for p in examined.proofs if p.failure is None and p.host != host and p.status), None)
    found = proof.host if proof else _accepting(examined, context)
    if not found or _is_named(found, context):
        return
    attempt = next((a for a in examined.attempts if a.host == found and a.step == "tcp" and not a.failure), None)
    at = host_port(found, attempt.port if attempt else 0)
    if names.bare(host) in PLATFORM_NAMES:
        return  # told with whose name it is
    if found in SERVICE_NAMES:
        code = "ND227"
    elif _is_foreign(examined, context):
        code = "ND224" if proof else "ND290"
    else:
        return
    values = {
        **context.place,
        **_values(examined, host),
        **wanted(examined.endpoint, attempt.port if attempt else 0),
        "found": at,
        "name": found,
        "named": found,
        "suggestion": shown(proof.url) if proof else "",
        "proven": "yes" if proof else "no",
        "reason": f"was_{_kind(examined, context)}",
    }
    yield Finding(code, examined.endpoint.where, values, _evidence(examined, found))


def of_names(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that the configured name is another platform's, no container's here, not resolved, or answered wrongly."""
    host = _configured(examined)
    if not _is_foreign(examined, context) or _is_literal(host):
        return
    bare = names.bare(host)
    values = {**context.place, **_values(examined, host), "name": bare}
    evidence = _evidence(examined, host)
    said = [answer for answer in context.names if answer.name == bare]
    invented, how = next(((a, how) for a in said if (how := _invented(a, context))), (None, ""))
    if invented:
        more = {
            "server": invented.server,
            "answered": ", ".join(invented.addresses),
            "reason": f"invented_{how}",
            "broken": "yes",
            "fake": "yes" if how == "fake_ip" else "no",
        }
        yield Finding("ND229", examined.endpoint.where, {**values, **more}, (*_told(said), *evidence))
        return
    unresolved = next((a for a in examined.attempts if a.step == "dns" and a.host == host and a.failure), None)
    if unresolved is None:
        return
    failed = next((a for a in said if a.failure), None)
    failure = (failed.failure if failed else unresolved.failure) or failures.DNS_FAILED
    server = failed.server if failed and failed.server else context.place.get("nameservers") or "-"
    more = {"failure": failure, "server": server, "broken": "no" if failure == failures.DNS_NXDOMAIN else "yes"}
    if bare in PLATFORM_NAMES:
        more |= _equivalent(examined, context, PLATFORM_NAMES[bare])
        code = "ND225"
    elif _kind(examined, context) == "container" and failure == failures.DNS_NXDOMAIN:
        code = "ND226"
    else:
        code = "ND228"
    yield Finding(code, examined.endpoint.where, {**values, **more}, (*_told(said), *evidence))


def of_connections(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield how the connects to the configured address ended, where no name is to blame and nothing is offered."""
    if not _is_foreign(examined, context) or any((*of_offers(examined, context), *of_names(examined, context))):
        return
    host = _configured(examined)
    own = [a for a in examined.attempts if a.step == "tcp" and a.host == host and a.failure]
    told = reach.ended(own, examined, context)
    if told is None or reach.is_hosts(examined, host):
        return
    code, attempt = told
    kind = _kind(examined, context)
    values = {
        **context.place,
        **wanted(examined.endpoint, attempt.port),
        **_values(examined, host),
        "ip": attempt.address,
        "kind": attempt.unsent or kind,
        "failure": attempt.failure or "",
        "family": f"address_{'private' if kind in ('platform', 'host') else kind}",
    }
    compared = [a for a in examined.attempts if a.step == "control" and a.address in {each.address for each in own}]
    evidence = tuple(dict.fromkeys(reach.line(each) for each in (*own, *compared)))
    yield Finding(_OF_CONNECT.get(code, code), examined.endpoint.where, values, evidence)


def _equivalent(examined: Examined, context: Context, known: PlatformName) -> dict[str, str]:
    """Return where the service of another platform's name is here: what answers, or what is known to lead there."""
    host = _configured(examined)
    proven = next((p.host for p in examined.proofs if p.failure is None and p.host != host), "")
    found = proven or _accepting(examined, context)
    usual = [each.host for each in context.candidates if each.kind in ("docker0", "gateway")]
    at = found or next(iter(sorted(usual, key=lambda each: each != DOCKER0)), DOCKER0)
    return {
        "owner": known.owner,
        "equivalent": host_port(at, known.port),
        "service_port": str(known.port),
        "named": at,
        "proven": "yes" if proven else "open" if found else "no",
    }


def _is_foreign(examined: Examined, context: Context) -> bool:
    host = _configured(examined)
    known = {
        name.lower() for each in context.candidates for name in (each.host, *each.aliases) if not each.is_container
    }
    bare = names.bare(host)
    own = any(a.host == host and a.step in ("dns", "tcp") for a in examined.attempts)
    return bool(host) and own and bare not in names.ALL and host.lower() not in known


def _configured(examined: Examined) -> str:
    """Return the host of the base_url as it was called; empty for one that is a way to the host by another word."""
    called = (proof.host for proof in examined.proofs[:1])
    return next((host for host in called if host and host in examined.endpoint.base_url), "")


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


def _is_named(host: str, context: Context) -> bool:
    return any(each.host == host and each.kind == "user" for each in context.candidates)


def _accepting(examined: Examined, context: Context) -> str:
    """Return the way that accepts connections on the port and was not called, as it may not be sent the key."""
    called = {proof.host for proof in examined.proofs}
    known = {each.host for each in context.candidates if each.kind != "loopback"} | {*SERVICE_NAMES}
    opened = (a.host for a in examined.attempts if a.step == "tcp" and not a.failure)
    return next((host for host in opened if host in known and host not in called), "")


def _kind(examined: Examined, context: Context) -> Kind:
    host = _configured(examined)
    own = [a for a in examined.attempts if a.host == host and a.step == "tcp" and a.address]
    near = [a.address for a in own if a.neighbour == "host"]
    scheme = examined.endpoint.base_url.partition("://")[0]
    return meaning(host, scheme, [a.address for a in own], context.facts, near)


def _invented(answer: NameAnswer, context: Context) -> str:
    """Return how an answer is known to be invented; empty where it may be right."""
    if any(map(names.is_fake, answer.addresses)):
        return "fake_ip"
    if any(map(names.is_null, answer.addresses)):
        return "null"
    return "page" if answer.addresses and answer.server in names.liars(context.names) else ""


def _values(examined: Examined, host: str) -> dict[str, str]:
    failed = next((p for p in examined.proofs if p.host == host and p.failure), None)
    attempt = next((a for a in examined.attempts if a.host == host), None)
    port = attempt.port if attempt else 0
    return {
        "host": shown(host),
        "port": str(port),
        "address": shown(host_port(host, port)),
        "origin": _origin(examined),
        "failure": (failed.failure if failed else None) or failures.UNKNOWN,
    }


def _origin(examined: Examined) -> str:
    url = taken_apart(examined.endpoint.base_url)
    return shown(f"{url.scheme or 'http'}://{url.netloc.rpartition('@')[2]}")


def _evidence(examined: Examined, *hosts: str) -> tuple[str, ...]:
    """Return how the configured address ended, and what became of ``hosts``."""
    wanted_ = {_configured(examined), *hosts}
    connects = (a for a in examined.attempts if a.host in wanted_ and a.step in ("dns", "tcp"))
    tried = [reach.line(a) for a in connects if a.step != "dns" or a.failure]
    called = [_call(p) for p in examined.proofs if p.failure is None or p.host in wanted_]
    return tuple(dict.fromkeys((*tried, *called)))


def _call(proof: Proof) -> str:
    return call_line(proof) if proof.failure else f"{shown(proof.url)}: HTTP {proof.status}, works"


def _told(said: Sequence[NameAnswer]) -> tuple[str, ...]:
    return tuple(f"{a.server or 'no server'}: {a.failure or ', '.join(a.addresses)} ({a.name})" for a in said)
