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
        yield scenarios.by_name(request.param), place, file, []


@pytest.mark.lab
def test_the_scenario_ends_as_it_declares(scene):
    """The exit status, the exact set of findings and the file afterwards are those the scenario states."""
    scenario, place, file, reports = scene
    report = place.report("fix-base-url", *options(scenario))
    reports.append(report)
    assert (report["exit_code"], codes(report)) == (scenario.expect_exit, scenario.expect_codes)
    assert file.read_text() == (scenario.expect_config or scenario.config)


@pytest.mark.lab
def test_a_saved_report_gives_the_same_diagnosis(scene):
    """What a run saved can be diagnosed again offline: the same findings, word for word, and the same status.

    Where the first test has changed nothing its own report is taken, since a broken world takes seconds to look at.
    """
    scenario, place, _, reports = scene
    is_unchanged = bool(reports) and scenario.expect_config is None
    saved = reports[0] if is_unchanged else place.report("check", *options(scenario))
    again = place.netdiag("check", "--replay", "-", "--format", "json", input=json.dumps(saved))
    replayed = json.loads(again.stdout)
    jsonschema.validate(replayed, SCHEMA)
    assert replayed["findings"] == saved["findings"]
    assert [item["findings"] for item in replayed["endpoints"]] == [item["findings"] for item in saved["endpoints"]]
    assert replayed["exit_code"] == again.returncode == saved["exit_code"]
