"""How a run ends: what became of each endpoint, how severe each finding is, and the exit status. Pure.

One rule for every command and format: status 0 says that at least one model was called, and that every endpoint that
was examined answered. A run that examined nothing ends with 78 and says why.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final, Literal

from netdiag import exits, findings, invocation
from netdiag.model.event import Finished, Found, Suggested, Tell, tell_all
from netdiag.model.report import Examined, Finding, Report, Severity

if TYPE_CHECKING:
    from netdiag.model.suggestion import Suggestions

Outcome = Literal["works", "repaired", "repairable", "by_hand", "broken", "left_alone", "calls_nobody"]
"""What became of an endpoint: its verdict, and of one that works elsewhere whether that was written (``repaired``), can
be written (``repairable``) or has to be typed (``by_hand``). ``calls_nobody``: its type sends nothing, so it proves
nothing."""

OUTCOMES: Final[tuple[Outcome, ...]] = (
    "works",
    "repaired",
    "repairable",
    "by_hand",
    "broken",
    "left_alone",
    "calls_nobody",
)

BY_HAND: Final = frozenset({"ND506", "ND556", "ND585", "ND603"})
"""What is proven, and what netdiag cannot write: the change is pending until somebody types it."""

_UNFILLED: Final = frozenset({"ND558", "ND559"})
"""What is said of a setting that nobody filled in: of a base_url it means that there is none to examine."""

_REPAIRING: Final = frozenset({"fix-base-url", "fix-compose"})
_NOT_EXAMINING: Final = frozenset({"fix-compose", "detect", "rollback", "explain", "suggest"})

_SUGGESTING: Final = frozenset({"fix-base-url", "suggest"})
"""Commands after which something proven that is to be typed counts as a change that is pending; ``check`` says what is
there, and that is nothing."""

_BY_CODE: Final = (
    (exits.ROLLED_BACK, {"ND602", "ND611"}),
    (exits.CANNOT_WRITE, {"ND601", "ND609", "ND610", "ND621"}),
    (
        exits.NO_CONFIGURATION,
        {"ND501", "ND502", "ND505", "ND530", "ND531", "ND532", "ND533", "ND534", "ND535", "ND536", "ND539", "ND540"}
        | {"ND544", "ND545", "ND547", "ND548", "ND549", "ND553", "ND554", "ND578", "ND580"}
        | {"ND590", "ND591", "ND593"},
    ),
)
"""The first row that holds a code of the report decides."""

_UNWRITTEN: Final = frozenset(code for _, codes in _BY_CODE[:2] for code in codes)

_WHY_NOTHING: Final = frozenset({"ND537", "ND538", "ND542", "ND543", "ND557", "ND560", "ND567"})
"""Why a source holds nothing to examine: a warning beside endpoints that were examined, else what is wrong."""

_OF_SEARCH: Final = ("ND2", "ND581", "ND582", "ND584", "ND587")
"""How codes begin that say what a search for model services came to: what keeps one out of reach, that there is none,
that it lists no model, or that none could be proven. How severe that is the search knows."""

_OF_OTHERS: Final = ("ND23", "ND279")
"""Of these what is about OpenSPG's other parts, and about the host's view."""

_ABOUT_THE_PLACE: Final = "ND1"
"""How codes about the place begin: a fact worth a note where every model answered, else perhaps the cause."""


def outcomes(report: Report) -> tuple[Outcome, ...]:
    """Return what became of each endpoint, in the order of the report."""
    written = {applied.source for applied in report.applied}
    return tuple(_outcome(item, written) for item in report.endpoints)


def _outcome(item: Examined, written: Collection[str]) -> Outcome:
    if item.verdict == "works" and item.proofs and all(proof.status is None for proof in item.proofs):
        return "calls_nobody"
    if item.verdict == "broken" and any(map(_is_unfilled_url, item.findings)):
        return "left_alone"
    if item.verdict != "repairable":
        return item.verdict
    if item.endpoint.left_alone or any(finding.code in BY_HAND for finding in item.findings):
        return "by_hand"  # whatever else was written to the same file
    return "repaired" if item.endpoint.source in written else "repairable"


def _is_unfilled_url(finding: Finding) -> bool:
    return finding.code in _UNFILLED and finding.values.get("setting") == "base_url"


def has_examined(report: Report) -> bool:
    """Tell whether any endpoint was examined: its model was called, or KAG's own call to it cannot be made."""
    return any(outcome not in ("left_alone", "calls_nobody") for outcome in outcomes(report))


def is_unwritten(report: Report) -> bool:
    """Tell whether writing was tried and did not come about."""
    return any(finding.code in _UNWRITTEN for finding in _all(report))


