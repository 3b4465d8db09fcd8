"""YAML: which mappings are endpoints, what may be edited, and where it stands; with both of PyYAML's parsers."""

import pytest
import yaml

from netdiag.config import Unreadable, apply, edits, parse, yaml_tree
from netdiag.text import Secret


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def _parser(request, monkeypatch):
    loader = getattr(yaml, request.param, None)
    if loader is None:
        pytest.skip("PyYAML without libyaml")
    monkeypatch.setattr(yaml_tree, "_LOADER", loader)


def read(text):
    """Return the endpoints of a kag_config.yaml."""
    return parse(text.encode(), "kag_config.yaml").endpoints


def slices(text):
    """Return what each endpoint's span cuts out of the bytes."""
    data = text.encode()
    return [data[e.url_span.start : e.url_span.end].decode() for e in parse(data, "x.yaml").endpoints]


URL = "http://localhost:11434/v1"


@pytest.mark.parametrize(
    "written",
    [
        f"base_url: {URL}",
        f"base_url: {URL}   # http://localhost",
        f"base_url : {URL}",
        f"'base_url': {URL}",
        f'"base_url": "{URL}"',
        f"base_url: '{URL}'",
        f"base_url:\n    {URL}",
        f"base_url: &u {URL}",
        f"base_url: &u !!str\n    # http://localhost\n    '{URL}'",
        f"base_url: ! {URL}",
        f"? base_url\n  : {URL}",
        f"größe: '😀 \u2028 😀'\n  base_url: {URL}",
        f"base_url: http://old\n  base_url: {URL}",
        f"base_url: {URL}\n  api_key: !ENV KEY",
    ],
)
@pytest.mark.parametrize(
    "around", ["llm:\n  {}\n", "\ufeffllm:\n  {}", "# 模型\r\nllm:\r\n  {}\r\n", "---\n- 😀\n---\nllm:\n  {}\n...\n"]
)
def test_span_is_the_text_within_the_quotes(written, around):
    """However the scalar is written, the span is its text, in bytes, and nothing else."""
    text = around.format(written)
    (endpoint,) = read(text)
    assert (endpoint.base_url, endpoint.node, endpoint.left_alone) == (URL, "llm", "")
    assert slices(text) == [URL]
    assert endpoint.line == text[: text.rindex(URL)].count("\n") + 1


@pytest.mark.parametrize(
    ("written", "left_alone", "base_url"),
    [
        ("{{ OLLAMA }}", "template", "{{ OLLAMA }}"),
        ("{{ OLLAMA }} # c", "template", "{{ OLLAMA }}"),
        ("'{{ OLLAMA }}/v1'", "template", "{{ OLLAMA }}/v1"),
        ("http://{{ HOST }}:11434/", "template", "http://{{ HOST }}:11434/"),
        ("'{% if x %}http://localhost{% endif %}'", "template", "{% if x %}http://localhost{% endif %}"),
        ("!ENV OLLAMA_URL", "environment", "!ENV OLLAMA_URL"),
        ("!env 'http://localhost'", "environment", "!env http://localhost"),
        ("http://${HOST}:11434/", "environment", "http://${HOST}:11434/"),
        ("|\n    http://localhost", "block_scalar", "http://localhost\n"),
        (">-\n    http://localhost", "block_scalar", "http://localhost"),
        ("", "absent", ""),
        ("~", "absent", ""),
        ("127.1", "not_a_string", "127.1"),
        ("11434", "not_a_string", "11434"),
        ("2024-01-01", "not_a_string", "2024-01-01"),
        ("[http://localhost]", "not_a_string", ""),
        ("{a: http://localhost}", "not_a_string", ""),
        ("!url http://localhost", "not_a_string", "!url http://localhost"),
        ("!!python/object/apply:os.system [exit 1]", "not_a_string", ""),
        ("!!python/name:os.system http://localhost", "not_a_string", "http://localhost"),
        ("http://local\n    host", "escaped", "http://local host"),
        ("'http://local\n    host'", "escaped", "http://local host"),
        ('"http://local\\\n    host"', "escaped", "http://localhost"),
    ],
)
def test_left_alone(written, left_alone, base_url):
    """What KAG fills in later, or what cannot be edited exactly, has no span and says why."""
    (endpoint,) = read(f"llm:\n  base_url: {written}\n  model: m\n")
    assert (endpoint.url_span, endpoint.left_alone, endpoint.base_url) == (None, left_alone, base_url)
    assert endpoint.line in (2, 3)


