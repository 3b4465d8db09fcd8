"""What a run says of whole configurations, beside what their models answer."""

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from netdiag import config, findings, whole
from netdiag.openspg import projects

MODELS = "chat_llm: {type: ollama}\nvectorize_model: &v {type: openai}\nvectorizer: *v\n"
PROJECT = "project: {namespace: N, host_addr: 'http://127.0.0.1:8887'}\n"


def documents(text, source="kag_config.yaml"):
    """Return the one document."""
    return [config.parse(text.encode(), source)]


def said(text, version="0.8", source="kag_config.yaml", *, in_container=True):
    """Return the findings of one document."""
    return whole.findings(documents(text, source), version, in_container=in_container)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (MODELS, []),
        (MODELS.replace("vectorizer: *v\n", ""), ["vectorizer: *v"]),
        (MODELS.replace("*v", "{}"), ["vectorizer: *v"]),
        (MODELS.replace("*v", ""), ["vectorizer: *v"]),
        (
            MODELS.replace("vectorizer: *v\n", "").replace("&v ", ""),
            ["vectorize_model: &vectorize_model\nvectorizer: *vectorize_model"],
        ),
        ("chat_llm: {type: ollama}\nvectorizer: &e {type: openai}\n", []),
        (f"chat_llm: {{type: ollama}}\nvectorizer: &e {{type: openai}}\n{PROJECT}", ["vectorize_model: *e"]),
        (MODELS.replace("chat_llm", "openie_llm"), ["openie_llm: &openie_llm\nchat_llm: *openie_llm"]),
        (MODELS + "project: {namespace: N}\n", ["project:\n  host_addr: http://127.0.0.1:8887"]),
    ],
)  # fmt: skip
def test_the_line_to_write_is_told(text, commands):
    """What is missing is told with the line that KAG's own example has there, by the names of this file."""
    found = said(text)
    assert [finding.code for finding in found] == ["ND563"] * len(commands)
    assert [findings.words(finding).remedies[0].command for finding in found] == commands


@pytest.mark.parametrize(
    ("section", "reason", "version", "says"),
    [
        ("[{type: openai}]", "section_list", "0.6", "ConfigTree"),
        ("[1]", "section_list", "0.8", "ConfigTree"),
        ("foo", "section_text", "0.8", "not in acceptable choices"),
        ("5", "section_value", "0.7", "ConfigTree"),
    ],
)
@pytest.mark.parametrize("key", ["chat_llm", "vectorizer", "vectorize_model", "rerank_model"])
def test_what_is_no_section(key, section, reason, version, says):
    """A list, a text or a number where a section belongs is told with its line, and KAG's words for it."""
    there = {"chat_llm": "{type: ollama}", "vectorizer": "{type: openai}", "vectorize_model": "{type: openai}"}
    text = "".join(f"{name}: {value}\n" for name, value in {**there, key: section}.items())
    found = said(text, version)
    if key == "rerank_model" and version == "0.6":
        assert found == ()
        return
    (finding,) = found
    line = text[: text.index(f"{key}: {section}")].count("\n") + 1
    assert (finding.code, finding.where, finding.values["reason"]) == ("ND563", f"kag_config.yaml:{line}", reason)
    assert says in findings.words(finding).explanation
    assert findings.words(finding).remedies


def test_where_and_how_it_is_missing():
    """A section that is there and empty has a line; KAG's words of that version are told."""
    (finding,) = said(MODELS.replace("*v", "{}"), "0.6")
    words = findings.words(finding)
    assert finding.where == "kag_config.yaml:3"
    assert words.title == "kag_config.yaml:3: KAG 0.6 needs vectorizer, and it is empty"
    assert "NotImplementedError" in words.explanation


def test_the_file_of_05_has_defaults():
    """KAG 0.5 calls its own container for a section of its file that is left out, whichever KAG is here."""
    text = "[project]\nnamespace = N\nhost_addr = http://127.0.0.1:8887\n[llm]\nclient_type = ollama\n"
    (finding,) = said(text, source="kag_config.cfg")
    values = finding.values
    assert (finding.code, values["node"], values["default"]) == ("ND565", "[vectorizer]", "http://127.0.0.1:11434/v1")


FRAMEWORK = b'{"timestamp":"2026-01-01 00:00:00","status":404,"error":"Not Found","path":"/public/v1/project"}'
ON_LINE_4 = MODELS + "project: {namespace: N, host_addr: 'http://127.0.0.1:%d'}\n"


