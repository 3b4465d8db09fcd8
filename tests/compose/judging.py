"""Judges of an insertion other than netdiag: PyYAML before and after it, and the bytes around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import yaml

from netdiag import compose
from netdiag.compose.document import inserted

ENTRY = "host.docker.internal:host-gateway"


class Tolerant(yaml.SafeLoader):
    """Reads compose's own tags as what they are written on."""


def _bare(loader: Any, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


Tolerant.add_multi_constructor("!", _bare)


@dataclass(frozen=True)
class Fixed:
    """What became of a file: its bytes, and the edits that made them; or the finding that says why there are none."""

    data: bytes
    edits: tuple[Any, ...] = ()
    refused: Any = None
    where: str = ""


def fixed(
    data: bytes,
    service: str = "",
    network: str = "",
    environ: dict[str, str] | None = None,
    *,
    hosts: tuple[str, ...] = (),
    servers: tuple[str, ...] = (),
    filed: Mapping[str, str] = MappingProxyType({}),
) -> Fixed:
    """Return what netdiag makes of one file; ``filed`` is what the files of ``env_file`` set."""
    try:
        document = compose.parse(data, "c.yml")
        chosen = compose.choose(compose.services([document], environ or {}, lambda *_: None), service)
        if hosts:
            made = compose.exempt(chosen, hosts, lambda _, name: filed.get(name))
        elif servers:
            made = compose.ask(chosen, servers)
        else:
            made = compose.join(chosen, network, [document]) if network else compose.name_the_host(chosen)
        if isinstance(made, str):
            return Fixed(data, where=made)
        edits = compose.edits(document, [growth for put in made for growth in put.growths])
    except compose.Refused as refused:
        return Fixed(data, refused=refused.finding)
    return Fixed(inserted(data, edits), edits)


def read(data: bytes) -> list[Any]:
    """Return all documents as PyYAML reads them, aliases and merges resolved."""
    return list(yaml.load_all(data.decode("utf-8-sig"), Tolerant))


def expected(data: bytes, service: str) -> list[Any]:
    """Return what the file is to say: all that it said, and the entry at its service."""
    documents = read(data)
    of_service = next(d["services"][service] for d in documents if service in d.get("services", {}))
    present = of_service.get("extra_hosts")
    if isinstance(present, dict):
        of_service["extra_hosts"] = {**present, "host.docker.internal": "host-gateway"}
    else:
        separator = "=" if present and "=" in present[-1] else ":"
        of_service["extra_hosts"] = [*(present or []), ENTRY.replace(":", separator)]
    return documents


def without(data: bytes, edits: tuple[Any, ...]) -> bytes:
    """Return the bytes after the edits with what they inserted taken out again."""
    grown = 0
    for edit in sorted(edits, key=lambda each: each.span.start):
        at = edit.span.start + grown
        assert data[at : at + len(edit.new)] == edit.new
        data = data[:at] + data[at + len(edit.new) :]
    return data
