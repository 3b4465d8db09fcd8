"""The session as docs/benchmarks.md; a value in, text out."""

import operator
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench import budgets
from bench.budgets import MISSED_BECAUSE, Budget, Outcome
from bench.cases import Case, Group
from bench.figures import Estimate, estimate, paired, spread
from bench.machine import Machine
from bench.rounds import Session


@dataclass(frozen=True)
class Section:
    """A table of the page: its title, the words above it, and the columns, unless they are those of any process."""

    title: str
    words: str
    columns: tuple[str, ...] = ("wall_ms", "cpu_ms", "rss_mb")


SECTIONS: Final[Mapping[Group, Section]] = {
    "start": Section(
        "Starting",
        "`bare Python` is `python -c pass` of the same environment. Without `.pyc` is what an image that was not "
        "compiled and cannot be written to costs at every start.",
    ),
    "connect": Section(
        "To the first connection",
        "`fix-base-url --dry-run`, from exec to the moment in which the server that the configuration names accepts "
        "it.",
        ("to_connection_ms",),
    ),
    "repair": Section(
        "Finding and repairing",
        "Whole processes. The floor knows the address: Python with a socket and one chat. Black holes are named "
        "first, by `--host`, so that each outranks the address that works; localhost, which refuses, is tried beside "
        "the candidates that are counted.",
    ),
    "inside": Section(
        "Discovery and proof, without the start",
        "In one process whose modules are imported: a connection and a chat by hand at the known address, and "
        "netdiag's whole run, in random order.",
        ("floor_ms", "run_ms"),
    ),
    "rivals": Section(
        "What else one would do",
        "The same five candidates in netdiag's own order; each script ends at the first that answers. KAG's checker "
        "has no time limit for a connection, so it is spared the black holes, and told the address.",
    ),
    "many": Section("Many endpoints", "`check` on a server that answers at once; every endpoint has another model."),
    "big": Section(
        "A 5 MB configuration",
        "One endpoint beside a project's prompts; or beside prompts and, a fifth of it, lists in which every few bytes "
        "are a node.",
    ),
    "wait": Section(
        "Waiting for a service",
        "From the service's `listen()`, at a random moment, to its first connection and to the end of the command.",
        ("to_connection_ms", "to_end_ms"),
    ),
    "idle": Section("What waiting costs", "The difference of the two is what six seconds of waiting take."),
    "sockets": Section(
        "Open at once",
        "Looked at every millisecond: the most sockets and threads that were seen.",
        ("sockets", "threads"),
    ),
    "imports": Section(
        "What each command imports",
        "By `-X importtime`, which itself costs time: good for comparing commands, not with the figures above.",
        ("modules", "import_ms"),
    ),
}
_TIMES: Final = ("wall_ms", "to_connection_ms", "to_end_ms", "floor_ms", "run_ms")
_PEAKS: Final = ("sockets", "threads")
_LABELS: Final = {
    "wall_ms": "wall ms",
    "cpu_ms": "CPU ms",
    "rss_mb": "peak MB",
    "to_connection_ms": "to the first connection, ms",
    "to_end_ms": "to the end, ms",
    "floor_ms": "floor, ms",
    "run_ms": "netdiag's run, ms",
    "modules": "modules",
    "import_ms": "import ms",
    "sockets": "sockets",
    "threads": "threads",
}
_SPREAD: Final = "{0.median:.{1}f} ({0.least:.{1}f} … {0.p95:.{1}f})"


@dataclass(frozen=True)
class Taken:
    """All that the page is made of."""

    machine: Machine
    session: Session
    cases: Sequence[Case]
    sizes: Mapping[str, int]
    lacking: Sequence[str]
    command: str
    seconds: float


def write(taken: Taken) -> str:
    """Return the page."""
    parts = [_head(taken), _budgets(taken.session)]
    parts += [_group(group, taken) for group in SECTIONS if any(case.group == group for case in taken.cases)]
    return "\n\n".join([*parts, _sizes(taken.sizes), *_failed(taken.session)]) + "\n"


_HOW: Final = """\
Nothing here is edited by hand. Every sample is a fresh process in a namespace that no route leads out of. Everything is
measured in every round (what is slow, in one of two or four), in an order that is drawn anew; a first round is dropped.
Times are the median, and in brackets the least and the 95th percentile; ratios are taken within each round, so that
both sides met much the same machine: their median, and in brackets its 95 % bootstrap interval. No figure here decides
whether anything passes; what CI holds are counts, in `tests/cli/test_costs.py`."""


def _head(taken: Taken) -> str:
    machine, loads = taken.machine, taken.session.loads
    lacking = f" Not measured, for want of it here: {', '.join(taken.lacking)}." if taken.lacking else ""
    where = (
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gb:.0f} GB; {machine.kernel}; {machine.python}."
    )
    how = f"Rounds: {len(loads)}, in {taken.seconds / 60:.0f} minutes; seed {taken.session.seed}."
    load = f"Load average {_range(loads.values())}. {_busy(taken)}"
    return "\n\n".join(["# Benchmarks", f"Made by `{taken.command}`.", _HOW, _filled(f"{where} {how} {load}{lacking}")])


