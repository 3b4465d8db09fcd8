"""Which settings keep KAG from calling, what was probably meant, and the URL that each of its clients makes."""

import json

import pytest

from netdiag import config, kag
from netdiag.kag import addresses
from netdiag.kag.settings import mended, wrong
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

OLLAMA = {"type": "ollama", "model": "m"}
MAAS = {"type": "maas", "model": "m", "api_key": "k"}
VECTORS = {"type": "openai", "model": "m", "api_key": "k", "vector_dimensions": 8}
MOCK = {"type": "mock", "model": "m"}


def endpoint(settings, node="chat_llm", **more) -> Endpoint:
    """An endpoint as netdiag reads it from JSON."""
    written = {node: {"base_url": "http://h/v1", **settings, **more}}
    return config.parse(json.dumps(written).encode(), "kag_config.json").endpoints[0]


def vectors(**more) -> Endpoint:
    """An embedding endpoint."""
    return endpoint(VECTORS, "vectorize_model", **more)


@pytest.mark.parametrize(
    ("version", "given", "told"),
    [
        ("0.8", endpoint(MAAS, timeout="30"), ("timeout", '"30"', "number_in_quotes", "30")),
        ("0.8", endpoint(MAAS, timeout="2.5"), ("timeout", '"2.5"', "number_in_quotes", "2.5")),
        ("0.8", endpoint(MAAS, timeout="soon"), ("timeout", '"soon"', "text_for_number", "")),
        ("0.8", endpoint(MAAS, max_tokens="8192"), ("max_tokens", '"8192"', "number_in_quotes", "8192")),
        ("0.8", endpoint(MAAS, max_tokens=None), ("max_tokens", "null", "null_for_number", "")),
        ("0.8", endpoint(MAAS, max_rate="10"), ("max_rate", '"10"', "number_in_quotes", "10")),
        ("0.6", endpoint(MAAS, temperature=True), ("temperature", "true", "boolean_for_number", "")),
        ("0.6", endpoint(MAAS, stream="yes"), ("stream", '"yes"', "word_for_flag", "true")),
        ("0.8", endpoint(MAAS, think="no"), ("think", '"no"', "word_for_flag", "false")),
        ("0.7", endpoint(MAAS, api_key=""), ("api_key", '""', "empty_for_text", "none")),
        ("0.7", endpoint(MAAS, api_key=None), ("api_key", "null", "null_for_text", "none")),
        ("0.8", endpoint(MAAS, api_key=814), ("api_key", "123…", "number_for_text", '"KEY"')),
        ("0.8", endpoint(MAAS, model=7), ("model", "123…", "number_for_text", '"7"')),
        ("0.8", endpoint(MAAS, timeout="${SECONDS}"), ("timeout", '"${SECONDS}"', "text_for_number", "")),
        ("0.8", endpoint(MAAS, stream="{{ STREAM }}"), ("stream", '"{{ STREAM }}"', "word_for_flag", "false")),
        ("0.8", vectors(vector_dimensions="many"), ("vector_dimensions", '"many"', "text_for_number", "")),
        ("0.8", vectors(vector_dimensions=8.5), ("vector_dimensions", "8.5", "wants_integer", "")),
        ("0.8", endpoint(MAAS, timeout=[1]), ("timeout", "[…]", "wants_number", "")),
        ("0.8", endpoint(MAAS, timeout=-1), ("timeout", "-1", "no_timeout", "")),
        ("0.8", endpoint(MAAS, timeout=float("inf")), ("timeout", ".inf", "no_timeout", "")),
        ("0.8", endpoint(MAAS, max_rate=10**400), ("max_rate", "…", "number_too_large", "")),
        ("0.7", endpoint(MAAS, time_period=0), ("time_period", "0", "zero_period", "1")),
        ("0.8", endpoint(OLLAMA, name=["x"]), ("name", "[…]", "wants_text", "")),
        ("0.8", endpoint(MAAS, self="x"), ("self", '"x"', "reserved_name", "")),
        ("0.6", endpoint(MAAS, **{"": "x"}), ('""', "…", "empty_key", "")),
        ("0.8", endpoint(MAAS, **{"timeout.a": 1}), ("timeout", "{…}", "wants_number", "")),
    ],
)
def test_a_setting_that_kag_does_not_take(version, given, told):
    """The setting is named with its value and what to write; a key is never repeated, and what is mended is taken."""
    fault = wrong(version, given)
    assert fault
    assert fault[:4] == told
    assert isinstance(kag.call(version, given, "http://h/v1"), kag.NotSent)
    assert isinstance(kag.call(version, mended(version, given), "http://h/v1"), kag.Call)


