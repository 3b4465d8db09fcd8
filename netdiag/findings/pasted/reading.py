"""Turn a pasted text into readings: what failed, where, who answered with what, and how certain that is. Pure.

A text may be cut anywhere, so nothing is taken from its edge that could go on: an address is one only where its end is
seen, and what an answer says is its meaning only where the answer is whole.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from netdiag import failures
from netdiag.findings.pasted import words as word
from netdiag.findings.pasted.answers import Answer, answers
from netdiag.findings.pasted.shapes import Shape, compiled, lowered
from netdiag.findings.pasted.text import Taken, addresses
from netdiag.platform import names

Part = Literal["own", "loopback", "host", "other", "untold"]
"""Whose address it is: another part of OpenSPG, the container itself, its host, somebody's, or none that is told."""

_LOOPBACK: Final = re.compile(r"(?i)localhost|.*\.localhost|127(?:\.\d+){1,3}|0\.0\.0\.0|::1?|0")
_OWN: Final = re.compile(r"(?i)openspg-|(?:^|-)(?:neo4j|mysql|minio)$")
_OWN_NAMES: Final = ("release-openspg-", "openspg-", "neo4j", "mysql", "minio")
OWN_PORTS: Final = {
    "7687": "neo4j",
    "7474": "neo4j",
    "3306": "mysql",
    "9000": "minio",
    "9001": "minio",
    "8887": "server",
}
"""Ports in OpenSPG's compose file, and whose they are."""

_HOST: Final = re.compile(r"172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.1|192\.168\.65\.(?:1|2|254)|10\.0\.2\.2|169\.254\.1\.2")
"""Gateways of Docker's pools, Docker Desktop's host, and those of slirp4netns and pasta."""

_MATCHES: Final = 4
"""Places of one shape that are looked at."""


class Reading(NamedTuple):
    """One thing that a text tells; what it does not tell is empty, ``status`` 0.

    ``certain`` is false where the text fits other causes too. ``more`` holds what a shape found beside the address, by
    name. ``span`` is where in the text it stands.
    """

    failure: str
    part: Part = "untold"
    host: str = ""
    port: str = ""
    path: str = ""
    status: int = 0
    said: str = ""
    certain: bool = True
    span: tuple[int, int] = (0, 0)
    more: Mapping[str, str] = {}


def readings(told: Taken) -> tuple[Reading, ...]:
    """Return what the text tells, the most telling first; nothing of what something more telling says already."""
    answered = tuple(_of_answer(each) for each in answers(told.said, told.key))
    failed = tuple(_of_shapes(told))
    found = sorted((*answered, *failed), key=_level)
    level = _level(found[0]) if found else 0
    return tuple(each for each in found if _level(each) == level or each.failure == word.HIDDEN_EMBEDDING)


def part_of(host: str, port: str, *, configured: bool = False) -> Part:
    """Return whose address this is; the port alone tells OpenSPG's own parts unless a model is configured there."""
    if _OWN.search(host) or (port in OWN_PORTS and not configured):
        return "own"
    if not host:
        return "untold"
    if _LOOPBACK.fullmatch(host):
        return "loopback"
    return "host" if host.lower() in names.ALL or _HOST.fullmatch(host) else "other"


_GENERAL: Final = frozenset({word.LATE, word.NOT_CONNECTED, word.ANY_CONNECTION, word.STATUS, failures.TLS_FAILED})
_OF_STATUS: Final = frozenset({word.GATEWAY, failures.REQUEST_REFUSED, failures.SERVER_ERROR})
_HIDING: Final = (
    word.NOT_IMPLEMENTED,
    word.HIDDEN_BY_PROXY,
    word.HIDDEN_EMBEDDING,
    word.HIDDEN_POOL,
    word.HIDDEN_BY_RETRIES,
    word.HIDDEN_BY_JAVA,
    word.HIDDEN,
)


def _level(reading: Reading) -> int:
    """Return 0 for what tells a cause, more for what leaves several, and most for what hides it."""
    if reading.failure in _HIDING:
        return 3 + _HIDING.index(reading.failure)
    if reading.failure in _GENERAL:
        return 2
    return 1 if reading.failure in _OF_STATUS else 0


def _of_answer(answer: Answer) -> Reading:
    return Reading(answer.failure, status=answer.status, said=answer.said, certain=answer.certain, span=answer.span)


def _of_shapes(told: Taken) -> Iterator[Reading]:
    """Yield a reading for each failure and whose address it was at; one without an address where none is told."""
    seen: set[tuple[str, Part]] = set()
    text = lowered(told.said)
    for shape, pattern in compiled():
        named = any(group.startswith(("host", "name")) for group in pattern.groupindex)
        for number, match in enumerate(pattern.finditer(text)):
            if number == _MATCHES:
                break
            found = tuple(_readings(shape, match, told))
            at = [each for each in found if each.part != "untold"]
            if named and not at:
                continue  # the shape for all says the same without an address
            if not named and any(failure == shape.failure for failure, _ in seen):
                continue
            for each in found:
                if (each.failure, each.part) not in seen:
                    seen.add((each.failure, each.part))
                    yield each


def _readings(shape: Shape, match: re.Match[str], told: Taken) -> Iterator[Reading]:
    spans = {re.sub(r"\d+$", "", name): match.span(name) for name in match.re.groupindex if match[name]}
    groups = {name: told.said[slice(*span)] for name, span in spans.items()}
    span, certain = match.span(), shape.failure not in _GENERAL and shape.failure not in _HIDING
    host, port = _whole(match, groups, told.said)
    more = {name: value for name, value in groups.items() if name not in ("host", "name", "port")}
    if shape.failure == word.OWN_PART:
        yield Reading(shape.failure, "own", "", "", span=span)
    elif host or part_of(host, port) == "own":
        yield Reading(shape.failure, part_of(host, port), host, port, certain=certain, span=span, more=more)
    elif "host" in groups or "name" in groups or not (known := addresses(told)):
        yield Reading(shape.failure, certain=certain, span=span, more=more)
    else:
        for host_, port_, configured in known:
            part = part_of(host_, port_, configured=configured)
            if part == "own":  # a URL in the text that is not the one that failed
                part, host_, port_ = "untold", "", ""  # noqa: PLW2901 - the address is not this failure's
            yield Reading(shape.failure, part, host_, port_, certain=certain, span=span, more=more)


def _whole(match: re.Match[str], groups: Mapping[str, str], text: str) -> tuple[str, str]:
    """Return host and port of a match, each empty where a cut may have shortened it into another one."""
    host, port = groups.get("name") or groups.get("host", ""), groups.get("port", "")
    ends = {match.end(name) for name in match.re.groupindex if match[name]}
    starts = {match.start(name) for name in match.re.groupindex if match[name] and name.startswith(("host", "name"))}
    if 0 in starts or (len(text) in ends and _may_go_on(host, port)):
        return "", ""
    return host.rstrip("."), port


def _may_go_on(host: str, port: str) -> bool:
    """Tell whether more digits or letters behind it would make an address of OpenSPG's own of this one."""
    if port:
        return any(own.startswith(port) and own != port for own in OWN_PORTS)
    return any(own.startswith(host.lower()) for own in _OWN_NAMES) or not re.search(r"[A-Za-z]", host)
