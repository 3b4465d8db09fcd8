"""Make docs/platforms.md from the table of platforms."""

from netdiag import findings
from netdiag.platform.table import _CONTAINER, ROWS, Row

HEAD = """\
# Platforms

Made from `netdiag/platform/table.py` by `tests/platforms_page.py`, anew by
`UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py`.

The first row whose signs are all there names the platform; `netdiag detect` shows them as evidence. A sign `dns:NAME`
means that the name server itself knows the name. Addresses are tried in this order: those you give (`--host`),
localhost, the names, then the gateway and 172.17.0.1 before the fixed addresses where the gateway is the host, and
after them where it is not. The last column tells whether what listens on the host's 127.0.0.1 only can be reached.

| platform | in words | signs, one of each group | names | fixed addresses | the gateway is | 127.0.0.1 |
|---|---|---|---|---|---|---|
"""
_GATEWAYS = {
    "host": "the host",
    "machine": "a virtual machine",
    "wsl": "a WSL distribution",
    "namespace": "the engine's namespace",
    "outer_container": "the outer container",
    "node": "a node, not tried",
    "router": "a router, not tried",
    "nothing": "missing",
}


def page() -> str:
    """Return the page."""
    return HEAD + "".join(map(_line, ROWS))


def _group(signs: frozenset[str]) -> str:
    return "any mark of a container" if signs == _CONTAINER else " or ".join(f"`{sign}`" for sign in sorted(signs))


def _line(row: Row) -> str:
    signs = "; ".join(map(_group, row.signs)) or "none of the above"
    without = f"; without {', '.join(f'`{sign}`' for sign in sorted(row.without))}" if row.without else ""
    names, constants = (", ".join(f"`{each}`" for each in listed) for listed in (row.names, row.constants))
    is_host = (row.shares_host_network and not row.on_top) or not row.in_container
    gateway = (
        "not tried" if is_host else ("as below it" if row.on_top and row.gateway == "host" else _GATEWAYS[row.gateway])
    )
    loopback = "as below it" if row.on_top else ("yes" if row.loopback else "no")
    cells = (f"`{row.name}`", findings.term(row.name), signs + without, names, constants, gateway, loopback)
    return f"| {' | '.join(cells)} |\n"
