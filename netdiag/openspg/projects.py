"""The knowledge bases of a running server: ``GET /public/v1/project``, a list whose ``config`` is JSON in a text.

It serves for finding what the database cannot be asked for, and for checking what was written. What GET shows is not
byte for byte what the database stores, so none of it may be edited.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Final, Literal, NamedTuple

from netdiag import config, failures
from netdiag.model.attempt import Answer, Request
from netdiag.model.endpoint import TOLD, Endpoint
from netdiag.model.report import Finding
from netdiag.openspg.gone import gone as gone_models
from netdiag.openspg.places import placed, said
from netdiag.text import shown

ANSWER_LIMIT_S: Final = 5.0
"""A server whose database hangs never answers, so the question is bounded."""

GREETING_LIMIT_S: Final = 3.0
"""Seconds in which a server that lives tells that it is one: it asks its database, one bridge away."""

PATH: Final = "/public/v1/project"
"""Where a server tells its knowledge bases."""

_PER_S: Final = 500
"""Knowledge bases that a server tells in a second at least: where thousands were written it gets so much longer."""

ANSWER_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that are read of an answer: as many as are read of the table (``database.BYTES``)."""

_TRIES: Final = 3
"""After its database was away, the first call by each pooled connection fails once (measured on 0.8)."""

ONE_BY_ONE_S: Final = 20.0
"""Seconds in which knowledge bases are asked for one by one, where a bad one breaks the list: some thousands."""

_GAP: Final = 25
"""Knowledge bases are numbered from 1; so many missing ones in a row end asking for them one by one, too."""

_DATABASE_DOWN: Final = (b"Communications link failure", b"CannotGetJdbcConnection", b"Could not open JDBC")

State = Literal["answers", "closed", "silent", "database_down", "bad_row", "other"]


_BY_FAILURE: Final[Mapping[str, State]] = {
    failures.CONNECTION_REFUSED: "closed",
    failures.TIMED_OUT: "closed",
    failures.READ_TIMED_OUT: "silent",
}


class Told(NamedTuple):
    """What the server said: its knowledge bases, or why not, and the ids of those that it cannot tell.

    ``asked`` is the last id that was asked for where they were asked for one by one, and ``is_late`` tells that there
    was no time for more.
    """

    state: State
    projects: tuple[Mapping[str, Any], ...] = ()
    bad: tuple[int, ...] = ()
    asked: int = 0
    is_late: bool = False


def ask(url: str, numbers: Collection[int] = ()) -> Told:
    """Return the knowledge bases that the server at ``url`` tells.

    Where a bad one breaks the whole list they are asked for one by one: those with these ids, or all that can be found.
    """
    deadline = time.monotonic() + ANSWER_LIMIT_S + len(numbers) / _PER_S
    told = _list(_get(url, deadline))
    for _ in range(_TRIES - 1):
        if told.state == "database_down" and time.monotonic() < deadline:
            told = _list(_get(url, deadline))
    return _one_by_one(url, sorted(numbers) or count(1)) if told.state == "bad_row" else told


def greeted(host_addr: str) -> tuple[str, str]:
    """Return why the server at ``host_addr`` does not answer, or else what it says where it is no OpenSPG server.

    It is asked for a knowledge base that does not exist: 200 and ``[]`` in every version, and an error in OpenSPG's own
    words where its database is away (facts: openspg-server.md).
    """
    from netdiag.probe.identity import is_spring  # noqa: PLC0415 - httpx is paid for only where a server is asked

    answer = _get(f"{host_addr.strip().rstrip('/')}{PATH}?projectId=0", time.monotonic() + GREETING_LIMIT_S)
    if answer.failure:
        return ("", "not HTTP") if answer.failure == failures.NOT_HTTP else (answer.failure, "")
    if _list(answer).state != "other" or is_spring(answer):
        return "", ""
    line = answer.body.partition(b"\n")[0][:200].decode("utf-8", "replace")
    return "", ", ".join(filter(None, (f"HTTP {answer.status}", shown(answer.headers.get("server", "")), shown(line))))


