"""Keys that are none: masks, placeholders, and words that stand for "no key". Pure.

Patterns are compiled when a key was refused, not when this is imported.
"""

import re
from typing import Final

FILLERS: Final = frozenset(
    {"", "dummy", "empty", "none", "null", "nil", "no", "any", "test", "n/a", "not-needed", "abc123"}
)
"""What is written where a service needs no key; ``dummy`` is what KAG itself sends from 0.7 on, ``abc123`` what it
sends for embeddings since July 2025."""

_MASK: Final = r"(?s).*[*•●＊]{3,}.*|[xX]{3,}|\.{3,}|…+"
"""OpenSPG's page shows six stars and can save them as the key (KAG issue 235); consoles show ``sk-ab****yz``."""

_PLACEHOLDER: Final = (
    r"(?i)\s*(?:<.*>|\{.*\}|\[.*\]|sk-(?:x{3,}|\.{2,})|(?:your|my)[-_ ].*|(?:open)?ai[-_ ]?key|api[-_ ]?key|key|"
    r".*(?:替换|你的|您的|填写|请输入|密钥).*)\s*"
)


def is_mask(key: str) -> bool:
    """Tell whether a key is only the picture of one: stars, ``sk-ab****yz``, or what an example says to replace."""
    return bool(re.fullmatch(_MASK, key) or re.fullmatch(_PLACEHOLDER, key))


def is_filler(key: str) -> bool:
    """Tell whether a key stands for "none is needed"."""
    return key.strip().lower() in FILLERS
