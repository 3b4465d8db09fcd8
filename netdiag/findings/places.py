"""From what kind of place this is, and what its name servers say, to what it means. Pure."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag import failures, platform
from netdiag.model.attempt import Proof
from netdiag.model.place import MACHINE_NETWORK, Facts, NameAnswer, Platform
from netdiag.model.report import Evidence, Examined, Finding
from netdiag.platform import names

_OF_SERVER: Final = {
    failures.DNS_TIMED_OUT: "ND106",
    failures.DNS_SERVFAIL: "ND107",
    failures.DNS_REFUSED: "ND108",
    failures.DNS_PORT_CLOSED: "ND109",
    failures.DNS_UNREACHABLE: "ND106",
    failures.DNS_NO_SERVER: "ND110",
    failures.DNS_WRONG_ANSWER: "ND111",
    failures.DNS_TRUNCATED: "ND112",
    failures.DNS_NO_ADDRESS: "ND113",
}
"""What a name server does to every name, even to one that nobody has."""

_NOT_KNOWN: Final = (failures.DNS_NXDOMAIN, failures.DNS_NO_ADDRESS)

_NOTES: Final = {
    "wsl": "ND121",
    "namespace": "ND122",
    "outer_container": "ND126",
}
"""By what the gateway is: why it is not the host."""

_BY_NAME: Final = {
    "podman-rootless-pasta": "ND122",
    "shared-network": "ND125",
    "docker-internal": "ND127",
    "codespaces": "ND124",
    "github-actions": "ND124",
    "unknown-container": "ND128",
}


def of_run(place: Platform, evidence: Evidence) -> tuple[Finding, ...]:
    """Return what is to be said of the place; of its names only where the name servers were asked."""
    said = of_place(evidence.facts, place)
    if not evidence.names:
        return said
    return (*said, *of_platform(evidence.facts, place), *of_names(evidence.facts, place, evidence.names))


def of_version(kag: str, installed: str, examined: Sequence[Examined], *, certain: bool) -> tuple[Finding, ...]:
    """Return what is to be said of the KAG that was imitated: another one is installed, or it was only assumed.

    The latter matters where a call was answered and failed; what succeeded names the version.
    """
    if installed:
        return (Finding("ND552", values={"kag": kag, "installed": installed}),)
    failed = any(item.verdict == "broken" and any(map(_is_answered, item.proofs)) for item in examined)
    return (Finding("ND551", values={"kag": kag}),) if failed and not certain else ()


def _is_answered(proof: Proof) -> bool:
    """Tell whether a model service answered the call: what a stranger says depends on no version."""
    return proof.status is not None and proof.service is not None and proof.service.name != "other"


def of_detection(place: Platform, evidence: Evidence) -> tuple[Finding, ...]:
    """Return all that can be said of a place in which nothing was tried."""
    missing = (no_way(place, evidence), no_name(evidence.facts, place, evidence.names))
    return (*filter(None, missing), *of_run(place, evidence))


def values(facts: Facts, place: Platform) -> Mapping[str, str]:
    """Return what remedies ask of a place: its platforms, the systems its host may have, its gateway and network.

    ``bridge`` tells whether the gateway is the host itself, on a network that only containers of that host are on.
    """
    gateway = next((each for each in facts.gateways if ":" not in each.address), None) or next(
        iter(facts.gateways), None
    )
    is_bridge = gateway is not None and _is_on_host(place) and ":" not in gateway.address
    return {
        "platform": f"{place.name} {place.below}".strip(),
        "systems": " ".join(place.systems),
        "loopback": "yes" if place.reaches_loopback else "no",
        "localhost": _localhost(place),
        "carrier": place.below or "?",
        "nameservers": ", ".join(facts.nameservers),
        "gateway": gateway.address if gateway else "",
        "bridge": "yes" if is_bridge else "no",
        "containers": _network(facts, gateway.address if gateway else ""),
    }


def _localhost(place: Platform) -> str:
    """Return what localhost is here: the ``host``, the virtual ``machine`` that carries it, or this ``container``."""
    if place.localhost_is_host:
        return "host"
    return "container" if place.has_own_network else "machine"


def _is_on_host(place: Platform) -> bool:
    """Tell whether the gateway is surely an address of the host itself, a Linux, on which a service can listen."""
    row = platform.host(place)
    return (
        place.has_own_network
        and place.name != "unknown-container"
        and row.gateway == "host"
        and row.systems == {"linux"}
    )


def _network(facts: Facts, gateway: str) -> str:
    """Return the container's own network: the one with its gateway, from which it comes to the host, or else the first.

    Never a range of several networks: who is let in by a firewall's rule is to be on this one.
    """
    own = [a for i in facts.interfaces if i.name != "lo" for a in i.addresses if "/" in a]
    networks = [ipaddress.ip_interface(address).network for address in own]
    usable = [network for network in networks if not network.is_link_local and network.num_addresses > 1]
    around = [each for each in usable if gateway and ipaddress.ip_address(gateway.partition("%")[0]) in each]
    plain = sorted(usable, key=lambda network: network.version)
    return str(next(iter((*around, *plain)), "NETWORK"))


def of_place(facts: Facts, place: Platform) -> tuple[Finding, ...]:
    """Return what is to be said of the place itself, whatever is configured."""
    if not place.in_container:
        return (Finding("ND101", evidence=_seen(place)),)
    if place.name == MACHINE_NETWORK:
        return (Finding("ND221", values=values(facts, place), evidence=_seen(place)),)
    if place.shares_host_network:
        return (Finding("ND102", evidence=_seen(place)),)
    if not facts.gateways and all(interface.name == "lo" for interface in facts.interfaces if interface.addresses):
        return (Finding("ND104"),)
    return ()


def of_platform(facts: Facts, place: Platform) -> Iterator[Finding]:
    """Yield what makes this platform special: told by ``detect``, and where something does not work."""
    if not place.has_own_network:
        return
    code = _BY_NAME.get(place.name) or _NOTES.get(platform.host(place).gateway)
    if code:
        evidence = "; ".join(_seen(place))
        yield Finding(code, values={**values(facts, place), "evidence": evidence}, evidence=_seen(place))


def no_way(place: Platform, evidence: Evidence) -> Finding | None:
    """Return why no address of a host can be offered here; ``None`` where there is one, or where nobody was asked."""
    if not place.has_own_network or not evidence.names:
        return None
    facts = evidence.facts
    ways = platform.candidates(facts, place, (), evidence.names)
    if any(candidate.addresses for candidate in ways if candidate.kind != "loopback"):
        return None
    said = values(facts, place)
    if place.name == "macvlan":
        links = ", ".join(f"{i.name}, {i.driver}" for i in facts.interfaces if i.driver in ("macvlan", "ipvlan"))
        return Finding("ND120", values={**said, "interface": links}, evidence=_seen(place))
    code = {"kubernetes": "ND123", "aws-ecs": "ND124"}.get(place.name)
    return Finding(code, values={**said, "port": "11434"}, evidence=_seen(place)) if code else None


def of_names(facts: Facts, place: Platform, answers: Sequence[NameAnswer]) -> Iterator[Finding]:
    """Yield what is wrong with what the name servers said, and where ``/etc/hosts`` says otherwise."""
    said = values(facts, place)
    for server in dict.fromkeys(answer.server for answer in answers):
        own = [answer for answer in answers if answer.server == server]
        yield from _of_server(own, said)
        yield from _of_lies(facts, own, said)
    yield from _of_pins(facts, answers, said)


def no_name(facts: Facts, place: Platform, answers: Sequence[NameAnswer]) -> Finding | None:
    """Return that healthy name servers know no name of the host, and none is pinned; ``None`` where there is one.

    Outside a container nobody needs one.
    """
    if place.localhost_is_host or any(facts.pinned(name) for name in names.ALL) or not answers:
        return None
    if any(answer.failure != failures.DNS_NXDOMAIN for answer in answers if answer.name == names.CONTROL):
        return None
    if any(answer.failure not in _NOT_KNOWN for answer in answers):
        return None  # what was not answered may be known
    servers = ", ".join(dict.fromkeys(answer.server for answer in answers))
    return Finding("ND105", values={**values(facts, place), "server": servers}, evidence=_lines(answers))


def _of_server(answers: Sequence[NameAnswer], said: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what one server does to all names alike."""
    words = {answer.failure for answer in answers}
    code = _OF_SERVER.get(answers[0].failure or "")
    if len(words) == 1 and code:
        first = answers[0]
        values_ = {**said, "server": first.server, "detail": first.detail, "failure": first.failure or ""}
        yield Finding(code, values=values_, evidence=_lines(answers[:1]))


