"""Where am I: reading facts, naming the platform, listing the addresses by which its host may be reached.

Only :mod:`~netdiag.platform.facts` and :mod:`~netdiag.platform.network` read anything; the rest is pure, so a platform
nobody here owns can be tested from what its users saw.
"""

from netdiag.platform.candidates import candidates, choice, routed
from netdiag.platform.facts import read
from netdiag.platform.naming import host, name
from netdiag.platform.path import path
from netdiag.platform.siblings import NO_SIBLINGS, Siblings, concerning, siblings
from netdiag.platform.trust import WHEREVER_IT_LEADS, Trust, is_host, judge, machine, not_hosts

__all__ = [
    "NO_SIBLINGS",
    "WHEREVER_IT_LEADS",
    "Siblings",
    "Trust",
    "candidates",
    "choice",
    "concerning",
    "host",
    "is_host",
    "judge",
    "machine",
    "name",
    "not_hosts",
    "path",
    "read",
    "routed",
    "siblings",
]
