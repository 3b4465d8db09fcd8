"""What quoted text means, and where in its raw form each of its characters is written."""

import re
from collections.abc import Sequence
from typing import Final

from netdiag.config.tree import Style

# JSON's escapes are a subset of YAML's; only JSON joins two \u into one character beyond the basic plane.
_DOUBLE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}"
    r"|\\[0abtnvfre \"/\\N_LP\t]|[^\\\r\n]"
)
_UNITS: Final = {
    '"': _DOUBLE,
    "'": re.compile(r"''|[^'\r\n]"),
    "ini": re.compile(r"%%|[^\r\n]"),  # configparser's interpolation
    "python": re.compile(  # what repr() writes; of two \u it makes no pair
        r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U00(?:0[0-9a-f]|10)[0-9a-f]{4}|\\[nrt'\"\\]|[^\\\r\n]"
    ),
}
_VERBATIM: Final = ("plain", "env")
_NAMED: Final = dict(zip("0abtnvfre \"'/\\N_LP\t", "\0\a\b\t\n\v\f\r\x1b \"'/\\\x85\xa0\u2028\u2029\t", strict=True))


def decode(raw: str, styles: Sequence[Style]) -> tuple[str, list[int]] | None:
    """Return the text that ``raw`` (without its quotes) writes, and the offset in ``raw`` of each of its characters.

    ``styles`` has more than one where a string holds a document that holds a string, the outermost first. The offsets
    end with that of the end. Returns ``None`` where a character has no one place: folded lines, blocks, unknown
    escapes.
    """
    text, offsets = raw, list(range(len(raw) + 1))
    for style in styles:
        decoded = _decode(text, style)
        if decoded is None:
            return None
        text, inner = decoded
        offsets = [offsets[at] for at in inner]
    return text, offsets


def _decode(raw: str, style: Style) -> tuple[str, list[int]] | None:
    unit = _UNITS.get(style)
    if unit is None:
        return (raw, list(range(len(raw) + 1))) if style in _VERBATIM else None
    characters: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(raw):
        found = unit.match(raw, at)
        if found is None:
            return None
        characters.append(_character(found.group()))
        offsets.append(at)
        at = found.end()
    return "".join(characters), [*offsets, at]


def _character(unit: str) -> str:
    if len(unit) == 1:
        return unit
    if unit[0] != "\\":
        return unit[0]  # '' and %%
    if unit[1] in "xuU":
        pair = [int(number, 16) for number in re.split(r"\\[xuU]", unit)[1:]]
        return chr(pair[0]) if len(pair) == 1 else chr(0x10000 + ((pair[0] - 0xD800) << 10) + (pair[1] - 0xDC00))
    return _NAMED[unit[1]]


def encode(text: str, styles: Sequence[Style]) -> str:
    """Return ``text``, which holds no quote and no backslash, as it is written within ``styles``."""
    return text.replace("%", "%%") if "ini" in styles else text