@pytest.mark.parametrize(
    ("version", "given"),
    [
        ("0.8", endpoint(MAAS, timeout=30, max_tokens=0, stream="False", temperature="0.7", think=1)),
        ("0.6", endpoint(MAAS, timeout="30", max_tokens="many")),
        ("0.7", endpoint(MAAS, max_tokens="8192")),
        ("0.8", endpoint(OLLAMA, api_key="", max_tokens="8192", temperature=True)),
        ("0.8", vectors(vector_dimensions="1024")),
        ("0.5", endpoint(MAAS, stream="yes")),
    ],
)
def test_what_kag_takes_or_does_not_look_at(version, given):
    """A setting matters where this version's constructor has it."""
    assert wrong(version, given) is None


def test_two_faults_are_mended_together():
    """The call that is tried in place of KAG's has none of them left."""
    fixed = mended("0.8", endpoint(MAAS, timeout="30", max_tokens="many", api_key=""))
    assert fixed
    assert fixed.settings == {"timeout": 30}
    assert fixed.api_key
    assert fixed.api_key.reveal() == "none"


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        (b"chat_llm:\n  base_url: http://h\n  stop: [a, b]\n  extra_body: {a: 1, api_key: x}\n",
         {"stop": ["a", "b"], "extra_body": {"a": 1, "api_key": Secret("x")}}),
        (b"[llm]\nbase_url = http://h\ntimeout = 30\nstream = False\n", {"timeout": 30, "stream": "False"}),
    ],
)  # fmt: skip
def test_settings_that_are_read(data, settings):
    """Lists and mappings that KAG sends, with a key hidden in them; INI has no types, so its numbers are numbers."""
    (found,) = config.parse(data, "kag_config.yaml" if b": " in data else "kag_config.cfg").endpoints
    assert found.settings == settings


def where(url_of, written: str) -> str:
    """Where a client posts, or the word for why it cannot."""
    try:
        return url_of(written)
    except kag.UnusableError as error:
        return error.word