def _filled(text: str) -> str:
    return textwrap.fill(text, 120, break_on_hyphens=False, break_long_words=False)


def _range(values: Iterable[float]) -> str:
    seen = sorted(values)
    return f"{seen[0]:.1f} to {seen[-1]:.1f}"


def _busy(taken: Taken) -> str:
    loads = taken.session.loads
    busy = [number for number, load in loads.items() if load > taken.machine.cores]
    if not busy:
        return "In no round was it above one per core."
    if len(busy) == len(loads):
        return "**In every round it was above one per core: trust the ratios, not the times.**"
    return f"It was above one per core in {len(busy)} rounds ({', '.join(map(str, busy))}): trust the ratios."


def _budgets(session: Session) -> str:
    found = budgets.outcomes(session)
    missed = [outcome for outcome in found if not outcome.is_met and outcome.found]
    rows = [(o.budget.what, _limits(o.budget), _value(o), _verdict(o), o.budget.source) for o in found]
    table = _table(("what", "at most", "found", "", "where the limit comes from"), rows)
    text = f"## Budgets\n\n{sum(o.is_met for o in found)} met, {len(missed)} missed.\n\n{table}"
    if not missed:
        return text
    why = [(o.budget.what, MISSED_BECAUSE.get(o.budget.what, "not looked into yet")) for o in missed]
    return f"{text}\n\n{_table(('missed', 'why, and what was tried'), why)}"


def _limits(budget: Budget) -> str:
    other = f" {budget.against.case}" if budget.against else ""
    shown = []
    for limit in budget.limits:
        number = f"1/{1 / limit.most:.0f}" if limit.most < 1 else f"{limit.most:g}"
        shown.append(f"{number} {limit.unit}" + (other if limit.kind == "times" and other == " bare Python" else ""))
    return ", or ".join(shown)


def _value(outcome: Outcome) -> str:
    return f"{_estimated(outcome.found, outcome.limit.unit)}, n {outcome.found.samples}" if outcome.found else "?"


def _estimated(found: Estimate, unit: str) -> str:
    places = 3 if found.median < 0.1 else 2 if found.median < 10 else 1 if found.median < 100 else 0
    return f"{found.median:.{places}f} {unit} ({found.low:.{places}f} … {found.high:.{places}f})"


def _verdict(outcome: Outcome) -> str:
    if not outcome.found:
        return "not measured"
    return ("met" if outcome.is_met else "**missed**") + ("" if outcome.is_sure else ", narrowly")


def _group(group: Group, taken: Taken) -> str:
    section = SECTIONS[group]
    cases = [case for case in taken.cases if case.group == group and taken.session.samples.get(case.name)]
    compared = any(case.against for case in cases)
    rows = [_row(case, section.columns, compared, taken.session) for case in cases]
    head = ("", "n", *(_LABELS[column] for column in section.columns), *(["ratio"] if compared else []))
    return f"## {section.title}\n\n{_filled(section.words)}\n\n{_table(head, rows)}"


def _row(case: Case, columns: Sequence[str], compared: bool, session: Session) -> tuple[str, ...]:
    seen = session.samples[case.name]
    cells = [_cell(column, seen[column].values()) for column in columns]
    return (case.name, str(len(seen[columns[0]])), *cells, *([_ratio(case, session)] if compared else []))


def _cell(measure: str, values: Iterable[float]) -> str:
    if measure in _PEAKS:
        return f"{max(values):.0f}"
    found = spread(list(values))
    if measure in _TIMES:
        return _SPREAD.format(found, 1 if found.median < 100 else 0)
    return f"{found.median:.0f}"


def _ratio(case: Case, session: Session) -> str:
    if not case.against:
        return ""
    theirs = session.of(case.against.case, case.against.name)
    ratios = paired(session.of(case.name, case.measure), theirs, operator.truediv)
    return f"{_estimated(estimate(ratios, session.seed), '×')} {case.against.case}" if ratios else ""


def _sizes(sizes: Mapping[str, int]) -> str:
    total = sum(sizes.values())
    large = {name: size for name, size in sizes.items() if size > total / 50}
    rows = [(name, f"{size / 1e6:.1f}") for name, size in large.items()]
    rows += [("the rest", f"{(total - sum(large.values())) / 1e6:.1f}"), ("all", f"{total / 1e6:.1f}")]
    words = "What the image has as /opt/netdiag: a virtual environment, compiled, without pip."
    return f"## Size\n\n{_filled(words)}\n\n{_table(('', 'MB'), rows)}"


def _failed(session: Session) -> Iterator[str]:
    if session.failures:
        yield "## Samples that failed\n\n" + "\n".join(f"- {line}" for line in session.failures)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
