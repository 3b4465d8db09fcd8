"""Every scenario that can be repaired, from the dry run to the rollback: one scenario's tests run in this order."""

import pytest
from cli.conftest import options

from netdiag.lab import scenarios

REPAIRED = [scenario.name for scenario in scenarios.SCENARIOS if scenario.expect_config is not None]


@pytest.fixture(params=REPAIRED, scope="module")
def scene(request, made):
    """A scenario made real, with its configuration in place."""
    with made(scenarios.by_name(request.param)) as (place, file):
        yield scenarios.by_name(request.param), place, file


@pytest.mark.lab
def test_dry_run_changes_nothing_and_tells_what_is_pending(scene):
    """A dry run ends with 3 when something would be written and nothing else is wrong, and never writes it."""
    scenario, place, file = scene
    report = place.report("fix-base-url", "--dry-run", *options(scenario))
    assert file.read_text() == scenario.config
    assert report["exit_code"] == (scenario.expect_exit or 3)
    assert report["plan"]["edits"]


@pytest.mark.lab
def test_a_second_run_changes_nothing(scene):
    """What was repaired works; what could not be repaired is still the same."""
    scenario, place, file = scene
    first = place.report("fix-base-url", *options(scenario))
    assert len(first["applied"]) == 1
    assert file.read_text() == scenario.expect_config
    second = place.report("fix-base-url", *options(scenario))
    assert second["applied"] == []
    assert second["exit_code"] == first["exit_code"] == scenario.expect_exit
    assert file.read_text() == scenario.expect_config


@pytest.mark.lab
def test_rollback_restores_every_byte(scene):
    """After rollback the file is the one it began with."""
    scenario, place, file = scene
    assert place.netdiag("rollback").returncode == 0
    assert file.read_text() == scenario.config
