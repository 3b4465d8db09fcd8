"""Services are asked side by side and each in turn; all of it is told, and fails, in one thread."""

import threading

import pytest
from probe.web import serving
from prove.test_examine import GATEWAY, LOOPBACK, endpoint, no_proxies, openai

from netdiag.model.event import Called, Calling
from netdiag.prove.beside import MOST, side_by_side
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

__all__ = ["no_proxies"]


def nobody(_):
    """Hear nothing."""


def test_two_services_are_asked_at_the_same_time():
    """Neither answers KAG's call before the other one is asked, too."""
    both_asked = threading.Barrier(2, timeout=10)

    def answers(method, path):
        if path == "/v1/chat/completions":
            both_asked.wait()
        return openai(method, path)

    with serving(answers) as one, serving(answers) as other:
        wanted = [endpoint(f"http://127.0.0.1:{site.port}/v1") for site in (one, other)]
        found = examine(wanted, Ways((LOOPBACK, GATEWAY), wanted), Caller("0.8", 20.0, nobody))
    assert [(item.endpoint, item.verdict) for item in found] == [(each, "works") for each in wanted]


def test_one_service_is_asked_one_thing_at_a_time():
    """A model server that had to load two models at once would need longer for both."""
    asked = threading.Lock()
    at_once = []

    def answers(method, path):
        at_once.append(not asked.acquire(blocking=False))
        try:
            return openai(method, path)
        finally:
            asked.release()

    with serving(answers) as site, serving(openai) as other:
        ports = (site.port, other.port, site.port, site.port)
        wanted = [endpoint(f"http://127.0.0.1:{port}/v1", model=f"m{at}") for at, port in enumerate(ports)]
        found = examine(wanted, Ways((LOOPBACK, GATEWAY), wanted), Caller("0.8", 20.0, nobody))
    assert [item.endpoint.model for item in found] == ["m0", "m1", "m2", "m3"]
    assert len(at_once) == 3
    assert not any(at_once)


def test_what_many_tell_is_told_in_one_thread():
    """Whoever looks on needs no lock: every call of every service is told where the run was begun."""
    told = []
    with serving(openai) as one, serving(openai) as other:
        wanted = [endpoint(f"http://127.0.0.1:{site.port}/v1") for site in (one, other)]
        caller = Caller("0.8", 20.0, lambda event: told.append((threading.current_thread(), event)))
        examine(wanted, Ways((LOOPBACK, GATEWAY), wanted), caller)
    assert {thread for thread, _ in told} == {threading.current_thread()}
    called = [event.endpoint for _, event in told if isinstance(event, Called)]
    assert sorted(each.base_url for each in called) == sorted(each.base_url for each in wanted)
    assert sum(isinstance(event, Calling) for _, event in told) == 2


def test_a_failure_of_one_is_raised_where_it_is_waited_for():
    """A fault of netdiag's own does not vanish in a thread."""

    def work(at, tell):
        if at == 3:
            raise ZeroDivisionError
        return at

    with pytest.raises(ZeroDivisionError):
        side_by_side([[0, 1], [2, 3], [4]], work, nobody)


def test_no_more_than_a_few_at_once():
    """With more services than that, the rest wait for their turn."""
    working = []
    most = []
    lock = threading.Lock()
    full = threading.Barrier(MOST, timeout=10)

    def work(at, tell):
        with lock:
            working.append(at)
            most.append(len(working))
        full.wait()
        with lock:
            working.remove(at)
        return at * at

    groups = [[at] for at in range(2 * MOST)]
    assert side_by_side(groups, work, nobody) == {at: at * at for at in range(2 * MOST)}
    assert max(most) == MOST
