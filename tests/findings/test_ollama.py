"""Where an Ollama listens and which Host it answers: the tables that were measured on the real one."""

import pytest

from netdiag.findings.ollama import accepts_host, listening


@pytest.mark.parametrize(
    ("value", "reach", "port", "fault"),
    [
        ("", "loopback", 11434, ""),
        ("localhost", "loopback", 11434, ""),
        ("127.0.0.1", "loopback", 11434, ""),
        ("127.0.0.1:11435", "loopback", 11435, ""),
        ("0.0.0.0", "all", 11434, ""),
        (":11434", "all", 11434, ""),
        ("[::]", "all", 11434, ""),
        ("::", "all", 11434, ""),
        ("[::]:11434", "all", 11434, ""),
        ('"0.0.0.0"', "all", 11434, ""),
        (" 0.0.0.0 ", "all", 11434, ""),
        ("0.0.0.0:11434/v1", "all", 11434, ""),
        ("http://0.0.0.0:11434", "all", 11434, ""),
        ("http://0.0.0.0", "all", 80, "port_of_scheme"),
        ("https://0.0.0.0", "all", 443, "port_of_scheme"),
        ("0.0.0.0:99999", "all", 11434, "port_ignored"),
        ("0.0.0.0:abc", "all", 11434, "port_ignored"),
        ("172.17.0.1", "one", 11434, ""),
        ("model.example.com", "one", 11434, ""),
        ("*", "nowhere", 11434, ""),
        ("0,0,0,0", "nowhere", 11434, ""),
        ("11434", "nowhere", 11434, ""),
        ("0.0.0.0：11434", "nowhere", 11434, ""),
        ("http//0.0.0.0", "nowhere", 11434, ""),
        ("“0.0.0.0”", "nowhere", 11434, ""),
    ],
)
def test_where_it_listens(value, reach, port, fault):
    """Every row of the table measured with Ollama 0.17.4."""
    found = listening(value)
    assert (found.reach, found.port, found.fault) == (reach, port, fault)


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("localhost", True),
        ("host.docker.internal", True),
        ("Host.Docker.Internal", True),
        ("printer.local", True),
        ("127.0.0.1", True),
        ("172.17.0.1", True),
        ("[fd00::1]", True),
        ("0.0.0.0", True),
        ("169.254.1.2", False),
        ("0.250.250.254", False),
        ("198.19.249.3", False),
        ("100.64.0.1", False),
        ("203.0.113.113", False),
        ("fe80::1", False),
        ("127.1", False),
        ("dockerhost", False),
        ("host.docker.internal.", False),
        ("model.example.com", False),
    ],
)
def test_which_hosts_are_answered(host, answered):
    """Every name and address that was asked of an Ollama bound to loopback."""
    assert accepts_host(host) == answered
