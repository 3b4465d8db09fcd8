"""What was mistyped: names, ports and schemes that look like ones that work, and values of ``OLLAMA_HOST``. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlunsplit

from netdiag import failures, spelling
from netdiag.findings.context import Context, call_line, line_of, taken_apart
from netdiag.model.endpoint import MODEL_PAGE
from netdiag.model.report import Examined, Finding
from netdiag.platform import names
from netdiag.text import shown

_WELL_KNOWN: Final = ("localhost", *names.ALL)

_PRODUCTS: Final = {11434: "Ollama", 9997: "Xinference", 1234: "LM Studio", 8000: "vLLM", 30000: "SGLang"}
"""Ports that model servers have unless told otherwise; none of them speaks TLS on it."""

_DISTINCT: Final = {11434: 2, 9997: 1, 1234: 1}
"""Ports nobody means who writes a similar one, and how many typing errors away that may be."""


class _Typed(NamedTuple):
    scheme: str
    host: str
    port: int | None
    base_url: str


def of_host(examined: Examined, _: Context) -> Iterator[Finding]:
    """Yield that the host's name is nearly a well-known one, where nobody was reached by it."""
    typed = _taken_apart(examined.endpoint.base_url)
    if typed is None or not _leads_nowhere(examined, typed.host):
        return
    if meant := meant_host(typed.host):
        values = {"host": shown(typed.host), "meant": meant, "base_url": shown(typed.base_url)}
        mended = _with(typed, host=meant)
        yield Finding("ND430", examined.endpoint.where, {**values, "suggestion": mended}, _seen(examined))


