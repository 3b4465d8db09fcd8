"""What a pasted text can mean: the findings it is told as, the most likely first, and the command that decides. Pure.

Many texts fit several causes, and ``Connection error.`` fits all: the text only ranks, a call decides.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from netdiag import failures
from netdiag.findings import ollama, service, typed
from netdiag.findings.pasted.answers import without_frames
from netdiag.findings.pasted.causes import CAUSES, HIDES, VAGUER, Cause
from netdiag.findings.pasted.reading import Reading, readings
from netdiag.findings.pasted.text import Taken, address, taken
from netdiag.findings.pasted.values import values
from netdiag.model.report import Finding
from netdiag.text import shown
from netdiag.wording import details

_LINE: Final = 160
"""Characters of a line that are shown as what was said."""


def read(text: str) -> tuple[Finding, ...]:
    """Return what ``text`` can mean, the most likely first; nothing where it is none that is known.

    Keys are dropped from the text before anything else is done with it; none is in what is returned.
    """
    told = taken(text)
    found = [*_of_ollama(told.said), *_of_configuration(told)]
    read_of_it = readings(told)
    for reading in read_of_it:
        found += _of_reading(reading, told)
    by_code = {finding.code: finding for finding in reversed(found)}
    codes = [code for code in dict.fromkeys(finding.code for finding in found) if not _says_less(code, by_code)]
    if len(read_of_it) > 1 and codes[0] not in HIDES:
        codes.sort(key=HIDES.__contains__)
    return tuple(by_code[code] for code in codes)


def _says_less(code: str, than: Collection[str]) -> bool:
    """Tell whether another of the codes says the same as ``code``, and more."""
    return not VAGUER.get(code, frozenset()).isdisjoint(than)


def _of_reading(reading: Reading, told: Taken) -> Iterator[Finding]:
    cause = CAUSES.get(reading.failure)
    if cause is None:
        code = service.code_of(reading.failure)
        yield _finding(code or "ND492", told, reading, Cause(()))
        return
    codes: tuple[str, ...] = getattr(cause, reading.part)
    for code in codes:
        if code == "ND103" and reading.host and not re.search("[A-Za-z]", reading.host):
            if reading.failure != failures.DNS_FAILED:
                continue  # an address is no name
            reading = reading._replace(host="", port="")
        if code == "ND204" and not {"seconds", "ms"} & reading.more.keys():
            code = "ND491" if reading.part == "untold" else "ND490"  # noqa: PLW2901 - how long is not told
        yield _finding(code, told, reading, cause)


def _finding(code: str, told: Taken, reading: Reading, cause: Cause) -> Finding:
    said = shown(reading.said or _line_of(told.said, reading.span))[:_LINE]
    more = {"reason": cause.reason, "fault": cause.reason, "said": said}
    answered = {name: shown(value) for name, value in details.told(reading.failure, told.said).items()}
    return Finding(code, "", {**values(told, reading), **more, **answered}, (said,))


def _of_ollama(said: str) -> Iterator[Finding]:
    """Yield what is wrong with a value of ``OLLAMA_HOST``, unless it is at the end, where it may be cut short."""
    whole = re.sub(r"[^\s\"'”]*$", "", said) if "OLLAMA_HOST" in said else ""
    for finding in typed.ollama_hosts("", whole):
        if finding.code == "ND517" or not re.search("[“”‘’]", finding.values["value"]):
            yield finding
    match = re.search(r"listen tcp: lookup (?P<host>\S+?)(?: on \S+)?: no such host", said)
    match = match or re.search(r"listen tcp (?P<host>[\d.]+):\d+: bind: cannot assign", said)
    if match:
        value = shown(match["host"])
        yield Finding("ND514", shown(match[0]), {"value": value, "host": value, "suggestion": "0.0.0.0:11434"})


def _of_configuration(told: Taken) -> Iterator[Finding]:
    """Yield what is wrong with the configuration that was printed, whatever the error says."""
    base_url = told.base_url or next(iter(told.urls), "")
    host, port, _ = address(base_url)
    here = Reading("", host=host, port=port)
    meant = typed.meant_host(host) if host else ""
    if meant:
        mended = re.sub(re.escape(host), meant, base_url, count=1, flags=re.IGNORECASE)
        yield _mended("ND430", told, here, mended, meant=meant)
    slash = re.match(r"(?i)(https?):/(?!/)", base_url)
    if slash or (told.base_url and "://" not in base_url and told.type.lower() not in ("", "ollama")):
        rest = base_url[slash.end() :] if slash else base_url
        reason = "scheme_typo" if slash else "no_scheme"
        yield _mended("ND503", told, here, f"{slash[1] if slash else 'http'}://{rest}", reason=reason)
    if told.base_url and (fault := _path_fault(told, port)):
        finding = _mended("ND519", told, here, "", reason=fault)
        yield finding._replace(values={**finding.values, "suggestion": values(told, here)["suggestion"]})


def _mended(code: str, told: Taken, here: Reading, url: str, **more: str) -> Finding:
    mended = {"suggestion": shown(url), "corrected": "yes", **more}
    said = shown(told.base_url or next(iter(told.urls), ""))
    return Finding(code, "", {**values(told, here), **mended, "said": said}, (said,))


def _path_fault(told: Taken, port: str) -> str:
    """Return what is surely wrong with the path of an Ollama's base_url, in the words of netdiag.kag.paths."""
    if port != str(ollama.PORT) or "://" not in told.base_url:
        return ""
    path = re.sub(r"^\w+://[^/]*", "", told.base_url).rstrip("/")
    if told.type.lower() == "ollama" and told.kind == "chat":
        return "path_v1_surplus" if path.endswith("/v1") else ""
    return "path_v1_missing" if told.type in ("openai", "maas") and not path else ""


def _line_of(text: str, span: tuple[int, int]) -> str:
    """Return the line in which ``span`` is, without the frames of a trace, or the part of a long one around it."""
    start = text.rfind("\n", 0, span[0]) + 1
    end = text.find("\n", span[1])
    line = without_frames(text[start : end if end >= 0 else len(text)]).strip()
    if len(line) <= _LINE:
        return line
    part = without_frames(text[max(start, span[0] - 40) : span[1] + 80]).strip()
    return part.partition(" ")[2] or part if span[0] - 40 > start else part  # not from within a word
