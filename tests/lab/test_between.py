"""The lab's proxies, its servers behind TLS, and the environment of its container."""

import re
import socket
import ssl
from datetime import datetime, timezone

import httpx
import pytest
from tls_servers import serving_tls

from netdiag.lab import Service, World, make
from netdiag.lab.servers.certificates import AUTHORITY, FOLDER
from netdiag.probe import tls

LOOK = """
import os
entries = open("/proc/1/environ", "rb").read().decode().split("\\0")
first = dict(entry.split("=", 1) for entry in entries if "=" in entry)
seen = [[where.get(name) for name in ("HTTP_PROXY", "NO_PROXY")] for where in (os.environ, first)]
"""


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("world", "command", "first"),
    [
        (World(), [None, None], [None, None]),
        (World(environment=(("HTTP_PROXY", "http://a"),)), ["http://a", None], ["http://a", None]),
        (World(first_environment=(("HTTP_PROXY", "http://a"),)), [None, None], ["http://a", None]),
        (
            World(environment=(("HTTP_PROXY", "http://a"), ("NO_PROXY", "h")), first_environment=(("HTTP_PROXY", ""),)),
            ["http://a", "h"],
            ["", "h"],
        ),
    ],
    ids=["none", "the container's", "the first process's", "another"],
)
def test_whose_variables(look, world, command, first):
    """The container's variables are those of its first process and of commands; the first may have others."""
    with make(world) as lab:
        assert look(lab, LOOK) == [command, first]


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
def test_the_machines_proxies_are_not_let_in(look, monkeypatch):
    """What this machine has set about proxies and certificates is nobody's inside."""
    monkeypatch.setenv("HTTP_PROXY", "http://machine")
    with make(World()) as lab:
        assert look(lab, LOOK) == [[None, None], [None, None]]


@pytest.mark.parametrize(
    ("server", "status", "header"),
    [
        ("proxy-login", 407, "proxy-authenticate"),
        ("proxy-forbids", 403, "x-squid-error"),
        ("proxy-502", 502, ""),
        ("proxy-page", 200, "content-type"),
    ],
)
def test_proxies_that_answer_themselves(served, server, status, header):
    """They answer whatever is asked of them, a tunnel too, as the real ones do."""
    with served(Service(server, 0)) as port, httpx.Client(proxy=f"http://127.0.0.1:{port}", trust_env=False) as client:
        answer = client.post("http://172.17.0.1:11434/api/chat", content=b"{}")
        assert answer.status_code == status
        assert header in answer.headers or not header
        if status != 200:
            with pytest.raises(httpx.ProxyError, match=str(status)):
                client.get("https://172.17.0.1:8443/")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://127.0.0.1:{port}/api/version", 200),
        ("http://localhost:{port}/api/version", 200),
        ("http://127.0.0.1:{port}/nowhere?x=1", 404),
        ("http://127.0.0.1:1/", 503),
        ("http://host.docker.internal:{port}/", 503),
    ],
)
def test_the_proxy_that_passes_on(served, url, status):
    """It reaches addresses and its own localhost, knows no names, and asks nobody for them."""
    with (
        served(Service("ollama", 0)) as port,
        served(Service("proxy", 0)) as proxy,
        httpx.Client(proxy=f"http://127.0.0.1:{proxy}", trust_env=False) as client,
    ):
        assert client.get(url.format(port=port)).status_code == status


def test_the_proxy_makes_tunnels(served):
    """TLS passes through it untouched: the certificate is the server's."""
    trusting = ssl.create_default_context(cafile=AUTHORITY)
    with (
        serving_tls("trusted") as port,
        served(Service("proxy", 0)) as proxy,
        httpx.Client(proxy=f"http://127.0.0.1:{proxy}", verify=trusting, trust_env=False) as client,
    ):
        assert client.get(f"https://127.0.0.1:{port}/").text == "Ollama is running"


def test_a_port_for_tls_answers_plain_http():
    """Plain HTTP to a port for TLS is answered as nginx does."""
    with serving_tls("trusted") as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
    assert (answer.status_code, "plain HTTP request was sent to HTTPS port" in answer.text) == (400, True)


def test_a_silent_client_harms_nobody():
    """A connection on which nothing comes does not keep others waiting."""
    trusting = ssl.create_default_context(cafile=AUTHORITY)
    with serving_tls("trusted") as port, socket.create_connection(("127.0.0.1", port)):
        assert httpx.get(f"https://127.0.0.1:{port}/", verify=trusting, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("kind", "starts", "ends"),
    [
        ("trusted", 2000, 2099),
        ("self-signed", 2000, 2099),
        ("other-name", 2000, 2099),
        ("later", 2090, 2099),
        ("expired", 2001, 2002),
    ],
)
def test_the_certificates_stay_as_they_are_meant(kind, starts, ends):
    """None of them expires while anybody may still use the lab, and the one that has expired stays so."""
    with serving_tls(kind) as port:
        certificate = tls.look(f"https://127.0.0.1:{port}/", limit_s=2).certificate
    years = [datetime.fromtimestamp(when, timezone.utc).year for when in (certificate.starts, certificate.ends)]
    assert years == [starts, ends]


def test_the_key_is_the_labs_own():
    """No other private key is in the package."""
    files = [path for path in FOLDER.parents[2].rglob("*") if path.is_file()]
    keys = [path for path in files if re.search(rb"-BEGIN [A-Z ]*PRIVATE KEY", path.read_bytes())]
    assert keys == [FOLDER / "key.pem"]
    assert keys[0].read_text().startswith("Invented for the lab of netdiag, published with it, and trusted by nobody.")