def of_missing_url(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that a model's node has no base_url, and what its client calls instead."""
    endpoint = examined.endpoint
    refused = any(p.detail == "base_url" or p.failure == failures.UNSUPPORTED_TYPE for p in examined.proofs)
    is_seen = examined.proofs or endpoint.table  # nobody reads a row
    if endpoint.left_alone == "absent" and endpoint.base_url and is_seen and not refused:
        values = {"node": endpoint.node, "type": endpoint.type, "kag": context.kag, "default": endpoint.base_url}
        path = "" if endpoint.type.lower() == "ollama" else "/v1"
        proven = {"suggestion": examined.proven_url or f"http://localhost:11434{path}"}
        code = "ND435" if endpoint.table == MODEL_PAGE else "ND565"
        yield Finding(code, endpoint.where, {**values, **proven, "proven": "yes" if examined.proven_url else "no"})


def of_ignored(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield each key that KAG does not read as it is spelled, where the call does not fail for want of it already."""
    told = {proof.detail for proof in examined.proofs if proof.failure == failures.MISSING_SETTING}
    for each in examined.endpoint.ignored:
        if each.setting not in ("type", "client_type") and each.setting not in told:
            values = {"written": shown(each.written), "setting": each.setting, "kag": context.kag}
            yield Finding("ND566", examined.endpoint.where, values)


def meant_host(host: str) -> str:
    """Return the well-known name of which ``host`` is a typing error, or nothing."""
    bare = names.bare(host)
    return "" if bare in _WELL_KNOWN else spelling.nearest(bare, _WELL_KNOWN, 3 if len(bare) > 12 else 2)


def of_port(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that a port which was refused is nearly the one that a model server has.

    Nothing where anybody answered on the port that is configured, or listens on it by the host's view: it is no slip.
    Where it is known what listens, the other port must be among that, or the likeness says nothing.
    """
    typed = _taken_apart(examined.endpoint.base_url)
    if typed is None or typed.port is None or not _is_refused(examined, typed.port, context):
        return
    meant = next((port for port, steps in _DISTINCT.items() if _looks_like(typed.port, port, steps)), None)
    listening = _listening(examined, context)
    if meant and (listening is None or (meant in listening and typed.port not in listening)):
        values = {"port": str(typed.port), "meant": str(meant), "product": _PRODUCTS[meant]}
        mended = {"base_url": shown(typed.base_url), "suggestion": _with(typed, port=meant)}
        yield Finding("ND511", examined.endpoint.where, {**values, **mended}, _seen(examined))


def of_scheme(examined: Examined, _: Context) -> Iterator[Finding]:
    """Yield that TLS is asked for on a port where model servers speak plain HTTP, unless somebody answered by TLS."""
    typed = _taken_apart(examined.endpoint.base_url)
    is_answered = any(proof.status for proof in examined.proofs if proof.url.lower().startswith("https:"))
    if typed and typed.scheme == "https" and typed.port in _PRODUCTS and not is_answered:
        values = {"port": str(typed.port), "product": _PRODUCTS[typed.port], "base_url": shown(typed.base_url)}
        mended = _with(typed, scheme="http")
        yield Finding("ND512", examined.endpoint.where, {**values, "suggestion": mended})


def of_destination(examined: Examined, _: Context) -> Iterator[Finding]:
    """Yield that an address to listen on was written as one to call."""
    typed = _taken_apart(examined.endpoint.base_url)
    if typed and typed.host in ("0.0.0.0", "::"):  # noqa: S104 - what users write
        yield Finding("ND513", examined.endpoint.where, {"host": typed.host})


def ollama_hosts(name: str, text: str) -> tuple[Finding, ...]:
    """Return what is unexpected about each value of ``OLLAMA_HOST`` in ``text``: a file, a unit, or a pasted page."""
    found: list[Finding] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = None if line.lstrip().startswith(("#", ";", "//")) else re.search(_OLLAMA_HOST, line)
        if match and "$" not in match["value"]:
            where = f"{name}:{number}" if name else line.strip()[:60]
            found += of_ollama_host(where, match["value"], is_quoted_well=match["quote"] in ("", '"', "'"))
    return tuple(found)


def of_ollama_host(where: str, value: str, *, is_quoted_well: bool = True) -> Iterator[Finding]:
    """Yield what is unexpected about ``OLLAMA_HOST=value``; systemd ignores a line with other quotes than its own.

    What has a scheme and names another machine is a client's setting, of which nothing is said.
    """
    from netdiag.findings import ollama  # noqa: PLC0415 - few files say where an Ollama listens

    text = value.strip().rstrip(",;")
    if not is_quoted_well:
        bare = text.strip(_CURLY + "\"'")
        yield Finding("ND517", where, {"value": shown(text), "suggestion": shown(bare) or _EVERYWHERE})
        return
    found = ollama.listening(text)
    values = {"value": shown(text), "host": shown(found.host), "port": str(found.port)}
    port = found.port if found.fault == "" else ollama.PORT
    values["suggestion"] = f"0.0.0.0:{port}"
    if found.reach == "nowhere":
        yield Finding("ND514", where, values)
    elif found.fault and found.reach == "all":
        yield Finding("ND515", where, {**values, "reason": found.fault})
    elif "://" not in text and (reason := _NOT_EVERYWHERE.get(found.reach)) and not found.host.endswith(".internal"):
        yield Finding("ND516", where, {**values, "reason": reason})


_NOT_EVERYWHERE: Final = {"loopback": "listens_on_loopback", "one": "listens_on_one_address"}
_EVERYWHERE: Final = "0.0.0.0:11434"
_CURLY: Final = "“”‘’„‟「」＂＇"

_OLLAMA_HOST: Final = (
    rf"""(?<![\w.$\{{-])(?P<quote>["'{_CURLY}]?)(?<![\w.$\{{-])OLLAMA_HOST["']?"""
    r"""\s*(?:=|:\s)\s*["']?\s*(?P<value>[^\s#"']+)"""
)
"""``OLLAMA_HOST=…`` of a shell, an ``.env``, a systemd unit and a list in YAML; ``OLLAMA_HOST: …`` of a mapping."""


def _taken_apart(base_url: str) -> _Typed | None:
    try:
        url = taken_apart(base_url)
        return _Typed(url.scheme.lower(), url.hostname or "", url.port, base_url) if url.hostname else None
    except ValueError:
        return None


def _with(typed: _Typed, *, scheme: str = "", host: str = "", port: int = 0) -> str:
    """Return the base_url with another scheme, host or port and without its user-info, which is not to be shown."""
    url = taken_apart(typed.base_url)
    new_port = port or typed.port
    new_host = host or typed.host
    netloc = (f"[{new_host}]" if ":" in new_host else new_host) + (f":{new_port}" if new_port else "")
    mended = urlunsplit((scheme or url.scheme, netloc, url.path, url.query, url.fragment))
    return shown(mended if url.scheme else mended.removeprefix("//"))


def _looks_like(port: int, known: int, steps: int) -> bool:
    """Tell whether ``port`` is ``known`` mistyped; one that differs in its last digit was chosen, as 11435 is."""
    one, other = str(port), str(known)
    if port == known or one[:-1] == other[:-1]:
        return False
    if steps == 1:
        return len(one) == len(other) and sorted(one) == sorted(other) and spelling.distance(one, other) == 1
    return spelling.distance(one, other) <= (steps if len(one) == len(other) else 1)


def _leads_nowhere(examined: Examined, host: str) -> bool:
    """Tell whether nobody was reached at the configured name: it is not known, or leads where nobody answers."""
    tried = [a for a in examined.attempts if a.host.lower() == host.lower()]
    proofs = [p for p in examined.proofs if p.host.lower() == host.lower()]
    if any(proof.failure == failures.BAD_URL for proof in examined.proofs):
        return False  # told with all that is wrong with it
    reached = any(a.failure is None for a in tried) or any(p.status for p in proofs)
    return bool(tried or proofs) and not reached


def _is_refused(examined: Examined, port: int, context: Context) -> bool:
    """Tell whether ``port`` was refused, and nobody answered on it at any address.

    What this container's own loopback refuses counts only where nothing else was tried.
    """
    to_it = [attempt for attempt in examined.attempts if attempt.port == port and attempt.step in ("tcp", "call")]
    is_answered = any(attempt.failure is None or attempt.status for attempt in to_it)
    if is_answered or any(proof.status for proof in examined.proofs):
        return False
    loopback = _loopback(context)
    elsewhere = [attempt for attempt in to_it if attempt.host not in loopback]
    return any(attempt.failure == failures.CONNECTION_REFUSED for attempt in elsewhere or to_it)


def _loopback(context: Context) -> set[str]:
    return {candidate.host for candidate in context.candidates if candidate.kind == "loopback"}


def _listening(examined: Examined, context: Context) -> frozenset[int] | None:
    """Return the ports that are known to be open where the endpoint leads; ``None`` where that is not known."""
    if context.host is not None and context.host.listeners is not None:
        published = (each.host_port for sibling in context.host.siblings for each in sibling.published)
        return frozenset((*(each.port for each in context.host.listeners), *published))
    loopback = _loopback(context)
    if context.listeners and all(attempt.host in loopback for attempt in examined.attempts if attempt.step == "tcp"):
        return frozenset(int(each.rpartition(":")[2]) for each in context.listeners)
    return None


def _seen(examined: Examined) -> tuple[str, ...]:
    """Return how the connects and calls ended that failed."""
    tried = tuple(line_of(attempt) for attempt in examined.attempts if attempt.failure and attempt.step != "dns")
    return tried or tuple(call_line(proof) for proof in examined.proofs)