def endpoints(projects: tuple[Mapping[str, Any], ...]) -> Iterator[Endpoint]:
    """Yield the endpoints of knowledge bases, named after them; no spans, so that nothing is edited."""
    for each in projects:
        if isinstance(each.get("config"), str):
            yield from _of_project(each)


def gone(projects: tuple[Mapping[str, Any], ...]) -> Iterator[Finding]:
    """Yield the references to models that are not there: the server did not find them either."""
    for each in projects:
        if isinstance(each.get("config"), str):
            yield from gone_models(("place_base", said(each.get("name", ""))), each["config"])


def limited(told: Told, where: str) -> Iterator[Finding]:
    """Yield that the server at ``where`` was not asked for all, where a bad knowledge base breaks its list.

    That is so where the time was over, and where the bad one was not met: it is beyond the last that was asked for.
    """
    if told.asked and (told.is_late or not told.bad):
        reason = "limit_time" if told.is_late else "limit_gap"
        yield Finding("ND589", where, {"id": str(told.asked), "left": "", "reason": reason, "table": "kg_project_info"})


def base_urls(project: Mapping[str, Any]) -> Mapping[str, str]:
    """Return each base_url that a knowledge base tells by the dotted path of its model; nothing else of it is read."""
    try:
        return dict(_base_urls(json.loads(project.get("config") or "null"), ""))
    except (TypeError, ValueError, RecursionError):
        return {}


def _base_urls(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for at, each in enumerate(node):
            yield from _base_urls(each, f"{path}[{at}]")
    elif isinstance(node, dict):
        if isinstance(url := node.get("base_url"), str):
            yield path, url
        for key, each in node.items():
            yield from _base_urls(each, f"{path}.{key}" if path else key)


def _get(url: str, deadline: float) -> Answer:
    from netdiag.probe.http import send  # noqa: PLC0415 - httpx is paid for only where a server is asked

    left = max(0.1, deadline - time.monotonic())
    return send(Request("GET", url), connect_s=1.0, read_s=left, direct=True, most_bytes=ANSWER_LIMIT)


def _list(answer: Answer) -> Told:
    if answer.failure:
        return Told(_BY_FAILURE.get(answer.failure, "other"))
    if any(sign in answer.body for sign in _DATABASE_DOWN):
        return Told("database_down")
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if answer.status == 200 and isinstance(said, list):
        return Told("answers", tuple(each for each in said if isinstance(each, dict)))
    # business errors are a JSON string, errors of the framework an object (facts: openspg-server.md)
    return Told("bad_row") if answer.status == 400 and isinstance(said, str) else Told("other")


def _one_by_one(url: str, numbers: Iterable[int]) -> Told:
    """Return those with the ids ``numbers``, as far as there is time: until no more seem to come."""
    found: list[Mapping[str, Any]] = []
    bad: list[int] = []
    missing = asked = 0
    is_late = False
    deadline = time.monotonic() + ONE_BY_ONE_S
    for asked in numbers:
        one = _list(_get(f"{url}?projectId={asked}", time.monotonic() + ANSWER_LIMIT_S))
        if one.state not in ("answers", "bad_row"):
            return one
        found += one.projects
        bad += [asked] if one.state == "bad_row" else []
        missing = missing + 1 if one.state == "answers" and not one.projects else 0
        is_late = time.monotonic() > deadline
        if missing == _GAP or is_late:
            break
    return Told("answers", tuple(found), tuple(bad), asked, is_late)


def _of_project(each: Mapping[str, Any]) -> Iterator[Endpoint]:
    name = said(each.get("name", ""))
    try:
        document = config.parse(each["config"].encode("utf-8", "replace"), f"{TOLD}knowledge base {name}")
    except config.Unreadable:
        return
    for endpoint in document.endpoints:
        yield endpoint._replace(url_span=None, line=0, place=placed(("place_base", name), endpoint))
