"""Bytes → a document with its endpoints, whatever the bytes are."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final, Literal

from netdiag.config import ini_tree, json_tree, yaml_tree
from netdiag.config.endpoints import endpoints
from netdiag.config.tree import Node, NotRead, Positions
from netdiag.config.unreadable import Unreadable
from netdiag.model import Endpoint

LIMIT: Final = 8 * 1024 * 1024
"""Bytes that are read of one source. KAG's files are kilobytes; 5 MB take 0.2 s, of nothing but endpoints 2 s."""

Format = Literal["yaml", "json", "ini"]

_BOM: Final = "\ufeff"
_READERS: Final = {"yaml": yaml_tree.read, "json": json_tree.read, "ini": ini_tree.read}

_INI_SUFFIXES: Final = (".cfg", ".ini")
_LINE: Final = re.compile(r"[^\r\n]+")
_SECTION: Final = re.compile(r"\[[^\[\]{}\"',]+\]\s*(?:[#;].*)?")
_SETTING: Final = re.compile(r"[^\[\]{}\"'=:][^=:]*[=:]")


@dataclass(frozen=True)
class Document:
    """One source as it was read: its bytes, their SHA-256 in hexadecimal, and the endpoints in them."""

    source: str
    format: Format
    digest: str
    data: bytes = field(repr=False)
    endpoints: tuple[Endpoint, ...]


def parse(data: bytes, source: str) -> Document:
    """Return what ``data`` configures; ``source`` names it, and its suffix is a hint at the format.

    Raises :class:`Unreadable` with ``empty``, ``binary``, ``too_large``, ``syntax`` or ``too_deep``, nothing else.
    """
    text, positions = _decoded(data, source)
    try:
        format_, roots = _read(text, PurePath(source).suffix.lower())
        found = tuple(endpoints(source, text, roots, positions))
    except NotRead as error:
        raise Unreadable(error.reason, source, positions.line(error.at), error.detail) from None
    except RecursionError:
        raise Unreadable(reason="too_deep", source=source, line=0, detail="too deeply nested") from None
    except MemoryError:
        raise Unreadable(reason="too_large", source=source, line=0, detail="too large for this machine") from None
    return Document(source, format_, hashlib.sha256(data).hexdigest(), data, found)


def _decoded(data: bytes, source: str) -> tuple[str, Positions]:
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


def _read(text: str, suffix: str) -> tuple[Format, list[Node]]:
    format_ = _format(text, suffix)
    try:
        return format_, _READERS[format_](text)
    except NotRead as error:
        if format_ != "json" or error.reason != "syntax":
            raise
        refused = error
    try:
        return "yaml", yaml_tree.read(text)  # a flow mapping: {type: ollama}, {'a': True}, a trailing comma
    except NotRead as error:
        raise (error if suffix in (".yaml", ".yml") else refused) from None


def _format(text: str, suffix: str) -> Format:
    """Return the format by content: ``[section]`` and a setting, an opening bracket, else YAML."""
    lines = (found.group().strip() for found in _LINE.finditer(text))
    significant = (line for line in lines if line and line[0] not in "#;")
    first = next(significant, "")
    if _SECTION.fullmatch(first):
        setting = next((line for line in significant if not _SECTION.fullmatch(line)), "")
        if _SETTING.match(setting) or suffix in _INI_SUFFIXES:
            return "ini"
    if first.startswith(("{", "[")):
        return "json"
    return "ini" if suffix in _INI_SUFFIXES else "yaml"
