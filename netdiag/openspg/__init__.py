"""Product mode: what the OpenSPG server on this host holds, read through its public API (nothing is written here).

Its answer carries keys in clear; nothing of it is kept but the endpoints.
"""

from netdiag.openspg.projects import endpoints

__all__ = ["endpoints"]
