"""An engine that answers whatever it likes: a sentence and a documented status, and no directory but an id's."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from netdiag import cli
from netdiag.container import answers
from netdiag.container.keeping import Kept
from netdiag.container.refusal import Refused

Run = Callable[..., tuple[int, str, str]]

ID = "4f2a" * 16
LISTED: dict[str, Any] = {"Id": ID, "Names": ["/box"], "State": "running", "Image": "i"}
INSPECTED: dict[str, Any] = {"Id": ID, "Name": "/box", "State": {"Status": "running"}, "Config": {"User": "1"}}
EXEC: dict[str, Any] = {"Id": "e" * 64}


class _Handler(BaseHTTPRequestHandler):
    """Answers each path with what the test has for it."""

    server: "_Engine"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        path = self.path.partition("?")[0]
        kind = next((kind for kind in self.server.answers if path.endswith(kind)), "")
        content = self.server.answers.get(kind, {})
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            self.wfile.write(body)
            while self.server.endless and kind == "/containers/json":
                self.wfile.write(b" " * (1 << 16))
        except OSError:
            pass

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        """There is no address."""
        return ""


class _Engine(socketserver.ThreadingUnixStreamServer):
    """An engine at a socket."""

    daemon_threads = True
    answers: dict[str, Any]
    endless = False


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[_Engine]:
    """An engine that is well until a test gives it other answers."""
    with _Engine(str(tmp_path / "docker.sock"), _Handler) as engine:
        engine.answers = {
            "/version": {"ApiVersion": "1.41", "Version": "20"},
            "/containers/json": [LISTED],
            f"/containers/{ID}/json": INSPECTED,
            "/networks": [],
            "/info": {},
            f"/containers/{ID}/exec": EXEC,
        }
        threading.Thread(target=engine.serve_forever, args=(0.02,), daemon=True).start()
        yield engine
        engine.shutdown()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the way to run a command in the container of that engine: its status, and what it wrote to each stream."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state/own"))
    monkeypatch.setenv("LANG", "C.UTF-8")

    def made(*words: str) -> tuple[int, str, str]:
        return cli.main(["--container", "box", *words]), *capsys.readouterr()

    return made


IDS = ("..", "../..", "/", ID[:12], ID.upper(), f"{ID}/..", f"{ID}\n", "", None, 7, ["x"], {"a": 1})


@pytest.mark.parametrize("identity", IDS, ids=repr)
def test_what_is_no_id(identity: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes no directory: with two dots the journal of the host itself would be sent, and replaced."""
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path))
    with pytest.raises(Refused, match="engine_answer"):
        Kept.of(identity)
    assert list(tmp_path.iterdir()) == []


ANSWERS: dict[str, tuple[str, Any]] = {
    "an id that leads elsewhere": ("/containers/json", [LISTED | {"Id": ".."}]),
    "an id that is none": ("/containers/json", [LISTED | {"Id": {"a": 1}}]),
    "no list": ("/containers/json", {"message": "no"}),
    "a list of nothing": ("/containers/json", [None]),
    "a list of words": ("/containers/json", ["x"]),
    "names that are none": ("/containers/json", [LISTED | {"Names": [1]}]),
    "ports that are none": ("/containers/json", [LISTED | {"Ports": [{"PrivatePort": "x"}]}]),
    "labels that are none": ("/containers/json", [LISTED | {"Labels": 3}]),
    "nested without end": ("/containers/json", b"[" * 200_000),
    "no JSON": ("/containers/json", b"\x1b]0;x\x07"),
    "another id when asked": (f"/containers/{ID}/json", INSPECTED | {"Id": "../.."}),
    "no state": (f"/containers/{ID}/json", INSPECTED | {"State": 1}),
    "mounts that are none": (f"/containers/{ID}/json", INSPECTED | {"Mounts": [1]}),
    "an exec without an id": (f"/containers/{ID}/exec", {}),
    "an exec with another": (f"/containers/{ID}/exec", {"Id": "../../info"}),
}


@pytest.mark.parametrize(("path", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_what_an_engine_may_answer(hostile: _Engine, run: Run, tmp_path: Path, path: str, answer: Any) -> None:
    """Each is one sentence; nothing is made below the state directory, nor above."""
    hostile.answers[path] = answer
    status, out, said = run("rollback")
    assert (status, out) == (1, ""), said
    assert said.startswith("netdiag: ")
    assert ("ND701" in said, "\x1b" in said) == (False, False)
    assert not (tmp_path / "state").exists()


def test_an_answer_without_end(hostile: _Engine, run: Run) -> None:
    """It is read to a bound, and is then none."""
    hostile.endless = True
    status, _, said = run("check")
    assert (status, "not of the form" in said) == (1, True), said


def test_a_name_that_is_none(hostile: _Engine, run: Run) -> None:
    """A name that drives a terminal, or a shell, is none of Docker's: the id stands for it."""
    hostile.answers["/containers/json"] = [LISTED | {"Names": ["/a\x1b]0;b\x07\n$(reboot)"]}]
    status, _, said = run("check")
    assert (status, ID[:12] in said, "reboot" in said) == (2, True, False), said


@pytest.mark.parametrize(
    ("line", "status"),
    [(b"status 0", 0), (b"status 255", 255), (b"status 256", None), (b"status -1", None), (b"status 1e1", None),
     (b"status \xd9\xa1", None), (b"status", None), (b"status  1", None), (b"status 0\n", None)],
)  # fmt: skip
def test_what_a_process_says_of_its_end(line: bytes, status: int | None) -> None:
    """A status is a number of wait(2)'s."""
    assert answers.told_status(line) == status


@pytest.mark.parametrize("said", [-1, 256, True, "0", None, 0.0, [0]], ids=repr)
def test_what_an_engine_says_of_it(said: Any) -> None:
    """So is what the engine says: no other value is a success."""
    assert answers.status(said) is None
