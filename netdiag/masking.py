"""Find the secrets of this run in text from outside, however a server writes them, and put a mask in their place.

A secret is known from when it is read (:class:`netdiag.text.Secret`, :func:`remember_url`). Of every known one each run
of :data:`RUN` characters is looked for: in any case, with blanks, separators or invisible characters between, reversed,
and as URLs, JSON, HTML, lists of codes, hexadecimal, base64 and base32 write it. A shorter secret is masked as a whole,
where it stands alone. What the configuration says openly (a model, an address) is never masked, although a key may
contain it, nor is a word that a user types because some key is demanded. The time is linear in the text.
"""

import base64
import binascii
import codecs
import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

MASK: Final = "******"
"""What stands for a secret. OpenSPG's own web page masks with the same six stars (facts: KAG issue 235)."""

RUN: Final = 8
"""Characters of a secret that must not be shown in a row: half of what NIST SP 800-63B has guessed online is fewer."""

SHORTEST: Final = 4
"""A shorter value protects nothing, and masking it would garble every text."""

_DEPTH: Final = 2
"""Encodings within encodings that are looked into: base64 of JSON with escapes."""

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

_ESCAPED: Final = re.compile(r"[%\\&=<]|0x|U\+")
_ESCAPE: Final = re.compile(
    r"""(?ix)
    %u(?P<a>[0-9a-f]{4}) | (?:%25)*%(?:25)*(?P<b>[0-9a-f]{2}) | \\+u\{(?P<c>[0-9a-f]{1,6})\} | \\+u(?P<d>[0-9a-f]{4})
    | \\+x\{?(?P<e>[0-9a-f]{2})\}? | (?:&amp;)*&\#x0*(?P<f>[0-9a-f]{1,6});? | (?:&amp;|&)\#x0*(?P<g>[0-9a-f]{1,6});?
    | (?:&amp;|&)\#0*(?P<dec>\d{1,7});? | \\(?P<oct>[01][0-7]{2}) | U\+(?P<h>[0-9a-f]{4,6}) | \b0x(?P<i>[0-9a-f]{2})\b
    | =(?P<j>[0-9A-F]{2}) | \\(?P<same>[-/"'_.]) | (?P<tag><[^<>]{0,80}>)
    """
)
_NUMBERS: Final = re.compile(r"(?<![\w.])\d{2,3}(?:[^\w.]{1,4}\d{2,3}){6,}(?![\w.])")
_BITS: Final = re.compile(r"(?<![01])[01]{7,8}(?:[^\w]{0,3}[01]{7,8}){6,}(?![01])")
_HEX: Final = re.compile(r"[0-9a-f]{14,}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{10,}")
_PRINTED: Final = re.compile(rb"[\x00\t\n\r\x20-\x7e]{7,}")


class _View(NamedTuple):
    """A text and where each of its characters begins and ends in the text that is shown."""

    text: str
    starts: list[int]
    ends: list[int]

    def part(self, text: str, places: Iterable[tuple[int, int]]) -> "_View":
        """Return another text made of this one; ``places`` are where its characters begin and end in this one."""
        pairs = [(self.starts[begin], self.ends[end - 1]) for begin, end in places]
        return _View(text, [begin for begin, _ in pairs], [end for _, end in pairs])


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
    _search(_View(text, list(places), [at + 1 for at in places]), index, hits, _DEPTH)
    return "".join(_with_masks(text, hits))


def _may_hold_one(text: str, index: _Index) -> bool:
    """Tell whether a closer look is needed: most texts are short, plain and hold nothing."""
    if not text.isascii() or _ESCAPED.search(text) or _NUMBERS.search(text) or _BITS.search(text):
        return True
    joined = "".join(text.split())
    signs = joined.lower()
    letters = re.sub(r"[\W_]+", "", signs)
    if not (index.signs.isdisjoint(_windows(signs)) and index.letters.isdisjoint(_windows(letters))):
        return True
    if index.whole and index.whole.search(text):
        return True
    encoded = (*(data for _, _, data in _hex_bytes(letters)), *(data for _, _, data in _base64_bytes(joined)))
    return any(map(_PRINTED.search, encoded))


def _windows(text: str) -> Iterator[str]:
    return (text[at : at + RUN] for at in range(len(text) - RUN + 1))


def _with_masks(text: str, hits: bytearray) -> Iterator[str]:
    at = 0
    for run in re.finditer(rb"\x01+", bytes(hits)):
        yield text[at : run.start()]
        yield MASK
        at = run.end()
    yield text[at:]


