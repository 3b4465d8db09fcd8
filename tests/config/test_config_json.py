"""JSON as OpenSPG's documentation prints it and as its database keeps it: comments, tabs, arrays, escapes."""

import json

import pytest

from netdiag.config import Unreadable, apply, edits, parse
from netdiag.text import Secret


def read(text):
    """Return the endpoints of a JSON file."""
    return parse(text.encode(), "x.json").endpoints


@pytest.mark.parametrize(
    "text",
    [
        '{"base_url":"http://localhost/"}',
        '\ufeff{"base_url": "http://localhost/"}\r\n',
        '# 注释 😀 {"base_url": "x"}\n\n  # more\n{"base_url": "http://localhost/"}\n# behind',
        '{"a": 1, # "base_url": "http://evil/"\n\t"base_url"\t:\n"http://localhost/"}',
        '{"base_url": "http://old/", "é😀": "\\ud83d\\ude00", "base_url": "http://localhost/"}',
        '{"base\\u005furl": "http:\\/\\/localhost\\u002f"}',
        '{"n": [1, -0.5e+9, 1E5, true, false, null, NaN, -Infinity, {}, []], "base_url": "http://localhost/"}',
    ],
)
def test_host_is_found_and_edited(text):
    """However the JSON is laid out, the host's own bytes are found; the last of equal keys counts."""
    data = text.encode()
    document = parse(data, "x.json")
    (endpoint,) = document.endpoints
    assert (document.format, endpoint.base_url, endpoint.left_alone) == ("json", "http://localhost/", "")
    (edit,) = edits(document, endpoint, host="172.17.0.1")
    assert apply(data, [edit]) == data.replace(b"localhost", b"172.17.0.1")


@pytest.mark.parametrize(
    ("url", "escaped"),
    [
        ("http://localhost:1/é😀", r'"http:\/\/\u006cocalhost\u003a1\/\u00e9\ud83d\ude00"'),
        ('http://u\\"p@localhost/\t\n', r'"http://u\\\"p@localhost/\t\n"'),
    ],
)
def test_escapes_are_mapped(url, escaped):
    """Behind any escapes before it the host is found exactly."""
    data = f'{{"base_url": {escaped}}}'.encode()
    document = parse(data, "-")
    (endpoint,) = document.endpoints
    assert endpoint.base_url == url == json.loads(data)["base_url"]
    (edit,) = edits(document, endpoint, host="h")
    assert json.loads(apply(data, [edit]))["base_url"] == url.replace("localhost", "h")


@pytest.mark.parametrize("value", ["1", "true", "[]", '{"base": "u"}'])
def test_not_a_string(value):
    """A base_url that is no string is reported, not edited."""
    (endpoint,) = read(f'{{"base_url": {value}}}')
    assert (endpoint.url_span, endpoint.left_alone) == (None, "not_a_string")


@pytest.mark.parametrize(
    ("url", "left_alone"), [("{{ X }}", "template"), ("${X}", "environment"), ("http://h/\\ud800", "escaped")]
)
def test_left_alone(url, left_alone):
    """Templates and half characters are reported, not edited."""
    (endpoint,) = read(f'{{"base_url": "{url}"}}')
    assert (endpoint.url_span, endpoint.left_alone) == (None, left_alone)
    assert endpoint.base_url.encode()


def test_settings_and_key():
    """Settings keep JSON's types; keys are secrets; nested objects are no settings."""
    (endpoint,) = read(
        '{"type": "maas", "base_url": "u", "api_key": "k", "stream": "False", "temperature": 0.7, "max_tokens": 8192,'
        ' "seed": null, "think": true, "customize": {"a": 1}, "auth_token": "t", "<<": "x", "big": 1e999}'
    )
    assert endpoint.api_key == Secret("k")
    known = {"stream": "False", "temperature": 0.7, "max_tokens": 8192, "seed": None, "think": True}
    assert endpoint.settings == known | {"<<": "x", "big": float("inf"), "customize": {"a": None}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"base_url": "http://localhost/"', 1),
        ('{\n"base_url": "http://local', 2),
        ('{\n\n"base_url" "u"}', 3),
        ('{\n\t"a": 1,\n\t"b" 2}', 3),
        ('{"a": 1}\n{"b": 2}', 2),
        ('[\n"\\x"]', 2),
        ("{\n", 2),
    ],
)
def test_syntax_errors(text, line):
    """What is neither JSON nor YAML is refused at the line where JSON ends to be JSON."""
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert (refused.value.reason, refused.value.line) == ("syntax", line)
    assert refused.value.detail.startswith("not valid JSON: ")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' * 100_000 + "1"], ids=["[", "{", "[{"])
def test_too_deep(text):
    """Nesting beyond any real file is refused, not a RecursionError."""
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("{type: ollama, base_url: http://localhost/,}", "-"),
        ("{'type': 'ollama', 'base_url': 'http://localhost/',}", "-"),
        ("{'type': 'ollama', 'base_url': 'http://localhost/'}", "kag_config.yaml"),
    ],
)
def test_nearly_json_is_yaml(text, source):
    """Bare keys, a last comma, and in a YAML file single quotes are YAML's flow style, and are read as that."""
    document = parse(text.encode(), source)
    (endpoint,) = document.endpoints
    assert (document.format, endpoint.type, endpoint.base_url) == ("yaml", "ollama", "http://localhost/")
    assert endpoint.url_span


