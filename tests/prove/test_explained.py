"""What is tried beside the candidates where nothing worked: one connect more to each address, and never otherwise."""

import pytest
from probe.sockets import closed, dropping, listening
from probe.web import serving
from prove.test_examine import GATEWAY, LOOPBACK, endpoint, no_proxies, ollama

from netdiag.model.place import Candidate
from netdiag.probe import control
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

assert no_proxies  # a fixture for every test of this file too

OTHER = Candidate("127.0.0.2", "docker0", "test", 6, ("127.0.0.2",))
ALIAS = Candidate("host.docker.internal", "name", "pinned", 3, ("127.0.0.1",))


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Every address that a control was sent to."""
    found: list[str] = []
    real = control.control

    def noted(addresses, *, limit_s):
        found.extend(dict.fromkeys(addresses))
        return real(addresses, limit_s=limit_s)

    monkeypatch.setattr(control, "control", noted)
    return found


def explained(*endpoints, candidates=(LOOPBACK, GATEWAY)):
    """Examine the endpoints, and explain what did not work."""
    ways = Ways(candidates, endpoints)
    return ways.explained(examine(endpoints, ways, Caller("0.8", 0.2, lambda event: None)))


def local(port: int, **more):
    """An endpoint of type ollama without a key on a port of this container's own."""
    return endpoint(f"http://localhost:{port}/", type="ollama", api_key=None, **more)


def test_nothing_more_is_sent_where_all_works(asked):
    """A base_url that is repaired costs no control, whatever other addresses refused."""
    with serving(ollama) as site:
        (item,) = explained(local(site.port), candidates=(LOOPBACK, OTHER, GATEWAY))
    assert item.verdict == "repairable"
    assert asked == []


def test_one_control_for_each_address(asked):
    """Two endpoints on two ports, an address with two names: every address is asked once, loopback never."""
    with closed() as one, closed() as two:
        items = explained(local(one), local(two, model="m2"), candidates=(LOOPBACK, ALIAS, GATEWAY, OTHER))
    assert sorted(asked) == ["127.0.0.1", "127.0.0.2"]
    for item in items:
        controls = [attempt for attempt in item.attempts if attempt.step == "control"]
        assert sorted(attempt.address for attempt in controls) == ["127.0.0.1", "127.0.0.2"]
        assert {attempt.failure for attempt in controls} == {"connection_refused"}


def test_a_working_endpoint_beside_a_lost_one_is_left_as_it_is(asked):
    """What tells the cause is added only where there is something to explain."""
    with serving(ollama) as site, closed() as port:
        works, lost = explained(local(site.port), local(port))
    assert [attempt.step for attempt in works.attempts if attempt.step == "control"] == []
    assert "control" in [attempt.step for attempt in lost.attempts]
    assert asked == ["127.0.0.1"]


def test_silence_costs_no_second_wait(asked):
    """Where the port was waited for in vain, the control is given the short limit: both are known within 2 s."""
    with dropping() as port:
        (item,) = explained(local(port))
    (compared,) = [attempt for attempt in item.attempts if attempt.step == "control"]
    assert compared.failure == "connection_refused"
    assert asked == ["127.0.0.1"]


def test_what_is_broken_off_is_compared(asked):
    """A connection that was accepted and answered by nobody is compared with another port of that address."""
    with listening() as port:
        (item,) = explained(local(port))
    assert [proof.failure for proof in item.proofs] == ["read_timed_out"]
    assert asked == ["127.0.0.1"]


def test_what_answered_is_not_compared(asked):
    """A service that said who it is, and then failed, has a fault of its own."""
    with serving(lambda method, path: ollama(method, path) if path == "/api/version" else None) as site:
        (item,) = explained(local(site.port))
    assert item.verdict == "broken"
    assert asked == []


def test_an_address_elsewhere_is_not_compared(asked):
    """What is not this host's is called as it stands, and gets nothing but that call."""
    (item,) = explained(endpoint("http://255.255.255.255:1234/v1"))
    assert item.verdict == "broken"
    assert asked == []


def test_the_controls_own_port_is_never_asked_twice(asked):
    """Where the configured port is the control's, there is nothing to compare with."""
    explained(local(control.PORT))
    assert asked == []
