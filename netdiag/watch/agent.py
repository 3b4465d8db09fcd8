"""The agent: checks when it is time, or when the surroundings changed; repairs if it may; survives its own errors."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from netdiag import exits
from netdiag.job import Job
from netdiag.model.plan import Edit
from netdiag.model.report import Finding, Report
from netdiag.outcome import decisive, has_examined, outcomes
from netdiag.store import is_row
from netdiag.watch.history import Change, History, Signs
from netdiag.watch.mending import Mending
from netdiag.watch.seen import Seen, codes_of, phases, tracked, unknown

LOOK_EVERY_S: Final = 1.0
"""How often the surroundings are looked at: some ten files of /proc and /etc, half a millisecond."""

LEAST_BETWEEN_S: Final = 1.0
"""A check for a change begins no sooner after the check before it: who writes a file writes it more than once."""

JITTER: Final = 0.1
"""Intervals differ by a tenth, so that a hundred agents that were started together do not call together."""

KINDS_TOLD: Final = 50
"""Different errors told in the life of an agent. Nobody reads more, and a log has to end."""


class Stopped(Exception):  # noqa: N818 - no error
    """The agent was asked to stop while a check was under way."""


class Unfinished(Exception):  # noqa: N818 - told as a finding
    """A check did not end: it made no progress for ``silent_s`` seconds, longer than it may."""

    def __init__(self, silent_s: float) -> None:
        super().__init__(silent_s)
        self.silent_s = silent_s


class Outside(Protocol):
    """What the agent sees of the world: time, chance, signals, surroundings, and the checks themselves."""

    @property
    def stopped(self) -> bool:
        """Whether the agent was asked to stop."""

    def now(self) -> float:
        """Return seconds of a clock that only goes forward."""

    def today(self) -> float:
        """Return seconds since 1970."""

    def chance(self) -> float:
        """Return a random number from 0 to 1."""

    def wait(self, seconds: float) -> None:
        """Let time pass, less of it when the agent is asked to stop."""

    def signs(self, files: Sequence[str]) -> Signs:
        """Look at the surroundings, and at these files."""

    def run(self, job: Job) -> Report:
        """Make a check.

        Raises :exc:`Stopped` when the agent is asked to stop meanwhile, :exc:`Unfinished` when the check does not end.
        """


class Teller(Protocol):
    """Who is told what happens."""

    def listening(self, host: str, port: int) -> None:
        """Metrics are served there."""

    def changed(self, change: Change) -> None:
        """An endpoint is another way than before."""

    def repaired(self, at: float, edit: Edit) -> None:
        """An edit was written."""

    def gave_up(self, at: float, source: str) -> None:
        """Somebody changes ``source`` back whenever it is repaired, so it no longer is."""

    def failed(self, error: Exception) -> None:
        """A check ended in an error of netdiag's own; one of its kind is told once."""


class Rhythm(NamedTuple):
    """How often to check, in seconds, and how often each source may be repaired; ``None`` for never."""

    interval_s: float
    fix_every_s: float | None = None


