"""What is to be said of whole configurations: what KAG needs and does not find, and whether its server answers."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netdiag import config
from netdiag.config.unread import OPENAI
from netdiag.config.whole import Whole
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.model.report import Finding
from netdiag.text import shown

if TYPE_CHECKING:
    from netdiag.kag.needs import Lacking
    from netdiag.kag.version import Version

LIMIT_S: Final = 1.5
"""How long the OpenSPG server that a project names may take to accept a connection: as long as a host may."""


def findings(documents: Iterable[config.Document], version: "Version", *, in_container: bool) -> tuple[Finding, ...]:
    """Return what is missing in each document that is a whole configuration, and whose server cannot be reached.

    In a container a server at localhost is OpenSPG's own, which is asked for its configuration anyway; developers run
    KAG outside, or name another machine.
    """
    found: list[Finding] = []
    for document in documents:
        if document.whole:
            lacking = _older if document.whole.is_older else _lacking
            found += [*lacking(document, document.whole, version), *_unanswered(document, document.whole, in_container)]
    return tuple(found)


def with_defaults(endpoints: tuple[Endpoint, ...], root: Path, *, in_container: bool) -> tuple[Endpoint, ...]:
    """Return the endpoints, those without a base_url at what KAG's process names for the SDK of their type.

    OpenAI's own service is not called where nobody named it: it would be sent a key that may be meant for another.
    """
    wanted = {name for each in endpoints if (name := _variable(each))}
    if not wanted:
        return endpoints
    from netdiag.probe.environment import values_of  # noqa: PLC0415 - few configurations leave it out

    values = values_of(root, sorted(wanted), in_container=in_container)
    return tuple(
        each._replace(base_url=values.get(name) or ("" if each.base_url == OPENAI else each.base_url))
        if (name := _variable(each))
        else each
        for each in endpoints
    )


def _variable(endpoint: Endpoint) -> str:
    """Return the variable that says where the SDK of an endpoint without a base_url calls, or nothing."""
    return _DEFAULTS.get(endpoint.type.lower(), "") if endpoint.base_url and endpoint.left_alone == "absent" else ""


def _lacking(document: config.Document, whole: Whole, version: "Version") -> Iterator[Finding]:
    from netdiag.kag import needs  # noqa: PLC0415 - after the first packet

    for need in needs.lacking(version, whole.keys):
        section, _, name = need.key.rpartition(".")
        anchor = whole.anchors.get(need.like, "")
        values = {
            "key": need.key,
            "reason": f"section_{need.state}",
            "says": need.says,
            "kag": version,
            "like": need.like,
            "anchor": anchor or need.like,
            "kind": _kind(need, anchor),
            "name": name,
            "example": _EXAMPLES.get(need.key, ""),
        }
        yield Finding("ND563", _where(document, whole, section or need.key), values)


def _kind(need: "Lacking", anchor: str) -> str:
    """Return how the lines to write look: a setting below project, an alias of what is there, or a section."""
    if need.key.startswith("project"):
        return "setting" if "." in need.key else "project"
    if need.key == "rerank_model":
        return "optional"
    return "alias" if anchor else "copy" if need.like else "write"


_DEFAULTS: Final = {"ollama": "OLLAMA_HOST", "openai": "OPENAI_BASE_URL"}
"""The variables in which the SDKs look for a base_url (ollama/_client.py, openai/_client.py), by KAG's type."""

_EXAMPLES: Final = {"project.namespace": "Example", "project.host_addr": "http://127.0.0.1:8887"}


def _older(document: config.Document, whole: Whole, _: "Version") -> Iterator[Finding]:
    """Yield the sections of KAG 0.5's file that are left out: it has a default for each, in its own container."""
    from netdiag.kag import needs  # noqa: PLC0415 - after the first packet

    for section, default in needs.DEFAULTS.items():
        if whole.keys.get(section) == "missing":
            values = {"node": f"[{section}]", "type": "", "kag": "0.5", "default": default, "suggestion": default}
            yield Finding("ND565", document.source, {**values, "proven": "no", "section": "yes"})


def _unanswered(document: config.Document, whole: Whole, in_container: bool) -> Iterator[Finding]:
    """Yield that no OpenSPG server answers where the project says that it is: one connect, and one question."""
    url = config.split(whole.host_addr)
    is_here = config.is_host_local(url.host)
    values = {"host_addr": shown(whole.host_addr), "failure": "host_addr_malformed", "here": "malformed"}
    if url.scheme.lower() not in ("http", "https") or not url.host or url.problem:
        if whole.host_addr.strip():
            yield Finding("ND569", _where(document, whole, "project"), values)
        return
    if is_here and in_container:
        return
    from netdiag.probe.race import race  # noqa: PLC0415 - few configurations name a server

    port = url.port or (443 if url.scheme.lower() == "https" else 80)
    tried = race([Candidate(url.host, "name", "", 0)], [port], limit_s=LIMIT_S)
    values |= {"here": "yes" if is_here else "no"}
    if not tried.connected:
        failed = tried.last_failed
        failure = failed.failure if failed and failed.failure else "timed_out"
        yield Finding("ND569", _where(document, whole, "project"), values | {"failure": failure})
        return
    from netdiag.openspg.projects import greeted  # noqa: PLC0415 - few configurations name a server

    failure, said = greeted(whole.host_addr)
    if failure:
        yield Finding("ND569", _where(document, whole, "project"), values | {"failure": failure})
    elif said:
        yield Finding("ND239", _where(document, whole, "project"), values | {"said": said})


def _where(document: config.Document, whole: Whole, section: str) -> str:
    line = whole.lines.get(section)
    return f"{document.source}:{line}" if line else document.source
