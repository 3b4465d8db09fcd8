"""Every command of the registry, filled in as it may be printed and taken apart into what is pasted at once."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import findings

FILLED: Final[Mapping[str, str]] = {
    "ADDRESS": "192.0.2.1",
    "ALIAS": "",
    "ANCHOR": "anchor",
    "BLOCK": "model: m",
    "CHAT": "model: m",
    "COMMAND": "check",
    "CONTAINERS": "172.18.0.0/16",
    "DIMENSIONS": "768",
    "DNS": "192.0.2.1",
    "EMBEDDING": "model: m",
    "ENGINE": "docker",
    "EXAMPLE": "value",
    "EXEMPTED": "localhost,172.18.0.1",
    "EXEMPTING": "NO_PROXY",
    "FEWER": "1024",
    "GATEWAY": "172.18.0.1",
    "ID": "1",
    "INNER_PORT": "11434",
    "INSIDE": "netdiag --container openspg fix-base-url",
    "INSTEAD": "openai",
    "INSTEAD_URL": "http://172.18.0.1:11434/v1",
    "IP": "192.0.2.1",
    "JOIN": "docker network connect release_default openspg",
    "JOINED": "openspg",
    "KEY": "chat_llm",
    "KEYED_URL": "http://172.18.0.1:11434/v1",
    "KIND": "chat",
    "LIKE": "openie_llm",
    "LINE": "NO_PROXY=localhost,172.18.0.1",
    "MODEL": "qwen2.5:3b",
    "NAMED": "172.18.0.1",
    "NAMED_URL": "https://llm.lan/v1",
    "NEAREST": "qwen2.5:3b",
    "NETWORK": "release_default",
    "OTHER": "vpn",
    "OTHER_KAG": "0.7",
    "PART": "neo4j",
    "PATH": "/root/file",
    "PODMAN": "docker compose up -d --no-deps server",
    "PORT": "11434",
    "PROXY": "http://192.0.2.1:7890",
    "PROXY_HOST": "192.0.2.1:7890",
    "PROXY_PORT": "7890",
    "PULLED": "qwen2.5:3b",
    "RECREATE": "docker compose up -d --no-deps server",
    "ROW": "1",
    "SERVICE": "server",
    "SETTING": "model",
    "SIBLING": "ollama",
    "SIBLING_SERVICE": "ollama",
    "STORE": "SSL_CERT_FILE",
    "SUGGESTION": "http://172.18.0.1:11434/v1",
    "VARIABLE": "HTTP_PROXY",
    "WANTED_TYPE": "openai",
    "WRITE": "value",
}
"""What stands for the values of findings, which the registry without a finding shows in capitals."""

_VALUE: Final = re.compile(rf"(?<![\w$])(?:{'|'.join(sorted(FILLED, key=len, reverse=True))})(?!\w)")


def blocks(language: str = "en") -> Iterator[tuple[str, str, str]]:
    """Yield code, place and each block: a line, or a line with those that are indented below it; a document is one."""
    for code in findings.catalog():
        for remedy, _ in findings.described(code, language).remedies:
            for block in _apart(remedy.command):
                yield code, remedy.on, _VALUE.sub(lambda found: FILLED[found[0]], block)


def _apart(command: str) -> list[str]:
    if command.startswith("services:") or "<<'EOF'" in command:
        return [command.rstrip()]
    parts: list[str] = []
    for line in command.splitlines():
        bare = line.removeprefix("# in ~/.config/docker/daemon.json: ").removeprefix("# ")
        parts[-1:] = [f"{parts[-1]}\n{line}"] if line.startswith(" ") and parts else [*parts[-1:], bare]
    return parts
