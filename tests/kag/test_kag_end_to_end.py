"""End to end: whatever netdiag calls working, repaired or broken, KAG says the same of the file from the same place.

Each number is a situation of its own, the same every time: one that fails is run again alone by its number, with
``pytest 'tests/kag/test_kag_end_to_end.py::test_kag_says_the_same[17]'``. There are 300, and
``NETDIAG_SITUATIONS=1000`` makes it 1000.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import NoReturn

import pytest
from kag.end_to_end.comparison import MEANT, Came, Verdict, claims, contradictions, told, unexplained, works_now
from kag.end_to_end.place import Judge, came_of, judge
from kag.end_to_end.situations import Situation, one_node, situation
from kag.judge.asking import ENVIRONMENTS
from kag.judge.configurations import RELEASES

from netdiag import lab
from netdiag.kag.version import Version

SITUATIONS = range(int(os.environ.get("NETDIAG_SITUATIONS", "300")))
SIDE_BY_SIDE = 2 * (os.cpu_count() or 1) + 2
"""More than there are processors: most of a situation's time goes by in waiting for what does not answer."""


Outcomes = Mapping[int, "Future[Came]"]
Judges = Mapping[Version, Judge]


@pytest.fixture(scope="session")
def judges(
    namespaces: None, require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Judges]:
    """Return a running KAG of each version."""
    for release in RELEASES.values():
        if not (ENVIRONMENTS / release / "made").exists():
            require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    folder = tmp_path_factory.mktemp("end-to-end")
    with ExitStack() as stack:
        yield {version: stack.enter_context(judge(version, folder)) for version in RELEASES}


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest, judges: Judges, require: Callable[[str, str], NoReturn]
) -> Iterator[Outcomes]:
    """Return what comes of every situation that a test of this run asks for; they are all under way."""
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    wanted = sorted({call.params["seed"] for call in calls if call and "seed" in call.params})
    if reason := next(filter(None, (lab.lacking(situation(seed).world) for seed in wanted)), ""):
        require("iptables", reason)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        futures = {seed: pool.submit(_surely, situation(seed), judges) for seed in wanted}
        yield futures
        for future in futures.values():
            future.cancel()


def _surely(seen: Situation, judges: Judges) -> Came:
    """Return what comes of a situation; of a second try, where a busy machine may have made the contradiction."""
    came = came_of(seen, judges)
    return came_of(seen, judges) if unexplained(contradictions(seen, came)) else came


@pytest.mark.parametrize("seed", SITUATIONS)
@pytest.mark.lab
@pytest.mark.kag
def test_kag_says_the_same(outcomes: Outcomes, seed: int) -> None:
    """Nothing that netdiag says or does in this situation is contradicted by KAG."""
    seen, came = situation(seed), outcomes[seed].result()
    if found := unexplained(contradictions(seen, came)):
        pytest.fail(told(seen, came, found), pytrace=False)


@pytest.mark.skipif(len(SITUATIONS) < 300, reason="fewer situations are asked for")
@pytest.mark.lab
@pytest.mark.kag
def test_enough_is_seen(outcomes: Outcomes) -> None:
    """With every KAG many nodes work, many are repaired and many are broken; and those KAG says the same of."""
    if len(outcomes) < len(SITUATIONS):
        pytest.skip("only some situations were asked for")
    seen: Counter[tuple[str, str]] = Counter()
    for seed, future in outcomes.items():
        came, asked = future.result(), situation(seed)
        works = claims(asked, came.report)
        for before, after in zip(came.before, came.after, strict=True):
            if works.get(after.node) == after.ok:
                became = "works" if before.ok else "repaired" if after.ok else "broken"
                seen[asked.version, became] += 1
    assert min(seen[version, became] for version in RELEASES for became in ("works", "repaired", "broken")) > 25, seen


@pytest.mark.lab
@pytest.mark.kag
def test_a_lie_in_any_situation_is_found(outcomes: Outcomes) -> None:
    """Had netdiag said the opposite of any node in any situation, KAG would have contradicted it."""
    for seed, future in outcomes.items():
        seen, came = situation(seed), future.result()
        true = {(each.kind, each.node) for each in contradictions(seen, came)}
        for at, endpoint in enumerate(came.report["endpoints"]):
            lie = {**endpoint, "verdict": "broken" if works_now(endpoint, came.report) else "works"}
            lies = [*came.report["endpoints"]]
            lies[at] = lie
            found = contradictions(seen, came._replace(report={**came.report, "endpoints": lies}))
            assert true ^ {(each.kind, each.node) for each in found} or endpoint["verdict"] == "left_alone", seen