class Agent:
    """Runs until it is asked to stop; ``seen`` is what it knows, replaced whole after each check."""

    def __init__(self, job: Job, rhythm: Rhythm, outside: Outside, teller: Teller) -> None:
        self.seen = Seen()
        self.history = History()
        self._job = job
        self._rhythm = rhythm
        self._outside = outside
        self._teller = teller
        self._mending = Mending(rhythm.fix_every_s or 0.0)
        self._checks: Counter[str] = Counter()
        self._repairs: Counter[str] = Counter()
        self._changes = 0
        self._told: set[str] = set()
        self._files: tuple[str, ...] = job.files

    def run(self) -> None:
        """Check, wait, look, and check again."""
        outside = self._outside
        due, signs = outside.now(), self._look({})
        began = due - LEAST_BETWEEN_S
        while not outside.stopped:
            present = self._look(signs)
            if present != signs:
                due = min(due, began + LEAST_BETWEEN_S)
            if outside.now() >= due:
                began, signs = outside.now(), present
                again = self._checked(signs)
                pause = self._rhythm.interval_s * (1 + JITTER * (2 * outside.chance() - 1))
                due = outside.now() if again else began + pause
            outside.wait(min(LOOK_EVERY_S, due - outside.now()))

    def _look(self, before: Signs) -> Signs:
        """Look at the surroundings; where that fails they count as unchanged."""
        try:
            return self._outside.signs(self._files)
        except Exception as error:  # noqa: BLE001 - the checks go on
            self._tell(error)
            return before

    def _checked(self, signs: Signs) -> bool:
        """Make one check and take it in; tell whether a repair was written, so that it has to be looked at again."""
        began = self._outside.now()
        try:
            report = self._outside.run(self._job)
            self._take_in(report, signs, self._outside.now() - began)
            return self._repair(report)
        except Stopped:
            return False
        except Unfinished as left:
            self._lost(Finding("ND240", values={"seconds": f"{left.silent_s:.0f}"}))
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the next check may be right
            self._failed(error)
            return False

    def _count(self) -> None:
        """Show what was counted; the counts go on, so others get copies."""
        self.seen = self.seen._replace(checks=dict(self._checks), repairs=dict(self._repairs), changes=self._changes)

    def _failed(self, error: Exception) -> None:
        """Count an error of netdiag's own, and tell it."""
        self._checks["error"] += 1
        self.seen = unknown(self.seen, "ND701")
        self._count()
        self._tell(error)

    def _lost(self, finding: Finding) -> None:
        """Count a check that did not end, and tell it: nothing is known of the endpoints any more."""
        self._checks["error"] += 1
        changes = self.history.lost(finding, self._outside.today())
        self._changes += len(changes)
        self.seen = unknown(self.seen, finding.code)
        self._count()
        for change in changes:
            self._teller.changed(change)

    def _tell(self, error: Exception) -> None:
        """Tell an error unless one of its kind was told: it may come at every check."""
        kind = f"{type(error).__name__} {_place(error)}"
        if kind not in self._told and len(self._told) < KINDS_TOLD:
            self._told.add(kind)
            self._teller.failed(error)

    def _repair(self, report: Report) -> bool:
        """Write what was proven, if that may be done now; tell whether anything was written."""
        if self._rhythm.fix_every_s is None or not report.plan.edits:
            return False
        may = tuple(self._allowed(report))
        rows = tuple(source for source in may if is_row(source))
        # the rows of a database are repaired together: where one of them has to wait, all of them do
        if any(is_row(edit.source) and edit.source not in rows for edit in report.plan.edits):
            rows = ()
        files = tuple(source for source in may if not is_row(source))
        wrote = self._write(report, files, self._job._replace(files=files, only="files")) if files else False
        return (self._write(report, rows, self._job._replace(files=(), only="server")) if rows else False) or wrote

    def _allowed(self, report: Report) -> Iterator[str]:
        for source in dict.fromkeys(edit.source for edit in report.plan.edits):
            leave = self._mending.may(source, _of(report, source), self._outside.now())
            if leave == "write":
                yield source
            elif leave == "give_up":
                self._repairs["given_up"] += 1
                self._count()
                self._teller.gave_up(self._outside.today(), source)

    def _write(self, report: Report, sources: Sequence[str], job: Job) -> bool:
        for source in sources:
            self._mending.wrote(source, _of(report, source), self._outside.now())
        written = self._outside.run(job._replace(command="fix-base-url", write=True))
        done = {applied.source for applied in written.applied}
        for source in sources:
            self._repairs["written" if source in done else "failed"] += 1
        self._count()
        for edit in written.plan.edits:
            if edit.source in done:
                self._teller.repaired(self._outside.today(), edit)
        return bool(done)

    def _take_in(self, report: Report, signs: Signs, took: float) -> None:
        at = self._outside.today()
        changes = self.history.observe(report, at, signs)
        self._changes += len(changes)
        self._checks["ok" if report.exit_code == exits.OK else "problem"] += 1
        items = tracked(report)
        self.seen = Seen(
            ready=report.exit_code == exits.OK,
            examined=has_examined(report),
            codes=tuple(sorted({finding.code for finding in decisive(report)})),
            up={called: item.verdict == "works" for called, item in items.items()},
            worked={
                called: self.history.worked((item.endpoint.source, item.endpoint.node))
                for called, item in items.items()
            },
            phases=phases(items),
            outcomes=Counter(outcomes(report)),
            findings=codes_of(report),
            checked=at,
            took=took,
            kag=report.kag_version,
        )
        self._count()
        self._files = tuple(dict.fromkeys((*self._job.files, *_files(report))))
        for change in changes:
            self._teller.changed(change)


def _of(report: Report, source: str) -> tuple[Edit, ...]:
    return tuple(edit for edit in report.plan.edits if edit.source == source)


def _files(report: Report) -> Iterator[str]:
    """Yield the files that a check found: where none was named their stamps are looked at, too."""
    for item in report.endpoints:
        if not is_row(item.endpoint.source) and item.endpoint.url_span is not None:
            yield item.endpoint.source


def _place(error: BaseException) -> str:
    """Return where an error came from, for telling whether it is another one."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
