"""Where am I: reading facts, naming the platform, listing the addresses by which its host may be reached.

Only :mod:`~netdiag.platform.facts` reads anything; naming and candidates are pure, so a platform nobody here owns
can be tested from what its users saw.
"""

from netdiag.platform.candidates import candidates
from netdiag.platform.facts import read
from netdiag.platform.naming import name

__all__ = ["candidates", "name", "read"]
