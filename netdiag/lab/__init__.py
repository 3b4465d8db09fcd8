"""A host, a container and a fault, declared as data and made real in unprivileged namespaces.

``with make(world) as lab: lab.run(["ip", "route"])`` needs neither root nor Docker. No route leads out of it, and
nothing stays behind. :mod:`netdiag.lab.scenarios` holds worlds with a configuration to repair: the tests run them,
and ``netdiag demo`` shows them.
"""

from netdiag.lab.firewall import lacking
from netdiag.lab.topology import Fault, Network, Scenario, Service, World
from netdiag.lab.world import Lab, LabError, available, make

__all__ = ["Fault", "Lab", "LabError", "Network", "Scenario", "Service", "World", "available", "lacking", "make"]
