"""INI as KAG 0.5 reads it: with configparser's own defaults, which is the judge here."""

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.config import Unreadable, apply, edits, ini_tree, parse
from netdiag.text import Secret


def read(text):
    """Return the endpoints of a kag_config.cfg."""
    return parse(text.encode(), "kag_config.cfg").endpoints


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[llm]\nbase_url = http://localhost:11434/\n", 2),
        ("[llm]\nBase_URL:http://localhost:11434/", 2),
        ("\ufeff# 注释\r\n; [x]\r\n\r\n[llm]\r\nbase_url\t=\thttp://localhost:11434/  \r\n", 5),
        ("[llm] ; behind\n  base_url = http://localhost:11434/\n", 2),
        (
            "[größe 😀]\nmodel = 😀\n[llm]\ntype = x\n\n  more = base_url = http://evil/\nbase_url = http://localhost:11434/\n",
            7,
        ),
        ("[llm]\rmodel = m\rbase_url = http://localhost:11434/\r", 3),
    ],
)
def test_span_is_the_value(text, line):
    """The value is found without the blanks around it, whatever the delimiter, the case and the line ends."""
    data = text.encode()
    document = parse(data, "-")
    (endpoint,) = document.endpoints
    assert (document.format, endpoint.node, endpoint.line) == ("ini", "llm", line)
    assert data[endpoint.url_span.start : endpoint.url_span.end] == b"http://localhost:11434/"


def test_kag_05_file():
    """The sections of kag_config.cfg are endpoints by their base_url; client_type is the older name of type."""
    text = """\
[project]
host_addr = http://127.0.0.1:8887
[vectorizer]
vectorizer = kag.common.vectorizer.OpenAIVectorizer
model = bge-m3
api_key = EMPTY
base_url = http://127.0.0.1:11434/v1
vector_dimensions = 1024
[llm]
client_type = ollama
base_url = http://localhost:11434/api/generate
model = qwen2.5
stream = False
"""
    embedding, chat = read(text)
    assert (embedding.kind, embedding.type, embedding.api_key) == ("embedding", "openai", Secret("EMPTY"))
    assert embedding.settings == {"vectorizer": "kag.common.vectorizer.OpenAIVectorizer", "vector_dimensions": "1024"}
    assert (chat.kind, chat.type, chat.model, chat.settings) == ("chat", "ollama", "qwen2.5", {"stream": "False"})


@pytest.mark.parametrize(
    ("value", "base_url", "left_alone"),
    [
        ("http://localhost/ # no comment", "http://localhost/ # no comment", ""),
        ('"http://localhost/"', '"http://localhost/"', ""),
        ("http://localhost/%%7Ea", "http://localhost/%7Ea", ""),
        ("http://localhost/%7Ea", "http://localhost/%7Ea", ""),
        ("http://%(host)s/", "http://%(host)s/", "template"),
        ("http://localhost/%%(host)s", "http://localhost/%(host)s", ""),
        ("http://localhost\n  /v1", "http://localhost\n/v1", "block_scalar"),
        ("{{ X }}", "{{ X }}", "template"),
        ("", "", ""),
    ],
)
def test_values(value, base_url, left_alone):
    """Values are what configparser gives KAG: no inline comments, no quotes, two percent signs for one."""
    (endpoint,) = read(f"[llm]\nbase_url = {value}\n")
    assert (endpoint.base_url, endpoint.left_alone) == (base_url, left_alone)


def test_percent_sign_is_written_as_two():
    """What is written into an INI file is read back by KAG as it was meant."""
    data = b"[llm]\nbase_url = http://localhost/%%7Ea\n"
    document = parse(data, "x.cfg")
    planned = edits(document, document.endpoints[0], host="h", path="/%7Eb")
    assert apply(data, planned) == b"[llm]\nbase_url = http://h/%%7Eb\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("base_url = http://localhost/\n", 1),
        ("[llm]\ntype = ollama\nno delimiter\n", 3),
        ("[llm]\n= http://localhost/\n", 2),
        ("[llm]\na = 1\nA = 2\n", 3),
        ("[llm]\na = 1\n[llm]\nb = 2\n", 3),
    ],
)
def test_what_configparser_refuses(text, line):
    """A file that KAG's reader refuses is refused at the same line."""
    with pytest.raises(configparser.Error):
        configparser.ConfigParser().read_string(text)
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert (refused.value.reason, refused.value.line) == ("syntax", line)


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("[llm]\ntype = ollama\nmodel = a\n[log]\nlevel = INFO\n", [("DEFAULT", "ollama", "a", 3)]),
        ("[llm]\nmodel = a\ntype = maas\n[x]\nmodel = b\n", [("llm", "maas", "a", 1), ("x", "", "b", 1)]),
        ("[x]\nmodel = a\n[y]\nmodel = b\n[z]\nmodel = b\n", [("x", "", "a", 1), ("y", "", "b", 2)]),
        ("[x]\n[DEFAULT]\nmodel = a\n", [("DEFAULT", "", "a", 2)]),
        ("[x]\nbase_url = http://h\n", [("DEFAULT", "", "", 2), ("x", "", "", 1)]),
    ],
)
def test_defaults_are_inherited(sections, expected):
    """A base_url of [DEFAULT] is one endpoint, or one for each model that inherits it; they share its bytes."""
    endpoints = read(f"[DEFAULT]\nbase_url = http://localhost\n{sections}")
    assert [(e.node, e.type, e.model, e.uses) for e in endpoints] == expected
    assert len({e.url_span for e in endpoints if e.base_url == "http://localhost"}) == 1
    assert endpoints[0].line == 2


def test_interpolated_defaults():
    """A value that [DEFAULT] completes is reported, not edited."""
    (endpoint,) = read("[DEFAULT]\nhost = localhost\n[llm]\nbase_url = http://%(host)s:1\n")
    assert (endpoint.node, endpoint.left_alone, endpoint.url_span) == ("llm", "template", None)


lines = st.sampled_from(
    [
        "[llm]",
        "[a] b",
        "[DEFAULT]",
        "[",
        "key = value",
        "Key: v = w",
        " indented",
        "\tk = v",
        "# c",
        "  ; c",
        "",
        "  ",
        "=",
        "base_url=u ",
        "é：x:y",
    ]
)


@given(st.lists(lines, max_size=10).map("\n".join))
def test_reads_what_configparser_reads(text):
    """Section by section, key by key, the values are those of configparser, or both refuse the file."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        with pytest.raises(ini_tree.NotRead):
            ini_tree.read(text)
        return
    (sections,) = ini_tree.read(text)
    ours = {name: {key: value.text for key, value in s.pairs.items()} for name, s in sections.pairs.items()}
    defaults = ours.pop("DEFAULT", {})
    ours = {name: {**defaults, **section} for name, section in ours.items()}
    theirs = {s: {k: "\n".join(filter(None, v.split("\n"))) for k, v in parser[s].items()} for s in parser.sections()}
    assert ours == theirs
