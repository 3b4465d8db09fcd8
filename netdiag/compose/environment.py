"""``environment``: the hosts that a service's HTTP clients are to call without a proxy (``NO_PROXY``, ``no_proxy``)."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from netdiag.compose.document import Growth, Spot, entries, entry, items, longer
from netdiag.compose.refusal import not_exact
from netdiag.compose.services import Definition, Put, Service, own, to_be_edited, value_of
from netdiag.compose.tree import Node, resolved
from netdiag.compose.variables import expanded

_KEY: Final = "environment"

NAMES: Final = ("NO_PROXY", "no_proxy")
"""Python and curl let the second one win; where neither is set both are written, since an image may set either."""

_HOST: Final = re.compile(r"(?!.*//)[A-Za-z0-9.*][\w.:*/-]*(?<!:)", re.ASCII)
"""What stands for itself in every style of YAML, in a list of hosts, and for compose."""

_BETWEEN: Final = re.compile(r"[,\s]+")
_PLAIN: Final = re.compile(r"[\w.:*/,;${}@-]*", re.ASCII)
"""What a value may hold that is written again in a list, without quotes of its own."""

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})

FromFile = Callable[[Service, str], str | None]
"""Returns what the files of ``env_file`` set a variable to: they count where ``environment`` has none."""


class _Variable(NamedTuple):
    """A variable as it counts: its ``node`` (an item, or a value) in ``within``; ``text`` is ``None`` if passed on.

    ``definition`` is there where the variable is written in the service itself, and can be changed there.
    """

    within: Node
    node: Node
    text: str | None
    where: str
    definition: Definition | None = None


def is_host(text: str) -> bool:
    """Say whether ``text`` can be an entry of NO_PROXY: a name, an address, a range, or one with ``*``."""
    return bool(_HOST.fullmatch(text))


def exempt(service: Service, hosts: Sequence[str], from_file: FromFile) -> tuple[Put, ...] | str:
    """Return what adds ``hosts`` to the service's NO_PROXY, or where they are already.

    Each of the two variables that is set gets what it lacks, in place. Raises :class:`Refused`.
    """
    found = {name: _variable(service, name) for name in NAMES}
    filed = {name: from_file(service, name) for name in NAMES if found[name] is None}
    in_place: list[Put] = []
    again: dict[str, str] = {}
    for name, variable in found.items():
        text = _counting(service, name, variable, filed.get(name))
        missing = _missing(text, hosts)
        if text is None or not missing:
            continue
        if variable and variable.definition:
            in_place.append(Put(variable.definition, _longer(service, name, variable, missing)))
        else:
            written = (variable.text if variable else filed[name]) or f"${{{name}:-}}"
            again[name] = _joined(written, missing)
    if all(variable is None and not filed[name] for name, variable in found.items()):
        again = dict.fromkeys(NAMES, ",".join(hosts))
    if again:
        in_place.append(_written_again(service, again))
    there = [each.where for each in found.values() if each] or [service.where]
    return tuple(in_place) or there[0]


def _counting(service: Service, name: str, variable: _Variable | None, filed: str | None) -> str | None:
    """Return the value as the container has it; ``None`` where nothing sets it."""
    if variable is None:
        return filed
    return service.variables.get(name, "") if variable.text is None else expanded(variable.text, service.variables)


def _missing(text: str | None, hosts: Sequence[str]) -> list[str]:
    present = {entry.lower() for entry in _BETWEEN.split(text or "")}
    return [] if "*" in present else [host for host in hosts if host.lower() not in present]


def _joined(text: str, missing: Sequence[str]) -> str:
    return text + ("," if text and not text.endswith(",") else "") + ",".join(missing)


def _variable(service: Service, name: str) -> _Variable | None:
    """Return the variable as the last of all files sets it."""
    found: _Variable | None = None
    for definition in (*service.bases, *service.definitions):
        node = value_of(definition.node, _KEY)
        if node is None:
            continue
        is_own = definition in service.definitions and own(definition.node, _KEY) is node
        for is_direct, each, text in _settings(node, name):
            changed = definition if is_own and is_direct else None
            found = _Variable(node, each, text, definition.document.where(each), changed)
    return found


def _settings(node: Node, name: str) -> Iterator[tuple[bool, Node, str | None]]:
    """Yield whether the variable is set in ``node`` itself, the node that holds its value, and the value."""
    for child in node.items:
        said, has_value, text = resolved(child).text.partition("=")
        if said.strip() == name:
            yield child.kind == "scalar", child, text if has_value else None
    value = value_of(node, name)
    if value is not None:
        is_null = value.style == "plain" and value.text in _NULL
        yield own(node, name) is value, value, None if is_null else value.text


def _longer(service: Service, name: str, variable: _Variable, missing: Sequence[str]) -> tuple[Growth, ...]:
    definition, node = variable.definition, variable.node
    assert definition is not None  # noqa: S101 - who calls this has seen it
    spot = Spot(definition.document, node, "environment", f"{service.path}.{_KEY}.{name}")
    in_flow = variable.within.style == "flow"
    if variable.text is not None:
        return longer(spot, _joined(variable.text, missing)[len(variable.text) :], is_in_flow=in_flow)
    passed_on = _joined(f"${{{name}:-}}", missing)  # what compose's own environment says, and these
    if variable.within.kind == "sequence":
        return longer(spot, f"={passed_on}", is_in_flow=in_flow)
    if node.text or node.tag or node.anchor:
        raise not_exact(variable.where, spot.path)
    return (Growth(spot, node.start, f' "{passed_on}"', Node("scalar", 0, 0, '"', passed_on)),)


def _written_again(service: Service, values: dict[str, str]) -> Put:
    """Return variables with their whole values, beside those that the service has itself."""
    definition = to_be_edited(service, _KEY)
    document, node = definition
    present, path = own(node, _KEY), f"{service.path}.{_KEY}"
    as_json = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    if present is None:
        if value_of(node, _KEY) is not None:  # by <<: what is in there would be hidden, and may be secret
            raise not_exact(service.where, path, "compose_shared")
        flow = ", ".join(f'"{name}": {value}' for name, value in as_json.items())
        return Put(definition, (entry(Spot(document, node, "environment", service.path), _KEY, f"{{{flow}}}"),))
    if present.kind == "alias":
        raise not_exact(document.where(present), path, "compose_shared")
    if present.kind == "scalar" or present.tag:
        raise not_exact(document.where(present), path)
    spot = Spot(document, present, "environment", path)
    if present.kind == "mapping":
        return Put(definition, (entries(spot, as_json),))
    if not all(map(_PLAIN.fullmatch, values.values())):
        raise not_exact(document.where(present), path)
    return Put(definition, (items(spot, [f"{name}={value}" for name, value in values.items()]),))
