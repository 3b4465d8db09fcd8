"""The loop: runs and pauses against a clock of its own."""

import os
import signal
import time
from dataclasses import dataclass, field

import pytest
from made_reports import broken, repairable, report, works

from netdiag.job import Job
from netdiag.model.report import Report
from netdiag.model.suggestion import Suggestions
from netdiag.waiting import loop, until_settled
from netdiag.waiting.loop import KNOCK_EVERY_S

RUN_S = 0.05


@dataclass
class _Fake:
    """A world in which nothing takes time but sleeping and running; ``opens_at`` is when the door opens."""

    opens_at: float = 1e9
    time: float = 0.0
    knocks: int = 0
    runs: list[tuple[float, float]] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def today(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += max(seconds, 0.0)

    def chance(self) -> float:
        return 1.0

    def prepare(self) -> None:
        pass

    def is_open(self, _: object) -> bool:
        self.knocks += 1
        return self.time >= self.opens_at

    def run(self, job: Job) -> Report:
        self.runs.append((self.time, job.answer_s))
        self.time += RUN_S
        return self.found()

    def found(self) -> Report:
        return report(works()) if self.time >= self.opens_at else report(broken("ND201"))


def waited(fake: _Fake, seconds: float) -> tuple[int, list[str]]:
    """Wait in that world; return the exit status and the codes told."""
    told: list[str] = []
    ended = until_settled(
        Job("check"), seconds, fake.run, lambda new: told.extend(finding.code for finding in new), fake
    )
    return ended.exit_code, told


@pytest.mark.parametrize("opens_at", [0.3, 1.0, 20.0, 59.0])
def test_a_service_that_comes_up_is_noticed_at_the_next_knock(opens_at):
    """However long it took and however rare runs have become, the run that proves it begins within a knock."""
    fake = _Fake(opens_at)
    assert waited(fake, 60.0) == (0, ["ND201"])
    assert fake.runs[-1][0] - opens_at <= KNOCK_EVERY_S + RUN_S
    assert len(fake.runs) <= 10


def test_nothing_in_the_way():
    """All is well at once: one run, and no knock."""
    fake = _Fake(opens_at=0.0)
    assert waited(fake, 60.0) == (0, [])
    assert (len(fake.runs), fake.knocks) == (1, 0)


def test_a_service_that_never_comes():
    """Time runs out at the time, not at the next step of a pause: 124."""
    fake = _Fake()
    assert waited(fake, 60.0) == (124, ["ND201"])
    assert fake.time == pytest.approx(60.0, abs=2 * RUN_S)


def test_what_cannot_heal_ends_at_once():
    """A refused key is not tried again: the status is that of the run."""
    fake = _Fake()
    fake.found = lambda: report(broken("ND404"))  # type: ignore[method-assign]
    assert waited(fake, 60.0) == (1, [])
    assert len(fake.runs) == 1


def test_a_model_gets_no_longer_than_is_left():
    """A call that hangs cannot outlast the deadline by more than a second."""
    fake = _Fake()
    waited(fake, 10.0)
    assert all(answer_s <= max(10.0 - began, 1.0) for began, answer_s in fake.runs)


def test_what_earlier_runs_wrote_is_in_the_last_report():
    """One endpoint is repaired at once, the other when its service is there: the report has both."""
    chat, openie = "chat_llm", "openie_llm"
    found = iter(
        [
            report(repairable(chat), broken("ND201", openie), command="fix-base-url", wrote=True),
            report(works(chat), broken("ND201", openie), command="fix-base-url"),
            report(works(chat), works(openie), command="fix-base-url"),
        ]
    )
    fake = _Fake()
    ended = until_settled(Job("fix-base-url", write=True), 60.0, lambda _: next(found), lambda _: None, fake)
    assert [item.verdict for item in ended.endpoints] == ["repairable", "works"]
    assert [each.source for each in ended.applied] == ["kag_config.yaml"]


def test_model_services_are_looked_for_once():
    """Where nothing is configured, the search is made by one run: what it finds is not looked for again."""
    lost = report(broken("ND201"))
    runs = iter([lost, lost._replace(suggestions=Suggestions("models_page", "0.8"))])
    asked: list[bool] = []

    def run(job: Job):
        asked.append(job.suggests)
        return next(runs, report(works()))

    until_settled(Job("fix-base-url"), 60.0, run, lambda _: None, _Fake())
    assert asked == [True, True, False]


@pytest.mark.parametrize("found_before", [True, False], ids=["after another run", "the first run"])
def test_a_run_that_does_not_end_is_broken_off(monkeypatch, found_before):
    """It hangs where no limit of netdiag's own reaches; the wait ends with 124, ND241 and what was known before."""
    monkeypatch.setattr(loop, "LONGER_S", 0.2)
    runs = iter([found_before, False])

    def run(_: Job) -> Report:
        if not next(runs):
            os.read(reading, 1)  # nobody writes
        return report(broken("ND201"))

    reading, writing = os.pipe()
    began = time.monotonic()
    try:
        ended = until_settled(Job("check", answer_s=0.1), 0.3, run, lambda _: None)
    finally:
        os.close(reading)
        os.close(writing)
    assert time.monotonic() - began < 2
    assert (ended.exit_code, ended.findings[0].code, bool(ended.endpoints)) == (124, "ND241", found_before)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
