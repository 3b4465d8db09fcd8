"""What netdiag costs, beside what else a user would do: ``.venv/bin/python -m bench`` measures and writes a page.

Everything runs in namespaces of the lab, which no route leads out of. Values are plain: a :class:`~bench.cases.Case` is
measured by a resident of its place, a :class:`~bench.rounds.Session` holds what was seen, ``page`` turns it into text.
"""
