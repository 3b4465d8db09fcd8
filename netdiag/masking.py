"""Find the secrets of this run in text from outside, however a server writes them, and put a mask in their place.

A secret is known from when it is read (:class:`netdiag.text.Secret`, :func:`remember_url`). Of every known one each run
of :data:`RUN` characters is looked for: in any case, with blanks, separators or invisible characters between, reversed,
and as URLs, JSON, HTML, lists of codes, hexadecimal, base64 and base32 write it. A shorter secret is masked as a whole,
where it stands alone. What the configuration says openly (a model, an address) is never masked, although a key may
contain it, nor is a word that a user types because some key is demanded. The time is linear in the text.
"""

import base64
import codecs
import contextlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from netdiag.decodings import (
    BITS,
    DEPTH,
    ESCAPED,
    NUMBERS,
    PRINTED,
    View,
    base64_bytes,
    hex_bytes,
    letters_only,
    numbers,
    of_base64,
    of_hex,
    plain_form,
    unescaped,
    without_blanks,
)

MASK: Final = "******"
"""What stands for a secret. OpenSPG's own web page masks with the same six stars (facts: KAG issue 235)."""

RUN: Final = 8
"""Characters of a secret that must not be shown in a row: half of what NIST SP 800-63B has guessed online is fewer."""

SHORTEST: Final = 4
"""A shorter value protects nothing, and masking it would garble every text."""

_MOST: Final = 200
"""Secrets of which the rarer encodings are known too; an OpenSPG server may hold thousands of keys."""

PLACEHOLDERS: Final = frozenset(
    {"none", "null", "empty", "dummy", "test", "key", "keys", "apikey", "api-key", "api_key", "your-api-key"}
    | {"your_api_key", "yourapikey", "my-api-key", "ollama", "vllm", "xinference", "lm-studio", "lmstudio", "localai"}
    | {"openai", "openspg", "model", "models", "token", "secret", "password", "user", "username", "admin", "root"}
    | {"guest", "not-needed", "notneeded", "not_needed", "no-key", "nokey", "no-key-required", "sk-no-key-required"}
    | {"not-required", "unused", "ignored", "placeholder", "changeme", "default", "string", "local", "localhost"}
    | {"abc123", "bearer", "basic", "true", "false"}
)
"""What people type where a key is demanded and not looked at (guides of Ollama, vLLM, llama.cpp, LM Studio; KAG's own
filler), and the user names that everybody has. They occur in texts for their own sake."""

_NAMES_A_KEY: Final = re.compile(
    r"\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN)\}?|(?i:(?:[a-z]+[ _-])*api[ _-]?key(?:[ _-][a-z]+)*)"
)
"""What says whose key belongs here in place of the key: a variable's name, or words as in KAG's examples
(``put your openai api key here``)."""

_OPEN: Final = (
    "application/json",
    "application/x-ndjson",
    "text/event-stream",
    "text/plain",
    "text/html; charset=utf-8",
    "chat/completions",
    "chat.completion.chunk",
    "api/embeddings",
    "http://localhost",
    "http://127.0.0.1",
    "http://0.0.0.0",
    "host.docker.internal",
    "host.containers.internal",
    "gateway.docker.internal",
    "host.lima.internal",
    "host.minikube.internal",
    "172.17.0.1:11434",
    "Unauthorized",
    "authorization",
    "Authentication",
)
"""What every such service says, whatever a key contains."""

_HARMLESS_NAMES: Final = frozenset({"api-version", "api_version", "version", "accept", "content-type", "user-agent"})
_NAMES_SECRET: Final = re.compile(r"(?i)key|token(?!s|iz)|secret|passw|pwd|credential|signature|\bsig\b|auth(?!ors?$)")
_PLAIN_WORD: Final = re.compile(r"[A-Za-z]+(?:[-_. /][A-Za-z]+)*|[\d.:-]*|[\w.+-]+/[\w.+;= -]+")
_TOKEN: Final = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w~+=-]{20,}|(?:sk|gsk|hf|xai|pk|ghp)[-_][\w-]{8,}")
"""A part of a path that is a token and no name: long, of letters and digits without a dot."""


