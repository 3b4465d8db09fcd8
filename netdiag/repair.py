"""Turn what was proven into edits, write them, and make sure they read back as planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netdiag import config
from netdiag.model import Applied, Edit, Examined, Finding, Plan
from netdiag.sources import STDIN
from netdiag.store import CannotWrite, Change, Store


@dataclass(frozen=True)
class Written:
    """What became of a plan: what was written, the corrected standard input, and what went wrong."""

    applied: tuple[Applied, ...] = ()
    output: bytes | None = None
    findings: tuple[Finding, ...] = ()


def plan(examined: Sequence[Examined], documents: Mapping[str, config.Document]) -> tuple[Plan, tuple[Finding, ...]]:
    """Return the edits that make every repairable endpoint say what was proven: host and path each on its own.

    What cannot be edited exactly (a value without quotes that would need them) becomes a finding instead.
    """
    edits: list[Edit] = []
    findings: list[Finding] = []
    for item in examined:
        endpoint = item.endpoint
        if item.verdict == "repairable" and endpoint.url_span is not None:
            try:
                edits += _edits(documents[endpoint.source], item)
            except ValueError:
                findings.append(Finding("ND506", endpoint.where, {"reason": "unquoted", "suggestion": item.proven_url}))
    changed = {source: [edit for edit in edits if edit.source == source] for source in documents}
    changed = {source: of_source for source, of_source in changed.items() if of_source}
    diff = "".join(config.unified(documents[source], of_source) for source, of_source in changed.items())
    return Plan(tuple(edits), {source: documents[source].digest for source in changed}, diff), tuple(findings)


def write(plan: Plan, documents: Mapping[str, config.Document], store: Store) -> Written:
    """Apply ``plan``: all files or none. The corrected standard input is returned, not written."""
    output = None
    if STDIN in documents:
        output = config.apply(documents[STDIN].data, [edit for edit in plan.edits if edit.source == STDIN])
    files = [source for source in plan.digests if source != STDIN]
    if not files:
        return Written((Applied(STDIN, "", "stdout", len(plan.edits)),) if plan.edits else (), output)
    changes = [_change(documents[source], [e for e in plan.edits if e.source == source]) for source in files]
    run = store.new_run()
    try:
        applied = store.write(changes, run)
    except CannotWrite as error:
        values = {"reason": f"file_{error.reason}", "detail": error.detail}
        return Written((), output, (Finding("ND601", str(error.path), values),))
    return _verified(changes, applied, store, run, output)


def _edits(document: config.Document, item: Examined) -> tuple[Edit, ...]:
    present, proven = config.split(item.endpoint.base_url), config.split(item.proven_url)
    return config.edits(
        document,
        item.endpoint,
        host=proven.host if proven.host != present.host else None,
        path=proven.path if proven.path != present.path else None,
    )


def _change(document: config.Document, edits: Sequence[Edit]) -> Change:
    return Change(Path(document.source), document.data, config.apply(document.data, edits), tuple(edits))


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
    return Written(applied, output)


def _undone(change: Change, store: Store, run: str) -> Finding:
    try:
        store.rollback(run=run)
    except CannotWrite as error:
        return Finding("ND602", str(change.path), {"detail": f"{error.reason}: {error.detail}"})
    return Finding("ND602", str(change.path), {"detail": ""})
