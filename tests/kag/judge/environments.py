"""Environments of KAG's process, what is configured in them, and what KAG and netdiag send then."""

import http.server
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, Final

from kag.judge.asking import ENVIRONMENTS, HERE, NODES, judge_of
from kag.judge.configurations import RELEASES

from netdiag import config
from netdiag.kag.version import Version
from netdiag.probe.environment import of_shell
from netdiag.prove.caller import Caller

LIMIT_S: Final = 300.0
KEPT: Final = ("authorization", "openai-organization", "openai-project")

NODES_OF: Final[Mapping[str, tuple[str, str, str]]] = {
    "chat": ("chat", "maas", "/v1"),
    "ollama": ("chat", "ollama", ""),
    "vllm": ("chat", "vllm", "/v1/chat/completions"),
    "embedding": ("embedding", "openai", "/v1"),
    "rerank": ("rerank", "maas", "/v1/rerank"),
}
"""Kind, type and what follows the address, one for each of KAG's HTTP clients."""

KEYS: Final[Mapping[str, Mapping[str, Any]]] = {"absent": {}, "null": {"api_key": None}, "given": {"api_key": "k"}}

VARIABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "nothing": {},
    "a key": {"OPENAI_API_KEY": "sk-of-the-process"},
    "an empty key": {"OPENAI_API_KEY": ""},
    "a key with a blank": {"OPENAI_API_KEY": "sk "},
    "an organization": {"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1"},
    "an empty organization": {"OPENAI_ORG_ID": "", "OPENAI_PROJECT_ID": ""},
    "an organization with a blank": {"OPENAI_ORG_ID": "org-1 "},
    "a project in Chinese": {"OPENAI_PROJECT_ID": "项目"},
    "another base_url": {"OPENAI_BASE_URL": "http://127.0.0.1:9"},
    "a key of Ollama's": {"OLLAMA_API_KEY": "sk-of-ollama"},
    "a login at home": {"HOME": "{home}"},
    "a login elsewhere": {"NETRC": "{home}/other"},
    "a login that is not there": {"NETRC": "{home}/none", "HOME": "{home}"},
    "a login that cannot be read": {"NETRC": "{home}/bad"},
    "no certificates": {"SSL_CERT_FILE": "{home}/none"},
    "an empty SSL_CERT_FILE": {"SSL_CERT_FILE": ""},
    "bad certificates": {"SSL_CERT_FILE": "{home}/other"},
    "a directory as a file": {"SSL_CERT_FILE": "{home}"},
    "no directory": {"SSL_CERT_FILE": "", "SSL_CERT_DIR": "{home}/none"},
    "no bundle": {"REQUESTS_CA_BUNDLE": "{home}/none"},
    "a log of secrets": {"SSLKEYLOGFILE": "{home}/secrets.log"},
    "a log nowhere": {"SSLKEYLOGFILE": "{home}/none/secrets.log"},
    "a directory as a log": {"SSLKEYLOGFILE": "{home}"},
    "an empty log": {"SSLKEYLOGFILE": ""},
}
"""``{home}`` is a directory with the files that :func:`furnish` puts there."""

ANSWERS: Final = {
    "/api/chat": {"message": {"role": "assistant", "content": "hi"}, "eval_count": 1, "prompt_eval_count": 1},
    "/api/generate": {"response": "hi", "done": True},
    "/v1/embeddings": {"object": "list", "model": "m", "data": [{"index": 0, "embedding": [0.5, 0.5]}]},
    "/v1/rerank": {"results": [{"index": 0}]},
}
CHAT: Final = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}}]}


@dataclass(frozen=True)
class Case:
    """One configuration in one environment."""

    version: Version
    node: str
    key: str
    variables: str

    def __str__(self) -> str:
        return f"{self.version} {self.node}, key {self.key}, {self.variables}"


@dataclass(frozen=True)
class Did:
    """The headers of the first request, empty where none was sent, and whether it ended well."""

    ok: bool
    headers: Mapping[str, str] | None


def cases(version: Version) -> Iterator[Case]:
    """Yield every combination that this version's clients know."""
    for node in NODES_OF:
        if node == "rerank" and version == "0.6":
            continue
        for key in KEYS:
            if node != "ollama" or key == "absent":
                yield from (Case(version, node, key, variables) for variables in VARIABLES)


def furnish(home: Path) -> None:
    """Put a login at home and one elsewhere into a directory, and a file that is neither login nor certificates."""
    (home / ".netrc").write_text("machine 127.0.0.1 login u password p\n")
    (home / "other").write_text("default login d password q\n")
    (home / "bad").write_text("machine\n  nothing\nin it\n")


class _Handler(http.server.BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        # blanks at the end of a value are no part of it (RFC 9110, 5.5)
        self.server.kept.append({name: self.headers[name].rstrip() for name in KEPT if name in self.headers})
        self._answer(ANSWERS.get(self.path, CHAT))

    def do_GET(self) -> None:
        self._answer({"object": "list", "data": [{"id": "m"}]})

    def _answer(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    """Answers everything well, and keeps what came with each call."""

    kept: list[dict[str, str]]

    def first(self) -> dict[str, str] | None:
        """Return what came with the first call since the last time."""
        kept, self.kept = self.kept, []
        return kept[0] if kept else None


@contextmanager
def serving() -> Iterator[_Server]:
    """Serve on a port of 127.0.0.1."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.kept = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def configuration(case: Case, port: int) -> dict[str, Any]:
    """Return what is configured."""
    _, type_, path = NODES_OF[case.node]
    return {"type": type_, "model": "m", "base_url": f"http://127.0.0.1:{port}{path}", **KEYS[case.key]}


def variables(case: Case, home: Path) -> dict[str, str]:
    """Return the variables that are set beside those that KAG always has."""
    return {name: value.replace("{home}", str(home)) for name, value in VARIABLES[case.variables].items()}


def kag_does(version: Version, home: Path, server: _Server, log: Path) -> Iterator[tuple[Case, Did]]:
    """Let KAG check every configuration in each environment."""
    command, started_with = judge_of(RELEASES[version], "127.0.0.1:9")
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [command[0], str(HERE / "judge_of_environments.py")],
            cwd=ENVIRONMENTS / RELEASES[version],
            env=started_with,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        limit = Timer(LIMIT_S, process.kill)
        limit.start()
        assert process.stdin
        assert process.stdout
        for case in cases(version):
            kind = NODES_OF[case.node][0]
            asked = {"kind": kind, "config": configuration(case, server.server_port)}
            process.stdin.write(json.dumps({**asked, "variables": variables(case, home)}) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            assert answer, f"KAG ended at {case}"
            yield case, Did(json.loads(answer)["ok"], server.first())
        limit.cancel()
        process.kill()


def netdiag_does(case: Case, home: Path, server: _Server) -> Did:
    """Let netdiag prove the same configuration in the same environment."""
    _, always = judge_of(RELEASES[case.version], "127.0.0.1:9")
    environment = of_shell({**always, **variables(case, home)})
    kind = NODES_OF[case.node][0]
    text = json.dumps({NODES[kind]: configuration(case, server.server_port)})
    (endpoint,) = config.parse(text.encode(), "kag_config.json").endpoints
    caller = Caller(case.version, 10.0, lambda _: None, environment)
    endpoint = caller.keyed(endpoint)
    proof = caller.refusal(endpoint) or caller.prove(endpoint, "127.0.0.1", endpoint.base_url)
    return Did(proof.failure is None, server.first())
