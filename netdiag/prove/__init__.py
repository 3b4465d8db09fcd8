"""Which base_url works: race every way to the host, then make KAG's own call where somebody answered."""

from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

__all__ = ["Caller", "Ways", "examine"]
