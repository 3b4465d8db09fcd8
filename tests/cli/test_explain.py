"""`netdiag explain`: codes and pasted errors, offline."""

import json

import pytest

from netdiag import cli, findings

CODES = sorted(findings.catalog())


@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_every_code_is_explained(language, capsys):
    """Each code says its title, why, and every remedy it has, whatever the platform."""
    for code in CODES:
        assert cli.main(["explain", code, "--lang", language]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"{code} (")
        assert "{" not in said.splitlines()[0]
        for remedy, _ in findings.described(code, language).remedies:
            assert all(f"          {line}".rstrip() in said for line in remedy.command.splitlines())


def test_without_a_code_all_are_listed(capsys):
    """One line for each code, in their order."""
    assert cli.main(["explain"]) == 0
    assert [line[:5] for line in capsys.readouterr().out.splitlines()] == CODES


def test_case_does_not_matter_and_several_are_taken(capsys):
    """Who types nd201 means ND201."""
    assert cli.main(["explain", "nd201", "ND404"]) == 0
    said = capsys.readouterr().out
    assert "ND201 (" in said
    assert "\nND404 (" in said


def test_an_unknown_code_is_a_usage_error(capsys):
    """It says which code is unknown, and how to see those there are."""
    assert cli.main(["explain", "ND201", "ND999"]) == 2
    assert "there is no code ND999; `netdiag explain` lists all" in capsys.readouterr().err


def test_json_has_the_conditions(capsys):
    """A machine sees for which platform a remedy is shown."""
    assert cli.main(["explain", "ND122", "--format", "json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["codes"]
    assert {"platform": ["docker-rootless"]} in [remedy["when"] for remedy in entry["remedies"]]
