"""Who accepts connections: real sockets on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from netdiag.model.place import NameAnswer
from netdiag.probe.doorstep import Doorstep, knock

PATIENT_S = 5.0
"""Limits for a machine that is busy: what is tested is what happens, not how soon."""


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    """A port of loopback at which nobody listens yet."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        yield made


def is_open(at: socket.socket) -> bool:
    """Knock there."""
    return knock([at.getsockname()], PATIENT_S, 0.05)


def test_a_door_opens(bound):
    """Refused before, accepted from the moment somebody listens."""
    assert not is_open(bound)
    bound.listen()
    assert is_open(bound)


@pytest.mark.parametrize(("greeting", "expected"), [(b"", False), (b"5.7.44", True)], ids=["closes", "speaks first"])
def test_who_accepts_has_to_stay(bound, greeting, expected):
    """A forwarder that closes at once has nobody behind it; MySQL says its version and stays."""
    bound.listen()
    met = []

    def serve() -> None:
        connection, _ = bound.accept()
        connection.sendall(greeting)
        met.append(connection)
        if not greeting:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert is_open(bound) is expected
    thread.join()
    met[0].close()


def test_one_of_many_is_enough(bound):
    """Refused, no address, and one that is open."""
    bound.listen()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        assert knock([other.getsockname(), ("no address", 1), bound.getsockname()], PATIENT_S, 0.05)
        assert not knock([other.getsockname(), ("no address", 1)], PATIENT_S, 0.05)
    assert not knock([])


def test_a_name_is_asked_for_in_the_background_and_not_too_often(bound):
    """The answer is used once it is there; until it is due nobody is asked again."""
    bound.listen()
    _, port = bound.getsockname()
    asked, answered, now = [], threading.Event(), [0.0]

    def resolve(name: str) -> NameAnswer:
        asked.append(name)
        return NameAnswer(name, addresses=("127.0.0.1",))

    step = Doorstep(resolve, lambda: now[0])
    real = step._answered
    step._answered = lambda answer: (real(answer), answered.set())
    assert not step.any_open([("ollama", port)])
    assert answered.wait(PATIENT_S)
    assert knock([(address, port) for address in step._addresses("ollama")], PATIENT_S)
    assert asked == ["ollama"]
    now[0], _ = 1.0, answered.clear()
    step.any_open([("ollama", port)])
    assert answered.wait(PATIENT_S)
    assert asked == ["ollama", "ollama"]


def test_nothing_stays_open(bound):
    """However often one knocks, no descriptor is left."""
    with closing(socket.socket()) as probe:
        lowest = probe.fileno()
    for _ in range(50):
        is_open(bound)
    with closing(socket.socket()) as probe:
        assert probe.fileno() == lowest
