"""The pages: real requests over loopback."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
from made_reports import broken, endpoint, report, works
from prometheus_client.parser import text_string_to_metric_families

from netdiag.findings.catalog import catalog
from netdiag.job import Job
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Finding, Report
from netdiag.watch import Agent, Metrics, Rhythm, answer
from netdiag.watch.seen import ENDPOINTS
from netdiag.watch.served import AT_ONCE, serving


def agent_after(*reports: Report) -> Agent:
    """An agent that has seen these reports."""
    agent = Agent(Job("watch"), Rhythm(30.0), _Now(), _Nobody())
    for each in reports:
        agent._take_in(each, {}, 0.05)
    return agent


class _Now:
    def today(self) -> float:
        return 1000.0


class _Nobody:
    def changed(self, _: object) -> None:
        pass


def page(agent: Agent) -> dict[tuple[str, ...], float]:
    """The samples of the metrics page, by name and values of labels."""
    text = Metrics(lambda: agent.seen).page().decode()
    families = text_string_to_metric_families(text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, int]]:
    """Pages of one word, their path; one is big."""
    big = b"x" * 10_000_000

    with serving("127.0.0.1", 0, lambda path: (200, "text/plain", big if path == "/big" else path.encode())) as at:
        yield at


def get(at: tuple[str, int], path: str, method: str = "GET") -> tuple[int, bytes]:
    """Ask for a page."""
    with closing(http.client.HTTPConnection(*at, timeout=10)) as connection:
        connection.request(method, path)
        found = connection.getresponse()
        return found.status, found.read()


@pytest.mark.parametrize(
    ("path", "reports", "status", "body"),
    [
        ("/healthz", [], 200, b"ok\n"),
        ("/readyz", [], 503, b"not checked yet\n"),
        ("/readyz", [report(works())], 200, b"ok\n"),
        ("/readyz", [report(works()), report(broken("ND416"), broken("ND201", "b"))], 503, b"ND201 ND416\n"),
        ("/healthz", [report(broken("ND201"))], 200, b"ok\n"),
        ("/healthz", [report()], 503, b"nothing is examined: ND544\n"),
        ("/readyz", [report()], 503, b"ND544\n"),
        ("/", [], 404, b"/metrics, /healthz, /readyz\n"),
    ],
)
def test_what_is_answered(path, reports, status, body):
    """Health is the agent's, which examines something; readiness is that of all endpoints."""
    agent = agent_after(*reports)
    found = answer(path, agent, Metrics(lambda: agent.seen))
    assert (found[0], found[2]) == (status, body)


def test_over_http(served):
    """GET and HEAD are answered, a query is no part of the path, and nothing else is understood."""
    assert get(served, "/readyz?verbose") == (200, b"/readyz")
    assert get(served, "/readyz", "HEAD") == (200, b"")
    assert get(served, "/readyz", "POST")[0] == 501


