"""What a pasted text can mean: the findings it is told as, the most likely first, and the command that decides. Pure.

Many texts fit several causes, and ``Connection error.`` fits all: the text only ranks, a call decides.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import failures, wording
from netdiag.findings import ollama, service, typed
from netdiag.findings.pasted.meanings import MEANINGS, Meaning
from netdiag.findings.pasted.text import Taken, taken
from netdiag.findings.pasted.values import values
from netdiag.model.report import Finding
from netdiag.text import shown

_LOOPBACK: Final = re.compile(r"(?i)localhost|.*\.localhost|127(?:\.\d+){1,3}|0\.0\.0\.0|::1?|\[::1?\]")

_BY_SERVICE: Final = re.compile(
    r"(?i)maximum context length|insufficient|arrear|in good standing|invalid.?api.?key|incorrect api key|余额不足|"
    r"欠费|does not support (?:embeddings|chat|generate)|loading model|Authentication Fails|model is required|\bCORS\b|"
    r"model(?: .{1,80})? not found(?! at)|does not exist"
)
"""Words that only a service says, for texts without the status that KAG puts before them."""

_TOLD_BY_KAG: Final = frozenset(
    {None, failures.PATH_NOT_FOUND, failures.SERVICE_UNAVAILABLE, failures.PROXY_FAILED, failures.FORBIDDEN}
)
"""What a status alone means, which the table of texts knows better."""

_LINE: Final = 160
"""Characters of a line that are shown as what was said."""


def read(text: str) -> tuple[Finding, ...]:
    """Return what ``text`` can mean, the most likely first; nothing where it is none that is known.

    Keys are dropped from the text before anything else is done with it; none is in what is returned.
    """
    told = taken(text)
    found = [*typed.ollama_hosts("", told.said), *_of_ollama_start(told.said), *_of_configuration(told)]
    found += _of_refusal(told) or _of_meaning(told)
    by_code = {finding.code: finding for finding in reversed(found)}
    return tuple(by_code[code] for code in dict.fromkeys(finding.code for finding in found))


def _of_refusal(told: Taken) -> list[Finding]:
    """Return what the words of a service mean, which tell more than KAG's around them."""
    words = _BY_SERVICE.search(told.said)
    if not told.status and not words:
        return []
    word = wording.meaning(told.status or 400, told.said)
    if word in _TOLD_BY_KAG:
        return []
    if word == failures.KEY_REFUSED and told.key:
        word = failures.KEY_MASKED if told.key == "mask" else failures.KEY_MISSING
    code = service.code_of(word or "")
    line = _line_of(told.said, words) if words else told.said
    return [_finding(code, told, {"said": shown(line, ())[:_LINE]})] if code else []


def _of_meaning(told: Taken) -> list[Finding]:
    for meaning in MEANINGS:
        match = re.search(meaning.says, told.said, re.IGNORECASE | re.DOTALL | re.MULTILINE)
        if match:
            found = {name: shown(value) for name, value in match.groupdict().items() if value}
            more = (
                {**found, "field": found.get("field") or found.get("name", "")} if "ND421" in meaning.codes else found
            )
            return list(_told(meaning, told, shown(_line_of(told.said, match)), more))
    return []


def _told(meaning: Meaning, told: Taken, said: str, more: Mapping[str, str]) -> Iterator[Finding]:
    said_of_it = {"reason": meaning.reason, "fault": meaning.reason, "said": said, **more}
    is_loopback = bool(_LOOPBACK.fullmatch(told.host))
    is_name = bool(re.search("[A-Za-z]", told.host)) and not is_loopback
    without = {"ND201"} if is_loopback else set()
    if "ND520" in meaning.codes and not is_name:
        without.add("ND103")
    first = ("ND521",) if meaning.at_loopback and is_loopback else ()
    for code in (*first, *meaning.codes):
        if code not in without:
            yield _finding(code, told, said_of_it)


def _of_configuration(told: Taken) -> Iterator[Finding]:
    """Yield what is wrong with the configuration that was printed, whatever the error says."""
    meant = typed.meant_host(told.host) if told.host and told.base_url else ""
    if meant:
        mended = re.sub(re.escape(told.host), meant, told.base_url, count=1, flags=re.IGNORECASE)
        yield _finding("ND430", told, {"meant": meant, "suggestion": shown(mended)})
    slash = re.match(r"(?i)(https?):/(?!/)", told.base_url)
    if slash or (told.base_url and "://" not in told.base_url and told.type.lower() != "ollama"):
        rest = told.base_url[slash.end() :] if slash else told.base_url
        mended = f"{slash[1] if slash else 'http'}://{rest}"
        reason = "scheme_typo" if slash else "no_scheme"
        yield _finding("ND503", told, {"reason": reason, "corrected": "yes", "suggestion": shown(mended)})
    if fault := _path_fault(told):
        yield _finding("ND519", told, {"reason": fault})


def _path_fault(told: Taken) -> str:
    """Return what is surely wrong with the path of an Ollama's base_url, in the words of netdiag.kag.paths."""
    if told.port != str(ollama.PORT) or "://" not in told.base_url:
        return ""
    path = re.sub(r"^\w+://[^/]*", "", told.base_url).rstrip("/")
    if told.type.lower() == "ollama" and told.kind == "chat":
        return "path_v1_surplus" if path.endswith("/v1") else ""
    return "path_v1_missing" if told.type in ("openai", "maas") and not path else ""


def _of_ollama_start(said: str) -> Iterator[Finding]:
    """Yield that an Ollama did not start for what its ``OLLAMA_HOST`` says."""
    match = re.search(r"listen tcp: lookup (?P<host>\S+?)(?: on \S+)?: no such host", said)
    match = match or re.search(r"listen tcp (?P<host>[\d.]+):\d+: bind: cannot assign", said)
    if match:
        value = shown(match["host"])
        yield Finding("ND514", shown(match[0]), {"value": value, "host": value, "suggestion": "0.0.0.0:11434"})


def _line_of(text: str, match: re.Match[str]) -> str:
    """Return the line in which the match is, or the part of a long one around it."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[start : end if end >= 0 else len(text)].strip()
    return line if len(line) <= _LINE else text[max(start, match.start() - 40) : match.end() + 80].strip()


def _finding(code: str, told: Taken, more: Mapping[str, str]) -> Finding:
    said = more.get("said") or shown(told.said)[:_LINE]
    return Finding(code, "", {**values(told), **more, "said": said}, (said,))
