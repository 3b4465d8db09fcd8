"""Turn what was proven into edits, write them, and make sure they read back as planned."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag import config, failures, openspg
from netdiag.findings.commands import quoted
from netdiag.findings.filled import of_variable
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.journal import Applied, PastFile, PastRun, PastState
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Examined, Finding
from netdiag.openspg.confirm import confirmed
from netdiag.sources import STDIN
from netdiag.store import CannotWrite, Change, Fault, NotTrustedError, Recovered, RunFile, Store, beside, is_row

_UNSURE: Final = MappingProxyType({"silent": "ND612", "untold": "ND613"})
"""What is said where the server does not tell whether it holds what was written."""


class Written(NamedTuple):
    """What became of a plan: what was written, the corrected standard input, and what went wrong."""

    applied: tuple[Applied, ...] = ()
    output: bytes | None = None
    findings: tuple[Finding, ...] = ()


def plan(examined: Sequence[Examined], documents: Mapping[str, config.Document]) -> tuple[Plan, tuple[Examined, ...]]:
    """Return the edits that make every repairable endpoint say what was proven, host and path each on its own.

    An endpoint that cannot be edited exactly has a finding more instead: a value without quotes that would need them,
    or one text that two endpoints share although each needs another URL, or one of them works as it is.
    """
    edits: list[Edit] = []
    told: list[Examined] = []
    wanted = {_text(item.endpoint): item.endpoint.base_url for item in examined if item.verdict == "works"}
    for item in examined:
        told.append(item)
        endpoint = item.endpoint
        if not _is_to_write(item) or endpoint.url_span is None:
            continue
        is_planned = _text(endpoint) in wanted
        is_shared = wanted.setdefault(_text(endpoint), item.proven_url) != item.proven_url
        planned = None if is_shared else _edits(documents[endpoint.source], item)
        if planned is None:
            told[-1] = item._replace(findings=(*item.findings, _by_hand(item, is_shared=is_shared)))
        elif not is_planned:
            edits += planned
    by_source = _by_source(edits)
    changed = {source: by_source[source] for source in documents if source in by_source}
    in_files = {source: of_source for source, of_source in changed.items() if not is_row(source)}
    diff = "".join(config.unified(documents[source], of_source) for source, of_source in in_files.items())
    return Plan(tuple(edits), {source: documents[source].digest for source in changed}, diff), tuple(told)


def _is_to_write(item: Examined) -> bool:
    """Tell whether another base_url was proven for an endpoint, and is to be written.

    In a file nothing is written while KAG refuses the rest: who mends that edits the file anyway. A row's address is:
    OpenSPG's page has no way to change the address of a model, but it has one to add what KAG misses.
    """
    if item.verdict == "repairable":
        return True
    is_refused = (
        bool(item.proofs) and item.proofs[0].failure in failures.ABOUT_SETTINGS and item.proofs[-1].failure is None
    )
    is_moved = bool(item.proven_url) and item.proven_url != item.endpoint.base_url
    return item.verdict == "broken" and bool(item.endpoint.table) and is_refused and is_moved


def _by_source(edits: Iterable[Edit]) -> Mapping[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.source, []).append(edit)
    return found


def _by_hand(item: Examined, *, is_shared: bool) -> Finding:
    """Return what is to be typed by hand where the text of a base_url cannot be edited exactly."""
    if item.endpoint.parts and not is_shared:
        return of_variable(item)
    values = {"reason": "shared" if is_shared else "unquoted", "suggestion": item.proven_url}
    return Finding("ND506", item.endpoint.where, values)


def _text(endpoint: Endpoint) -> tuple[str, Span | None]:
    """Return which bytes say the base_url: endpoints may share them."""
    return endpoint.source, endpoint.url_span


def recover(open_store: Callable[[], Store]) -> tuple[Finding, ...]:
    """Tidy up what killed runs left behind, and say what became of each file, and what of the journal is not obeyed."""
    try:
        store = open_store()
        tidied = tuple(map(_recovered, store.recover()))
        return (*tidied, *(_passed_over(record, fault) for record, fault in store.passed_over()))
    except NotTrustedError as error:
        return (_not_trusted("ND620", error),)
    except CannotWrite:
        return ()  # a journal that cannot be read is told when there is something to write


def reaching(open_store: Callable[[], Store] | None, server: openspg.Server | None) -> Callable[[], Store]:
    """Return what opens the store (by default the usual one) so that it reaches the rows of the server's database."""
    way = openspg.rows(server) if server else None
    return lambda: (open_store or Store)().beside(way)


def write(
    plan: Plan,
    documents: Mapping[str, config.Document],
    open_store: Callable[[], Store],
    places: Mapping[str, Path] = MappingProxyType({}),
    server: openspg.Server | None = None,
) -> Written:
    """Apply ``plan``: all files and rows or none. The corrected standard input is returned, not written.

    A source that leads to another file than in ``places`` is not written. What was written to the database of
    ``server`` the server must tell, where it answers.
    """
    output = None
    edits = _by_source(plan.edits)
    if STDIN in documents:
        output = config.apply(documents[STDIN].data, edits.get(STDIN, ()))
    files = [source for source in plan.digests if source != STDIN]
    if not files:
        return Written((Applied(STDIN, "", "stdout", len(plan.edits)),) if plan.edits else (), output)
    changes = [_change(documents[source], edits[source], places.get(source)) for source in files]
    try:
        store = open_store()
        run = store.new_run()
        applied = store.write(changes, run)
    except CannotWrite as error:
        return Written((), output, (_refused(error, changes),))
    if torn := next((change for change in _not_read_back(changes, store)), None):
        return Written((), output, (_undone(torn, store, run),))
    rows = [source for source in files if is_row(source)]
    written = {source: config.edited(documents[source], edits[source]) for source in rows}
    others = (document for source, document in documents.items() if is_row(source) and source not in written)
    answer = confirmed(server, written, others) if server and written else None
    if answer and answer.state == "other":
        told = next(change for change in changes if is_row(change.path))
        return Written((), output, (_undone(told, store, run, answer.where),))
    unsure = _UNSURE.get(answer.state) if answer else None
    said = [Finding(unsure, "", {})] if unsure else []
    return Written(applied, output, (*said, *around(applied)))


