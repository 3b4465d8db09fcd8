"""One HTTP call: how each ending is told, and where a key may go."""

import socket
import threading
import time

import pytest
from probe.sockets import closed, dropping
from probe.web import reply, serving

from netdiag.model.attempt import Request
from netdiag.probe import http
from netdiag.probe.environment import Environment
from netdiag.probe.identity import Asking, identify
from netdiag.text import Secret

KEY = Secret("sk-canary-4f1d")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """The machine's own proxy settings must not decide what a test sees."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def post(url: str, **options):
    """Send a small POST with a key."""
    request = Request("POST", url, {"Content-Type": "application/json"}, b"{}", KEY)
    return http.send(request, connect_s=options.pop("connect_s", 0.5), read_s=options.pop("read_s", 0.5), **options)


def drip(handler):
    """Answer a byte at a time, and go on as long as somebody listens."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x")
        time.sleep(0.02)


def hang_up(handler):
    """Close the connection without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("answer", "failure", "status"),
    [
        (reply(200, b"{}"), None, 200),
        (reply(404, b"404 page not found"), None, 404),
        (reply(503), None, 503),
        (lambda handler: time.sleep(1), "read_timed_out", None),
        (drip, "answer_unfinished", 200),
        (hang_up, "connection_closed", None),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "not_http", None),
        (reply(200, b"x" * (http.BODY_LIMIT + 1)), "too_large", 200),
        (reply(302, b"", location="/"), "too_many_redirects", None),
        (reply(302, b"{}"), None, 302),
    ],
    ids=["200", "404", "503", "silence", "drip", "closed", "ssh", "too large", "redirect loop", "302"],
)
def test_how_an_answer_ends(answer, failure, status):
    """Every way a server can answer, or not, is one word; a status is never an exception."""
    with serving(lambda method, path: answer) as site:
        got = post(f"{site.origin}/x")
    assert (got.failure, got.status) == (failure, status)


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("localhost:1/v1", "bad_url"),
        ("http:///v1", "bad_url"),
        ("ftp://127.0.0.1/v1", "bad_url"),
    ],
)
def test_urls_that_cannot_be_called(url, failure):
    """A URL the client refuses is told apart from an address that does not answer."""
    assert post(url).failure == failure


@pytest.mark.parametrize(("port_of", "failure"), [(closed, "connection_refused"), (dropping, "timed_out")])
def test_errno_survives_the_client(port_of, failure):
    """httpx wraps the cause several times; the word still comes from the errno underneath."""
    with port_of() as port:
        assert post(f"http://127.0.0.1:{port}/").failure == failure


def test_tls_to_a_plain_port():
    """https to a server that speaks plain HTTP is a TLS failure, not a broken network."""
    with serving(lambda method, path: reply(200)) as site:
        assert post(site.origin.replace("http:", "https:")).failure == "tls_not_spoken"


@pytest.mark.parametrize("key", ["", "line\nbreak", " "], ids=["empty", "line break", "blank"])
def test_a_key_that_makes_no_header_is_not_sent(key):
    """An empty key looks like a network failure in KAG; here it is named, and nothing is sent."""
    with serving(lambda method, path: reply(200)) as site:
        request = Request("POST", site.origin, {}, b"{}", Secret(key))
        assert http.send(request, connect_s=1, read_s=1).failure == "key_unsendable"
        assert site.requests == []


def test_redirects_stay_within_the_origin():
    """The same origin is followed with the same method, body and key, as Ollama's 307 for a double slash wants."""
    with serving(lambda m, path: reply(200, b"ok") if path == "/there" else reply(307, b"", location="/there")) as site:
        assert post(f"{site.origin}//there/").body == b"ok"
    method, path, headers, body = site.requests[1]
    assert (method, path, headers["authorization"], body) == ("POST", "/there", f"Bearer {KEY.reveal()}", b"{}")


def test_another_origin_is_not_asked_without_being_told_to():
    """Whoever is only looked at, or is a candidate, sends netdiag nowhere else."""
    with (
        serving(lambda m, p: reply(200, b"gotcha")) as other,
        serving(lambda m, p: reply(307, b"", location=f"{other.origin}/steal")) as site,
    ):
        got = post(f"{site.origin}/x")
        assert (got.failure, got.status, other.requests) == ("redirected_away", 307, [])


