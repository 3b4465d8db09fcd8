"""Whatever stands around a base_url, editing it changes its planned bytes and nothing else, and can be undone."""

import json
import re

from config.judging import by_configparser, by_json, by_yaml, holds
from hypothesis import example, given
from hypothesis import strategies as st

URLS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://"]),
    st.sampled_from(["", "user:localhost@", "localhost@"]),
    st.sampled_from(["localhost", "127.1", "localhostess.com", "0x7f000001", "api.deepseek.com", "xn--e1afmkfd"]),
    st.sampled_from(["", ":11434", ":"]),
    st.sampled_from(["", "/", "/v1", "/v1/chat/completions?a=localhost#b", "/%7Elocalhost"]),
)
PLAIN_URLS = URLS.filter(lambda url: not re.search(r"\?|:(?!//|\d|localhost@)", url))
HOSTS = st.sampled_from(["172.17.0.1", "host.docker.internal", "localhost"])
PLAIN_PATHS = st.sampled_from([None, "", "/v1", "/v1/chat/completions"])
PATHS = st.one_of(PLAIN_PATHS, st.just("/%7Ea?b=[c]#d"))
NEWLINES = st.sampled_from(["\n", "\r\n"])
MARKS = st.sampled_from(["", "\ufeff"])

BESIDE = [
    "# base_url: http://localhost é",
    "#",
    "api_key: 'sk-#{base_url}'",
    r'note: "base_url: http://localhost\u00e9\""',
    "prompt: |\n  base_url: http://localhost\n\n  {{ base_url }}",
    "folded: >-\n  base_url: http://localhost\n  😀",
    "empty:",
    "list: [a, 'b', {c: \"d, base_url\"}]",
    "ключ 😀: größe\u2003",
    "env: !ENV BASE_URL",
    "template: '{{ base_url }}'",
    "host_addr: http://localhost",
    "'base_url ': http://localhost",
    "temperature: 0.7   # localhost",
    "multi: plain text\n  over lines",
    "? odd\n: 'it''s'",
]
beside = st.sampled_from(BESIDE)


def quoted(url, style, escaped):
    """Return ``url`` as YAML writes it in ``style``, in double quotes with the characters at ``escaped`` as escapes."""
    if style == '"':
        return '"' + "".join(f"\\x{ord(c):02x}" if i in escaped else c for i, c in enumerate(url)) + '"'
    return style + url + style


@st.composite
def yaml_texts(draw):
    """A document of mappings with a base_url among hostile neighbours, some aliased, in blocks or in braces."""
    parts = []
    for number in range(draw(st.integers(1, 3))):
        style = draw(st.sampled_from(["", "'", '"']))
        url = draw(URLS if style else PLAIN_URLS)
        url = quoted(url, style, draw(st.sets(st.integers(0, 30), max_size=4)))
        line = f"base_url: {draw(st.sampled_from(['', f'&u{number} ', '!!str ']))}{url}"
        if draw(st.booleans()):
            lines = [*draw(st.lists(beside, max_size=3)), line, *draw(st.lists(beside, max_size=3))]
            inner = "\n".join(lines).replace("\n", "\n  ")
            parts.append(f"llm{number}: &a{number}\n  {inner}\n")
        else:
            parts.append(f"llm{number}: &a{number} {{ \"ü, 'x\": 'y' , {line}, 'type': ollama }}   \n")
        between = st.sampled_from([f"use: [*a{number}, {{llm: *a{number}}}]\n", "# localhost\n", "\n"])
        parts += draw(st.lists(between, max_size=2))
    text = "".join(parts)
    return draw(MARKS) + (text if draw(st.booleans()) else text.rstrip("\n")).replace("\n", draw(NEWLINES))


@st.composite
def json_texts(draw):
    """A document as OpenSPG keeps it, with any keys and values, comments between and escaped slashes."""
    keys = st.text().filter(lambda key: key != "base_url")
    anything = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.lists(st.text())
    )
    model = st.builds(
        lambda before, url, after: {**before, "base_url": url, **after},
        *(st.dictionaries(keys, anything, max_size=3), URLS, st.dictionaries(keys, anything, max_size=3)),
    )
    value = draw(st.one_of(model, st.lists(model, max_size=3), st.dictionaries(keys, model, max_size=3)))
    text = json.dumps(value, indent=draw(st.sampled_from([None, 0, 2, "\t"])), ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        text = text.replace("/", "\\/").replace("h", "\\u0068" if draw(st.booleans()) else "h")
    text = draw(st.sampled_from(["", '# "base_url": "http://localhost"\n\n', " # é\n"])) + text
    return draw(MARKS) + text.replace("\n", draw(NEWLINES))


@st.composite
def ini_texts(draw):
    """A kag_config.cfg with any values, comments, all delimiters and lines that continue a value."""
    value = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="%"), max_size=8)
    comments = st.lists(st.builds("{}{}\n".format, st.sampled_from(["# ", "; ", "  # base_url = "]), value), max_size=2)
    delimiter = st.sampled_from([" = ", ":", "\t="])
    parts = []
    for number in range(draw(st.integers(1, 3))):
        parts += [f"[llm{number} é]\n", *draw(comments)]
        parts += ["model", draw(delimiter), draw(value), "\n  base_url = http://localhost\n"]
        parts += [
            draw(st.sampled_from(["base_url", "Base_URL"])),
            draw(delimiter),
            draw(URLS).replace("%", "%%"),
            "  \n",
        ]
        parts += draw(comments)
    return draw(MARKS) + "".join(parts).replace("\n", draw(NEWLINES))


@given(yaml_texts(), HOSTS, PLAIN_PATHS)
def test_yaml(text, host, path):
    """In YAML of any layout, only base_urls change, as PyYAML sees it too."""
    holds(text, host, path, by_yaml)


@given(json_texts(), st.one_of(HOSTS, st.just("fd00::1")), PATHS)
@example('{"base_url": "http://localhost", "BASE_URL": ""}', "fd00::1", "/v1")  # JSON's keys have a case
@example('{"base_url": "http://localhost", ".base_url": ""}', "fd00::1", "/v1")  # and a flat one a prefix
def test_json(text, host, path):
    """In JSON of any layout, only base_urls change, as the standard library sees it too."""
    holds(text, host, path, by_json)


@given(ini_texts(), st.one_of(HOSTS, st.just("fd00::1")), PATHS)
def test_ini(text, host, path):
    """In INI of any layout, only base_urls change, as configparser sees it too."""
    holds(text, host, path, by_configparser)
