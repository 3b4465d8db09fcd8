"""Every scenario of the lab, by the real program: exit status, findings, and the file byte for byte."""

import json

import jsonschema
import pytest
from cli.conftest import SCHEMA, Place, codes

from netdiag import lab
from netdiag.lab import scenarios


@pytest.fixture(params=scenarios.names(), scope="module")
def scene(request, namespaces):
    """A scenario made real, with its configuration in place."""
    scenario = scenarios.by_name(request.param)
    with lab.make(scenario.world) as inside:
        place = Place(inside)
        yield scenario, place, place.write(scenario.file_name, scenario.config)


def options(scenario) -> list[str]:
    """The options that make netdiag imitate the scenario's KAG."""
    return ["--kag-version", scenario.kag_version, scenario.file_name]


@pytest.mark.lab
def test_dry_run_changes_nothing_and_tells_what_is_pending(scene):
    """A dry run ends with 3 when something would be written, and never writes it."""
    scenario, place, file = scene
    report = place.report("fix-base-url", "--dry-run", *options(scenario))
    pending = scenario.expect_config is not None
    assert file.read_text() == scenario.config
    assert report["exit_code"] == (3 if pending else scenario.expect_exit)
    assert bool(report["plan"]["edits"]) == pending


@pytest.mark.lab
def test_the_scenario_ends_as_it_declares(scene):
    """The exit status, the exact set of findings and the file afterwards are those the scenario states."""
    scenario, place, file = scene
    report = place.report("fix-base-url", *options(scenario))
    assert (report["exit_code"], codes(report)) == (scenario.expect_exit, scenario.expect_codes)
    assert file.read_text() == (scenario.expect_config or scenario.config)


@pytest.mark.lab
def test_a_saved_report_gives_the_same_diagnosis(scene):
    """What `check` saved can be diagnosed again offline: the same findings, word for word, and the same status."""
    scenario, place, _ = scene
    done = place.netdiag("check", *options(scenario), "--format", "json")
    again = place.netdiag("check", "--replay", "-", "--format", "json", input=done.stdout)
    saved, replayed = json.loads(done.stdout), json.loads(again.stdout)
    jsonschema.validate(replayed, SCHEMA)
    assert replayed["findings"] == saved["findings"]
    assert [item["findings"] for item in replayed["endpoints"]] == [item["findings"] for item in saved["endpoints"]]
    assert (replayed["exit_code"], again.returncode) == (saved["exit_code"], done.returncode)


@pytest.mark.lab
def test_a_second_run_changes_nothing(scene):
    """What was repaired works; what could not be repaired is still the same."""
    scenario, place, file = scene
    before = file.read_bytes()
    report = place.report("fix-base-url", *options(scenario))
    assert report["applied"] == []
    assert report["exit_code"] == scenario.expect_exit
    assert file.read_bytes() == before


@pytest.mark.lab
def test_rollback_restores_every_byte(scene):
    """After rollback the file is the one it began with; where nothing was written there is nothing to undo."""
    scenario, place, file = scene
    done = place.netdiag("rollback")
    assert done.returncode == (0 if scenario.expect_config else 1)
    assert file.read_text() == scenario.config