@pytest.mark.parametrize(
    ("text", "base_url"),
    [
        ("{'type': 'ollama', 'base_url': 'http://localhost/', 'default': True, 'api_key': None}", "http://localhost/"),
        ("[{'x': [{'type': \"ollama\", 'base_url': \"it's\", 'n': -1e-05, 'default': True}]}]", "it's"),
        ("{'base_url': '\\'\\x41\\u00e9\\U0001f600\\n', 'type': 'ollama', 'default': True}", "'Aé😀\n"),
    ],
)
def test_python_is_for_reading_only(text, base_url):
    """What KAG prints of a configuration is understood, with Python's names and quotes, and never edited."""
    document = parse(text.encode(), "-")
    (endpoint,) = document.endpoints
    assert (document.format, endpoint.left_alone, endpoint.url_span) == ("python", "python", None)
    assert (endpoint.type, endpoint.base_url, endpoint.settings["default"]) == ("ollama", base_url, True)
    assert endpoint.api_key is None


def test_flat_keys_are_endpoints_by_their_prefix():
    """KAG's open_benchmark/env.json writes each endpoint as keys of one prefix; host_addr is none."""
    chat, embedding = read("""{
  "chat_llm.type": "maas", "chat_llm.base_url": "http://localhost:1/v1", "chat_llm.api_key": "k",
  "project.host_addr": "http://127.0.0.1:8887", "chat_llm.model": "m", ".base_url": "x", "y.base_urls": "x",
  "a.vectorize_model.base_url": "http://localhost:2/v1"
}""")
    assert (chat.node, chat.kind, chat.type, chat.model, chat.line) == ("chat_llm", "chat", "maas", "m", 2)
    assert (chat.api_key, chat.settings) == (Secret("k"), {})
    assert (embedding.node, embedding.kind, embedding.line) == ("a.vectorize_model", "embedding", 4)


INSIDE = {"llm": {"type": "ollama", "base_url": "http://localhost:1/é😀\\", "api_key": "k"}}


@pytest.mark.parametrize("slash", ["/", "\\/"])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_string_that_holds_json(levels, ascii_only, slash):
    """A document in a string is edited through the escapes of both, however often it is packed."""
    value = INSIDE
    for _ in range(levels):
        value = {"config": json.dumps(value, ensure_ascii=ascii_only).replace("/", slash)}
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    document = parse(data, "-")
    (endpoint,) = document.endpoints
    assert (endpoint.node, endpoint.type) == ("config." * levels + "llm", "ollama")
    assert (endpoint.base_url, endpoint.api_key) == (INSIDE["llm"]["base_url"], Secret("k"))
    planned = edits(document, endpoint, host="172.17.0.1", path="/v1")
    done = json.loads(apply(data, planned))
    for _ in range(levels):
        done = json.loads(done["config"])
    assert done == {"llm": INSIDE["llm"] | {"base_url": "http://172.17.0.1:1/v1"}}
    assert b"localhost" not in apply(data, planned)


@pytest.mark.parametrize(
    ("text", "left_alone"),
    [
        (r'{"a": "{\"base_url\": \"http://h/\ud800\"}"}', ["escaped"]),
        (r'{"a": "{\"base_url\": \"{{ X }}\"}"}', ["template"]),
        (r'{"a": "{\"base_url\": 1}"}', ["not_a_string"]),
        (r'{"a": "{\"base_url\": \"u\""}', []),
        (r'{"a": "base_url: u", "prompt": "{\"base_url\": \"u\"}", "{\"base_url\": 1}": 1}', []),
        (r'{"a": "' + "[" * 200 + r'\"base_url\""}', []),
    ],
    ids=["half character", "template", "number", "broken", "no documents", "deep"],
)
def test_strings_that_hold_less(text, left_alone):
    """What is not exact is left alone; a prompt, a key, and what is no document is text like any other."""
    assert [endpoint.left_alone for endpoint in read(text)] == left_alone


def test_too_many_strings_in_strings():
    """A document is followed through three strings, no further."""
    value = {"base_url": "http://localhost"}
    for _ in range(4):
        value = {"config": json.dumps(value)}
    assert read(json.dumps(value)) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '{"OPENAI_BASE_URL": "u", "OPENAI_API_KEY": "k", "OPENAI_CHAT_MODEL": "m"}',
            [("OPENAI_BASE_URL", "openai", "m")],
        ),
        ('{"env": {"KAG_LLM_BASE_URL": "u", "KAG_LLM_TYPE": "maas", "N": 1}}', [("env.KAG_LLM_BASE_URL", "maas", "")]),
        ('{"OPENAI_BASE_URL": null}', [("OPENAI_BASE_URL", "openai", "")]),
        ('{"OPENAI_BASE_URL": "u", "type": "openai"}', []),
    ],
)
def test_variables_as_json(text, told):
    """Variables that name an address are what they are in an .env, where all keys are variables."""
    assert [(each.node, each.type, each.model) for each in read(text)] == told


def test_a_key_that_yaml_would_merge():
    """In JSON it is a key as any other, and what is under it an endpoint."""
    (endpoint,) = parse(b'{"<<": {"base_url": "http://localhost:11434", "model": "m"}}', "-").endpoints
    assert (endpoint.node, endpoint.base_url) == ("<<", "http://localhost:11434")
