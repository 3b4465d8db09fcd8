"""Edits cover exactly what changes, can be undone, and are shown without a secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.config import apply, edits, parse, shifted, unified
from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit


def plan(data, host=None, path=None, source="kag_config.yaml"):
    """Return the document and the edits of its first endpoint."""
    document = parse(data, source)
    return document, edits(document, document.endpoints[0], host=host, path=path)


def edit(start, end, old, new, source="x"):
    """Return an edit of which only the bytes matter."""
    return Edit(source, 1, "", Span(start, end), old, new, "host")


@pytest.mark.parametrize(
    ("url", "host", "path", "expected"),
    [
        ("http://localhost:11434/", "172.17.0.1", None, [("host", 7, 16, "172.17.0.1")]),
        ("http://localhost:11434/", None, "/v1", [("path", 22, 23, "/v1")]),
        ("http://localhost:11434", None, "/v1", [("path", 22, 22, "/v1")]),
        ("http://localhost", "h", "/v1", [("host", 7, 16, "h"), ("path", 16, 16, "/v1")]),
        ("http://localhost/api/generate?x#y", "h", "", [("host", 7, 16, "h"), ("path", 16, 33, "")]),
        ("http://[::1]:11434/v1", "fd00::1", None, [("host", 7, 12, "[fd00::1]")]),
        ("http://localhost:11434/", "localhost", "/", []),
        ("http://localhost:11434/", None, None, []),
        ("localhost:11434", "host.docker.internal", None, [("host", 0, 9, "host.docker.internal")]),
        ("http://u:p@localhost/", "h", None, [("host", 11, 20, "h")]),
        (" http:/localhost/ ", "h", None, [("host", 7, 16, "h")]),
    ],
)
def test_edits_are_the_smallest(url, host, path, expected):
    """Host and path are separate edits of exactly their characters; what is right already is no edit."""
    data = f'{{"base_url": "{url}"}}'.encode()
    _, planned = plan(data, host, path)
    assert [(e.part, e.span.start - 14, e.span.end - 14, e.new.decode()) for e in planned] == expected
    assert all(data[e.span.start : e.span.end] == e.old for e in planned)
    assert [(e.source, e.line, e.node) for e in planned] == [("kag_config.yaml", 1, "")] * len(planned)


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("http://localhost:8080/v1", "http://ollama:11434/v1"),
        ("http://localhost/v1", "http://ollama:11434/v1"),
        ("http://localhost", "http://ollama:11434"),
        ("http://localhost:11434", "http://ollama:11434"),
    ],
)
@pytest.mark.parametrize("text", ['base_url: "{}"', "base_url: {}", "llm: {{ base_url: {} }}"])
def test_another_port_is_an_edit_of_its_own(text, url, after):
    """Another container has a port of its own: it is put in place of the one that stands there, or of none."""
    data = text.format(url).encode()
    document = parse(data, "kag_config.yaml")
    planned = edits(document, document.endpoints[0], host="ollama", port=11434)
    assert apply(data, planned) == text.format(after).encode()
    assert apply(apply(data, planned), shifted(planned)) == data
    assert [each.part for each in planned] == (["host"] if url.endswith(":11434") else ["host", "port"])


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("base_url: '{{ X }}'", "h", None),
        ("base_url: !ENV X", None, "/v1"),
        ("base_url: http://", "h", None),
        ("base_url: ''", "h", None),
        ("base_url: http://localhost", "", None),
        ("base_url: http://localhost", "a b", None),
        ("base_url: http://localhost", 'h"', None),
        ("base_url: http://localhost", "h/x", None),
        ("base_url: http://localhost", "u@h", None),
        ("base_url: http://localhost", "h:80", None),
        ("base_url: http://localhost", "1.2.3.4:80", None),
        ("base_url: http://localhost", "höst", None),
        ("base_url: http://localhost", None, "v1"),
        ("base_url: http://localhost", None, "/v1\n"),
        ("base_url: http://localhost", None, "/{x}"),
        ("base_url: http://localhost", None, "/v1 #"),
        ("{base_url: http://localhost:1/}", "::1", None),
        ("base_url: localhost:11434", "::1", None),
        ("{base_url: http://localhost:1/}", None, "/a,b"),
        ("base_url: http://localhost", None, "/a:"),
        ("base_url: http://localhost", None, "/?a"),
        ("base_url: http://localhost:/", None, ""),
        ("base_url: localhost", "127.1", None),
    ],
)
def test_what_cannot_be_written_is_refused(text, host, path):
    """A value that is left alone, has no host, or would need quotes it does not have raises, and never writes."""
    with pytest.raises(ValueError, match=r"x\.yaml:1: "):
        plan(text.encode(), host, path, "x.yaml")


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("base_url: http://localhost:1/", "::1", None),
        ("{base_url: 'http://localhost:1/'}", "::1", None),
        ("base_url: 'localhost:11434'", "::1", None),
        ("base_url: http://localhost", None, "/a,b"),
        ("base_url: http://localhost/?a", None, "/v1?a"),
        ("a: {base_url: 'http://localhost'}\n---\na: {base_url: http://h}", "fe80::1%eth0", "/?a=b&c#d"),
    ],
)
def test_what_needs_no_quotes_is_written(text, host, path):
    """Brackets, commas and the like are written wherever they mean themselves."""
    document, planned = plan(text.encode(), host, path)
    after = parse(apply(document.data, planned), "x.yaml")
    assert len(after.endpoints) == len(document.endpoints)
    assert (host or "") in after.endpoints[0].base_url
    assert after.endpoints[0].base_url.endswith(path or "")


def test_an_endpoint_of_another_document_is_refused():
    """An endpoint is edited only in the bytes it was read from."""
    document = parse(b"base_url: http://localhost", "x.yaml")
    other = parse(b"xx_url: 1\nbase_url: http://localhost", "x.yaml")
    with pytest.raises(ValueError, match="not of this document"):
        edits(document, other.endpoints[0], host="h")


@pytest.mark.parametrize(
    "planned",
    [
        [edit(0, 1, b"b", b"x")],
        [edit(3, 9, b"d", b"x")],
        [edit(9, 9, b"", b"x")],
        [edit(0, 2, b"ab", b"x"), edit(1, 3, b"bc", b"y")],
        [edit(0, 2, b"ab", b"x"), edit(0, 2, b"ab", b"y")],
        [edit(1, 1, b"", b"x"), edit(1, 1, b"", b"y")],
        [edit(0, 1, b"a", b""), edit(1, 2, b"b", b"")],
        [edit(0, 1, b"a", b"x"), edit(2, 3, b"c", b"x", source="y")],
    ],
    ids=["other bytes", "short", "behind the end", "overlap", "twice", "one place", "ambiguous to undo", "two files"],
)
def test_apply_refuses(planned):
    """Edits that do not fit the bytes, or one another, are refused."""
    with pytest.raises(ValueError, match="bytes"):
        apply(b"abcd", planned)


def test_edits_are_applied_in_any_order():
    """The order in which edits are given does not matter, nor that one is given twice."""
    planned = [edit(2, 3, b"c", b"CC"), edit(0, 1, b"a", b""), edit(2, 3, b"c", b"CC")]
    assert apply(b"abcd", planned) == b"bCCd"
    assert [(e.span, e.old, e.new) for e in shifted(planned)] == [(Span(0, 0), b"", b"a"), (Span(1, 3), b"CC", b"c")]


@given(st.binary(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.binary(max_size=5))))
def test_shifted_undoes(data, pieces):
    """Whatever can be applied is undone byte for byte, and undoing that does it again."""
    planned = [edit(a, b, data[a:b], new) for a, b, new in pieces if a <= b <= len(data)]
    try:
        done = apply(data, planned)
    except ValueError:
        return
    assert apply(done, shifted(planned)) == data
    assert apply(data, shifted(shifted(planned))) == done


DIFFS = {
    "YAML": (
        b"llm:\n  api_key: sk-1\n  base_url: 'http://localhost:11434/'  # my key sk-2\n",
        "@@ kag_config.yaml:3 llm @@\n-base_url: 'http://localhost:11434/'\n+base_url: 'http://172.17.0.1:11434/v1'\n",
    ),
    "JSON on one line": (
        b'{"password": "sk-3", "base_url": "http://localhost:11434/", "api_key": "sk-1"}',
        '@@ kag_config.yaml:1 @@\n-"base_url": "http://localhost:11434/"\n+"base_url": "http://172.17.0.1:11434/v1"\n',
    ),
    "INI": (
        b"[llm]\napi_key = sk-1\nbase_url=http://localhost\n",
        "@@ kag_config.yaml:3 llm @@\n-base_url=http://localhost\n+base_url=http://172.17.0.1/v1\n",
    ),
    "user-info": (
        b"base_url: http://me:sk-4@localhost/?key=sk-5",
        "@@ kag_config.yaml:1 @@\n-base_url: http://******@localhost/?key=******\n+base_url: http://******@172.17.0.1/v1\n",
    ),
    "value alone": (
        b"llm: {base_url: &sk-6 http://localhost, api_key: sk-1}",
        "@@ kag_config.yaml:1 llm @@\n-http://localhost\n+http://172.17.0.1/v1\n",
    ),
    "shared": (
        b"a: {base_url: &u http://localhost}\nb: {base_url: *u}",
        "@@ kag_config.yaml:1 a @@\n-http://localhost\n+http://172.17.0.1/v1\n",
    ),
}


@pytest.mark.parametrize(("data", "expected"), DIFFS.values(), ids=DIFFS)
def test_diff(data, expected):
    """A diff shows each changed base_url before and after, where it is, and nothing that stands beside it."""
    document = parse(data, "kag_config.yaml")
    planned = [e for endpoint in document.endpoints for e in edits(document, endpoint, host="172.17.0.1", path="/v1")]
    shown = unified(document, planned)
    assert shown == "--- a/kag_config.yaml\n+++ b/kag_config.yaml\n" + expected
    assert "sk-" not in shown


def test_diff_of_two_endpoints():
    """Every endpoint has its own lines, in the order of the file; an absolute path keeps its slash once."""
    document = parse(b"a: {base_url: http://localhost}\nb: {base_url: http://localhost}", "/d/k.yaml")
    planned = [e for endpoint in reversed(document.endpoints) for e in edits(document, endpoint, host="h")]
    assert unified(document, planned).splitlines() == [
        *("--- a/d/k.yaml", "+++ b/d/k.yaml"),
        *("@@ /d/k.yaml:1 a @@", "-base_url: http://localhost", "+base_url: http://h"),
        *("@@ /d/k.yaml:2 b @@", "-base_url: http://localhost", "+base_url: http://h"),
    ]
    assert unified(document, []) == ""


@pytest.mark.parametrize("span", [Span(0, 1), Span(25, 33)])
def test_diff_shows_base_urls_only(span):
    """An edit of anything else is refused instead of shown."""
    document = parse(b"llm: {base_url: http://h, api_key: sk-1}", "x.yaml")
    with pytest.raises(ValueError, match="something else"):
        unified(document, [Edit("x.yaml", 1, "", span, document.data[span.start : span.end], b"", "host")])
