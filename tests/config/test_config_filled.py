"""What KAG fills in: what is read then, where it stands in the file, and what of it may be edited."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.config import Process, Unreadable, apply, edits, parse
from netdiag.config.rendering import NotRenderedError, Origins, render
from netdiag.kag.version import Installed

CHAT = "chat_llm:\n  type: {type}\n  base_url: {url}\n  model: {model}\n  api_key: {key}\n"
ENVIRONMENT = {
    "URL": "http://localhost:8000/v1",
    "HOST": "localhost",
    "PORT": "8000",
    "MODEL": "qwen2.5:3b",
    "KEY": "sk-canary",
    "TYPE": "openai",
    "EMPTY": "",
    "NUMBER": "30",
}


def process(version="0.8", environment=ENVIRONMENT, asked=None):
    """Return KAG's process with this environment; ``asked`` collects which variables are read."""

    def values(names):
        if asked is not None:
            asked.update(names)
        return {name: environment[name] for name in names if name in environment}

    return Process(lambda: Installed(version, version, "named"), values)


def document(text, version="0.8", name="kag_config.yaml", **options):
    """Return what is read for this version."""
    return parse(text.encode(), name, process(version, **options))


def chat(url="http://localhost:8000/v1", model="m", key="k", type_="openai"):
    """Return one model's configuration."""
    return CHAT.format(url=url, model=model, key=key, type=type_)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (chat("{{ URL }}"), "base_url", ENVIRONMENT["URL"]),
        (chat("!ENV URL"), "base_url", ENVIRONMENT["URL"]),
        (chat("http://{{ HOST }}:{{ PORT }}/v1"), "base_url", ENVIRONMENT["URL"]),
        (chat("{% set u = 'http://' ~ HOST %}{{ u }}"), "base_url", "http://localhost"),
        (chat("{{ URL.removesuffix('/v1') }}"), "base_url", "http://localhost:8000"),
        (chat(model="{{ MODEL }}"), "model", "qwen2.5:3b"),
        (chat(model="{{ NOBODY | default('a') }}"), "model", "a"),
        (chat(model="{{ EMPTY | default('a') }}"), "model", ""),
        (chat(model="{{ EMPTY | default('a', true) }}"), "model", "a"),
        (chat(type_="{{ TYPE }}"), "type", "openai"),
        (chat(type_="!ENV TYPE"), "type", "openai"),
    ],
)
def test_what_is_filled_in(text, field, value):
    """The value is the one that KAG reads."""
    (endpoint,) = document(text).endpoints
    assert getattr(endpoint, field) == value


@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_the_type_of_a_filled_in_setting(version):
    """What Jinja writes YAML reads: a number without quotes is one."""
    (endpoint,) = document(chat() + "  timeout: {{ NUMBER }}\n  stop: '{{ NUMBER }}'\n", version).endpoints
    assert dict(endpoint.settings) == {"timeout": 30, "stop": "30"}


@pytest.mark.parametrize("written", ["!ENV KEY", "{{ KEY }}", "'{{ KEY }}'", '"{{ KEY }}"'])
def test_a_key_is_used_and_not_shown(written):
    """It is the variable's value, and a secret as any key."""
    found = document(chat(key=written))
    (endpoint,) = found.endpoints
    assert endpoint.api_key.reveal() == ENVIRONMENT["KEY"]
    assert endpoint.filled == {"api_key": ("KEY",)}
    assert ENVIRONMENT["KEY"] not in repr(endpoint) + repr(found)


def test_only_the_variables_that_are_named_are_read():
    """Nobody looks at the rest of an environment."""
    asked = set()
    text = chat("{{ URL }}", key="!ENV KEY") + "{% set a = PORT %}x: {{ a }}\n"
    document(text, asked=asked)
    assert asked - {"a"} == {"URL", "KEY", "PORT"}


