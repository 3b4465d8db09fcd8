"""What was probably meant by a base_url that cannot be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.config import split, suggest


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http:/localhost:11434/", "http://localhost:11434/"),
        ("http//localhost:1", "http://localhost:1"),
        ("htp://localhost:1/v1", "http://localhost:1/v1"),
        ("https:/h/v1", "https://h/v1"),
        (" http://localhost:1 ", "http://localhost:1"),
        ("http://local host:1/", "http://localhost:1/"),
        ("http：//localhost：11434/v1", "http://localhost:11434/v1"),
        ("“http://localhost:1”", "http://localhost:1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("", ""),
        ("http://", ""),
        ("http://h:99999", ""),
    ],
)
def test_what_was_meant(text, meant):
    """Typing errors are mended one by one; where nothing sensible comes out, nothing is suggested."""
    assert suggest(text) == meant


@given(st.text())
def test_a_suggestion_can_be_used(text):
    """Whatever is typed, a suggestion is a URL without a problem, or there is none."""
    meant = suggest(text)
    assert meant == "" or (split(meant).problem == "" and split(meant).scheme)
