"""Keys stay home: whatever is run, and however it fails, no key is in what netdiag prints or keeps."""

import json
import sys

import pytest
from cli.conftest import Place

from netdiag import lab
from netdiag.lab import Service, World
from netdiag.report.rendered import FORMATS, OF_A_CALL, PLAIN

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

CANARY = "c4n4ry"
"""Part of every key below: where it shows, a key does."""

SHAPES = {
    "key": ("", "", f"sk-{CANARY}-plain"),
    "user-info": (f"user:{CANARY}-pass@", "", "none"),
    "query": ("", f"?api_key={CANARY}-query", "none"),
    "header": ("", "", f"Bearer {CANARY}-header"),
    "environment": ("", "", "!ENV CANARY_KEY"),
    "several lines": ("", "", f'"{CANARY}-one\\n{CANARY}-two"'),
}
"""Where a key can stand: before the host, behind the path, or as api_key (as YAML)."""

TARGETS = {"refused": 9, "echoing": 13000, "web page": 12001, "repairable": 11434, "silent": 12000}

ECHO = """
import http.server, json
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.answer(200 if self.path.endswith("/models") else 404)
    def do_POST(self): self.answer(401)
    def answer(self, status):
        sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        said = f"{self.path} {self.headers} {sent} " + str(self.headers) * 3
        body = json.dumps({"data": [{"id": "m"}], "error": {"message": said}}).encode()
        self.send_response(status); self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", 13000), Echo).serve_forever()
"""
"""A server that answers with all it was sent, as careless gateways do."""


def configuration(*, silent: bool = True) -> str:
    """A project with an endpoint for every shape at every target, one of which is ``silent`` and costs seconds."""
    lines = []
    for shape, (before, behind, key) in SHAPES.items():
        for target, port in TARGETS.items():
            if target == "silent" and not (silent and shape == "key"):
                continue
            name = f"{shape} {target}".replace(" ", "_").replace("-", "_")
            lines += [f"{name}:", "  type: maas", "  model: qwen2.5:3b", f"  api_key: {key}"]
            lines += [f"  base_url: http://{before}localhost:{port}/v1{behind}", ""]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def place(namespaces):
    """A container with the echoing server inside, and the others on the host."""
    services = (Service("ollama", 11434), Service("silent", 12000), Service("web-page", 12001))
    with lab.make(World(services=services)) as inside:
        found = Place(inside)
        found.write("echo.py", ECHO)
        found.inside.run(["sh", "-c", f"{sys.executable} echo.py >/dev/null 2>&1 &"])
        wait = (
            "import socket, time\nfor _ in range(100):\n try: socket.create_connection(('127.0.0.1', 13000)); break\n"
        )
        found.inside.run([sys.executable, "-c", wait + " except OSError: time.sleep(.05)"])
        yield found


def kept(place: Place) -> str:
    """Everything that lies below the state directory."""
    files = [path for path in (place.directory / ".netdiag").rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


COMMANDS = [
    ("check", "-vv"),
    ("check", "-q"),
    ("fix-base-url", "--dry-run", "-vv"),
    ("fix-base-url", "-vv"),
    ("fix-base-url", "--host", "172.17.0.1"),
    ("rollback", "--list"),
    ("rollback",),
    ("detect", "-vv"),
]


OF_EVERY_FORMAT = [("check", "-vv"), ("fix-base-url", "-vv")]
WITH_SILENCE = [("text", "en"), ("json", "zh")]
"""How a service fails to answer reads the same in every format, and each run waits for it."""


@pytest.mark.parametrize(
    ("form", "language"),
    [(form, language) for form in FORMATS for language in ("en", "zh") if form in PLAIN or language == "zh"],
)
def test_no_command_shows_a_key(place, form, language):
    """Six shapes of keys, five ways to fail, every command, format and language: not once, nor in the journal."""
    place.write("kag_config.yaml", configuration(silent=(form, language) in WITH_SILENCE))
    for command in COMMANDS:
        if form not in PLAIN and command not in OF_EVERY_FORMAT:
            continue
        limit = ("--timeout", "1") if command[0] in ("check", "fix-base-url") else ()
        options = ("--format", form, "--lang", language, *limit)
        done = place.netdiag(*command, *options, env={"CANARY_KEY": f"{CANARY}-environment"})
        assert done.returncode in (0, 1, 3), done.stderr
        assert CANARY not in done.stdout + done.stderr, command
    assert CANARY not in kept(place)


def test_a_saved_report_holds_no_key(place):
    """Neither the report nor what is made of it again."""
    place.write("kag_config.yaml", configuration())
    saved = place.netdiag("check", "--format", "json", "--timeout", "1").stdout
    for form in FORMATS:
        again = place.netdiag("check", "--replay", "-", "-vv", "--format", form, input=saved)
        assert CANARY not in saved + again.stdout + again.stderr


@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_no_page_shows_a_key(place, suffix):
    """A page holds no key, whether it is made of a run or of a saved report, nor does what is said of it."""
    place.write("kag_config.yaml", configuration())
    saved = place.netdiag("check", "--format", "json", "--timeout", "1").stdout
    for number, replay in enumerate(([], ["--replay", "-"])):
        name = f"page-{number}.{suffix}"
        done = place.netdiag("report", "-o", name, "--timeout", "1", *replay, input=saved)
        assert done.returncode == 1, done.stderr
        assert done.stdout == ""
        assert CANARY not in done.stderr + (place.directory / name).read_text("utf-8")


@pytest.mark.parametrize(("how", "given"), [("--api-key-env", "CANARY_KEY"), ("--api-key-stdin", None)])
@pytest.mark.parametrize("port", TARGETS.values(), ids=TARGETS)
def test_a_single_call_shows_no_key(place, how, given, port):
    """`chat` takes its key from the environment or standard input, and keeps it, however the call ends."""
    argv = ["chat", "--type", "maas", "--model", "m", "--timeout", "1", how, *([given] if given else []), "-vv"]
    url = f"http://user:{CANARY}@localhost:{port}/v1?key={CANARY}"
    for form in OF_A_CALL:
        done = place.netdiag(
            *argv, "--base-url", url, "--format", form, env={"CANARY_KEY": f"sk-{CANARY}"}, input=f"sk-{CANARY}\n"
        )
        assert CANARY not in done.stdout + done.stderr


PASTED = {
    "a printed dictionary": f"invalid llm config: {{'api_key': 'sk-{CANARY}', 'base_url': 'http://h:1/v1'}}, "
    "for details: Connection error.",
    "JSON": json.dumps({"apiKey": f"sk-{CANARY}", "base_url": f"http://u:{CANARY}@h:1/v1?token={CANARY}"}),
    "a header": f"curl: (7) -H 'Authorization: Bearer {CANARY}' Failed to connect to h port 11434",
    "an answer": f"Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: sk-{CANARY}.'}}}}",
    "the key alone": f"sk-{CANARY}",
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED)
def test_a_pasted_error_shows_no_key(place, text):
    """What is pasted with a key in it is explained without it."""
    for form in ("text", "json"):
        done = place.netdiag("explain", "--error", "-", "--format", form, input=text)
        assert done.returncode in (0, 1), done.stderr
        assert CANARY not in done.stdout + done.stderr
