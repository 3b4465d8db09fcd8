"""How connects to several addresses ended, each group of addresses with its own cause: a value that is put into words.

The value is ``CODE ADDRESS, ADDRESS; CODE ADDRESS``, the same in every language; the words of a code are its
``ended_`` term.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

_CONNECT_LIMIT: Final = "1.5"
"""Seconds that a connect is waited for (netdiag.probe.race.CONNECT_LIMIT_S)."""


def joined(groups: Mapping[str, Sequence[str]]) -> str:
    """Return the value for groups of addresses by the code for how their connects ended."""
    return "; ".join(f"{code} {', '.join(dict.fromkeys(addresses))}" for code, addresses in groups.items())


def said(value: str, term: Callable[[str], str]) -> str:
    """Return the value of :func:`joined` in words; ``term`` translates a word of the vocabulary."""
    groups = (each.partition(" ") for each in value.split("; "))
    words = (term(f"ended_{code}").format(addresses=addresses, seconds=_CONNECT_LIMIT) for code, _, addresses in groups)
    return term("ended_and").join(words)
