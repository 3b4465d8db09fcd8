"""What a configured host is: this machine's host, another container, a service elsewhere. Pure.

Which kind it is decides what may be tried in its place, and what is said of it. The strongest evidence comes first: an
address that the host has, the networks that addresses lie in, and only then what a name looks like.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from netdiag.model.place import Facts
from netdiag.platform import names

Kind = Literal["host", "platform", "container", "private", "elsewhere"]
"""An address that the container's host has; a platform's name for a service of its host; another container, by its
name or by an address in one of this container's networks; an address or a name of a private network; a service on the
internet."""

_HAVE_HOSTS_SERVICES: Final = frozenset({"host", "platform", "container", "private"})


class PlatformName(NamedTuple):
    """A name by which a platform lets containers reach a service of the host; ``port`` is its port on the host.

    ``owner`` is what people call the platform.
    """

    owner: str
    port: int


PLATFORM_NAMES: Final = {
    # docs.docker.com/ai/model-runner: from containers of Docker Desktop by this name and port 80, of Docker Engine by
    # 172.17.0.1:12434
    "model-runner.docker.internal": PlatformName("Docker Desktop", 12434),
}

_PRIVATE_SUFFIXES: Final = (".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa", ".corp", ".intranet")
"""Ends of names that no name server on the internet knows: RFC 6762 and its appendix G, RFC 8375, ICANN's .internal."""


def meaning(host: str, scheme: str, addresses: Sequence[str], facts: Facts, own: Sequence[str] = ()) -> Kind:
    """Return what ``host`` is, whose name or text stands for ``addresses``.

    ``own`` are addresses that the container's host is known to have. A name that is answered with an invented address
    is judged by the name. A name that nobody knows and that is called without TLS may be one of a private network.
    """
    bare = names.bare(host)
    real = [each for each in addresses if not names.is_fake(each) and not names.is_null(each)]
    if any(each in own for each in real):
        return "host"
    if bare in PLATFORM_NAMES:
        return "platform"
    if any(names.own_network(facts, each) for each in real):
        return "container"
    if real:
        return "private" if any(map(names.is_private, real)) else "elsewhere"
    if "." not in bare:
        return "container"
    return "private" if bare.endswith(_PRIVATE_SUFFIXES) or scheme.lower() != "https" else "elsewhere"


def may_be_host(kind: Kind) -> bool:
    """Tell whether the service that is meant may be found on the container's host: not what is on the internet."""
    return kind in _HAVE_HOSTS_SERVICES


SERVICE_NAMES: Final = (
    "ollama",
    "vllm",
    "xinference",
    "sglang",
    "llama-cpp",
    "localai",
    "litellm",
    "one-api",
    "new-api",
    "lmstudio",
)
"""What compose files call containers of model servers: the services of the servers' own examples (ollama:
docs/docker.md; vllm, xinference, sglang, LocalAI, litellm, one-api: docker-compose.yml)."""
