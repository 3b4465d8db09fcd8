"""The report for people: problems first, one line each, then why and what to do; legible at 80 columns.

Every line is right without colour; colour only underlines the first word.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from netdiag import findings
from netdiag.findings import Words
from netdiag.model import Attempt, Candidate, Endpoint, Examined, Finding, PastFile, PastRun, Report
from netdiag.report.as_json import outcomes, summary
from netdiag.report.labels import label
from netdiag.text import printable, shown, without_secrets

WIDTH: Final = 80

_STYLES: Final = {
    "repaired": "green",
    "works": "green",
    "repairable": "yellow",
    "left_alone": "yellow",
    "warning": "yellow",
    "note": "cyan",
    "broken": "bold red",
    "error": "bold red",
}
_ORDER: Final = ("repairable", "repaired", "works")
_EXPLANATION_LIMIT: Final = 2000


def as_text(report: Report, language: str = "en", *, detail: int = 0, colour: bool = False) -> str:
    """Return the report as text in ``language``.

    ``detail`` is -1 for problems only, 0 as usual, 1 with every attempt, 2 with what cannot be of use to most.
    """
    page = _Page(report, language, detail, colour)
    if report.command == "detect":
        page.place()
    else:
        page.outcome()
    return page.text()


def wrapped(text: str) -> str:
    """Return a paragraph in lines of at most 80 columns; Chinese characters are two columns wide."""
    console = Console(file=io.StringIO(), width=WIDTH, no_color=True, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(Text(text))
    return _without_padding(captured.get())


def _without_padding(printed: str) -> str:
    """Return what rich printed without the blanks it fills lines up with."""
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


class _Page:
    def __init__(self, report: Report, language: str, detail: int, colour: bool) -> None:
        self._report = report
        self._language = language
        self._detail = detail
        self._out = io.StringIO()
        self._console = Console(
            file=self._out, width=WIDTH, force_terminal=colour, no_color=not colour, highlight=False, emoji=False
        )

    def text(self) -> str:
        return _without_padding(self._out.getvalue())

    def outcome(self) -> None:
        """Write problems, then what was or can be repaired, then what works, and one line to sum up."""
        errors = [f for f in self._report.findings if findings.severity(f.code) == "error"]
        for finding in errors:
            self._headed(finding)
        for said, places in self._causes().items():
            self._problem(*said, places)
        ended = outcomes(self._report)
        for outcome in _ORDER if self._detail >= 0 else ():
            for item, became in zip(self._report.endpoints, ended, strict=True):
                if became == outcome:
                    self._endpoint(item, outcome)
        for run in self._report.runs or ():
            self._run(run)
        if self._detail >= 0:
            for finding in self._report.findings:
                if finding not in errors:
                    self._headed(finding)
            self._sum_up()

    def place(self) -> None:
        """Write where this is and why that is believed, and the addresses that would be tried."""
        platform = self._report.platform
        if platform is None:
            return
        sure, colon = self._label(platform.confidence), self._label("colon")
        self._line("note", f"{findings.term(platform.name, self._language)} ({platform.name}, {sure})", "where")
        for name, facts in (("because", platform.evidence), ("against", platform.against)):
            for fact in facts:
                self._indented(f"{self._label(name)}{colon}{fact.name} = {shown(fact.value)} ({fact.source})")
        self._console.print(Text(self._label("candidates") + colon.rstrip()))
        for candidate in self._report.candidates:
            addresses = ", ".join(candidate.addresses) or self._label("unresolved")
            behind = "" if addresses == candidate.host else f" [{addresses}]"
            self._indented(candidate.host + behind + self._label("colon") + self._origin(candidate))
        for finding in self._report.findings:
            self._headed(finding)

    def _causes(self) -> dict[tuple[str, Words, tuple[str, ...]], list[Examined]]:
        """Group the endpoints by what is said of them: one cause is told once, however many it stops."""
        causes: dict[tuple[str, Words, tuple[str, ...]], list[Examined]] = {}
        for item in self._report.endpoints:
            for finding in item.findings:
                said = (finding.code, findings.words(finding, self._language), finding.evidence)
                causes.setdefault(said, []).append(item)
        return causes

    def _problem(self, code: str, said: Words, evidence: tuple[str, ...], places: Sequence[Examined]) -> None:
        severity = findings.severity(code)
        if severity != "error" and self._detail < 0:
            return
        self._line(severity, f"{shown(said.title)}  [{code}]", severity)
        for item in places:
            self._indented(_place(item.endpoint))
            self._attempts(item)
        self._body(said, evidence)

    def _endpoint(self, item: Examined, verdict: str) -> None:
        endpoint = item.endpoint
        changed = verdict in ("repaired", "repairable")
        self._line(verdict, _place(endpoint) + (f" -> {shown(item.proven_url)}" if changed else ""), verdict)
        proof = next((proof for proof in item.proofs if proof.failure is None and proof.status), None)
        if proof:
            kag, model = self._report.kag_version, shown(endpoint.model)
            self._indented(self._label("proven", kag=kag, model=model, ms=proof.duration_ms))
        if item.chosen and changed:
            self._indented(self._label("chosen", host=item.chosen.host, origin=self._origin(item.chosen)))
        self._attempts(item)

    def _attempts(self, item: Examined) -> None:
        if self._detail > 0 and item.attempts:
            self._indented(self._label("tried"))
            for line in self._tried(item):
                self._indented(line, 8)

    def _origin(self, candidate: Candidate) -> str:
        return candidate.origin if self._language == "en" else self._label(candidate.kind)

    def _tried(self, item: Examined) -> Iterator[str]:
        for attempt in item.attempts:
            if self._detail > 1 or attempt.step != "dns" or attempt.failure:
                yield self._attempt(attempt)

    def _attempt(self, attempt: Attempt) -> str:
        ended = findings.term(attempt.failure, self._language) if attempt.failure else self._label("connected")
        if attempt.step == "call" and not attempt.failure:
            ended = f"HTTP {attempt.status}"
        where = attempt.address or attempt.host
        return f"{attempt.step:4} {where} port {attempt.port}: {ended} ({attempt.duration_ms:.1f} ms)"

    def _headed(self, finding: Finding) -> None:
        severity = findings.severity(finding.code)
        said = findings.words(finding, self._language)
        self._line(severity, f"{shown(said.title)}  [{finding.code}]", severity)
        if severity == "error":
            self._body(said, finding.evidence)

    def _body(self, said: Words, evidence: Sequence[str]) -> None:
        if said.explanation:
            self._indented(printable(without_secrets(said.explanation), _EXPLANATION_LIMIT))
        if evidence:
            self._indented(self._label("seen"))
            for line in evidence:
                self._indented(shown(line), 8)
        if said.remedies:
            self._indented(self._label("do"))
        for remedy in said.remedies:
            self._indented(remedy.on + self._label("colon") + remedy.text if remedy.on else remedy.text, 6)
            for line in remedy.command.splitlines():
                # A command is never wrapped: it is there to be copied.
                self._console.print(Text(" " * 10 + shown(line)), soft_wrap=True)

    def _run(self, run: PastRun) -> None:
        time = run.time.replace("T", " ").replace("+00:00", " UTC")
        self._console.print(Text(f"{shown(run.id)}  {shown(time)}"), soft_wrap=True)
        for file in run.files:
            self._console.print(Text(" " * 4 + self._past(file)), soft_wrap=True)

    def _past(self, file: PastFile) -> str:
        undoing = file.undoes and file.state == "done"
        state = self._label("state_undoing" if undoing else f"state_{file.state}", run=shown(file.undoes))
        how = self._label("how", how=self._label(file.how), n=file.edits)
        return shown(file.path) + self._label("colon") + state + how

    def _sum_up(self) -> None:
        report = self._report
        if report.runs is not None:
            undoable = any(f.state == "done" and not f.undoes for run in report.runs for f in run.files)
            said = "undo_run" if undoable else "nothing_to_undo"
            self._console.print(Text(self._label(said)))
        if report.command == "rollback":
            for applied in report.applied:
                self._line("repaired", shown(applied.source), "rolled_back")
        if report.plan.diff and not report.applied and report.command == "fix-base-url":
            self._console.print(Text(report.plan.diff.rstrip("\n")), soft_wrap=True)
        counts = [self._label(f"count_{verdict}", n=n) for verdict, n in summary(report).items() if n]
        hint = ""
        if report.applied and report.command == "fix-base-url":
            hint = self._label("undo")
        elif report.plan.edits:
            hint = self._label("pending" if report.command == "fix-base-url" else "repair")
        elif report.endpoints and all(item.verdict == "works" for item in report.endpoints):
            hint = self._label("nothing")
        if counts:
            comma, stop = (", ", "; ") if self._language == "en" else ("，", "；")
            self._console.print(Text(comma.join(counts) + (stop + hint if hint else "")))

    def _line(self, style: str, text: str, name: str) -> None:
        head = Text(self._label(name), style=_STYLES.get(style, ""))
        self._console.print(head.append(self._label("colon") + text, style="not bold default"), soft_wrap=True)

    def _indented(self, text: str, by: int = 4) -> None:
        self._console.print(Padding(Text(text), (0, 0, 0, by)))

    def _label(self, name: str, **values: object) -> str:
        return label(name, self._language, **values)


def _place(endpoint: Endpoint) -> str:
    """Return where an endpoint is and what it says: ``kag_config.yaml:3 chat_llm http://localhost:11434/``."""
    where = endpoint.where if endpoint.line else endpoint.source
    return " ".join(part for part in (where, shown(endpoint.node), shown(endpoint.base_url)) if part)
