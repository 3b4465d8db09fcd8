"""The ports that model servers use unless they are told otherwise: where is looked when nothing is configured. Pure.

With the host's view there is something better: the sockets that really listen there. Then this table only says which of
them belong to OpenSPG or to the system and are left alone.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag.model.host import Listener


class Default(NamedTuple):
    """A server by its own name, the port it takes by default, and where that is written down."""

    server: str
    port: int
    source: str


DEFAULTS: Final = (
    Default("Ollama", 11434, "ollama: envconfig/config.go, Host"),
    Default("vLLM", 8000, "vllm: entrypoints/openai/cli_args.py; FastChat and llama-cpp-python take the same"),
    Default("SGLang", 30000, "sglang: srt/server_args.py"),
    Default("Xinference", 9997, "xinference: constants.py, XINFERENCE_DEFAULT_ENDPOINT_PORT"),
    Default("LM Studio", 1234, "lmstudio.ai/docs/developer/core/server"),
    Default("llama.cpp", 8080, "llama.cpp: tools/server/README.md, --port"),
    Default("LocalAI", 8080, "LocalAI: core/cli/run.go, address"),
    Default("Docker Model Runner", 12434, "docs.docker.com/ai/model-runner, host-side TCP support"),
    Default("one-api", 3000, "one-api: common/init.go, port"),
    Default("LiteLLM", 4000, "litellm: proxy/proxy_cli.py, --port"),
    Default("text-embeddings-inference", 3000, "text-embeddings-inference: docs/source/en/cli_arguments.md, PORT"),
    Default("text-embeddings-inference", 8080, "text-embeddings-inference: README.md, docker run -p 8080:80"),
    Default("infinity", 7997, "infinity: libs/infinity_emb/infinity_emb/env.py, INFINITY_PORT"),
)

PORTS: Final = tuple(dict.fromkeys(each.port for each in DEFAULTS))
"""In the order of the table, each once: the order in which services are suggested."""

OTHERS: Final[Mapping[int, str]] = MappingProxyType(
    {
        22: "ssh",
        25: "smtp",
        53: "dns",
        111: "rpcbind",
        139: "smb",
        445: "smb",
        631: "ipp",
        2375: "docker",
        2376: "docker",
        3306: "mysql",
        5432: "postgresql",
        6379: "redis",
        7474: "neo4j",
        7687: "neo4j",
        8887: "openspg",
        9000: "minio",
        9001: "minio",
        27017: "mongodb",
    }
)
"""What surely is no model server: OpenSPG's own parts by its compose file, and registered ports (IANA) of a system's
services, which are not to be spoken to in HTTP."""

_SYSTEM: Final = frozenset(
    {"sshd", "dockerd", "containerd", "systemd", "systemd-resolve", "rpcbind", "cupsd", "chronyd", "dnsmasq"}
    | {"mysqld", "mariadbd", "postgres", "redis-server", "mongod", "master", "exim4", "smbd", "named", "kubelet"}
)
"""Programs that serve no models, as /proc/PID/comm calls them (15 characters at most)."""

FORWARDER: Final = "docker-proxy"
"""Whose socket a published port is on the host; which container's it is Docker tells."""

MOST: Final = 32
"""Ports of a host that are looked at: those of the table first, then the smallest."""


def is_candidate(listener: Listener) -> bool:
    """Tell whether what listens there on the host may be a model server, by its program and port."""
    return listener.program not in _SYSTEM and listener.port not in OTHERS


def in_order(ports: set[int]) -> tuple[int, ...]:
    """Return ports in the order of the table, others by number behind them; :data:`MOST` at most."""
    known = [port for port in PORTS if port in ports]
    return (*known, *sorted(ports - {*known}))[:MOST]
