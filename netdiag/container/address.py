"""Where the engine listens: as Docker's own command finds it, and then where rootless Docker and Podman do."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from netdiag.container.refusal import Refused
from netdiag.text import shown

DEFAULT: Final = "/var/run/docker.sock"


@dataclass(frozen=True)
class Address:
    """A URL, who named it (a word of ``words.py``) with the detail of that, and TLS as the SDK takes it."""

    url: str
    by: str
    detail: str = ""
    tls: Any = None

    @property
    def shown(self) -> str:
        """The URL as it may be shown: it may hold a password."""
        return shown(self.url)

    @property
    def program(self) -> str:
        """The engine's own command."""
        return program(self.url)


def program(url: str) -> str:
    """Return the command of the engine at ``url``: Podman's socket is called after it, all others are Docker's."""
    return "podman" if url.endswith("/podman.sock") else "docker"


def find(environ: Mapping[str, str] = os.environ, exists: Callable[[str], bool] = os.path.exists) -> Address:
    """Return where the engine is to be found: ``DOCKER_HOST``, the context, or a socket that is there.

    Raises :class:`Refused` where what was named cannot be used.
    """
    if url := environ.get("DOCKER_HOST", ""):
        return _usable(Address(_scheme(url), "by_docker_host", tls=_tls(environ)))
    name = environ.get("DOCKER_CONTEXT", "") or _current_context()
    if name and name != "default":
        return _usable(_of_context(name))
    for path, by in _sockets(environ):
        if exists(path):
            return Address(f"unix://{path}", by)
    return Address(f"unix://{DEFAULT}", "by_default")


def named(environ: Mapping[str, str] = os.environ) -> str:
    """Return the address or the context that a variable or Docker's own configuration names; empty for none.

    Nothing of Docker's is imported for it.
    """
    if url := environ.get("DOCKER_HOST", ""):
        return _scheme(url)
    context = environ.get("DOCKER_CONTEXT", "") or _configured_context(environ)
    return "" if context == "default" else context


def socket_here(environ: Mapping[str, str] = os.environ, exists: Callable[[str], bool] = os.path.exists) -> str:
    """Return the path of the engine's socket, as far as it is known without Docker's package; empty for any other."""
    if url := named(environ):
        return url.removeprefix("unix://") if url.startswith("unix://") else ""
    return next((path for path, _ in _sockets(environ) if exists(path)), "")


def _configured_context(environ: Mapping[str, str]) -> str:
    """Return the context that ``docker context use`` has made the current one."""
    directory = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "/", ".docker"))
    try:
        said = json.loads((directory / "config.json").read_bytes())
    except (OSError, ValueError):
        return ""
    name = said.get("currentContext") if isinstance(said, dict) else None
    return name if isinstance(name, str) else ""


def _sockets(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the well-known sockets with who listens there."""
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    yield DEFAULT, "by_default"
    yield f"{runtime}/docker.sock", "by_rootless"  # docs.docker.com/engine/security/rootless
    yield f"{runtime}/podman/podman.sock", "by_podman"  # podman-system-service(1)
    yield "/run/podman/podman.sock", "by_podman"


def _scheme(url: str) -> str:
    """Return ``url`` with a scheme, as Docker's command takes ``host:2375`` and a bare path."""
    if "://" in url:
        return url
    return f"unix://{url}" if url.startswith("/") else f"tcp://{url}"


def _tls(environ: Mapping[str, str]) -> Any:
    from docker.errors import TLSParameterError  # noqa: PLC0415 - the extra `netdiag[docker]`
    from docker.utils import kwargs_from_env  # noqa: PLC0415

    try:
        return kwargs_from_env(environment=environ).get("tls")
    except TLSParameterError as error:
        raise Refused(word="engine_tls", detail=shown(str(error))) from error


def _current_context() -> str:
    from docker.context import ContextAPI  # noqa: PLC0415 - the extra `netdiag[docker]`

    current = ContextAPI.get_current_context()
    return str(current.Name) if current else ""


def _of_context(name: str) -> Address:
    from docker.context import ContextAPI  # noqa: PLC0415 - the extra `netdiag[docker]`

    try:
        context = ContextAPI.get_context(name)
    except Exception as error:  # docker.errors.ContextException, and ValueError for a damaged file
        raise Refused(word="context_unusable", name=name, detail=shown(str(error))) from error
    if context is None or not context.Host:
        raise Refused(word="no_such_context", name=name)
    return Address(_scheme(str(context.Host)), "by_context", name, context.TLSConfig)


def _usable(address: Address) -> Address:
    scheme = address.url.partition("://")[0]
    if scheme == "ssh":
        raise Refused(word="engine_ssh", url=address.shown)
    if scheme not in ("unix", "tcp", "http", "https", "npipe"):
        raise Refused(word="engine_scheme", url=address.shown)
    return address


def socket_path(url: str) -> Path | None:
    """Return the socket's path, or ``None`` where the engine is not reached by one."""
    return Path(url.removeprefix("unix://")) if url.startswith("unix://") else None
