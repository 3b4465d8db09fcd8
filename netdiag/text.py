"""What may reach a terminal, a file or a log: secrets that do not print, and text that cannot drive a terminal."""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "******"
"""What stands for a secret. OpenSPG's own web page masks with the same six stars (facts: KAG issue 235)."""

LIMIT: Final = 400
"""Characters kept of one piece of text from outside, so that a page of HTML stays one line of a report."""

_USERINFO: Final = re.compile(r"(?<=//)(?!USER@[^@/?#\s]*(?:[/?#\s]|$))[^/?#\s]*@")
"""What stands before the host of a URL, but for ``USER``, by which our own commands say what has to be put there."""

_SECRET_PARAMETER: Final = re.compile(
    r"(?i)([?&;](?:[\w.-]*(?:key|token|secret|password|passwd|pwd|auth|signature|sig))=)[^&#\s]*"
)


class Secret:
    """A value that is used but never shown: ``str()``, ``repr()`` and ``format()`` give the mask.

    Deliberately not a ``str``: joining, logging or serialising it by accident cannot leak it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself; every caller of this is a place to review."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


def printable(text: str, limit: int = LIMIT) -> str:
    """Return ``text`` on one line, without control or direction characters, at most ``limit`` characters long.

    CWE-150: a model server's answer must not be able to move the cursor, set the clipboard (OSC 52) or reorder
    what is read (bidirectional overrides, Unicode category Cf).
    """
    if len(text) <= limit and text.isprintable():
        return " ".join(text.split())
    head = text[: limit * 4]
    line = " ".join("".join(c if c.isprintable() else " " for c in head).split())
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1] + "…"


def without_secrets(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return ``text`` with user-info and secret parameters of URLs, and every given secret, masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), MASK)
    if "@" in text:
        text = _USERINFO.sub(f"{MASK}@", text)
    return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", text) if "=" in text else text


def shown(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return text from outside as it may be shown: masked first, then made printable."""
    return printable(without_secrets(text, secrets))


def host_port(host: str, port: int) -> str:
    """Return ``172.18.0.1:11434``; an IPv6 address stands in brackets, as in a URL (RFC 3986, 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_integer(text: str) -> bool:
    """Tell whether Python's ``int`` takes ``text``, as KAG and the clients it uses read numbers."""
    try:
        int(text)
    except ValueError:
        return False
    return True
