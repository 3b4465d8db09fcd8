"""No configuration makes netdiag fail (ND701): whole runs over values of every setting, URLs, keys and answers.

The usual examples are always the same ones. Every night 100,000 new ones are tried (``.ci/nightly``).
"""

import datetime as dt
import errno
import json
import os
import socket

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from netdiag import engine
from netdiag.job import Job
from netdiag.report.as_text import as_text
from netdiag.report.rendered import FORMATS, rendered

USUAL = 300
EXAMPLES = int(os.environ.get("NETDIAG_EXAMPLES") or USUAL)

NODES = ("chat_llm", "vectorize_model", "rerank_model", "llm")
TYPES = ("maas", "openai", "vllm", "ollama", "Ollama", "mock", "bge", "azure_openai", "maas_rerank_model", "xinference")
SETTINGS = (
    "model", "api_key", "stream", "temperature", "timeout", "max_rate", "time_period", "max_tokens", "seed", "top_p",
    "stop", "think", "extra_body", "vector_dimensions", "batch_size", "name", "path", "customize", "modelType", "type",
    "client_type", "self", "check", "extra_body.stream", "timeout.a", "",
)  # fmt: skip

TEXTS = st.one_of(
    st.sampled_from(["inf", "nan", "1e400", "0x10", "1_000", "9" * 5000, "true", "no", "{{ X }}", "${X}"]),
    st.just("http://a:b@h/"),
    st.text(max_size=20),
)
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, 0, -1]),
    st.floats(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
OF_YAML = st.one_of(
    VALUES, st.dates(), st.datetimes(), st.binary(max_size=5), st.just({1, 2}), st.just({3: 4, None: 5})
)

PIECES = st.sampled_from([
    "http", "https", "://", ":", "/", "//", "@", "[", "]", "::1", "localhost", "127.1", "172.17.0.1", ":11434",
    ":0", "?", "#", "。", "：", " ", "\\", "%", "%25", "%6c", "htp", "/v1", "\n", "\t", "<ip>", "user:", "例え", "*",
    "ip6-localhost", "host.docker.internal", "0x7f000001", "fe80::1%25lo", "a" * 64, "..",
])  # fmt: skip
URLS = st.one_of(
    st.sampled_from(["http://api.example/v1", "http://api.example", "https://api.example/v1", "api.example:11434"]),
    st.lists(PIECES, min_size=1, max_size=7).map("".join),
    st.lists(PIECES, max_size=5).map(lambda pieces: "http://" + "".join(pieces)),
    st.builds("http://{}:11434/v1".format, st.text(max_size=12)),
    st.text(max_size=30),
    VALUES,
)

WRITTEN = st.sampled_from([
    ".inf", "-.inf", ".nan", "0x10", "0b1", "0o7", "1:59:59", "1_000", "1e400", "2025-01-01", "!!binary aGk=",
    "!!set {a}", "!!int x", "!!float .", "!ENV X", "!!python/name:os.x", "{{ X }}", "~", "|\n    a\n", ">-\n    a\n",
    "*a", "&b [*b]", "!!timestamp x", "[", "'", '"\\ud800"', "0x" + "f" * 4500, "1" * 5000, "? a", "{a: {b: [c]}}",
    "!!omap [a: 1]",
])  # fmt: skip
"""Values as YAML writes them, some of which it cannot read."""

SAID = st.one_of(
    st.sampled_from([
        {"choices": [{"message": {"content": "hi"}}]}, {"message": {"role": "assistant", "content": "hi"}},
        {"data": [{"embedding": [0.1]}]}, {"embedding": [0.1]}, {"results": [{"index": 0}]},
        {"error": {"message": "no"}}, {"error": "max_tokens must be less than 4096"}, {"detail": "Not Found"},
    ]).map(json.dumps),
    VALUES.map(json.dumps),
    st.sampled_from(["", "ok", "<html>", 'data: {"choices": []}\n\n', "data: x\n\n", "[" * 2000]),
)  # fmt: skip
ANSWERS = st.tuples(st.sampled_from([200, 200, 200, 204, 301, 400, 401, 404, 422, 429, 500, 503]), SAID)


@st.composite
def configurations(draw) -> tuple[str, bytes]:
    """A file's name and what it says."""
    nodes = {
        node: {"base_url": draw(URLS), "type": draw(st.sampled_from(TYPES)), "model": "m", "api_key": "k"}
        | draw(st.dictionaries(st.sampled_from(SETTINGS), OF_YAML, max_size=4))
        for node in draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=2, unique=True))
    }
    form = draw(st.sampled_from(["json", "yaml", "written"]))
    if form == "json":
        return "kag_config.json", json.dumps(plain(nodes)).encode("utf-8", "surrogatepass")
    text = yaml.dump(plain(nodes, dates=True), allow_unicode=draw(st.booleans()))
    if form == "written":
        setting, value = draw(st.sampled_from(SETTINGS[:-1])), draw(WRITTEN)
        text += (
            f"more:\n  type: {draw(st.sampled_from(TYPES))}\n  base_url: http://api.example/v1\n  {setting}: {value}\n"
        )
    return "kag_config.yaml", text.encode("utf-8", "surrogatepass")


def plain(value, *, dates: bool = False):
    """Return a value as JSON can write it, or with ``dates`` as YAML can."""
    if isinstance(value, dict):
        return {key if dates else str(key): plain(inner, dates=dates) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, dates=dates) for inner in value]
    return str(value) if isinstance(value, dt.date | bytes | set) and not dates else value


@pytest.fixture(scope="module", autouse=True)
def nobody_is_reached():
    """No packet leaves: names are 127.0.0.1, connections are refused, and every call gets the answer of the example."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        patch.setattr(socket, "getaddrinfo", lambda host, port, *_, **__: [_at_loopback(port)])
        patch.setattr(socket.socket, "connect", _refuse)
        patch.setattr(socket.socket, "connect_ex", lambda self, address: errno.ECONNREFUSED)
        patch.setattr(socket.socket, "sendto", _refuse)
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda self, request: _answer(request))
        yield


def _at_loopback(port):
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))


def _refuse(self, *_):
    raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")


ANSWERED = {"status": 200, "body": "{}"}


def _answer(request: httpx.Request) -> httpx.Response:
    stream = httpx.ByteStream(ANSWERED["body"].encode())
    return httpx.Response(ANSWERED["status"], stream=stream, headers={"location": "/x"}, request=request)


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= USUAL,
    print_blob=EXAMPLES > USUAL,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(configurations(), st.sampled_from(["0.5", "0.6", "0.7", "0.8"]), ANSWERS)
@example(
    ("k.json", b'{"chat_llm": {"type": "maas", "base_url": "http://h/v1", "timeout": [1], "model": {}}}'),
    "0.8",
    (200, "{}"),
)
@example(("k.yaml", b"a: {type: maas, base_url: 'http://h:99999/v1', model: m, max_tokens: .nan}"), "0.8", (200, "{}"))
def test_no_configuration_makes_netdiag_fail(tmp_path_factory, file, version, answer):
    """A run ends with a report, and every format of it can be written."""
    ANSWERED["status"], ANSWERED["body"] = answer
    name, data = file
    place = tmp_path_factory.getbasetemp() / "any"
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(data)
    job = Job("check", (str(place / name),), kag_version=version, root=place, directory=place, answer_s=1.0)
    report = engine.run(job, lambda _: None)
    for language in ("en", "zh"):
        assert all(rendered(report, form, language) for form in FORMATS if form != "text")
        assert as_text(report, language=language)
