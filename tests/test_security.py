"""What SECURITY.md promises is held to the code where it names something of it; its Chinese twin says the same."""

import re
from pathlib import Path

import pytest
from reference import VARIABLES

from netdiag import exits
from netdiag.cli.parser import parser
from netdiag.prove.between import ANSWER_LIMIT

PROJECT = Path(__file__).parent.parent
PAGES = ("SECURITY.md", "SECURITY.zh-CN.md")
COMMANDS = parser()._subparsers._group_actions[0].choices


def text(page):
    """Return the page."""
    return (PROJECT / page).read_text("utf-8")


def coded(page):
    """Return what stands in backticks, in order of its first appearance."""
    return list(dict.fromkeys(re.findall(r"`([^`]+)`", text(page))))


@pytest.mark.parametrize("page", PAGES)
def test_options_and_commands_are_there(page):
    """Each command line, option and variable that is named is one of netdiag's."""
    options = {option for each in (parser(), *COMMANDS.values()) for a in each._actions for option in a.option_strings}
    for said in coded(page):
        words = said.split()
        assert {word for word in words if word.startswith("--")} <= options, said
        if words[0] in COMMANDS:
            known = {option for action in COMMANDS[words[0]]._actions for option in action.option_strings}
            assert {word for word in words if word.startswith("--")} <= known, said
        if re.fullmatch(r"[A-Z][A-Z_]+", said):
            assert said in str(VARIABLES), said


@pytest.mark.parametrize("page", PAGES)
def test_what_is_measured(page):
    """The status, the limit of an answer, the default address and the floor of Python are those of the code."""
    said = text(page)
    assert str(exits.CANNOT_WRITE) in said
    assert f"{ANSWER_LIMIT // 1024**2} MB" in said
    assert COMMANDS["watch"].get_default("listen")[0] in said
    assert re.search(r'requires-python = ">=([\d.]+)"', text("pyproject.toml"))[1] in said


def test_no_address_is_invented():
    """A fault is reported where the repository has a place for it."""
    for page in PAGES:
        assert not re.search(r"[\w.]+@[\w.]+", text(page))
        assert "*Report a vulnerability*" in text(page)


def test_both_languages_say_the_same():
    """The same sections, rows, promises and names."""
    one, other = map(text, PAGES)
    for pattern in (r"^## ", r"^\|", r"^\d\. ", r"^- ", r"\]\(docs/[^)]+\)"):
        assert len(re.findall(pattern, one, re.MULTILINE)) == len(re.findall(pattern, other, re.MULTILINE)), pattern
    assert set(coded(PAGES[0])) == set(coded(PAGES[1]))
