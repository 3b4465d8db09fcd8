"""``dns``: the name servers that a service asks, those that were added before the others."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from netdiag.compose.document import QUOTES, Growth, Spot, entry, items
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

_KEY: Final = "dns"


def is_address(text: str) -> bool:
    """Say whether ``text`` is an address, as Docker wants one here: it takes no name and no port."""
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def ask(service: Service, servers: Sequence[str]) -> tuple[Put, ...] | str:
    """Return what makes ``service`` ask these ``servers`` first, or where they are already.

    The first that answers decides, and one that does not answer costs seconds. Raises :class:`Refused`.
    """
    require_network(service, but="host")
    named = [(document.where(node), _texts(node, service)) for document, node in service.said(_KEY)]
    present = {text for _, texts in named for text in texts}
    missing = [server for server in servers if server not in present]
    if not missing:
        return named[0][0]
    definition = to_be_edited(service, _KEY)
    return (Put(definition, _growths(definition, service, missing)),)


def _texts(node: Node, service: Service) -> list[str]:
    each = node.items or [node]
    return [expanded(resolved(child).text, service.variables).strip() for child in each]


def _growths(definition: Definition, service: Service, missing: Sequence[str]) -> tuple[Growth, ...]:
    document, node = definition
    present, path = own(node, _KEY), f"{service.path}.{_KEY}"
    if present is None:
        inherited = value_of(node, _KEY)
        before = [] if inherited is None else [resolved(child).text for child in inherited.items or [inherited]]
        value = json.dumps([*missing, *before], ensure_ascii=False)
        return (entry(Spot(document, node, "dns", service.path), _KEY, value),)
    spot = Spot(document, present, "dns", path)
    if present.kind == "sequence":
        require_plain(document, present, path)
        return (items(spot, missing, first=True),)
    if not present.text or present.tag or present.anchor or present.style not in ("plain", *QUOTES):
        raise not_exact(document.where(present), path, "compose_shared" if present.kind == "alias" else "compose_shape")
    listed = [Node("scalar", 0, 0, '"', server) for server in missing]
    whole = Node("sequence", 0, 0, "flow", items=[*listed, replace(present)])
    before_it = f"[{', '.join(map(json.dumps, missing))}, "
    return Growth(spot, present.start, before_it, whole), Growth(spot, present.end, "]", whole)
