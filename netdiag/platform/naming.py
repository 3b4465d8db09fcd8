"""Name the platform: the first row of the table whose signs are all there wins. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag.model.place import MACHINE_NETWORK, Confidence, Fact, Facts, NameAnswer, Platform
from netdiag.platform import names
from netdiag.platform.table import BY_NAME, ROWS, Row

_LOWER: Final[Mapping[Confidence, Confidence]] = {"certain": "likely", "likely": "guess", "guess": "guess"}


def name(facts: Facts, answers: Sequence[NameAnswer] = ()) -> Platform:
    """Return the platform that ``facts``, and what name servers answered so far, speak for."""
    marks = {fact.name: fact for fact in (*facts.marks, *names.marks(names.believable(facts, answers)))}
    row = next(row for row in ROWS if _matches(row, marks))
    below = _below(row, marks)
    carrier = below if below and row.gateway == "host" else row
    against = tuple(marks[mark] for mark in sorted(row.against) if mark in marks)
    return Platform(
        name=row.name,
        in_container=row.in_container,
        shares_host_network=row.shares_host_network or bool(below and below.shares_host_network),
        confidence=_LOWER[row.confidence] if against else row.confidence,
        evidence=tuple(_evidence(row, marks)) or tuple(_absence(marks)),
        against=against,
        below=below.name if below else "",
        systems=tuple(sorted(row.systems if "cloud" in row.systems else carrier.systems)),
        reaches_loopback=carrier.loopback,
    )


def possible(facts: Facts) -> tuple[Row, ...]:
    """Return the rows that ``facts`` allow, the last being the one they name, or what carries that.

    Those before it wait for what a name server would answer: Colima looks like any Docker Engine until it is asked.
    """
    marks = {fact.name: fact for fact in facts.marks}
    rows: list[Row] = []
    is_machines = False
    for row in ROWS:
        if is_machines and row.shares_host_network:
            continue
        if _matches(row, marks):
            rows.append(row)
            if row.name != MACHINE_NETWORK:
                break
            is_machines = True
        elif _matches(row, marks, asked=False):
            rows.append(row)
    return tuple(rows)


def host(platform: Platform) -> Row:
    """Return the row that tells what the host of ``platform`` is: of an orchestrator's, that of what carries it."""
    row = BY_NAME[platform.name]
    return BY_NAME[platform.below] if row.gateway == "host" and platform.below else row


def _matches(row: Row, marks: Mapping[str, Fact], *, asked: bool = True) -> bool:
    """Tell whether a row's signs are there; before name servers are ``asked`` any of them may know any name."""
    wanted = row.signs if asked else (group for group in row.signs if not any(m.startswith("dns:") for m in group))
    return all(marks.keys() & group for group in wanted) and not marks.keys() & row.without


def _below(row: Row, marks: Mapping[str, Fact]) -> Row | None:
    if not row.on_top:
        return None
    carriers = (r for r in ROWS if not r.on_top and not (row.shares_host_network and r.shares_host_network))
    found = next(r for r in carriers if _matches(r, marks))
    return found if found.name not in ("unknown-container", "linux-host") else None


def _evidence(row: Row, marks: Mapping[str, Fact]) -> Iterator[Fact]:
    for group in row.signs:
        yield from (marks[mark] for mark in sorted(group) if mark in marks)


def _absence(marks: Mapping[str, Fact]) -> Iterator[Fact]:
    yield Fact("no_container_marks", "none", "/.dockerenv, /run/.containerenv, mounts, environment")
    if "kernel" in marks:
        yield marks["kernel"]
