"""``netdiag report``: a file in the form its name asks for, the check's status, and nothing on standard output."""

import pytest
from cli.test_output import LOCALES, netdiag
from report.judges import JUDGES
from report.situations import EXAMINED

from netdiag.report.as_json import as_json

BEGINNINGS = {"x.html": "<!DOCTYPE html>\n<html lang=", "x.md": "## netdiag: ", "x.json": "{\n"}


@pytest.mark.parametrize("environ", [LOCALES["UTF-8"], LOCALES["ASCII"]], ids=["UTF-8", "ASCII"])
@pytest.mark.parametrize(("name", "begins"), BEGINNINGS.items(), ids=BEGINNINGS)
def test_a_saved_report_becomes_a_page(name, begins, environ, tmp_path):
    """The file is in UTF-8 in any locale, says what was saved, and the status is that of the saved check."""
    path = tmp_path / name
    done = netdiag("report", "--replay", "-", "-o", str(path), environ=environ, given=as_json(EXAMINED["firewall"]))
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", f"netdiag: wrote {path}\n")
    text = path.read_text("utf-8")
    assert text.startswith(begins)
    assert "ND209" in text
    if name == "x.json":
        JUDGES["json"](text)


def test_where_it_cannot_be_written(tmp_path):
    """Status 77, and why."""
    path = tmp_path / "missing" / "x.html"
    given = as_json(EXAMINED["check"])
    done = netdiag("report", "--replay", "-", "-o", str(path), environ=LOCALES["UTF-8"], given=given)
    assert done.returncode == 77
    assert b"cannot be written: No such file or directory" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["-o", "x.pdf"], b"ends with .html, .md or .json", id="another form"),
        pytest.param([], b"-o/--output", id="nowhere"),
    ],
)
def test_what_is_refused(arguments, says):
    """A usage error says what can be had."""
    done = netdiag("report", *arguments, environ=LOCALES["UTF-8"])
    assert done.returncode == 2
    assert says in done.stderr


def test_what_is_no_report(tmp_path):
    """Nothing is written of what cannot be diagnosed."""
    path = tmp_path / "x.html"
    done = netdiag("report", "--replay", "-", "-o", str(path), environ=LOCALES["UTF-8"], given="{}")
    assert done.returncode == 78
    assert not path.exists()
