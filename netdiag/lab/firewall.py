"""The host's firewall: the faults of a world as rules of iptables, which needs no root in a namespace of one's own."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from netdiag.lab.topology import Fault, FaultKind, World

IPTABLES: Final = "iptables"

_SBIN: Final = ":/usr/sbin:/sbin"  # on Debian not on an ordinary user's path
_LIMIT_S: Final = 20.0
_REJECTS: Final = "reject-"
_V6_WORDS: Final[dict[FaultKind, str]] = {
    "reject-tcp-reset": "tcp-reset",
    "reject-icmp-port-unreachable": "icmp6-port-unreachable",
    "reject-icmp-host-unreachable": "icmp6-addr-unreachable",
    "reject-icmp-host-prohibited": "icmp6-adm-prohibited",
    "reject-icmp-admin-prohibited": "icmp6-adm-prohibited",
    "reject-icmp-net-unreachable": "icmp6-no-route",
}
"""What firewalld and others say in IPv6 for what they say in IPv4; there is no icmp-proto-unreachable."""


def lacking(world: World) -> str:
    """Return what this machine lacks to make the faults of ``world``, in plain words, or ""."""
    if _rules(world, 4) and not _program(IPTABLES):
        return "this fault is made with iptables, which is not installed; run: sudo apt-get install iptables"
    return ""


def set_up(world: World) -> None:
    """Give the network namespace that this process is in the firewall of ``world``; raises ``OSError``."""
    for version, program in ((4, IPTABLES), (6, "ip6tables")):
        if rules := _rules(world, version):
            _load(f"{program}-restore", rules)


def _load(program: str, rules: str) -> None:
    done = subprocess.run(  # noqa: S603 - the machine's own iptables
        [_program(program) or program],
        input=rules,
        env={"PATH": os.environ.get("PATH", os.defpath) + _SBIN, "XTABLES_LOCKFILE": os.devnull},
        capture_output=True,
        encoding="utf-8",
        timeout=_LIMIT_S,
        check=False,
    )
    if done.returncode:
        raise OSError(errno.EOPNOTSUPP, done.stderr.strip() or os.strerror(errno.EOPNOTSUPP), IPTABLES)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + _SBIN)


def _rules(world: World, version: int) -> str:
    """Return the input of ``iptables-restore`` or ``ip6tables-restore``; "" where there is nothing to set up."""
    has_family = version == 4 or any(network.gateway6 or ":" in network.gateway for network in world.networks)
    faults = [fault for fault in world.faults if has_family and _speaks_of(fault, version)]
    filters = [rule for fault in faults for rule in _filter(fault, version)]
    redirects = [_redirect(fault) for fault in faults if fault.kind == "accept-everything"]
    tables = [("*filter", filters), ("*nat", redirects)]
    return "".join("\n".join((table, *rules, "COMMIT", "")) for table, rules in tables if rules)


def _speaks_of(fault: Fault, version: int) -> bool:
    if version == 6 and fault.kind.startswith(_REJECTS) and fault.kind not in _V6_WORDS:
        return False
    return fault.address is None or ip_address(fault.address).version == version


def _filter(fault: Fault, version: int) -> Iterator[str]:
    packets = "-p tcp"
    if fault.kind == "drop":
        target = "DROP"
    elif fault.kind == "lose-first":
        packets, target = "-p tcp --syn -m statistic --mode nth --every 2 --packet 0", "DROP"
    elif fault.kind.startswith(_REJECTS):
        word = fault.kind.removeprefix(_REJECTS) if version == 4 else _V6_WORDS[fault.kind]
        target = f"REJECT --reject-with {word}"
    else:
        return
    if fault.port:
        packets = packets.replace("-p tcp", f"-p tcp --dport {fault.port}")
    # what is for the host itself, and what it would pass on
    for chain in ("INPUT", "FORWARD"):
        yield f"-A {chain}{_to(fault)} {packets} -j {target}"


def _redirect(fault: Fault) -> str:
    return f"-A PREROUTING{_to(fault)} -p tcp -j REDIRECT --to-ports {fault.port}"


def _to(fault: Fault) -> str:
    return f" -d {fault.address}" if fault.address else ""
