"""A server that writes the key it was sent into its answers: in no format is a part of the key to be seen."""

import base64
import contextlib
import html
import http.server
import json
import re
import threading
from urllib.parse import quote

import pytest

from netdiag import engine
from netdiag.job import Job
from netdiag.model.event import nobody
from netdiag.report.as_html import as_html
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text
from netdiag.report.rendered import FORMATS, rendered
from netdiag.text import Secret, shown

KEY = "sk-Q7vTm2Xw9RzLp4Kd8Yb"
MODEL = "qwen2.5:"
HEALTHY = "The model does not exist at http://172.17.0.1:11434/v1 (request 550e8400-e29b)"
"""What such an answer says beside the key, and what must stay as it is."""


def _encoded(prefix: str) -> str:
    return base64.b64encode(f"{prefix}{KEY}".encode()).decode()


FORMS = {
    "whole": KEY,
    "without its prefix": KEY[3:],
    "its beginning": KEY[:9],
    "its end": KEY[-9:],
    "its middle": KEY[6:16],
    "cut in the middle": f"{KEY[:8]}...{KEY[-8:]}",
    "small": KEY.lower(),
    "large": KEY.upper(),
    "swapped case": KEY.swapcase(),
    "reversed": KEY[::-1],
    "split by blanks": " ".join(KEY),
    "split by dashes": "-".join(KEY),
    "split by dots": ".".join(KEY),
    "in groups of four": " ".join(re.findall(".{1,4}", KEY)),
    "split by line feeds": "\n".join(re.findall(".{1,6}", KEY)),
    "split by zero-width spaces": "\u200b".join(KEY),
    "split by soft hyphens": "\u00ad".join(KEY),
    "split by joiners": "\u2060".join(KEY),
    "split by a null": "\0".join(KEY),
    "with an escape inside": "\x1b[0m".join(re.findall(".{1,5}", KEY)),
    "full width": "".join(chr(ord(c) + 0xFEE0) for c in KEY),
    "percent": quote(KEY, safe=""),
    "every character percent": "".join(f"%{ord(c):02x}" for c in KEY),
    "percent twice": quote("".join(f"%{ord(c):02X}" for c in KEY)),
    "JSON escapes": "".join(f"\\u{ord(c):04x}" for c in KEY),
    "hexadecimal escapes": "".join(f"\\x{ord(c):02x}" for c in KEY),
    "octal escapes": "".join(f"\\{ord(c):03o}" for c in KEY),
    "HTML": html.escape(KEY),
    "HTML numbers": "".join(f"&#{ord(c)};" for c in KEY),
    "HTML hexadecimal numbers": "".join(f"&#x{ord(c):x};" for c in KEY),
    "in tags": "".join(f"<b>{c}</b>" for c in KEY),
    "base64": _encoded(""),
    "base64 one further": _encoded("x"),
    "base64 two further": _encoded("xy"),
    "base64 of a login": _encoded("user:"),
    "base64 for URLs": base64.urlsafe_b64encode(KEY.encode()).decode(),
    "base64 without padding": _encoded("").rstrip("="),
    "base64 in lines": "\n".join(re.findall(".{1,12}", _encoded(""))),
    "base64 of JSON": base64.b64encode(json.dumps({"k": KEY}).encode()).decode(),
    "base32": base64.b32encode(KEY.encode()).decode(),
    "hexadecimal": KEY.encode().hex(),
    "large hexadecimal": KEY.encode().hex().upper(),
    "hexadecimal with colons": KEY.encode().hex(":"),
    "a list of numbers": str(list(KEY.encode())),
    "bits": " ".join(f"{c:08b}" for c in KEY.encode()),
    "in a header": f"Authorization: Bearer {KEY}",
    "in Python's bytes": repr(KEY.encode()),
    "in a list": json.dumps(list(KEY)),
    "in quotes": f"'{KEY}'",
    "in a URL": f"http://u:{KEY}@h/?api_key={KEY}",
}  # fmt: skip


def _error(form: str) -> tuple[int, dict[str, str], bytes]:
    return 404, {}, json.dumps({"error": {"message": f"{HEALTHY} {form}", "code": "model_not_found"}}).encode()


