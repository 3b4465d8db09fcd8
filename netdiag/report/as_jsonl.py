"""A run as JSON Lines, ``netdiag/event/1``: an event on each line, as it happens; ``event.schema.json`` describes them.

Added keys and events do not change the number; a removed or reinterpreted one does.
"""

from collections.abc import Iterator
from typing import Any, Final

from netdiag import __version__
from netdiag.model import event as told
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Event
from netdiag.model.report import Report
from netdiag.report.as_json import applied_of, edit_of, endpoint_of, finding_of
from netdiag.report.dumped import dumped
from netdiag.report.json_attempts import attempt_of, proof_of
from netdiag.report.json_suggestions import suggestions_of
from netdiag.report.outcomes import summary
from netdiag.text import shown

SCHEMA: Final = "netdiag/event/1"


def as_jsonl(report: Report, language: str = "en") -> str:
    """Return the events of a run that is over, without the times at which they happened."""
    return "".join(filter(None, (line(each, language) for each in events(report))))


def line(event: Event, language: str = "en", at_ms: float | None = None) -> str:
    """Return ``event`` as a line with its end, titles and remedies in ``language``; empty where it is of no use alone.

    ``at_ms`` is how many milliseconds after the beginning it happened, where that is known.
    """
    name, keys = _said(event, language)
    return name and dumped({"schema": SCHEMA, "event": name, "at_ms": at_ms, **keys}) + "\n"


def events(report: Report) -> Iterator[Event]:
    """Yield what was told of a run, as far as its report has it."""
    yield told.Started(report.command, report.started)
    for item in report.endpoints:
        yield from (told.Tried(attempt) for attempt in item.attempts if attempt.step != "call")
        yield from (told.Called(item.endpoint, proof) for proof in item.proofs)
    yield from (told.Planned(edit) for edit in report.plan.edits)
    yield from (told.Written(applied) for applied in report.applied)
    if report.suggestions:
        yield told.Suggested(report.suggestions)
    yield from (told.Found(finding, item.endpoint) for item in report.endpoints for finding in item.findings)
    yield from (told.Found(finding) for finding in report.findings)
    yield told.Finished(report)


def _said(event: Event, language: str) -> tuple[str, dict[str, Any]]:
    name: str = ""
    keys: dict[str, Any] = {}  # that a call was answered is told by what came of it
    match event:
        case told.Started(command, started):
            name, keys = "started", {"version": __version__, "command": command, "started": started}
        case told.Tried(attempt):
            name, keys = "attempt", {"attempt": attempt_of(attempt)}
        case told.Calling(what):  # Accepted is for progress alone
            name, keys = "calling", {"what": shown(what)}
        case told.Called(endpoint, proof):
            name, keys = "call", {"endpoint": endpoint_of(endpoint, language), "call": proof_of(proof)}
        case told.Found(finding, endpoint):
            name, keys = "finding", {"endpoint": _where(endpoint), "finding": finding_of(finding, language)}
        case told.Suggested(made):
            name, keys = "suggestions", {"suggestions": suggestions_of(made, language)}
        case told.Planned(edit):
            name, keys = "edit", {"edit": edit_of(edit)}
        case told.Written(applied):
            name, keys = "applied", {"applied": applied_of(applied, language)}
        case told.Finished(report):
            name, keys = "finished", _ended(report)
    return name, keys


def _ended(report: Report) -> dict[str, Any]:
    return {"duration_ms": report.duration_ms, "summary": summary(report), "exit_code": report.exit_code}


def _where(endpoint: Endpoint | None) -> dict[str, Any] | None:
    return {"source": endpoint.source, "line": endpoint.line, "node": shown(endpoint.node)} if endpoint else None
