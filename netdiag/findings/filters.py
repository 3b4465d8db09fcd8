"""Evidence from the host: who listens behind a filter, which firewalls are active, and their rules. Pure."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netdiag.model.host import Firewall, HostView


def behind(view: "HostView | None", port: int) -> Iterator[str]:
    """Yield what the host shows of a port whose packets are filtered: who listens behind the filter, and the filter."""
    if view is None or view.listeners is None:
        return
    yield from (f"host: {each.text}" for each in view.listeners if each.port == port)
    yield from filtering(view.firewalls, port)


def filtering(firewalls: "Sequence[Firewall]", port: int) -> Iterator[str]:
    """Yield which firewalls are active on the host, with those of their rules that can be about ``port``."""
    for each in firewalls:
        if each.state == "active" and not each.rules:
            yield f"host: {each.name} is active ({each.source})"
        elif each.state == "active":
            yield from (f"host: {each.name}: {rule}" for rule in each.rules if _is_about(rule, port))
    if firewalls and not any(each.state == "active" for each in firewalls):
        unreadable = ", ".join(each.name for each in firewalls if each.state == "unreadable")
        if unreadable:
            yield f"host: rules of {unreadable}: not read, which takes root, and iptables-save or nft"


def _is_about(rule: str, port: int) -> bool:
    """Tell whether a rule names the port, or none: ``--dport 11434``, ``tcp dport 11434``, ``dport { 80, 11434 }``."""
    return "dport" not in rule or str(port) in rule.replace(",", " ").replace(":", " ").split()
