"""What filters on a host, from what its files and its root's commands print. Pure."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from netdiag.model.host import Firewall, FirewallState

UFW_CONF: Final = "etc/ufw/ufw.conf"

_RULES: Final = 20
_LENGTH: Final = 160
"""What is kept of a ruleset, which may have thousands: it is handed in by a variable of bounded size."""

_BLOCKS: Final = re.compile(r"-j (?:DROP|REJECT)\b|\b(?:drop|reject)\b")
_ELSEWHERE: Final = re.compile(r"(?i)forward|docker|output|routing|_FWD|_OUT|invalid")
"""Chains that say nothing of what comes in for the host itself, and packets that belong to no connection."""

_COPIES: Final = re.compile(r"table ip6? (?:filter|nat|mangle|raw|security) ")
"""What `nft` shows of the rules that iptables-nft made, which `iptables-save` has told already."""


def firewalls(ufw_conf: str, processes: Collection[str], iptables: str | None, nft: str | None) -> tuple[Firewall, ...]:
    """Return the firewalls that are known of, by the text of ufw's configuration and the names of all processes.

    ``iptables`` and ``nft`` are what `iptables-save` and `nft list ruleset` print; ``None`` where only root may know.
    """
    found: list[Firewall] = []
    enabled = re.search(r"(?im)^\s*ENABLED\s*=\s*[\"']?(\w+)", ufw_conf)
    if enabled:
        state: FirewallState = "active" if enabled[1].lower() == "yes" else "inactive"
        found.append(Firewall("ufw", state, f"/{UFW_CONF}"))
    if "firewalld" in processes:
        found.append(Firewall("firewalld", "active", "/proc"))
    found.append(_ruleset("iptables", "iptables-save", None if iptables is None else _of_iptables(iptables)))
    found.append(_ruleset("nftables", "nft list ruleset", None if nft is None else _of_nft(nft)))
    return tuple(found)


def _ruleset(name: str, command: str, rules: Iterator[str] | None) -> Firewall:
    if rules is None:
        return Firewall(name, "unreadable", command)
    blocking = tuple(dict.fromkeys(rule[:_LENGTH] for rule in rules))[:_RULES]
    return Firewall(name, "active" if blocking else "inactive", command, blocking)


def _of_iptables(text: str) -> Iterator[str]:
    """Yield INPUT's policy where it blocks, and the rules that do."""
    for line in text.splitlines():
        policy = re.match(r":INPUT (DROP)\b", line)
        if policy:
            yield f"-P INPUT {policy[1]}"
        elif line.startswith("-A ") and _BLOCKS.search(line) and not _ELSEWHERE.search(line):
            yield line.strip()


def _of_nft(text: str) -> Iterator[str]:
    """Yield ``table chain: rule`` for what blocks."""
    table = chain = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("table "):
            table = line.removesuffix("{")
        elif line.startswith("chain "):
            chain = line.removesuffix("{").strip()
        elif _BLOCKS.search(line) and not _COPIES.match(table) and not _ELSEWHERE.search(f"{chain} {line}"):
            yield f"{table}{chain}: {line}"
