"""What netdiag may cost, as a table: mostly in terms of something else that was measured in the same round."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bench.cases import MAIN, REPAIR, WAYS, Measure, big, many
from bench.figures import Estimate, estimate, paired
from bench.rivals import CHECKER, CURL, WAITING
from bench.rounds import Session

Kind = Literal["times", "more", "value"]
"""Our figure as a multiple of the other one, how much more it is, or as it stands."""


@dataclass(frozen=True)
class Limit:
    """At most ``most``, in the way that ``kind`` says; ``unit`` is what the page writes behind it."""

    kind: Kind
    most: float
    unit: str = "×"


@dataclass(frozen=True)
class Budget:
    """One row: one of its limits has to hold. ``source`` says where the limit comes from."""

    what: str
    ours: Measure
    limits: tuple[Limit, ...]
    source: str
    against: Measure | None = None


@dataclass(frozen=True)
class Outcome:
    """What was found of one limit; ``found`` is ``None`` where it could not be measured."""

    budget: Budget
    limit: Limit
    found: Estimate | None

    @property
    def is_met(self) -> bool:
        """Whether the median keeps to the limit."""
        return self.found is not None and self.found.median <= self.limit.most

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval lies on one side of the limit."""
        return self.found is not None and (self.found.high <= self.limit.most or self.found.low > self.limit.most)


_COMPARE: Final[Mapping[Kind, Callable[[float, float], float]]] = {"times": operator.truediv, "more": operator.sub}
_BARE: Final = Measure("bare Python")
_INSIDE: Final = f"discovery and proof, {MAIN}"


def _times(most: float) -> tuple[Limit, ...]:
    return (Limit("times", most),)


BUDGETS: Final = (
    Budget(
        "`netdiag --version`",
        Measure("--version"),
        _times(2.5),
        "argparse, json, selectors and socket imported alone: 2.4 ×",
        _BARE,
    ),
    Budget(
        "`fix-base-url`, from exec to the first connect",
        Measure("fix-base-url --dry-run", "to_connection_ms"),
        _times(6),
        "those with asyncio and PyYAML: 7.0 ×",
        _BARE,
    ),
    Budget(
        f"discovery and proof after start-up, {MAIN}",
        Measure(_INSIDE, "run_ms"),
        (Limit("times", 5), Limit("more", 5, "ms more")),
        "the same race over asyncio streams: 4.8 ×",
        Measure(_INSIDE, "floor_ms"),
    ),
    Budget(
        f"whole `fix-base-url`, {MAIN}, beside curl",
        REPAIR,
        _times(1 / 20),
        "two black holes at 3 s each are 6 s; 300 ms is quick",
        Measure(CURL),
    ),
    Budget(
        f"whole `fix-base-url`, {MAIN}, beside KAG's checker",
        REPAIR,
        _times(1 / 5),
        "a user who knew the address had only this to try",
        Measure(CHECKER),
    ),
    Budget(
        "black holes, 2 → 15",
        Measure(f"repair, {WAYS[2]}"),
        _times(1.1),
        "all are tried at once",
        Measure(f"repair, {WAYS[1]}"),
    ),
    *(
        Budget(
            f"endpoints, 1 → {count:,}, at {hosts} host{'s'[: hosts > 1]}",
            Measure(many(count, hosts)),
            _times(most),
            source,
            Measure(many(1, hosts)),
        )
        for hosts in (1, 50)
        for count, most, source in (
            (200, 3, "chosen: most of a small run is its start"),
            (1000, 60, "chosen: a thousand calls are made"),
        )
    ),
    *(
        Budget(
            f"memory, endpoints 1 → 1,000, at {hosts} host{'s'[: hosts > 1]}",
            Measure(many(1000, hosts), "rss_mb"),
            (Limit("more", 40, "MB more"),),
            "40 KB an endpoint",
            Measure(many(1, hosts), "rss_mb"),
        )
        for hosts in (1, 50)
    ),
    *(
        Budget(
            f"5 MB configuration, {what}",
            Measure(big(what)),
            (Limit("value", 1000, "ms"),),
            "chosen, in seconds: no such file may seem to hang",
        )
        for what in ("prompts", "prompts and lists")
    ),
    Budget(
        "`--wait`, from the service's `listen()` to the end",
        Measure(WAITING, "to_end_ms"),
        (Limit("value", 100, "ms"),),
        "chosen, in seconds: other waiters look once in 1 to 5 s",
    ),
)

MISSED_BECAUSE: Final[Mapping[str, str]] = {
    "`fix-base-url`, from exec to the first connect": (
        "Before a packet can be sent the options are read (argparse, about 2 ×), the configuration is (PyYAML, "
        "1.5 ×, and finding base_urls in it, 1.5 ×) and the place is (1 ×). Tried: httpx, KAG's tables, rules and"
        " the store are imported while packets are under way (it was 25 ×); named tuples for dataclasses, which "
        "with `inspect` took 2 ×; the kernel's list of listening sockets for /proc/net/tcp (0.7 ×); the "
        "terminal's width without shutil (0.4 ×). No garbage collection while importing changed nothing."
    ),
    f"discovery and proof after start-up, {MAIN}": (
        "One call through httpx, which KAG's own SDKs stand on, takes 2 to 3 ms where the floor writes one by hand; "
        "10 ms of grace are for the black holes, which the user named and which outrank the address that works; the "
        "rest is reading the place and the file. Tried: "
        "one client and one TLS context for all calls, 10 ms of grace for 50 (together 74 to 35 ms). In a whole "
        "run the grace costs nothing, since httpx is imported meanwhile: see black holes, 2 → 15."
    ),
    "5 MB configuration, prompts and lists": (
        "`yaml.compose` alone takes longer, with the C loader: see its row below. Tried: the same events read "
        "without composing, which is what is measured."
    ),
}
"""By what the budget is about: why it is missed, and what was tried. Written by hand; shown only beside a miss."""


def outcomes(session: Session) -> tuple[Outcome, ...]:
    """Return what became of every budget: of a choice of limits the one that holds, or else the first."""
    return tuple(_outcome(budget, session) for budget in BUDGETS)


def _outcome(budget: Budget, session: Session) -> Outcome:
    tried = [Outcome(budget, limit, _found(budget, limit, session)) for limit in budget.limits]
    return next((outcome for outcome in tried if outcome.is_met), tried[0])


def _found(budget: Budget, limit: Limit, session: Session) -> Estimate | None:
    ours = session.of(*budget.ours)
    if limit.kind == "value":
        values = tuple(ours.values())
    else:
        assert budget.against, budget
        values = paired(ours, session.of(*budget.against), _COMPARE[limit.kind])
    return estimate(values, session.seed) if values else None
