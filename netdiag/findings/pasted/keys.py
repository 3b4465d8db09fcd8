"""Take the keys out of a text that somebody pasted or typed: nobody knows them, so name and shape decide. Pure.

Masked is what stands under a name of a secret, in whatever notation; what follows ``Bearer`` or ``Basic``; what begins
as the keys of providers do; and what is long and as mixed as only chance is. Kept is what a diagnosis needs and what is
no key: names of models, addresses, UUIDs, digests and identities in hexadecimal, which cannot be told from a key unless
one is named. Each pattern begins at a word or a sign and is bounded, so that the time is linear in the text.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Final, Literal

from netdiag.masking import MASK
from netdiag.text import without_logins

KeyState = Literal["", "mask", "missing"]

_QUOTE: Final = r"(?:\\{0,4}[\"'`]|%5C%22|%22|%27|&quot;|&\#3[49];|[“”‘’])"
_NAMED: Final = re.compile(
    rf"""(?ix)
    (?P<name>
        (?:(?<![\w$-])|(?<=%22)|(?<=%27))(?!unique[-_ ]?key|primary[-_ ]?key|foreign[-_ ]?key|max)
        (?:[\w$-]{{0,100}}?(?:key|token|secret|password|passwd|passwort|passphrase|pwd|credentials?|signature|sig|cookie
            |authorization|auth)s?(?:[-_.]?(?:id|value))?(?![\w-])
        |(?:api[ ])(?:key|token|secret)s?(?![\w-])
        |\w{{0,20}}(?:密钥|秘钥|密码|口令|令牌|凭证|凭据)
        # the same as JSON and URLs write them
        |\w{{0,20}}\\{{1,8}}u(?:5bc6\\{{1,8}}u94a5|79d8\\{{1,8}}u94a5|5bc6\\{{1,8}}u7801|4ee4\\{{1,8}}u724c)
        |\w{{0,20}}(?:%E5%AF%86%E9%92%A5|%E7%A7%98%E9%92%A5|%E5%AF%86%E7%A0%81|%E4%BB%A4%E7%89%8C))
    )
    (?P<between>
        {_QUOTE}?(?:\]|\)|[ ]{{0,4}}(?:str(?:ing)?))?
        (?:\s{{0,8}}(?:=>|:=|[:=：＝]|%3A|%3D|&\#58;)|(?<=["'])\s{{0,4}},|(?<=&quot;)\s{{0,4}},|>|[ ]{{0,2}}(?:为|是))
        (?:\s{{0,8}}[|>][-+]?[ ]{{0,8}}\r?\n)?(?:\s|%20|\+(?=\w)){{0,40}}(?:(?:Secret(?:Str)?|str)\(|[bru](?=["']))?
    )
    (?:(?P<quote>{_QUOTE})(?P<quoted>[^"'`“”‘’\r\n]{{0,4000}}?)(?={_QUOTE}|[\r\n]|$)
      |(?P<bare>(?:(?:bearer|basic|token|apikey)(?:[ ]|%20|\+){{1,4}})?[^\s,;}}\])"'&<>，。；]{{1,4000}}))
    """
)
_OPTION: Final = re.compile(
    r"""(?ix)((?<![\w-])--?[\w-]{0,40}(?:key|token|secret|password|passwd|pass|pwd|auth)[\w-]{0,20}(?:\s|['"]|,\s){1,4}
        |(?<![\w-])(?:-u|--user|--proxy-user)[ =]{1,4}["']?[^\s:"']{0,80}:
        |\bmysql(?:dump|admin)?\b[^\n]{0,200}?\s-p(?=\S))
        (?!-)[^\s"',]{1,4000}"""
)
_NOT_KEY_OPTION: Final = re.compile(r"(?i)--(?:api-key|db-password)-(?:env|stdin)\b")
_SCHEME: Final = re.compile(r"(?i)(\b(?:bearer|basic)(?:\s|%20|\+|\\t){1,4}[\"']?)(?!error|auth|realm)[\w.~+/=*%-]{3,}")
_REPEATED: Final = re.compile(
    r"(?i)((?<![A-Za-z])(?:key|token|密钥|令牌)(?: provided| is| was| given)?\s{0,2}[:：]?\s{0,2}[\"'`(（]?)"
    r"(?=[\w.*~+/=-]{0,60}(?:\d|\*))[A-Za-z0-9_.*~+/=-]{6,}"
)
_SHAPES: Final = re.compile(
    r"""(?x)
    (?<![A-Za-z0-9])(?:
        (?:sk|pk|ak|rk|gsk|hf|xai|pplx|ghp|gho|ghs|glpat|github_pat|nvapi|r8|app|fastgpt|csk|tgp|jina|voyage|dop|npm|xox[abp])
        (?:[-_]|%2D|%5F)(?=[\w.*%~-]{0,12}[\d*A-Z]|[\w.*%~-]{12})[\w.*%~-]{6,}
        | AKIA[0-9A-Z]{12,} | ASIA[0-9A-Z]{12,} | AIza[\w-]{20,} | LTAI[\w]{12,} | AKID[\w]{16,} | ya29\.[\w-]{10,}
        | eyJ[\w+/=-]{10,}(?:\.[\w+/=-]{4,}){0,4}
        | [0-9a-f]{32}\.[A-Za-z0-9]{12,}  # Zhipu
    )"""
)
_LONG: Final = re.compile(r"(?<![A-Za-z0-9+_=-])[A-Za-z0-9+_=-]{20,4000}")
_HEX: Final = re.compile(r"(?i)[0-9a-f]+(?:-[0-9a-f]+)*|sha\d+-?[0-9a-f]+|[A-Za-z_]+_[0-9a-f]{8,}|0x[0-9a-f]+")

_NO_KEY: Final = re.compile(r"(?i)[*•]{3,}|your[-_ ]?api[-_ ]?key.*|<.*>|sk-(?:x{3,}|\*+)")
_NOTHING: Final = frozenset({"", "none", "null", "empty", "dummy"})
_NO_SECRET: Final = re.compile(r"(?i)none|null|true|false|\d{1,5}|[({\[].*|required|missing|not|invalid|is|.{0,2}")
"""What stands behind ``api_key:`` or ``max_tokens=`` and is no key; it may tell what is wrong."""


def without_keys(text: str) -> str:
    """Return ``text`` with a mask for every key."""
    return key_state(text)[0]


def key_state(text: str) -> tuple[str, KeyState]:
    """Return the same, and what stood in the place of an api_key that was none."""
    if not text.isascii():  # a key in full-width letters, or with invisible characters in it
        text = "".join(_plain(c) for c in text)
    state: KeyState = ""

    def named(match: re.Match[str]) -> str:
        nonlocal state
        value = (match["quoted"] if match["quote"] else match["bare"] or "").strip()
        if "key" in match["name"].lower() and match.end() < len(text):  # at the end it may be cut short
            state = "mask" if _NO_KEY.fullmatch(value) else "missing" if value.lower() in _NOTHING else state
        if match["bare"] and _NO_SECRET.fullmatch(value):
            return match[0]
        return f"{match['name']}{match['between']}{match['quote'] or ''}{MASK}"

    text = _NAMED.sub(named, text)
    text = _OPTION.sub(lambda found: found[0] if _NOT_KEY_OPTION.match(found[0]) else f"{found[1]}{MASK}", text)
    for pattern in (_SCHEME, _REPEATED):
        text = pattern.sub(rf"\g<1>{MASK}", text)
    text = _SHAPES.sub(MASK, text)
    text = _LONG.sub(_if_mixed(MASK), text)
    return without_logins(text), state


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) in ("Cf", "Mn"):
        return ""
    return unicodedata.normalize("NFKC", character) if "\uff10" <= character <= "\uff5a" else character


def _if_mixed(mask: str) -> Callable[[re.Match[str]], str]:
    return lambda found: mask if _is_mixed(found[0]) else found[0]


def _is_mixed(word: str) -> bool:
    """Tell whether capitals, small letters and digits change as often as in a key: in names they stand in groups.

    By chance 62 % of all neighbours in letters of both cases and digits differ in kind, and 40 % in small letters and
    digits; of ``Qwen2.5-72B-Instruct-GPTQ-Int4`` it is a quarter.
    """
    if _HEX.fullmatch(word) or not any(c.isdigit() for c in word) or not any(c.isalpha() for c in word):
        return False
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in word]
    changes = sum(bool(a and b) and a != b for a, b in pairwise(kinds))
    return changes >= (0.4 if "u" in kinds and "l" in kinds else 0.3) * len(word)
