"""Which base_url works: race every way to the host, then make KAG's own call where somebody answered.

Its modules are imported one by one: :mod:`~netdiag.prove.ways` sends the first packets, and what
:mod:`~netdiag.prove.caller` stands on, httpx above all, is loaded while they are under way.
"""
