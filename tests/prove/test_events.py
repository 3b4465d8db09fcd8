"""What is told while endpoints are examined: each attempt, each wait and each call, in the order they happen."""

from probe.web import serving
from prove.test_examine import FACTS, GATEWAY, LOOPBACK, endpoint, no_proxies, openai

from netdiag.model.event import Accepted, Answered, Called, Calling, Tried
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

__all__ = ["no_proxies"]


def test_a_repair_is_told_as_it_happens():
    """Both candidates are tried before the one that answers is called; the wait begins and ends before its outcome."""
    told = []
    with serving(openai) as site:
        wanted = endpoint(f"http://localhost:{site.port}/v1")
        ways = Ways((LOOPBACK, GATEWAY), [wanted], told.append, facts=FACTS)
        (item,) = examine([wanted], ways, Caller("0.8", 2.0, told.append))
    tried = [event for event in told if isinstance(event, Tried)]
    assert told[: len(tried)] == tried
    assert {event.attempt.host for event in tried} >= {"localhost", "127.0.0.1"}
    waits, calls = told[len(tried) : -1], told[-1:]
    assert [type(event) for event in waits] == [Calling, Accepted, Answered]
    assert calls == [Called(wanted, item.proofs[0])]


def test_nobody_who_refuses_has_accepted():
    """A call to a port where nobody listens is told as a wait, and never as accepted."""
    told = []
    wanted = endpoint("http://127.0.0.1:9/v1")
    Caller("0.8", 2.0, told.append).prove(wanted, "127.0.0.1", wanted.base_url)
    assert [type(event) for event in told] == [Calling, Answered, Called]


def test_nothing_told_is_lost():
    """Every attempt and every proof of the report was told."""
    told = []
    wanted = endpoint("http://localhost:9/v1")
    ways = Ways((LOOPBACK, GATEWAY), [wanted], told.append, facts=FACTS)
    (item,) = examine([wanted], ways, Caller("0.8", 2.0, told.append))
    assert [event.attempt for event in told if isinstance(event, Tried)] == list(item.attempts)
    assert item.proofs == ()


def test_a_refusal_before_anything_is_sent_is_told():
    """What KAG refuses by itself is a call that ended, too."""
    told = []
    wanted = endpoint("http://localhost:9/v1", type="unheard_of")
    (item,) = examine([wanted], Ways((LOOPBACK,), [wanted], told.append), Caller("0.8", 2.0, told.append))
    assert Called(wanted, item.proofs[0]) in told
