"""The model servers answer every recorded request as the real server did, byte for byte."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

import netdiag.lab
from netdiag.lab.servers.openai_compatible import KEY
from netdiag.lab.topology import Server, Service

RECORDINGS = Path(netdiag.lab.__file__).parent / "recordings"
SERVERS: tuple[tuple[Server, str, str], ...] = (
    ("ollama", "ollama-0.17", "127.0.0.1"),
    ("ollama", "ollama-0.17", "0.0.0.0"),
    ("vllm", "vllm-0.32", "0.0.0.0"),
    ("vllm-with-key", "vllm-0.32-with-api-key", "0.0.0.0"),
    ("llama-cpp-python", "llama-cpp-python-server", "0.0.0.0"),
)
TWINS = {
    # the same request, so the same answer: only what the real server made up at random differed
    ("ollama", "bad_key"): "chat_ok",
    ("vllm", "bad_key"): "chat_ok",
    ("vllm", "no_key_models"): "models",
    ("llama-cpp-python", "bad_key"): "chat_ok",
    ("llama-cpp-python", "no_key_models"): "models",
}


def _rows() -> Iterator[Any]:
    for server, name, listen in SERVERS:
        for number, line in enumerate((RECORDINGS / f"{name}.jsonl").read_text().splitlines(), 1):
            row = json.loads(line)
            if row.get("bind", listen) == listen:
                yield pytest.param(server, listen, row, id=f"{name}:{number}-{row['name']}")


@pytest.fixture(scope="module")
def ports(served: Callable[[Service], AbstractContextManager[int]]) -> Iterator[dict[tuple[str, str], int]]:
    """Run every recorded server, each bound as the recorded one was, as far as it knows."""
    with ExitStack() as stack:
        yield {
            (server, listen): stack.enter_context(served(Service(server, 0, listen))) for server, _, listen in SERVERS
        }


@pytest.mark.parametrize(("server", "listen", "row"), list(_rows()))
def test_answers_as_recorded(ports: dict[tuple[str, str], int], server: Server, listen: str, row: Any) -> None:
    """Status, headers and body are those of the recording."""
    status, headers, body = _ask(ports[server, listen], row["request"], _key_of(row["name"]))
    assert (status, headers.keys()) == (row["status"], row["headers"].keys())
    if (server, row["name"]) not in TWINS:
        assert (headers, body) == (row["headers"], row["body"])


@pytest.mark.parametrize(("server", "name"), list(TWINS), ids="-".join)
def test_tells_no_difference_where_the_real_server_does_not(server: Server, name: str) -> None:
    """A row left out of the comparison of bodies asks exactly what its twin asks."""
    recording = next(recording for each, recording, _ in SERVERS if each == server)
    rows = map(json.loads, (RECORDINGS / f"{recording}.jsonl").read_text().splitlines())
    requests = {row["name"]: row["request"] for row in rows}
    assert requests[name] == requests[TWINS[server, name]]


def _key_of(name: str) -> str | None:
    return {"bad_key": "sk-lab-another-key", "no_key_models": None}.get(name, KEY)


def _ask(port: int, request: dict[str, Any], key: str | None) -> tuple[int, dict[str, str], str]:
    body = request["body"]
    content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    headers = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(content)), **request.get("headers", {})}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(request["method"], request["path"], skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(content.encode())
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    # the date is the only header that the recordings leave out
    return answer.status, {n.lower(): v for n, v in answer.getheaders() if n.lower() != "date"}, text
