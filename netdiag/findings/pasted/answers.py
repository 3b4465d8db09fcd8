"""What a service answered, as a client printed it: a status, and the words of whoever answered. Pure.

What the words mean :mod:`netdiag.wording` alone says. Here is only where an answer begins and whether all of it is
there: of one that was cut off, and of a status by itself, nothing is concluded but what every such answer means.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from netdiag import failures, wording
from netdiag.findings.pasted import words as word
from netdiag.findings.pasted.keys import KeyState


class Answer(NamedTuple):
    """``failure`` and the words it was told by; ``certain`` where the words, not the status alone, tell it."""

    failure: str
    status: int
    said: str
    certain: bool
    span: tuple[int, int]


_STATUS: Final = re.compile(
    r"""(?ix)
    (?:error\ code:|status[ _]code:?=?|\bstatus=|\bstatus:|
       ['"]status(?:_?code)?['"]:|HTTP/1\.[01]\"?|HTTP/2|HTTP\ Error|returned\ error:|
       \bERROR(?=\ \d{3}:)|response\ code:|indicate\ success:|(?:client|server)\ error\ '|
       \bHTTP\ (?:状态码)?|状态码[:：]?|
       awaiting\ response\.{3}|<title>|UnexpectedStatusCode|\bcode=)
    \s{0,3}(?P<status>[45]\d\d)\b(?!\.\d)(?![:.]\d|\s{0,2}(?:ms|px|MB|KB|GB|B/s|tokens?|bytes|/))
    | \b(?P<before>[45]\d\d)\ (?:client\ error|server\ error|bad\ gateway|not\ found|unauthorized|forbidden|
       service\ (?:temporarily\ )?unavailable|too\ many\ requests|page\ not\ found|request\ entity\ too|payload\ too|
       payment\ required|method\ not|
       gateway\ time-?out|internal\ server\ error|bad\ request)
    | \b(?P<named>[45]\d\d),\ message='
    | ^(?P<bare>[45]\d\d)(?=\ ?\{)
    """,
    re.MULTILINE,
)
_MOST: Final = 8
"""Statuses of one text that are read."""

_READ: Final = 4_000
"""Characters of an answer whose words are read."""

_BY_WORDS_ALONE: Final = (400, 401, 403, 404, 429, 500, 503)
"""Statuses that an answer may have had whose status is not in the text."""

_BY_STATUS_TOO: Final = (failures.UPSTREAM_FAILED,)
"""What words mean only beside a status: a client says of its own connect what a gateway says of its upstream."""

_ON_PAGES: Final = ("Cloudflare", "firewalls")
"""Whose rows are words of web pages, which are told by their status or by shapes of their own."""

_OF_A_GATEWAY: Final = re.compile(
    r"""(?i)do[_ ]request[_ ]failed|litellm\.\w{3,60}error|['"]error['"]: ?\{ ?['"]message['"]|"""
    r"upstream (?:connect error|request timeout|service)|no healthy upstream|bad[_ ]response[_ ]status[_ ]code|上游"
)
"""What only a gateway prints, or an answer: what it says of a connection is not its caller's."""

_FRAMES: Final = re.compile(
    r"(?:\sat [\w.$/<>@]{3,300}\([^)\n]{0,300}\)?|\s\.{3} \d+ more\b|\nCaused by: |\n {1,8}File \").*", re.DOTALL
)
_OPEN: Final = re.compile(r"""['"]:[ ]?(['"])(?:(?!\1)[^\n])*\Z""")
_MESSAGE: Final = re.compile(
    r"""['"](?:message|msg|detail|error)['"]\s?:\s?(?:"((?:[^"\\]|\\.){1,2000})"|'([^'\n]{1,2000})')"""
)


def answers(text: str, key: KeyState) -> Iterator[Answer]:
    """Yield each answer that ``text`` tells, in its order; ``key`` is what stood in the key's place."""
    found = [match for _, match in zip(range(_MOST), _STATUS.finditer(text), strict=False)]
    seen: set[tuple[str, int]] = set()
    for number, match in enumerate(found):
        start = text.rfind("\n", 0, match.start()) + 1 if number == 0 else found[number - 1].end()
        end = next((each.start() for each in found[number + 1 :] if _of(each) != _of(match)), len(text))
        answer = _read(_of(match), text[start:end], match.end() - start, key)
        if (answer.failure, answer.status) not in seen:
            seen.add((answer.failure, answer.status))
            yield answer._replace(span=match.span())
    if not found and (failure := _by_words_alone(text)):
        yield Answer(_of_key(failure, key), 0, message(text), certain=True, span=(0, 0))


def message(text: str) -> str:
    """Return what the service says in ``text``: its message, else the text up to the first frame of a trace."""
    found = _MESSAGE.search(text)
    said = (found[1] or found[2]) if found else _FRAMES.sub("", text)
    return re.sub(r"<[^>]{0,200}>|\s+", " ", said).strip()


def without_frames(text: str) -> str:
    """Return ``text`` up to the first frame of a trace."""
    return _FRAMES.sub("", text) or text


def _of(match: re.Match[str]) -> int:
    return int(match["status"] or match["before"] or match["named"] or match["bare"])


def _read(status: int, text: str, body_at: int, key: KeyState) -> Answer:
    """Return what the answer in ``text`` means, whose status ends at ``body_at``."""
    body = text[body_at:]
    alone, said = wording.meaning(status, ""), message(text)
    by_words = wording.meaning(status, _readable(text))
    if by_words and (by_words != alone or wording.meaning(_neutral(alone), _readable(text)) == by_words):
        return Answer(_of_key(by_words, key), status, said, certain=True, span=(0, 0))
    if not by_words or by_words == failures.SERVICE_UNAVAILABLE:
        by_words = _by_words_alone(text)
        if by_words:  # a gateway puts a status of its own before the words of a service
            return Answer(_of_key(by_words, key), status, said, certain=True, span=(0, 0))
    if status == 402:
        return Answer(failures.OUT_OF_CREDIT, status, said, certain=True, span=(0, 0))
    is_object = bool(re.match(r"[\s\w:\-–'\",.>/]{0,60}\{", body))
    if is_object and _is_whole(body):
        return Answer(_of_key(_by_status(status, alone), key), status, said, certain=True, span=(0, 0))
    if status in (502, 503, 504) and not is_object:
        return Answer(word.GATEWAY, status, said, certain=False, span=(0, 0))
    return Answer(word.STATUS, status, said, certain=False, span=(0, 0))


def _by_status(status: int, alone: str | None) -> str:
    """Return what an error object means whose words say no more than its status; those of 403, 404 and 503 are many."""
    if status in (403, 404, 405, 503) or alone == failures.PROXY_FAILED:
        return word.STATUS
    if alone:
        return alone
    return failures.REQUEST_REFUSED if status < 500 else failures.SERVER_ERROR


def _of_key(failure: str, key: KeyState) -> str:
    if failure == failures.KEY_REFUSED and key:
        return failures.KEY_MASKED if key == "mask" else failures.KEY_MISSING
    return failure


def _neutral(alone: str | None) -> int:
    """Return a status that by itself means nothing, to see whether words mean the same as the status."""
    return 404 if alone is None else 400


def _by_words_alone(text: str) -> str:
    """Return what the words of an answer mean whose status is not told; nothing of a resolver or database."""
    if not _OF_A_GATEWAY.search(text) and re.search(
        r"(?i)lookup |no such host|resolve|getaddrinfo|dial tcp|HostException|model not found at|"
        r"Neo\.ClientError|Access denied for user",
        text,
    ):
        return ""
    said = _readable(text)
    without = () if _OF_A_GATEWAY.search(text) else _BY_STATUS_TOO
    rows = (wording.row_of(status, said) for status in _BY_WORDS_ALONE)
    fitting = [row for row in rows if row and row.means not in without and row.service not in _ON_PAGES]
    means = min(fitting, key=wording.ROWS.index).means if fitting else ""
    is_cut = means == failures.KEY_EXPIRED and re.search(r"(?:(?<!该令牌已)过期|失效|expired)\s*\Z", text)
    return failures.KEY_REFUSED if is_cut else means  # "... or wrong" may follow


def _readable(text: str) -> str:
    """Return the text without its frames, and of one that was cut off without the last word, which may be half."""
    text = _FRAMES.sub("", text[:_READ])
    is_whole = _is_whole(text)
    if not is_whole or "billing" not in text:  # Gemini's may go on: "Please retry in 34s", which is no balance
        text = text.replace("exceeded your current quota", "")
    return text if is_whole else re.sub(r"[^\s\"'{}]*$", "", text)


def _is_whole(text: str) -> bool:
    """Tell whether every brace that opens is closed, and the last value in quotes."""
    return text.count("{") <= text.count("}") and not _OPEN.search(text)
