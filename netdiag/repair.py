"""Turn what was proven into edits, write them, and make sure they read back as planned."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from netdiag import config
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.journal import Applied, PastFile, PastRun, PastState
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Examined, Finding
from netdiag.sources import STDIN
from netdiag.store import CannotWrite, Change, Recovered, RunFile, Store, beside


@dataclass(frozen=True)
class Written:
    """What became of a plan: what was written, the corrected standard input, and what went wrong."""

    applied: tuple[Applied, ...] = ()
    output: bytes | None = None
    findings: tuple[Finding, ...] = ()


def plan(examined: Sequence[Examined], documents: Mapping[str, config.Document]) -> tuple[Plan, tuple[Finding, ...]]:
    """Return the edits that make every repairable endpoint say what was proven: host and path each on its own.

    What cannot be edited exactly becomes a finding instead: a value without quotes that would need them, or one text
    that two endpoints share although each needs another URL, or one of them works as it is.
    """
    edits: list[Edit] = []
    findings: list[Finding] = []
    wanted = {_text(item.endpoint): item.endpoint.base_url for item in examined if item.verdict == "works"}
    for item in examined:
        endpoint = item.endpoint
        if item.verdict != "repairable" or endpoint.url_span is None:
            continue
        is_planned = _text(endpoint) in wanted
        is_shared = wanted.setdefault(_text(endpoint), item.proven_url) != item.proven_url
        planned = None if is_shared else _edits(documents[endpoint.source], item)
        if planned is None:
            values = {"reason": "shared" if is_shared else "unquoted", "suggestion": item.proven_url}
            findings.append(Finding("ND506", endpoint.where, values))
        elif not is_planned:
            edits += planned
    changed = {source: [edit for edit in edits if edit.source == source] for source in documents}
    changed = {source: of_source for source, of_source in changed.items() if of_source}
    diff = "".join(config.unified(documents[source], of_source) for source, of_source in changed.items())
    return Plan(tuple(edits), {source: documents[source].digest for source in changed}, diff), tuple(findings)


def _text(endpoint: Endpoint) -> tuple[str, Span | None]:
    """Return which bytes say the base_url: endpoints may share them."""
    return endpoint.source, endpoint.url_span


def recover(open_store: Callable[[], Store]) -> tuple[Finding, ...]:
    """Tidy up what killed runs left behind, and say what became of each file."""
    try:
        return tuple(map(_recovered, open_store().recover()))
    except CannotWrite:
        return ()  # a journal that cannot be read is told when there is something to write


def located(documents: Mapping[str, config.Document]) -> Mapping[str, Path]:
    """Return the file that each source leads to now: asked when they are read, a link swapped later is noticed."""
    return {source: Path(os.path.realpath(source)) for source in documents if source != STDIN}


def write(
    plan: Plan,
    documents: Mapping[str, config.Document],
    open_store: Callable[[], Store],
    places: Mapping[str, Path] = MappingProxyType({}),
) -> Written:
    """Apply ``plan``: all files or none. The corrected standard input is returned, not written.

    A source that leads to another file than in ``places`` is not written.
    """
    output = None
    if STDIN in documents:
        output = config.apply(documents[STDIN].data, [edit for edit in plan.edits if edit.source == STDIN])
    files = [source for source in plan.digests if source != STDIN]
    if not files:
        return Written((Applied(STDIN, "", "stdout", len(plan.edits)),) if plan.edits else (), output)
    changes = [_change(documents[source], plan, places.get(source)) for source in files]
    try:
        store = open_store()
        run = store.new_run()
        applied = store.write(changes, run)
    except CannotWrite as error:
        values = {"reason": f"file_{error.reason}", "detail": error.detail}
        return Written((), output, (Finding("ND601", str(error.path), values),))
    return _verified(changes, applied, store, run, output)


def not_undone(error: CannotWrite) -> Finding:
    """Return the finding that a rollback was refused, or had nothing to do."""
    listed = "yes" if error.nothing_to_undo else "no"
    values = {"reason": f"file_{error.reason}", "detail": error.detail, "listed": listed}
    return Finding("ND605", str(error.path), values)


def history(open_store: Callable[[], Store]) -> tuple[PastRun, ...]:
    """Return the journal's runs, newest first; raises :class:`CannotWrite` when it cannot be read."""
    return tuple(PastRun(run.id, run.time, tuple(map(_past, run.files))) for run in open_store().runs())


def _past(file: RunFile) -> PastFile:
    return PastFile(file.path, _state(file), file.how, len(file.edits), file.undoes)


def _state(file: RunFile) -> PastState:
    match file.state:
        case "begun" | "ready":
            return "unfinished"
        case state:
            return state


def _recovered(what: Recovered) -> Finding:
    if what.outcome == "left":
        return Finding("ND606", str(what.path), {"detail": what.detail})
    return Finding("ND604", str(what.path), {"reason": f"file_{what.outcome}"})


def _edits(document: config.Document, item: Examined) -> tuple[Edit, ...] | None:
    """Return the edits of one endpoint, or ``None`` where its text cannot be edited exactly."""
    present, proven = config.split(item.endpoint.base_url), config.split(item.proven_url)
    try:
        return config.edits(
            document,
            item.endpoint,
            host=proven.host if proven.host != present.host else None,
            path=proven.path if proven.path != present.path else None,
        )
    except ValueError:
        return None


def _change(document: config.Document, plan: Plan, real: Path | None) -> Change:
    edits = tuple(edit for edit in plan.edits if edit.source == document.source)
    return Change(Path(document.source), document.data, config.apply(document.data, edits), edits, real)


def _verified(
    changes: Sequence[Change], applied: tuple[Applied, ...], store: Store, run: str, output: bytes | None
) -> Written:
    """Read every file back; one that is not byte for byte what was planned puts all of them back as they were."""
    for change in changes:
        try:
            same = config.load(change.path) == change.new
        except config.Unreadable:
            same = False
        if not same:
            return Written((), output, (_undone(change, store, run),))
    return Written(applied, output, around(applied))


def around(applied: Sequence[Applied]) -> tuple[Finding, ...]:
    """Return what is to be told of the files that were written: editors that may have them open, other names."""
    findings: list[Finding] = []
    for source in (each.source for each in applied):
        found = beside(Path(source))
        findings += [Finding("ND607", source, {"editor": str(editor)}) for editor in found.editors]
        if found.other_names:
            findings.append(Finding("ND608", source, {"n": str(found.other_names)}))
    return tuple(findings)


def _undone(change: Change, store: Store, run: str) -> Finding:
    try:
        store.rollback(run=run)
    except CannotWrite as error:
        return Finding("ND602", str(change.path), {"detail": f"{error.reason}: {error.detail}"})
    return Finding("ND602", str(change.path), {"detail": ""})
