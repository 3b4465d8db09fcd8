"""Python's repr of a dict or list → a tree: what KAG prints in ``invalid llm config: {…}``, pasted.

Nothing is evaluated. It is JSON in other quotes and with other names, so it is read as that.
"""

import re
from typing import Final

from netdiag.config.json_tree import Reader
from netdiag.config.quoting import decode
from netdiag.config.tree import Node, NotRead, encodable

_STRING: Final = re.compile(r"'(?P<single>(?:[^'\\\r\n]|\\.)*)'|\"(?P<double>(?:[^\"\\\r\n]|\\.)*)\"")
_LITERAL: Final = re.compile(
    r"(?P<float>-?[0-9]+(?:\.[0-9]+(?:e[+-]?[0-9]+)?|e[+-]?[0-9]+)|-?(?:nan|inf))"
    r"|(?P<int>-?(?:0|[1-9][0-9]*))|(?P<bool>True|False)|(?P<null>None)"
)


def read(text: str) -> list[Node]:
    """Return the root of the one dict or list in ``text``. Raises :class:`NotRead`."""
    return [PythonReader(text).root()]


class PythonReader(Reader):
    """The JSON reader with Python's strings, numbers and names."""

    language = "Python"
    quotes = ("'", '"')
    quoted = "quotes"
    style_of_strings = "python"
    literals = _LITERAL

    def _text(self, at: int) -> tuple[str, int]:
        found = _STRING.match(self.text, at)
        decoded = decode(found["single"] or found["double"] or "", ("python",)) if found else None
        if found is None or decoded is None:
            raise NotRead(at, "not valid Python: a string that is not closed, or an unknown escape")
        return encodable(decoded[0]), found.end()