def _search(view: _View, index: _Index, hits: bytearray, depth: int) -> None:
    """Mark in ``hits`` where a secret is in ``view``."""
    for each in _unescaped(view):
        signs = _without_blanks(each)
        letters = _letters(signs)
        _mark(signs, index.signs, hits)
        _mark(letters, index.letters, hits)
        if index.whole:
            for found in index.whole.finditer(each.text):
                _hit(each, found.start(), found.end(), hits)
        if depth:
            for inner in (*_numbers(each), *_of_hex(letters), *_of_base64(_without_blanks(each, fold=False))):
                _search(inner, index, hits, depth - 1)


def _mark(view: _View, runs: frozenset[str], hits: bytearray) -> None:
    text = view.text
    for at in range(len(text) - RUN + 1):
        if text[at : at + RUN] in runs:
            _hit(view, at, at + RUN, hits)


def _hit(view: _View, begin: int, end: int, hits: bytearray) -> None:
    start, stop = view.starts[begin], view.ends[end - 1]
    hits[start:stop] = b"\x01" * (stop - start)


def _unescaped(view: _View) -> Iterator[_View]:
    """Yield the text as it stands, and as it is once the escapes in it are read, as often as there are some."""
    yield view
    for _ in range(_DEPTH):
        if not _ESCAPED.search(view.text):
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


def _without_blanks(view: _View, *, fold: bool = True) -> _View:
    """Return the text without blanks and invisible characters, each letter in its plainest form."""
    if fold and view.text.isascii():
        pairs = [(c, at) for at, c in enumerate(view.text.lower()) if c > " " and c != "\x7f"]
    else:
        pairs = [(plain, at) for at, c in enumerate(view.text) for plain in _plain(c, fold=fold)]
    return view.part("".join(c for c, _ in pairs), ((at, at + 1) for _, at in pairs))


def _plain(character: str, *, fold: bool) -> str:
    if character.isascii():
        return "" if character <= " " or character == "\x7f" else character.lower() if fold else character
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in plain if unicodedata.category(c)[0] not in "MZC")
    return kept.casefold() if fold else kept


def _letters(view: _View) -> _View:
    pairs = [(c, at) for at, c in enumerate(view.text) if c.isalnum()]
    return view.part("".join(c for c, _ in pairs), ((at, at + 1) for _, at in pairs))


def _numbers(view: _View) -> Iterator[_View]:
    """Yield what lists of character codes mean: decimal, octal, bits."""
    for found in _NUMBERS.finditer(view.text):
        numbers = [(m.start() + found.start(), m[0]) for m in re.finditer(r"\d+", found[0])]
        for base in (10, 8) if not re.search("[89]", found[0]) else (10,):
            yield view.part("".join(chr(int(n, base)) for _, n in numbers), ((at, at + len(n)) for at, n in numbers))
    for found in _BITS.finditer(view.text):
        bits = [(m.start() + found.start(), m[0]) for m in re.finditer(r"[01]{7,8}", found[0])]
        yield view.part("".join(chr(int(n, 2)) for _, n in bits), ((at, at + len(n)) for at, n in bits))


def _of_hex(view: _View) -> Iterator[_View]:
    for begin, width, data in _hex_bytes(view.text):
        yield from _printed(view, data, begin, width)


def _of_base64(view: _View) -> Iterator[_View]:
    for begin, width, data in _base64_bytes(view.text):
        yield from _printed(view, data, begin, width)


def _hex_bytes(text: str) -> Iterator[tuple[int, tuple[int, int], bytes]]:
    """Yield what hexadecimal digits can mean: where they begin, how many stand for how many bytes, and those."""
    for found in _HEX.finditer(text):
        for shift in (0, 1):
            digits = found[0][shift:]
            yield found.start() + shift, (2, 1), bytes.fromhex(digits[: len(digits) // 2 * 2])


def _base64_bytes(text: str) -> Iterator[tuple[int, tuple[int, int], bytes]]:
    """Yield the same of base64, of either alphabet; where a group of four begins is not known."""
    for found in _BASE64.finditer(text):
        for shift in range(4):
            run = found[0][shift:].replace("-", "+").replace("_", "/")
            run = run[:-1] if len(run) % 4 == 1 else run
            yield found.start() + shift, (4, 3), binascii.a2b_base64(run + "=" * (-len(run) % 4))


def _printed(view: _View, data: bytes, begin: int, width: tuple[int, int]) -> Iterator[_View]:
    """Yield what is text in ``data``, which stands in ``view`` from ``begin`` on."""
    signs, octets = width
    for run in _PRINTED.finditer(data):
        at = range(run.start(), run.end())
        places = ((begin + each * signs // octets, begin - (-(each + 1) * signs // octets)) for each in at)
        yield view.part(run[0].decode("ascii"), places)


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
    return (plain for c in text for plain in _plain(c, fold=True))


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