def not_undone(error: CannotWrite) -> Finding:
    """Return the finding that a rollback was refused, or had nothing to do."""
    if isinstance(error, NotTrustedError):
        return _not_trusted("ND621", error)
    listed = "yes" if error.nothing_to_undo else "no"
    values = {"reason": _reason(error), "detail": error.detail, "listed": listed}
    return Finding("ND605", str(error.path), values)


def history(open_store: Callable[[], Store]) -> tuple[PastRun, ...]:
    """Return the journal's runs, newest first; raises :class:`CannotWrite` when it cannot be read."""
    return tuple(PastRun(run.id, run.time, tuple(map(_past, run.files))) for run in open_store().runs())


def _past(file: RunFile) -> PastFile:
    return PastFile(file.path, _state(file), file.how, len(file.edits), file.undoes, file.name)


def _state(file: RunFile) -> PastState:
    match file.state:
        case "begun" | "ready":
            return "unfinished"
        case state:
            return state


def _recovered(what: Recovered) -> Finding:
    where, kind = what.name or str(what.path), "row" if is_row(what.path) else "file"
    if what.outcome == "left":
        return Finding("ND606", where, {"detail": what.detail})
    return Finding("ND604", where, {"reason": f"{kind}_{what.outcome}"})


def _passed_over(record: Path, fault: Fault) -> Finding:
    return Finding("ND622", str(record), {"reason": fault, "path": quoted(str(record))})


def _not_trusted(code: str, error: NotTrustedError) -> Finding:
    """Return whose the journal is that is not believed, with the path as a word of a shell."""
    path = quoted(str(error.path))
    values = {"reason": error.why, "owner": error.owner, "mode": error.mode, "user": error.user, "path": path}
    return Finding(code, str(error.path), values)


def _edits(document: config.Document, item: Examined) -> tuple[Edit, ...] | None:
    """Return the edits of one endpoint, or ``None`` where its text cannot be edited exactly."""
    present, proven = config.split(item.endpoint.base_url), config.split(item.proven_url)
    try:
        return config.edits(
            document,
            item.endpoint,
            host=proven.host if proven.host != present.host else None,
            port=proven.port if proven.port != present.port else None,
            path=proven.path if proven.path != present.path else None,
        )
    except ValueError:
        return None


def _change(document: config.Document, edits: Sequence[Edit], real: Path | None) -> Change:
    new = config.apply(document.data, edits)
    return Change(Path(document.source), document.data, new, tuple(edits), real, _name(document))


def _name(document: config.Document) -> str:
    """Return what people call a row: as much of the places of its models as is the same for all; nothing for a file."""
    parts = zip(*(endpoint.place.split(" > ") for endpoint in document.endpoints), strict=False)
    return " > ".join(names[0] for names in takewhile(lambda names: len(set(names)) == 1, parts))


def _not_read_back(changes: Sequence[Change], store: Store) -> Iterator[Change]:
    """Yield the files and rows that are not byte for byte what was planned.

    A database that cannot be asked has committed it all the same.
    """
    rows = {change.path: change.new for change in changes if is_row(change.path)}
    with suppress(CannotWrite):
        rows = dict(store.holds(list(rows)))
    for change in changes:
        try:
            now = rows.get(change.path) if is_row(change.path) else config.load(change.path)
        except config.Unreadable:
            now = None
        if now != change.new:
            yield change


def around(applied: Sequence[Applied]) -> tuple[Finding, ...]:
    """Return what is to be told of the files that were written: editors that may have them open, other names."""
    findings: list[Finding] = []
    for source in (each.source for each in applied if not is_row(each.source)):
        found = beside(Path(source))
        findings += [Finding("ND607", source, {"editor": str(editor)}) for editor in found.editors]
        if found.other_names:
            findings.append(Finding("ND608", source, {"n": str(found.other_names)}))
    return tuple(findings)


def _undone(change: Change, store: Store, run: str, told: str = "") -> Finding:
    """Put all of the run back, and say why: what was written reads otherwise, or the server tells otherwise."""
    where = change.name or str(change.path)
    code = "ND611" if told else "ND602"
    values = {"told": told, "detail": ""}
    try:
        store.rollback(run=run)
    except CannotWrite as error:
        values["detail"] = f"{error.reason}: {error.detail}"
    return Finding(code, where, values)


def _refused(error: CannotWrite, changes: Sequence[Change]) -> Finding:
    """Return why nothing was written: of a row what the database said, and what has to be done there."""
    if isinstance(error, NotTrustedError):
        return _not_trusted("ND621", error)
    values = {"reason": _reason(error), "detail": error.detail}
    if not is_row(error.path):
        return Finding("ND601", str(error.path), values)
    named = next((change.name for change in changes if change.path == error.path), "")
    where = named or str(error.path)
    return Finding("ND610" if error.reason == "outcome_unknown" else "ND609", where, values)


def _reason(error: CannotWrite) -> str:
    """Return the reason as a word of terms.yaml."""
    if error.reason.startswith("db_") or error.reason == "outcome_unknown":
        return error.reason
    is_gone = is_row(error.path) and error.reason == "vanished"
    return "row_vanished" if is_gone else f"file_{error.reason}"
