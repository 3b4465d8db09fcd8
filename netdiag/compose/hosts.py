"""``extra_hosts``: what a service has of it, and the entry by which it knows its host."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from netdiag.compose.document import QUOTES, Document, Growth, Spot, entry, items
from netdiag.compose.refusal import Refused, not_exact
from netdiag.compose.services import (
    Definition,
    Put,
    Service,
    own,
    require_network,
    require_plain,
    to_be_edited,
    value_of,
)
from netdiag.compose.tree import Node, resolved
from netdiag.compose.variables import expanded
from netdiag.model.report import Finding

HOST: Final = "host.docker.internal"
GATEWAY: Final = "host-gateway"
"""Since Docker Engine 20.10 and Podman 4.7: the address of the host, filled in when the container is created."""

_KEY: Final = "extra_hosts"
_SEPARATOR: Final = re.compile(r"[:=]")


class Entry(NamedTuple):
    """A name and its address, and where they are written."""

    name: str
    address: str
    where: str


def name_the_host(service: Service) -> tuple[Put, ...] | str:
    """Return what gives ``service`` the name of its host, or where it has it already.

    Raises :class:`Refused` where the name leads elsewhere, where the service's network makes it useless or impossible,
    and where it cannot be written exactly.
    """
    require_network(service)
    found = [
        each
        for document, node in service.said(_KEY)
        for each in _entries(document, node, service.variables)
        if each.name.lower() == HOST
    ]
    elsewhere = next((each for each in found if each.address != GATEWAY), None)
    if elsewhere:
        values = {"service": service.name, "address": elsewhere.address}
        raise Refused(Finding("ND572", elsewhere.where, values))
    if found:
        return found[0].where
    definition = to_be_edited(service, _KEY)
    return (Put(definition, (_growth(definition, service),)),)


def _entries(document: Document, node: Node, variables: Mapping[str, str]) -> Iterator[Entry]:
    for child in node.items:
        name, *rest = _SEPARATOR.split(expanded(resolved(child).text, variables), maxsplit=1)
        yield Entry(name.strip(), "".join(rest).strip(), document.where(child))
    for key, value in node.pairs:
        values = resolved(value).items or [value]
        for each in values:
            address = expanded(resolved(each).text, variables).strip()
            yield Entry(expanded(key.text, variables).strip(), address, document.where(key))


def _growth(definition: Definition, service: Service) -> Growth:
    document, node = definition
    present = own(node, _KEY)
    path = f"{service.path}.{_KEY}"
    if present is None:
        value = _value(document, value_of(node, _KEY), path)
        return entry(Spot(document, node, "extra_hosts", service.path), _KEY, value)
    require_plain(document, present, path)
    spot = Spot(document, present, "extra_hosts", path)
    if present.kind == "sequence":
        return items(spot, [f"{HOST}{_separator(present.items)}{GATEWAY}"])
    style = present.pairs[-1][1].style if present.pairs else ""
    quote = style if style in QUOTES else ""
    return entry(spot, HOST, f"{quote}{GATEWAY}{quote}")


def _value(document: Document, inherited: Node | None, path: str) -> str:
    """Return the list to write, as JSON: a key of its own hides what ``<<`` brings, so that is written again."""
    if inherited is None:
        return json.dumps([f"{HOST}:{GATEWAY}"])
    copied = [resolved(child) for child in (*inherited.items, *(value for _, value in inherited.pairs))]
    if inherited.tag or inherited.kind == "scalar" or any(child.kind != "scalar" or child.tag for child in copied):
        raise not_exact(document.where(inherited), path)
    if inherited.kind == "sequence":
        return json.dumps([*(child.text for child in copied), f"{HOST}:{GATEWAY}"], ensure_ascii=False)
    pairs = {key.text: resolved(value).text for key, value in inherited.pairs}
    return json.dumps({**pairs, HOST: GATEWAY}, ensure_ascii=False)


def _separator(items: Sequence[Node]) -> str:
    """Return ``:``, or ``=`` where the last entry is written with that (Compose 2.24 and newer)."""
    found = _SEPARATOR.search(items[-1].text) if items else None
    return found[0] if found else ":"
