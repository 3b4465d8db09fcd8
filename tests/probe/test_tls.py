"""TLS: how each failure is told, whom the clients trust, and what a certificate says without being trusted."""

import re
import shutil
import subprocess
from datetime import datetime, timezone

import httpx
import pytest
from probe.web import reply, serving
from tls_servers import serving_tls

from netdiag.lab.servers.certificates import AUTHORITY, FOLDER
from netdiag.model.attempt import Request
from netdiag.probe import tls
from netdiag.probe.environment import Environment
from netdiag.probe.http import send
from netdiag.text import Secret

TRUSTING = Environment({"SSL_CERT_FILE": str(AUTHORITY)})
NOTHING = Environment()


def get(url: str, environment: Environment = NOTHING, client="httpx"):
    """Ask for ``url`` with a key."""
    request = Request("GET", url, bearer=Secret("sk-canary-4f1d"))
    return send(request, connect_s=2, read_s=2, environment=environment, client=client)


@pytest.mark.parametrize(
    ("kind", "environment", "failure"),
    [
        ("trusted", TRUSTING, None),
        ("trusted", NOTHING, "tls_unknown_issuer"),
        ("self-signed", NOTHING, "tls_unknown_issuer"),
        ("self-signed", TRUSTING, "tls_unknown_issuer"),
        ("expired", TRUSTING, "tls_expired"),
        ("later", TRUSTING, "tls_not_yet_valid"),
        ("other-name", TRUSTING, "tls_wrong_name"),
        ("too-old", TRUSTING, "tls_no_common_protocol"),
        ("no-certificate", TRUSTING, "tls_failed"),
        ("", TRUSTING, "tls_not_spoken"),
    ],
)
def test_how_a_handshake_ends(kind, environment, failure):
    """Each way a certificate or a handshake can be wrong is a word of its own."""
    with serving_tls(kind) as port:
        assert get(f"https://127.0.0.1:{port}/", environment).failure == failure


@pytest.mark.parametrize(
    ("variables", "client", "failure"),
    [
        ({"SSL_CERT_FILE": str(AUTHORITY)}, "httpx", None),
        ({"SSL_CERT_FILE": str(AUTHORITY)}, "requests", "tls_unknown_issuer"),
        ({"REQUESTS_CA_BUNDLE": str(AUTHORITY)}, "requests", None),
        ({"CURL_CA_BUNDLE": str(AUTHORITY)}, "requests", None),
        ({"REQUESTS_CA_BUNDLE": str(AUTHORITY)}, "httpx", "tls_unknown_issuer"),
        ({"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(FOLDER)}, "httpx", "tls_unknown_issuer"),
        ({"SSL_CERT_FILE": "/no/such/file"}, "httpx", "tls_no_store"),
    ],
)
def test_whom_each_client_trusts(variables, client, failure):
    """httpx and requests take certificates from variables of their own; a directory must hold hashed names."""
    with serving_tls("trusted") as port:
        assert get(f"https://127.0.0.1:{port}/", Environment(variables), client).failure == failure


@pytest.mark.parametrize(
    ("variables", "client", "url", "said"),
    [
        ({}, "httpx", "https://h/", None),
        ({"SSL_CERT_FILE": str(AUTHORITY)}, "httpx", "http://h/", None),
        ({"SSL_CERT_FILE": "/no/file"}, "httpx", "http://h/", ("SSL_CERT_FILE", "/no/file")),
        ({"SSL_CERT_FILE": __file__}, "httpx", "http://h/", ("SSL_CERT_FILE", __file__)),
        ({"SSL_CERT_FILE": "/no/file"}, "requests", "https://h/", None),
        ({"REQUESTS_CA_BUNDLE": "/no/file"}, "requests", "https://h/", ("REQUESTS_CA_BUNDLE", "/no/file")),
        ({"REQUESTS_CA_BUNDLE": "/no/file"}, "requests", "http://h/", None),
    ],
)
def test_files_that_stop_every_call(variables, client, url, said):
    """httpx reads SSL_CERT_FILE whatever it calls, requests its own only where TLS is spoken."""
    assert tls.unreadable(Environment(variables), client, over_tls=url.startswith("https:")) == said


def test_httpx_itself_fails_so(monkeypatch):
    """What is said of SSL_CERT_FILE is what httpx does: without the file not even a client for http is made."""
    monkeypatch.setenv("SSL_CERT_FILE", "/no/file")
    with pytest.raises(FileNotFoundError):
        httpx.Client()


@pytest.mark.parametrize(
    ("kind", "subject", "issuer", "fits"),
    [
        ("trusted", "models.lab.internal", "Lab Root CA", True),
        ("self-signed", "my-gpu-box", "my-gpu-box", True),
        ("expired", "models.lab.internal", "Lab Root CA", True),
        ("later", "models.lab.internal", "Lab Root CA", True),
        ("other-name", "models.lab.internal", "Lab Root CA", False),
    ],
)
def test_what_a_certificate_says(kind, subject, issuer, fits):
    """Subject, issuer, dates and names are read of every certificate, trusted or not: as openssl reads them."""
    with serving_tls(kind) as port:
        seen = tls.look(f"https://127.0.0.1:{port}/v1", limit_s=2)
    certificate = seen.certificate
    assert (certificate.subject, certificate.issuer, seen.fits_name) == (subject, issuer, fits)
    assert abs(seen.ahead_s) < 60
    if openssl := shutil.which("openssl"):
        command = [openssl, "x509", "-in", FOLDER / f"{kind}.pem", "-noout", "-dates", "-ext", "subjectAltName"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        dates = [datetime.strptime(date, "%b %d %H:%M:%S %Y GMT") for date in re.findall("not.*=(.*)", said)]
        assert [when.replace(tzinfo=timezone.utc).timestamp() for when in dates] == [
            certificate.starts,
            certificate.ends,
        ]
        assert tuple(re.findall(r"(?:DNS|IP Address):([^,\s]+)", said)) == certificate.names


def test_the_servers_clock_is_seen():
    """The Date of an answer tells how far another clock is ahead."""
    with serving_tls("later-clock") as port:
        seen = tls.look(f"https://127.0.0.1:{port}/", limit_s=2)
    assert seen.ahead_s > 60 * 365 * 86400


def test_looking_never_sends_a_key():
    """A look is a HEAD of the root with httpx's own headers and nothing else, and only over TLS."""
    with serving(lambda m, p: reply(200)) as site:
        assert tls.look(site.origin.replace("http", "https"), limit_s=2) == tls.Look()
    assert site.requests == []


@pytest.mark.parametrize(
    ("kind", "spoken"), [("trusted", True), ("self-signed", True), ("expired", True), ("", False), ("too-old", False)]
)
def test_whether_tls_is_spoken(kind, spoken):
    """An http URL's port speaks TLS when a handshake succeeds, whatever the certificate."""
    with serving_tls(kind) as port:
        assert tls.is_spoken(f"http://127.0.0.1:{port}/v1", limit_s=2) == spoken


@pytest.mark.parametrize("url", ["https://127.0.0.1:1/", "http://127.0.0.1:1/", "nonsense", "https://"])
def test_where_nobody_is_nothing_is_seen(url):
    """A look at nobody is no exception."""
    assert tls.look(url, limit_s=1) == tls.Look()
    assert not tls.is_spoken(url, limit_s=1)