@pytest.mark.parametrize(
    ("written", "openai", "ollama"),
    [
        ("http://h:1", "http://h:1/p", "http://h:1/p"),
        ("http://h:1/", "http://h:1/p", "http://h:1/p"),
        ("http://h:1//", "http://h:1//p", "http://h:1/p"),
        ("http://h:1/v1//", "http://h:1/v1//p", "http://h:1/v1/p"),
        ("http://h:1/v1#a", "http://h:1/v1/p", "http://h:1/v1/p"),
        ("http://h:1/v1?a=b", "http://h:1/v1?a=b/p", "http://h:1/v1/p"),
        ("http://user:word@h:1", "http://user:word@h:1/p", "http://h:1/p"),
        ("http://h", "http://h/p", "http://h/p"),
        ("https://H/x", "https://h/x/p", "https://h/x/p"),
        ("HTTP://h", "http://h/p", "http://h:11434/p"),
        ("h", "no_scheme", "http://h:11434/p"),
        ("h:1", "no_scheme", "http://h:1/p"),
        ("[::1]:2/", "no_scheme", "http://[::1]:2/p"),
        ("http://h:1\n", "client_refuses", "http://h:1/p"),
        ("http://h:1/v1\n", "client_refuses", "http://h:1/v1/p"),
        (" http://h:1", "client_refuses", "client_refuses"),
        ("http://h:1/v1 ", "http://h:1/v1%20/p", "http://h:1/v1%20/p"),
        ("http://h:1 ", "http://h:1/p", "bad_port"),
        ("http://h:00080/v1", "http://h/v1/p", "http://h/v1/p"),
        ("http://h:99999/v1", "bad_port", "bad_port"),
        ("http://h:port/v1", "client_refuses", "bad_port"),
        ("http://127。0。0。1:1", "http://127.0.0.1:1/p", "http://127.0.0.1:1/p"),
        ("http://１２７.0.0.1:1", "client_refuses", "client_refuses"),
        ("http：//h:1", "no_scheme", "client_refuses"),
        ("http://b\u00fccher:1", "http://xn--bcher-kva:1/p", "http://xn--bcher-kva:1/p"),
        ("http://a_b:1", "http://a_b:1/p", "http://a_b:1/p"),
        ("http://h.:1", "http://h.:1/p", "http://h.:1/p"),
        ("http://a..b:1", "client_refuses", "client_refuses"),
        ("http://%68:1", "http://%68:1/p", "http://%68:1/p"),
        ("ftp://h:1", "client_refuses", "client_refuses"),
        ("http:/h:1", "no_host", "http://http:11434/h:1/p"),
        ("", "empty", "empty"),
    ],
)
def test_the_url_of_two_sdks(written, openai, ollama):
    """One base_url is two addresses, by what the SDK keeps of it; what httpx cannot use the SDK refuses."""
    urls = (lambda text: addresses.of_openai(text, "/p"), lambda text: addresses.of_ollama(text, "/p"))
    assert tuple(where(url_of, written) for url_of in urls) == (openai, ollama)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (" http://h/v1", "http://h/v1"),
        ("HTTP://H/v1", "http://h/v1"),
        ("http://h/v1\t", "http://h/v1%09"),
        ("http://h/v1\n", "http://h/v1%0A"),
        ("http://h/%76%31?a=%2f", "http://h/v1?a=%2F"),
        ("http://h/模", "http://h/%E6%A8%A1"),
        ("http://h/a/./b/../c[1]", "http://h/a/c%5B1%5D"),
        ("http://h/50%", "http://h/50%25"),
        ("http://h/v1#a", "http://h/v1"),
        ("http://0177.0.0.01:1/v1", "http://127.0.0.1:1/v1"),
        ("http://127。0。0。1:1/v1", "client_refuses"),
        ("http://b\u00fccher/v1", "http://xn--bcher-kva/v1"),
        ("http://h:1 ", "bad_port"),
        ("http://h:1x", "bad_port"),
        ("http://h:99999/v1", "bad_port"),
        ("http://.h/v1", "client_refuses"),
        ("http:/h/v1", "no_scheme"),
        ("h:1/v1", "no_scheme"),
        ("http:///v1", "no_host"),
        ("", "empty"),
    ],
)
def test_the_url_of_requests(written, sent):
    """Blanks before it go, needless escapes too, and what needs one gets it."""
    assert where(addresses.of_requests, written) == sent


@pytest.mark.parametrize(
    ("version", "node", "given", "failure"),
    [
        ("0.6", "vectorize_model", MOCK, "missing_setting"),
        ("0.6", "vectorize_model", {**MOCK, "vector_dimensions": 8}, None),
        ("0.6", "chat_llm", MOCK, None),
        ("0.8", "chat_llm", {**MOCK, "type": "bge", "path": "/m"}, "unsupported_type"),
        ("0.6", "vectorize_model", {**MOCK, "type": "bge_vectorize_model", "path": "/m"}, "unsupported_type"),
        ("0.7", "vectorize_model", {**MOCK, "type": "bge_vectorize_model", "path": "/m"}, None),
        ("0.8", "vectorize_model", {**MOCK, "type": "azure_openai"}, "broken_type"),
        ("0.8", "rerank_model", {**MOCK, "type": "local_bge", "path": "/m"}, None),
        ("0.8", "chat_llm", {**OLLAMA, "model": ""}, "missing_setting"),
    ],
)
def test_what_calls_nobody(version, node, given, failure):
    """Which types do depends on the node and the version, and some need a setting all the same."""
    call = kag.call(version, endpoint(given, node), "http://h")
    assert isinstance(call, kag.NotSent)
    assert call.failure == failure


@pytest.mark.parametrize(("given", "sent"), [("", ""), (None, None)])
def test_an_empty_model_is_sent_by_the_openai_sdk(given, sent):
    """Servers with one model often do not look at its name."""
    call = kag.call("0.8", endpoint({**MAAS, "model": given}), "http://h/v1")
    assert isinstance(call, kag.Call)
    assert call.body["model"] == sent


def body(version, given: Endpoint):
    """What KAG's client sends."""
    call = kag.call(version, given, "http://h/v1")
    assert isinstance(call, kag.Call)
    return call.body


