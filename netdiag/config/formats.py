"""Which format a text is in, by its content first and its name second, and the trees it holds."""

import contextlib
import re
from pathlib import PurePath
from typing import Final, Literal

from netdiag.config import env_tree, hybrid_tree, ini_tree, json_tree, python_tree, yaml_tree
from netdiag.config.tree import Node, NotRead, Scalar, mappings

Format = Literal["yaml", "json", "ini", "env", "python", "hybrid"]

_READERS: Final = {"yaml": yaml_tree.read, "json": json_tree.read, "ini": ini_tree.read, "env": env_tree.read}

_YAML_SUFFIXES: Final = (".yaml", ".yml")
_INI_SUFFIXES: Final = (".cfg", ".ini")
_ENV_NAME: Final = re.compile(r"(?i)(?:.*\.env|\.env\..*)")
_LINE: Final = re.compile(r"[^\r\n]+")
_SECTION: Final = re.compile(r"\[[^\[\]{}\"',]+\]\s*(?:[#;].*)?")
_SETTING: Final = re.compile(r"[^\[\]{}\"'=:][^=:]*[=:]")
_VARIABLE: Final = re.compile(r"(?:export[ \t]+[A-Za-z_]\w*|[A-Z_][A-Z0-9_]*)=")


def read(text: str, name: PurePath) -> tuple[Format, list[Node]]:
    """Return the format of ``text`` and its roots. Raises :class:`NotRead`."""
    format_ = of(text, name)
    try:
        roots = _READERS[format_](text)
    except NotRead as error:
        if error.reason != "syntax":
            raise
        return _otherwise(text, format_, name.suffix.lower(), error)
    if format_ in hybrid_tree.HIDDEN and hybrid_tree.HIDDEN[format_].search(text):
        try:
            mixed = hybrid_tree.read(text)
        except NotRead as error:
            refused = hybrid_tree.refusal(text, error)
            if refused is not error and not _base_urls(roots) and not _is_prose(roots, error.at):
                raise refused from None
            return format_, roots
        if _base_urls(mixed) > _base_urls(roots):
            return "hybrid", mixed
    return format_, roots


def has_hidden_settings(text: str) -> bool:
    """Tell whether a YAML text holds a ``base_url = …``, which YAML may take for a part of another value."""
    return bool(hybrid_tree.HIDDEN["yaml"].search(text))


def of(text: str, name: PurePath) -> Format:
    """Return the format by content: ``[section]`` and a setting, an opening bracket, ``NAME=``, else YAML."""
    suffix = name.suffix.lower()
    lines = (found.group().strip() for found in _LINE.finditer(text))
    significant = (line for line in lines if line and line[0] not in "#;")
    first = next(significant, "")
    if _SECTION.fullmatch(first):
        setting = next((line for line in significant if not _SECTION.fullmatch(line)), "")
        if _SETTING.match(setting) or suffix in _INI_SUFFIXES:
            return "ini"
    if first.startswith(("{", "[")):
        return "yaml" if first.startswith(("{%", "{#", "{{")) else "json"
    if _ENV_NAME.fullmatch(name.name) or (suffix not in _YAML_SUFFIXES and _VARIABLE.match(first)):
        return "env"
    return "ini" if suffix in _INI_SUFFIXES else "yaml"


def _otherwise(text: str, format_: Format, suffix: str, error: NotRead) -> tuple[Format, list[Node]]:
    """Read ``text`` as what it may be too, where it is not of its first format. Raises :class:`NotRead`."""
    if format_ in hybrid_tree.HIDDEN:
        with contextlib.suppress(NotRead):
            if _base_urls(roots := hybrid_tree.read(text)):
                return "hybrid", roots
        raise hybrid_tree.refusal(text, error)
    if format_ != "json":
        raise error
    if suffix not in _YAML_SUFFIXES:  # what YAML allows too stays YAML where KAG reads YAML
        with contextlib.suppress(NotRead):
            return "python", python_tree.read(text)
    try:
        return "yaml", yaml_tree.read(text)  # a flow mapping: {type: ollama}, a trailing comma
    except NotRead as refused:
        raise (refused if suffix in _YAML_SUFFIXES else error) from None


def _base_urls(roots: list[Node]) -> int:
    return sum("base_url" in found.node.pairs for root in roots for found in mappings(root))


def _is_prose(roots: list[Node], at: int) -> bool:
    """Tell whether ``at`` is in a block of text."""
    values = (value for root in roots for found in mappings(root) for value in found.node.pairs.values())
    return any(
        isinstance(value, Scalar) and value.style == "block" and value.start <= at < value.end for value in values
    )
