"""YAML and INI in one file → the trees of both: a ``[llm]`` header in YAML, or ``key = value`` lines (KAG issue 572).

KAG reads neither, but what was meant is often plain. The text is divided by lines into what each format reads, blanks
of the same length in place of the other's lines, so that every offset stays what it is in the file.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from netdiag.config import ini_tree, yaml_tree
from netdiag.config.tree import Node, NotRead

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SECTION: Final = re.compile(r"\[[^\[\]{}\"',]+\]\s*")
_NESTED: Final = re.compile(r"[\w.-]+:(?:[ \t]+&\S+)?[ \t]*(?:#.*)?[\r\n]*")
_SETTING: Final = re.compile(r"(?P<indent>[ \t]*)[\w.-]+[ \t]*[=:]")
_PAIR: Final = re.compile(r"[ \t]*(?:- )?[\w.-]+:(?:\s|\Z)")
_KEYS: Final = "base_url|type|client_type|model|api_key|vector_dimensions|enable_check|stream|temperature|timeout"
_EQUALS: Final = re.compile(
    rf"(?P<key>[ \t]*(?:-[ \t]+)?(?:{_KEYS}))(?P<before>[ \t]*)=(?P<after>[ \t]*)(?P<value>[^\r\n]*)"
)
_NEAR: Final = 3
"""Lines between one of the other format and the place where a reader gives up because of it."""

HIDDEN: Final = {
    "yaml": re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?base_url[ \t]*="),
    "ini": re.compile(r"(?m)^[ \t]+(?:-[ \t]+)?base_url[ \t]*:[ \t]"),
}
"""A base_url in the other format's manner, which the format it is in reads as a part of another text."""


class _Line(NamedTuple):
    """A line with its end: its number, its offset, and whose it is (``unclear`` in neither's manner)."""

    number: int
    at: int
    text: str
    owner: Literal["ini", "yaml", "unclear"]


def read(text: str) -> list[Node]:
    """Return the roots of both formats. Raises :class:`NotRead`, too where there is only one."""
    lines = list(_lines(text))
    if not any(map(_is_foreign, lines)) or not any(map(_is_yaml, lines)):
        raise NotRead(0, "one format only")
    halves = [_as_either(line) for line in lines]
    ini, yaml = ("".join(half) for half in zip(*halves, strict=True))
    return [*(ini_tree.read(ini) if ini.strip() else []), *yaml_tree.read(yaml)]


def refusal(text: str, error: NotRead) -> NotRead:
    """Return what is to be said of ``text`` where ``error`` is what the reader of one format said."""
    lines = list(_lines(text))
    number = max(line.number for line in lines if line.at <= error.at)
    near = [line for line in lines if _is_foreign(line) and 0 <= number - line.number <= _NEAR]
    if not near or not any(map(_is_yaml, lines)):
        return error
    return NotRead(
        near[-1].at,
        f"line {near[-1].number} is INI ([section], key = value) in a file with lines of YAML (key: value, nested by "
        "indentation): KAG wants a kag_config.yaml of YAML alone, or a kag_config.cfg of INI alone",
    )


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines: a section ends where YAML's nesting begins, and all its settings are indented alike."""
    owner: Literal["ini", "yaml"] = "yaml"
    indent = None
    for number, found in enumerate(_LINE.finditer(text), 1):
        line = found.group()
        is_section = bool(_SECTION.fullmatch(line))
        if is_section:
            owner, indent = "ini", None
        elif owner == "ini" and _NESTED.fullmatch(line):
            owner = "yaml"
        elif owner == "ini" and (setting := _SETTING.match(line)):
            indent = setting["indent"] if indent is None else indent
            if setting["indent"] != indent:
                setting = None
        is_clear = owner == "yaml" or is_section or not _is_said(line) or setting
        yield _Line(number, found.start(), line, owner if is_clear else "unclear")


def _is_foreign(line: _Line) -> bool:
    return line.owner == "ini" or bool(_EQUALS.match(line.text))


def _is_yaml(line: _Line) -> bool:
    return line.owner == "yaml" and bool(_PAIR.match(line.text))


def _is_said(line: str) -> bool:
    return line.strip()[:1] not in ("", "#", ";")


def _as_either(line: _Line) -> tuple[str, str]:
    """Return the line as INI and as YAML are to read it. Raises :class:`NotRead` where it could be either."""
    blank = re.sub(r"[^\r\n]", " ", line.text)
    if not _is_said(line.text):
        return blank, blank
    if line.owner == "unclear":
        raise NotRead(line.at, "neither a setting of the [section] above it nor YAML")
    if line.owner == "ini":
        return line.text, blank
    setting = _EQUALS.match(line.text)
    if setting is None:
        return blank, line.text
    key, before, after, value = setting.groups()
    if not before + after or re.search(r"[ \t]#", value):
        raise NotRead(line.at, "a setting that INI and YAML read differently")
    colon = f"{before}:{after}" if after else f":{before}"
    return blank, f"{key}{colon}{value}{line.text[setting.end() :]}"
