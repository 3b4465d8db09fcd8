"""The benchmarks' own arithmetic, and that their budgets speak of what is measured; `python -m bench` runs them."""

import importlib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def bench(monkeypatch):
    """Return the way to import a module of bench, which is not installed."""
    monkeypatch.syspath_prepend(PROJECT)
    return lambda name: importlib.import_module(f"bench.{name}")


def test_a_spread_is_of_values_that_were_seen(bench):
    """The least and the 95th percentile are samples, the median may lie between two."""
    assert bench("figures").spread([4.0, 1.0, 2.0, 3.0]) == (2.5, 1.0, 4.0, 4)
    assert bench("figures").spread([*range(1, 101)]) == (50.5, 1, 95, 100)


def test_only_rounds_that_have_both_are_compared(bench):
    """A slow rival that ran in some rounds meets only those."""
    assert bench("figures").paired({1: 6.0, 2: 9.0, 3: 8.0}, {1: 2.0, 3: 4.0, 5: 1.0}, lambda a, b: a / b) == (3.0, 2.0)


def test_an_estimate_is_repeatable_and_holds_the_median(bench):
    """The same seed gives the same interval; one value has no width; an outlier moves the end, not the median."""
    estimate = bench("figures").estimate
    assert estimate([2.0], 7) == (2.0, 2.0, 2.0, 1)
    found = estimate([1.0, 1.1, 1.2, 1.3, 9.0], 7)
    assert found == estimate([1.0, 1.1, 1.2, 1.3, 9.0], 7)
    assert (found.median, found.low, found.high, found.samples) == (1.2, 1.0, 9.0, 5)


def test_every_budget_is_about_something_that_is_measured(bench):
    """A case that is renamed does not leave a budget behind that nothing is held against."""
    made = bench("installation").Installation(Path("/opt/netdiag"))
    rivals = bench("rivals")
    names = {case.name for case in (*bench("cases").all_cases(made, made), *rivals.every_rival(made))}
    for budget in bench("budgets").BUDGETS:
        assert {measure.case for measure in (budget.ours, budget.against) if measure} <= names