def _redirect(form: str) -> tuple[int, dict[str, str], bytes]:
    return 307, {"Location": f"http://{quote(form, safe='')[:200]}.invalid/{quote(form)}"}, b""


PLACES = {"error": _error, "redirect": _redirect}
CASES = [(place, name) for place in PLACES for name in FORMS]


class _Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        place, name = CASES[int(asked["model"].removeprefix(MODEL))]
        self._say(*PLACES[place](FORMS[name]))

    def do_GET(self):
        self._say(200, {}, json.dumps({"data": [{"id": form} for form in FORMS.values()]}).encode())

    def _say(self, status, headers, body):
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(body)), "Content-Type": "application/json"}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def echoing():
    """A server that answers a model of a number with that case; yields its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A check of a model for every case; what is sent beside the key keeps redirects from being followed."""
    place = tmp_path_factory.mktemp("echo")
    with echoing() as port:
        models = [
            f"chat_{number}:\n  type: maas\n  model: {MODEL}{number}\n  api_key: {KEY}\n"
            f"  extra_body: {{id: harmless-id-0001}}\n  base_url: http://127.0.0.1:{port}/v1\n"
            for number in range(len(CASES))
        ]
        (place / "kag_config.yaml").write_text("".join(models))
        job = Job(
            "check", (str(place / "kag_config.yaml"),), kag_version="0.8", answer_s=20.0, directory=place, root=place
        )
        return engine.run(job, nobody)


OUTPUTS = {
    **{form: lambda found, form=form: rendered(found, form, "en") for form in FORMATS if form != "text"},
    "text": lambda found: as_text(found, "en", detail=2),
    "中文": lambda found: as_text(found, "zh"),
    "markdown": as_markdown,
    "page": as_html,
}


def _plain(text: str) -> str:
    """Return the letters and digits of a text in one case, with escapes of JSON and HTML read."""
    text = html.unescape(re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text))
    return re.sub(r"[\W_]+", "", text).casefold()


def _windows(text: str, width: int) -> set[str]:
    return {text[at : at + width] for at in range(len(text) - width + 1)}


def test_every_case_was_asked(report):
    """Each model failed with an answer of the server, and the healthy part of every error is told."""
    assert len(report.endpoints) == len(CASES) > 98
    assert {item.proofs[0].failure for item in report.endpoints} <= {"model_not_found", "redirected_away"}
    said = [item.proofs[0].detail for item in report.endpoints if item.proofs[0].failure != "redirected_away"]
    assert [detail for detail in said if not detail.startswith(HEALTHY)] == []


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_part_of_the_key_is_seen(report, output):
    """No eight characters of the key, forwards or backwards, and nothing that decodes to them."""
    said = OUTPUTS[output](report)
    plain = _plain(said)
    key = _plain(KEY)
    assert {part for part in _windows(key, 8) | _windows(key[::-1], 8) if part in plain} == set()
    decoded = {
        "hexadecimal": KEY.encode().hex(),
        "base64": _encoded("")[:-4],
        "base64 one further": _encoded("x")[4:-4],
        "base64 two further": _encoded("xy")[4:-4],
        "numbers": "".join(map(str, KEY.encode())),
        "octal": "".join(f"{c:03o}" for c in KEY.encode()),
        "full width": "".join(chr(ord(c) + 0xFEE0) for c in KEY if c.isalnum()),
    }
    found = {
        name: part
        for name, text in decoded.items()
        for part in _windows(_plain(text), 16 if name in ("numbers", "octal", "hexadecimal") else 11)
        if part in plain
    }
    assert found == {}


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_healthy_word_is_damaged(report, output):
    """The model, the address and the service's own words are there unmasked."""
    said = OUTPUTS[output](report)
    assert MODEL in said
    if output != "nagios":  # it has one line
        assert "172.17.0.1:11434" in said


@pytest.mark.parametrize("placeholder", ["EMPTY", "ollama", "model", "x", "sk-no-key-required", "none"])
def test_a_placeholder_is_no_secret(placeholder):
    """A word that is typed because some key is demanded is not masked in words that contain it."""
    said = "the model `ollama/qwen2.5:3b` is EMPTY, none of x models; sk-no-key-required"
    assert shown(said, [Secret(placeholder)]) == said
