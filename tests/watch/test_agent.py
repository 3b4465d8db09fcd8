"""The agent against a world of its own: half an hour of it takes a moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from made_reports import broken, endpoint, report, works

from netdiag.job import Job
from netdiag.model.endpoint import Span
from netdiag.model.journal import Applied
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Examined, Report
from netdiag.watch.agent import Agent, Rhythm, Stopped, Unfinished
from netdiag.watch.history import Change, Signs

EPOCH = 1_000_000.0
RUN_S = 0.05
SLOWLY = Rhythm(30.0)


@dataclass
class _World:
    """A world in which only waiting and checking take time; ``found`` says what a check at a time finds."""

    ends: float
    found: Callable[[float, Job], Report]
    look: Callable[[float], Signs] = lambda _: {}
    time: float = 0.0
    checks: list[float] = field(default_factory=list)
    looks: int = 0

    @property
    def stopped(self) -> bool:
        return self.time >= self.ends

    def now(self) -> float:
        return self.time

    def today(self) -> float:
        return EPOCH + self.time

    def chance(self) -> float:
        return 0.5

    def wait(self, seconds: float) -> None:
        self.time += max(seconds, 0.001)

    def signs(self, _: Sequence[str]) -> Signs:
        self.looks += 1
        return self.look(self.time)

    def run(self, job: Job) -> Report:
        if not job.write:
            self.checks.append(self.time)
        self.time += RUN_S
        if self.stopped:
            raise Stopped
        return self.found(self.time, job)


@dataclass
class _Told:
    """Keeps what it is told."""

    changes: list[Change] = field(default_factory=list)
    repairs: list[Edit] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def listening(self, *_: object) -> None:
        raise AssertionError

    def changed(self, change: Change) -> None:
        self.changes.append(change)

    def repaired(self, _: float, edit: Edit) -> None:
        self.repairs.append(edit)

    def gave_up(self, _: float, source: str) -> None:
        self.given_up.append(source)

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


def watched(world: _World, rhythm: Rhythm = SLOWLY) -> tuple[Agent, _Told]:
    """Watch until that world ends."""
    told = _Told()
    agent = Agent(Job("watch", ("kag_config.yaml",)), rhythm, world, told)
    agent.run()
    return agent, told


def test_half_an_hour_with_fifty_falls():
    """Up for 18 s and down for 18 s, fifty times in 30 minutes: each change is seen once, in time."""

    def found(now: float, _: Job) -> Report:
        return report(works()) if now % 36 < 18 else report(broken("ND201"))

    world = _World(1800.0, found)
    agent, told = watched(world, Rhythm(2.0))
    assert [change.now for change in told.changes] == ["works", "broken"] * 50
    late = [(change.at - EPOCH) % 18 for change in told.changes[1:]]
    assert max(late) <= 2.0 + 2 * RUN_S
    assert len(world.checks) == pytest.approx(900, abs=5)
    assert agent.seen.changes == 100
    assert sum(agent.seen.checks.values()) == len(world.checks)
    assert len(agent.history.changes) == 100


def test_between_checks_only_the_surroundings_are_looked_at():
    """Sixty checks in half an hour, and one look a second."""
    world = _World(1800.0, lambda *_: report(works()))
    watched(world)
    assert len(world.checks) == pytest.approx(60, abs=1)
    assert world.looks <= 1800 + 2


def test_a_change_of_the_network_is_checked_at_once():
    """Not at the next interval, and once for one change."""
    world = _World(600.0, lambda *_: report(works()), lambda now: {"routes": "a" if now < 100 else "b"})
    watched(world, Rhythm(300.0))
    assert world.checks == [0.0, pytest.approx(100.0, abs=1.1), pytest.approx(400.0, abs=2.0)]


def test_a_file_that_never_rests_does_not_hurry_it_too_much():
    """At most a check a second, however fast it is written."""
    world = _World(60.0, lambda *_: report(works()), lambda now: {"kag_config.yaml": str(now)})
    watched(world)
    gaps = [after - before for before, after in zip(world.checks, world.checks[1:], strict=False)]
    assert min(gaps) >= 1.0


def test_it_survives_its_own_errors():
    """An error is counted each time and told once; it is not ready meanwhile, and the next check counts again."""

    def found(now: float, _: Job) -> Report:
        if now < 300:
            msg = "sk-canary"
            raise ValueError(msg)
        if now < 330:
            raise KeyError
        return report(works())

    agent, told = watched(_World(400.0, found))
    assert [type(error) for error in told.errors] == [ValueError, KeyError]
    assert agent.seen.checks["error"] >= 10
    assert (agent.seen.ready, agent.seen.codes) == (True, ())
    broken_off, _ = watched(_World(100.0, found))
    assert (broken_off.seen.ready, broken_off.seen.codes) == (False, ("ND701",))


def test_a_check_that_does_not_end_is_down():
    """Nothing is up and ND240 says why, once; the next check is made all the same, and what it finds counts again."""

    def found(now: float, _: Job) -> Report:
        if 100 < now < 200:
            raise Unfinished(30.0)
        return report(works())

    stuck, _ = watched(_World(150.0, found))
    assert (stuck.seen.ready, stuck.seen.ends, stuck.seen.codes) == (False, False, ("ND240",))
    assert dict(stuck.seen.up) == {"kag_config.yaml:chat_llm": False}
    assert stuck.seen.checked < EPOCH + 100  # the age of what is known is told
    world = _World(400.0, found)
    agent, told = watched(world)
    assert max(after - before for before, after in zip(world.checks, world.checks[1:], strict=False)) < 31
    assert [(change.now, [cause.code for cause in change.causes]) for change in told.changes] == [
        ("works", []),
        ("broken", ["ND240"]),
        ("works", []),
    ]
    assert (agent.seen.ready, agent.seen.ends, set(agent.seen.up.values())) == (True, True, {True})
    assert agent.seen.checks["error"] == 3


def test_it_survives_surroundings_that_cannot_be_read():
    """The checks go on at their interval, and the error is told once."""

    def look(_: float) -> Signs:
        raise PermissionError

    world = _World(100.0, lambda *_: report(works()), look)
    agent, told = watched(world)
    assert [type(error) for error in told.errors] == [PermissionError]
    assert (len(world.checks), agent.seen.ready) == (4, True)


def test_it_stops_during_a_check():
    """What the check would have found does not matter any more."""
    agent, told = watched(_World(0.01, lambda *_: report(works())))
    assert told.changes == []
    assert dict(agent.seen.checks) == {}


EDIT = Edit("kag_config.yaml", 3, "chat_llm", Span(10, 19), b"localhost", b"172.17.0.1", "host")


def mended(now: float, job: Job) -> Report:
    """A check of a file that somebody changes back whenever it is written."""
    item = Examined(endpoint()._replace(url_span=Span(3, 22)), "repairable", proven_url="http://172.17.0.1:11434/")
    applied = (Applied("kag_config.yaml", "r1", "rename", 1),) if job.write else ()
    return report(item)._replace(plan=Plan((EDIT,)), applied=applied, command=job.command)


def test_nothing_is_written_unasked():
    """Without --fix a repair is only told."""
    agent, told = watched(_World(1800.0, mended))
    assert (told.repairs, dict(agent.seen.repairs)) == ([], {})
    assert not agent.seen.ready


def test_a_quarrel_ends():
    """With --fix a repair is written, not more often than allowed, and no more when it was changed back three times."""
    agent, told = watched(_World(7200.0, mended), Rhythm(30.0, 600.0))
    assert told.repairs == [EDIT] * 3
    assert told.given_up == ["kag_config.yaml"]
    assert agent.seen.repairs == {"written": 3, "given_up": 1}


def test_a_repair_is_looked_at_again_at_once():
    """Whether it works now is known after the repair, not an interval later."""
    wrote = []

    def found(now: float, job: Job) -> Report:
        if job.write:
            wrote.append(job)
        return mended(now, job) if job.write or not wrote else report(works())

    world = _World(100.0, found)
    agent, told = watched(world, Rhythm(60.0, 600.0))
    assert [change.now for change in told.changes] == ["repairable", "works"]
    assert world.checks[1] < 1.0
    assert [(job.command, job.files, job.only) for job in wrote] == [("fix-base-url", ("kag_config.yaml",), "files")]
    assert agent.seen.ready
