"""What may reach a terminal: no secrets, no control characters, one bounded line."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.text import LIMIT, MASK, Secret, harmless, harmless_json, printable, shown, without_secrets

KEY = "sk-canary-4f1d"


@pytest.mark.parametrize(
    "show", [str, repr, "{}".format, lambda secret: f"{secret!s:>6}"], ids=["str", "repr", "format", "f"]
)
def test_secret_is_never_shown(show):
    """However a secret is turned into text, the text is the mask."""
    assert show(Secret(KEY)).strip() == MASK


def test_secret_cannot_be_serialised_by_accident():
    """json refuses a secret instead of writing it."""
    with pytest.raises(TypeError):
        json.dumps({"api_key": Secret(KEY)})


def test_secrets_compare_by_value():
    """Two secrets are the same when their values are; an empty one is false."""
    assert Secret(KEY) == Secret(KEY) != Secret("other")
    assert {Secret(KEY), Secret(KEY)} == {Secret(KEY)}
    assert not Secret("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://user:pw@host/v1", f"http://{MASK}@host/v1"),
        ("http://a@b@host/", f"http://{MASK}@host/"),
        ("http://USER@b@host/", f"http://{MASK}@host/"),
        ("mysql://USER@HOST:3306/openspg", "mysql://USER@HOST:3306/openspg"),
        ("http://USER:PASSWORD@HOST:8080/v1", "http://USER:PASSWORD@HOST:8080/v1"),
        ("http://USER:hunter2@host/", f"http://{MASK}@host/"),
        ("http://h/v1?api_key=abc&x=1", f"http://h/v1?api_key={MASK}&x=1"),
        ("http://h/?Token=abc#top", f"http://h/?Token={MASK}#top"),
        (f"wrong key {KEY}!", f"wrong key {MASK}!"),
        ("http://host:11434/v1", "http://host:11434/v1"),
        ("mail me@example.com", "mail me@example.com"),
    ],
)
def test_what_is_masked(text, expected):
    """User-info, secret parameters and known keys are masked, the rest of the text stays."""
    assert without_secrets(text, [Secret(KEY), Secret("")]) == expected


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J", "\x1b]52;c;aGk=\x07", "\x9b31m", "a\rb", "\u202eevil", "\u2028", "\x00", "\x1b]0;title\x07"],
    ids=["clear", "clipboard", "c1", "cr", "bidi", "line separator", "nul", "title"],
)
def test_no_control_character_passes(hostile):
    """Text from a server cannot move the cursor, set the clipboard or reorder what is read."""
    assert all(character.isprintable() for character in printable(f"before{hostile}after"))


@given(st.text())
def test_printable_is_one_bounded_line(text):
    """Whatever comes in, one printable line of at most the limit comes out."""
    line = printable(text)
    assert line.isprintable()
    assert len(line) <= LIMIT


def test_long_text_is_cut_visibly():
    """A cut text says so by an ellipsis."""
    assert printable("x" * 1_000_000, 10) == "x" * 9 + "…"


def test_shown_masks_before_it_cuts():
    """A key at the cut cannot survive by half."""
    assert KEY[:8] not in shown("x" * (LIMIT - 5) + KEY, [Secret(KEY)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[2J\x1b]52;c;eA==\x07red", "\\x1b[2J\\x1b]52;c;eA==\\x07red"),
        ("a\rb\x9bc\x7f\td", "a\\x0db\\x9bc\\x7f\td"),
        ("\u202etxt.exe \u200bz", "\\u202etxt.exe \\u200bz"),
        ("caf\udce9", "caf\\xe9"),
        ("::error file=x::y", ": :error file=x::y"),
        ("one\n  ::set-output name=x::y", "one\n  : :set-output name=x::y"),
        ("##vso[task.setvariable variable=x]y", "# #vso[task.setvariable variable=x]y"),
        ("said ##[error]no", "said # #[error]no"),
        ("##teamcity[buildStatus text='x']", "# #teamcity[buildStatus text='x']"),
        ("section_start:1:x", "section _start:1:x"),
        ("## a heading\n::1 and [::1]:11434, a::b 中文\n", "## a heading\n::1 and [::1]:11434, a::b 中文\n"),
    ],
)  # fmt: skip
def test_a_whole_output_drives_nothing(text, expected):
    """Neither a terminal nor a CI service takes anything in it for a command; addresses and headings stay."""
    assert harmless(text) == expected
    assert harmless(expected) == expected


@given(st.text())
def test_any_output(text):
    """Lines stay lines, and every sign in them prints; in JSON the text is the same afterwards."""
    assert [c for c in harmless(text) if unicodedata.category(c)[0] == "C" and c not in "\n\t"] == []
    assert harmless(text).count("\n") == text.count("\n")
    if not any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        assert json.loads(harmless_json(json.dumps(text, ensure_ascii=False))) == text
