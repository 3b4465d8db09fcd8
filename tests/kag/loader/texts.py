"""The files that KAG's loader and netdiag are both asked about: the same ones every time.

Each is one or more sections of settings, mixed at random from what people write, with something around them: comments,
templates, anchors, other documents, INI. Names say what was chosen, so that a difference can be found again.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

HOW_MANY: Final = 1400
"""Texts for each release."""

URLS: Final[Mapping[str, str]] = {
    "plain": "http://localhost:11434/v1",
    "quoted": '"http://localhost:11434/v1"',
    "single": "'http://localhost:11434/v1'",
    "commented": "http://localhost:11434/v1  # on the host",
    "variable": "{{ URL }}",
    "variable in quotes": '"{{ URL }}"',
    "variable in single quotes": "'{{ URL }}'",
    "tag": "!ENV URL",
    "tag in quotes": "'!ENV URL'",
    "tag of a quoted name": '!ENV "URL"',
    "tag with a blank": "!ENV  URL ",
    "port": "http://localhost:{{ PORT }}/v1",
    "host": "http://{{ HOST }}:8000/v1",
    "host in quotes": '"http://{{ HOST }}:8000/v1"',
    "default": "{{ URL | default('http://localhost:1/v1') }}",
    "default of empty": "{{ URL | default('http://localhost:1/v1', true) }}",
    "or": "{{ URL or 'http://localhost:1/v1' }}",
    "condition": "{% if URL %}{{ URL }}{% else %}http://localhost:2/v1{% endif %}",
    "chosen": "http://localhost:{{ '1' if PORT == '8000' else '2' }}/v1",
    "upper case": "{{ URL | upper }}",
    "stripped": "{{ URL.rstrip('/') }}/v1",
    "joined": "{{ 'http://' ~ HOST ~ ':8000' }}",
    "no blanks": "http://{{HOST}}:{{PORT}}",
    "jinja comment": "http://localhost:3/v1{# the host #}",
    "shell": "${URL}",
    "shell in quotes": '"${URL}"',
    "shell default": '"${URL:-http://localhost:1}"',
    "raw": "'{% raw %}{{ URL }}{% endraw %}'",
    "undefined function": "{{ env('URL') }}",
    "undefined mapping": "{{ env['URL'] }}",
    "attribute": "{{ NOT.there }}",
    "unknown filter": "{{ URL | env }}",
    "open": "{{ URL }",
    "block": "|\n    http://localhost:4/v1",
    "folded": ">-\n    http://localhost:4/v1",
    "folded variable": ">-\n    {{ URL }}",
    "number": "8000",
    "null": "null",
    "empty": "",
    "quoted empty": "''",
    "escape": '"http:\\u002f/localhost:5/v1"',
    "query": "http://localhost:6/v1?a=b&c",
    "chinese": "http://localhost:7/v1/模型",
    "list": "[http://localhost:8]",
    "colon": "http://localhost: 8000",
    "tab behind": "http://localhost:9/v1\t",
    "at sign": "@localhost",
}
KEYS: Final[Mapping[str, str]] = {
    "plain": "sk-1",
    "variable": "{{ KEY }}",
    "in quotes": '"{{ KEY }}"',
    "tag": "!ENV KEY",
    "tag of nothing": "!ENV NOBODY",
    "variable of nothing": "{{ NOBODY }}",
    "default": "{{ NOBODY | default('EMPTY') }}",
    "shell": "${KEY}",
    "null": "~",
    "empty": '""',
    "number": "123",
    "octal": "0123",
    "other tag": "!env KEY",
    "python tag": "!!python/name:os.getenv",
    "string tag": "!!str 123",
    "binary": "!!binary aGVsbG8=",
    "with hash": "{{ HASH }}",
    "with hash in quotes": "'{{ HASH }}'",
    "with quote": "'{{ QUOTE }}'",
    "with lines": "{{ LINES }}",
    "chosen": "{{ KEY if USE else 'none' }}",
}
MODELS: Final[Mapping[str, str]] = {
    "plain": "qwen2.5:3b",
    "variable": "{{ MODEL }}",
    "default": '{{ MODEL | default("qwen2.5:3b") }}',
    "part": "qwen2.5:{{ SIZE }}",
    "tag": "!ENV MODEL",
    "number": "1.5",
    "boolean": "yes",
    "date": "2024-01-31",
    "no date": "2024-13-45",
    "sexagesimal": "1:30",
    "quoted": "'a b'",
    "folded lines": "a\n    b",
    "star": "*model",
    "chinese": "通义千问",
}
OTHERS: Final[Mapping[str, str]] = {
    "temperature": "temperature: 0.7",
    "templated number": "timeout: {{ SECONDS }}",
    "templated default": "max_tokens: {{ TOKENS | default(1024) }}",
    "tagged number": "timeout: !ENV SECONDS",
    "flag": "stream: no",
    "templated flag": "stream: {{ STREAM }}",
    "exponent": "temperature: 1e3",
    "float": "temperature: 1.0e+3",
    "hexadecimal": "max_tokens: 0x10",
    "infinite": "timeout: .inf",
    "separated": "max_tokens: 8_192",
    "no number": "timeout: !!int many",
    "nested": "extra_body: {a: [1, 2]}",
    "templated line": "{% if USE %}temperature: 1{% endif %}",
    "templated key": "{{ NAME }}: 1",
    "same again": "model: other",
    "list of values": "stop: [a, b]",
    "jinja comment": "{# nothing #}",
    "dash strips": "temperature: {{- SECONDS -}}",
    "string that is open": "note: 'open",
    "tab": "\ttimeout: 1",
    "unhashable": "? [a]\n  : b",
    "loop": "{% for i in range(2) %}{% endfor %}",
    "written loop": "{% for i in ['a', 'b'] %}{{ i }}: 1\n  {% endfor %}",
}
BEFORE: Final[Mapping[str, str]] = {
    "nothing": "",
    "comment": "# 模型的配置\n",
    "document": "---\n",
    "directive": "%YAML 1.1\n---\n",
    "set": "{% set URL = 'http://localhost:10/v1' %}\n",
    "set if missing": "{% set URL = URL | default('http://localhost:10/v1') %}\n",
    "block": "{% set MODEL %}llama3{% endset %}\n",
    "jinja comment": "{# {{ URL }} #}\n",
    "anchor": "model: &model llama3\n",
    "project": "project:\n  id: 1\n  namespace: {{ NAME }}\n",
    "project of nothing": "project:\n",
    "log": "log:\n  level: INFO\n",
    "raw": "prompt: '{% raw %}{{ question }}{% endraw %}'\n",
    "prompt": "prompt: '{{ question }}'\n",
    "byte order mark": "\ufeff",
    "macro": "{% macro m() %}a{% endmacro %}\n",
    "open comment": "colour: {#fff}\n",
}
AFTER: Final[Mapping[str, str]] = {
    "nothing": "",
    "end": "...\n",
    "document": "---\nother: 1\n",
    "empty document": "---\n",
    "INI": "[llm]\ntype = openai\nbase_url = http://localhost:11/v1\n",
    "INI setting": "timeout = 3\n",
    "equal anchors": "one: &same 1\ntwo: &same 2\n",
    "unknown alias": "one: *nowhere\n",
    "merge": "more:\n  <<: *chat_llm\n  model: more\n",
    "merge of a number": "more:\n  <<: 5\n",
    "merge of a list": "more:\n  <<: [*chat_llm]\n  model: more\n",
    "alias": "vectorizer: *chat_llm\n",
    "condition": "{% if USE %}\nmore:\n  base_url: http://localhost:12/v1\n  model: more\n{% endif %}\n",
    "branches": "{% if USE %}\na:\n  base_url: http://u/v1\n{% else %}\na:\n  base_url: http://v/v1\n{% endif %}\n",
    "list": "all:\n- base_url: http://localhost:13/v1\n  model: one\n- {base_url: 'http://localhost:14', model: two}\n",
    "flow": "more: {type: openai, base_url: http://localhost:15/v1, model: {{ MODEL }}}\n",
    "json": 'more: {"type": "openai", "base_url": "http://localhost:16/v1", "model": "m"}\n',
    "other tag": "more: !other x\n",
    "value key": "more: =\n",
    "control character": "more: \x07\n",
    "include": "{% include 'x.yaml' %}\n",
    "include perhaps": "{% include 'x.yaml' ignore missing %}\n",
    "no end": "{% if USE %}\n",
    "last line": "more: 1",
    "prose": "prompt: |\n  base_url: http://localhost:17/v1\n  {{ MODEL }}\n",
}
WHOLE: Final[Mapping[str, str]] = {
    "only comments": "# nothing\n",
    "a list": "- base_url: http://localhost:1/v1\n  model: m\n",
    "a text": "localhost\n",
    "a number": "5\n",
    "JSON": '{"chat_llm": {"type": "openai", "base_url": "http://localhost:1/v1", "model": "m", "api_key": "a\\/b"}}\n',
    "JSON with tabs": '{\n\t"chat_llm": {"base_url": "http://localhost:1/v1", "timeout": 1e5}\n}\n',
    "JSON with a comment": '# KAG\n{"chat_llm": {"base_url": "http://localhost:1/v1", "model": "m"}}\n',
    "two JSON": '{"a": {"base_url": "http://u"}}\n{"b": {"base_url": "http://v"}}\n',
    "INI": "[llm]\ntype = openai\nbase_url = http://localhost:1/v1\n",
    "variables": "OPENAI_BASE_URL=http://localhost:1/v1\n",
    "Python": "{'chat_llm': {'base_url': 'http://localhost:1/v1', 'stream': False, 'x': None}}\n",
    "template that is all": "{{ ALL }}\n",
    "flow": "{chat_llm: {type: maas, base_url: ${URL}, model: m}}\n",
    "swallowed": "chat_llm:\n  model: m\n    base_url = http://localhost:1/v1\n  base_url: http://localhost:2/v1\n",
}
VARIABLES: Final[Mapping[str, str]] = {
    "URL": "http://localhost:11434/v1",
    "HOST": "localhost",
    "PORT": "8000",
    "KEY": "sk-canary",
    "MODEL": "qwen3:4b",
    "SIZE": "7b",
    "SECONDS": "30",
    "TOKENS": "2048",
    "STREAM": "false",
    "USE": "1",
    "NAME": "Judge",
    "HASH": "sk #1: x",
    "QUOTE": "it's",
    "LINES": "a\n  b: c",
    "ALL": "chat_llm: {base_url: 'http://localhost:18/v1', model: all}",
}


class Text(NamedTuple):
    """A file of this text, read in this environment."""

    name: str
    text: str
    environment: Mapping[str, str]


def texts() -> Iterator[Text]:
    """Yield every text: first each choice alone beside what is usual, then mixtures."""
    dice = random.Random(17)
    found: dict[str, Text] = {}
    for each in (*_alone(), *_whole()):
        found.setdefault(each.name, each)
    while len(found) < HOW_MANY:
        mixed = _mixed(dice)
        found.setdefault(mixed.name, mixed)
    yield from found.values()


def _alone() -> Iterator[Text]:
    for variables in (VARIABLES, {}):
        for url in URLS:
            yield _text({"url": url}, variables)
        for key in KEYS:
            yield _text({"key": key}, variables)
        for model in MODELS:
            yield _text({"model": model}, variables)
        for other in OTHERS:
            yield _text({"other": other}, variables)
        for before in BEFORE:
            yield _text({"before": before}, variables)
        for after in AFTER:
            yield _text({"after": after}, variables)


def _whole() -> Iterator[Text]:
    for name, text in WHOLE.items():
        yield Text(name, text, VARIABLES)


def _mixed(dice: random.Random) -> Text:
    """Return a mixture; what most releases cannot load is chosen seldom, so that most mixtures are loaded by one."""
    options = {"url": URLS, "key": KEYS, "model": MODELS, "other": OTHERS, "before": BEFORE, "after": AFTER}
    chosen = {}
    for part, values in options.items():
        if dice.random() < 0.45:
            chosen[part] = dice.choice(sorted(values))
    kept = {name: value for name, value in VARIABLES.items() if dice.random() < 0.7}
    return _text(chosen, kept, newline=dice.choice(["\n", "\n", "\r\n"]))


def _text(chosen: Mapping[str, str], variables: Mapping[str, str], newline: str = "\n") -> Text:
    url, key = URLS[chosen.get("url", "plain")], KEYS[chosen.get("key", "plain")]
    model, other = MODELS[chosen.get("model", "plain")], chosen.get("other")
    lines = ["chat_llm: &chat_llm", "  type: openai", f"  base_url: {url}", f"  model: {model}", f"  api_key: {key}"]
    if other:
        lines.append(f"  {OTHERS[other]}")
    body = "\n".join(lines) + "\n"
    text = BEFORE[chosen.get("before", "nothing")] + body + AFTER[chosen.get("after", "nothing")]
    missing = ", ".join(sorted(VARIABLES.keys() - variables.keys()))
    said = "; ".join(f"{part} {value}" for part, value in chosen.items())
    newlines = ", CRLF" if newline != "\n" else ""
    return Text(f"{said or 'usual'}{newlines}, without {missing or 'nothing'}", text.replace("\n", newline), variables)
