"""Random situations, each made of its number alone: where a container stands, what listens where, what is configured.

What is right is likelier than what is wrong, or every situation would fail for its first fault.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from kag.end_to_end.files import written
from kag.end_to_end.services import BROKEN_OFF, MANNERS, Hosted, Names, Service
from kag.judge.configurations import RELEASES, right_address
from kag.judge.server import MODELS

from netdiag.kag.version import Version
from netdiag.lab import Fault, Network, World
from netdiag.lab.servers.openai_compatible import KEY
from netdiag.lab.topology import DOCKER0

LAN: Final = "192.168.77.10"
"""The host's address in its own network."""
NOBODY: Final = "192.168.65.254"
"""Docker Desktop's name for the host; elsewhere nobody has it."""
DOCKER: Final = "host.docker.internal"

_COMPOSE: Final = Network("br-5eed0c0ffee0", gateway="172.18.0.1/16", container="172.18.0.2/16")
_BOTH: Final = replace(_COMPOSE, gateway6="fd00:5eed::1/64", container6="fd00:5eed::2/64")
_LIMA: Final = Network("lima0", gateway="192.168.5.2/24", container="192.168.5.15/24")
_DESKTOP: Final = Network("vm0", gateway=f"{NOBODY}/24", container="192.168.65.3/24")


class Place(NamedTuple):
    """Where a container stands. ``names`` are what its name server knows; ``late`` means that it may take its time."""

    networks: tuple[Network, ...] = (DOCKER0,)
    nameserver: str = "172.17.0.1"
    names: tuple[tuple[str, str], ...] = ()
    pinned: tuple[tuple[str, str], ...] = ()
    dead: tuple[str, ...] = ()
    host_network: bool = False
    late: bool = False

    @property
    def gateway(self) -> str:
        """The first network's address of the host."""
        return "127.0.0.1" if self.host_network else self.networks[0].gateway.partition("/")[0]


PLACES: Final[Mapping[str, tuple[float, Place]]] = {
    "bridge": (3, Place()),
    "bridge, pinned": (2, Place(pinned=(("172.17.0.1", DOCKER),))),
    "bridge, named": (1, Place(names=(("172.17.0.1", DOCKER),), late=True)),
    "compose": (4, Place((_COMPOSE,), "127.0.0.11")),
    "compose, pinned": (2, Place((_COMPOSE,), "127.0.0.11", pinned=(("172.17.0.1", DOCKER),))),
    "compose, named": (1, Place((_COMPOSE,), "127.0.0.11", names=(("172.18.0.1", DOCKER),), late=True)),
    "compose, two families": (1, Place((_BOTH,), "127.0.0.11")),
    "a dead pin": (2, Place((_COMPOSE,), "127.0.0.11", pinned=((NOBODY, DOCKER),), dead=(NOBODY,))),
    "two networks": (1, Place((_COMPOSE, _LIMA), "127.0.0.11", pinned=(("192.168.5.2", DOCKER),))),
    "host network": (1, Place(host_network=True)),
    "host network, pinned": (2, Place(host_network=True, pinned=(("172.17.0.1", DOCKER),))),
    "desktop": (
        4,
        Place((_DESKTOP,), NOBODY, names=((NOBODY, DOCKER), ("192.168.65.1", "gateway.docker.internal")), late=True),
    ),
}
"""By name, each with how often it comes."""

