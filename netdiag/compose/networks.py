"""``networks``: a service joins a network that exists already, beside those that it is in."""

import json
import re
from collections.abc import Sequence
from typing import Final

from netdiag.compose.document import Document, Growth, Part, Spot, entry, items
from netdiag.compose.refusal import not_exact
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

_KEY: Final[Part] = "networks"
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
"""What Docker takes as a network's name (daemon/names), and compose as a key."""

_TRUE: Final = ("true", "yes", "on", "y")


def is_network(text: str) -> bool:
    """Say whether a network may have this name."""
    return bool(_NAME.fullmatch(text))


def join(service: Service, network: str, documents: Sequence[Document]) -> tuple[Put, ...] | str:
    """Return what makes ``service`` join ``network``, or where it does already.

    ``documents`` are all of the project's, one of which may know the network. Raises :class:`Refused`.
    """
    require_network(service)
    if service.text("network_mode"):  # bridge: compose refuses it beside networks
        raise not_exact(service.where, service.path, "compose_network_mode")
    key, declared = _declared(service, network, documents)
    for document, node in service.said(_KEY):
        named = [*node.items, *(name for name, _ in node.pairs)]
        if joined := next((each for each in named if declared and resolved(each).text == key), None):
            return document.where(joined)
    definition = to_be_edited(service, _KEY)
    growths = [_membership(definition, service, key)]
    if not declared:
        growths.append(_declaration(definition, network))
    return (Put(definition, tuple(growths)),)


def _declared(service: Service, network: str, documents: Sequence[Document]) -> tuple[str, bool]:
    """Return the key by which the files call ``network``, and whether they have one."""
    for document in documents:
        for root in document.roots:
            listed = value_of(root, _KEY)
            for key, value in listed.pairs if listed else ():
                named = value_of(value, "name")
                external = value_of(value, "external")
                is_external = external is not None and (external.text.lower() in _TRUE or bool(external.pairs))
                name = expanded(named.text, service.variables) if named else key.text
                if name == network and is_external:
                    return key.text, True
                if key.text == network:
                    raise not_exact(document.where(key), _KEY, "compose_own_network")
    return network, False


def _membership(definition: Definition, service: Service, key: str) -> Growth:
    document, node = definition
    present = own(node, _KEY)
    path = f"{service.path}.{_KEY}"
    if present is None:
        if value_of(node, _KEY) is not None:
            raise not_exact(service.where, path, "compose_shared")
        # without a list of its own a service is in the project's default network, which it would leave by one
        before = [] if any(True for _ in service.said(_KEY)) else ["default"]
        return entry(Spot(document, node, _KEY, service.path), _KEY, json.dumps([*before, key]))
    require_plain(document, present, path)
    spot = Spot(document, present, _KEY, path)
    return items(spot, [key]) if present.kind == "sequence" else entry(spot, key, "{}")


def _declaration(definition: Definition, network: str) -> Growth:
    """Return what tells compose of the network, in the document in which the service is."""
    document, node = definition
    root = next(root for root in document.roots if _holds(root, node))
    present = own(root, _KEY)
    if present is None:
        return entry(Spot(document, root, _KEY, _KEY), _KEY, json.dumps({network: {"external": True}}))
    require_plain(document, present, _KEY)
    return entry(Spot(document, present, _KEY, _KEY), network, '{"external": true}')


def _holds(root: Node, wanted: Node) -> bool:
    listed = value_of(root, "services")
    return listed is not None and any(value is wanted for _, value in listed.pairs)
