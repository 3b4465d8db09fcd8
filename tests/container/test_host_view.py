"""The host's view as it travels: JSON of bounded size, and on arrival text that anybody may have written."""

import json
import time

import pytest
from host_views import listening, sibling, view
from hypothesis import given
from hypothesis import strategies as st

from netdiag import handed_in
from netdiag.handed_in import FRESH_S, seen_from_host
from netdiag.model.host import LIMIT, Firewall, from_json, to_json

WHOLE = view(
    listening("127.0.0.1"),
    siblings=(sibling(publish="::", project="models"), sibling(name="b", inside=None, state="exited")),
    firewalls=(Firewall("ufw", "active", "/etc/ufw/ufw.conf"),),
)


def test_there_and_back():
    """What the host saw is what arrives."""
    assert from_json(to_json(WHOLE)) == WHOLE
    assert from_json(to_json(WHOLE._replace(listeners=None))) == WHOLE._replace(listeners=None)


def test_it_fits_into_an_environment():
    """Linux takes 128 KB as one variable: of too many containers the last are left off, and of endless rules all."""
    crowd = WHOLE._replace(siblings=tuple(sibling(name=f"container-{n}") for n in range(1000)))
    assert len(to_json(crowd)) <= LIMIT
    assert from_json(to_json(crowd)).siblings == crowd.siblings[: len(from_json(to_json(crowd)).siblings)] != ()
    wordy = view(firewalls=(Firewall("iptables", "active", "iptables-save", ("x" * LIMIT,)),))
    assert from_json(to_json(wordy)) == wordy._replace(listeners=None, firewalls=())


def changed(**parts: object) -> str:
    """The JSON with other parts."""
    return json.dumps({**json.loads(to_json(WHOLE)), **parts})


def with_sibling(**parts: object) -> str:
    """The JSON with one container that is otherwise."""
    (first, *_) = json.loads(to_json(WHOLE))["siblings"]
    return changed(siblings=[{**first, **parts}])


BAD = {
    "no JSON": "{",
    "not an object": "[1]",
    "another shape": "{}",
    "one key too many": changed(more=1),
    "a number for text": changed(engine=1),
    "true for a number": changed(seen=True),
    "text for a list": changed(networks="bridge"),
    "no time": changed(seen=-1),
    "a time beyond all floats": changed(seen=10**400),
    "a name that is a command": changed(container="x; rm -rf /"),
    "a container's name that is an option": with_sibling(name="--privileged"),
    "a name that is no host": with_sibling(networks=[{"network": "a", "address": "", "names": ["a/b"]}]),
    "an address that is none": with_sibling(networks=[{"network": "a", "address": "a.example", "names": []}]),
    "a port that is none": with_sibling(ports=[65536]),
    "an unknown state": changed(firewalls=[{"name": "ufw", "state": "odd", "source": "", "rules": []}]),
    "nested without end": "[" * 60000,
    "too long": " " * LIMIT + to_json(WHOLE),
}


def _seen(text):
    """Return what a run makes of what is handed in."""
    handed_in.take(text)
    try:
        return seen_from_host()
    finally:
        handed_in.take("")


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_view_is_ignored(text):
    """Bad input is one note, and the run goes on as in any container."""
    found, (said,) = _seen(text)
    assert (found, said.code) == (None, "ND279")


@given(st.text(max_size=200) | st.dictionaries(st.text(max_size=5), st.integers() | st.none()).map(json.dumps))
def test_whatever_is_set(text):
    """No text makes an exception."""
    found, said = _seen(text)
    assert found is None
    assert len(said) == (1 if text else 0)


def test_nothing_is_handed_in():
    """As in every container that `docker exec` was used for."""
    assert _seen("") == (None, ())


def test_what_was_seen_long_ago_says_nothing_of_now():
    """`check --wait` goes on for longer: sockets and rules are forgotten, containers with their names are not."""
    now = int(time.time())
    fresh, _ = _seen(to_json(WHOLE._replace(seen=now)))
    old, _ = _seen(to_json(WHOLE._replace(seen=now - FRESH_S - 5)))
    assert fresh.listeners == WHOLE.listeners
    assert (old.listeners, old.firewalls, old.siblings) == (None, (), WHOLE.siblings)
