"""The lines of ``netdiag watch``, in both languages, without what nobody may see."""

import pytest

from netdiag.cli.watching import Lines
from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit
from netdiag.model.report import Finding
from netdiag.watch import Change

AT = 1_000_000.0
REFUSED = Finding("ND201", values={"port": "11434"})
BROKEN = Change(AT + 30, "a.yaml:4", "chat_llm", "works", "broken", (REFUSED,), AT, ("addresses", "routes"))


@pytest.mark.parametrize(
    ("language", "change", "line"),
    [
        ("en", Change(AT, "a.yaml:4", "chat_llm", None, "works"), "1970-01-12T13:46:40Z  a.yaml:4 chat_llm  works"),
        (
            "en",
            BROKEN,
            (
                "1970-01-12T13:47:10Z  a.yaml:4 chat_llm  works -> problem: the host answers, but refuses "
                "connections from containers on port 11434  [ND201] "
                "(since it last worked at 1970-01-12T13:46:40Z changed: addresses, routes)"
            ),
        ),
        ("zh", Change(AT, "a.yaml:4", "llm", "works", "gone"), "1970-01-12T13:46:40Z  a.yaml:4 llm  正常 -> 已移除"),
        ("zh", Change(AT, "", "", "broken", "works"), "1970-01-12T13:46:40Z  netdiag  问题 -> 正常"),
    ],
)
def test_changes(capsys, language, change, line):
    """Time, endpoint, from → to, cause, and what else is not as it was."""
    Lines(language, quiet=False).changed(change)
    assert capsys.readouterr().out == line + "\n"


def test_quiet_leaves_out_what_works(capsys):
    """Problems are told all the same."""
    lines = Lines("en", quiet=True)
    lines.listening("127.0.0.1", 9877)
    lines.changed(Change(AT, "a.yaml:4", "chat_llm", "broken", "works"))
    assert capsys.readouterr() == ("", "")
    lines.changed(BROKEN)
    assert "ND201" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_secret_and_nothing_that_drives_a_terminal(capsys, language):
    """User-info and keys in URLs are masked, control characters are not passed on, an error's text is not shown."""
    lines = Lines(language, quiet=False)
    url = "http://user:sk-canary@h/\x1b[2J?key=sk-canary"
    causes = (Finding("ND503", url, {"base_url": url, "reason": "no_host"}),)
    lines.changed(Change(AT, url, "n\x1b[2J", None, "broken", causes, AT - 1, (url,)))
    lines.repaired(AT, Edit(url, 1, "n", Span(0, 1), url.encode(), b"172.17.0.1", "host"))
    lines.gave_up(AT, url)
    lines.failed(ValueError(url))
    said = "".join(capsys.readouterr())
    assert said.count("\n") == 4
    assert "canary" not in said
    assert "\x1b" not in said
    assert "ND701" in said
