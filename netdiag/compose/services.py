"""Which services there are, what is said of one in all files, and which one is OpenSPG's."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from netdiag.compose.document import Document, Growth
from netdiag.compose.refusal import Refused, not_exact
from netdiag.compose.tree import Node, leads_to, resolved
from netdiag.compose.variables import expanded
from netdiag.model.report import Finding

IMAGE: Final = "openspg-server"
"""How the repository of OpenSPG's image ends, whatever the registry (its docker-compose.yml since 0.5)."""

CONTAINER: Final = "release-openspg-server"
_NAMES: Final = ("server", "openspg")
_OVERRIDE: Final = "!override"
"""Compose 2.24: the list counts instead of those in the files before."""


class Definition(NamedTuple):
    """What one document says of a service; ``node`` is as written there, an alias too."""

    document: Document
    node: Node

    @property
    def where(self) -> str:
        """The place a person opens."""
        return self.document.where(self.node.pairs[0][0] if self.node.pairs else self.node)


class Put(NamedTuple):
    """What is put into the document of a definition."""

    definition: Definition
    growths: tuple[Growth, ...]


class Service(NamedTuple):
    """A service, by all that the project's files say of it, in their order; ``bases`` is what it extends."""

    name: str
    definitions: tuple[Definition, ...]
    bases: tuple[Definition, ...]
    variables: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where it is in each file."""
        return f"services.{self.name}"

    @property
    def where(self) -> str:
        """Where it is said first."""
        return self.definitions[0].where

    def said(self, key: str) -> Iterator[tuple[Document, Node]]:
        """Yield every value of ``key``, what it extends first, then in the order of files."""
        for document, node in (*self.bases, *self.definitions):
            value = value_of(node, key)
            if value is not None:
                yield document, value

    def text(self, key: str) -> str:
        """Return the text that counts for ``key``, variables filled in."""
        texts = [value.text for _, value in self.said(key) if value.kind == "scalar"]
        return expanded(texts[-1], self.variables) if texts else ""


def own(node: Node, key: str) -> Node | None:
    """Return the value that ``node`` itself has for ``key``, as written: an alias too."""
    return next((value for name, value in node.pairs if name.kind == "scalar" and name.text == key), None)


def value_of(node: Node, key: str) -> Node | None:
    """Return the value of ``key``, its own or by ``<<``, where the first of several counts; aliases are followed."""
    seen: set[Node] = set()
    waiting = [resolved(node)]
    while waiting:
        each = waiting.pop(0)
        if each in seen:
            continue
        seen.add(each)
        found = own(each, key)
        if found is not None:
            return resolved(found)
        merged = [resolved(value) for name, value in each.pairs if name.text == "<<" and name.kind == "scalar"]
        waiting[:0] = [resolved(source) for value in merged for source in (value.items or [value])]
    return None


Base = Callable[[Document, str], Document | None]
"""Returns the document that another one names as a file to extend from, where it can be read."""


def services(documents: Sequence[Document], variables: Mapping[str, str], base: Base) -> tuple[Service, ...]:
    """Return the services of all ``documents``, in their order. Raises :class:`Refused` where there are none."""
    found: dict[str, list[Definition]] = {}
    for document in documents:
        for root in document.roots:
            listed = value_of(root, "services")
            for name, node in listed.pairs if listed else ():
                if name.kind == "scalar" and name.text != "<<":
                    found.setdefault(name.text, []).append(Definition(document, node))
    if not found:
        raise Refused(Finding("ND580", ", ".join(document.source for document in documents)))
    return tuple(
        Service(name, tuple(definitions), tuple(_bases(definitions, base)), variables)
        for name, definitions in found.items()
    )


def _bases(definitions: Sequence[Definition], base: Base) -> Iterator[Definition]:
    """Yield what is extended, the nearest last."""
    chain: list[Definition] = []
    waiting = list(definitions)
    while waiting and len(chain) < 20:  # compose itself refuses a circle
        document, node = waiting.pop(0)
        extends = value_of(node, "extends")
        if extends is None:
            continue
        named, file = own(extends, "service"), own(extends, "file")
        name = extends.text or (named.text if named else "")
        source = base(document, file.text) if file else document
        for root in source.roots if source else ():
            listed = value_of(root, "services")
            other = own(listed, name) if listed else None
            if source and other is not None:
                chain.append(Definition(source, other))
                waiting.append(chain[-1])
    return reversed(chain)


def choose(found: Sequence[Service], name: str = "") -> Service:
    """Return the service called ``name``, or OpenSPG's own. Raises :class:`Refused` with what there is to choose from.

    OpenSPG's is told by its image, its container's name, or its name; where these fit several, by the next of them.
    """
    if name:
        if named := next((service for service in found if service.name == name), None):
            return named
        raise _undecided(found, "compose_unknown_service")
    left: Sequence[Service] = found
    for rule in _RULES:
        fitting = [service for service in left if rule(service)]
        if len(fitting) == 1:
            return fitting[0]
        left = fitting or left
    if len(left) == 1:
        return left[0]
    is_known = any(rule(service) for service in left for rule in _RULES)
    raise _undecided(left, "compose_many_services" if is_known else "compose_no_server")


def _undecided(among: Sequence[Service], reason: str) -> Refused:
    listed = ", ".join(service.name for service in among)
    return Refused(Finding("ND573", among[0].where, {"reason": reason, "services": listed}))


def _has_image(service: Service) -> bool:
    repository = re.sub(r"[@:][^/]*$", "", service.text("image"))
    return repository.endswith(IMAGE)


_RULES: Final = (
    _has_image,
    lambda service: service.text("container_name") == CONTAINER,
    lambda service: service.name in _NAMES,
)


def require_network(service: Service, but: str = "") -> None:
    """Refuse a service that has no network of its own: Docker takes no extra_hosts there, or they are of no use.

    ``but`` is the mode in which what is wanted counts all the same.
    """
    mode, _, other = service.text("network_mode").partition(":")
    if mode in ("host", "none", "service", "container") and mode != but:
        values = {"reason": f"mode_{mode}", "service": service.name, "other": other}
        raise Refused(Finding("ND574", service.where, values))


def to_be_edited(service: Service, key: str) -> Definition:
    """Return the last definition that has a ``key`` of its own, else the first one that can take it."""
    mappings = [each for each in service.definitions if each.node.kind == "mapping"]
    if not mappings:
        is_shared = any(each.node.kind == "alias" for each in service.definitions)
        raise not_exact(service.where, service.path, "compose_shared" if is_shared else "compose_shape")
    return next((each for each in reversed(mappings) if own(each.node, key) is not None), mappings[0])


def require_plain(document: Document, node: Node, path: str) -> None:
    """Refuse what is written elsewhere (an alias), is no collection, or has a tag that changes what it means."""
    if node.kind == "alias":
        raise not_exact(document.where(node), path, "compose_shared")
    if node.kind == "scalar" or node.tag not in ("", _OVERRIDE):
        raise not_exact(document.where(node), path)


def sharing(found: Sequence[Service], service: Service, grown: Node) -> tuple[str, ...]:
    """Return the names of the other services that say what ``grown`` says too: by an alias, or by ``extends``."""
    return tuple(other.name for other in found if other.name != service.name and _shares(other, service, grown))


def _shares(other: Service, service: Service, grown: Node) -> bool:
    mine = {definition.node for definition in service.definitions}
    return any(definition.node in mine for definition in other.bases) or any(
        leads_to(definition.node, grown) for definition in other.definitions
    )
