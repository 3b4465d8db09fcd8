"""INI text → a tree with one mapping for each section, by the rules of :class:`configparser.ConfigParser`.

KAG 0.5 reads kag_config.cfg with it (kag/common/env.py) and its defaults, so these are its defaults: ``=`` or ``:``,
keys without case, ``#`` and ``;`` only at the start of a line, deeper indentation continues a value, and every section
has the settings of ``[DEFAULT]`` that it does not set itself.
"""

import re
from typing import Final

from netdiag.config.tree import Mapping, Node, NotRead, Scalar

INTERPOLATION: Final = re.compile(r"(?<!%)(?:%%)*%\(")
"""The start of ``%(name)s``, which configparser replaces; of two percent signs it makes one."""

DEFAULT: Final = "DEFAULT"
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_SECTION: Final = re.compile(r"\[(?P<name>.+)\]")
_OPTION: Final = re.compile(r"(?P<key>.*?)\s*[=:]\s*(?P<value>.*)")


class _Reading:
    """How far the reading is: the open section, and the option whose ``lines`` an indented line would continue."""

    def __init__(self) -> None:
        self.sections = Mapping(0)
        self.section: Mapping | None = None
        self.option: Scalar | None = None
        self.lines: list[str] = []
        self.indent = 0

    def end_option(self) -> None:
        if self.option is not None:
            text = "\n".join(self.lines)
            self.option.text = text if INTERPOLATION.search(text) else text.replace("%%", "%")
        self.option = None


def read(text: str) -> list[Node]:
    """Return the sections of ``text`` as one mapping. Raises :class:`NotRead`."""
    reading = _Reading()
    for found in _LINE.finditer(text):
        line = found.group(1)
        body = line.strip()
        start = found.start() + len(line) - len(line.lstrip())
        if not body or body[0] in "#;":
            continue
        indent = start - found.start()
        if reading.option is not None and indent > reading.indent:
            reading.lines.append(body)
            reading.option.end = start + len(body)
            continue
        reading.end_option()
        reading.indent = indent
        header = _SECTION.match(body)
        if header:
            _open(reading, header["name"], start)
        else:
            _add(reading, body, start)
    reading.end_option()
    default = reading.sections.pairs.get(DEFAULT)
    for name, section in reading.sections.pairs.items():
        if default is not None and name != DEFAULT and isinstance(section, Mapping):
            section.merged.append(default)
    return [reading.sections]


def _open(reading: _Reading, name: str, start: int) -> None:
    if name == DEFAULT and isinstance(default := reading.sections.pairs.get(name), Mapping):
        reading.section = default
        return
    if name in reading.sections.pairs:
        raise NotRead(start, "a [section] that is there twice, which KAG's reader refuses")
    reading.section = Mapping(start)
    reading.sections.put(name, reading.section)


def _add(reading: _Reading, body: str, start: int) -> None:
    if reading.section is None:
        raise NotRead(start, "a line before the first [section]")
    option = _OPTION.match(body)
    if option is None or not option["key"]:
        raise NotRead(start, "neither a [section] nor a key = value")
    key = option["key"].lower()
    if key in reading.section.pairs:
        raise NotRead(start, "a key that is there twice in its section, which KAG's reader refuses")
    reading.option = Scalar("", start + option.start("value"), start + option.end("value"), "ini")
    reading.lines = [option["value"]]
    reading.section.put(key, reading.option)
