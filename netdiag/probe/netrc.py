"""The login that requests takes from ``.netrc`` and sends in place of any key (requests 2.31.0, utils.get_netrc_auth).

httpx reads that file only where it is asked to, which KAG's SDKs do not. Of the file nothing is kept but the login for
the host that is called.
"""

import base64
import netrc
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from netdiag.probe.environment import Environment
from netdiag.text import Secret

_NAMES: Final = (".netrc", "_netrc")
_LIMIT: Final = 256 * 1024
"""Bytes of a file that is read; real ones have some ten lines."""


class Login(NamedTuple):
    """The value of the header ``Authorization``, and the file that it comes from, as KAG's process names it."""

    authorization: Secret
    file: str


def login(environment: Environment, url: str) -> Login | None:
    """Return the login that requests finds for ``url``, or ``None``; a file that it cannot read counts for nothing."""
    file = next((each for each in _files(environment) if _below(environment, each).exists()), None)
    if file is None:
        return None
    path = _below(environment, file)
    try:
        if path.stat().st_size > _LIMIT:
            return None
        found = netrc.netrc(str(path)).authenticators(urlsplit(url).netloc.split(":")[0])
    except (netrc.NetrcParseError, OSError, ValueError):
        return None
    if not found:
        return None
    user, account, password = found
    pair = f"{user or account or ''}:{password or ''}"
    try:
        encoded = base64.b64encode(pair.encode("latin1")).decode("ascii")
    except UnicodeEncodeError:
        return None  # requests fails at it; that is rarer than it is worth a finding
    return Login(Secret(f"Basic {encoded}"), file)


def _files(environment: Environment) -> Iterator[str]:
    """Yield the files that requests looks for, in its order: the one that NETRC names, else those at home."""
    named = environment.variables.get("NETRC")
    if named is not None:
        yield _expanded(named, environment)
        return
    yield from (_expanded(f"~/{name}", environment) for name in _NAMES)


def _expanded(path: str, environment: Environment) -> str:
    """Return the path with its tilde replaced as for KAG's process: by HOME, else by the home of its user."""
    if path != "~" and not path.startswith("~/"):
        return path
    home = environment.variables.get("HOME")
    if home is None:
        try:
            home = pwd.getpwuid(_user(environment)).pw_dir
        except KeyError:
            return path
    return home.rstrip("/") + path[1:]


def _user(environment: Environment) -> int:
    if environment.source == "shell":
        return os.getuid()
    try:
        return (environment.root / "proc/1").stat().st_uid
    except OSError:
        return os.getuid()


def _below(environment: Environment, path: str) -> Path:
    """Return where a path of KAG's process is found from here; a relative one counts from where netdiag runs."""
    return environment.root / path.lstrip("/") if path.startswith("/") else Path(path)