@pytest.mark.parametrize("client", ["httpx", "requests"])
@pytest.mark.parametrize(("status", "method", "sent"), [(301, "GET", b""), (302, "GET", b""), (308, "POST", b"{}")])
def test_a_key_never_crosses_to_another_origin(client, status, method, sent):
    """KAG's client follows the redirect without the key, with the method and body that the status asks for."""
    with (
        serving(lambda m, p: reply(200, b"ok")) as other,
        serving(lambda m, p: reply(status, b"", location=f"http://user:word@127.0.0.1:{other.port}/there")) as site,
    ):
        got = post(f"{site.origin}/x", away=True, client=client)
    ((asked, path, headers, body),) = other.requests
    assert (asked, path, body, got.body) == (method, "/there", sent, b"ok")
    assert "authorization" not in headers
    assert ("content-type" in headers) == (client == "httpx" or method == "POST")
    assert got.redirects == ((status, method, f"{other.origin}/there", True),)


def test_only_plain_headers_cross_to_another_origin():
    """What a process adds for its own service is nobody else's business."""
    with (
        serving(lambda m, p: reply(200, b"ok")) as other,
        serving(lambda m, p: reply(307, b"", location=f"{other.origin}/there")) as site,
    ):
        request = Request("POST", site.origin, {"Accept": "a/b", "OpenAI-Organization": "canary"}, b"{}", KEY)
        assert http.send(request, connect_s=1, read_s=1, away=True).body == b"ok"
    ((_, _, headers, _),) = other.requests
    assert (headers["accept"], headers.get("openai-organization"), headers.get("authorization")) == ("a/b", None, None)


@pytest.mark.parametrize(
    ("client_s", "answer", "failure"),
    [
        (0.1, lambda handler: time.sleep(0.3), "client_timed_out"),
        (0.1, drip, "answer_unfinished"),
        (5.0, lambda handler: time.sleep(1), "read_timed_out"),
        (None, reply(200), None),
    ],
    ids=["silence", "drip", "longer than netdiag waits", "no limit"],
)
def test_the_clients_own_limit(client_s, answer, failure):
    """It is for each piece of an answer, and is told apart from how long netdiag waits for all of it."""
    with serving(lambda method, path: answer) as site:
        assert post(f"{site.origin}/x", client_s=client_s).failure == failure


def test_a_connection_may_take_no_longer_than_the_client_waits():
    """A limit below netdiag's own for a connection is the client's."""
    with dropping() as port:
        assert post(f"http://127.0.0.1:{port}/", client_s=0.05).failure == "client_timed_out"
        assert post(f"http://127.0.0.1:{port}/", connect_s=0.05, client_s=5).failure == "timed_out"


def test_as_much_is_read_as_was_asked_for():
    """An answer may be larger than those of other questions, and is bounded all the same."""
    with serving(lambda method, path: reply(200, b"x" * (http.BODY_LIMIT + 1))) as site:
        assert len(post(f"{site.origin}/x", most_bytes=2 * http.BODY_LIMIT).body) == http.BODY_LIMIT + 1


def test_a_proxy_of_the_environment_is_used_unless_direct(monkeypatch):
    """KAG's client obeys HTTP_PROXY even for loopback; the direct call does not, nor one in another environment."""
    with serving(lambda m, p: reply(502)) as proxy, serving(lambda m, p: reply(200)) as site:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        assert post(site.origin).status == 502
        assert post(site.origin, direct=True).status == 200
        assert post(site.origin, environment=Environment()).status == 200
        assert [path for _, path, _, _ in proxy.requests] == [f"{site.origin}/"]


def test_the_clients_differ():
    """The same range in NO_PROXY sends httpx to the proxy, and requests directly."""
    with serving(lambda m, p: reply(502)) as proxy, serving(lambda m, p: reply(200)) as site:
        ranged = Environment({"HTTP_PROXY": proxy.origin, "NO_PROXY": "127.0.0.0/8"})
        assert post(site.origin, environment=ranged).status == 502
        assert post(site.origin, environment=ranged, client="requests").status == 200


