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
    return term("ended_and").join(_said(each, term) for each in value.split("; "))


def _said(group: str, term: Callable[[str], str]) -> str:
    code, _, addresses = group.partition(" ")
    listed = addresses.replace(", ", term("ended_listed"))
    return term(f"ended_{code}").format(addresses=listed, seconds=_CONNECT_LIMIT)
