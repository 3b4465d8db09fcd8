"""Worlds with a configuration to repair: the tests run every one of them, ``netdiag demo`` shows one.

Every ``api_key`` in them is invented.
"""

from typing import Final

from netdiag.lab.scenarios import (
    addresses,
    configured,
    gateways,
    keys,
    kinds,
    machines,
    mistyped,
    network,
    paths,
    proxies,
    reach,
    said,
    service,
    settings,
    tls,
    unresolved,
    whole,
)
from netdiag.lab.topology import Scenario

SCENARIOS: Final = (
    *network.SCENARIOS,
    *configured.SCENARIOS,
    *machines.SCENARIOS,
    *reach.SCENARIOS,
    *addresses.SCENARIOS,
    *unresolved.SCENARIOS,
    *proxies.SCENARIOS,
    *tls.SCENARIOS,
    *service.SCENARIOS,
    *paths.SCENARIOS,
    *kinds.SCENARIOS,
    *keys.SCENARIOS,
    *said.SCENARIOS,
    *gateways.SCENARIOS,
    *settings.SCENARIOS,
    *mistyped.SCENARIOS,
    *whole.SCENARIOS,
)

_BY_NAME: Final = {scenario.name: scenario for scenario in SCENARIOS}


def names() -> tuple[str, ...]:
    """Return the names of all scenarios, in the order in which they are shown."""
    return tuple(_BY_NAME)


def by_name(name: str) -> Scenario:
    """Return the scenario of this name; ``KeyError`` where there is none."""
    return _BY_NAME[name]
