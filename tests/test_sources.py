"""What is read beside configurations: where an Ollama that is started here would listen."""

import pytest

from netdiag.config import Process
from netdiag.kag.version import Installed
from netdiag.openspg import Server
from netdiag.sources import Beside, gather, ollama_host


def said(root, **environ) -> list[tuple[str, str]]:
    """Code and place of each finding about the environment."""
    return [(finding.code, finding.where) for finding in ollama_host(root, environ)]


@pytest.mark.parametrize(
    ("shell", "first", "expected"),
    [
        ({}, None, []),
        ({}, b"PATH=/bin\0", []),
        ({"OLLAMA_HOST": "0.0.0.0"}, b"OLLAMA_HOST=0.0.0.0\0", []),
        ({"OLLAMA_HOST": "*"}, None, [("ND514", "$OLLAMA_HOST")]),
        ({"OLLAMA_HOST": "*"}, b"OLLAMA_HOST=*\0", [("ND514", "$OLLAMA_HOST")]),
        ({}, b"A=1\0OLLAMA_HOST=http://0.0.0.0\0", [("ND515", "/proc/1/environ")]),
        ({}, b"MY_OLLAMA_HOST=*\0", []),
        ({"OLLAMA_HOST": "http://host.docker.internal:11434"}, None, []),
    ],
)
def test_the_environment(tmp_path, shell, first, expected):
    """This shell's and the first process's value, each once; a client's setting is none of Ollama's."""
    if first is not None:
        (tmp_path / "proc/1").mkdir(parents=True)
        (tmp_path / "proc/1/environ").write_bytes(first)
    assert said(tmp_path, **shell) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("OLLAMA_HOST=0.0.0.0\n", []),
        ("OLLAMA_HOST=http://0.0.0.0\n", ["ND515"]),
        ("PATH=/bin\n", ["ND505"]),
    ],
)
def test_a_file_with_ollama_host_is_something_to_check(tmp_path, monkeypatch, text, codes):
    """A file that only says where Ollama listens is looked at for that, and is not called empty."""
    (tmp_path / "ollama.env").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert [finding.code for finding in gather(["ollama.env"], tmp_path).findings] == codes


@pytest.mark.parametrize(
    ("version", "certain", "codes"),
    [("0.5", True, []), ("0.6", True, ["ND557"]), ("0.8", True, ["ND557"]), ("0.8", False, ["ND560"])],
)
def test_the_file_of_05_beside_a_newer_kag(tmp_path, version, certain, codes):
    """It is an error where it is certain which KAG runs here, else a warning; its models are examined all the same."""
    file = tmp_path / "kag_config.cfg"
    file.write_text("[llm]\nclient_type = ollama\nbase_url = http://h\nmodel = m\n")
    process = Process(lambda: Installed(version, version, "", certain), lambda _: {})
    found = gather([str(file)], tmp_path, beside=Beside(Server(listens=False), process=process))
    assert [finding.code for finding in found.findings] == codes
    assert len(found.endpoints) == 1
