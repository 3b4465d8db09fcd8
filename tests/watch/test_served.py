"""The pages: real requests over loopback."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import closing

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


@pytest.fixture
def served() -> Iterator[tuple[str, int]]:
    """Pages of one word: their path."""
    with serving("127.0.0.1", 0, lambda path: (200, "text/plain", path.encode())) as at:
        yield at


def get(at: tuple[str, int], path: str, method: str = "GET") -> tuple[int, bytes]:
    """Ask for a page."""
    with closing(http.client.HTTPConnection(*at, timeout=10)) as connection:
        connection.request(method, path)
        found = connection.getresponse()
        return found.status, found.read()


def is_served(at: tuple[str, int]) -> bool:
    """Whether there is a place; one that is not there yet is waited for a moment."""
    try:
        return get(at, "/healthz")[0] == 200
    except (http.client.HTTPException, OSError):
        time.sleep(0.02)
        return False


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


def test_clients_that_say_nothing_do_not_stop_it(served):
    """Who connects and sends nothing takes one of the places; the others are served."""
    with closing(socket.create_connection(served)), closing(socket.create_connection(served)):
        assert get(served, "/healthz")[0] == 200
    silent = [socket.create_connection(served) for _ in range(3 * AT_ONCE)]
    for connection in silent:
        connection.close()
    assert any(is_served(served) for _ in range(200))  # as soon as their places are free


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