@pytest.mark.parametrize(
    "written",
    [
        r'"http:\x2f\u002flocalhost:11434\U0000002F"',
        r'"\u0068ttp://\x6c\x6f\x63alhost:11434/"',
        r'"http://localhost\x3A11434\/"',
    ],
)
def test_escapes_are_mapped(written):
    """A value with escapes is edited where its host is written, and only there."""
    data = f'llm: {{base_url: {written}, model: "\\u00e9"}}'.encode()
    document = parse(data, "x.yaml")
    (endpoint,) = document.endpoints
    assert endpoint.base_url == "http://localhost:11434/"
    (edit,) = edits(document, endpoint, host="h")
    (after,) = parse(apply(data, [edit]), "x.yaml").endpoints
    assert after.base_url == "http://h:11434/"
    assert edit.old in (b"localhost", rb"\x6c\x6f\x63alhost")


def test_doubled_quotes_are_mapped():
    """In single quotes two of them are one character."""
    data = b"llm: {base_url: 'http://it''s@localhost/it''s'}"
    document = parse(data, "x.yaml")
    (edit,) = edits(document, document.endpoints[0], host="h")
    assert apply(data, [edit]) == b"llm: {base_url: 'http://it''s@h/it''s'}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {base_url: u}\nb: *x\nc: [*x, *x]\n", [("a", 4)]),
        ("a: &x {base_url: u, self: *x}\n", [("a", 2)]),
        ("&x [*x, {base_url: u}]", [("[1]", 1)]),
        ("a:\n  - b: [1, {c: {base_url: u}}]\n", [("a[0].b[1].c", 1)]),
        ("base_url: u\n", [("", 1)]),
        ("{base_url: u, a: {base_url: v}}\n", [("", 1), ("a", 1)]),
        ("a: {base_url: u}\n---\nb: {base_url: v}\n", [("a", 1), ("b", 1)]),
        ("a: {base_url: u}\na: {base_url: v, model: last}\n", [("a", 1)]),
        ("a: {d: &x {base_url: u}}\na: {e: *x}\n", [("a.e", 1)]),
        ("base: &b {base_url: u}\nllm: {<<: *b, model: m}\n", [("base", 2)]),
        ("? [a, b]\n: {base_url: u}\n", [("?", 1)]),
    ],
)
def test_every_node_once(text, expected):
    """A mapping is one endpoint however often it is used, named after its first place; shadowed ones are none."""
    assert [(e.node, e.uses) for e in read(text)] == expected


def test_billion_laughs_stay_cheap():
    """Aliases of aliases are followed once: 3^80 places hold one endpoint, used three times."""
    lines = ["a0: &a0 {base_url: u}"]
    lines += [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 80)]
    assert [(e.node, e.uses) for e in read("\n".join(lines))] == [("a0", 4)]


@pytest.mark.parametrize(
    ("text", "left_alone"),
    [
        ("a: {base_url: &u http://localhost}\nb: {base_url: *u}", ["", ""]),
        ("host_addr: &u http://localhost\nb: {base_url: *u}", ["alias"]),
        ("b: {base_url: &u http://localhost}\nproject: {host_addr: *u}", ["alias"]),
        ("b: {base_url: &u http://localhost}\nurls: [*u]", ["alias"]),
        ("urls: [&u http://localhost]\nb: {base_url: *u}", ["alias"]),
    ],
)
def test_aliased_base_url(text, left_alone):
    """A base_url that is an alias is edited at its anchor, but not where something else would change with it."""
    endpoints = read(text)
    assert [e.left_alone for e in endpoints] == left_alone
    assert {e.base_url for e in endpoints} == {"http://localhost"}
    assert len({e.url_span for e in endpoints}) == 1


def test_shared_base_url_is_edited_once():
    """Two endpoints that share one scalar plan the same edit, which is made once."""
    data = b"a: {base_url: &u http://localhost}\nb: {base_url: *u}"
    document = parse(data, "x.yaml")
    planned = [edit for e in document.endpoints for edit in edits(document, e, host="h", path="/v1")]
    assert apply(data, planned) == b"a: {base_url: &u http://h/v1}\nb: {base_url: *u}"


