"""Planning, applying and undoing edits of bytes. Pure: who writes files is the store."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final, Literal, TypeAlias

from netdiag.config import filled, quoting
from netdiag.config.document import Document, parse
from netdiag.config.tree import Style
from netdiag.config.unreadable import Unreadable
from netdiag.config.url import in_brackets, split, with_host, with_path, with_port
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.plan import Edit
from netdiag.text import shown

# What may be written between any quotes without an escape: letters, and the marks of RFC 3986 that no format gives
# a meaning of its own to.
_HOST: Final = re.compile(r"[A-Za-z0-9._~%:\[\]-]+")
_PATH: Final = re.compile(r"(?:[/?#][A-Za-z0-9._~%:\[\]@!$&()*+,;=/?#-]*)?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~/-]*")

_NAMED: Final = r"(?:\b[a-z][\w.-]{0,60}[._])?(?:base_url|(?:api_)?base|host|url)"
_KEY: Final = re.compile(rf"(?i)(?:\\*[\"'])?{_NAMED}(?:\\*[\"'])?[ \t]*[=:][ \t]*(?P<quote>(?:\\*[\"'])?)$")
_KEY_LENGTH: Final = 80

_decoded: Final = lru_cache(maxsize=256)(quoting.decode)
"""Copies of one configuration have the same base_urls."""

_Part: TypeAlias = tuple[Literal["host", "port", "path"], tuple[int, int], str]


def edits(
    document: Document,
    endpoint: Endpoint,
    *,
    host: str | None = None,
    port: int | None = None,
    path: str | None = None,
) -> tuple[Edit, ...]:
    """Return the edits that give ``endpoint`` of ``document`` another host, port, or path (all after the authority).

    None where it has them already. Raises ValueError where it cannot be done exactly: the endpoint is left alone, its
    base_url has no host, ``host`` or ``path`` holds characters that would need an escape, or a YAML scalar without
    quotes would become something else by them (an IPv6 address within ``{…}``).
    """
    wanted = endpoint.base_url
    parts: list[_Part] = []
    url = split(wanted)
    if host is not None:
        if not url.host or not _is_host(host):
            msg = f"{endpoint.where}: no host to replace, or not a host to write: {shown(host)}"
            raise ValueError(msg)
        parts.append(("host", url.host_at, in_brackets(host)))
        wanted = with_host(wanted, host)
    if port is not None:
        parts.append(("port", (url.host_at[1], url.path_at[0]), f":{port}"))
        wanted = with_port(wanted, port)
    if path is not None:
        if not _PATH.fullmatch(path):
            msg = f"{endpoint.where}: not a path to write: {shown(path)}"
            raise ValueError(msg)
        parts.append(("path", url.path_at, path))
        wanted = with_path(wanted, path)
    styles = document.styles.get(endpoint.url_span.start, ()) if endpoint.url_span else ()
    planned = tuple(_edits(document, endpoint, styles, parts))
    harmless = url.scheme and not wanted.endswith(":") and all(_PLAIN.fullmatch(text) for _, _, text in parts)
    if endpoint.parts or (styles[-1:] in (("plain",), ("env",)) and not harmless):
        _check(document, endpoint, planned, wanted)
    return planned


def _is_host(host: str) -> bool:
    written = split(f"http://{in_brackets(host)}")
    return bool(_HOST.fullmatch(host)) and not written.problem and written.host_at == (7, len(written.text))


def _edits(document: Document, endpoint: Endpoint, styles: tuple[Style, ...], parts: list[_Part]) -> Iterator[Edit]:
    span = endpoint.url_span
    raw = document.data[span.start : span.end].decode("utf-8", "replace") if span else ""
    if endpoint.parts:
        decoded = (raw, list(range(len(raw) + 1))) if styles else None
    else:
        decoded = _decoded(raw, styles) if styles else None
    if span is None or decoded is None or decoded[0] != endpoint.written:
        msg = f"{endpoint.where}: this base_url is left alone, or is not of this document"
        raise ValueError(msg)
    _, offsets = decoded
    for part, (start, end), text in parts:
        if endpoint.base_url[start:end] != text:
            edges = filled.in_file(endpoint.parts, start, end) if endpoint.parts else (start, end)
            if edges is None:
                msg = f"{endpoint.where}: the {part} of this base_url comes from a variable"
                raise ValueError(msg)
            at = [span.start + len(raw[: offsets[edge]].encode()) for edge in edges]
            new = quoting.encode(text, styles).encode()
            old, column = document.data[slice(*at)], endpoint.column + offsets[edges[0]] if endpoint.line else 0
            yield Edit(document.source, endpoint.line, endpoint.node, Span(*at), old, new, part, column)


def _check(document: Document, endpoint: Endpoint, planned: tuple[Edit, ...], wanted: str) -> None:
    """Read again what would be written: a YAML scalar without quotes could turn into something else."""
    try:
        after = parse(apply(document.data, planned), document.source, document.process).endpoints
    except Unreadable:
        after = ()
    at = endpoint.url_span.start if endpoint.url_span else -1
    changed = [e for e in after if e.url_span and e.url_span.start == at and e.base_url == wanted]
    # within {…} a question mark ends a scalar for PyYAML's own parser, which KAG uses, but not for libyaml
    new_question = document.format != "env" and "?" in wanted and "?" not in endpoint.base_url
    if new_question or not changed or len(after) != len(document.endpoints):
        msg = f"{endpoint.where}: this base_url needs quotes around it before it can be {shown(wanted)}"
        raise ValueError(msg)


def apply(data: bytes, planned: Iterable[Edit]) -> bytes:
    """Return ``data`` with every edit made.

    Equal edits (of one scalar that two endpoints share) count once. Raises ValueError where the bytes to replace are
    not those expected, or where edits overlap.
    """
    pieces: list[bytes] = []
    at = 0
    for edit in _in_order(planned):
        if data[edit.span.start : edit.span.end] != edit.old or edit.span.end > len(data):
            msg = f"{edit.source}:{edit.line}: the bytes to replace are not there any more"
            raise ValueError(msg)
        pieces += [data[at : edit.span.start], edit.new]
        at = edit.span.end
    return b"".join([*pieces, data[at:]])


def edited(document: Document, planned: Iterable[Edit]) -> Document:
    """Return ``document`` as it is after the edits, without reading it again: its endpoints have their new base_urls.

    Of what else is in it nothing is moved, so it is no document to plan edits for. Raises ValueError as
    :func:`unified` does.
    """
    written: dict[int, str] = {}
    for endpoint, span, changes in _by_endpoint(document, planned):
        moved = [edit._replace(span=Span(edit.span.start - span.start, edit.span.end - span.start)) for edit in changes]
        raw = apply(document.data[span.start : span.end], moved).decode("utf-8", "replace")
        decoded = _decoded(raw, document.styles.get(span.start, ()))
        written[span.start] = decoded[0] if decoded else endpoint.base_url
    return document._replace(
        endpoints=tuple(
            each._replace(base_url=written[each.url_span.start])
            if each.url_span and each.url_span.start in written
            else each
            for each in document.endpoints
        )
    )


def shifted(planned: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that undo ``planned``, in the coordinates of the file after it.

    ``apply(apply(data, planned), shifted(planned)) == data``. Raises ValueError where edits overlap.
    """
    undone: list[Edit] = []
    growth = 0
    for edit in _in_order(planned):
        start = edit.span.start + growth
        span = Span(start, start + len(edit.new))
        undone.append(Edit(edit.source, edit.line, edit.node, span, edit.new, edit.old, edit.part))
        growth += len(edit.new) - len(edit.old)
    return tuple(undone)


