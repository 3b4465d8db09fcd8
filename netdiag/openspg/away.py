"""Why the server's database cannot be read: one finding with the one cause, as far as it is known. Pure.

With the host's view it is a fact that the database's container does not run, that no network joins it with this one, or
that nothing listens in it. Without that it is what the connection ended with, and what the server says of its database.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from netdiag.findings.commands import quoted
from netdiag.model.report import Finding

if TYPE_CHECKING:
    from netdiag.model.host import Attached, HostView, Sibling
    from netdiag.openspg.settings import Database, Server
    from netdiag.store import Reason

UNREACHED: Final[frozenset["Reason"]] = frozenset(
    {"db_name_unknown", "db_refused", "db_timed_out", "db_unreachable", "db_lost", "db_silent"}
)
"""Nobody was met who speaks MySQL's protocol: where the database is, and whether it runs, is the question."""

_METHODS: Final[Mapping["Reason", str]] = {
    "db_needs_cryptography": "cryptography",
    "db_needs_pynacl": "PyNaCl",
    "db_login_method": "none",
}
"""What the login needs, and the package that has it."""

_NAME_UNKNOWN: Final = "ND230"
"""What is said of another part of OpenSPG whose name is not known."""

_UNNAMED: Final = frozenset({"bridge", "host", "none"})
"""Docker's own networks, on which containers have no names."""

_ENCRYPTED: Final = "ENC("
"""How a value begins that jasypt decrypts, which OpenSPG's server takes."""

_SAYS: Final = {
    "answers": "200",
    "database_down": "400, its database does not answer",
    "silent": "no answer within 5 s",
    "closed": "connection refused",
    "other": "not the answer of an OpenSPG server",
}
"""What the server's own API says, by the state that was found."""


def cause(  # noqa: PLR0913, PLR0917 - all that the cause is told by
    word: "Reason",
    detail: str,
    server: "Server",
    state: str,
    around: Sequence[Finding],
    view: "HostView | None",
) -> tuple[Finding, tuple[Finding, ...]]:
    """Return why ``server.database`` cannot be read, and what of ``around`` has another cause.

    ``word`` is what the connection ended with, ``state`` how the server itself answers (``answers``,
    ``database_down``, ``silent``, ``closed``, ``other``), ``around`` what is said of OpenSPG's other parts.
    """
    database = server.database
    assert database is not None  # noqa: S101 - there is no cause without one
    nameless = tuple(each for each in around if each.code == _NAME_UNKNOWN)
    values = {
        "database": database.where,
        "user": database.user,
        "name": database.name,
        "host": database.host,
        "port": str(database.port),
        "reason": word,
        "detail": detail,
        "view": "no" if view is None else "yes",
    }
    found = Finding("ND531" if state == "answers" else "ND530", database.where, values)
    folded: tuple[Finding, ...] = ()
    if word in _METHODS:
        found = found._replace(code="ND553", values=values | {"package": _METHODS[word]})
    elif word in UNREACHED and state != "answers":
        known = _of_container(database, view) if view else None
        if known:
            found = found._replace(code=known[0], values=values | known[1], evidence=known[2])
        elif word == "db_name_unknown" and nameless and len(nameless) == len(server.parts):
            found = found._replace(code="ND554")
        if found.code in ("ND547", "ND554"):
            folded = nameless
    evidence = (*found.evidence, *_evidence(server, state, folded))
    return found._replace(evidence=evidence), tuple(each for each in around if each not in folded)


def _evidence(server: "Server", state: str, folded: Sequence[Finding]) -> Iterator[str]:
    if state in _SAYS and (server.runs or state != "closed"):
        yield f"{server.projects}: {_SAYS[state]}" if state != "closed" else f"{server.address}: {_SAYS[state]}"
    if server.unread:
        yield f"{server.unread}: permission denied; settings of the server may stand there"
    if server.database and server.database.password.reveal().startswith(_ENCRYPTED):
        yield f"the server's settings hold an encrypted password, {_ENCRYPTED}…): --db-password-env gives it in clear"
    for each in folded:
        yield f"{each.values.get('part', '')}: {each.values.get('host', '')}: {each.values.get('failure', '')}"


def _of_container(database: "Database", view: "HostView") -> tuple[str, dict[str, str], tuple[str, ...]] | None:
    """Return what the host shows of the database's container: a code, its values and evidence; or nothing."""
    sibling = _sibling(database, view)
    if sibling is None:
        return None
    networks = ", ".join(each.network for each in sibling.networks)
    published = ", ".join(f"{each.address}:{each.host_port} -> {each.port}/tcp" for each in sibling.published)
    evidence = (
        f"{sibling.name}: {sibling.state}, networks: {networks or 'none'}" + (f", {published}" if published else ""),
        f"{view.container}: networks: {', '.join(view.networks) or 'none'}",
    )
    joining = _joining(database, sibling, view)
    values = {"sibling": sibling.name, "container": view.container, "state": sibling.state, **joining}
    if not sibling.is_running:
        return "ND548", values, evidence
    if joining["joined"] == "no":
        return "ND547", values, evidence
    inside = sibling.listeners
    if inside is not None and not any(each.port == database.port and not each.is_loopback for each in inside):
        listening = ", ".join(each.text.partition(" ")[0] for each in inside) or "-"
        is_loopback = any(each.port == database.port for each in inside)
        shown = f"{sibling.name}: listening: {listening}"
        return "ND549", values | {"loopback": "yes" if is_loopback else "no"}, (*evidence, shown)
    return None


def _sibling(database: "Database", view: "HostView") -> "Sibling | None":
    """Return the container that the database's host names, by a name of its own or by an address of it."""
    for each in view.siblings:
        if database.host in each.names or any(database.host == at.address for at in each.networks):
            return each
    return None


def _joining(database: "Database", sibling: "Sibling", view: "HostView") -> dict[str, str]:
    """Return whether a network of both leads to the database by its name or address, and the command that makes one.

    This container joins the database's network where its name is known there; else the database's container joins a
    network of this one, by that name.
    """

    def leads(at: "Attached") -> bool:
        return database.host == at.address or (database.host in at.names and at.network not in _UNNAMED)

    if any(leads(at) for at in view.shared(sibling)):
        return {"joined": "yes", "join": "", "lasting": "no", "network": ""}
    theirs = next((at.network for at in sibling.networks if leads(at)), "")
    own = next((network for network in view.networks if network not in _UNNAMED), "")
    alias = f"docker network connect --alias {quoted(database.host)}"
    if theirs:
        join = f"docker network connect {quoted(theirs)} {quoted(view.container)}"
    elif own:
        join = f"{alias} {quoted(own)} {quoted(sibling.name)}"
    else:
        connect = f"docker network connect openspg {quoted(view.container)}"
        join = f"docker network create openspg\n{connect}\n{alias} openspg {quoted(sibling.name)}"
    return {"joined": "no", "join": join, "lasting": "yes" if theirs else "no", "network": theirs}
