"""`netdiag explain`: codes and pasted errors, offline."""

import io
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


def test_an_error_that_cannot_be_read(capsys, tmp_path):
    """78, the file, and why."""
    assert cli.main(["explain", "--error", str(tmp_path / "missing")]) == 78
    assert "missing cannot be read: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{'type': 'maas', 'base_url': 'http://localhost:1/v1'}, for details: Connection error.", "ND521", "localhost"),
        ("Error code: 402 - Insufficient Balance", "ND418", "Insufficient Balance"),
        ("no such error was ever seen", "ND702", "netdiag --container openspg check"),
        ("", "ND702", "netdiag --container openspg check"),
    ],
    ids=["of KAG", "of a provider", "of nobody", "empty"],
)
def test_a_pasted_error(text, code, said, capsys, tmp_path):
    """What it can mean is told with its code, most likely first; 1 where nobody knows it, and the command to run."""
    (tmp_path / "error.txt").write_text(text)
    status = 1 if code == "ND702" else 0
    for language in findings.LANGUAGES:
        assert cli.main(["explain", "--error", str(tmp_path / "error.txt"), "--lang", language]) == status
        printed = capsys.readouterr().out
        assert printed.index(code) == min(printed.index(other) for other in CODES if other in printed)
        assert said in printed


def test_a_pasted_error_as_json(capsys, monkeypatch):
    """A machine gets the findings of standard input in the report's own schema."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Error code: 402 - Insufficient Balance")))
    assert cli.main(["explain", "--error", "-", "--format", "json"]) == 0
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["ND418"]
