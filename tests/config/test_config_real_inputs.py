"""The inputs people really have, and the exact bytes of their base_url."""

import hashlib

import pytest

from netdiag.config import apply, edits, parse, shifted
from netdiag.model.endpoint import Endpoint, Ignored, Span
from netdiag.text import Secret

PRODUCT_MODE = b'{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'

WITH_COMMENT = b"""\
# localhost must be changed to the right name, see "reaching the host from a container"
{ "type": "vllm", "base_url": "http://localhost:8000/v1/chat/completions", "model": "qwen25-7B-chat" }
"""

ONLINE = (
    b'{ "type": "maas", "base_url": "https://api.deepseek.com", "api_key": "deepseek api key", '
    b'"model": "deepseek-chat", "stream":"False", "temperature":0.7 }\n'
)

KAG_CONFIG = b"""\
chat_llm: &chat_llm
  api_key: put your openai api key here
  base_url: https://api.openai.com
  model: gpt-3.5-turbo
  type: maas
"""

DEVELOPER_MODE = b"""\
[llm]
type = ollama
base_url = http://localhost:11434/
model = qwen2.5:3b
"""

INPUTS = {
    "product mode": PRODUCT_MODE,
    "with a comment": WITH_COMMENT,
    "online": ONLINE,
    "kag_config.yaml": KAG_CONFIG,
    "developer mode": DEVELOPER_MODE,
}

LOCAL = "http://localhost:11434/"
CHAT_PATH = "http://localhost:8000/v1/chat/completions"

ENDPOINTS = {
    "product mode": Endpoint("-", 1, "", "chat", "ollama", "qwen2.5:3b", LOCAL, url_span=Span(33, 56), column=34),
    "with a comment": Endpoint(
        "-", 2, "", "chat", "vllm", "qwen25-7B-chat", CHAT_PATH, url_span=Span(119, 160), column=32
    ),
    "online": Endpoint(
        *("-", 1, "", "chat", "maas", "deepseek-chat", "https://api.deepseek.com", Secret("deepseek api key")),
        settings={"stream": "False", "temperature": 0.7},
        url_span=Span(31, 55),
        column=32,
    ),
    "kag_config.yaml": Endpoint(
        *("-", 3, "chat_llm", "chat", "maas", "gpt-3.5-turbo", "https://api.openai.com"),
        api_key=Secret("put your openai api key here"),
        url_span=Span(72, 94),
        column=13,
    ),
    "developer mode": Endpoint(
        *("-", 3, "llm", "chat", "ollama", "qwen2.5:3b", LOCAL),
        url_span=Span(31, 54),
        column=12,
        ignored=(Ignored("type", "client_type", "ollama"),),
    ),
}


@pytest.mark.parametrize("name", INPUTS)
def test_real_input(name):
    """Each real input holds one endpoint, and its span is exactly the base_url within its quotes."""
    document = parse(INPUTS[name], "-")
    (endpoint,) = document.endpoints
    assert endpoint == ENDPOINTS[name]
    assert document.data[endpoint.url_span.start : endpoint.url_span.end].decode() == endpoint.base_url
    assert document.digest == hashlib.sha256(INPUTS[name]).hexdigest()


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_only_the_host_changes(data):
    """The repaired file differs from the old one in the host alone, and is undone byte for byte."""
    document = parse(data, "-")
    (endpoint,) = document.endpoints
    (edit,) = edits(document, endpoint, host="172.17.0.1")
    repaired = apply(data, [edit])
    assert repaired == data.replace(b"//" + edit.old, b"//172.17.0.1")
    assert edits(parse(repaired, "-"), parse(repaired, "-").endpoints[0], host="172.17.0.1") == ()
    assert apply(repaired, shifted([edit])) == data