@pytest.mark.parametrize("given", [{"extra_body": {"stream": True}}, {"extra_body.stream": True}])
def test_extra_body_may_ask_for_a_stream_that_kag_does_not_read(given):
    """It is sent, and the answer is read as a whole all the same."""
    call = kag.call("0.8", endpoint(MAAS, **given), "http://h/v1")
    assert (call.body["stream"], call.streamed) == (True, False)


@pytest.mark.parametrize("given", [["a"], "a", None, 1, True])
def test_an_extra_body_that_is_no_mapping_is_not_sent(given):
    """KAG looks at a mapping only."""
    assert body("0.8", endpoint(MAAS, extra_body=given)) == body("0.8", endpoint(MAAS))


def test_a_secret_in_extra_body_is_sent_and_never_shown():
    """It is part of the call, and among what is masked wherever it comes back."""
    given = endpoint(MAAS, extra_body={"api_key": "sk-1", "a": {"token": "sk-2"}, "url": "http://u:sk-3@h/"})
    assert body("0.8", given)["api_key"] == "sk-1"
    assert body("0.8", given)["a"] == {"token": "sk-2"}
    assert [secret.reveal() for secret in given.secrets] == ["k", "sk-1", "sk-2", "http://u:sk-3@h/"]
    assert "sk-" not in repr(given)


@pytest.mark.parametrize(
    ("batch_size", "is_taken"), [(1, True), (0, False), ("0", False), (False, False), (None, False)]
)
def test_a_batch_of_nothing(batch_size, is_taken):
    """With 0 KAG waits for ever, so that it cannot be asked."""
    given = endpoint({"type": "ollama", "model": "m"}, "vectorize_model", batch_size=batch_size)
    assert (wrong("0.8", given) is None) == is_taken


_LATE = ("0.7", "0.8")
_ALL = ("0.6", "0.7", "0.8")


@pytest.mark.parametrize(
    ("line", "versions", "reason"),
    [
        *[(f"{key}: x", _ALL, "key_not_text") for key in ("no", "yes", "1", "1.5", "~", "2020-01-01", "!!binary aGk=")],
        ("extra_body: {1: 2}", _ALL, "key_not_text"),
        ("foo: {no: 1}", _ALL, "key_not_text"),
        ("foo: [[{1: 2}]]", _ALL, "key_not_text"),
        ("foo: {<<: {1: 2}}", _ALL, "key_not_text"),
        ("1: sk-canary-12345678", _ALL, "key_not_text"),
        ('foo: {"": 2}', _ALL, "empty_key"),
        ('foo: [{"": 2}]', _ALL, "empty_key"),
        ('foo: {"$": 2}', _ALL, "empty_key"),
        ('token: {a: {"": 2}}', _ALL, "empty_key"),
        ("=: x", _ALL, "empty_key"),
        ("self: []", _LATE, "reserved_name"),
        ("self: {}", _LATE, "reserved_name"),
        ("check: {}", _LATE, "reserved_name"),
        ("check: !!set {a}", _LATE, "reserved_name"),
        ("stop: !!set {a}", ("0.8",), "not_in_json"),
        ("seed: !!set {a}", ("0.8",), "not_in_json"),
        ("stop: !!set {1}", ("0.8",), "not_in_json"),
        ('"1": x', (), ""),
        ("!!str 1: x", (), ""),
        ("foo: !!set {1}", (), ""),
        ("foo: !!omap [{1: 2}]", (), ""),
        ("foo: !!pairs [{1: 2}]", (), ""),
        ("foo: {a.b: 2, non: 1, offer: 1}", (), ""),
    ],
)
def test_keys_and_containers_that_kag_fails_at(line, versions, reason):
    """As the released packages were heard to: keys that are no text or empty wherever they stand, and its own names."""
    text = f"chat_llm:\n  type: openai\n  model: m\n  api_key: k\n  base_url: http://h/v1\n  {line}\n"
    (given,) = config.parse(text.encode(), "kag_config.yaml").endpoints
    for version in _ALL:
        called = kag.call(version, given, "http://h/v1")
        assert isinstance(called, kag.Call) is (version not in versions)
        if version in versions:
            assert called.seen["reason"] == reason
            assert "canary" not in str(called)
