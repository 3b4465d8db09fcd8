"""What is to be written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netdiag.model.endpoint import Span


class Edit(NamedTuple):
    """Replace the bytes of ``span`` in ``source``, which are ``old`` now, by ``new``.

    ``column`` is where on its line ``old`` begins, in characters counted from 1; 0 where that is not known.
    """

    source: str
    line: int
    node: str
    span: Span
    old: bytes
    new: bytes
    part: Literal["host", "port", "path", "extra_hosts", "networks", "environment", "dns"]
    column: int = 0


class Plan(NamedTuple):
    """What would be written, the SHA-256 of every source as it was when it was read, and a diff for people."""

    edits: tuple[Edit, ...] = ()
    digests: Mapping[str, str] = MappingProxyType({})
    diff: str = ""
