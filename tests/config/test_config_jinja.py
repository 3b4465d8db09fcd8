"""YAML that KAG renders with Jinja first: every base_url that Jinja does not make is found, and may be edited."""

import pytest

from netdiag.config import Unreadable, apply, edits, parse
from netdiag.config.jinja import Template

URL = "http://localhost:11434"


def read(text):
    """Return the endpoints of a kag_config.yaml."""
    return parse(text.encode(), "kag_config.yaml").endpoints


@pytest.mark.parametrize(
    "around",
    [
        "{{% if X %}}\n{}\n{{% else %}}\nother: 1\n{{% endif %}}\n",
        "{{%- if X -%}}\n{}\n{{%- endif +%}}\n",
        '{{% set url = "{{ base_url: http://localhost %}}" %}}\n{}\n',
        "{{#\nllm: {{base_url: http://localhost}}\n#}}\n{}",
        "{{% set block %}}\nllm: {{base_url: http://localhost}}\n{{% endset %}}\n{}",
        "{{% macro m(a) %}}\nllm: {{base_url: http://localhost}}\n{{% endmacro %}}\n{}",
        "{{{{ include }}}}\n{}\nx: {{{{ 'a' ~ \"}}}}\" }}}}-{{{{ b }}}}\n",
        "{}\n{{{{ A }}}}: 1\n{{{{ B }}}}: {{{{ C }}}}/v1\n",
        "# {{% if X %}}\n{}\n# {{% endif %}}",
        'a: \'{{{{ it }}}}\'\nb: "{{{{ env["X"] }}}}"\n{}',
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_other_endpoints_are_found(around, newline):
    """Statements, comments and expressions of any place leave the offsets of everything else as they are."""
    text = around.format(f"größe: 1\nchat_llm:\n  base_url: {URL} # c\n  type: ollama").replace("\n", newline)
    document = parse(text.encode(), "x.yaml")
    (endpoint,) = document.endpoints
    assert (endpoint.node, endpoint.base_url, endpoint.type, endpoint.left_alone) == ("chat_llm", URL, "ollama", "")
    done = apply(document.data, edits(document, endpoint, host="h"))
    assert done.decode() == text.replace(URL, URL.replace("localhost", "h"))


@pytest.mark.parametrize(
    ("written", "base_url"),
    [
        ("{{ X }}/v1", "{{ X }}/v1"),
        ("http://{{ H }}:1", "http://{{ H }}:1"),
        ("'http://{{ H }}:1'", "http://{{ H }}:1"),
        (f"{URL}{{% if P %}}/v1{{% endif %}}", f"{URL}{{% if P %}}/v1"),
        ("{% if P %}http://localhost{% endif %}", "http://localhost"),
        ("{% if P %}http://a{% else %}http://b{% endif %}", "http://a{% else %}http://b"),
        (f"{URL}{{{{ P }}}}", f"{URL}{{{{ P }}}}"),
        (f"{URL}{{% include 'x' %}}", URL),
        ("http://local{# c #}host", "http://local{# c #}host"),
        ("|\n    http://{{ H }}", "|\n    http://{{ H }}"),
    ],
)
def test_what_jinja_makes_is_a_template(written, base_url):
    """A base_url with a construct in it, or next to it, is reported as it is written, and not edited."""
    (endpoint,) = read(f"{{% if X %}}\n{{% endif %}}\nllm:\n  base_url: {written}\n  model: m\n")
    assert (endpoint.base_url, endpoint.left_alone, endpoint.url_span) == (base_url, "template", None)
    assert endpoint.model == "m"


def test_a_comment_beside_it_is_no_template():
    """What Jinja leaves out changes no value."""
    (endpoint,) = read(f"llm:\n  base_url: {URL} {{# c #}}\n  model: {{# d #}} m\n")
    assert (endpoint.base_url, endpoint.left_alone, endpoint.model) == (URL, "", "m")


def test_both_branches_are_endpoints():
    """Where a template chooses between equal keys and anchors, each of them is looked at."""
    endpoints = read("""\
{% if A %}
llm: &llm {base_url: http://localhost:1, type: a}
{% else %}
llm: &llm {base_url: http://localhost:2, type: b}
{% endif %}
x:
  {% if A %}
  base_url: http://localhost:3
  {% else %}
  base_url: http://localhost:4
  {% endif %}
  llm: *llm
""")
    assert [(e.node, e.base_url[-1], e.type, e.uses) for e in endpoints] == [
        ("llm", "1", "a", 1),
        ("llm", "2", "b", 2),
        ("x", "3", "", 1),
        ("x", "4", "", 1),
    ]


def test_settings_that_jinja_fills_in():
    """A key that is filled in is not known; other settings are shown as they are written."""
    (endpoint,) = read("llm:\n  base_url: u\n  api_key: {{ KEY }}-x\n  model: {{ M }}:3b\n  timeout: {{ T }}0\n")
    assert (endpoint.api_key, endpoint.model, endpoint.settings) == (None, "{{ M }}:3b", {"timeout": "{{ T }}0"})


def test_raw_blocks_are_left_alone():
    """What a raw block keeps from Jinja is reported, and not edited."""
    raw, other = read("{% raw %}\na: {base_url: http://localhost, model: '{{ x }}'}\n{% endraw %}\nb: {base_url: u}\n")
    assert (raw.node, raw.left_alone, raw.model) == ("a", "template", "{{ x }}")
    assert (other.node, other.left_alone) == ("b", "")


@pytest.mark.parametrize("text", ["{% if x", "a: {{ x", "a: b\n{# open\nc: d", "{% raw %}\na: [\n", "a: [b\n{% x %}\n"])
def test_what_is_no_yaml_even_so(text):
    """A text that is no YAML with neutral text in place of its constructs is refused as ever."""
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.reason == "syntax"


def test_neutral_text_has_the_same_length():
    """Every construct becomes text of its length on one line."""
    text = "{% set a %}\r\nb\n{% endset %}{{ 'x\n' }}{# \r #}é"
    neutral = " " * 27 + "x" * 10 + " " * 7 + "é"
    assert Template(text).neutral(lone_expressions=True) == neutral


def test_behind_too_many_constructs_nothing_is_edited():
    """The number of constructs is bounded; what stands behind them could be inside of one."""
    first, last = read("a: {base_url: u}\n" + "# {# c #}\n" * 2100 + "b: {base_url: v}\n")
    assert (first.left_alone, last.left_alone) == ("", "template")


@pytest.mark.parametrize("piece", ["{{ ", "{# ", "{% raw %}\n", '{% "%}', "{{ '}}", "{% set x %}"])
def test_hostile_templates_stay_cheap(piece):
    """Constructs that never end are searched for once: megabytes take seconds, not hours."""
    with pytest.raises(Unreadable):
        read("a: [\n" + piece * 100_000)
