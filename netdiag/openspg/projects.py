"""The knowledge bases of a running server: ``GET /public/v1/project``, a list whose ``config`` is JSON in a text.

It serves for finding what the database cannot be asked for, and for checking what was written. What GET shows is not
byte for byte what the database stores, so none of it may be edited.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from netdiag import config, failures
from netdiag.model.attempt import Answer, Request
from netdiag.model.endpoint import TOLD, Endpoint
from netdiag.model.report import Finding
from netdiag.openspg.gone import gone as gone_models
from netdiag.openspg.places import placed, said

ANSWER_LIMIT_S: Final = 5.0
"""A server whose database hangs never answers, so the question is bounded."""

_TRIES: Final = 3
"""After its database was away, the first call by each pooled connection fails once (measured on 0.8)."""

_IDS: Final = 1000
_GAP: Final = 25
"""Knowledge bases are numbered from 1; how many numbers are asked one by one, and how many missing ones end that."""

_DATABASE_DOWN: Final = (b"Communications link failure", b"CannotGetJdbcConnection", b"Could not open JDBC")

State = Literal["answers", "closed", "silent", "database_down", "bad_row", "other"]


_BY_FAILURE: Final[Mapping[str, State]] = {
    failures.CONNECTION_REFUSED: "closed",
    failures.TIMED_OUT: "closed",
    failures.READ_TIMED_OUT: "silent",
}


class Told(NamedTuple):
    """What the server said: its knowledge bases, or why not, and the ids of those that it cannot tell.

    ``asked`` is the last id that was asked for where they were asked for one by one.
    """

    state: State
    projects: tuple[Mapping[str, Any], ...] = ()
    bad: tuple[int, ...] = ()
    asked: int = 0


def ask(url: str, numbers: Collection[int] = ()) -> Told:
    """Return the knowledge bases that the server at ``url`` tells.

    Where a bad one breaks the whole list they are asked for one by one: those with these ids, or all that can be found.
    """
    deadline = time.monotonic() + ANSWER_LIMIT_S
    told = _list(_get(url, deadline))
    for _ in range(_TRIES - 1):
        if told.state == "database_down" and time.monotonic() < deadline:
            told = _list(_get(url, deadline))
    return _one_by_one(url, sorted(numbers) or range(1, _IDS + 1)) if told.state == "bad_row" else told


def endpoints(projects: tuple[Mapping[str, Any], ...]) -> Iterator[Endpoint]:
    """Yield the endpoints of knowledge bases, named after them; no spans, so that nothing is edited."""
    for each in projects:
        if isinstance(each.get("config"), str):
            yield from _of_project(each)


def gone(projects: tuple[Mapping[str, Any], ...]) -> Iterator[Finding]:
    """Yield the references to models that are not there: the server did not find them either."""
    for each in projects:
        if isinstance(each.get("config"), str):
            yield from gone_models(("place_base", said(each.get("name", "?"))), each["config"])


def _get(url: str, deadline: float) -> Answer:
    from netdiag.probe.http import send  # noqa: PLC0415 - httpx is paid for only where a server is asked

    left = max(0.1, deadline - time.monotonic())
    return send(Request("GET", url), connect_s=1.0, read_s=left, direct=True)


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
    deadline = time.monotonic() + ANSWER_LIMIT_S
    for asked in numbers:
        one = _list(_get(f"{url}?projectId={asked}", time.monotonic() + ANSWER_LIMIT_S))
        if one.state not in ("answers", "bad_row"):
            return one
        found += one.projects
        bad += [asked] if one.state == "bad_row" else []
        missing = missing + 1 if one.state == "answers" and not one.projects else 0
        if missing == _GAP or time.monotonic() > deadline:
            break
    return Told("answers", tuple(found), tuple(bad), asked)


def _of_project(each: Mapping[str, Any]) -> Iterator[Endpoint]:
    name = said(each.get("name", "?"))
    try:
        document = config.parse(each["config"].encode("utf-8", "replace"), f"{TOLD}knowledge base {name}")
    except config.Unreadable:
        return
    for endpoint in document.endpoints:
        yield endpoint._replace(url_span=None, line=0, place=placed(("place_base", name), endpoint))
