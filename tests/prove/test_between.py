"""What stood between KAG and the service when a call failed: real proxies and real TLS, on loopback addresses only."""

import json
import socket
import time
from urllib.parse import urlsplit

import pytest
from probe.sockets import closed
from probe.web import reply, serving
from tls_servers import serving_tls

from netdiag import kag
from netdiag.lab.servers.certificates import AUTHORITY
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined
from netdiag.platform import WHEREVER_IT_LEADS, Trust
from netdiag.probe.environment import Environment
from netdiag.prove.between import Between, client_of
from netdiag.prove.caller import Caller
from netdiag.text import Secret

KEY = "sk-canary-4f1d"
PASSWORD = "canary-password"
CHAT = b'{"choices":[{"message":{"content":"hi"}}]}'
MODELS = b'{"object":"list","data":[{"id":"m"}]}'
OWN = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """The machine's own settings must not decide what a test sees."""
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def service(method: str, path: str):
    """Answer as an OpenAI-compatible server does, asked directly or through a proxy."""
    known = {"/v1/models": MODELS, "/v1/chat/completions": CHAT}
    body = known.get(urlsplit(path).path)
    return reply(200, body) if body else reply(404, b'{"detail":"Not Found"}')


def proven(base_url: str, *, trusted: bool = True, source="shell", key: str | None = KEY, **variables: str):
    """Prove ``base_url`` as KAG 0.8 would with these variables."""
    endpoint = Endpoint("f", 1, "chat_llm", "chat", "maas", "m", base_url, Secret(key) if key else None)
    caller = Caller("0.8", 2.0, lambda event: None, Environment(variables, source))
    return caller.refusal(endpoint) or caller.prove(
        endpoint, "127.0.0.1", base_url, WHEREVER_IT_LEADS if trusted else Trust("unproven")
    )


def keys(site) -> list[str]:
    """Every key the site was sent."""
    return [headers["authorization"] for _, _, headers, _ in site.requests if "authorization" in headers]


SQUID = {"x_squid_error": "ERR_CONNECT_FAIL 111", "via": "1.1 lab (squid/6.6)", "content_type": "text/html"}
JSON = {"content_type": "application/json"}


@pytest.mark.parametrize(
    ("answer", "failure", "direct"),
    [
        (reply(407, b"<html>", proxy_authenticate="Basic"), "proxy_login", "works"),
        (reply(403, b"<html>no</html>", **SQUID), "proxy_forbids", "works"),
        (reply(403, b"<html>no</html>"), "proxy_forbids", "works"),
        (reply(400, b"<html>no</html>", **SQUID), "proxy_forbids", "works"),
        (reply(502), "proxy_no_way", "works"),
        (reply(503, b"<html>", via="1.1 privoxy"), "proxy_no_way", "works"),
        (reply(200, b"<html>log in</html>", content_type="text/html"), "proxy_failed", "works"),
        (reply(503, b'{"error":"busy"}', via="1.1 squid"), "proxy_failed", "works"),
        (lambda handler: handler.wfile.write(b"SSH-2.0\r\n\r\n"), "proxy_failed", "works"),
    ],
    ids=["407", "403 of Squid", "403", "400 of Squid", "502", "503", "page", "503 in JSON", "no HTTP"],
)
def test_what_a_proxy_answers_itself(answer, failure, direct):
    """A proxy's own answer is told apart from the service's, and the same call made directly works."""
    with serving(service) as site, serving(lambda m, p: answer) as proxy:
        proof = proven(f"{site.origin}/v1", HTTP_PROXY=proxy.origin)
    assert (proof.failure, proof.seen["direct"]) == (failure, direct)
    assert (proof.seen["proxy"], proof.seen["variable"]) == (proxy.origin, "HTTP_PROXY")
    assert proof.seen["line"] == "NO_PROXY=localhost,127.0.0.1"


def test_what_the_service_says_through_a_proxy_is_the_services():
    """A proxy that passes on a refusal of the service is not blamed for it."""
    missing = b'{"error":{"message":"The model `m` does not exist."}}'

    def without_model(method: str, path: str):
        return reply(404, missing, **JSON) if "completions" in path else service(method, path)

    with serving(without_model) as site, serving(without_model) as proxy:
        proof = proven(f"{site.origin}/v1", HTTP_PROXY=proxy.origin)
    assert (proof.failure, proof.seen["direct"]) == ("model_not_found", "model_not_found")


