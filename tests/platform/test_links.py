"""The kernel's own answers against what netifaces makes of them, on this very machine and in the lab."""

import netifaces
import pytest

from netdiag.platform import links, network


def test_like_netifaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interfaces, addresses and default gateways are the same by either."""
    by_netifaces = network.read()
    monkeypatch.setattr(network, "netifaces", links)
    by_kernel = network.read()
    assert {each.name: each for each in by_kernel.interfaces} == {each.name: each for each in by_netifaces.interfaces}
    assert by_kernel.gateways == by_netifaces.gateways
    assert any(each.addresses for each in by_kernel.interfaces)
    assert links.AF_INET == netifaces.AF_INET
