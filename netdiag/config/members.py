"""A configuration in JSON, read member by member: what a member of the root holds is found once for all its copies.

In OpenSPG 0.6 and 0.7 each knowledge base holds the models that were configured when it was made, beside some settings
of its own. So thousands of rows differ, and few of their members do.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from json import JSONDecodeError, JSONDecoder
from typing import Final, NamedTuple, TypeAlias

from netdiag.config import json_tree, unread, whole
from netdiag.config.endpoints import Read, of_root
from netdiag.config.tree import Mapping, NotRead, Positions, Style, encodable
from netdiag.model.endpoint import Endpoint, Span

Found: TypeAlias = tuple[Endpoint, tuple[Style, ...]]

_OPENING: Final = re.compile(r"[ \t\r\n]*\{[ \t\r\n]*")
_COLON: Final = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_AFTER: Final = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*|\}[ \t\r\n]*\Z)")
_SCANNED: Final = JSONDecoder().raw_decode
_COPIES: Final = 256
"""Members that are remembered: a configuration has some ten."""

_TOGETHER: Final = re.compile(
    r"(?i:base_url|type|client_type)|project|chat_llm|openie_llm|[A-Z][A-Z0-9_]*|.*\..*", re.DOTALL
)
"""Members that mean something together with others: those of a model, of a whole configuration of KAG's, variables
(``OPENAI_BASE_URL``), and flat keys (``chat_llm.base_url``)."""


class _Member(NamedTuple):
    key: str
    raw: str
    start: int


def endpoints(source: str, text: str, positions: Positions) -> tuple[Found, ...] | None:
    """Return what :func:`netdiag.config.endpoints.endpoints` finds in ``text``.

    ``None`` where that takes the whole text: it is no JSON object, or one whose members mean something together.
    """
    try:
        members = list(_members(text))
    except (JSONDecodeError, RecursionError):
        return None
    keys = [each.key for each in members]
    if not keys or len({*keys}) < len(keys) or any(map(_TOGETHER.fullmatch, keys)):
        return None
    is_kags = not unread.SECTIONS.isdisjoint(keys)
    try:
        return tuple(
            _placed(source, found, each.start, positions)
            for each in members
            for found in _of_member(each.key, each.raw, is_kags)
        )
    except NotRead:
        return None


def _members(text: str) -> Iterator[_Member]:
    """Yield the members of the object that ``text`` is. Raises :class:`JSONDecodeError` where it is something else."""
    found = _OPENING.match(text)
    while found and found.end() < len(text):
        key, at = _SCANNED(text, found.end())
        colon = _COLON.match(text, at) if isinstance(key, str) else None
        if colon is None:
            break
        _, end = _SCANNED(text, colon.end())
        yield _Member(encodable(key), text[colon.end() : end], colon.end())
        found = _AFTER.match(text, end)
    else:
        if found:
            return
    msg = "not an object"
    raise JSONDecodeError(msg, text, 0)


@lru_cache(maxsize=_COPIES)
def _of_member(key: str, raw: str, is_kags: bool) -> tuple[Found, ...]:
    """Return the endpoints in a member, each with offsets in ``raw`` for bytes and for its line.

    ``is_kags`` tells that the root has sections of KAG's. Raises :class:`NotRead`.
    """
    root = Mapping(0, {key: json_tree.member(raw, key)})
    return tuple(of_root(Read("", raw, _Offsets(raw)), root, is_kags=is_kags, built=whole.built(root)))


class _Offsets(Positions):
    """Positions that leave offsets as they are."""

    def byte(self, at: int) -> int:
        """Return the offset."""
        return at

    def line(self, at: int) -> int:
        """Return the offset."""
        return at


def _placed(source: str, found: Found, start: int, positions: Positions) -> Found:
    """Return an endpoint of a member that begins at ``start`` with its place in the whole text."""
    endpoint, styles = found
    at, span = start + endpoint.line, endpoint.url_span
    placed = endpoint._replace(
        source=source,
        line=positions.line(at),
        column=positions.column(at),
        url_span=Span(*positions.span(start + span.start, start + span.end)) if span else None,
    )
    return placed, styles