@pytest.mark.parametrize(
    ("proxy", "hop", "at"),
    [
        ("http://127.0.0.1:{port}", "connection_refused", "own"),
        ("http://localhost:{port}", "connection_refused", "own"),
        ("http://255.255.255.255:{port}", "network_unreachable", "elsewhere"),
    ],
)
def test_a_proxy_that_is_not_there(proxy, hop, at):
    """The connection that failed was the one to the proxy, and where that was meant to be is told."""
    with serving(service) as site, closed() as port:
        proof = proven(f"{site.origin}/v1", HTTP_PROXY=proxy.format(port=port))
    assert (proof.failure, proof.seen["hop_failure"], proof.seen["at"]) == ("proxy_unreachable", hop, at)


def test_a_proxy_that_is_not_there_is_tried_once():
    """Who waited for a proxy in vain does not wait for it again with the next call."""
    with closed() as port:
        dead = Environment({"http_proxy": f"http://127.0.0.1:{port}"})
        caller = Caller("0.8", 2.0, lambda event: None, dead)
        proofs = [
            caller.prove(Endpoint("f", 1, "n", "chat", "maas", "m", url), "127.0.0.1", url)
            for url in ("http://127.0.0.8:9/v1", "http://127.0.0.9:9/v1")
        ]
    assert [proof.failure for proof in proofs] == ["proxy_unreachable"] * 2


@pytest.mark.parametrize(
    ("variables", "reason", "entry"),
    [
        ({"ALL_PROXY": "socks5://u:{password}@h:1", "NO_PROXY": "127.0.0.1"}, "socks", ""),
        ({"all_proxy": "socks://u:{password}@h:1"}, "proxy_scheme", ""),
        ({"HTTP_PROXY": "http://u:{password}/@h:1"}, "proxy_not_a_url", ""),
        ({"HTTP_PROXY": "http://h:1", "NO_PROXY": "127.0.0.1,fd00::/8"}, "no_proxy", "fd00::/8"),
    ],
)
def test_settings_that_stop_every_call(variables, reason, entry):
    """Where KAG's client cannot be made nothing is sent, and no value of a variable is shown."""
    with serving(service) as site:
        given = {name: value.format(password=PASSWORD) for name, value in variables.items()}
        proof = proven(f"{site.origin}/v1", **given)
        assert site.requests == []
    assert (proof.failure, proof.seen["reason"], proof.seen["entry"]) == ("proxy_unusable", reason, entry)
    assert PASSWORD not in repr(proof)


def test_requests_is_stopped_only_where_it_would_use_the_proxy():
    """A SOCKS proxy stops httpx altogether, and requests (rerank) only on its way to what is not exempt."""
    environment = Environment({"ALL_PROXY": "socks5://h:1", "NO_PROXY": "127.0.0.1"})
    caller = Caller("0.8", 2.0, lambda event: None, environment)
    with serving(lambda m, p: reply(200, b'{"results":[{"index":0}]}')) as site:
        urls = (f"{site.origin}/v1/rerank", f"http://localhost:{site.port}/v1/rerank")
        rerank = [Endpoint("f", 1, "rerank", "rerank", "maas", "m", url, Secret(KEY)) for url in urls]
        assert [caller.refusal(each) for each in rerank] == [None, None]
        proofs = [caller.prove(each, "", each.base_url) for each in rerank]
    assert [proof.failure for proof in proofs] == [None, "proxy_unusable"]


def test_a_malformed_proxy_is_told_where_it_is_used():
    """A value that is no proxy spoils only calls that are not exempt: httpx would look for a host named http."""
    with serving(service) as site:
        broken = {"HTTP_PROXY": "http://http://10.0.0.1:1"}
        assert proven(f"{site.origin}/v1", **broken).seen["reason"] == "proxy_twice"
        assert proven(f"{site.origin}/v1", **broken, NO_PROXY="127.0.0.1").failure is None


def test_the_entry_that_was_meant():
    """A range in NO_PROXY that covers the host is named, with the line that says it exactly."""
    with serving(service) as site, serving(lambda m, p: reply(502)) as proxy:
        proof = proven(f"{site.origin}/v1", http_proxy=proxy.origin, no_proxy="u:p@h,127.0.0.0/8")
    assert proof.seen["entry"] == "127.0.0.0/8"
    assert proof.seen["line"] == "no_proxy=127.0.0.0/8,127.0.0.1"
    assert proof.seen["exempt"] == "h,127.0.0.0/8"


