"""``.env`` files: what Docker Compose, python-dotenv and a shell agree on is edited, the rest reported."""

import pytest

from netdiag.config import Unreadable, apply, edits, parse
from netdiag.text import Secret


def read(text):
    """Return the endpoints of a .env file."""
    return parse(text.encode(), ".env").endpoints


@pytest.mark.parametrize(
    ("text", "source", "format_"),
    [
        ("x=1", ".env", "env"),
        ("x=1", "prod.env", "env"),
        ("x=1", ".env.local", "env"),
        ("x=1", "-", "yaml"),
        ("KAG_LLM_TYPE=ollama", "-", "env"),
        ("# c\nexport llm=1\n", "-", "env"),
        ("A=1", "x.yaml", "yaml"),
        ("[llm]\na=1", ".env", "ini"),
        ('{"a": 1}', ".env", "json"),
    ],
)
def test_env_is_chosen_by_name_or_content(text, source, format_):
    """A name that ends so, or a first line in capitals, makes it a .env file."""
    assert parse(text.encode(), source).format == format_


def test_siblings():
    """Type, model and key are the variables of the same prefix, in any case; the last of equal names counts."""
    llm, openai, bare = read("""\
KAG_LLM_BASE_URL=http://old
KAG_LLM_CLIENT_TYPE=ollama
KAG_LLM_MODEL='qwen2.5:3b'  # mine
kag_llm_api_key="sk-1"
KAG_LLM_BASE_URL_OLD=http://localhost
export  KAG_LLM_BASE_URL=http://localhost:1/
OPENAI_BASE_URL=https://h/v1
OPENAI_TYPE=maas
base_url=u
KAG_LLM_NOTE=base_url
OLLAMA_HOST
""")
    assert (llm.node, llm.line, llm.type, llm.model) == ("KAG_LLM_BASE_URL", 6, "ollama", "qwen2.5:3b")
    assert (llm.kind, llm.api_key, llm.settings) == ("chat", Secret("sk-1"), {})
    assert (openai.node, openai.type, openai.model, openai.api_key) == ("OPENAI_BASE_URL", "maas", "", None)
    assert (bare.node, bare.base_url) == ("base_url", "u")


def test_kind_by_name():
    """The variable's name says what it is for."""
    text = "KAG_VECTORIZER_BASE_URL=u\nRERANK_BASE_URL=u\nX_BASE_URL=u\nX_VECTOR_DIMENSIONS=8\n"
    assert [e.kind for e in read(text)] == ["embedding", "rerank", "embedding"]


@pytest.mark.parametrize(
    ("written", "base_url", "left_alone"),
    [
        ("http://localhost/", "http://localhost/", ""),
        ("  'http://localhost/'  # c", "http://localhost/", ""),
        ('"http://localhost/"# c', "http://localhost/", ""),
        ("http://localhost/#x # c", "http://localhost/#x", ""),
        ("http://local host \t", "http://local host", ""),
        ("", "", ""),
        ("''", "", ""),
        ("http://${HOST}/", "http://${HOST}/", "environment"),
        ("http://$HOST/", "http://$HOST/", "environment"),
        ('"http://`hostname`/"', "http://`hostname`/", "environment"),
        ("'http://$u@localhost/'", "http://$u@localhost/", ""),
        ("http://local\\host", "http://local\\host", "escaped"),
        ('"http://localhost\\/"', "http://localhost\\/", "escaped"),
        ('"http://"localhost', '"http://"localhost', "escaped"),
        ('"http://localhost\n"', "http://localhost\n", "block_scalar"),
        ("{{ X }}", "{{ X }}", "template"),
    ],
)
def test_values(written, base_url, left_alone):
    """Quotes and comments are understood; what a shell and Compose would read differently is left alone."""
    (endpoint,) = read(f"A_BASE_URL={written}\n")
    assert (endpoint.base_url, endpoint.left_alone) == (base_url, left_alone)
    assert (endpoint.url_span is None) == bool(left_alone)


def test_values_of_several_lines_hide_what_is_in_them():
    """A quoted value may hold lines that look like variables."""
    (endpoint,) = read('KEY="\nA_BASE_URL=http://localhost\n\\"\n"\r\nB_BASE_URL=\'http://localhost\'\r\n')
    assert (endpoint.node, endpoint.line) == ("B_BASE_URL", 5)


@pytest.mark.parametrize(
    ("text", "line"), [("A=1\nhello world\n", 2), ("A='\nB=1\n", 1), ("A=1\n\nB: 2", 3), ("=1", 1), ("A=1\nx y=2", 2)]
)
def test_syntax_errors(text, line):
    """What no reader of .env files takes is refused at its line."""
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert (refused.value.reason, refused.value.line) == ("syntax", line)


@pytest.mark.parametrize("path", ["/v1?a=b&c#d", "/a,b"])
def test_a_path_is_written(path):
    """What means itself in a value is written."""
    document = parse(b"A_BASE_URL=http://localhost # c", ".env")
    done = apply(document.data, edits(document, document.endpoints[0], host="::1", path=path))
    assert done == f"A_BASE_URL=http://[::1]{path} # c".encode()


@pytest.mark.parametrize("path", ["/$x", "/v1/$(id)"])
def test_a_path_that_would_be_expanded_is_refused(path):
    """A dollar sign would be taken for a variable."""
    document = parse(b"A_BASE_URL=http://localhost", ".env")
    with pytest.raises(ValueError, match="quotes"):
        edits(document, document.endpoints[0], path=path)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("LLM_BASE_URL=http://h/v1\nLLM_MODEL=m\n", ["openai"]),
        ("EMBEDDING_BASE_URL=http://h/v1\nEMBEDDING_MODEL_NAME=m\n", ["openai"]),
        ("LLM_BASE_URL=http://h/v1\nLLM_MODEL=m\nLLM_TYPE=vllm\n", ["vllm"]),
        ("KAG_LLM_BASE_URL=http://h/v1\nKAG_LLM_MODEL=m\n", [""]),
        ("SEARCH_BASE_URL=http://h/v1\n", [""]),
    ],
)
def test_nobody_writes_a_type_beside_a_model(text, types):
    """An address with a model and without a type is called as OpenAI's client calls it, but for KAG's own sections."""
    assert [endpoint.type for endpoint in read(text)] == types
