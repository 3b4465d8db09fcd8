"""What reaches the streams in any locale: the result alone, readable text, UTF-8 for machines, one exit status."""

import io
import json
import os
import subprocess
import sys

import pytest
from report.judges import JUDGES
from report.situations import EXAMINED

from netdiag.cli import output
from netdiag.cli.parser import parser
from netdiag.model.event import Finished, Started
from netdiag.report.as_json import as_json
from netdiag.report.rendered import FORMATS

ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
LOCALES = {
    "UTF-8": {"LC_ALL": "C.UTF-8"},
    "LANG=C": {"LC_ALL": "C"},
    "ASCII": ASCII,
    "a Chinese locale that speaks ASCII": {**ASCII, "LC_ALL": "zh_CN"},
    "GBK": {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "LANG": "zh_CN.GBK"},
    "no colours": {"LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
}


def netdiag(*arguments: str, environ: dict[str, str], given: str = "") -> subprocess.CompletedProcess:
    """Run the program as a pipe would, with nothing of this shell's locale."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    argv = [sys.executable, "-m", "netdiag", *arguments]
    return subprocess.run(
        argv, check=False, capture_output=True, input=given.encode(), env={**kept, **environ}, timeout=60
    )


@pytest.mark.parametrize("environ", LOCALES.values(), ids=LOCALES)
@pytest.mark.parametrize("form", FORMATS)
def test_a_report_in_any_locale(form, environ):
    """One status in all formats; what is for machines is valid and in UTF-8, text is in what the locale can show."""
    done = netdiag("check", "--replay", "-", "--format", form, environ=environ, given=as_json(EXAMINED["firewall"]))
    assert (done.returncode, done.stderr) == (1, b"")
    if form == "text":
        encoding = environ.get("PYTHONIOENCODING", "utf-8")
        assert done.stdout.decode(encoding)
        assert b"\x1b" not in done.stdout
    else:
        JUDGES[form](done.stdout.decode())


def test_chinese_where_only_ascii_can_be_shown():
    """Text is in English there, for nobody reads escapes; machines get their Chinese, in UTF-8."""
    given = as_json(EXAMINED["firewall"])
    for said in ("text", "json"):
        done = netdiag("check", "--replay", "-", "--lang", "zh", "--format", said, environ=ASCII, given=given)
        assert done.returncode == 1
        assert (b"\\u" in done.stdout, done.stdout.isascii()) == (False, said == "text")


def test_explain_in_chinese_in_ascii():
    """Every sentence of the registry can be asked for in any locale."""
    done = netdiag("explain", "--lang", "zh", environ=ASCII)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    assert b"\\u" not in done.stdout


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", '"a..." -> x \\u4e2d \\xe9'),
        ("latin-1", '"a..." -> × \\u4e2d é'),
        ("utf-8", "“a…” → × 中 é"),
        ("gbk", "“a…” → × 中 é"),
    ],
)
def test_what_a_stream_cannot_show(encoding, shown, monkeypatch):
    """Marks become what they look like; a letter that has no likeness stays recognisable."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
    output.prepare(parser().parse_args(["check"]))
    sys.stdout.write("“a…” → × 中 é")
    sys.stdout.flush()
    assert raw.getvalue().decode(encoding) == shown


@pytest.mark.parametrize(
    ("command", "form", "known"),
    [
        ("check", "xml", FORMATS),
        ("detect", "sarif", ("text", "json")),
        ("rollback", "junit", ("text", "json")),
        ("explain", "nagios", ("text", "json")),
        ("chat", "sarif", ("text", "json", "jsonl", "junit", "nagios")),
    ],
)
def test_a_format_that_makes_no_sense(command, form, known):
    """The usage error names the formats that this command has."""
    done = netdiag(command, "--format", form, environ=LOCALES["UTF-8"])
    assert done.returncode == 2
    assert done.stdout == b""
    said = done.stderr.decode().replace("'", "")  # Python 3.14 puts no quotes around them
    assert f"(choose from {', '.join(known)})" in said


def test_events_are_written_as_they_happen():
    """A line is on the stream before the next event happens, with the time that has passed."""
    raw = io.BytesIO()
    lines = output.Lines(io.TextIOWrapper(raw, "ascii"), "zh")
    lines.tell(Started("check", "2026-11-24T00:00:00+00:00"))
    first = json.loads(raw.getvalue())
    lines.tell(Finished(EXAMINED["check"]))
    second = json.loads(raw.getvalue().splitlines()[1])
    assert (first["event"], second["event"]) == ("started", "finished")
    assert 0 <= first["at_ms"] <= second["at_ms"] < 60_000