@contextlib.contextmanager
def answering(text, *, stays=True):
    """Say ``text`` to whoever asks; yields the port, and what was asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    with client, contextlib.suppress(OSError):
                        client.settimeout(0.2)
                        with contextlib.suppress(TimeoutError):
                            asked.append(client.recv(4096).partition(b"\r\n")[0].decode())
                        client.sendall(text)
                        client.settimeout(2)
                        if stays:
                            client.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], asked


def http(status, body, *headers):
    """An answer as a server sends it."""
    head = "".join(f"{each}\r\n" for each in (f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers))
    return head.encode() + b"\r\n" + body


@pytest.mark.parametrize(
    ("text", "stays", "told"),
    [
        (http(200, b"[]"), True, None),
        (http(400, b'"error parse new"'), True, None),
        (http(400, b'"nested exception is ... Communications link failure"'), True, None),
        (http(404, FRAMEWORK), True, None),
        (http(404, b"<html>", "Server: nginx/1.22.1"), True, ("ND239", "HTTP 404, nginx/1.22.1, <html>")),
        (http(200, b"Ollama is running"), True, ("ND239", "HTTP 200, Ollama is running")),
        (http(200, b'{"object":"list"}'), True, ("ND239", 'HTTP 200, {"object":"list"}')),
        (b"220 mail.example ESMTP\r\n\r\n", True, ("ND239", "not HTTP")),
        (b"", True, ("ND569", "read_timed_out")),
        (b"", False, ("ND569", "connection_closed")),
    ],
    ids=[
        "an OpenSPG server",
        "one with a bad row",
        "one without its database",
        "one of 0.5",
        "a web server",
        "a model service",
        "a gateway of models",
        "a mail server",
        "silent",
        "closes at once",
    ],
)
def test_what_answers_for_the_server_of_a_project(text, stays, told, monkeypatch):
    """In developer mode host_addr must be an OpenSPG server: it is asked once, for what is not there."""
    monkeypatch.setattr(projects, "GREETING_LIMIT_S", 0.8)
    with answering(text, stays=stays) as (port, asked):
        found = said(ON_LINE_4 % port, in_container=False)
    values = [(each.code, each.values.get("said") or each.values.get("failure")) for each in found]
    assert values == ([told] if told else [])
    assert [each.where for each in found] == ["kag_config.yaml:4"] * len(found)
    assert [line for line in asked if line] == ["GET /public/v1/project?projectId=0 HTTP/1.1"]


def test_nobody_where_the_server_of_a_project_should_be():
    """A closed port is a warning; in a container localhost is OpenSPG's own, which is asked anyway."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        text = ON_LINE_4 % held.getsockname()[1]
        (finding,) = said(text, in_container=False)
        assert (finding.code, finding.where, finding.values["failure"]) == (
            "ND569",
            "kag_config.yaml:4",
            "connection_refused",
        )
        assert said(text, in_container=True) == ()


@pytest.mark.parametrize("address", ["foo", "127.0.0.1:8887", "'http://h:99999'", "ftp://h:1", "http://"])
@pytest.mark.parametrize("in_container", [True, False])
def test_a_host_addr_that_is_no_address(address, in_container):
    """What no client can call is told with how to write it, and nobody is asked."""
    (finding,) = said(f"{MODELS}project: {{namespace: N, host_addr: {address}}}\n", in_container=in_container)
    assert (finding.code, finding.values["failure"]) == ("ND569", "host_addr_malformed")
    assert [each.command for each in findings.words(finding).remedies] == ["host_addr: http://127.0.0.1:8887"]


def test_only_the_address_that_is_written_is_asked(monkeypatch):
    """A template, what is no URL, and a document that is no whole configuration are asked nothing."""

    def raced(*_, **__):
        pytest.fail("connected")

    monkeypatch.setattr("netdiag.probe.race.race", raced)
    for address in ("'{{ HOST }}'", "''", "http://", "null", "h:1"):
        said(f"{MODELS}project: {{namespace: N, host_addr: {address}}}\n", in_container=False)
    said("project: {name: x, host: 'http://127.0.0.1:1'}\nllm: {}\n", in_container=False)


@pytest.mark.parametrize(
    ("environ", "base_url"),
    [
        (None, "http://127.0.0.1:11434"),
        (b"PATH=/bin\0", "http://127.0.0.1:11434"),
        (b"A=1\0OLLAMA_HOST=host.docker.internal:11434\0", "host.docker.internal:11434"),
    ],
)
def test_the_default_of_ollamas_client(tmp_path, environ, base_url):
    """Without a base_url it is what OLLAMA_HOST of KAG's process says; what has one is left as it is."""
    if environ is not None:
        (tmp_path / "proc/1").mkdir(parents=True)
        (tmp_path / "proc/1/comm").write_text("java\n")
        (tmp_path / "proc/1/environ").write_bytes(environ)
    (document,) = documents(
        "chat_llm: {type: ollama, model: m}\nopenie_llm: {type: ollama, base_url: 'http://u', model: n}"
    )
    found = whole.with_defaults(document.endpoints, Path(tmp_path), in_container=True)
    assert [endpoint.base_url for endpoint in found] == [base_url, "http://u"]


def test_the_default_of_openais_client(tmp_path):
    """An embedding model of type openai without a base_url is where OPENAI_BASE_URL says, and else nowhere."""
    (document,) = documents("chat_llm: {type: mock}\nvectorizer: {type: openai, model: m, api_key: k}\n")
    for environ, base_url in (
        (b"A=1\0", ""),
        (b"OPENAI_BASE_URL=http://u/v1\0", "http://u/v1"),
    ):
        (tmp_path / "proc/1").mkdir(parents=True, exist_ok=True)
        (tmp_path / "proc/1/comm").write_text("java\n")
        (tmp_path / "proc/1/environ").write_bytes(environ)
        found = whole.with_defaults(document.endpoints, Path(tmp_path), in_container=True)
        assert [each.base_url for each in found] == ["", base_url]