def test_a_login_goes_to_the_proxy_and_nowhere_else():
    """User and password of a proxy variable are sent as httpx sends them, and only to the proxy."""
    with serving(lambda m, p: reply(200)) as proxy, serving(lambda m, p: reply(200)) as site:
        variables = {"HTTP_PROXY": proxy.origin.replace("//", "//user:pa%40ss@")}
        post(site.origin, environment=Environment(variables))
        post(site.origin, environment=Environment(variables), direct=True)
    assert proxy.requests[0][2]["proxy-authorization"] == "Basic dXNlcjpwYUBzcw=="
    assert "proxy-authorization" not in site.requests[0][2]


def test_socks_without_its_package_is_told(monkeypatch):
    """A SOCKS proxy needs a package KAG's image does not have: named as such, and nothing is sent."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    answer = post("http://127.0.0.1:1/")
    assert (answer.failure, answer.detail) == ("proxy_unusable", "socks")


MODELS = b'{"object":"list","data":[{"id":"m1"},{"id":"m2"}]}'


def pages(**known: bytes):
    """A site that knows these paths (``api_version`` is ``/api/version``) and answers 404 to others."""
    by_path = {"/" + name.replace("_", "/"): body for name, body in known.items()}
    return lambda method, path: reply(200, by_path[path]) if path in by_path else reply(404, b"404 page not found")


@pytest.mark.parametrize(
    ("site", "name", "models"),
    [
        (pages(api_version=b'{"version":"0.17.4"}', api_tags=b'{"models":[{"name":"q:3b"}]}'), "ollama", ("q:3b",)),
        (pages(version=b'{"version":"0.32.0"}', v1_models=MODELS), "vllm", ("m1", "m2")),
        (pages(v1_models=MODELS), "openai-compatible", ("m1", "m2")),
        (
            lambda m, path: reply(401, b'{"error":"Unauthorized"}') if "v1" in path else reply(404),
            "openai-compatible",
            (),
        ),
        (lambda m, path: reply(403), "ollama", ()),
        (lambda m, path: reply(200, b"<html>hello</html>", content_type="text/html"), "other", ()),
        (pages(), "other", ()),
        (lambda m, path: reply(200, b"[" * 100_000), "other", ()),
        (lambda m, path: hang_up, "other", ()),
    ],
    ids=["ollama", "vllm", "openai", "guarded", "ollama, foreign Host", "web page", "404", "nested", "closed"],
)
def test_who_is_there(site, name, models):
    """Each kind of server is known by what it answers without a key."""
    with serving(site) as here:
        service, _ = identify(Asking(here.origin, connect_s=1))
    assert (service.name, service.models) == (name, models)
    assert all("authorization" not in headers for _, _, headers, _ in here.requests)


def test_connections_are_closed():
    """No socket outlives its call: the server sees the end of the stream."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        caller = threading.Thread(target=post, args=(f"http://127.0.0.1:{server.getsockname()[1]}/",))
        caller.start()
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            while connection.recv(4096):
                pass
        caller.join()


def slow_names(monkeypatch, seconds):
    """Make every lookup take this long, and return the list of the names that were looked up."""
    asked, found = [], socket.getaddrinfo

    def slowly(host, *rest, **options):
        asked.append(host)
        time.sleep(seconds)
        return found("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    return asked


def test_the_time_of_names_counts(monkeypatch):
    """One limit bounds a call with all its names, also at the end of a redirect."""
    asked = slow_names(monkeypatch, 0.3)

    def choose(_, path):
        return reply(200, b"ok") if path == "/there" else reply(307, location=f"http://b.test:{site.port}/there")

    with serving(choose) as site:
        whole = post(f"http://a.test:{site.port}/", read_s=2, away=True)
        short = post(f"http://a.test:{site.port}/", read_s=0.5, away=True)
        none = post(f"http://a.test:{site.port}/", read_s=0.2, away=True)
    assert (whole.status, whole.body, whole.failure) == (200, b"ok", None)
    assert (short.failure, len(short.redirects), none.failure) == ("dns_failed", 1, "dns_failed")
    assert asked == ["a.test", "b.test", "a.test", "b.test", "a.test"]


def test_an_answer_after_a_slow_name_is_waited_for_no_longer(monkeypatch):
    """Nor does the name give the answer more time than it has."""
    slow_names(monkeypatch, 0.3)
    with serving(lambda m, p: drip) as site:
        began = time.monotonic()
        answer = post(f"http://a.test:{site.port}/", read_s=0.5)
        assert time.monotonic() - began < 1.0
    assert answer.failure == "answer_unfinished"
