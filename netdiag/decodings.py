"""What a text says once its escapes, base64, hexadecimal or lists of character codes are read. Pure.

Each reading knows where its characters stand in the text as it was, so that what is found in it can be masked there.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

DEPTH: Final = 2
"""Encodings within encodings that are looked into: base64 of JSON with escapes."""

ESCAPED: Final = re.compile(r"[%\\&=<]|0x|U\+")
_ESCAPE: Final = re.compile(
    r"""(?ix)
    %u(?P<a>[0-9a-f]{4}) | (?:%25)*%(?:25)*(?P<b>[0-9a-f]{2}) | \\+u\{(?P<c>[0-9a-f]{1,6})\} | \\+u(?P<d>[0-9a-f]{4})
    | \\+x\{?(?P<e>[0-9a-f]{2})\}? | (?:&amp;)*&\#x0*(?P<f>[0-9a-f]{1,6});? | (?:&amp;|&)\#x0*(?P<g>[0-9a-f]{1,6});?
    | (?:&amp;|&)\#0*(?P<dec>\d{1,7});? | \\(?P<oct>[01][0-7]{2}) | U\+(?P<h>[0-9a-f]{4,6}) | \b0x(?P<i>[0-9a-f]{2})\b
    | =(?P<j>[0-9A-F]{2}) | \\(?P<same>[-/"'_.]) | (?P<tag><[^<>]{0,80}>)
    """
)
NUMBERS: Final = re.compile(r"(?<![\w.])\d{2,3}(?:[^\w.]{1,4}\d{2,3}){6,}(?![\w.])")
BITS: Final = re.compile(r"(?<![01])[01]{7,8}(?:[^\w]{0,3}[01]{7,8}){6,}(?![01])")
_HEX: Final = re.compile(r"[0-9a-f]{14,}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{10,}")
PRINTED: Final = re.compile(rb"[\x00\t\n\r\x20-\x7e]{7,}")


class View(NamedTuple):
    """A text and where each of its characters begins and ends in the text that is shown."""

    text: str
    starts: list[int]
    ends: list[int]

    def part(self, text: str, places: Iterable[tuple[int, int]]) -> "View":
        """Return another text made of this one; ``places`` are where its characters begin and end in this one."""
        pairs = [(self.starts[begin], self.ends[end - 1]) for begin, end in places]
        return View(text, [begin for begin, _ in pairs], [end for _, end in pairs])


def unescaped(view: View) -> Iterator[View]:
    """Yield the text as it stands, and as it is once the escapes in it are read, as often as there are some."""
    yield view
    for _ in range(DEPTH):
        if not ESCAPED.search(view.text):
            return
        made: list[str] = []
        places: list[tuple[int, int]] = []
        at = 0
        for escape in _ESCAPE.finditer(view.text):
            places += ((each, each + 1) for each in range(at, escape.start()))
            made += view.text[at : escape.start()]
            if character := _character(escape):
                made.append(character)
                places.append(escape.span())
            at = escape.end()
        if not at:
            return
        places += ((each, each + 1) for each in range(at, len(view.text)))
        made += view.text[at:]
        view = view.part("".join(made), places)
        yield view


def _character(escape: re.Match[str]) -> str:
    name = escape.lastgroup or ""
    if name == "tag":
        return ""
    if name == "same":
        return escape[name]
    code = int(escape[name], {"dec": 10, "oct": 8}.get(name, 16))
    return chr(code) if code < 0x110000 else "\ufffd"


def without_blanks(view: View, *, fold: bool = True) -> View:
    """Return the text without blanks and invisible characters, each letter in its plainest form."""
    if fold and view.text.isascii():
        pairs = [(c, at) for at, c in enumerate(view.text.lower()) if c > " " and c != "\x7f"]
    else:
        pairs = [(plain, at) for at, c in enumerate(view.text) for plain in plain_form(c, fold=fold)]
    return view.part("".join(c for c, _ in pairs), ((at, at + 1) for _, at in pairs))


def plain_form(character: str, *, fold: bool) -> str:
    """Return a character in its plainest form: of width, accent and, with ``fold``, case; empty for a blank or mark."""
    if character.isascii():
        return "" if character <= " " or character == "\x7f" else character.lower() if fold else character
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in plain if unicodedata.category(c)[0] not in "MZC")
    return kept.casefold() if fold else kept


def letters_only(view: View) -> View:
    """Return the letters and digits alone."""
    pairs = [(c, at) for at, c in enumerate(view.text) if c.isalnum()]
    return view.part("".join(c for c, _ in pairs), ((at, at + 1) for _, at in pairs))


def numbers(view: View) -> Iterator[View]:
    """Yield what lists of character codes mean: decimal, octal, bits."""
    for found in NUMBERS.finditer(view.text):
        numbers = [(m.start() + found.start(), m[0]) for m in re.finditer(r"\d+", found[0])]
        for base in (10, 8) if not re.search("[89]", found[0]) else (10,):
            yield view.part("".join(chr(int(n, base)) for _, n in numbers), ((at, at + len(n)) for at, n in numbers))
    for found in BITS.finditer(view.text):
        bits = [(m.start() + found.start(), m[0]) for m in re.finditer(r"[01]{7,8}", found[0])]
        yield view.part("".join(chr(int(n, 2)) for _, n in bits), ((at, at + len(n)) for at, n in bits))


def of_hex(view: View) -> Iterator[View]:
    """Yield what hexadecimal digits mean as text."""
    for begin, width, data in hex_bytes(view.text):
        yield from _printed(view, data, begin, width)


def of_base64(view: View) -> Iterator[View]:
    """Yield what base64 means as text."""
    for begin, width, data in base64_bytes(view.text):
        yield from _printed(view, data, begin, width)


def hex_bytes(text: str) -> Iterator[tuple[int, tuple[int, int], bytes]]:
    """Yield what hexadecimal digits can mean: where they begin, how many stand for how many bytes, and those."""
    for found in _HEX.finditer(text):
        for shift in (0, 1):
            digits = found[0][shift:]
            yield found.start() + shift, (2, 1), bytes.fromhex(digits[: len(digits) // 2 * 2])


def base64_bytes(text: str) -> Iterator[tuple[int, tuple[int, int], bytes]]:
    """Yield the same of base64, of either alphabet; where a group of four begins is not known."""
    for found in _BASE64.finditer(text):
        for shift in range(4):
            run = found[0][shift:].replace("-", "+").replace("_", "/")
            run = run[:-1] if len(run) % 4 == 1 else run
            yield found.start() + shift, (4, 3), binascii.a2b_base64(run + "=" * (-len(run) % 4))


def _printed(view: View, data: bytes, begin: int, width: tuple[int, int]) -> Iterator[View]:
    """Yield what is text in ``data``, which stands in ``view`` from ``begin`` on."""
    signs, octets = width
    for run in PRINTED.finditer(data):
        at = range(run.start(), run.end())
        places = ((begin + each * signs // octets, begin - (-(each + 1) * signs // octets)) for each in at)
        yield view.part(run[0].decode("ascii"), places)
