"""What is to be called for an endpoint: its URL understood, its port, and whether it means this machine's host."""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from netdiag import config
from netdiag.model.endpoint import OLLAMA_PORT, Endpoint
from netdiag.model.place import Candidate

_PORTS: Final = {"http": 80, "https": 443}
_HARMLESS: Final = frozenset({"", "blanks", "full_width", "control_characters"})
"""Typing errors that leave scheme, host and port as they were meant; some of KAG's clients do not mind them."""

_UNKNOWN_VALUES: Final = frozenset({"template", "environment", "not_a_string"})


class Target(NamedTuple):
    """An endpoint whose base_url can be called. ``local`` means that it is, or may stand for, the container's host."""

    endpoint: Endpoint
    url: config.Url
    port: int
    local: bool

    @property
    def raced(self) -> bool:
        """Whether the candidates are connected to on its port: it means this host, and its port is one."""
        return self.local and self.is_usable

    @property
    def is_usable(self) -> bool:
        """Tell whether scheme, host and port can be used as they are written."""
        return self.url.problem in _HARMLESS

    def is_at(self, candidate: Candidate) -> bool:
        """Tell whether the configured host is this candidate: every spelling of loopback is ``localhost``."""
        if candidate.kind == "loopback":
            return config.is_host_local(self.url.host) or self.url.host.lower() in candidate.aliases
        return self._is_named(candidate)

    def base_url(self, candidate: Candidate) -> str:
        """Return the base_url with the candidate as its host, untouched where that is the very host it names.

        A candidate's own port is written where the base_url has another, or none.
        """
        if self._is_named(candidate):
            return self.endpoint.base_url
        moved = config.with_host(self.endpoint.base_url, candidate.host)
        return moved if (candidate.port or self.port) == self.port else config.with_port(moved, candidate.port)

    def _is_named(self, candidate: Candidate) -> bool:
        return candidate.host.lower() == self.url.host.lower() and (candidate.port or self.port) == self.port


def target(endpoint: Endpoint, hosts: Collection[str] = ()) -> Target | None:
    """Return what to call, or ``None`` when the value is not known here (a template, an environment variable).

    ``hosts`` are the candidates' own and their aliases: who wrote one of them (172.17.0.1, as guides say, a gateway of
    yesterday's network, or the ``ip6-localhost`` of this container's ``/etc/hosts``) meant the host as well.
    """
    if endpoint.left_alone in _UNKNOWN_VALUES:
        return None
    url = config.split(endpoint.base_url)
    is_local = config.is_host_local(url.host) or config.is_host_name(url.host) or url.host.lower() in hosts
    return Target(endpoint, url, _port(endpoint, url), is_local)


def ports(endpoints: Iterable[Endpoint]) -> tuple[int, ...]:
    """Return the ports that base_urls name, or mean where they name none."""
    targets = (target(endpoint) for endpoint in endpoints)
    return tuple({to.port: None for to in targets if to})


def hosts(endpoints: Iterable[Endpoint]) -> frozenset[str]:
    """Return the hosts that base_urls name."""
    return frozenset(to.url.host for endpoint in endpoints if (to := target(endpoint)))


def _port(endpoint: Endpoint, url: config.Url) -> int:
    if url.port is not None:
        return url.port
    if not url.scheme and endpoint.type.lower() == "ollama":
        return OLLAMA_PORT
    return _PORTS.get(url.scheme.lower(), 80)
