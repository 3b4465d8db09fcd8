"""What was mistyped: tables of what people write, and what is told of it."""

import pytest

from netdiag import findings
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.findings.typed import ollama_hosts
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.model.report import Examined

LOCAL = Candidate("localhost", "loopback", "itself", 0, ("127.0.0.1",))
GATEWAY = Candidate("172.17.0.1", "gateway", "way out", 2, ("172.17.0.1",))
CONTEXT = Context((LOCAL, GATEWAY), "0.8", 120)


def endpoint(base_url: str) -> Endpoint:
    """A chat endpoint of type ollama."""
    return Endpoint("kag_config.yaml", 3, "chat_llm", "chat", "ollama", "m", base_url)


def nowhere(base_url: str, host: str) -> Examined:
    """An endpoint whose host no name server knows."""
    attempt = Attempt("call", host, "", 11434, 0, 1, "dns_failed")
    return Examined(endpoint(base_url), "broken", (attempt,), (Proof(host, base_url, "dns_failed"),))


def refused(base_url: str, port: int) -> Examined:
    """An endpoint whose port is refused by the host."""
    tried = tuple(Attempt("tcp", c.host, c.addresses[0], port, 0, 1, "connection_refused") for c in (LOCAL, GATEWAY))
    return Examined(endpoint(base_url), "broken", tried)


def told(item: Examined) -> dict[str, str]:
    """The codes of the findings, each with what it suggests."""
    return {f.code: f.values.get("suggestion", "") for f in of_endpoint(item, CONTEXT)}


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("host.docker.interal", "host.docker.internal"),
        ("host.docker.intermal", "host.docker.internal"),
        ("host.docker.internl", "host.docker.internal"),
        ("hots.docker.internal", "host.docker.internal"),
        ("host.dockr.intenal", "host.docker.internal"),
        ("host.container.internal.", ""),
        ("host.contaners.internal", "host.containers.internal"),
        ("locahost", "localhost"),
        ("lcoalhost", "localhost"),
        ("localhsot", "localhost"),
        ("ollama", ""),
        ("model.example.com", ""),
        ("hostess", ""),
    ],
)
def test_names_that_are_nearly_known(host, meant):
    """A name that leads nowhere and is nearly a well-known one was meant to be that; any other is its owner's."""
    found = told(nowhere(f"http://{host}:11434/v1", host))
    assert found.get("ND430", "") == (f"http://{meant}:11434/v1" if meant else "")
    assert not (meant and "ND206" in found)


@pytest.mark.parametrize(
    ("base_url", "meant"),
    [
        ("lcoalhost:11434", "localhost:11434"),
        ("lcoalhost:11434/", "localhost:11434/"),
        ("host.docker.interal:11434", "host.docker.internal:11434"),
        ("LOCALHOSTT:11434", "localhost:11434"),
    ],
)
def test_names_are_recognised_without_a_scheme(base_url, meant):
    """Type ollama adds the scheme by itself, and what is suggested is written as the base_url is."""
    assert told(nowhere(base_url, base_url.partition(":")[0]))["ND430"] == meant


def test_a_port_is_recognised_without_a_scheme():
    """The same for a port."""
    assert told(refused("localhost:11343", 11343))["ND511"] == "localhost:11434"


def test_a_name_that_leads_somewhere_is_nobodys_slip():
    """Who pinned the mistyped name in extra_hosts reaches the service by it."""
    reached = Proof(
        "host.docker.interal", "http://host.docker.interal:1", "model_not_found", "", 404, 1, Service("ollama")
    )
    item = Examined(endpoint("http://host.docker.interal:1"), "broken", proofs=(reached,))
    assert "ND430" not in told(item)


@pytest.mark.parametrize(
    ("port", "meant"),
    [(11343, 11434), (11344, 11434), (14134, 11434), (1143, 11434), (9979, 9997), (1243, 1234)],
)
def test_ports_with_mixed_up_digits(port, meant):
    """A refused port that is nearly a model server's own may be a slip; that nobody listens is told as well."""
    found = told(refused(f"http://localhost:{port}/v1", port))
    assert found == {"ND511": f"http://localhost:{meant}/v1", "ND201": ""}


@pytest.mark.parametrize("port", [11434, 11435, 11430, 8001, 8008, 9998, 3000, 80])
def test_ports_that_were_chosen(port):
    """The right port, a neighbour of it, and ports that have nothing to do with it are taken as meant."""
    assert list(told(refused(f"http://localhost:{port}", port))) == ["ND201"]


def test_tls_on_a_plain_port():
    """Who writes https to Ollama's port is told so beside whatever stopped the call."""
    found = told(refused("https://localhost:11434/v1", 11434))
    assert found == {"ND512": "http://localhost:11434/v1", "ND201": ""}
    assert list(told(refused("https://localhost:8443/v1", 8443))) == ["ND201"]


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]"])
def test_an_address_to_listen_on(host):
    """0.0.0.0 is told as what it is when nothing worked in its place."""
    assert list(told(refused(f"http://{host}:11434", 11434))) == ["ND513", "ND201"]


def test_user_info_is_not_repeated():
    """A password before the host is not in what is suggested."""
    item = nowhere("http://user:secret@locahost:11434", "locahost")
    assert told(item)["ND430"] == "http://localhost:11434"


@pytest.mark.parametrize(
    ("line", "code", "suggestion"),
    [
        ('Environment="OLLAMA_HOST=0.0.0.0:11434"', "", ""),
        ("OLLAMA_HOST=0.0.0.0", "", ""),
        ("OLLAMA_HOST=:11434", "", ""),
        ("  - OLLAMA_HOST=0.0.0.0:11434", "", ""),
        ("  OLLAMA_HOST: 0.0.0.0", "", ""),
        ("# OLLAMA_HOST=*", "", ""),
        ("MY_OLLAMA_HOST=*", "", ""),
        ("OLLAMA_HOST=${HOST:-*}", "", ""),
        ("OLLAMA_HOST=http://host.docker.internal:11434", "", ""),
        ("OLLAMA_HOST=http://10.0.0.9:11434", "", ""),
        ("OLLAMA_HOST=*", "ND514", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=0,0,0,0", "ND514", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=0.0.0.0：11434", "ND514", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=“0.0.0.0”", "ND514", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=11434", "ND514", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=http://0.0.0.0", "ND515", "OLLAMA_HOST=0.0.0.0:11434"),
        ("      - 'OLLAMA_HOST=https://0.0.0.0'", "ND515", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=0.0.0.0:99999", "ND515", "OLLAMA_HOST=0.0.0.0:11434"),
        ("export OLLAMA_HOST=127.0.0.1:11435", "ND516", "OLLAMA_HOST=0.0.0.0:11435"),
        ('  OLLAMA_HOST: "localhost"', "ND516", "OLLAMA_HOST=0.0.0.0:11434"),
        ("OLLAMA_HOST=172.17.0.1", "ND516", "OLLAMA_HOST=0.0.0.0:11434"),
        ("Environment=“OLLAMA_HOST=0.0.0.0:11434”", "ND517", 'Environment="OLLAMA_HOST=0.0.0.0:11434"'),
    ],
)
def test_values_of_ollama_host(line, code, suggestion):
    """What Ollama makes of each value, by the line of the file, and what to write."""
    found = ollama_hosts("ollama.env", f"\n{line}\n")
    assert [finding.code for finding in found] == ([code] if code else [])
    for finding in found:
        assert finding.where == "ollama.env:2"
        assert findings.words(finding).remedies[0].command.splitlines()[0] == suggestion