@pytest.mark.parametrize(
    ("source", "own", "shell"),
    [("server", "", "direct"), ("server", "http://127.0.0.1:1", "http://127.0.0.1:1"), ("shell", "", "")],
)
def test_the_shells_way_is_told_where_it_differs(monkeypatch, source, own, shell):
    """Where the server's proxy is not this shell's, what the shell would do is told."""
    monkeypatch.setenv("HTTP_PROXY", own)
    with serving(service) as site, serving(lambda m, p: reply(502)) as proxy:
        proof = proven(f"{site.origin}/v1", source=source, HTTP_PROXY=proxy.origin)
    assert proof.seen["shell"] == shell


def test_the_shells_proxy_is_not_taken(monkeypatch):
    """The proof is the server's call: a proxy that only this shell has is never asked."""
    with serving(service) as site, serving(lambda m, p: reply(502)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        assert proven(f"{site.origin}/v1", source="server").failure is None
        assert proxy.requests == []


def test_a_key_goes_to_the_configured_proxy_as_kags_does():
    """For a plain http URL the key passes through the proxy, which is what KAG does, and through no other one."""
    with serving(service) as site, serving(service) as proxy, serving(service) as other:
        assert proven(f"{site.origin}/v1", HTTP_PROXY=proxy.origin, HTTPS_PROXY=other.origin).failure is None
        assert (len(keys(proxy)), keys(site), keys(other)) == (1, [], [])


def test_no_key_goes_through_a_proxy_to_a_stranger():
    """Where nothing proves whose address it is no call is made, through no proxy either."""
    page = reply(200, b"<html>", content_type="text/html")
    with serving(lambda m, p: page) as site, serving(lambda m, p: page) as proxy:
        proof = proven(f"{site.origin}/v1", trusted=False, HTTP_PROXY=proxy.origin)
        assert proof.failure == "not_trusted"
        assert (keys(site), proxy.requests) == ([], [])


def test_a_redirect_of_the_proxy_takes_no_key_along():
    """A proxy that redirects to its login page gets nobody's key there."""
    with serving(service) as site, serving(lambda m, p: reply(200)) as portal:
        away = reply(302, b"", location=f"{portal.origin}/login")
        with serving(lambda m, p: away) as proxy:
            proof = proven(f"{site.origin}/v1", HTTP_PROXY=proxy.origin)
    assert (proof.failure, portal.requests) == ("proxy_failed", [])


@pytest.mark.parametrize("value", ["http://user:{password}@127.0.0.1:{port}", "user:{password}@127.0.0.1:{port}"])
def test_a_proxys_password_is_never_shown(value):
    """User and password of a proxy are sent to it, and are in nothing that is told."""
    with serving(service) as site, serving(lambda m, p: reply(407, b"who?")) as proxy:
        proof = proven(f"{site.origin}/v1", HTTP_PROXY=value.format(password=PASSWORD, port=proxy.port))
        assert proxy.requests[0][2]["proxy-authorization"].startswith("Basic ")
    told = json.dumps([dict(proof.seen), proof.detail, proof.url]) + repr(Examined(None, "broken", proofs=(proof,)))
    assert proof.failure == "proxy_login"
    assert PASSWORD not in told
    assert KEY not in told


def test_a_healthy_call_looks_into_nothing():
    """Where a call works no second one is made, and nobody is asked who he is."""
    with serving(service) as site:
        assert proven(f"{site.origin}/v1").failure is None
        paths = [path for _, path, _, _ in site.requests]
    assert paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("kind", "trusted", "failure", "faults"),
    [
        ("trusted", False, "tls_unknown_issuer", "tls_unknown_issuer"),
        ("self-signed", False, "tls_unknown_issuer", "tls_unknown_issuer"),
        ("expired", True, "tls_expired", "tls_expired"),
        ("expired", False, "tls_unknown_issuer", "tls_unknown_issuer tls_expired"),
        ("later", True, "tls_not_yet_valid", "tls_not_yet_valid"),
        ("other-name", True, "tls_wrong_name", "tls_wrong_name"),
        ("other-name", False, "tls_unknown_issuer", "tls_unknown_issuer tls_wrong_name"),
    ],
)
def test_all_that_is_wrong_with_a_certificate(kind, trusted, failure, faults):
    """OpenSSL names the first fault; the others are found too."""
    with serving_tls(kind) as port:
        variables = {"SSL_CERT_FILE": str(AUTHORITY)} if trusted else {}
        proof = proven(f"https://127.0.0.1:{port}/v1", **variables)
    assert (proof.failure, proof.seen["faults"]) == (failure, faults)


