"""The environment that counts for KAG's calls: that of the OpenSPG server, which is the container's first process.

KAG runs inside the server's JVM. ``docker exec`` gives a shell the container's environment, but not what the server's
start script exported, and perhaps more than the server has. Of that environment nothing is kept but the variables named
here: others may hold keys, and the values of these may hold a proxy's password, so they do not print. Those that are
sent to a service are kept as secrets.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from netdiag.text import Secret

_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_KEPT: Final = (
    _PROXIES
    | {"no_proxy", "ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "curl_ca_bundle", "sslkeylogfile"}
    | {"home", "netrc"}
)
"""In lower case: proxy variables count in any case, and the others only as they are usually written."""

_SENT: Final = frozenset({"OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"})
"""Variables that OpenAI's SDK sends (openai/_client.py, 1.59 to 1.91): a key where none is given, and two headers."""

_NOT_THE_SERVER: Final = frozenset({"systemd", "init", "pause"})
"""First processes that were not started with the container's environment: LXC's, and a pod's that shares processes."""

_LIMIT: Final = 256 * 1024

Source = Literal["server", "shell"]


class Environment(NamedTuple):
    """The variables about proxies and trust, in the order of the environment, and whose they are.

    ``secrets`` are those whose values are sent to a service, by name. Files that variables name are below ``root``.
    """

    variables: Mapping[str, str] = MappingProxyType({})
    source: Source = "shell"
    secrets: Mapping[str, Secret] = MappingProxyType({})
    root: Path = Path("/")

    def __repr__(self) -> str:
        """Show no value: a proxy's may hold a password."""
        return f"Environment({sorted([*self.variables, *self.secrets])}, {self.source!r})"

    @property
    def proxy_variables(self) -> tuple[str, ...]:
        """The names of the proxy variables that are set; their values may hold passwords."""
        return tuple(sorted(name for name, value in self.variables.items() if value and name.lower() in _PROXIES))

    def as_read_by(self, version: str) -> "Environment":
        """Return what counts for the httpx of this KAG: 0.27, with KAG 0.6, passes over certificates that are missing.

        httpx 0.28 takes whatever SSL_CERT_FILE says and fails (httpx/_utils.py of 0.27, httpx/_config.py of 0.28).
        """
        if version not in _PASSES_OVER_MISSING:
            return self
        file, folder = (self.variables.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
        gone = {"SSL_CERT_FILE"} if file and not (self.root / file.lstrip("/")).is_file() else set()
        gone |= {"SSL_CERT_DIR"} if folder and not (self.root / folder.lstrip("/")).is_dir() else set()
        return self._replace(variables={name: value for name, value in self.variables.items() if name not in gone})


_PASSES_OVER_MISSING: Final = frozenset({"0.5", "0.6"})


def of_shell(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return what this process was started with."""
    return Environment(_kept(environ), "shell", _sent(environ))


def of_server(root: Path, *, in_container: bool) -> Environment:
    """Return what the first process of the container below ``root`` was started with.

    This process's own outside a container, and where the first process is no server or may not be looked at.
    """
    variables = _of_first(root) if in_container else None
    return of_shell() if variables is None else Environment(_kept(variables), "server", _sent(variables), root)


def values_of(root: Path, names: Collection[str], *, in_container: bool) -> dict[str, str]:
    """Return the variables of these names that are set in the environment that :func:`of_server` tells of.

    They are what a configuration names; their values may be keys.
    """
    first = _of_first(root) if in_container else None
    variables: Mapping[str, str] = os.environ if first is None else first
    return {name: variables[name] for name in names if name in variables}


def _of_first(root: Path) -> dict[str, str] | None:
    """Return the whole environment of the first process, or ``None`` where it is no server or may not be looked at."""
    first = root / "proc/1"
    try:
        if (first / "comm").read_text("utf-8", "replace").strip() in _NOT_THE_SERVER:
            return None
        with (first / "environ").open("rb") as file:
            entries = file.read(_LIMIT).split(b"\0")
    except OSError:
        return None
    found: dict[str, str] = {}
    for entry in entries:
        name, equals, value = os.fsdecode(entry).partition("=")
        if equals:
            found.setdefault(name, value)  # of a name that is there twice the first counts, as for os.environ
    return found


def _kept(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.lower() in _KEPT}


def _sent(variables: Mapping[str, str]) -> dict[str, Secret]:
    return {name: Secret(value) for name, value in variables.items() if name in _SENT}