def test_merged_settings():
    """A mapping's own settings hide merged ones, even where its own value is not known; earlier merges hide later."""
    text = """\
one: &one {type: ollama, model: one, api_key: k1, temperature: 0.1}
two: &two {<<: *one, model: two, timeout: 5}
llm: {base_url: u, <<: [*two, *one], api_key: !ENV KEY, temperature: 0.2}
"""
    (endpoint,) = read(text)
    assert (endpoint.type, endpoint.model, endpoint.api_key) == ("ollama", "two", None)
    assert endpoint.settings == {"timeout": 5, "temperature": 0.2}


@pytest.mark.parametrize(
    ("heirs", "expected"),
    [
        ("a: {<<: *b, type: t, model: m}", [("base", "t", "m", 2)]),
        ("a: {<<: *b, type: t, model: m}\nc: {<<: *b}", [("base", "t", "m", 3)]),
        ("a: {<<: *b, type: t, model: m}\nc: {<<: *b, type: t, model: m}", [("base", "t", "m", 3)]),
        ("a: {<<: *b, model: m}\nc: {<<: *b, model: n}", [("a", "", "m", 1), ("c", "", "n", 1)]),
        ("a: {<<: *b, type: t}\nc: {<<: *b, type: u}\nd: {<<: *b, type: u}", [("a", "t", "", 1), ("c", "u", "", 2)]),
        ("a: &a {<<: *b, model: m}\nc: {<<: *a, model: n}", [("a", "", "m", 1), ("c", "", "n", 1)]),
        ("a: {<<: *b, base_url: v}", [("base", "", "", 2), ("a", "", "", 1)]),
    ],
)
def test_a_merged_base_url_is_one_for_each_model(heirs, expected):
    """A base_url that others merge is one endpoint at its source, or one for each type and model that merges it."""
    endpoints = read(f"base: &b {{base_url: u}}\n{heirs}\n")
    assert [(e.node, e.type, e.model, e.uses) for e in endpoints] == expected
    assert len({e.url_span for e in endpoints if e.base_url == "u"}) == 1
    assert {e.line for e in endpoints if e.base_url == "u"} == {1}


def test_a_merged_model_of_its_own():
    """A source that is a model itself is checked beside the one that changes it, and both plan the same edit."""
    data = b"chat: &c {type: t, model: m, base_url: http://localhost}\nother: {<<: *c, model: n}\n"
    document = parse(data, "x.yaml")
    assert [(e.node, e.model, e.uses) for e in document.endpoints] == [("chat", "m", 1), ("other", "n", 1)]
    planned = [edit for e in document.endpoints for edit in edits(document, e, host="h")]
    assert apply(data, planned) == data.replace(b"localhost", b"h")


def test_settings_have_their_types_and_no_secret():
    """Scalars come with YAML's types; whatever may be secret is left out."""
    text = """\
llm:
  base_url: u
  client_type: maas
  model: 4
  api_key: 12345
  temperature: 0.7
  stream: False
  quoted: "False"
  max_tokens: 8_192
  nothing: null
  since: 2024-99-99
  hex: 0x_
  big: 111111111111111111111111111111111111111111111111111111111111111111111
  forced: !!int "5"
  impossible: !!bool maybe
  custom: !ENV X
  object: !!python/object/apply:os.getcwd []
  nested: {temperature: 1}
  access_token: s1
  secretKey: s2
  Password: s3
  proxy: http://user:s4@proxy/
  search: http://h/?key=s5
"""
    (endpoint,) = read(text)
    assert (endpoint.type, endpoint.model, endpoint.api_key) == ("maas", "4", Secret("12345"))
    assert endpoint.settings == {
        "temperature": 0.7,
        "stream": False,
        "quoted": "False",
        "max_tokens": 8192,
        "nothing": None,
        "since": "2024-99-99",
        "hex": "0x_",
        "big": int("1" * 69),
        "forced": 5,
        "impossible": "maybe",
        "nested": {"temperature": None},
        "object": [],
    }


