"""What a run says of whole configurations, beside what their models answer."""

import socket
from pathlib import Path

import pytest

from netdiag import config, findings, whole

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


@pytest.fixture
def ports():
    """One port of this machine that accepts, and one that refuses."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield listening.getsockname()[1], held.getsockname()[1]


def test_the_server_of_a_project(ports):
    """In developer mode nobody at host_addr is a warning; in a container localhost is OpenSPG's own."""
    text = MODELS + "project: {namespace: N, host_addr: 'http://127.0.0.1:%d'}\n"
    answers, refuses = (text % port for port in ports)
    assert said(answers, in_container=False) == ()
    (finding,) = said(refuses, in_container=False)
    assert (finding.code, finding.where, finding.values["failure"]) == (
        "ND569",
        "kag_config.yaml:4",
        "connection_refused",
    )
    assert said(refuses, in_container=True) == ()


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
