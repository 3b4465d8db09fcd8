"""What was probably meant by a base_url that cannot be used."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netdiag.config import split, suggest
from netdiag.config.suggestion import near_host


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
        ("http://http://localhost:11434", "http://localhost:11434"),
        ("http:\\\\localhost:11434\\v1", "http://localhost:11434/v1"),
        ("http;//localhost:1", "http://localhost:1"),
        ("http://localhost:114344/v1", "http://localhost:11434/v1"),
        ("http:/host.docker.interal:11434/v1", "http://host.docker.internal:11434/v1"),
        ("htp://lcoalhost:1", "http://localhost:1"),
        ("http://<ip>:11434/v1", "http://localhost:11434/v1"),
        ("http://<your ip>:11434", "http://localhost:11434"),
        ("http://你的IP：11434/v1", "http://localhost:11434/v1"),
        ("http://192.168.x.x:8000/v1", "http://localhost:8000/v1"),
    ],
)
def test_what_was_meant(text, meant):
    """Typing errors are mended one by one; where nothing sensible comes out, nothing is suggested."""
    assert suggest(text) == meant


@given(st.text())
@example("0/:/\\")
def test_a_suggestion_can_be_used(text):
    """Whatever is typed, a suggestion is a URL without a problem, or there is none."""
    meant = suggest(text)
    assert meant == "" or (split(meant).problem == "" and split(meant).scheme)


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("host.docker.interal", "host.docker.internal"),
        ("host.docker.internal", ""),
        ("HOST.DOCKER.INTERNAL.", ""),
        ("localhost", ""),
        ("127.1", ""),
        ("locahost", "localhost"),
        ("ollama", ""),
        ("", ""),
    ],
)
def test_names_that_are_nearly_known(host, meant):
    """Only what is a typing error away from a well-known name is taken for it."""
    assert near_host(host) == meant