_LISTENS: Final = {"all": 9.0, "loopback": 1.5, "docker0": 1.0, "gateway": 1.0, "lan": 0.7, "own": 1.0, "own, all": 0.5}
_SERVERS: Final = {"ollama": 6.0, "vllm": 2.0, "vllm-with-key": 1.0, "llama-cpp-python": 1.5}
_PORTS: Final = {"ollama": 11434, "vllm": 8000, "vllm-with-key": 8001, "llama-cpp-python": 9997}
_HOSTS: Final = {
    "localhost": 8.0, "127.0.0.1": 5.0, DOCKER: 5.0, "172.17.0.1": 3.0, "gateway": 3.0, "0.0.0.0": 1.0, "[::1]": 1.0,
    LAN: 1.0, "172.18.0.1": 0.7, "127.0.0.2": 0.4, "LOCALHOST": 0.4, "10.99.0.5": 0.4, "openspg": 0.4,
    "ip6-localhost": 0.3, "localhost.": 0.3, "2130706433": 0.2, "no-such.lab.internal": 0.3, "[fd00:5eed::1]": 0.3,
}  # fmt: skip
_SPELLINGS: Final[Sequence[Callable[[str], str]]] = (
    lambda url: f" {url}",
    lambda url: f"{url} ",
    lambda url: f"{url}\n",
    lambda url: url.replace("http:", "HTTP:"),
    lambda url: url.removeprefix("http://"),
    lambda url: url.replace("http://", "http:/"),
    lambda url: url.replace("http://", "http://user:word@"),
    lambda url: url.replace("http:", "http\uff1a"),
    lambda url: url.replace("localhost", "local%68ost").replace("host.docker", "host%2Edocker"),
    lambda url: f"{url}?a=b",
)
_WRONG_PATHS: Final = ("", "/", "/v1", "/v1/", "/v1/v1", "/v1/chat/completions", "/api", "/api/generate", "/v2")
_TYPES: Final[Mapping[Version, Mapping[str, tuple[str, ...]]]] = {
    "0.6": {"chat": ("maas", "vllm", "ollama", "openai"), "embedding": ("openai",)},
    "0.7": {"chat": ("maas", "vllm", "ollama", "openai"), "embedding": ("openai",)},
    "0.8": {"chat": ("maas", "vllm", "ollama", "openai"), "embedding": ("openai", "ollama")},
}
_REJECTS: Final = ("reject-tcp-reset", "reject-icmp-port-unreachable", "reject-icmp-admin-prohibited")
_SETTINGS: Final[Sequence[tuple[str, Any]]] = (
    ("stream", True), ("stream", "False"), ("timeout", 30), ("timeout", 0), ("timeout", -1), ("timeout", 0.1),
    ("temperature", 0.2), ("max_rate", 10), ("think", True), ("creator", "openspg"), ("enable_check", False),
)  # fmt: skip
_PROXIES: Final[Sequence[Mapping[str, str]]] = (
    {"HTTP_PROXY": "http://127.0.0.1:7890"},
    {"http_proxy": "http://172.17.0.1:3128", "no_proxy": "localhost,127.0.0.1"},
    {"HTTP_PROXY": "http://127.0.0.1:7890", "NO_PROXY": "172.16.0.0/12,host.docker.internal"},
    {"HTTP_PROXY": "http://127.0.0.1:7890", "NO_PROXY": "172.17.0.1,172.18.0.1,host.docker.internal,localhost"},
    {"NO_PROXY": "*"},
)