@pytest.mark.parametrize(("name", "version", "manner"), [("stream-of-nothing", "0.8", "page")])
@pytest.mark.lab
@pytest.mark.kag
def test_what_is_meant_is_still_so(judges: Judges, name: str, version: Version, manner: str) -> None:
    """A row of the table explains a contradiction that is there, and without it nothing would."""
    seen = one_node(version, manner, stream=True)
    found = contradictions(seen, came_of(seen, judges))
    assert found, MEANT[name].reason
    assert all(MEANT[name].applies(each) for each in found)


def test_situations_are_the_same_every_time() -> None:
    """A number stands for one situation, and different numbers for different ones."""
    assert situation(7) == situation(7)
    assert len({str(situation(seed)) for seed in range(300)}) == 300


def _verdicts(seen: Situation, *ok: bool, base_url: str = "http://localhost/") -> tuple[Verdict, ...]:
    return tuple(Verdict(node.name, each, base_url=base_url) for node, each in zip(seen.nodes, ok, strict=True))


def _report(seen: Situation, *verdicts: str, written: bool = False) -> dict:
    endpoints = [
        {"node": node.alias_of or node.name, "verdict": verdict, "source": seen.file, "findings": [], "proofs": [],
         "base_url": "http://localhost/", "proven_url": None}
        for node, verdict in zip(seen.nodes, verdicts, strict=True)
    ]  # fmt: skip
    return {"endpoints": endpoints, "applied": [{"source": seen.file}] if written else [], "findings": []}


TWO = next(found for found in map(situation, range(100)) if found.file == "config.json")
"""A situation whose file holds two nodes."""

TRUE = {
    "both work": (["works", "works"], 0, [True, True], [True, True], False),
    "both broken": (["broken", "broken"], 1, [False, False], [False, False], False),
    "one is repaired": (["works", "repairable"], 0, [True, False], [True, True], True),
    "one is left alone": (["left_alone", "broken"], 1, [True, False], [True, False], False),
}
LIES = {
    "a broken one called working": ("called working", ["works", "works"], 0, [True, False], [True, False], False),
    "a broken one called repaired": ("called working", ["works", "repairable"], 0, [True, False], [True, False], True),
    "a working one called broken": ("called broken", ["works", "broken"], 1, [True, True], [True, True], False),
    "a repair not written": ("called broken", ["works", "repairable"], 1, [True, False], [True, True], False),
    "status 0 with a broken one": ("ended well", ["works", "broken"], 0, [True, False], [True, False], False),
    "status 1 where all work": ("ended badly", ["works", "works"], 1, [True, True], [True, True], False),
    "status 0 with one left alone": ("ended well", ["works", "left_alone"], 0, [True, False], [True, False], False),
}


def _came(verdicts: list[str], exit_code: int, before: list[bool], after: list[bool], written: bool) -> Came:
    report = _report(TWO, *verdicts, written=written)
    return Came(_verdicts(TWO, *before), report, exit_code, _verdicts(TWO, *after), TWO.text, {})


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_no_contradiction(name: str) -> None:
    """Where both say the same there is nothing to tell."""
    assert contradictions(TWO, _came(*TRUE[name])) == []


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_found(name: str) -> None:
    """What netdiag says wrongly is a contradiction of its kind, and can be told."""
    kind, *made = LIES[name]
    came = _came(*made)
    found = contradictions(TWO, came)
    assert kind in [each.kind for each in found]
    assert f"situation {TWO.seed}" in told(TWO, came, found)


def test_a_change_is_found() -> None:
    """A base_url that worked and was changed is one, and so is any other byte of a file in which all worked."""
    honest = _came(*TRUE["both work"])
    elsewhere = _verdicts(TWO, True, True, base_url="http://172.17.0.1/")
    changed = contradictions(TWO, honest._replace(after=elsewhere, text_after=TWO.text.replace("h", "H")))
    assert [each.kind for each in changed] == ["working one changed", "working one changed", "bytes changed"]
    assert [each.kind for each in contradictions(TWO, honest._replace(text_after=TWO.text + "\n"))] == ["bytes changed"]


@pytest.mark.parametrize(
    "came", [{"exit_code": 70}, {"report": {"endpoints": [], "applied": [], "crash": "Traceback"}}]
)
def test_an_end_without_a_report_is_found(came: dict) -> None:
    """An error of netdiag's own is one."""
    assert [each.kind for each in contradictions(TWO, _came(*TRUE["both work"])._replace(**came))] == ["no report"]
