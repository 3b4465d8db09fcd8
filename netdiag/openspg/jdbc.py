"""The URL by which Java reaches a MySQL or MariaDB, in the forms that their drivers take. Pure.

Connector/J and MariaDB Connector/J: one host or several, each plain, in brackets or as ``address=(host=…)(port=…)``;
``jdbc:mysql:loadbalance://``, ``jdbc:mysql:replication://``, ``jdbc:mariadb:sequential://`` and their like.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote, unquote_plus

_URL: Final = re.compile(
    r"jdbc:(?:(?:p6spy|log4jdbc|otel|tracing):)?(?:mysql|mariadb)(?::[a-z0-9-]+)*://([^/?#]*)(?:/([^?#]*))?(?:\?([^#]*))?",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]()]*)(?::(\d{1,5}))?")
_KEYED: Final = re.compile(r"\b(host|port|user|password)\s*=\s*([^,()]*)", re.IGNORECASE)


class Jdbc(NamedTuple):
    """What a URL names: its first host, which is the one that is written to where there are several.

    ``port`` and ``name`` are empty, ``user`` and ``password`` are ``None``, where it does not say.
    """

    host: str
    port: str = ""
    name: str = ""
    user: str | None = None
    password: str | None = None


def parsed(url: str) -> Jdbc | None:
    """Return what ``url`` names; ``None`` for what is no such URL, or one that names hosts by SRV records."""
    match = _URL.fullmatch(url.strip())
    if match is None:
        return None
    said, _, hosts = match[1].rpartition("@")
    user, colon, password = said.partition(":")
    found = _first(hosts)
    if found is None:
        return None
    given = dict(_parameters(match[3] or ""))
    return found._replace(
        name=unquote((match[2] or "").strip("/")),
        user=given.get("user", found.user if found.user is not None else unquote(user) if said else None),
        password=given.get(
            "password", found.password if found.password is not None else unquote(password) if colon else None
        ),
    )


def _first(hosts: str) -> Jdbc | None:
    """Return the first of several hosts; none at all is localhost."""
    if hosts.startswith("[") and not re.match(r"\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]", hosts):
        hosts = hosts[1:].partition("]")[0]
    if hosts.lower().startswith(("address=", "(")):
        one = re.split(r"\)\s*,\s*(?=address=|\()", hosts, maxsplit=1, flags=re.IGNORECASE)[0]
        keyed = {name.lower(): value.strip() for name, value in _KEYED.findall(one)}
        return Jdbc(keyed.get("host") or "localhost", keyed.get("port", ""), "", *map(keyed.get, ("user", "password")))
    match = _PLAIN.fullmatch(hosts.partition(",")[0].strip())
    return Jdbc(match[1].strip("[]") or "localhost", match[2] or "") if match else None


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters; OpenSPG's own URL has ``&amp;`` between them."""
    for each in text.replace("&amp;", "&").split("&"):
        name, _, value = each.partition("=")
        yield unquote_plus(name), unquote_plus(value)
