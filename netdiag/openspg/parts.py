"""The other parts of OpenSPG, and where the server looks for them: by its own settings. Pure.

Its URLs hold passwords after the port; nothing behind that is read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from netdiag.openspg.spring import Settings
    from netdiag.probe.greeting import Protocol


class Part(NamedTuple):
    """Another part of OpenSPG that the server needs: ``neo4j``, ``minio`` or ``mysql``, and where it looks for it.

    ``name`` is that of its service in OpenSPG's compose file. ``protocol`` is what it speaks; empty where it says so
    after TLS only, or is of a kind that netdiag does not know.
    """

    name: str
    host: str
    port: int
    protocol: "Protocol | None" = None


_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+]*)://(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")

_KINDS: Final[Mapping[str, tuple[str, int, "Protocol | None"]]] = {
    "neo4j": ("neo4j", 7687, "bolt"),
    "neo4j+s": ("neo4j", 7687, None),
    "neo4j+ssc": ("neo4j", 7687, None),
    "bolt": ("neo4j", 7687, "bolt"),
    "bolt+s": ("neo4j", 7687, None),
    "bolt+ssc": ("neo4j", 7687, None),
    "minio": ("minio", 9000, "minio"),
    "tugraph": ("tugraph", 9090, None),
    "elasticsearch": ("elasticsearch", 9200, None),
}
"""By the scheme of a URL, as OpenSPG's drivers have it: the part's name, its usual port, and what it speaks. Others,
such as the ``oss`` of a cloud, are no containers beside this one and are not looked at."""

_SETTINGS: Final = (
    ("cloudext.graphstore.url", "neo4j://release-openspg-neo4j:7687"),
    ("cloudext.searchengine.url", ""),
    ("cloudext.objectstorage.url", "minio://release-openspg-minio:9000"),
)
"""The server's settings, and what OpenSPG's own compose file has in place of each that is not said."""


def parts(settings: "Settings") -> Iterator[Part]:
    """Yield the parts that the server's ``settings`` name, each once."""
    found = (_part(settings.get(name) or usual) for name, usual in _SETTINGS)
    yield from dict.fromkeys(part for part in found if part)


def _part(url: str) -> Part | None:
    where = _URL.match(url)
    kind = _KINDS.get(where["scheme"]) if where else None
    if where is None or kind is None:
        return None
    name, usual, protocol = kind
    port = int(where["port"] or usual)
    return Part(name, where["host"].strip("[]"), port if 0 < port < 65536 else usual, protocol)