def plain_to_tls(port: int) -> str:
    """An http URL for a port that speaks TLS."""
    return f"http://127.0.0.1:{port}/v1"


def test_http_to_a_port_that_speaks_tls():
    """Told by one handshake, with the URL that is right."""
    with serving_tls("trusted") as port:
        proof = proven(plain_to_tls(port))
    assert (proof.failure, proof.seen["suggestion"]) == ("tls_spoken", f"https://127.0.0.1:{port}/v1")


GO = b"Client sent an HTTP request to an HTTPS server.\n"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (reply(400, GO), "request_refused"),
        (reply(400, b'{"error":"image_url must be https"}', **JSON), "request_refused"),
        (lambda handler: handler.wfile.write(b"\x15\x03\x01\x00\x02\x02\x46"), "not_http"),
    ],
)
def test_what_only_sounds_like_tls(answer, failure):
    """The words of an answer are a hint; where no handshake succeeds TLS is not said to be spoken."""

    def hinting(method: str, path: str):
        return answer if "completions" in path else service(method, path)

    with serving(hinting) as site:
        proof = proven(f"{site.origin}/v1")
    assert proof.failure == failure
    assert "suggestion" not in proof.seen


@pytest.mark.parametrize(
    ("site", "suggested"),
    [(service, True), (lambda m, p: reply(404), True), (lambda m, p: lambda handler: time.sleep(3), False)],
    ids=["service", "404", "silent"],
)
def test_https_to_a_port_that_speaks_http(site, suggested):
    """Where plain HTTP is answered the URL with http is suggested; a silent port is not said to speak it."""
    with serving(site) as here:
        url = here.origin.replace("http", "https") + "/v1"
        proof = proven(url)
        assert keys(here) == []
    if suggested:
        assert (proof.failure, proof.seen["suggestion"]) == ("tls_not_spoken", f"{here.origin}/v1")
    else:
        assert "suggestion" not in proof.seen


def test_the_file_of_certificates_stops_http_too():
    """httpx reads SSL_CERT_FILE for every client it makes: without the file no call is made, and none is proven."""
    with serving(service) as site:
        proof = proven(f"{site.origin}/v1", SSL_CERT_FILE="/no/such/ca.pem")
        assert site.requests == []
    assert (proof.failure, proof.seen) == ("tls_no_store", {"variable": "SSL_CERT_FILE", "file": "/no/such/ca.pem"})


@pytest.mark.parametrize(
    ("version", "kind", "type_", "client"),
    [
        ("0.6", "chat", "vllm", "requests"),
        ("0.7", "chat", "vllm", "httpx"),
        ("0.6", "chat", "maas", "httpx"),
        ("0.6", "chat", "ollama", "httpx"),
        ("0.8", "chat", "ollama", "httpx"),
        ("0.8", "embedding", "openai", "httpx"),
        ("0.8", "rerank", "maas", "requests"),
    ],
)
def test_which_client_kag_calls_with(version, kind, type_, client):
    """type vllm up to 0.6 and rerank call with requests, all others with SDKs that stand on httpx."""
    call = kag.call(version, Endpoint("f", 1, "n", kind, type_, "m", "http://h/v1", Secret(KEY)), "http://h/v1")
    assert client_of(call) == client


@pytest.mark.parametrize(("read_s", "status", "tries"), [(5.0, 200, 2), (0.7, 500, 1)])
def test_one_limit_is_for_all_tries(monkeypatch, read_s, status, tries):
    """A client that repeats its call has as long for all tries, names included, as for one."""
    found, replies = socket.getaddrinfo, iter([reply(500, b"{}"), reply(200, CHAT)])

    def slowly(_, *rest, **options):
        time.sleep(0.4)
        return found("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    endpoint = Endpoint("f", 1, "chat_llm", "chat", "maas", "m", "http://a.test/v1", Secret(KEY))
    with serving(lambda m, p: next(replies)) as site:
        call = kag.call("0.8", endpoint, f"http://a.test:{site.port}/v1")
        answer = Between(Environment({}, "shell"), 0.5, read_s, sleep=lambda _: None).send(call)
    assert (answer.status, len(answer.earlier) + 1) == (status, tries)