class _Index(NamedTuple):
    """What is looked for: runs of letters and digits, runs of whatever is no blank, and short secrets as a whole."""

    letters: frozenset[str]
    signs: frozenset[str]
    whole: re.Pattern[str] | None


class _Learned:
    """What is known by now; ``version`` grows with it, so that what was made of less is made again."""

    def __init__(self) -> None:
        self.secrets: dict[str, None] = {}
        self.open: dict[str, None] = dict.fromkeys(_OPEN)
        self.own: dict[str, None] = {}
        self.version = 0

    def add(self, to: dict[str, None], value: str) -> None:
        if value not in to:
            to[value] = None
            self.version += 1


_learned = _Learned()


def remember(value: str) -> None:
    """Take ``value`` for a secret from now on: a key, a password, an ``Authorization``, or a URL with a login in it."""
    if len(value) >= SHORTEST:
        _learned.add(_learned.secrets, value)


def remember_url(url: str) -> None:
    """Take the login, the values of the query and the tokens in the path of ``url`` for secrets."""
    if any(sign in url for sign in "@?=") or _TOKEN.search(url):
        for each in _of_url(url):
            remember(each)


def remember_word(name: str, value: str) -> None:
    """Take ``value``, which stands under ``name`` in a header or a body, for a secret, unless it is surely none."""
    if _NAMES_SECRET.search(name) or not (name.lower() in _HARMLESS_NAMES or _PLAIN_WORD.fullmatch(value)):
        remember(value)


def open_words(words: Iterable[str]) -> None:
    """Never mask ``words``: the configuration says them openly."""
    for word in words:
        if len(word) >= SHORTEST:
            _learned.add(_learned.open, word)


