"""What netdiag saw on the host it was run from, a line each: sockets, firewalls, other containers."""

from collections.abc import Iterator
from typing import Final

from netdiag.model.host import Firewall, HostView, Sibling
from netdiag.report.labels import label
from netdiag.text import shown

_LISTED: Final = 20


def lines(view: HostView, language: str) -> Iterator[str]:
    """Yield what was seen, in ``language``."""
    colon, comma = label("colon", language), label("comma", language)
    if view.listeners is None:
        yield label("host_unseen", language, engine=shown(view.engine))
    else:
        sockets = [shown(each.text.replace(" LISTEN, ", " ").replace(" LISTEN", "")) for each in view.listeners]
        yield label("host_listening", language) + colon + (comma.join(sockets[:_LISTED]) or label("nobody", language))
    for each in view.firewalls:
        yield _firewall(each, language)
    for sibling in view.siblings:
        yield _container(sibling, language)


def _firewall(firewall: Firewall, language: str) -> str:
    state = label(f"firewall_{firewall.state}", language)
    rules = label("semicolon", language).join(map(shown, firewall.rules))
    return shown(firewall.name) + label("colon", language) + label("comma", language).join(filter(None, (state, rules)))


def _container(sibling: Sibling, language: str) -> str:
    """Return ``container ollama (running): models_default; 127.0.0.1:8080 -> 11434``."""
    comma = label("comma", language)
    networks = comma.join(each.network for each in sibling.networks)
    published = [f"{each.address}:{each.host_port} -> {each.port}" for each in sibling.published]
    known = {each.port for each in sibling.published}
    ports = comma.join((*published, *(str(port) for port in sibling.ports if port not in known)))
    name = label("host_container", language, container=shown(sibling.name), state=shown(sibling.state))
    return name + label("colon", language) + label("semicolon", language).join(filter(None, (networks, ports)))
