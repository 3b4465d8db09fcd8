"""Bytes → a document with its endpoints, whatever the bytes are."""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, NamedTuple

from netdiag.config import formats, loading, members, yaml_tree
from netdiag.config.endpoints import ByKag, endpoints
from netdiag.config.formats import Format
from netdiag.config.loading import Refused
from netdiag.config.process import Process
from netdiag.config.tree import Node, NotRead, Positions, Style
from netdiag.config.unreadable import Unreadable
from netdiag.config.whole import Whole, whole
from netdiag.model.endpoint import Endpoint

LIMIT: Final = 8 * 1024 * 1024
"""Bytes that are read of one source. KAG's files are kilobytes; 5 MB take 0.2 s, of nothing but endpoints 2 s."""

_BOM: Final = "\ufeff"


class Document(NamedTuple):
    """One source as it was read: its bytes, their SHA-256 in hexadecimal, and the endpoints in them.

    ``styles`` tells of the byte at which a base_url begins how the base_url is written, the outermost style first.
    ``whole`` is what there is of a whole configuration, where it is one. ``process`` is the one whose environment
    filled it in, and ``refused`` why KAG cannot load it.
    """

    source: str
    format: Format
    digest: str
    data: bytes
    endpoints: tuple[Endpoint, ...]
    styles: Mapping[int, tuple[Style, ...]]
    whole: Whole | None = None
    process: Process | None = None
    refused: Refused | None = None

    def __repr__(self) -> str:
        """Show nothing of what is in it: keys stand there."""
        return f"Document({self.source!r}, {self.format!r}, {self.digest!r})"


def parse(data: bytes, source: str, process: Process | None = None, *, is_model_page: bool = False) -> Document:
    """Return what ``data`` configures; ``source`` names it, and its name is a hint at the format.

    With ``is_model_page`` it is the list of models that OpenSPG 0.8 stores (:mod:`netdiag.config.model_page`).

    What KAG reads as its configuration is read as the KAG of ``process`` reads it, and filled in by its environment;
    without one, and where that KAG cannot load it, what would be filled in is left alone.

    Raises :class:`Unreadable` with ``empty``, ``binary``, ``too_large``, ``syntax`` or ``too_deep``, nothing else.
    """
    text, positions = decoded(data, source)
    name = PurePath(source)
    loaded = _loaded(text, positions, len(data) - len(text.encode()), name, process)
    of_members = None if loaded or is_model_page else members.endpoints(source, text, positions)
    by_kag: ByKag = "refused" if loaded else ""
    try:
        roots = loaded and _as_kag(loaded)
        if loaded and roots is not None:
            text, positions, by_kag = loaded.text, loaded.positions, "loaded"
            format_: Format = "yaml"
        elif of_members is not None:
            format_, roots = "json", []
        else:
            format_, roots = formats.read(text, name)
        roots, models = _of_model_page(roots) if is_model_page else (roots, frozenset())
        found = of_members or tuple(endpoints(source, text, roots, positions, by_kag, models))
    except NotRead as error:
        if loaded and loaded.refused and loaded.refused.is_of_template:
            digest = hashlib.sha256(data).hexdigest()
            return Document(source, "yaml", digest, data, (), {}, process=process, refused=loaded.refused)
        raise Unreadable(error.reason, source, positions.line(error.at), error.detail) from None
    except RecursionError:
        raise Unreadable(reason="too_deep", source=source, line=0, detail="too deeply nested") from None
    except MemoryError:
        raise Unreadable(reason="too_large", source=source, line=0, detail="too large for this machine") from None
    styles = {endpoint.url_span.start: styles for endpoint, styles in found if endpoint.url_span}
    digest = hashlib.sha256(data).hexdigest()
    there = whole(format_, text, roots, positions)
    refused = loaded.refused if loaded else loading.of_older(format_, name, process)
    every = tuple(endpoint for endpoint, _ in found)
    return Document(source, format_, digest, data, every, styles, there, process, refused)


def _of_model_page(roots: list[Node]) -> tuple[list[Node], frozenset[Node]]:
    """Return the roots as the OpenSPG server gives them to KAG, and which nodes in them are models."""
    from netdiag.config import model_page  # noqa: PLC0415 - files have none

    flat = [model_page.flattened(root) for root in roots]
    return flat, frozenset().union(*map(model_page.models, flat))


def _as_kag(loaded: loading.Loaded) -> list[Node] | None:
    """Return the roots of what KAG's YAML reads; nothing where it was not filled in, or even so cannot be read."""
    if loaded.refused is None:
        return yaml_tree.read_loaded(loaded.text, loaded.tag)
    if loaded.is_filled:
        with contextlib.suppress(NotRead):
            return yaml_tree.read_loaded(loaded.text, loaded.tag)
    return None


def _loaded(
    text: str, positions: Positions, shift: int, name: PurePath, process: Process | None
) -> loading.Loaded | None:
    if process is None or not loading.is_kags(text, name):
        return None
    loaded = loading.load(text, positions, shift, name, process)
    is_hidden = loaded and not loaded.refused and formats.has_hidden_settings(text)
    return None if is_hidden else loaded


def decoded(data: bytes, source: str) -> tuple[str, Positions]:
    """Return the text of ``data`` without its byte order mark, and what turns offsets in it into lines and bytes.

    Raises :class:`Unreadable` with ``empty``, ``binary`` or ``too_large``.
    """
    if len(data) > LIMIT:
        raise Unreadable(reason="too_large", source=source, line=0, detail=f"larger than {LIMIT} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _binary(data, source, error.start, "a byte that is not UTF-8") from None
    if "\0" in text:
        raise _binary(data, source, data.index(b"\0"), "a NUL byte")
    content = text.removeprefix(_BOM)
    if not content.strip():
        raise Unreadable(reason="empty", source=source, line=0, detail="an empty file")
    return content, Positions(content, shift=len(data) - len(content.encode()))


def _binary(data: bytes, source: str, at: int, what: str) -> Unreadable:
    return Unreadable("binary", source, data.count(b"\n", 0, at) + 1, f"{what}: not a text file that KAG reads")
