"""Every scenario of the lab, by the real program: exit status, findings, and the file byte for byte."""

import json

import jsonschema
import pytest
from cli.conftest import SCHEMA, codes, options

from netdiag.lab import scenarios


@pytest.fixture(params=scenarios.names(), scope="module")
def scene(request, made):
    """A scenario made real, with its configuration in place."""
    with made(scenarios.by_name(request.param)) as (place, file):
        yield scenarios.by_name(request.param), place, file


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
