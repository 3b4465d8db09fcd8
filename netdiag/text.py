"""What may reach a terminal, a file or a log: secrets that do not print, and text that drives nothing.

Two gates. What comes from outside becomes :func:`shown` text before it is made part of anything. And every text passes
:func:`harmless` (JSON :func:`harmless_json`) when its format is complete, whoever wrote the words in it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from netdiag import masking
from netdiag.masking import MASK

LIMIT: Final = 400
"""Characters kept of one piece of text from outside, so that a page of HTML stays one line of a report."""

_USERINFO: Final = re.compile(r"(?<=//)(?!USER(?::PASSWORD)?@[^@/?#\s]*(?:[/?#\s]|$))[^/?#\s]*@")
"""What stands before the host of a URL, but for ``USER`` and ``USER:PASSWORD``, by which our own commands say what has
to be put there."""

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
        masking.remember(value)

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
    """Return ``text`` with user-info and secret parameters of URLs masked, and every secret that is known by now.

    A :class:`Secret` is known from when it was made; naming one in ``secrets`` says where it is expected.
    """
    for secret in secrets:
        masking.remember(secret.reveal())
    return masking.masked(without_logins(text))


def without_logins(text: str) -> str:
    """Return ``text`` with user-info and secret parameters of URLs masked, whatever is known."""
    if "@" in text:
        text = _USERINFO.sub(f"{MASK}@", text)
    return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", text) if "=" in text else text


def shown(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return text from outside as it may be shown: masked first, then made printable."""
    return printable(without_secrets(text, secrets))


_COMMAND: Final = re.compile(
    r"""(?imx)
    ^(?P<blanks>[^\S\n]*)(?P<first>:)(?=:(?![\da-f:.]*(?:[/%\]\s]|$))[\w-])  # GitHub Actions; not an address like ::1
    | (?P<sign>\#)(?=\#(?:\w+)?\[)  # Azure Pipelines and TeamCity; the first also within a line
    | ^(?P<before>[^\S\n]*(?:section|travis_fold))(?=_(?:start|end):|:(?:start|end):)  # GitLab, Travis CI
    """
)
"""What CI services take for a command in the output of a job.

https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (leading blanks do not matter),
https://github.com/microsoft/azure-pipelines-agent/blob/master/src/Agent.Sdk/CommandStringConvertor.cs and Command.cs,
https://www.jetbrains.com/help/teamcity/service-messages.html, https://docs.gitlab.com/ci/jobs/job_logs/.
"""


def harmless(text: str) -> str:
    """Return ``text``, of any number of lines, so that it drives neither a terminal nor a CI service.

    Line feeds and tabulators stay. What cannot be printed is escaped (``\\x1b``, ``\\u202e``), as is a byte of a file's
    name that is no text (``\\xff``), so that different names stay different. A command to a CI service is broken by a
    blank.
    """
    if not _is_printable(text):
        text = "".join(c if c in "\n\t" or _is_printable(c) else _escaped(c) for c in text)
    if "::" in text or "##" in text or "_fold" in text or "section_" in text:
        text = _COMMAND.sub(lambda found: f"{found[0]} ", text)
    return text


def harmless_json(text: str) -> str:
    """Return JSON that drives nothing, and says the same: what cannot be printed, and ``##``, is written as JSON can.

    What is no character at all (a byte of a file's name, RFC 8259, 8.2) is given as :func:`harmless` gives it.
    """
    if not _is_printable(text):
        text = "".join(c if c == "\n" or _is_printable(c) else _escaped_in_json(c) for c in text)
    return text.replace("##", r"\u0023\u0023") if "##" in text else text


def _is_printable(text: str) -> bool:
    return text.isprintable() or all(c.isprintable() or c == "\n" or unicodedata.category(c) == "Zs" for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else character.encode("ascii", "backslashreplace").decode()


def _escaped_in_json(character: str) -> str:
    if 0xD800 <= ord(character) <= 0xDFFF:
        return _escaped(character).replace("\\", "\\\\")
    return json_escape(character)


def json_escape(character: str) -> str:
    """Return a character as JSON writes one that cannot be printed: ``\\u001b``, beyond 16 bits as a pair."""
    pair = character.encode("utf-16-be")
    return "".join(f"\\u{pair[at : at + 2].hex()}" for at in range(0, len(pair), 2))


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
