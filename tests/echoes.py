"""The ways in which a careless or hostile server can send back a key: form → what it makes of the key."""

import base64
import codecs
import html
import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

KEY: Final = "sk-Live-9fQ2xLz7VbN4tR8wYc3KdPaE"

_CASES: Final[Mapping[str, Callable[[str], str]]] = {
    "as it is": str,
    "lower": str.lower,
    "upper": str.upper,
    "swapped": str.swapcase,
    "head": lambda key: key[:12],
    "middle": lambda key: key[9:19],
    "eight": lambda key: key[10:18],
    "tail": lambda key: key[-9:],
    "without its prefix": lambda key: key.removeprefix("sk-"),
    "backwards": lambda key: key[::-1],
}

_SPLIT: Final[Mapping[str, str]] = {
    "blanks": " ",
    "tabs": "\t",
    "lines": "\n",
    "dashes": "-",
    "dots": ".",
    "commas": ", ",
    "zero width": "\u200b",
    "joiners": "\u2060",
    "soft hyphens": "\u00ad",
    "accents": "\u0301",
    "overrides": "\u202e",
    "plus signs": '" + "',
    "escape sequences": "\x00",
}


def _each(made: Callable[[int], str], between: str = "") -> Callable[[str], str]:
    return lambda key: between.join(made(ord(c)) for c in key)


def _base64(before: str, encode: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda key: encode(f"{before}{key}".encode()).decode()


_ENCODED: Final[Mapping[str, Callable[[str], str]]] = {
    "base64": _base64(""),
    "base64 after one": _base64("a"),
    "base64 after two": _base64("ab"),
    "base64 for URLs": _base64("??>", base64.urlsafe_b64encode),
    "base64 of JSON": lambda key: base64.b64encode(json.dumps({"api_key": key}).encode()).decode(),
    "base64 twice": lambda key: base64.b64encode(base64.b64encode(key.encode())).decode(),
    "base64 of UTF-16": lambda key: base64.b64encode(key.encode("utf-16")).decode(),
    "a login": lambda key: "Basic " + base64.b64encode(f"user:{key}".encode()).decode(),
    "base32": lambda key: base64.b32encode(key.encode()).decode(),
    "base85": lambda key: base64.b85encode(key.encode()).decode(),
    "rot13": lambda key: codecs.encode(key, "rot13"),
    "hex": lambda key: key.encode().hex(),
    "hex in capitals": lambda key: key.encode().hex().upper(),
    "hex with colons": lambda key: key.encode().hex(":"),
    "hex with blanks": lambda key: key.encode().hex(" "),
    "a dump": _each("0x{:02x}".format, ", "),
    "percent": _each("%{:02x}".format),
    "percent twice": lambda key: quote("".join(f"%{ord(c):02x}" for c in key)),
    "quoted-printable": _each("={:02X}".format),
    "JSON": _each("\\u{:04x}".format),
    "JSON in JSON": lambda key: json.dumps("".join(f"\\u{ord(c):04x}" for c in key)),
    "Python": _each("\\x{:02x}".format),
    "octal": _each("\\{:03o}".format),
    "HTML": _each("&#{};".format),
    "HTML in hex": _each("&#x{:x};".format),
    "HTML twice": lambda key: html.escape("".join(f"&#{ord(c)};" for c in key)),
    "tags": lambda key: "<b>".join(key[at : at + 4] for at in range(0, len(key), 4)),
    "a list": lambda key: json.dumps(list(key)),
    "codes": lambda key: str(list(key.encode())),
    "octal codes": _each("{:03o}".format, " "),
    "bits": _each("{:08b}".format, " "),
    "code points": _each("U+{:04X}".format, " "),
    "full width": _each(lambda code: chr(code + 0xFEE0)),
}

FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    **_CASES,
    **{f"split by {name}": (lambda key, by=by: by.join(key)) for name, by in _SPLIT.items()},
    **{f"halves by {name}": (lambda key, by=by: f"{key[:15]}{by}{key[15:]}") for name, by in _SPLIT.items()},
    **_ENCODED,
    **{f"{name}, in capitals": (lambda key, made=made: made(key.upper())) for name, made in _ENCODED.items()},
}


def holds(text: str, key: str = KEY) -> list[str]:
    """Return which runs of eight characters of ``key`` are in ``text``, in any case, blanks and escapes aside."""
    joined = "".join(text.split()).lower()
    return [run for at in range(len(key) - 7) if (run := key[at : at + 8].lower()) in joined]


def unread(text: str, key: str = KEY) -> list[str]:
    """Return the forms of ``key`` that stand whole in ``text``, so that who reads it knows the key."""
    return [name for name, made in FORMS.items() if len(made(key)) > 7 and made(key) in text]