@pytest.mark.parametrize(
    ("url", "host", "after"),
    [
        ("http://localhost:{{ PORT }}/v1", "h", "http://h:{{ PORT }}/v1"),
        ("'http://localhost:{{ PORT }}'", "h", "'http://h:{{ PORT }}'"),
        ("http://localhost:8000{{ EMPTY }}", "h", "http://h:8000{{ EMPTY }}"),
        ("{{ 'http' }}://localhost:8000", "172.17.0.1", "{{ 'http' }}://172.17.0.1:8000"),
        ("http://localhost:8000/v1{# é #}", "h", "http://h:8000/v1{# é #}"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_host_that_stands_in_the_file_is_edited(url, host, after, newline):
    """Of the file only the host changes, to the byte."""
    around = "# 模型 {{ MODEL }}\n{% if NOBODY %}\n" + chat("http://no") + "{% else %}\n{}{% endif %}\n"
    text = around.replace("{}", chat(url)).replace("\n", newline)
    found = document(text)
    (endpoint,) = found.endpoints
    done = apply(found.data, edits(found, endpoint, host=host)).decode()
    assert done == text.replace(url, after)
    (again,) = document(done).endpoints
    assert again.base_url == endpoint.base_url.replace("localhost", host)


@pytest.mark.parametrize(
    ("url", "wanted", "assignment"),
    [
        ("{{ URL }}", "http://h:8000/v1", ("URL", "http://h:8000/v1")),
        ("!ENV URL", "http://h:8000/v1", ("URL", "http://h:8000/v1")),
        ("http://{{ HOST }}:{{ PORT }}/v1", "http://h:8000/v1", ("HOST", "h")),
        ("http://{{ HOST }}:{{ PORT }}/v1", "http://localhost:1/v1", ("PORT", "1")),
        ("http://{{ HOST }}:{{ PORT }}/v1", "http://h:1/v1", None),
        ("http://{{ HOST ~ PORT }}/v1", "http://h/v1", None),
    ],
)
def test_the_variable_to_change(url, wanted, assignment):
    """A host that a variable makes is not edited; the variable is named with the value that it needs."""
    found = document(chat(url))
    (endpoint,) = found.endpoints
    assert (endpoint.left_alone, endpoint.url_span) == ("variable", None)
    assert endpoint.assignment(wanted) == assignment
    with pytest.raises(ValueError, match="left alone"):
        edits(found, endpoint, host="h")


def test_a_port_that_a_variable_makes():
    """It is not overwritten."""
    found = document(chat("http://localhost:{{ PORT }}/v1"))
    with pytest.raises(ValueError, match="the port of this base_url comes from a variable"):
        edits(found, found.endpoints[0], port=1)


@pytest.mark.parametrize(
    ("text", "unset"),
    [
        (chat("{{ NOBODY }}"), {"base_url": ("NOBODY",)}),
        (chat("http://{{ NOBODY }}:1"), {"base_url": ("NOBODY",)}),
        (chat(key="!ENV NOBODY"), {"api_key": ("NOBODY",)}),
        (chat(key="'{{ NOBODY }}'"), {"api_key": ("NOBODY",)}),
        (chat(key="{{ EMPTY }}"), {"api_key": ("EMPTY",)}),
        (chat(key="{{ NOBODY | default('x') }}"), {}),
        ("a: {base_url: http://h, api_key: {{ NOBODY }}, model: {{ MODEL }}}\n", {"api_key": ("NOBODY",)}),
    ],
)
def test_a_variable_that_is_not_set(text, unset):
    """It is told of the setting that is empty for want of it."""
    (endpoint,) = document(text).endpoints
    assert endpoint.unset == unset


@pytest.mark.parametrize(
    ("text", "version", "unfilled"),
    [
        (chat("${URL}"), "0.8", {"base_url": "${URL}"}),
        (chat(key='"${KEY:-x}"'), "0.7", {"api_key": "${KEY:-x}"}),
        (chat(model="'{{ MODEL }}'"), "0.6", {"model": "{{ MODEL }}"}),
        (chat(model="'!ENV MODEL'"), "0.8", {"model": "!ENV MODEL"}),
        (chat(model="'{{ MODEL }}'"), "0.7", {}),
        (chat(key="pa$$word"), "0.8", {}),
        (chat("http://$HOST:8000/v1"), "0.8", {"base_url": "$HOST"}),
        (chat("'%LLM_URL%'"), "0.8", {"base_url": "%LLM_URL%"}),
        (chat("os.environ/LLM_URL"), "0.8", {"base_url": "os.environ/LLM_URL"}),
        (chat("http://u:pa$word@h%C3%A9:1/v1"), "0.8", {}),
    ],
)
def test_what_this_kag_takes_as_it_stands(text, version, unfilled):
    """What only looks filled in is known as what it is."""
    (endpoint,) = document(text, version).endpoints
    assert endpoint.unfilled == unfilled


@pytest.mark.parametrize(
    ("text", "version", "word", "line"),
    [
        (chat(key="!ENV KEY"), "0.7", "yaml_tag", 5),
        (chat(key="!ENV KEY"), "0.6", "yaml_tag", 5),
        (chat(key="{{ KEY }}"), "0.6", "jinja_unrendered", 5),
        (chat("{{ URL }}/v1"), "0.6", "jinja_unrendered", 3),
        (chat() + "---\na: 1\n", "0.8", "yaml_documents", 6),
        (chat() + "[llm]\nbase_url = http://x\n", "0.7", "yaml_ini", 7),
        (chat() + "x: !other a\n", "0.8", "yaml_tag", 6),
        (chat() + "x: 2024-13-45\n", "0.8", "yaml_value", 6),
        (chat() + "x: {{ a b }}\n", "0.8", "jinja_syntax", 6),
        (chat() + "x: {{ URL | env }}\n", "0.8", "jinja_filter", 6),
        (chat() + "x: {{ env('URL') }}\n", "0.8", "jinja_undefined", 6),
        (chat() + "x: {{ URL + 1 }}\n", "0.8", "jinja_failed", 0),
        (chat("http://localhost:{{ NOBODY }}"), "0.8", "jinja_unset", 3),
        (chat() + "project:\n", "0.8", "yaml_project", 0),
        ("{% if NOBODY %}\n\n{% endif %}" + chat() + "x: !other a\n", "0.8", "yaml_tag", 8),
    ],
)
def test_what_this_kag_cannot_load(text, version, word, line):
    """The reason and the line in the file are known, and so is what else stands there."""
    found = document(text, version)
    assert found.refused
    assert (found.refused.word, found.refused.line, found.refused.by_kag) == (word, line, True)
    assert len(found.endpoints) >= 1


@pytest.mark.parametrize(
    ("name", "version", "word"),
    [
        ("kag_config.cfg", "0.5", ""),
        ("kag_config.cfg", "0.6", "ini_file"),
        ("kag_config.cfg", "0.8", "ini_file"),
        ("x.cfg", "0.8", ""),
        ("-", "0.8", ""),
    ],
)
def test_only_kag_05_reads_its_file(name, version, word):
    """Its INI file is one that newer releases do not read; what is pasted is looked at as ever."""
    found = document("[llm]\nclient_type = ollama\nbase_url = http://h\nmodel = m\n", version, name)
    assert (found.refused.word if found.refused else "") == word
    assert len(found.endpoints) == 1


@pytest.mark.parametrize("text", ["A=1\nOPENAI_BASE_URL=http://h\n", "# of OpenAI\nexport OPENAI_BASE_URL=http://h\n"])
def test_variables_by_standard_input(text):
    """What comes by standard input is what its content is, as it would be by its name."""
    found = document(text, name="-")
    assert (found.format, found.endpoints[0].base_url) == ("env", "http://h")


@pytest.mark.parametrize("name", ["docker-compose.yaml", "deployment.yaml", "llm.json", "x.cfg", ".env"])
def test_what_is_not_kags_is_not_filled_in(name):
    """Other programs' files are theirs to fill in: they are read as ever."""
    text = {
        "docker-compose.yaml": "services: {a: {base_url: '${URL}'}}\n",
        "deployment.yaml": "apiVersion: v1\nllm: {base_url: '{{ .Values.url }}'}\n",
        "llm.json": '{"llm": {"base_url": "{{ URL }}"}}\n',
        "x.cfg": "[llm]\nbase_url = ${URL}\n",
        ".env": "OPENAI_BASE_URL=${URL}\n",
    }[name]
    found = document(text, name=name)
    (endpoint,) = found.endpoints
    assert (found.refused, endpoint.filled, endpoint.unfilled) == (None, {}, {})
    assert endpoint.left_alone in ("template", "environment")


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("{{ 'a' * 10**9 }}", "template_size"),
        ("{{ '%999999999d' % 1 }}", "template_size"),
        ("{{ 'x' | center(999999999) }}", "template_filter"),
        ("{% for i in range(10**9) %}x{% endfor %}", "template_loop"),
        ("{% for i in URL recursive %}{{ loop(URL) }}{% endfor %}", "template_loop"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "template_macro"),
        ("{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}", "template_size"),
        ("{{ URL" + "|replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')" * 9 + " }}", "template_size"),
        ("{% for a in ['x', 'y'] %}" * 40 + "{{ a }}" + "{% endfor %}" * 40, "template_size"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "template_deep"),
        ("{% if URL %}" * 3000 + "{% endif %}" * 3000, "template_deep"),
        ("{{ ''.__class__.__mro__ }}", "template_call"),
        ("{{ lipsum(n=10**6) }}", "template_call"),
        ("{{ URL.format(1) }}", "template_call"),
        ("{{ URL.__class__ }}", "template_call"),
        ("{{ URL['__class__'] }}", "template_call"),
        ("{{ range }}", "template_call"),
        ("{% set f = 'a'.zfill %}{{ f(2000000000) }}", "template_call"),
        ("{{ 9 ** 9 ** 9 ** 9 }}", "template_size"),
        ("{{ URL % 1 }}", "template_size"),
        ("{{ '%*d' % (999999999, 1) }}", "template_size"),
        ("{{ 9" + (" * " + "9" * 4000) * 10 + " }}", "template_size"),
        ("{% for i in [1] %}{% for j in loop %}{% endfor %}{% endfor %}", "template_other"),
        ("{% block a %}{{ self.a() }}{% endblock %}", "template_other"),
        ("{% for i in URL %}" * 15 + "{% endfor %}" * 15, "template_size"),
        ("x" * 300_000 + "{{ URL }}", "template_size"),
    ],
)
def test_hostile_templates_are_not_evaluated(template, word):
    """Nothing is computed of which the cost is not known; that is told, and costs no time."""
    began = time.monotonic()
    with pytest.raises(NotRenderedError) as refused:
        render(template, process().values)
    assert (refused.value.word, refused.value.by_kag) == (word, False)
    assert time.monotonic() - began < 20


@given(
    st.lists(
        st.sampled_from([
            "a", "\n", "\r\n", "é", " ", "{{ URL }}", "{{- URL }}", "{{ URL -}}", "{{ NOBODY }}", "{# c #}",
            "{#- c -#}", "{% if URL %}", "{%- if NOBODY -%}", "{% else %}", "{% endif %}", "{%- endif -%}", "{% raw %}",
            "{% endraw %}", "{% set URL = 'b' %}", "{% for i in ['x', 'y'] %}", "{% endfor %}", "{{ i }}",
        ]),
        max_size=30,
    )
)  # fmt: skip
def test_every_character_of_the_result_has_its_place(pieces):
    """What is said to stand in the file stands there, and the parts are the whole."""
    text = "".join(pieces)
    try:
        rendered = render(text, process().values)
    except NotRenderedError:
        return
    origins = Origins(text, rendered, 0)
    parts = origins.made(0, len(rendered.text))
    assert "".join(rendered.text[start:end] for start, end, _ in parts) == rendered.text
    for start, end, piece in parts:
        if piece.is_literal:
            said = rendered.text[start:end]
            assert text[piece.at :].replace("\r\n", "\n").startswith(said)


@pytest.mark.parametrize("text", ["a: [1\n", "chat_llm: {type: maas, base_url: ${URL}, model: m}\n"])
def test_what_nobody_can_read(text):
    """A file that is no YAML is refused as ever, whatever fills it in."""
    with pytest.raises(Unreadable):
        document(text)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1/0 }}", "{{ 5 % 0 }}", "{{ 5 // 0 }}", "{{ URL.foo() }}", "{{ NOBODY.foo() }}",
        "{% for i in NOBODY.z %}{% endfor %}", "{% for a, b in ['x'] %}{% endfor %}", "{% call x() %}{% endcall %}",
        "{% filter nobodys %}{% endfilter %}", "{{ URL / 2 }}", "{{ -URL }}", "{% for i in 5 %}{% endfor %}",
    ],
)  # fmt: skip
def test_what_jinja_fails_at(template):
    """It is evaluated, so that it is known that KAG cannot load the file."""
    with pytest.raises(NotRenderedError) as refused:
        render(template, process().values)
    assert refused.value.by_kag


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ 7 // 2 }}{{ 7 % 4 }}{{ 6 / 4 }}{{ 2 * 3 }}{{ 2 ** 10 }}", "331.561024"),
        ("{{ 'a' * 3 }}{{ '%s:%s' % (HOST, PORT) }}{{ NUMBER | int * 2 }}", "aaalocalhost:800060"),
        ("{% with a = HOST %}{{ a }}{% endwith %}", "localhost"),
        ("{% filter upper %}a{{ HOST }}{% endfilter %}", "ALOCALHOST"),
        ("{% set a | upper %}{{ HOST }}{% endset %}{{ a }}", "LOCALHOST"),
        ("{% block a %}{{ HOST }}{% endblock %}", "localhost"),
        ("{% for i in range(3) %}{{ i }}{{ loop.index }}{% endfor %}", "011223"),
        ("{% for i in PORT %}{{ i }},{% endfor %}", "8,0,0,0,"),
        ("{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{% endfor %}", "1234"),
    ],
)
def test_what_is_small_is_evaluated(template, expected):
    """The result is Jinja's."""
    assert render(template, process().values).text == expected


def test_what_a_with_block_names_depends_on_its_variable():
    """A base_url that is made of it is known to be filled in."""
    (endpoint,) = document("{% with u = URL %}\n" + chat("{{ u }}") + "{% endwith %}\n").endpoints
    assert (endpoint.base_url, endpoint.filled["base_url"]) == (ENVIRONMENT["URL"], ("URL",))


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("log: {level: [a]}\n", "yaml_log"),
        ("log: {level: {}}\n", "yaml_log"),
        ("log: {level: !!set {a}}\n", "yaml_log"),
        ("log: x\n", "yaml_log"),
        ("project: {self: 1}\n", "yaml_project"),
        ("log: []\n", ""),
        ("log: {level: 5}\n", ""),
        ("log: {level: nonsense, 1: 2}\n", ""),
    ],
)
def test_what_kag_fails_at_once_it_has_loaded_a_file(head, word):
    """The level of the log has to be one that Python can look up, and ``self`` is a name of KAG's own."""
    found = document(head + chat(), "0.8")
    assert (found.refused.word if found.refused else "") == word
