"""What a NO_PROXY was meant to say, and the line that says it to every program. Pure."""

import ipaddress
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from netdiag.probe.proxies import is_understood, settings

_USUAL: Final = ("localhost", "127.0.0.1")
"""What every NO_PROXY begins with: OpenSPG's own server, at 127.0.0.1:8887, is no matter of a proxy."""

_BETWEEN: Final = re.compile(r"[,;，；、\s]+")
"""What people put between entries; only the comma is one for a program."""


def meant(no_proxy: str, host: str) -> str:
    """Return the entry by which ``host`` was to be exempt though KAG's client does not see it so, or nothing.

    Ranges and wildcards are understood by other programs (curl knows the first, Windows the second); entries between
    blanks or semicolons, or in quotation marks, by nobody.
    """
    return next((entry for entry in _BETWEEN.split(no_proxy) if entry and _covers(_bare(entry), host.lower())), "")


def line(variables: Mapping[str, str], host: str) -> str:
    """Return the setting that exempts ``host`` beside what is exempt now: ``NO_PROXY=localhost,…``.

    Its name is the one that counts: where there is a ``no_proxy``, even an empty one, it wins. Entries at which httpx
    fails are left out, since it would send nothing at all.
    """
    found = settings(variables).get("no")
    name = "no_proxy" if "no_proxy" in variables else found.name if found else "NO_PROXY"
    present = [_bare(entry) for entry in _BETWEEN.split(found.value)] if found else []
    kept = [entry for entry in present if entry and "@" not in entry and is_understood(entry)]
    return f"{name}={','.join(dict.fromkeys([*(kept or _USUAL), host]))}"


def _bare(entry: str) -> str:
    return entry.strip("\"'“”‘’")


def _covers(entry: str, host: str) -> bool:
    lowered = entry.lower().partition("://")[2] or entry.lower()
    if lowered in (host, f"[{host}]") or (lowered == "<local>" and "." not in host):
        return True
    if "*" in lowered or "?" in lowered:
        return fnmatchcase(host, lowered)
    if lowered.endswith("."):
        return host.startswith(lowered)  # 172.17. for all that begins so
    try:
        return "/" in lowered and ipaddress.ip_address(host) in ipaddress.ip_network(lowered, strict=False)
    except ValueError:
        return False
