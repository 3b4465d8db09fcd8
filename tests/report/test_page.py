"""Wrapping as a reader of either language expects it, and colour that changes no word."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.report.page import WIDTH, Page, cells, wrapped

LONG = "https://example.com/" + "x" * 100


@pytest.mark.parametrize(
    ("text", "indent", "lines"),
    [
        pytest.param("", 0, [""], id="nothing is an empty line"),
        pytest.param("one two", 0, ["one two"], id="short"),
        pytest.param("a" * 39 + " " + "b" * 40, 0, ["a" * 39 + " " + "b" * 40], id="80 columns fit"),
        pytest.param("a" * 40 + " " + "b" * 40, 0, ["a" * 40, "b" * 40], id="81 do not"),
        pytest.param(
            "word " * 20, 4, ["    " + " ".join(["word"] * 15), "    " + " ".join(["word"] * 5)], id="indented"
        ),
        pytest.param("中" * 40, 0, ["中" * 40], id="40 Chinese characters fit"),
        pytest.param("中" * 41, 0, ["中" * 40, "中"], id="41 do not"),
        pytest.param("a" + "中" * 40, 0, ["a" + "中" * 39, "中"], id="half a character does not fit"),
        pytest.param("中" * 40, 8, [" " * 8 + "中" * 36, " " * 8 + "中" * 4], id="indented Chinese"),
        pytest.param("中" * 40 + "。文", 0, ["中" * 39, "中。文"], id="no full stop begins a line"),
        pytest.param("中" * 40 + "）」，文", 0, ["中" * 39, "中）」，文"], id="nor does a row of closing marks"),
        pytest.param("中" * 39 + "（文）", 0, ["中" * 39, "（文）"], id="no bracket ends a line"),
        pytest.param("中" * 39 + "“「文」”", 0, ["中" * 39, "“「文」”"], id="nor do quotes, narrow or wide"),
        pytest.param("中" * 39 + "(文)", 0, ["中" * 39, "(文)"], id="nor does an English bracket"),
        pytest.param("中" * 40 + "…", 0, ["中" * 39, "中…"], id="nor does an ellipsis begin one"),
        pytest.param("中" * 38 + " abc 文", 0, ["中" * 38 + " abc", "文"], id="mixed: an English word that fits"),
        pytest.param("中" * 38 + "abcde文", 0, ["中" * 38, "abcde文"], id="mixed: one that does not, without blanks"),
        pytest.param("监听 " + "中" * 40, 0, ["监听 " + "中" * 37, "中" * 3], id="mixed: the line is filled"),
        pytest.param(f"see {LONG} now", 4, ["    see", f"    {LONG}", "    now"], id="a long word stands alone"),
        pytest.param(f"见 {LONG}，然后", 0, ["见", f"{LONG}，", "然后"], id="a long word in Chinese keeps its comma"),
        pytest.param(" tcp  a " + "b" * 80, 0, ["tcp  a", "b" * 80], id="blanks inside stay, at an end they go"),
        pytest.param("one\n\ntwo", 2, ["  one", "", "  two"], id="a line feed begins a line"),
        pytest.param(
            "e\u0301" * 39 + " " + "e" * 40, 0, ["e\u0301" * 39 + " " + "e" * 40], id="an accent takes no room"
        ),
        pytest.param("中" * 40 + "\u0301文", 0, ["中" * 40 + "\u0301", "文"], id="and stays with its character"),
    ],
)
def test_a_paragraph(text, indent, lines):
    """Lines are filled up to column 80 and break where a line may."""
    page = Page()
    page.paragraph(text, indent)
    assert page.text().split("\n") == [*lines, ""]


# Written out rather than asked of unicodedata, which is what is tested.
COLUMNS = dict.fromkeys("ab-.,;()“”", 1) | dict.fromkeys("中文，。（）「」", 2) | {" ": 1, "\u0301": 0}


@given(st.text(st.sampled_from(sorted(COLUMNS)), max_size=300), st.integers(0, 20))
def test_any_paragraph(text, indent):
    """No line is too wide that could be broken, none begins or ends wrongly, and together they say what was said."""
    page = Page()
    page.paragraph(text, indent)
    rest = text.strip(" ")
    lines = [line.removeprefix(" " * indent) for line in page.text().splitlines()]
    for number, line in enumerate(lines):
        could_be_broken = re.search("[中文][中文ab]|[ab][中文]| ", line)
        assert not could_be_broken or indent + sum(COLUMNS[c] for c in line) <= WIDTH
        after_a_blank = number == 0 or rest.startswith(" ")
        rest = rest.lstrip(" ")
        assert after_a_blank or (line[0] not in "，。）」.,;)”\u0301" and lines[number - 1][-1] not in "（「(“")
        assert rest.startswith(line)
        rest = rest.removeprefix(line)
    assert rest == ""


@given(st.lists(st.text("abc-/.", min_size=1, max_size=100), min_size=1, max_size=60))
def test_any_english_paragraph(words):
    """Lines hold the words in their order, each line as many as fit: the next line's first would not have."""
    lines = wrapped(" ".join(words)).splitlines()
    assert " ".join(lines).split(" ") == words
    for line, following in pairwise(lines):
        assert len(line) + 1 + len(following.split(" ")[0]) > WIDTH


def test_cells():
    """A wide character takes two columns, an accent none, what is ambiguous (“…) one."""
    assert [cells(text) for text in ("", "abc", "中文", "ｆｕｌｌ", "e\u0301", "“…”")] == [0, 3, 4, 8, 1, 3]


def test_what_is_not_wrapped():
    """Commands stay on their line however long they are."""
    page = Page()
    page.verbatim("y " * 60 + "y\n+ 中文", 10)
    assert page.text().splitlines() == [" " * 10 + "y " * 60 + "y", " " * 10 + "+ 中文"]


@pytest.mark.parametrize(
    ("head", "text", "lines"),
    [
        pytest.param("note", ": short", ["note: short"], id="short"),
        pytest.param(
            "problem", ": " + "x " * 40, ["problem: " + " ".join("x" * 36), " " * 9 + " ".join("x" * 4)], id="English"
        ),
        pytest.param("问题", "：" + "中" * 38, ["问题：" + "中" * 37, " " * 6 + "中"], id="Chinese"),
    ],
)
def test_a_head_hangs(head, text, lines):
    """What does not fit on the line of a head stands below what came after its colon."""
    page = Page()
    page.headed("error", head, text)
    assert page.text().splitlines() == lines


@pytest.mark.parametrize(
    ("style", "code"), [("works", "32"), ("repaired", "32"), ("repairable", "33"), ("note", "36"), ("error", "1;31")]
)
def test_colour_is_on_the_head_alone(style, code):
    """The head is coloured and what follows is not; without colour the line is the same but for the codes."""
    coloured, plain = Page(colour=True), Page()
    for page in (coloured, plain):
        page.headed(style, "head", ": text")
        page.paragraph("why")
    assert coloured.text() == f"\x1b[{code}mhead\x1b[0m: text\nwhy\n"
    assert plain.text() == "head: text\nwhy\n"
