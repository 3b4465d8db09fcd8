"""What only the host can know, and hands in: who listens there, what filters, which containers of the engine serve.

It is read on the host before a run and travels as JSON, in an environment variable that anybody may have set. So what
arrives is checked: an address is one, a port too, and a name can stand in a URL and in a command.
"""

import ipaddress
import json
import re
import types
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from netdiag.text import host_port

LIMIT: Final = 64 * 1024
"""Bytes of JSON: half of what Linux takes as one variable of an environment (MAX_ARG_STRLEN, 32 pages)."""

Started = Literal["", "system", "user", "snap", "container", "hand"]
"""``system`` and ``user`` are systemd units called after the program."""

FirewallState = Literal["active", "inactive", "unreadable"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
"""What Docker takes as a name of a container, a network or a compose service (moby: daemon/names)."""

_END_OF_TIME: Final = 2**40
"""More seconds than any clock of today shows."""


def is_name(text: str) -> bool:
    """Tell whether ``text`` can be the name of a container, a network or a service."""
    return bool(_NAME.fullmatch(text))


class Listener(NamedTuple):
    """A listening TCP socket; ``program`` is whose it is, empty where that may not be read.

    ``started`` is how that was started: ``system``, ``user``, ``snap``, ``container``, ``hand``, or empty.
    """

    address: str
    port: int
    program: str = ""
    started: Started = ""

    @property
    def is_loopback(self) -> bool:
        """Tell whether only its own machine, or its own container, reaches it."""
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def is_everywhere(self) -> bool:
        """Tell whether it listens on all addresses; ``::`` takes IPv4 as well (Linux: net.ipv6.bindv6only is 0)."""
        return ipaddress.ip_address(self.address).is_unspecified

    @property
    def text(self) -> str:
        """``127.0.0.1:11434 LISTEN, ollama``."""
        return f"{host_port(self.address, self.port)} LISTEN" + (f", {self.program}" if self.program else "")


class Firewall(NamedTuple):
    """What filters on the host: ``state``, where that can be read, and of its ``rules`` those that drop or reject."""

    name: str
    state: FirewallState
    source: str
    rules: tuple[str, ...] = ()


class Published(NamedTuple):
    """A container's ``port`` as the host's ``host_port``, at ``address`` (``0.0.0.0``: all of them)."""

    port: int
    address: str
    host_port: int


class Attached(NamedTuple):
    """A container on a network: its ``address``, and the ``names`` that lead to it alone, the most lasting first."""

    network: str
    address: str
    names: tuple[str, ...] = ()


class Sibling(NamedTuple):
    """Another container of the same engine.

    ``ports`` are those it exposes or listens on for others, ``listeners`` what listens in it: ``None`` where the host
    cannot see that. ``state`` is Docker's word: ``running``, ``exited``…
    """

    name: str
    state: str
    project: str = ""
    service: str = ""
    networks: tuple[Attached, ...] = ()
    ports: tuple[int, ...] = ()
    published: tuple[Published, ...] = ()
    listeners: tuple[Listener, ...] | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every name that may lead to it on one of its networks, and its own."""
        every = {self.name, self.service, *(name for each in self.networks for name in each.names)}
        return frozenset(every - {""})

    @property
    def is_running(self) -> bool:
        """Tell whether it runs."""
        return self.state == "running"


class HostView(NamedTuple):
    """What was seen from the host, when (``seen``, seconds since 1970), for ``container`` on its ``networks``.

    ``listeners`` is ``None`` where the machine that netdiag was run on is not the one that carries the containers:
    with Docker Desktop, a remote engine or a rootless one its sockets and rules say nothing of what containers reach.
    ``addresses`` are the host's own, without loopback; none are known there, and in older reports.
    """

    seen: int
    engine: str
    container: str
    networks: tuple[str, ...] = ()
    listeners: tuple[Listener, ...] | None = None
    firewalls: tuple[Firewall, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    addresses: tuple[str, ...] = ()

    def shared(self, sibling: Sibling) -> tuple[Attached, ...]:
        """Return how the sibling is attached to the networks of this container."""
        return tuple(each for each in sibling.networks if each.network in self.networks)


def to_json(view: HostView) -> str:
    """Return the view as JSON within :data:`LIMIT`: what does not fit is left off, the last siblings first."""
    while len(text := json.dumps(to_plain(view), separators=(",", ":"))) > LIMIT:
        if view.siblings:
            view = view._replace(siblings=view.siblings[: len(view.siblings) // 2])
        else:
            view = view._replace(listeners=None, firewalls=())
    return text


def from_json(text: str) -> HostView:
    """Return the view that ``text`` holds; raises :exc:`ValueError` for anything else."""
    if len(text) > LIMIT:
        msg = "it is too long"
        raise ValueError(msg)
    try:
        return from_plain(json.loads(text))
    except RecursionError:
        msg = "it is nested too deeply"
        raise ValueError(msg) from None


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it: dictionaries, lists, text, numbers."""
    if hasattr(value, "_fields"):
        return {name: to_plain(each) for name, each in zip(value._fields, value, strict=True)}
    return [to_plain(each) for each in value] if isinstance(value, tuple) else value


def from_plain(plain: Any) -> HostView:
    """Return the view that dictionaries and lists hold; raises :exc:`ValueError` for others."""
    view: HostView = _made(HostView, plain)
    return view


_LATER: Final = frozenset({"addresses"})


def _made(kind: Any, plain: Any) -> Any:
    if hasattr(kind, "_fields") and isinstance(plain, dict) and _is_whole(kind, plain):
        hints = get_type_hints(kind)
        value = kind(**{name: _made(hints[name], plain[name]) for name in plain})
        _CHECKS[kind](value)
        return value
    if get_origin(kind) is tuple and isinstance(plain, list):
        return tuple(_made(get_args(kind)[0], each) for each in plain)
    if get_origin(kind) is types.UnionType:
        return None if plain is None else _made(get_args(kind)[0], plain)
    if (kind in (str, int) and type(plain) is kind) or (get_origin(kind) is Literal and plain in get_args(kind)):
        return plain
    msg = f"{getattr(kind, '__name__', kind)} expected"
    raise ValueError(msg)


def _is_whole(kind: Any, plain: Mapping[str, Any]) -> bool:
    """Tell whether these are the fields of a value; what older reports lack may be missing."""
    return plain.keys() <= set(kind._fields) and set(kind._fields) - plain.keys() <= _LATER


def _check(*, names: tuple[str, ...] = (), addresses: tuple[str, ...] = (), ports: tuple[int, ...] = ()) -> None:
    """Raise :exc:`ValueError` for what is no name, no address or no port."""
    for address in addresses:
        ipaddress.ip_address(address)
    if not all(map(is_name, names)) or not all(0 < port < 65536 for port in ports):
        msg = "not a name of Docker's, or not a port"
        raise ValueError(msg)


def _check_view(view: HostView) -> None:
    _check(names=(view.container, *view.networks), addresses=view.addresses)
    if not 0 <= view.seen < _END_OF_TIME:
        msg = "not a time"
        raise ValueError(msg)


_CHECKS: Final[Mapping[type, Callable[[Any], None]]] = {
    Listener: lambda each: _check(addresses=(each.address,), ports=(each.port,)),
    Firewall: lambda _: None,
    Published: lambda each: _check(addresses=(each.address,), ports=(each.port, each.host_port)),
    Attached: lambda each: _check(names=(each.network, *each.names), addresses=(each.address,) if each.address else ()),
    Sibling: lambda each: _check(
        names=(each.name, each.project or each.name, each.service or each.name), ports=each.ports
    ),
    HostView: _check_view,
}
