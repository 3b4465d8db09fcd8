"""Which format a source is taken for, and what is refused before any format is tried."""

from unittest import mock

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from netdiag.config import LIMIT, Unreadable, formats, parse, yaml_tree


@pytest.mark.parametrize(
    ("text", "source", "format_"),
    [
        ("a: b", "-", "yaml"),
        ("a = b", "-", "yaml"),
        ("# [llm]\n# a = b\nx: y", "x.yaml", "yaml"),
        ("- a", "x.json", "yaml"),
        ('{"a": 1}', "x.yaml", "json"),
        ("\n# c\n [1, 2]", "x.cfg", "json"),
        ("{a: 1}", "x.json", "yaml"),
        ("[a, b]", "-", "yaml"),
        ("[llm]\ntype = ollama", "x.yaml", "ini"),
        ("\n# c\n[llm]\n\n; c\n[vectorizer]\ntype: ollama", "-", "ini"),
        ("[llm]", "-", "yaml"),
        ("[llm]", "kag_config.cfg", "ini"),
        ("[llm]", "X.INI", "ini"),
    ],
)  # fmt: skip
def test_format_is_chosen_by_content(text, source, format_):
    """The content decides, the suffix where the content does not."""
    assert parse(text.encode(), source).format == format_


@pytest.mark.parametrize(
    ("text", "source"), [("[llm]\n- a", "-"), ("llm:\n  type: ollama", "x.cfg"), ("a: [b", "x.json")]
)
def test_no_format_fits(text, source):
    """What fits no format is refused, not read as something else."""
    with pytest.raises(Unreadable) as refused:
        parse(text.encode(), source)
    assert refused.value.reason == "syntax"


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"", "empty", 0),
        (b" \n\t\r\n", "empty", 0),
        (b"\xef\xbb\xbf", "empty", 0),
        (b"a: b\n\0", "binary", 2),
        ("a: é".encode("utf-16"), "binary", 1),
        (b"a: b\nc: \xe9\n", "binary", 2),
        (b"\x7fELF\x02\x01\x01\0", "binary", 1),
        (b"a" * (LIMIT + 1), "too_large", 0),
        (b"llm:\n\tbase_url: http://localhost", "syntax", 2),
        (b'{"base_url": "http://localhost", "api_key": "sk-', "syntax", 1),
    ],
    ids=["empty", "blank", "only a mark", "NUL", "UTF-16", "Latin-1", "a program", "large", "a tab", "half written"],
)
def test_refused(data, reason, line):
    """What cannot be a configuration is refused in a word, with the line and the source, and quotes nothing."""
    with pytest.raises(Unreadable) as refused:
        parse(data, "kag_config.yaml")
    error = refused.value
    assert (error.reason, error.source, error.line) == (reason, "kag_config.yaml", line)
    assert str(error) == f"kag_config.yaml{f':{line}' if line else ''}: {error.detail}"
    assert error.detail
    assert "sk-" not in str(error)


def test_half_written_json_names_what_is_missing():
    """For a .yaml file YAML's view is told, for any other JSON's."""
    with pytest.raises(Unreadable, match="not valid JSON"):
        parse(b'{"a": 1', "-")
    with pytest.raises(Unreadable, match="not valid YAML"):
        parse(b'{"a": 1', "x.yml")


@pytest.mark.parametrize(("raised", "reason"), [(RecursionError, "too_deep"), (MemoryError, "too_large")])
def test_an_exhausted_machine_is_told(monkeypatch, raised, reason):
    """Running out of stack or memory is a refusal like any other."""

    def read(_text):
        raise raised

    monkeypatch.setitem(formats._READERS, "json", read)
    with pytest.raises(Unreadable) as refused:
        parse(b"{}", "-")
    assert refused.value.reason == reason


def test_a_large_file_is_read_to_the_end():
    """Four megabytes with one endpoint at the end are read, spans exact."""
    filler = "p: &p |\n" + "  base_url: http://localhost größe\n" * 110_000
    data = (filler + "llm: {base_url: http://localhost/}\n").encode()
    (endpoint,) = parse(data, "-").endpoints
    assert data[endpoint.url_span.start : endpoint.url_span.end] == b"http://localhost/"
    assert endpoint.line == 110_002


def test_a_document_shows_no_data():
    """A document's repr holds neither the bytes nor a key."""
    assert "sk-1" not in repr(parse(b"base_url: u\napi_key: sk-1", "-"))


WORDS = r"""
base_url :\x20 http://localhost \n \x20\x20 -\x20 { } [ ] " ' , &a\x20 *a !ENV\x20 !!int\x20 !!binary\x20 <<:\x20 |\n
# % \\u d800 \u2028 \ufeff = [llm]\n \t \r \0 1e999 0x_ 1:60 \U0001f600 ?\x20 ---\n {{ }} \x85 \x1b
{% %} {# #} raw set A_BASE_URL= export\x20 $ ` [DEFAULT]\n \x20=\x20 llm: \\"
"""
words = st.sampled_from([w.encode().decode("unicode_escape").encode() for w in WORDS.split()] + [b"\xff", b"\xf0\x9f"])
hostile = st.one_of(st.binary(), st.text().map(str.encode), st.lists(words, max_size=30).map(b"".join))


@pytest.mark.parametrize("parser", ["CSafeLoader", "SafeLoader"])
@given(data=hostile, source=st.sampled_from(["-", "kag_config.yaml", "kag_config.cfg", "x.json", ".env"]))
@example(data=b"base_url: !!int x", source="-")
@example(data=b'{"base_url": "\\ud800"}', source="-")
def test_any_bytes_are_read_or_refused(parser, data, source):
    """No bytes raise anything but Unreadable; what is read holds spans of the very bytes that write the value."""
    try:
        with mock.patch.object(yaml_tree, "_LOADER", getattr(yaml, parser, yaml.SafeLoader)):
            endpoints = parse(data, source).endpoints
    except Unreadable as refused:
        endpoints = ()
        last = data.count(b"\n") + data.count(b"\r") + 1
        assert 0 <= refused.line <= last  # noqa: PT017 - both outcomes are right
    for endpoint in endpoints:
        assert (endpoint.url_span is None) == bool(endpoint.left_alone)
        if endpoint.url_span and not {*b"\\'%"} & {*data}:
            assert data[endpoint.url_span.start : endpoint.url_span.end].decode() == endpoint.base_url
