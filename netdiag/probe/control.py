"""What tells causes apart when an address led nowhere: a second connect to compare with, and the kernel's ARP table.

Made only in diagnosis. To each address goes one connect, to one port that nobody listens on: a machine that can be
reached refuses it, a firewall treats it as it treats the rest, and what accepts it accepts anything.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from netdiag.model.attempt import Attempt, Neighbour
from netdiag.model.place import Candidate
from netdiag.probe.race import race

PORT: Final = 1
"""tcpmux (RFC 1078): no system of today listens there, and none of the servers that KAG calls ever did."""

SHORT_LIMIT_S: Final = 0.3
"""Shortest wait for a control, where the port itself was waited for in vain: both are then known 2 s after the start.
What refuses does so within a round trip: less than 1 ms to the host, some 50 ms through a VPN."""

_ARP: Final = "proc/net/arp"
_COMPLETE: Final = 0x2  # ATF_COM, linux/if_arp.h


def control(addresses: Iterable[str], *, limit_s: float) -> tuple[Attempt, ...]:
    """Connect once to :data:`PORT` of each address, all at once; return how each ended, within ``limit_s`` seconds."""
    found = race(
        [Candidate(address, "constant", "", 0, (address,)) for address in dict.fromkeys(addresses)],
        [PORT],
        limit_s=limit_s,
        patient=True,
    )
    return tuple(attempt._replace(step="control") for attempt in found.attempts)


def near(addresses: Iterable[str], *, limit_s: float) -> Mapping[str, str | None]:
    """Return how one more control to each of ``addresses`` ended whose packets may pass no router.

    They reach what the next machine has itself, on whichever of its interfaces, so a refusal says that it has the
    address. What it would pass on it reports and discards, before any rule for forwarding is read (Linux:
    net/ipv4/ip_forward.c). An accepted connection may be a proxy's that takes all.
    """
    found = race(
        [Candidate(address, "constant", "", 0, (address,)) for address in dict.fromkeys(addresses)],
        [PORT],
        limit_s=limit_s,
        patient=True,
        hops=1,
    )
    return {each.address: each.failure for each in found.attempts}


def neighbours(root: Path = Path("/")) -> Mapping[str, Neighbour]:
    """Return what the kernel knows of the IPv4 addresses on its own links, without privilege.

    ``incomplete`` is an address whose owner was asked for (ARP) and did not answer. IPv6 has no such table in /proc.
    """
    try:
        lines = (root / _ARP).read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return {}
    found: dict[str, Neighbour] = {}
    for line in lines:
        address, _, flags = (*line.split(), "", "", "")[:3]
        if _is_complete(flags):
            found[address] = "complete"
        elif address:
            found.setdefault(address, "incomplete")  # another interface may know it
    return found


def _is_complete(flags: str) -> bool:
    try:
        return bool(int(flags, 16) & _COMPLETE)
    except ValueError:
        return False