class Node(NamedTuple):
    """A model in a configuration: its name there, ``chat`` or ``embedding``, what it says, and whose alias it is."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    alias_of: str = ""


class Situation(NamedTuple):
    """All that is random, chosen; ``nodes`` are what KAG is asked about."""

    seed: int
    version: Version
    place: str
    world: World
    hosted: Hosted
    file: str
    text: str
    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        world = self.world
        listed = [f"  listens: {each}" for each in self.hosted.services]
        odd = [*world.faults, *(f"{name}={value}" for name, value in world.environment)]
        late = f"  names: {self.hosted.names}" if self.hosted.names.known else "  names: none"
        said = [f"  {each}" for each in odd]
        return "\n".join(
            [f"situation {self.seed}: KAG {self.version}, {self.place}", late, *listed, *said, self.file, self.text]
        )


def situation(seed: int) -> Situation:
    """Return the situation of this number."""
    chance = random.Random(f"situation {seed}")
    version: Version = chance.choice(list(RELEASES))
    name = _choose(chance, {name: weight for name, (weight, _) in PLACES.items()})
    place = PLACES[name][1]
    services = _services(chance, place)
    environment = {"LAB_KEY": "k"} | (chance.choice(_PROXIES) if chance.random() < 0.06 else {})
    delay_s = chance.choice((0.0, 0.03, 0.1, 0.3, 1.0)) if place.late else 0.0
    in_file = chance.choice(("yaml", "yaml", "one node", "nodes"))
    nodes = _nodes(chance, version, place, services, in_file)
    world = World(
        networks=place.networks,
        hosts=place.pinned,
        nameserver=place.nameserver,
        manners="closed",  # the name server is one of the situation's own
        dead=place.dead,
        faults=_faults(chance, place, services),
        host_network=place.host_network,
        environment=tuple(environment.items()),
    )
    hosted = Hosted(
        services, Names(place.nameserver, place.names, delay_s), (LAN,) if _uses_lan(services, nodes) else ()
    )
    file, text = written(chance, version, in_file, [(node.name, node.settings) for node in nodes])
    if in_file == "yaml":  # KAG looks for the vectorizer; its anchor's name is the writer's to choose
        asked = (*nodes[:-1], nodes[-1]._replace(name="vectorizer", alias_of=nodes[-1].name))
    else:
        asked = nodes
    return Situation(seed, version, name, world, hosted, file, text, asked)


def one_node(version: Version, manner: str, **settings: Any) -> Situation:
    """Return a situation that is not random: one chat node, which leads to a service that answers in this manner."""
    place = Place()
    service = Service("ollama", _PORTS["ollama"], "0.0.0.0", manner=manner)
    node = Node("", "chat", {"type": "openai", "base_url": "http://172.17.0.1:11434/v1", "api_key": "k",
                             "model": MODELS["ollama"], **settings})  # fmt: skip
    world = World(networks=place.networks, nameserver=place.nameserver, manners="closed")
    file, text = written(random.Random(0), version, "one node", [(node.name, node.settings)])
    return Situation(-1, version, "bridge", world, Hosted((service,), Names("")), file, text, (node,))


def _choose(chance: random.Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _uses_lan(services: Sequence[Service], nodes: Sequence[Node]) -> bool:
    named = any(LAN in str(node.settings["base_url"]) for node in nodes)
    return named or any(service.listen == LAN for service in services)


def _services(chance: random.Random, place: Place) -> tuple[Service, ...]:
    """Return one to three services on ports of their own, and sometimes another one on the same port elsewhere."""
    found: list[Service] = []
    for server in {_choose(chance, _SERVERS): None for _ in range(chance.choice((1, 2, 2, 3)))}:
        on, listen = _listens(chance, place)
        manner = chance.choice((*MANNERS, *BROKEN_OFF)) if chance.random() < 0.22 else ""
        delay_s = 0.3 if chance.random() < 0.08 else 0.0
        found.append(Service(server, _PORTS[server], listen, on, manner, delay_s))
        if chance.random() < 0.12 and listen not in ("0.0.0.0", "::"):
            other = "127.0.0.1" if listen != "127.0.0.1" else "172.17.0.1"
            manner = chance.choice(("", "404", "page", "500"))
            found.append(Service(server, _PORTS[server], other, "host", manner))
    return tuple(found)


def _listens(chance: random.Random, place: Place) -> tuple[str, str]:
    """Return whose network a service listens in, and the address."""
    where = _choose(chance, _LISTENS)
    if where == "all":
        return "host", "::" if place.networks == (_BOTH,) else "0.0.0.0"
    if where in ("own", "own, all") and not place.host_network:
        return "container", "127.0.0.1" if where == "own" else "0.0.0.0"
    known = {"docker0": "172.17.0.1", "gateway": place.gateway, "lan": LAN}
    return "host", known.get(where, "127.0.0.1")


def _faults(chance: random.Random, place: Place, services: Sequence[Service]) -> tuple[Fault, ...]:
    if place.host_network or chance.random() > 0.14:
        return ()
    port = chance.choice(services).port
    kind = chance.choice(("drop", *_REJECTS))
    return (Fault(kind, port, place.gateway if chance.random() < 0.4 else None),)  # type: ignore[arg-type]


def _nodes(
    chance: random.Random, version: Version, place: Place, services: Sequence[Service], in_file: str
) -> tuple[Node, ...]:
    if in_file == "one node":
        kind = chance.choice(("chat", "chat", "embedding"))
        return (Node("", kind, _settings(chance, version, place, services, kind)),)
    names = {"openie_llm": "chat", "chat_llm": "chat", "vectorize_model": "embedding"}
    if in_file == "nodes":
        names = {"llm": "chat", "vectorizer": "embedding"}
    return tuple(Node(name, kind, _settings(chance, version, place, services, kind)) for name, kind in names.items())


def _settings(
    chance: random.Random, version: Version, place: Place, services: Sequence[Service], kind: str
) -> dict[str, Any]:
    """Return what a node says about one of the services; mostly what this version needs for it."""
    fitting = [each for each in services if kind == "chat" or each.server == "ollama"] or list(services)
    service = chance.choice(fitting)
    type_ = _type(chance, version, kind, service)
    model = MODELS[service.server]
    if kind == "embedding" and service.server == "ollama":
        model = "bge-m3:latest"
    settings: dict[str, Any] = {
        "type": type_,
        "base_url": _base_url(chance, version, place, service, (kind, type_)),
        "model": "no-such-model" if chance.random() < 0.03 else model,
    }
    if type_ != "ollama" and chance.random() > 0.03:
        key = KEY if service.server == "vllm-with-key" else "k"
        settings["api_key"] = key if chance.random() > 0.05 else chance.choice(("wrong", "", "******"))
    if version == "0.8" and kind == "chat" and service.server.startswith("vllm") and chance.random() > 0.05:
        settings["max_tokens"] = 64
    if kind == "embedding":
        settings["vector_dimensions"] = 1024
    elif chance.random() < 0.12:
        name, value = chance.choice(_SETTINGS)
        settings[name] = value
    return settings


def _type(chance: random.Random, version: Version, kind: str, service: Service) -> str:
    """Return a type that fits the service; now and then one that does not, or that this version does not know."""
    types = [each for each in _TYPES[version][kind] if each != "ollama" or service.server == "ollama"]
    type_ = chance.choice(types) if chance.random() > 0.02 else chance.choice(("Ollama", "bge", "MaaS", "deepseek"))
    retries = type_.lower() != "ollama" and (version, kind, type_) != ("0.6", "chat", "vllm")
    # for a client that does not try again, each call would heal the service for the next one
    return "openai" if service.manner.endswith(("once", "twice")) and not retries else type_


def _base_url(
    chance: random.Random, version: Version, place: Place, service: Service, kind_and_type: tuple[str, str]
) -> str:
    """Return one that leads to the service, or would from the host, or one of the ways to get it wrong."""
    path = right_address(version, *kind_and_type).removeprefix("root")
    path = chance.choice(_WRONG_PATHS) if chance.random() < 0.08 else chance.choice((path, path, path + "/"))
    host = (
        _choose(chance, _HOSTS).replace("gateway", place.gateway) if chance.random() < 0.7 else _right(place, service)
    )
    port = service.port if chance.random() > 0.02 else 12345
    base_url = f"http://{host}:{port}{path}"
    return chance.choice(_SPELLINGS)(base_url) if chance.random() < 0.06 else base_url


def _right(place: Place, service: Service) -> str:
    """Return the host by which the service can be reached from the container, if it can be at all."""
    if service.on == "container" or place.host_network:
        return "localhost" if service.listen in ("0.0.0.0", "127.0.0.1") else service.listen
    if service.listen not in ("0.0.0.0", "::"):
        return service.listen if service.listen != "127.0.0.1" else place.gateway
    return DOCKER if (place.names or place.pinned) and not place.dead else place.gateway
