"""Nodes of KAG's that say their base_url under another key, or not at all; other programs' mappings are none."""

import pytest

from netdiag.config import parse

KAGS = "project: {namespace: Lab}\nvectorizer: {}\n"


def told(text, source="kag_config.yaml"):
    """Return what is told of each endpoint: its base_url, why it is left alone, and the keys that are not read."""
    return [
        (e.base_url, e.left_alone, [(each.written, each.setting) for each in e.ignored])
        for e in parse(text.encode(), source).endpoints
    ]


@pytest.mark.parametrize(
    "key", ["baseurl", "base-url", "baseUrl", "BASE_URL", "api_base", "apiBase", "openai_api_base"]
)
def test_a_base_url_spelt_otherwise(key):
    """The base_url that is meant is found at a node of KAG's with a type of KAG's, and never edited."""
    text = f"chat_llm: {{type: openai, {key}: u, model: m}}"
    assert told(text) == [("u", "misspelt", [(key, "base_url")])]
    assert parse(text.encode(), "x.yaml").endpoints[0].url_span is None


@pytest.mark.parametrize(
    "text",
    [
        "llm: {type: openai_chat, api_base: u, model: m}",
        "litellm_params: {model: m, api_base: u, api_key: k}",
        "models: {type: openai, baseURL: u, model: m}",
        "chat_llm: {api_base: u, model: m}",
        "llm: {type: openai, model: m}",
        "chat_llm: {type: ollama, embedder: x}",
        "vectorizer: {type: batch_vectorizer, baseurl: u}",
        "vectorizer: {type: bge_m3, path: /models/bge-m3}",
        "chat_llm: {type: mock}",
        "extractor: {type: schema_free_extractor, model: m}",
    ],
)
def test_no_node_of_kags(text):
    """Neither another program's settings nor what calls no service is taken for a model without a base_url."""
    assert told(text) == []


@pytest.mark.parametrize(
    ("node", "base_url"),
    [
        ("chat_llm: {type: ollama, model: m}", "http://127.0.0.1:11434"),
        ("chat_llm: {type: ollama, model: m, base_url: null}", "http://127.0.0.1:11434"),
        ("chat_llm: {type: Ollama, model: m, base_url: }", "http://127.0.0.1:11434"),
        ("x: &x {type: ollama, model: m}\nchat_llm: *x", "http://127.0.0.1:11434"),
        ("chat_llm: {type: maas, model: m, api_key: k}", ""),
    ],
)
def test_no_base_url_at_all(node, base_url):
    """A model of KAG's without a base_url is an endpoint at what its client calls, which is nothing but for ollama."""
    assert told(KAGS + node) == [(base_url, "absent", [])]


def test_a_right_key_beside_a_wrong_one():
    """What is also written right is read, so the other one does not matter."""
    assert told("chat_llm: {type: maas, base_url: u, baseurl: v, api_key: k, apiKey: l, model: m}") == [("u", "", [])]


def test_the_older_classes():
    """The vectorizers of KAG 0.5 are named by their class; its own file is read by nobody else."""
    text = "vectorizer: {vectorizer: kag.common.vectorizer.OpenAIVectorizer, base_url: u, model: m}"
    (endpoint,) = parse(text.encode(), "x.yaml").endpoints
    assert (endpoint.type, endpoint.ignored[0].written) == ("openai", "vectorizer")
    text = "[vectorizer]\nvectorizer = kag.common.vectorizer.OpenAIVectorizer\nbase_url = u\n[llm]\ntype=ollama\n"
    embedding, chat = parse(f"{text}client_type = maas\nbase_url = v\n".encode(), "kag_config.cfg").endpoints
    assert (embedding.type, embedding.ignored, chat.type) == ("openai", (), "maas")


def test_flat_keys_are_an_overlay():
    """What a flat file lacks may be in the file that it is merged into; a nested one lacks it."""
    flat, nested = (parse(t, "x.json").endpoints[0] for t in (b'{"a.base_url": "u"}', b'{"a": {"base_url": "u"}}'))
    assert (flat.is_overlay, nested.is_overlay) == (True, False)
