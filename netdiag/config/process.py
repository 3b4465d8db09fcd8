"""The process that KAG runs in, as far as a configuration file depends on it."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from netdiag.kag.version import Installed


class Process(NamedTuple):
    """Which KAG reads a file, and the environment that fills it in.

    ``kag`` returns the release; it is called only where a file is read differently by one release than by another.
    ``values`` returns the environment variables of these names that are set, and reads no other.
    """

    kag: "Callable[[], Installed]"
    values: Callable[[Collection[str]], Mapping[str, str]]
