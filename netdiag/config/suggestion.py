"""Guess what was meant by a base_url that cannot be used: shown to the user, never written."""

import re
import unicodedata
from typing import Final

from netdiag.config.url import split

_SCHEME: Final = re.compile(r"^h?t{1,2}p{1,2}(s?)(?:[:;]/*|/+)", re.IGNORECASE)
_QUOTES: Final = "\"'`“”‘’「」"


def suggest(text: str) -> str:
    """Return ``text`` with its scheme completed and blanks, quotes and full-width characters mended, or ``""``."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    plain = "".join(plain.split()).strip(_QUOTES)
    match = _SCHEME.match(plain)
    rest = plain[match.end() :] if match else plain
    mended = f"http{match[1].lower() if match else ''}://{rest}" if "://" not in rest else rest
    url = split(mended)
    return mended if url.host and not url.problem else ""
