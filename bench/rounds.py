"""The session: everything in every round, in an order that is drawn anew, each sample a fresh process."""

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import places
from bench.cases import RARE, Case
from bench.places import Place

Samples = dict[str, dict[str, dict[int, float]]]
"""Case → measure → round → value."""


@dataclass(frozen=True)
class Plan:
    """What is run, in how many rounds that are kept; round 0 warms caches, of all or only of what is not rare.

    After ``limit_s`` seconds no other round begins.
    """

    cases: Sequence[Case]
    rounds: int
    seed: int
    warms_rare: bool
    limit_s: float

    def due(self, number: int) -> list[Case]:
        """Return what this round has."""
        if number == 0:
            return [case for case in self.cases if self.warms_rare or case.every < RARE]
        return [case for case in self.cases if (number - 1) % case.every == 0]


@dataclass
class Session:
    """What was seen: the samples, the load at the start of each round, and what did not end as it should."""

    seed: int
    loads: dict[int, float] = field(default_factory=dict)
    samples: Samples = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def of(self, case: str, measure: str) -> Mapping[int, float]:
        """Return the value of each round that has one."""
        return self.samples.get(case, {}).get(measure, {})

    def keep(self, case: str, number: int, figures: Mapping[str, float]) -> None:
        """Add one sample."""
        for measure, value in figures.items():
            self.samples.setdefault(case, {}).setdefault(measure, {})[number] = value


@contextmanager
def opened(first: Path) -> Iterator[Mapping[str, tuple[Place, dict[str, str]]]]:
    """Make every place, each with the variables of what runs there; ``first`` is the first folder on its path."""
    with ExitStack() as stack:
        made = {name: stack.enter_context(places.make(world)) for name, world in places.WORLDS.items()}
        yield {name: (place, places.environment(place.directory, str(first))) for name, place in made.items()}


def run(plan: Plan, first: Path, say: Callable[[str], None]) -> Session:
    """Run every round of the plan; ``first`` is the first folder on the path of what is run."""
    chance, session, began = random.Random(plan.seed), Session(plan.seed), time.monotonic()
    with opened(first) as there:
        for number in range(plan.rounds + 1):
            if number > 1 and time.monotonic() - began > plan.limit_s:
                say(f"{plan.limit_s / 60:.0f} minutes are over")
                break
            due = plan.due(number)
            chance.shuffle(due)
            load = os.getloadavg()[0]
            say(f"round {number} of {plan.rounds}: {len(due)} samples, load {load:.1f}")
            if number:
                session.loads[number] = load
            for case in due:
                _sample(case, *there[case.place], session, number)
    return session


def _sample(case: Case, place: Place, environment: Mapping[str, str], session: Session, number: int) -> None:
    shutil.rmtree(place.directory / "state", ignore_errors=True)
    for name, text in case.files.items():
        (place.directory / name).write_text(text)
    ended = place.run(case.argv, {**environment, **case.environment})
    if ended.status not in case.ends:
        said = ended.said.strip().splitlines() or ["nothing"]
        session.failures.append(f"{case.name}, round {number}: exit status {ended.status}; it said: {said[-1]}")
        return
    told = json.loads(ended.said.splitlines()[-1]) if case.tells else {}
    if number:
        session.keep(case.name, number, {**ended.figures, **told})
