"""Guess what was meant by a base_url that cannot be used: shown to the user, never written."""

import re
import unicodedata
from typing import Final

from netdiag import spelling
from netdiag.config.url import HOST_NAMES, Url, is_host_local, is_host_name, is_placeholder, split, with_host

_SCHEME: Final = r"(?i)^h{0,2}t{1,3}p{1,2}(s{0,2})(?:[:;]*[/\\\\]+|[:;]+|[.,]//)"
_REPEATED: Final = r"(?i)^(https?://)(?:https?:?/+)+"
_QUOTES: Final = "\"'`“”‘’「」"
_MODEL_PORT: Final = "11434"
"""Ollama's. A number with a digit too many is hardly another service's."""

_WELL_KNOWN: Final = ("localhost", *sorted(HOST_NAMES))


def suggest(text: str) -> str:
    """Return ``text`` with its scheme completed and blanks, quotes, full-width characters and slips mended, or ``""``.

    A host that is a placeholder becomes localhost, from which netdiag finds the rest; one that is nearly a well-known
    name becomes that name.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("\\", "/")
    plain = "".join(plain.split()).strip(_QUOTES)
    match = re.match(_SCHEME, plain)
    rest = plain[match.end() :] if match else plain
    mended = f"http{match[1].lower()[:1] if match else ''}://{rest}" if "://" not in rest else rest
    mended = re.sub(_REPEATED, r"\1", mended)
    url = split(mended)
    if url.problem == "bad_port":
        mended, url = _with_port(mended, url)
    if url.problem == "placeholder" or is_placeholder(url.host):
        mended = with_host(mended, "localhost")
    elif meant := near_host(url.host):
        mended = with_host(mended, meant)
    url = split(mended)
    is_sound = url.host and not url.problem and re.match("(?i)https?://", mended)
    return mended if is_sound else ""


def near_host(host: str) -> str:
    """Return the well-known name of which ``host`` is a typing error, or nothing."""
    bare = host.removesuffix(".").lower()
    if is_host_local(bare) or is_host_name(bare):
        return ""
    return spelling.nearest(bare, _WELL_KNOWN, 3 if len(bare) > len("localhost") + 3 else 2)


def _with_port(text: str, url: Url) -> tuple[str, Url]:
    """Return ``text`` with Ollama's port where what stands there is nearly that, and its parts."""
    end, path_at = url.host_at[1], url.path_at[0]
    if spelling.distance(text[end + 1 : path_at], _MODEL_PORT) <= 2:
        text = f"{text[:end]}:{_MODEL_PORT}{text[path_at:]}"
    return text, split(text)
