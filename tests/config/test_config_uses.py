"""What a node is its use decides: aliases, merged mappings and INI's ``[DEFAULT]``, whatever the anchor is called."""

import pytest

from netdiag.config import parse

LOCAL = "{type: openai, model: m, base_url: u}"


def told(text, source="kag_config.yaml"):
    """Return kind and model of each endpoint, with the node that is told."""
    return [(e.kind, e.model, e.node) for e in parse(text.encode(), source).endpoints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"local: &a {LOCAL}\nvectorize_model: *a", [("embedding", "m", "local")]),
        (f"any: &a {LOCAL}\nvectorizer: *a", [("embedding", "m", "any")]),
        (f"local_llm: &a {LOCAL}\nvectorizer: *a", [("embedding", "m", "local_llm")]),
        (f"embed_host: &a {LOCAL}\nchat_llm: *a", [("chat", "m", "embed_host")]),
        (f"my_llm: &a {LOCAL}\npipeline: {{llm: *a}}", [("chat", "m", "my_llm")]),
        (f"models: {{one: &a {LOCAL}}}\nreader: {{rerank_model: *a}}", [("rerank", "m", "models.one")]),
        (
            f"local: &a {LOCAL}\npipeline: [{{llm: *a}}]\nvectorize_model: *a",
            [("chat", "m", "pipeline[0].llm"), ("embedding", "m", "vectorize_model")],
        ),
        (
            f"chat_llm: &a {LOCAL}\nvectorize_model: *a\nvectorizer: *a",
            [("chat", "m", "chat_llm"), ("embedding", "m", "vectorize_model")],
        ),
        (f"all: &a {{inner: {LOCAL}}}\nvectorizer: *a", [("embedding", "m", "all.inner")]),
        (f"all: {{llm: &a {LOCAL}}}\nx: [*a, *a]", [("chat", "m", "all.llm")]),
    ],
)  # fmt: skip
def test_an_alias_is_what_it_is_used_as(text, expected):
    """The names of KAG's own decide; an anchor's name only where nothing else does."""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"base: &b {LOCAL}\nvectorizer: {{<<: *b, model: e}}", [("embedding", "e", "base")]),
        (
            f"base_llm: &b {LOCAL}\nvectorizer: {{<<: *b, model: e}}\nchat_llm: {{<<: *b, model: c}}",
            [("embedding", "e", "vectorizer"), ("chat", "c", "chat_llm")],
        ),
        (
            f"chat_llm: &b {LOCAL}\nvectorizer: {{<<: *b, model: e}}",
            [("chat", "m", "chat_llm"), ("embedding", "e", "vectorizer")],
        ),
        (
            f"base: &b {LOCAL}\nvectorizer: {{<<: *b}}\nchat_llm: {{<<: *b}}",
            [("embedding", "m", "vectorizer"), ("chat", "m", "chat_llm")],
        ),
        (f"vectorizer: {{<<: {LOCAL}, model: e}}", [("embedding", "e", "vectorizer.<<")]),
        (
            "chat_llm: &b {type: openai, base_url: u}\nopenie_llm: {<<: *b, model: m}",
            [("chat", "", "chat_llm"), ("chat", "m", "openie_llm")],
        ),
    ],
)  # fmt: skip
def test_a_basis_alone_calls_nothing(text, expected):
    """A mapping that is merged is called by those that merge it, and by itself only under a name of KAG's."""
    assert told(text) == expected


def test_sections_inherit():
    """Of INI's sections those of models use what ``[DEFAULT]`` says; the others have it too and call nothing."""
    text = "[DEFAULT]\nbase_url = u\ntype = maas\nmodel = m\n[project]\nid = 1\n[vectorizer]\ntype = openai\n[llm]\n"
    assert told(text, "kag_config.cfg") == [("embedding", "m", "vectorizer"), ("chat", "m", "llm")]


def test_uses_share_their_bytes():
    """What is chat and embedding at once is one base_url in the file."""
    document = parse(f"local: &a {LOCAL}\nchat_llm: *a\nvectorizer: *a\n".encode(), "kag_config.yaml")
    assert len({endpoint.url_span for endpoint in document.endpoints}) == 1
    assert len(document.endpoints) == 2


def test_aliases_of_aliases_stay_cheap():
    """Ten thousand mappings, each with two aliases of the one before it, are read."""
    lines = ["a0: &a0 {llm: {base_url: u, type: t}}"]
    lines += [f"a{at}: &a{at} {{llm: *a{at - 1}, vectorizer: *a{at - 1}}}" for at in range(1, 10_000)]
    assert [kind for kind, _, _ in told("\n".join(lines))] == ["chat"]


KAGS = "project: {namespace: Lab}\n"


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("d: &d {base_url: v}\nchat_llm: {<<: *d, base_url: u, model: m}", ["chat_llm"]),
        ("d: &d {type: maas, base_url: v}\nchat_llm: {<<: *d, model: m}", ["d"]),
        ("d: &d {base_url: v}\ne: &e {<<: *d}\nchat_llm: {<<: *e, base_url: u, model: m}", ["chat_llm"]),
        ("d: &d {base_url: v}\nchat_llm: {<<: *d, base_url: u}\nvectorizer: *d", ["d", "chat_llm"]),
        ("openie_llm: &d {base_url: v}\nchat_llm: {<<: *d, base_url: u}", ["openie_llm", "chat_llm"]),
        ("d: &d {base_url: null}\nchat_llm: {<<: *d, base_url: u}", ["chat_llm"]),
        ("a: &a {base_url: u}\nl: &l {type: maas}\nchat_llm: {<<: [*l, *a], model: m}", ["a"]),
        ("a: &a {base_url: v}\nl: &l {type: maas}\nchat_llm: {<<: [*l, *a], base_url: u}", ["chat_llm"]),
    ],
)
def test_a_mapping_that_is_only_merged(text, nodes):
    """In KAG's configuration what is only merged is called as its heirs call it, one by one or in a list."""
    assert [each.node for each in parse((KAGS + text).encode(), "kag_config.yaml").endpoints] == nodes