KAG_EXAMPLE = """\
# 模型配置 localhost 😀
openie_llm: &openie_llm
  api_key: k1
  base_url: http://localhost:11434/v1
  model: "qwen2.5:3b"
  type: maas
  enable_check: false
chat_llm: &chat_llm
  type: ollama
  base_url: http://localhost:11434 # 本机
  model: qwen2.5:3b
vectorize_model: &vectorize_model
  api_key: k2
  base_url: 'http://localhost:11434/v1'
  model: bge-m3
  type: openai
  vector_dimensions: 1024
vectorizer: *vectorize_model
log: {level: INFO}
project:
  biz_scene: default
  host_addr: http://127.0.0.1:8887
  id: 1
  graph_store: {uri: neo4j://localhost:7687, password: neo4j@openspg}
kag_builder_pipeline:
  chain:
    extractor: {llm: *openie_llm, ner_prompt: {type: default}}
    vectorizer: {type: batch_vectorizer, vectorize_model: *vectorize_model}
kag_solver_pipeline:
  llm: *chat_llm
  reranker: {type: maas, base_url: "http://localhost:8000/v1/rerank", model: bge-reranker}
"""


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_whole_kag_config(head, newline):
    """Aliased nodes are one endpoint with many uses; project.host_addr and the graph store are none."""
    data = head + KAG_EXAMPLE.encode().replace(b"\n", newline)
    document = parse(data, "kag_config.yaml")
    assert [(e.node, e.kind, e.type, e.uses, e.line) for e in document.endpoints] == [
        ("openie_llm", "chat", "maas", 2, 4),
        ("chat_llm", "chat", "ollama", 2, 10),
        ("vectorize_model", "embedding", "openai", 3, 14),
        ("kag_solver_pipeline.reranker", "rerank", "maas", 1, 31),
    ]
    planned = [edit for e in document.endpoints for edit in edits(document, e, host="host.docker.internal")]
    repaired = apply(data, planned)
    expected = data
    for url in (b"http://localhost:11434", b"http://localhost:8000"):
        expected = expected.replace(url, url.replace(b"localhost", b"host.docker.internal"))
    assert repaired == expected
    assert apply(repaired, shifted(planned)) == data


USER_MODELS = (
    b'[\n\t{\n\t\t"type": "ollama", "modelType": "chat", "base_url": "http:\\/\\/localhost:11434",\n'
    b'\t\t"modelId": "9b5f@qwen", "customize": {}\n\t},\n'
    b'\t{"type": "openai", "modelType": "embedding", "base_url": "http://localhost:11434/v1", "api_key": "x"}\n]'
)

GLOBAL = (
    b'{"vectorizer": {"type": "openai", "base_url": "http://localhost:11434/v1", "vector_dimensions": "768"},\n'
    b'"llm_select": [{"type": "Ollama", "base_url": "http://localhost:11434", "llm_id": 1, "default": true}],\n'
    b'"llm": {"client_type": "maas", "base_url": "http://localhost:8000/v1", "api_key": null},\n'
    b'"graph_store": {"uri": "neo4j://localhost:7687", "base_uri": "http://localhost"}, "prompt": "base_url: http://localhost"}'
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (USER_MODELS, [("[0]", "chat", "ollama", 3), ("[1]", "embedding", "openai", 6)]),
        (
            GLOBAL,
            [
                ("vectorizer", "embedding", "openai", 1),
                ("llm_select[0]", "chat", "Ollama", 2),
                ("llm", "chat", "maas", 3),
            ],
        ),
    ],
    ids=["kg_user_model of 0.8", "kg_config of 0.6"],
)
def test_what_the_server_stores(data, expected):
    """Arrays, nested objects, tabs and escaped slashes of the server's own JSON are read, each host with its bytes."""
    document = parse(data, "-")
    assert [(e.node, e.kind, e.type, e.line) for e in document.endpoints] == expected
    for endpoint in document.endpoints:
        (edit,) = edits(document, endpoint, host="h")
        assert edit.old == b"localhost"
