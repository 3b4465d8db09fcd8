"""The same for text that another program fills in or unpacks: templates, .env files, documents in strings, mixtures."""

import json
import re

from config.judging import RENDERED, by_nested_json, by_shlex, by_yaml, holds
from hypothesis import given
from hypothesis import strategies as st

HOSTS = st.sampled_from(["172.17.0.1", "host.docker.internal", "localhost"])
PATHS = st.sampled_from([None, "", "/v1", "/v1/chat/completions"])
URLS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://"]),
    st.sampled_from(["localhost", "127.1", "localhostess.com", "user@localhost", "xn--e1afmkfd"]),
    st.sampled_from(["", ":11434"]),
    st.sampled_from(["", "/", "/v1", "/%7Elocalhost", "/é"]),
)
NEWLINES = st.sampled_from(["\n", "\r\n"])
MARKS = st.sampled_from(["", "\ufeff"])

NOTHING = [
    "{% if base_url %}",
    "{%- else -%}",
    "{% endif %}",
    "{# base_url: http://localhost #}",
    "{#\nllm: {base_url: http://localhost}\n  é 😀\n#}",
    '{% set base_url = "http://localhost %} }}" %}',
    "{% set x %}\nllm: {base_url: http://localhost}\n{% endset %}",
    "# localhost",
]
VALUES = ["{{ X }}", "{{ env['a}}'] }}", "{{ 'localhost' |\n default(1) }}", '{{ "é: {# " }}']
MADE = ["{{ X }}", "http://{{ X }}:11434/v1", "'{{ X }}/localhost'", '"http://{{ X }}"']


@st.composite
def jinja_texts(draw):
    """A template of mappings with a base_url, statements and comments on lines of their own, expressions in values."""
    lines = []
    for number in range(draw(st.integers(1, 4))):
        url = draw(st.one_of(URLS, URLS.map("'{}'".format), URLS.map('"{}"'.format), st.sampled_from(MADE)))
        beside = [f"model: {draw(st.sampled_from(VALUES))}-b", "prompt: '{{ base_url }} é'", "type: ollama", "stream:"]
        inner = draw(st.permutations([f"base_url: {url}", *draw(st.lists(st.sampled_from(beside), unique=True))]))
        lines += [f"llm{number}: &a{number}", *(f"  {line}" for line in inner), f"use{number}: *a{number}"]
    for _ in range(draw(st.integers(0, 4))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(NOTHING)))
    return draw(MARKS) + "\n".join(lines).replace("\n", draw(NEWLINES)) + draw(st.sampled_from(["", "\n"]))


def by_jinja(data):
    """Return all values as PyYAML sees them after a rendering in which every branch is taken."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    for construct in sorted(NOTHING[:-1], key=len, reverse=True):
        text = text.replace(construct, "")
    for construct in VALUES:
        text = text.replace(construct, RENDERED)
    return by_yaml(text)


@given(jinja_texts(), HOSTS, PATHS)
def test_jinja(text, host, path):
    """In a template, only base_urls that Jinja does not make change, as PyYAML sees it after rendering."""
    holds(text, host, path, by_jinja)


@st.composite
def env_texts(draw):
    """A .env file with hostile names, comments, quotes, exports and values of several lines."""
    noise = [
        "# A_BASE_URL=http://localhost é",
        "",
        "   ",
        "export OTHER=1",
        "KEY='sk-#\"$x'",
        'CERTIFICATE="\nX_BASE_URL=http://localhost\n"',
        "BASE_URLS=http://localhost",
        "KAG_PROJECT_HOST_ADDR=http://localhost:8887",
        "ПРИМЕР_1=1" if draw(st.booleans()) else "A.B-C=localhost",
    ]
    lines = []
    for number in range(draw(st.integers(1, 3))):
        lines += draw(st.lists(st.sampled_from(noise[:-1]), max_size=2))
        quote = draw(st.sampled_from(["", "'", '"']))
        name = draw(st.sampled_from(["KAG_LLM", "kag_vectorizer", "OPENAI", "_"]))
        name += draw(st.sampled_from([f"_{number}_BASE_URL", "_BASE_URL", "_base_url"]))
        comment = draw(st.sampled_from(["", " # localhost", "\t", "  # 'é\""]))
        lines.append(f"{draw(st.sampled_from(['', 'export ', '  ']))}{name}={quote}{draw(URLS)}{quote}{comment}")
        lines.append(f"{name[:-8]}MODEL={quote}qwen:3b{quote}")
    return draw(MARKS) + "\n".join(lines).replace("\n", draw(NEWLINES)) + draw(st.sampled_from(["", "\n"]))


@given(env_texts(), HOSTS, st.one_of(PATHS, st.just("/v1?a=b&c")))
def test_env(text, host, path):
    """In a .env file only the last of equal names that end in BASE_URL changes, as a shell sees it too."""
    holds(text, host, path, by_shlex, ".env")


@st.composite
def nested_json_texts(draw):
    """A dump of OpenSPG's tables: objects in strings in strings, some with flat keys, slashes and letters escaped."""
    model = st.fixed_dictionaries({"base_url": URLS, "name": st.text(), "n": st.integers() | st.booleans()})
    flat = st.fixed_dictionaries({"chat_llm.base_url": URLS, "chat_llm.model": st.text(max_size=3), "a.é": st.none()})
    value = draw(st.dictionaries(st.text(max_size=4).filter(lambda k: "prompt" not in k), st.one_of(model, flat)))
    for _ in range(draw(st.integers(0, 3))):
        packed = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
        value = {"config": packed.replace("/", draw(st.sampled_from(["/", "\\/"]))), "note": draw(st.text(max_size=5))}
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, "\t"])))
    return text.replace("/", draw(st.sampled_from(["/", "\\/", "\\u002f"]))).replace("\n", draw(NEWLINES))


@given(nested_json_texts(), st.one_of(HOSTS, st.just("fd00::1")), PATHS)
def test_nested_json(text, host, path):
    """In documents within strings only base_urls change, as the standard library unpacks them."""
    holds(text, host, path, by_nested_json)


@st.composite
def mixed_texts(draw):
    """YAML with settings that use ``=``, and sections of INI behind it."""
    plain = URLS.filter(lambda url: not re.search(":$", url))
    equals = st.sampled_from([" = ", " =", "= "])
    lines = ["# localhost", f"llm0: &a{draw(st.sampled_from(['', '  # localhost é']))}"]
    lines += draw(
        st.permutations([f"  base_url{draw(equals)}{draw(plain)}", "  type: ollama", "  note: 'base_url = x'"])
    )
    lines += ["use: *a"]
    for number in range(1, draw(st.integers(1, 3))):
        lines += [
            f"[llm{number}]",
            f"base_url{draw(equals)}{draw(plain)}".replace("%", "%%"),
            "; localhost",
            "type: maas",
        ]
        lines += draw(st.sampled_from([[], [f"nested{number}:", f"  base_url: {draw(plain)}"]]))
    return draw(MARKS) + "\n".join(lines).replace("\n", draw(NEWLINES)) + "\n"


def by_lines(data):
    """Return what each line sets, by its number: no library reads such a file."""
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    found = [re.fullmatch(r" *base_url ?[=:] ?(.*)", line) for line in lines]
    return {
        (at, "base_url") if setting else (at,): setting[1].replace("%%", "%") if setting else line
        for at, (line, setting) in enumerate(zip(lines, found, strict=True))
    }


@given(mixed_texts(), HOSTS, PATHS)
def test_mixed(text, host, path):
    """In a mixture of YAML and INI only the lines of base_urls change."""
    holds(text, host, path, by_lines)
