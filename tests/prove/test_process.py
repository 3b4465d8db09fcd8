"""What the environment of KAG's process does to a call, what is told of it, and where its values never are."""

import base64
from pathlib import Path

import pytest
from probe.web import reply, serving

from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined, Report
from netdiag.probe.environment import Environment, of_server, of_shell
from netdiag.probe.netrc import login
from netdiag.prove.caller import Caller
from netdiag.report.as_json import as_json
from netdiag.text import Secret

CHAT = b'{"choices":[{"message":{"content":"hi"}}]}'
CANARY = "c4n4ry"
RERANK = {"kind": "rerank", "type": "maas"}
CONTEXT = Context((), "0.8", 1.0)


def endpoint(base_url: str, **more) -> Endpoint:
    """A chat endpoint."""
    fields = {"kind": "chat", "type": "maas", "model": "m", **more}
    return Endpoint("f.yaml", 1, "chat_llm", base_url=base_url, **fields)


def refuses(method: str, path: str):
    """Refuse every key, and quote it."""
    return reply(401, f'{{"error":{{"message":"Incorrect key {CANARY}"}}}}'.encode())


def takes(method: str, path: str):
    """Answer every chat."""
    return reply(200, CHAT)


def called(item: Endpoint, variables: dict[str, str], version: str = "0.8") -> Examined:
    """Call it once, and diagnose what came of it."""
    caller = Caller(version, 2.0, lambda _: None, of_shell(variables))
    item = caller.keyed(item)
    proof = caller.refusal(item) or caller.prove(item, "127.0.0.1", item.base_url)
    found = Examined(item, "broken" if proof.failure else "works", proofs=(proof,))
    return found._replace(findings=of_endpoint(found, CONTEXT))


def sent(site, name: str) -> set[str]:
    """The values of a header in the calls."""
    return {headers[name] for method, _, headers, _ in site.requests if method == "POST" and name in headers}


def test_a_null_key_is_that_of_the_process():
    """Only where the configuration says null; an absent one is KAG's own ``dummy``."""
    with serving(takes) as site:
        null = endpoint(f"{site.origin}/v1", forms={"api_key": "null"})
        assert called(null, {"OPENAI_API_KEY": "sk-1"}).verdict == "works"
        assert sent(site, "authorization") == {"Bearer sk-1"}
        assert called(endpoint(f"{site.origin}/v1"), {"OPENAI_API_KEY": "sk-1"}).verdict == "works"
        assert sent(site, "authorization") == {"Bearer sk-1", "Bearer dummy"}


def test_a_login_of_netrc_replaces_the_key(tmp_path):
    """What requests sends in place of the configured key is sent, and told where it is refused (ND324)."""
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login u password {CANARY}\n")
    with serving(refuses) as site:
        item = endpoint(f"{site.origin}/v1/rerank", api_key=Secret("sk-1"), **RERANK)
        found = called(item, {"HOME": str(tmp_path)})
        basic = base64.b64encode(f"u:{CANARY}".encode()).decode()
        assert sent(site, "authorization") == {f"Basic {basic}"}
    codes = {finding.code: finding for finding in found.findings}
    assert codes["ND324"].values["file"] == str(tmp_path / ".netrc")
    assert basic not in as_json(Report("chat", "", 1.0, 1, endpoints=(found,)))


@pytest.mark.parametrize(
    ("variables", "code", "value"),
    [
        ({"SSLKEYLOGFILE": "/nowhere/secrets.log"}, "ND322", "/nowhere/secrets.log"),
        ({"SSLKEYLOGFILE": "/proc"}, "ND322", "/proc"),
        ({"OPENAI_ORG_ID": f"{CANARY} "}, "ND323", "OPENAI_ORG_ID"),
        ({"OPENAI_PROJECT_ID": f"{CANARY}\n"}, "ND323", "OPENAI_PROJECT_ID"),
        ({"OPENAI_ORG_ID": CANARY}, "ND325", "OpenAI-Organization"),
    ],
)
def test_what_stops_every_call_is_named(variables, code, value):
    """The variable is named, and its value is not told, were it quoted by the service."""
    with serving(refuses) as site:
        found = called(endpoint(f"{site.origin}/v1", api_key=Secret("sk-1")), variables)
        assert len(sent(site, "authorization")) == (code == "ND325")
    (finding,) = (finding for finding in found.findings if finding.code == code)
    assert value in finding.values.values()
    assert CANARY not in as_json(Report("chat", "", 1.0, 1, endpoints=(found,)))


@pytest.mark.parametrize(("version", "verdict"), [("0.6", "works"), ("0.7", "broken"), ("0.8", "broken")])
def test_certificates_that_are_missing(version, verdict):
    """httpx 0.27, with KAG 0.6, passes over a file that is not there; 0.28 fails before it sends anything."""
    with serving(takes) as site:
        item = endpoint(f"{site.origin}/v1", api_key=Secret("k"))
        assert called(item, {"SSL_CERT_FILE": "/nowhere.pem"}, version).verdict == verdict


def test_a_log_of_secrets_is_never_written(tmp_path, monkeypatch):
    """What others could read TLS with is not written by netdiag, whatever variables it was started with."""
    log = tmp_path / "secrets.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    with serving(takes) as site:
        assert called(endpoint(f"{site.origin}/v1"), {"SSLKEYLOGFILE": str(log)}).verdict == "works"
        called(endpoint(site.origin.replace("http:", "https:") + "/v1"), {"SSLKEYLOGFILE": str(log)})
    assert not log.exists()


def test_only_named_variables_are_read(tmp_path):
    """Of the server's environment nothing else is kept, and no value is shown."""
    first = tmp_path / "proc/1"
    first.mkdir(parents=True)
    (first / "comm").write_text("java\n")
    variables = (f"OPENAI_API_KEY={CANARY}", f"HTTP_PROXY=http://u:{CANARY}@p:1", f"MYSQL_PASSWORD={CANARY}", "HOME=/h")
    (first / "environ").write_bytes("\0".join(variables).encode())
    found = of_server(tmp_path, in_container=True)
    assert (set(found.variables), set(found.secrets)) == ({"HTTP_PROXY", "HOME"}, {"OPENAI_API_KEY"})
    assert CANARY not in f"{found} {found!r} {found.secrets}"


@pytest.mark.parametrize(
    ("files", "variables", "found"),
    [
        ({"h/.netrc": "default login a password b"}, {"HOME": "/h"}, "a:b"),
        ({"h/_netrc": "default login a password b"}, {"HOME": "/h"}, "a:b"),
        ({"h/.netrc": "machine other login a password b"}, {"HOME": "/h"}, None),
        ({"h/.netrc": "machine h.x login a password b"}, {"HOME": "/h"}, "a:b"),
        ({"h/.netrc": "default login a password b"}, {"HOME": "/h", "NETRC": "/none"}, None),
        ({"n": "default login a password b"}, {"HOME": "/h", "NETRC": "/n"}, "a:b"),
        ({"h/n": "default login a password b"}, {"HOME": "/h", "NETRC": "~/n"}, "a:b"),
        ({"n": "nonsense"}, {"NETRC": "/n"}, None),
        ({}, {"HOME": "/h"}, None),
    ],
)
def test_where_a_login_comes_from(tmp_path, files, variables, found):
    """From the file that NETRC names, else from the home of KAG's process, for the host alone."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n")
    took = login(Environment(variables, "server", {}, Path(tmp_path)), "http://h.x:8000/v1/rerank")
    expected = f"Basic {base64.b64encode(found.encode()).decode()}" if found else None
    assert (took.authorization.reveal() if took else None) == expected
