"""List every way the host may be reached from here, best first, and say which one would be written. Pure."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from netdiag.model.place import Candidate, CandidateKind, Choice, Facts, NameAnswer, Platform, Reason
from netdiag.platform import names
from netdiag.platform.naming import host, possible
from netdiag.platform.resolving import EMBEDDED_DNS
from netdiag.platform.siblings import NO_SIBLINGS, Siblings
from netdiag.platform.table import BY_NAME

DOCKER0: Final = "172.17.0.1"
"""The default bridge's own address, unless ``bip`` says otherwise; also local to the host when the container sits on
another bridge (moby: daemon/libnetwork/ipamutils). KAG's documentation tells Linux users to write it."""

_WSL_TUNNEL: Final = "10.255.255.254"
"""WSL's own resolver while it tunnels DNS (WSL: src/shared/inc/lxinitshared.h): not an address of Windows."""

_WSL_NAT: Final = ipaddress.ip_network("172.16.0.0/12")
"""Where Windows takes the network of WSL from (platforms' notes: MicrosoftDocs/WSL, networking)."""

_REASONS: Final[Mapping[CandidateKind, Reason]] = {
    "user": "named_by_you",
    "loopback": "own_network",
    "name": "stable_name",
}

_Source = tuple[CandidateKind, str, str]


def candidates(
    facts: Facts,
    platform: Platform,
    user_hosts: Sequence[str] = (),
    answers: Sequence[NameAnswer] | None = None,
    siblings: Siblings = NO_SIBLINGS,
) -> tuple[Candidate, ...]:
    """Return the candidates in the order of preference, each host once, with the addresses known so far.

    ``answers`` are what name servers said; ``None`` means that none was asked yet, and then the names of every
    platform that this may still turn out to be are listed. Where the network is the host's own (outside a container,
    or ``--network host``) only loopback and what the user named is listed: the default gateway there is a router. Where
    it is that of a virtual machine, the names and constants lead out of that.
    ``siblings`` are other containers: what is surely meant comes after the host's names, the others at the end.
    """
    known = names.believable(facts, answers or ())
    sources: list[_Source] = [("user", given, "") for given in user_hosts]
    sources.append(("loopback", "localhost", ""))
    if platform.localhost_is_host:
        return _ranked(_found(facts, sources, known))
    sources += [("name", name, "") for name in _names(facts, platform, asked=answers is not None)]
    sources += _answers(facts, known)
    addresses = _found(facts, [*_addresses(facts, platform)], known)
    return _ranked((*_found(facts, sources, known), *siblings.meant, *addresses, *siblings.alike))


def choice(listed: Sequence[Candidate], platform: Platform) -> Choice | None:
    """Return the candidate that would be written if all of them led to the service, and the one after it.

    ``None`` where nothing is known to lead to the host.
    """
    usable = [candidate for candidate in listed if candidate.addresses and candidate.kind != "loopback"]
    if platform.reaches_loopback and not usable:
        usable = [candidate for candidate in listed if candidate.kind == "loopback"]
    if not usable:
        return None
    first = usable[0]
    # An answer is the address behind a name: beside that name it is no other way.
    others = [other for other in usable[1:] if set(other.addresses) - set(first.addresses)]
    return Choice(first, _REASONS.get(first.kind, "no_name_known"), others[0] if others else None)


def _names(facts: Facts, platform: Platform, *, asked: bool) -> tuple[str, ...]:
    rows = [BY_NAME[platform.name], *([BY_NAME[platform.below]] if platform.below else [])]
    if not asked:
        rows = [row for row in possible(facts) if row.in_container and not row.shares_host_network] + rows
    return tuple(dict.fromkeys(name for row in rows for name in row.names))


def _answers(facts: Facts, known: Mapping[str, NameAnswer]) -> Iterator[_Source]:
    """Yield what name servers say of names that are pinned to something else, which a name alone would never reach."""
    for name, answer in known.items():
        line = facts.pinned(name)
        if line and line.address not in answer.addresses:
            yield from (("answer", address, name) for address in routed(facts, answer.addresses))