@pytest.mark.parametrize(
    ("written", "api_key"),
    [
        ("sk-1", Secret("sk-1")),
        ("''", Secret("")),
        ("", None),
        ("null", None),
        ("!ENV KEY", None),
        ("'{{ KEY }}'", None),
        ("${KEY}", None),
        ("{{ KEY }}", None),
    ],
)
def test_api_key(written, api_key):
    """A key is known only where it is written; a placeholder is never taken for one."""
    (endpoint,) = read(f"base_url: u\napi_key: {written}\n")
    assert endpoint.api_key == api_key


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("llm: {base_url: u}", "chat"),
        ("vectorizer: {base_url: u}", "embedding"),
        ("vectorize_model: {base_url: u}", "embedding"),
        ("my_embedding: {base_url: u}", "embedding"),
        ("vectorizer: {inner: {base_url: u}}", "embedding"),
        ("x: {base_url: u, vector_dimensions: 8}", "embedding"),
        ("x: {base_url: u, modelType: embedding}", "embedding"),
        ("vectorizer: {base_url: u, modelType: chat}", "chat"),
        ("rerank: {base_url: u}", "rerank"),
        ("x: {base_url: u, modelType: rerank}", "rerank"),
        ("x: {base_url: u, type: maas_rerank_model}", "rerank"),
        ("reranker: {llm: {base_url: u}}", "chat"),
        ("reranker: {vectorize_model: {base_url: u}}", "embedding"),
        ("vectorizer: [{base_url: u}]", "embedding"),
        ("chain: {base_url: u}", "chat"),
    ],
)
def test_kind(text, kind):
    """A node says what it is for; else the nearest key above it does."""
    assert [e.kind for e in read(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "project: {host_addr: http://127.0.0.1:8887}",
        "graph_store: {uri: neo4j://localhost:7687, url: http://localhost}",
        "# base_url: http://localhost\n{}",
        "prompt: |\n  base_url: http://localhost\n  model: m\n",
        "prompt: 'base_url: http://localhost'",
        "base_urls: http://localhost\nBASE_URL: http://localhost\nurl: x",
        "[base_url, http://localhost]",
        "base_url",
        "{[base_url]: http://localhost}",
    ],
)
def test_never_an_endpoint(text):
    """Comments, prompts and other services' addresses are no endpoints, and no error either."""
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("a: b\nllm:\n\tbase_url: u\n", 3, "a tab"),
        ("a: [b\n{% if x %}\nb: c\n", 2, "Jinja"),
        ("llm: {base_url: u\n", 2, "not valid YAML"),
        ("a: 'b\n", 2, "not valid YAML"),
        ("a: *sk-secret-1234\n", 1, "an alias"),
        ("a: &x 1\nb: &x 2\n", 2, "defined twice"),
        ("a: b\nc: \x07\n", 2, "control character"),
        ('a: "\\UFFFFFFFF"\n', 1, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("llm: {{ X }/v1\n", 1, "not valid YAML"),
        ("%YAML 9.9\n---\na", 1, "not valid YAML"),
        ("a: ******\n", 1, "not valid YAML"),
    ],
)
def test_syntax_errors(text, line, detail):
    """What is no YAML is refused with its line and a few words, which quote nothing of the file."""
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.reason == "syntax"
    assert abs(refused.value.line - line) <= 1
    assert detail in refused.value.detail
    assert "sk-secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 5000 + "x", "{a: " * 5000, "? " * 5000], ids=["[", "-", "{", "?"])
def test_too_deep(text):
    """Nesting beyond any real file is refused before it costs anything."""
    with pytest.raises(Unreadable) as refused:
        parse(text.encode(), "x.yaml")
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize("levels", [1, 50, 99])
def test_deep_enough(levels):
    """A hundred levels are read."""
    assert len(read("- " * levels + "base_url: u")) == 1


def test_half_characters_become_whole():
    """A lone surrogate, which the pure parser lets pass, reaches no output that could not encode it."""
    try:
        (endpoint,) = read('base_url: "http://h/\\ud800"\nmodel: "\\udfff"')
    except Unreadable as refused:
        assert refused.reason == "syntax"  # noqa: PT017 - libyaml refuses it
    else:
        assert (endpoint.base_url.encode(), endpoint.model, endpoint.left_alone) == (b"http://h/?", "?", "escaped")