def _of_lies(facts: Facts, answers: Sequence[NameAnswer], said: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is suspicious in one server's addresses: one finding for the first name of each kind."""
    kinds: dict[str, list[NameAnswer]] = {}
    invented = False
    for answer in answers:
        if code := _lie(facts, answer):
            kinds.setdefault(code, []).append(answer)
            invented = invented or code == "ND115"
    for code, found in kinds.items():
        if code == "ND114" and invented:
            continue  # a tunnelling proxy answers everything: one cause, told once
        real = [answer for answer in found if answer.name != names.CONTROL]
        first = (real or found)[0]
        answered = ", ".join(first.addresses)
        more = {"server": first.server, "name": first.name, "answered": answered, "control": names.CONTROL}
        yield Finding(code, values={**said, **more}, evidence=_lines(found))


def _lie(facts: Facts, answer: NameAnswer) -> str:
    if any(map(names.is_fake, answer.addresses)):
        return "ND115"
    if any(map(names.is_null, answer.addresses)):
        return "ND116"
    if answer.name == names.CONTROL and answer.addresses:
        return "ND114"
    if answer.addresses and not platform.routed(facts, answer.addresses):
        return "ND117"
    return ""


def _of_pins(facts: Facts, answers: Sequence[NameAnswer], said: Mapping[str, str]) -> Iterator[Finding]:
    for name, answer in (*names.believable(facts, answers).items(), *names.others(answers).items()):
        line = facts.pinned(name)
        if line and line.address not in answer.addresses:
            more = {
                "name": name,
                "pinned": line.address,
                "line": str(line.line),
                "server": answer.server,
                "answered": ", ".join(answer.addresses),
            }
            yield Finding("ND118", f"/etc/hosts:{line.line}", {**said, **more}, _lines([answer]))


def _lines(answers: Sequence[NameAnswer]) -> tuple[str, ...]:
    """Return answers in the words of the vocabulary, the same in every language; names answered alike share a line."""
    alike: dict[str, list[str]] = {}
    for answer in answers:
        said = answer.failure or ", ".join(answer.addresses)
        alike.setdefault(f"{answer.server or 'no server'}: {said}", []).append(answer.name)
    return tuple(f"{said} ({', '.join(asked)})" for said, asked in alike.items())


def _seen(place: Platform) -> tuple[str, ...]:
    return tuple(f"{fact.name}: {fact.value} ({fact.source})" for fact in place.evidence)