def is_suggested(report: Report) -> bool:
    """Tell whether something proven is to be typed by hand, after a command that looks for that."""
    found = report.suggestions
    return report.command in _SUGGESTING and found is not None and found.is_proven


def decisive(report: Report) -> tuple[Finding, ...]:
    """Return the findings for which the report does not end with 0."""
    return tuple(f for f in _all(report) if f.code in BY_HAND or findings.severity_of(f) == "error")


def concluded(report: Report, *, writes: bool) -> Report:
    """Return ``report`` with the severities and the exit status that follow from its outcome.

    Where nothing was examined and no finding says why, one is added.
    """
    examines = report.command not in _NOT_EXAMINING
    if report.suggestions:
        report = _with_suggestions(report, report.suggestions)
    if examines:
        report = _weighed(report)
    if examines and not has_examined(report) and not decisive(report):
        report = report._replace(findings=(_nothing(report), *report.findings))
    return report._replace(exit_code=_exit_code(report, writes=writes, examines=examines))


def finished(report: Report, tell: Tell, *, writes: bool) -> Report:
    """Return ``report`` concluded, after telling what the run found, and that it is over."""
    report = concluded(report, writes=writes)._replace(invocation=invocation.current())
    tell_all(tell, [Suggested(report.suggestions)] if report.suggestions else ())
    tell_all(tell, [Found(finding, item.endpoint) for item in report.endpoints for finding in item.findings])
    tell_all(tell, [Found(finding) for finding in report.findings])
    tell(Finished(report))
    return report


def _all(report: Report) -> Iterator[Finding]:
    yield from report.findings
    yield from (finding for item in report.endpoints for finding in item.findings)


def _exit_code(report: Report, *, writes: bool, examines: bool) -> int:
    """Return the status of docs/reference.md: what could not be read or written outweighs what is broken."""
    codes = {finding.code for finding in _all(report)}
    nothing = exits.PENDING if is_suggested(report) else exits.NO_CONFIGURATION
    for status, meaning in _BY_CODE:
        if codes & meaning:
            return nothing if status == exits.NO_CONFIGURATION else status
    if (examines and not has_examined(report)) or report.command == "suggest":
        return nothing
    became = set(outcomes(report))
    if became & {"broken", "left_alone"} or {finding.code for finding in decisive(report)} - BY_HAND:
        return exits.PROBLEM
    if codes & BY_HAND or "repairable" in became or (report.plan.edits and not writes):
        return exits.PENDING if report.command in _REPAIRING else exits.PROBLEM
    return exits.OK


def _with_suggestions(report: Report, suggestions: "Suggestions") -> Report:
    """Return the report with what is said of ``suggestions`` first, then what the search said, then the rest."""
    from netdiag.findings import suggested  # noqa: PLC0415 - few reports have them

    others = [finding for finding in report.findings if not suggested.is_covered(finding, suggestions)]
    others.sort(key=lambda finding: not _is_of_search(finding))
    return report._replace(findings=(*suggested.of_suggestions(suggestions), *others))


def _is_of_search(finding: Finding) -> bool:
    return finding.code.startswith(_OF_SEARCH) and not finding.code.startswith(_OF_OTHERS)


def _weighed(report: Report) -> Report:
    """Return the report with the severity of each finding as the outcome of the run makes it."""
    became = set(outcomes(report))
    examined = has_examined(report)
    all_answered = examined and not became & {"broken", "left_alone"}
    searched = bool(report.suggestions and report.suggestions.addresses)
    endpoints = report.endpoints
    if not examined:
        endpoints = tuple(item._replace(findings=tuple(map(_as_reason, item.findings))) for item in endpoints)

    def severity(finding: Finding) -> Severity | None:
        if searched and _is_of_search(finding):
            return finding.severity
        if finding.code in _WHY_NOTHING and not examined:
            return "note" if searched else "error"  # what can be entered instead is said first
        is_of_place = finding.code.startswith(_ABOUT_THE_PLACE)
        return "note" if all_answered and is_of_place and findings.severity(finding.code) == "error" else None

    return report._replace(
        endpoints=endpoints,
        findings=tuple(finding._replace(severity=severity(finding)) for finding in report.findings),
    )


def _as_reason(finding: Finding) -> Finding:
    return finding._replace(severity="error") if finding.code in _WHY_NOTHING else finding


def _nothing(report: Report) -> Finding:
    """Return why nothing was examined: no base_url was found, or all types call no service."""
    became = zip(report.endpoints, outcomes(report), strict=True)
    types = dict.fromkeys(item.endpoint.type for item, outcome in became if outcome == "calls_nobody")
    return Finding("ND545", values={"types": ", ".join(types)}) if types else Finding("ND544")