def _in_order(planned: Iterable[Edit]) -> list[Edit]:
    """Return the edits by position, equal ones once.

    No two may begin at one byte, and none may follow a mere deletion directly: undoing those would be ambiguous.
    """
    distinct = {(edit.source, edit.span.start, edit.span.end, edit.new): edit for edit in planned}
    ordered = [distinct[key] for key in sorted(distinct)]
    for before, after in pairwise(ordered):
        touch = after.span.start == before.span.end and not (before.new and before.old)
        if after.source != before.source or after.span.start < before.span.end or touch:
            msg = f"{after.source}:{after.line}: two edits of the same bytes, or of two files at once"
            raise ValueError(msg)
    return ordered


def unified(document: Document, planned: Iterable[Edit]) -> str:
    """Return the edits as a diff for people: of each changed line the base_url alone, its secrets masked.

    Raises ValueError where an edit is of something else than a base_url of ``document``.
    """
    secrets = {endpoint.api_key for endpoint in document.endpoints if endpoint.api_key}
    name = document.source.lstrip("/")
    lines: list[str] = []
    for endpoint, span, changes in _by_endpoint(document, planned):
        before, value, after = _value_and_key(document.data, span)
        moved = [edit._replace(span=Span(edit.span.start - span.start, edit.span.end - span.start)) for edit in changes]
        lines.append(f"@@ {shown(' '.join(filter(None, (endpoint.where, endpoint.node))))} @@")
        for sign, content in (("-", value), ("+", apply(value, moved))):
            lines.append(sign + shown(f"{before}{content.decode('utf-8', 'replace')}{after}", secrets))
    head = [f"--- {shown('a/' + name)}", f"+++ {shown('b/' + name)}"] if lines else []
    return "".join(f"{line}\n" for line in head + lines)


def _by_endpoint(document: Document, planned: Iterable[Edit]) -> Iterator[tuple[Endpoint, Span, list[Edit]]]:
    """Yield the first endpoint of every base_url that is changed, where its value is, and its edits."""
    owners = {e.url_span.start: (e, e.url_span) for e in reversed(document.endpoints) if e.url_span}
    starts = sorted(owners)
    for at, changes in groupby(_in_order(planned), lambda edit: bisect_right(starts, edit.span.start) - 1):
        endpoint, span = owners[starts[at]] if at >= 0 else (None, Span(0, 0))
        inside = list(changes)
        if endpoint is None or inside[-1].span.end > span.end:
            msg = f"{inside[-1].source}:{inside[-1].line}: an edit of something else than a base_url"
            raise ValueError(msg)
        yield endpoint, span, inside


def _value_and_key(data: bytes, span: Span) -> tuple[str, bytes, str]:
    """Return the key and quote before the value, the value, and the quote behind: no neighbour, which may be a key."""
    head = data[max(0, span.start - _KEY_LENGTH) : span.start].decode("utf-8", "replace")
    key = _KEY.search(head)
    return (key[0], data[span.start : span.end], key["quote"]) if key else ("", data[span.start : span.end], "")