def _addresses(facts: Facts, platform: Platform) -> Iterator[_Source]:
    """Yield addresses: those of the host before those of what only stands between, and never a router's."""
    row = host(platform)
    constants: list[_Source] = [("constant", address, platform.below or platform.name) for address in row.constants]
    near: list[_Source] = []
    if platform.shares_host_network:
        # the gateway of the machine itself: Windows as WSL knows it, unless that has Windows' own networks
        near = [*_gateways(facts)] if row.gateway == "wsl" and _is_windows(facts) else []
    elif row.gateway in ("machine", "namespace"):
        near = [*_gateways(facts)]
    elif row.gateway not in ("router", "node", "nothing"):
        near = [*_gateways(facts), *(_docker0(facts) if "linux" in row.systems else ())]
    yield from (*near, *constants) if row.gateway in ("host", "outer_container", "wsl") else (*constants, *near)
    if row.gateway == "wsl":
        yield from _windows(facts)


def _gateways(facts: Facts) -> Iterator[_Source]:
    for gateway in facts.gateways:
        # A link-local address needs the interface's name beside it, which a base_url cannot hold (RFC 6874 died).
        if not ipaddress.ip_address(gateway.address).is_link_local:
            yield "gateway", gateway.address, gateway.interface
    if facts.gateways:
        return
    # An internal network has no default route, yet its bridge is still an address of the host (docker docs).
    for interface in facts.interfaces:
        for prefixed in interface.addresses:
            network = ipaddress.ip_interface(prefixed).network
            if network.is_private and not network.is_loopback and not network.is_link_local:
                yield "first_address", str(network.network_address + 1), f"{network} {interface.name}"


def _docker0(facts: Facts) -> Iterator[_Source]:
    """Yield the default bridge's address, unless it is this container's own (an engine runs inside it).

    Only asked for where the host may be a Linux: elsewhere nobody has it, and packets for it would leave for a router.
    """
    own = {prefixed.partition("/")[0] for interface in facts.interfaces for prefixed in interface.addresses}
    if DOCKER0 not in own:
        yield "docker0", DOCKER0, ""


def _windows(facts: Facts) -> Iterator[_Source]:
    """Yield Windows as WSL sees it: without DNS tunnelling its address is WSL's name server (MicrosoftDocs/WSL)."""
    for server in (*facts.host_nameservers, *facts.nameservers):
        try:
            address = ipaddress.ip_address(server)
        except ValueError:
            continue
        if address.is_private and not address.is_loopback and server not in (_WSL_TUNNEL, EMBEDDED_DNS):
            yield "host_nameserver", server, "/etc/resolv.conf"


def _is_windows(facts: Facts) -> bool:
    """Tell whether the gateway of a WSL distribution may be Windows: NAT gives it one of 172.16.0.0/12."""
    return all(ipaddress.ip_address(each.address) in _WSL_NAT for each in facts.gateways if ":" not in each.address)


def _found(facts: Facts, sources: Sequence[_Source], known: Mapping[str, NameAnswer]) -> Iterator[Candidate]:
    for kind, host_, source in sources:
        addresses, learned = _known_addresses(facts, host_, known)
        aliases = facts.own_names if kind == "loopback" else ()
        yield Candidate(host_, kind, source or learned, 0, addresses, aliases=aliases)


def _ranked(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return each host, or port of its own of a host, once and in order."""
    once: dict[tuple[str, int], Candidate] = {}
    for rank, candidate in enumerate(found):
        once.setdefault((candidate.host.lower(), candidate.port), candidate._replace(rank=rank))
    return tuple(once.values())


def _known_addresses(facts: Facts, host_: str, known: Mapping[str, NameAnswer]) -> tuple[tuple[str, ...], str]:
    """Return the addresses of a host and where they were learned; a pinned name leads where it is pinned to."""
    try:
        return (str(ipaddress.ip_address(host_.strip("[]"))),), ""
    except ValueError:
        pass
    if host_ == "localhost":
        return ("127.0.0.1", "::1"), ""
    if line := facts.pinned(host_):
        return (line.address,), f"/etc/hosts:{line.line}"
    if answer := known.get(host_):
        return routed(facts, answer.addresses), answer.server
    return (), ""


def routed(facts: Facts, addresses: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses there may be a way to: IPv6 only where this container has an IPv6 address of its own."""
    own = (ipaddress.ip_interface(a) for i in facts.interfaces for a in i.addresses if i.name != "lo")
    if any(address.version == 6 and not address.is_link_local for address in own):
        return tuple(addresses)
    return tuple(address for address in addresses if ":" not in address)