def own_words(text: str) -> None:
    """Never mask what netdiag's own ``text`` says, although somebody's password is such a word."""
    _learned.add(_learned.own, text)


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Forget afterwards what is learned meanwhile: tests share a process, runs do not."""
    before = dict(_learned.secrets), dict(_learned.open)
    try:
        yield
    finally:
        _learned.secrets, _learned.open = before
        _learned.version += 1


def masked(text: str) -> str:
    """Return ``text`` with a mask for each run of a known secret."""
    if not _learned.secrets or len(text) < SHORTEST:
        return text
    return _masked(text, _learned.version)


@lru_cache(4096)
def _masked(text: str, version: int) -> str:
    index = _index(version)
    if not _may_hold_one(text, index):
        return text
    hits = bytearray(len(text))
    places = range(len(text))
    _search(View(text, list(places), [at + 1 for at in places]), index, hits, DEPTH)
    return "".join(_with_masks(text, hits))


def _may_hold_one(text: str, index: _Index) -> bool:
    """Tell whether a closer look is needed: most texts are short, plain and hold nothing."""
    if not text.isascii() or ESCAPED.search(text) or NUMBERS.search(text) or BITS.search(text):
        return True
    joined = "".join(text.split())
    signs = joined.lower()
    letters = re.sub(r"[\W_]+", "", signs)
    if not (index.signs.isdisjoint(_windows(signs)) and index.letters.isdisjoint(_windows(letters))):
        return True
    if index.whole and index.whole.search(text):
        return True
    encoded = (*(data for _, _, data in hex_bytes(letters)), *(data for _, _, data in base64_bytes(joined)))
    return any(map(PRINTED.search, encoded))


def _windows(text: str) -> Iterator[str]:
    return (text[at : at + RUN] for at in range(len(text) - RUN + 1))


def _with_masks(text: str, hits: bytearray) -> Iterator[str]:
    at = 0
    for run in re.finditer(rb"\x01+", bytes(hits)):
        yield text[at : run.start()]
        yield MASK
        at = run.end()
    yield text[at:]


def _search(view: View, index: _Index, hits: bytearray, depth: int) -> None:
    """Mark in ``hits`` where a secret is in ``view``."""
    for each in unescaped(view):
        signs = without_blanks(each)
        alone = letters_only(signs)
        _mark(signs, index.signs, hits)
        _mark(alone, index.letters, hits)
        if index.whole:
            for found in index.whole.finditer(each.text):
                _hit(each, found.start(), found.end(), hits)
        if depth:
            for inner in (*numbers(each), *of_hex(alone), *of_base64(without_blanks(each, fold=False))):
                _search(inner, index, hits, depth - 1)


def _mark(view: View, runs: frozenset[str], hits: bytearray) -> None:
    text = view.text
    for at in range(len(text) - RUN + 1):
        if text[at : at + RUN] in runs:
            _hit(view, at, at + RUN, hits)


def _hit(view: View, begin: int, end: int, hits: bytearray) -> None:
    start, stop = view.starts[begin], view.ends[end - 1]
    hits[start:stop] = b"\x01" * (stop - start)


@lru_cache(2)
def _index(_: int) -> _Index:
    """Return what is looked for, made again when more is known."""
    parts = {
        part: None for value in tuple(_learned.secrets) for part in _parts(value) if part.lower() not in PLACEHOLDERS
    }
    own = "\n".join(tuple(_learned.own)).lower()
    said = {run for word in tuple(_learned.open) for run in (*_runs(word), *_runs(_letters_of(word)))}
    signs, letters, whole = set[str](), set[str](), list[str]()
    for part in parts:
        if len(part) < SHORTEST or _NAMES_A_KEY.fullmatch(part):
            continue
        if len(part) < RUN:
            if not (part.isdecimal() or part in _learned.open or re.search(rf"\b{re.escape(part.lower())}\b", own)):
                whole.append(part)
            continue
        found = _both_ways(part) | _both_ways(_letters_of(part))
        found -= said if not _PLAIN_WORD.fullmatch(part) else said | {run for run in found if run in own}
        signs |= found
        letters |= {run for run in found if run.isalnum()}
        if len(parts) <= _MOST:
            letters |= {run for case in (part, part.upper(), part.lower()) for run in _encoded(case)}
    pattern = "|".join(re.escape(each) for each in sorted(whole, key=len, reverse=True))
    alone = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])") if whole else None
    return _Index(frozenset(letters), frozenset(signs), alone)


def _both_ways(text: str) -> set[str]:
    return {*_runs(text), *_runs(text[::-1])}


def _letters_of(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _encoded(part: str) -> Iterator[str]:
    """Yield the runs of what cannot be read back, once a host name has been put into lower case, or that is rare."""
    data = part.encode("utf-8", "surrogatepass")
    for shift in range(5):
        if shift < 3:
            text = base64.b64encode(b"\0" * shift + data).decode().rstrip("=").lower()
            yield from _runs(_letters_of(text[(shift * 8 + 5) // 6 : -1]), 12)
        text = base64.b32encode(b"\0" * shift + data).decode().rstrip("=").lower()
        yield from _runs(text[(shift * 8 + 4) // 5 : -1], 12)
    for text in (base64.b85encode(data).decode(), base64.a85encode(data).decode()):
        yield from _runs(_letters_of(text), 12)
    yield from _runs(_letters_of(codecs.encode(part, "rot13")))


def _runs(text: str, least: int = RUN) -> Iterator[str]:
    plain = "".join(_plain_text(text))
    if len(plain) >= least:
        yield from (plain[at : at + RUN] for at in range(len(plain) - RUN + 1))


def _plain_text(text: str) -> Iterator[str]:
    return (plain for c in text for plain in plain_form(c, fold=True))


def _parts(value: str) -> Iterator[str]:
    """Yield what is secret in a value: of an ``Authorization`` the credentials, of a URL all but the address."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() in ("basic", "bearer") and rest:
        yield from _parts(rest.strip())
        if scheme.lower() == "basic":
            try:
                login = base64.b64decode(rest, validate=True).decode("utf-8", "replace")
            except ValueError:
                return
            yield from filter(None, login.partition(":")[::2])
    elif "://" in value:
        yield from _of_url(value)
    else:
        yield value


def _of_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    login = parts.netloc.rpartition("@")[0]
    for piece in (login, *login.partition(":")[::2]):
        yield from dict.fromkeys((piece, unquote(piece)))
    for name, value in parse_qsl(parts.query):
        if _NAMES_SECRET.search(name) or not (name.lower() in _HARMLESS_NAMES or _PLAIN_WORD.fullmatch(value)):
            yield value
    yield from (each for piece in parts.path.split("/") if _TOKEN.fullmatch(each := unquote(piece)))