@contextmanager
def clients(at: tuple[str, int], number: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent this."""
    with ExitStack() as opened:
        connections = [opened.enter_context(closing(socket.create_connection(at, timeout=10))) for _ in range(number)]
        for connection in connections:
            with suppress(OSError):  # it was closed already
                connection.sendall(first)
        yield connections


def trickle(connections: list[socket.socket], until: threading.Event) -> None:
    """Send a byte of a header by each connection ten times a second."""
    while not until.wait(0.1):
        for connection in connections:
            with suppress(OSError):
                connection.send(b"x")


ESTABLISHED = 1
"""include/net/tcp_states.h"""


def is_open(connection: socket.socket) -> bool:
    """Whether the server has not closed it, as far as this side knows."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO) & 0xFF == ESTABLISHED


SLOW = {
    "16 that say nothing": (16, b""),
    "16 that trickle": (16, b"GET /healthz HTTP/1.1\r\nx: "),
    "40 that trickle": (40, b"GET /healthz HTTP/1.1\r\nx: "),
    "1000 that say nothing": (1000, b""),
    "16 with a body that does not come": (
        16,
        b"POST /healthz HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    ),
    "16 that ask for much and read nothing": (16, b"GET /big HTTP/1.1\r\n\r\n"),
    "16 of HTTP/0.9": (16, b"GET /healthz\r\n"),
}


@pytest.mark.parametrize(("number", "first"), SLOW.values(), ids=SLOW)
def test_others_are_answered(served, number, first):
    """Whatever so many clients do, another one is answered within a second, by one thread and few connections."""
    done = threading.Event()
    with clients(served, number, first) as connections:
        threading.Thread(target=trickle, args=(connections, done), daemon=True).start()
        try:
            for _ in range(3):
                began = time.monotonic()
                assert get(served, "/healthz") == (200, b"/healthz")
                assert time.monotonic() - began < 1
            assert sum(thread.name == "http" for thread in threading.enumerate()) == 1
            assert sum(is_open(connection) for connection in connections) <= AT_ONCE
        finally:
            done.set()


@pytest.mark.parametrize("first", [b"", b"GET /big HTTP/1.1\r\n\r\n"], ids=["sends slowly", "reads nothing"])
def test_a_connection_has_one_limit(served, monkeypatch, first):
    """A byte now and then does not prolong it: it is over at its time."""
    monkeypatch.setattr("netdiag.watch.served.LIMIT_S", 0.5)
    done = threading.Event()
    with clients(served, 3, first) as connections:
        threading.Thread(target=trickle, args=(connections, done), daemon=True).start()
        try:
            deadline = time.monotonic() + 3
            while any(map(is_open, connections)):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            done.set()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /healthz HTTP/1.0\r\n\r\n", b" 200 "),
        (b"GET /healthz HTTP/1.1\r\nConnection: keep-alive\r\n\r\n", b" 200 "),
        (b"GET /healthz HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\n\r\n", b" 200 "),
        (b"GET /healthz HTTP/1.1\r\n\r\n" + b"x" * 200_000, b" 200 "),
        (b"GET /healthz HTTP/1.1\r\nx: " + b"x" * 8_000 + b"\r\n\r\n", b" 200 "),
        (b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n", b" 431 "),
        (b"GET /healthz HTTP/1.1\r\nx: " + b"x" * 200_000 + b"\r\n\r\n", b" 431 "),
        (b"GET /healthz HTTP/1.1\r\n" + b"a: b\r\n" * 5_000 + b"\r\n", b" 431 "),
        (b"POST /healthz HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000, b" 501 "),
        (b"BREW /healthz HTTP/1.1\r\n\r\n", b" 501 "),
        (b"GET /healthz HTTP/9.9\r\n\r\n", b" 505 "),
        (b"\x16\x03\x01\x02\x00 not HTTP\r\n\r\n", b" 400 "),
        (b"GET /healthz\r\n\r\n", b" 200 "),
    ],
)
def test_odd_requests(served, sent, status):
    """Each is answered once, and closed without a reset that could take the answer away."""
    with clients(served, 1) as (connection,):
        connection.sendall(sent)
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    assert status in said[:40]
    assert said.count(b"HTTP/1.0 ") <= 1


def test_the_metrics():
    """Up, when it last worked, phases, findings, counts, versions."""
    attempts = (Attempt("tcp", "h", "10.0.0.1", 1, 0, 2.0), Attempt("call", "h", "", 1, 0, 40.0))
    up = Examined(endpoint(), "works", attempts)
    found = page(agent_after(report(up), report(up, broken("ND201", "openie_llm"), said=(Finding("ND106"),))))
    chat, openie = "kag_config.yaml:chat_llm", "kag_config.yaml:openie_llm"
    assert (found["netdiag_up", chat], found["netdiag_up", openie]) == (1, 0)
    assert found["netdiag_last_success_timestamp_seconds", chat] == 1000
    assert found["netdiag_last_success_timestamp_seconds", openie] == 0
    assert found["netdiag_phase_duration_seconds", chat, "call"] == 0.04
    assert found["netdiag_findings", "ND201", "error"] == 1
    assert found["netdiag_findings", "ND106", "warning"] == 1
    assert (found["netdiag_checks_total", "ok"], found["netdiag_checks_total", "problem"]) == (1, 1)
    assert (found["netdiag_endpoints", "works"], found["netdiag_endpoints", "broken"]) == (1, 1)
    assert found["netdiag_ready",] == 0
    assert found["netdiag_check_duration_seconds",] == 0.05
    assert found["process_resident_memory_bytes",] > 0


def test_counts_begin_at_zero():
    """What never happened is counted too, so that PromQL's increase() sees the first time."""
    found = page(agent_after())
    assert {
        key: value for key, value in found.items() if key[0] in ("netdiag_checks_total", "netdiag_repairs_total")
    } == {
        ("netdiag_checks_total", "ok"): 0,
        ("netdiag_checks_total", "problem"): 0,
        ("netdiag_checks_total", "error"): 0,
        ("netdiag_repairs_total", "written"): 0,
        ("netdiag_repairs_total", "failed"): 0,
        ("netdiag_repairs_total", "given_up"): 0,
    }


def test_what_is_gone_has_no_series():
    """An endpoint that was removed from the file leaves nothing behind."""
    found = page(agent_after(report(works(), works("openie_llm")), report(works())))
    assert [key for key in found if "openie_llm" in str(key)] == []


def test_series_are_bounded():
    """A thousand endpoints and every code there is: the page stays within what was said."""
    many = [broken("ND201", f"llm_{n}") for n in range(1000)]
    found = page(agent_after(report(*many, said=tuple(map(Finding, catalog())))))
    assert sum(key[0] == "netdiag_up" for key in found) == ENDPOINTS
    assert found["netdiag_endpoints", "broken"] == 1000
    assert len(found) < 4 * ENDPOINTS + len(catalog()) + 50


def test_no_secret_is_in_them():
    """Keys, user-info of base_urls and odd characters do not get into the page."""
    item = Examined(
        endpoint('llm"\n\u202e', "http://user:sk-canary@h:1/v1?key=sk-canary"),
        "broken",
        (Attempt("call", "h", "", 1, 0, 1.0, "key_refused", "sk-canary"),),
        findings=(Finding("ND404", "x", {"detail": "sk-canary"}),),
    )
    agent = agent_after(report(item))
    text = Metrics(lambda: agent.seen).page().decode()
    assert "canary" not in text
    assert "\u202e" not in text
    assert "canary" not in str(answer("/readyz", agent, Metrics(lambda: agent.seen)))
