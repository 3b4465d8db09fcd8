"""The servers beyond the recordings: other models, other names, HTTP itself, and the servers that are no model's."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from netdiag.lab.servers.http import Reply, Request
from netdiag.lab.servers.ollama import accepts_host, answer
from netdiag.lab.servers.openai_compatible import KEY, VLLM, VLLM_WITH_KEY
from netdiag.lab.servers.openai_compatible import answer as openai_answer
from netdiag.lab.topology import Service

Served = Callable[[Service], AbstractContextManager[int]]
CHAT = ("POST", "/api/chat", '{"model": "qwen2.5:3b", "stream": false}')
MODELS = ("bge-m3:latest", "qwen2.5:7b")


def _post(path: str, **settings: Any) -> Request:
    return Request("POST", path, {"host": "172.17.0.1:11434"}, json.dumps(settings).encode())


def _ollama(request: Request) -> Reply:
    return answer(request, MODELS, on_loopback=False)


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        pytest.param(_post("/api/chat", model="qwen2.5:7b", stream=False), 200, '"model":"qwen2.5:7b"', id="its-model"),
        pytest.param(_post("/api/chat", model="qwen2.5:3b"), 404, "model 'qwen2.5:3b' not found", id="missing"),
        pytest.param(_post("/api/chat", model="bge-m3", stream=False), 200, '"model":"bge-m3"', id="latest-unsaid"),
        pytest.param(_post("/api/chat", model="qwen2.5:7b"), 200, '"done":false}\n{', id="streams-unless-told"),
        pytest.param(_post("/v1/chat/completions", model="qwen2.5:7b ", x=1), 400, "model is required", id="blank"),
        pytest.param(_post("/v1/chat/completions", model="x"), 404, '"type":"api_error"', id="v1-error"),
        pytest.param(_post("/v1/chat/completions", model="qwen2.5:7b", n=1), 200, '"model":"qwen2.5:7b"', id="unlike"),
        pytest.param(_post("/v1/chat/completions", model="qwen2.5:7b", stream=True), 200, "[DONE]", id="v1-stream"),
        pytest.param(_post("/api/generate", model="qwen2.5:7b", prompt="hi"), 200, '"response":', id="generate"),
        pytest.param(_post("/api/embeddings", model="bge-m3", prompt="x"), 200, '"embedding":[', id="embeddings"),
        pytest.param(_post("/api/chat", model="bge-m3", tools=[{}]), 400, "bge-m3:latest does not support", id="tools"),
        pytest.param(_post("/api/embed", model="bge-m3", input="x"), 501, "no recorded answer", id="not-recorded"),
        pytest.param(Request("GET", "/api/tags", {}), 200, '"name":"bge-m3:latest"', id="lists-the-first"),
        pytest.param(Request("GET", "/v1/models", {}), 200, '"id":"qwen2.5:7b"', id="lists-the-second"),
        pytest.param(Request("GET", "/v1/models/qwen2.5:7b", {}), 200, '"id":"qwen2.5:7b"', id="one-model"),
        pytest.param(Request("GET", "/api/tags/", {}), 301, "", id="slash-too-many"),
        pytest.param(Request("POST", "/api/version", {}), 405, "405 method not allowed", id="wrong-method"),
    ],
)
def test_ollama_speaks_of_its_own_models(request_: Request, status: int, said: str) -> None:
    """The recorded answers name the models that this Ollama has, and those that it is asked for."""
    reply = _ollama(request_)
    assert reply.status == status
    assert said in reply.body.decode()


def test_ollama_lists_stay_json() -> None:
    """A list of two models is the recorded list of one, with one entry more."""
    listed = json.loads(_ollama(Request("GET", "/api/tags", {})).body)
    assert tuple(model["name"] for model in listed["models"]) == MODELS


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("", True),
        ("localhost", True),
        ("LOCALHOST:11434", True),
        (socket.gethostname(), True),
        ("box.internal:11434", True),
        ("box.internal.", False),
        ("internal", False),
        ("172.31.255.255:1", True),
        ("172.32.0.1:1", False),
        ("169.254.1.2:11434", False),
        ("192.0.2.1", False),
        ("[::]:11434", True),
        ("[fe80::1]:11434", False),
        ("127.1:11434", False),
        ("host.docker.internal:", True),
    ],
)
def test_ollama_on_loopback_checks_the_host_header(host: str, accepted: bool) -> None:
    """The hosts that a loopback-bound Ollama takes are those measured on the real one, and their kind."""
    assert accepts_host(host) is accepted


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost:3000", 200), ("https://127.0.0.1", 200), ("http://h:1", 200), ("http://localhost.evil", 403)],
)
def test_ollama_checks_the_origin(origin: str, status: int) -> None:
    """A page of another site is refused, however Ollama is bound."""
    request = Request("GET", "/api/version", {"host": "h:1", "origin": origin})
    assert _ollama(request).status == status


@pytest.mark.parametrize(
    ("settings", "status", "said"),
    [
        ({"model": "a", "max_tokens": 8}, 200, '"model":"a"'),
        ({"model": "a", "max_tokens": 300}, 400, "max_tokens=300 cannot be greater than max_model_len=256"),
        ({"model": "c"}, 404, "The model `c` does not exist. Valid aliases: a, b."),
    ],
    ids=["its-model", "beyond-the-window", "missing"],
)
def test_vllm_speaks_of_its_own_models(settings: dict[str, Any], status: int, said: str) -> None:
    """The recorded answers name the models that this vLLM has, and the numbers of this request."""
    reply = openai_answer(_post("/v1/chat/completions", **settings), VLLM, ("a", "b"))
    assert (reply.status, said in reply.body.decode()) == (status, True)


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [("/v1/models", KEY, 200), ("/v1/models", "sk-other", 401), ("/v1/x", "sk-other", 401), ("/health", "", 200)],
)
def test_vllm_guards_its_api_with_a_key(path: str, key: str, status: int) -> None:
    """The key is asked for below /v1 only, and before the path is looked at."""
    request = Request("GET", path, {"authorization": f"Bearer {key}"})
    assert openai_answer(request, VLLM_WITH_KEY, ("a",)).status == status


def test_one_connection_carries_many_requests(served: Served) -> None:
    """HTTP/1.1 keep-alive: a streamed answer, a body-less one and an ordinary one use the same socket."""
    with served(Service("ollama", 0)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        used = set()
        for method, path, body in (
            ("POST", "/api/chat", '{"model": "qwen2.5:3b"}'),
            ("HEAD", "/", None),
            ("GET", "/api/version", None),
        ):
            connection.request(method, path, body)
            assert connection.sock is not None
            used.add(connection.sock.getsockname())
            assert connection.getresponse().read() != b"" or method == "HEAD"
        connection.close()
    assert len(used) == 1


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="a-tls-handshake"),
        pytest.param(b"GET /\r\n\r\n", id="no-version"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", id="too-large"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 70000, id="endless-header"),
    ],
)
def test_what_is_not_http_is_refused_at_once(served: Served, sent: bytes) -> None:
    """Whatever else arrives gets a 400 and the end of the connection, not silence."""
    with served(Service("vllm", 0)) as port, socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(sent)
        assert client.recv(12) == b"HTTP/1.1 400"


def test_a_model_that_loads_delays_only_what_needs_it(served: Served) -> None:
    """While the model loads, a chat waits for it and everything else is answered."""
    with served(Service("ollama", 0, delay_s=3600)) as port:
        waiting, other = (http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(2))
        waiting.request(*CHAT)
        other.request("GET", "/api/version")
        assert other.getresponse().read() == b'{"version":"0.17.4"}'
        assert waiting.sock is not None
        waiting.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.sock.recv(1)
        waiting.close()
        other.close()


def test_a_model_is_loaded_once(served: Served) -> None:
    """The first chat gets its answer when the model is loaded, and so does the one after it."""
    with served(Service("ollama", 0, delay_s=0.05)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for _ in range(2):
            connection.request(*CHAT)
            answer_ = connection.getresponse()
            assert (answer_.status, b'"done":true' in answer_.read()) == (200, True)
        connection.close()


def test_a_web_page_answers_everything_with_itself(served: Served) -> None:
    """A web server says 200 to KAG's chat request too, and it is HTML."""
    with served(Service("web-page", 0)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/v1/chat/completions", "{}")
        answer_ = connection.getresponse()
        assert (answer_.status, answer_.read()[:15]) == (200, b"<!doctype html>")
        connection.close()


def test_a_silent_server_takes_the_request_and_says_nothing(served: Served) -> None:
    """Connecting and sending succeed, and not a byte comes back."""
    with served(Service("silent", 0)) as port, socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_runs_by_hand() -> None:
    """``python -m netdiag.lab.servers`` says where it listens, answers there, and ends with Ctrl-C and no traceback."""
    command = [sys.executable, "-m", "netdiag.lab.servers", "ollama", "--port", "0", "--model", "qwen2.5:7b"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(server.stdout.readline().split()[-1]), timeout=10)
        connection.request("GET", "/api/tags")
        assert b'"qwen2.5:7b"' in connection.getresponse().read()
        connection.close()
        os.kill(server.pid, 2)
        assert server.communicate(timeout=10) == ("", "")


def test_says_when_it_cannot_listen(served: Served) -> None:
    """A port that is taken is one plain line, not a traceback."""
    with served(Service("silent", 0)) as port:
        command = [sys.executable, "-m", "netdiag.lab.servers", "ollama", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert (done.returncode, done.stderr) == (1, f"cannot listen on 127.0.0.1 port {port}: Address already in use\n")
