"""The page of the commands that examine endpoints, and of the journal: problems first, then what was repaired."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final

from netdiag import findings
from netdiag.findings import Words
from netdiag.findings.commands import OURS, as_called
from netdiag.model.endpoint import Endpoint
from netdiag.model.journal import PastFile, PastRun
from netdiag.model.report import Examined, Finding, Report
from netdiag.outcome import Outcome, is_unwritten
from netdiag.report.few import Item, few, values
from netdiag.report.grouped import Group, groups, head, proven, url
from netdiag.report.labels import by_hand, label, origin
from netdiag.report.outcomes import attempted, counted, label_name, outcomes
from netdiag.report.page import Page
from netdiag.report.told import body, tell, title
from netdiag.text import shown

_ORDER: Final[tuple[Outcome, ...]] = ("repairable", "by_hand", "repaired", "works", "calls_nobody")
_PENDING: Final[tuple[Outcome, ...]] = ("repairable", "by_hand")
"""What is told of endpoints without a problem even where problems only are asked for: the exit status is not 0."""


def examined(page: Page, report: Report, language: str, detail: int) -> None:
    """Write what became of the endpoints, or of the runs; ``detail`` is that of the text report."""
    _Outcome(page, report, language, detail).write()


class _Outcome:
    """What became of the endpoints, or of the runs, on a page."""

    def __init__(self, page: Page, report: Report, language: str, detail: int) -> None:
        self._page = page
        self._report = report
        self._language = language
        self._detail = detail

    def write(self) -> None:
        """Write problems, then what was or can be repaired, then what works, and one line to sum up.

        That is the first one where there is no problem: what is the case, and what to do next.
        """
        is_well = self._detail >= 0 and not any(findings.severity_of(each) == "error" for each in self._said())
        if is_well:
            self._count()
        about_run = self._about_run()
        self._tell([f for f in about_run if findings.severity_of(f) == "error"])
        for (finding, places), left in self._few(self._causes().values(), _said_of_many):
            self._problem(finding, places)
            self._more(left)
        became = list(zip(self._report.endpoints, outcomes(self._report), strict=True))
        for outcome in _ORDER if self._detail >= 0 else _PENDING:
            for group in groups(each for each in became if each[1] == outcome):
                self._group(group)
        for run in self._report.runs or ():
            self._run(run)
        self._host()
        if self._detail >= 0:
            self._tell([f for f in about_run if findings.severity_of(f) != "error"])
            self._beside()
            self._changes()
            if not is_well:
                self._count()

    def _said(self) -> Iterator[Finding]:
        yield from self._report.findings
        for item in self._report.endpoints:
            yield from item.findings

    def _about_run(self) -> list[Finding]:
        """Write what could be configured, and return the findings about the run that are about something else."""
        if not self._report.suggestions:
            return list(self._report.findings)
        from netdiag.findings.suggested import CODES  # noqa: PLC0415 - few runs have them
        from netdiag.report.suggested import suggested  # noqa: PLC0415

        suggested(self._page, self._report, self._report.suggestions, self._language, self._detail)
        return [finding for finding in self._report.findings if finding.code not in CODES]

    def _beside(self) -> None:
        """Write what was looked at where something could be configured."""
        if self._report.suggestions:
            from netdiag.report.suggested import beside  # noqa: PLC0415 - few runs have them

            beside(self._page, self._report.suggestions, self._language, self._detail)

    def _tell(self, said: Sequence[Finding]) -> None:
        """Write findings that are not about one endpoint; what to do about several of them is told after the last."""
        told = list(self._few(said, lambda each: each.code))
        last = {self._remedies(finding): at for at, (finding, _) in enumerate(told)}
        for at, (finding, left) in enumerate(told):
            tell(self._page, finding, self._language, has_remedies=last[self._remedies(finding)] == at)
            self._more(left)

    def _remedies(self, finding: Finding) -> Hashable:
        return findings.words(finding, self._language).remedies

    def _few(self, items: Iterable[Item], alike: Callable[[Item], Hashable]) -> Iterator[tuple[Item, int]]:
        """Yield what is told of items that may be very many, each with how many like it are left out behind it."""
        return few(items, alike, every=self._detail > 0)

    def _more(self, left: int, indent: int = 0) -> None:
        """Write how many more there are of what was told last."""
        if left:
            self._page.paragraph(self._label("and_alike", n=left), indent)

    def _causes(self) -> dict[tuple[str, Words, tuple[str, ...]], tuple[Finding, list[Examined]]]:
        """Group the endpoints by what is said of them: one cause is told once, however many it stops."""
        causes: dict[tuple[str, Words, tuple[str, ...]], tuple[Finding, list[Examined]]] = {}
        for item in self._report.endpoints:
            for finding in item.findings:
                said = (finding.code, findings.words(finding, self._language), finding.evidence)
                causes.setdefault(said, (finding, []))[1].append(item)
        return causes

    def _problem(self, finding: Finding, places: Sequence[Examined]) -> None:
        if findings.severity_of(finding) != "error" and self._detail < 0:
            return
        said = findings.words(finding, self._language)
        title(self._page, finding, said, self._language)
        for item, left in self._few(places, values):
            self._page.item(self._place(item.endpoint), 4)
            self._moved(item)
            self._attempts(item)
            self._more(left, 4)
        body(self._page, said, finding.evidence, self._language, exactly=self._detail > 0)

    def _moved(self, item: Examined) -> None:
        """Write to what the address of a model in the database is changed, where KAG refuses the model for the rest."""
        span = item.endpoint.url_span
        planned = [e for e in self._report.plan.edits if e.source == item.endpoint.source] if span else []
        if item.verdict == "broken" and any(span.start <= e.span.start < span.end for e in planned if span):
            is_written = any(applied.source == item.endpoint.source for applied in self._report.applied)
            name = "address_written" if is_written else "address_pending"
            self._page.paragraph(self._label(name, url=shown(item.proven_url)), 4)

    def _group(self, group: Group) -> None:
        """Write endpoints of which the same is to be said: each place, and the rest once."""
        if len(group.items) == 1 or self._detail < 0:
            for item, left in self._few(group.items, values):
                self._line(self._style(group), self._place(item.endpoint) + _arrow(item, group), self._name(group))
                self._more(left, 4)
        else:
            self._line(self._style(group), head(group, self._language), self._name(group))
        if self._detail >= 0:
            self._members(group)

    def _members(self, group: Group) -> None:
        """Write each place where there are several, and what is known of all of them."""
        is_alone = len(group.items) == 1
        tried: set[Hashable] = set()
        for item, left in self._few(group.items, values):
            if not is_alone:
                self._page.item(f"{self._where(item.endpoint)} {url(item, group)}", 4)
            if group.outcome in _PENDING and item.endpoint.place and item.endpoint.url_span:
                self._page.paragraph(self._label("stored", source=item.endpoint.source), 4 if is_alone else 8)
            if item.attempts not in tried:
                self._attempts(item)
            tried.add(item.attempts)
            self._more(left, 4)
        self._known(group)

    def _known(self, group: Group) -> None:
        """Write how a group is proven, why this address was chosen, and where to click to change it by hand."""
        said = [proven(group.items, self._report, self._language)]
        first = group.items[0]
        if first.chosen and group.now:
            of = {"host": first.chosen.host, "origin": origin(first.chosen, self._language)}
            if other := first.runner_up:
                of |= {"other": other.host, "whence": origin(other, self._language)}
            said.append(self._label("chosen_before" if other else "chosen", **of))
        if group.outcome in _PENDING:
            said += dict.fromkeys(by_hand(item.endpoint.place, self._language) for item in group.items)
        for line in filter(None, said):
            self._page.paragraph(line, 4)

    def _style(self, group: Group) -> str:
        return "repairable" if group.outcome in _PENDING else group.outcome

    def _name(self, group: Group) -> str:
        return label_name(self._report, group.outcome)

    def _host(self) -> None:
        """Write what was seen on the host, where netdiag was run from there."""
        if self._detail > 0 and self._report.evidence and (view := self._report.evidence.host):
            from netdiag.report import from_host  # noqa: PLC0415 - few runs have it

            self._page.paragraph(self._label("page_host") + self._label("colon").rstrip())
            for line in from_host.lines(view, self._language):
                self._page.paragraph(line, 4)

    def _attempts(self, item: Examined) -> None:
        if self._detail > 0 and item.attempts:
            self._page.paragraph(self._label("tried"), 4)
            for line in self._tried(item):
                self._page.paragraph(line, 8)

    def _tried(self, item: Examined) -> Iterator[str]:
        for attempt in item.attempts:
            if self._detail > 1 or attempt.step != "dns" or attempt.failure:
                yield attempted(attempt, self._language)

    def _run(self, run: PastRun) -> None:
        time = run.time.replace("T", " ").replace("+00:00", " UTC")
        self._page.verbatim(f"{shown(run.id)}  {shown(time)}")
        for file, left in self._few(run.files, lambda each: (each.how == "row", each.state, each.edits)):
            self._page.verbatim(self._past(file), 4)
            self._more(left, 4)

    def _past(self, file: PastFile) -> str:
        undoing = file.undoes and file.state == "done"
        state = self._label("state_undoing" if undoing else f"state_{file.state}", run=shown(file.undoes))
        how = self._label("how", how=self._label(file.how), n=file.edits)
        name = findings.placed(file.name, self._language)
        path = f"{name} ({file.path})" if name else file.path
        return shown(path) + self._label("colon") + state + how

    def _changes(self) -> None:
        """Write what a rollback changed, or would, and the difference that a repair would make."""
        report = self._report
        if report.runs is not None:
            undoable = any(f.state == "done" and not f.undoes for run in report.runs for f in run.files)
            said = "undo_run" if undoable else "nothing_to_undo"
            self._page.paragraph(self._label(said))
        if report.command == "rollback":
            for applied, left in self._few(report.applied, lambda each: (each.how == "row", each.edits)):
                name = findings.placed(applied.name, self._language)
                self._line("repaired", shown(name or applied.source), "rolled_back")
                self._more(left, 4)
        if report.plan.diff and not report.applied and report.command == "fix-base-url":
            self._page.verbatim(report.plan.diff.rstrip("\n"))

    def _count(self) -> None:
        """Write how many endpoints ended in which way, and what follows from that."""
        report = self._report
        fixes = report.command == "fix-base-url"
        counts = counted(report, self._language)
        hint = ""
        if report.applied and fixes:
            hint = self._label("undo" if outcomes(report).count("repaired") == 1 else "undo_several")
        elif report.plan.edits:
            pending = "unwritten" if is_unwritten(report) else "pending"
            hint = self._label(pending if fixes else "repair")
        elif {"works"} <= set(outcomes(report)) <= {"works", "calls_nobody"}:
            hint = self._label("nothing")
        if counts:
            counts = self._label("counted", counts=counts)
            self._page.paragraph(counts + (self._label("semicolon") + hint if hint else ""))

    def _line(self, style: str, text: str, name: str) -> None:
        self._page.headed(style, self._label(name), self._label("colon") + text)

    def _label(self, name: str, **values: object) -> str:
        called = "" if self._page.called == OURS else self._page.called

        def made(found: re.Match[str]) -> str:
            return f"`{as_called(found[1], called, self._report.invocation)}`"

        return re.sub(f"`({OURS} [^`]*)`", made, label(name, self._language, **values))

    def _place(self, endpoint: Endpoint) -> str:
        """Return where an endpoint is and what it says: ``kag_config.yaml:3 chat_llm http://localhost:11434/``."""
        return f"{self._where(endpoint)} {shown(endpoint.base_url)}".strip()

    def _where(self, endpoint: Endpoint) -> str:
        where = endpoint.where if endpoint.line else findings.placed(endpoint.place or endpoint.source, self._language)
        return " ".join(part for part in (where, shown(endpoint.node)) if part)


def _arrow(item: Examined, group: Group) -> str:
    return f" -> {shown(item.proven_url)}" if group.now else ""


def _said_of_many(cause: tuple[Finding, Sequence[Examined]]) -> Hashable:
    """Return the same for causes that differ only in the place they name."""
    finding, places = cause
    return finding.code, finding.evidence, values(places[0])
