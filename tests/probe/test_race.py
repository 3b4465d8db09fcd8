"""The race: all at once, errno kept, nobody waits for a black hole. Everything happens on loopback."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from probe.sockets import closed, dropping, listening

from netdiag.model.place import Candidate, NameAnswer
from netdiag.probe.names import Lookups, lookup
from netdiag.probe.race import race

LIMIT_S = 0.4


def at(address: str, rank: int = 0, host: str = "") -> Candidate:
    """A candidate with one known address."""
    return Candidate(host or address, "gateway", "test", rank, (address,))


def named(name: str, rank: int) -> Candidate:
    """A candidate whose name is to be resolved."""
    return Candidate(name, "name", "test", rank)


def ended(found, host: str) -> list[str | None]:
    """How the attempts at a host ended."""
    return [attempt.failure for attempt in found.attempts if attempt.host == host]


@pytest.mark.parametrize(
    ("port_of", "failure"),
    [(listening, None), (closed, "connection_refused"), (dropping, "timed_out")],
    ids=["listening", "closed", "dropping"],
)
def test_each_ending_has_its_word(port_of, failure):
    """An open port connects, a closed one refuses, a dropped packet times out at the limit."""
    with port_of() as port:
        found = race([at("127.0.0.1")], [port], limit_s=LIMIT_S)
    assert ended(found, "127.0.0.1") == [failure]
    assert found.connected == ({("127.0.0.1", port): "127.0.0.1"} if failure is None else {})


def test_a_black_hole_does_not_hold_up_a_working_address():
    """A worse address that works settles the port; the better, silent one is reported as not waited for."""
    with dropping("127.0.0.2") as port, listening("127.0.0.3", port):
        found = race([at("127.0.0.2", 0), at("127.0.0.3", 1)], [port], limit_s=30)
    assert ended(found, "127.0.0.3") == [None]
    assert ended(found, "127.0.0.2") == ["not_awaited"]
    assert [candidate.host for candidate in found.left([at("127.0.0.2"), at("127.0.0.3")])] == ["127.0.0.2"]


def test_the_patient_race_waits_for_everyone():
    """For the diagnosis every ending matters, so the silent address is given its full time."""
    with dropping("127.0.0.2") as port, listening("127.0.0.3", port):
        found = race([at("127.0.0.2", 0), at("127.0.0.3", 1)], [port], limit_s=LIMIT_S, patient=True)
    assert ended(found, "127.0.0.2") == ["timed_out"]


def test_names_do_not_delay_addresses():
    """A name server that never answers costs nothing when an address works."""
    release = threading.Event()

    def never(name: str) -> NameAnswer:
        release.wait(30)
        return NameAnswer(name)

    with listening() as port:
        found = race([named("host.docker.internal", 0), at("127.0.0.1", 1)], [port], limit_s=30, resolve=never)
        release.set()
    assert ended(found, "127.0.0.1") == [None]
    assert ended(found, "host.docker.internal") == ["not_awaited"]


def test_a_name_that_resolves_after_the_race_writes_nowhere(tmp_path):
    """By then the race's descriptors have been closed, and their numbers are those of files opened since."""
    release, threads = threading.Event(), []

    def late(name: str) -> NameAnswer:
        threads.append(threading.current_thread())
        release.wait(30)
        return NameAnswer(name)

    with listening() as port:
        race([named("host.docker.internal", 0), at("127.0.0.1", 1)], [port], limit_s=30, resolve=late)
    with ExitStack() as stack:
        for number in range(20):
            stack.enter_context((tmp_path / str(number)).open("wb"))
        release.set()
        (thread,) = threads
        thread.join(30)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b""}


def test_a_name_that_resolves_in_time_is_raced():
    """A name joins the race with all its addresses, and what it stands for is kept."""
    with listening() as port:
        found = race(
            [named("host.docker.internal", 0), at("127.0.0.9", 1)],
            [port],
            limit_s=5,
            resolve=lambda name: NameAnswer(name, addresses=("127.0.0.1",)),
        )
    assert found.connected[("host.docker.internal", port)] == "127.0.0.1"
    assert found.resolved["host.docker.internal"].addresses == ("127.0.0.1",)
    assert [a.step for a in found.attempts if a.host == "host.docker.internal"] == ["dns", "tcp"]


def test_a_name_that_is_not_known_says_so():
    """The failure of the lookup is an attempt of its own."""
    with listening() as port:
        found = race(
            [named("host.docker.internal", 0), at("127.0.0.1", 1)],
            [port],
            resolve=lambda name: NameAnswer(name, failure="dns_nxdomain"),
            patient=True,
        )
    assert ended(found, "host.docker.internal") == ["dns_nxdomain"]


def test_several_ports_are_settled_each_on_its_own():
    """One port's winner does not end the wait for another port."""
    with listening() as open_port, dropping() as silent_port:
        found = race([at("127.0.0.1")], [open_port, silent_port], limit_s=LIMIT_S)
    assert {attempt.port: attempt.failure for attempt in found.attempts} == {open_port: None, silent_port: "timed_out"}


def test_both_families_of_loopback():
    """localhost stands for 127.0.0.1 and ::1; either one will do."""
    with listening("::1") as port:
        found = race([Candidate("localhost", "loopback", "test", 0, ("127.0.0.1", "::1"))], [port])
    assert found.connected == {("localhost", port): "::1"}


def test_an_impossible_address_is_an_attempt_not_an_exception():
    """What cannot even be tried is reported like any other ending."""
    found = race([at("not an address")], [80])
    assert ended(found, "not an address") == ["address_unusable"]


def open_descriptors() -> int:
    """How many descriptors this process holds."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_descriptor_is_left_open():
    """Winners, losers and those called off are all closed."""
    before = open_descriptors()
    with listening() as open_port, dropping() as silent_port:
        race([at("127.0.0.1"), at("127.0.0.2", 1)], [open_port, silent_port], limit_s=0.05)
    assert open_descriptors() == before


def test_lookup_of_localhost():
    """The C library's answer, IPv4 first; /etc/hosts is enough, no packet is sent."""
    assert lookup("localhost").addresses[0] == "127.0.0.1"


def test_lookup_never_raises():
    """A label longer than DNS allows is a failure like any other."""
    assert lookup("a" * 70).failure == "dns_failed"


def test_another_container_has_a_port_of_its_own():
    """It is connected to on its own port in place of the configured one, and not at all in place of others."""
    with listening() as own, closed() as configured, closed() as other:
        near = Candidate("ollama", "sibling", "test", 0, ("127.0.0.1",), own, (configured,))
        found = race([near, at("127.0.0.2", 1)], [configured, other], limit_s=LIMIT_S)
    assert found.connected == {("ollama", own): "127.0.0.1"}
    assert [attempt.port for attempt in found.attempts if attempt.host == "ollama"] == [own]


def test_what_is_required_is_called_off_by_no_grace():
    """A worse address that works settles nothing for the one that is configured: it is given its full time."""
    with dropping("127.0.0.2") as port, listening("127.0.0.3", port):
        required = [("127.0.0.2", port)]
        found = race([at("127.0.0.3", 0), at("127.0.0.2", 1)], [port], limit_s=LIMIT_S, required=required)
    assert ended(found, "127.0.0.2") == ["timed_out"]
    assert ended(found, "127.0.0.3") == [None]


def test_one_address_of_what_is_required_is_enough():
    """A second address that is silent, as IPv6 often is, is not waited for once the first has answered."""
    with dropping("127.0.0.2") as port, listening("127.0.0.3", port):
        both = Candidate("n", "name", "test", 0, ("127.0.0.2", "127.0.0.3"))
        found = race([both], [port], limit_s=30, required=[("n", port)])
    assert sorted(map(str, ended(found, "n"))) == ["None", "not_awaited"]


def test_once_the_required_one_has_answered_nobody_is_waited_for():
    """What ranks better and is silent cannot be chosen any more."""
    with dropping("127.0.0.2") as port, listening("127.0.0.3", port):
        required = [("127.0.0.3", port)]
        found = race([at("127.0.0.2", 0), at("127.0.0.3", 1)], [port], limit_s=30, required=required)
    assert ended(found, "127.0.0.2") == ["not_awaited"]


@pytest.mark.parametrize(("patient", "word"), [(False, "not_awaited"), (True, "dns_timed_out")])
def test_a_required_name_is_left_to_a_patient_race(patient, word):
    """The race for all ends in time, and says of a name that it may still be resolved; the patient one is final."""
    release = threading.Event()

    def never(name: str) -> NameAnswer:
        release.wait(30)
        return NameAnswer(name)

    found = race([named("n", 0)], [9], limit_s=0.05, resolve=never, required=[("n", 9)], patient=patient)
    release.set()
    assert ended(found, "n") == [word]


def test_a_patient_race_gives_a_name_more_time_than_a_connect():
    """A name that takes longer than any connect is resolved, and its connect has its own time then."""
    begun = threading.Event()

    def late(name: str) -> NameAnswer:
        begun.wait(LIMIT_S)  # never set: the name takes as long as the limit of a connect
        return NameAnswer(name, addresses=("127.0.0.1",))

    with listening() as port:
        found = race([named("n", 0)], [port], limit_s=LIMIT_S / 2, name_limit_s=30, patient=True, resolve=late)
    assert [(attempt.step, attempt.failure) for attempt in found.attempts] == [("dns", None), ("tcp", None)]


def test_one_name_with_two_ports_of_its_own_is_looked_up_once():
    """Both are connected to by what one lookup says."""
    asked = []

    def noted(name: str) -> NameAnswer:
        asked.append(name)
        return NameAnswer(name, addresses=("127.0.0.1",))

    with listening() as one, listening() as other:
        ways = [Candidate("n", "name", "test", at, (), port, (port,)) for at, port in enumerate((one, other))]
        found = race(ways, [one, other], limit_s=5, resolve=noted)
    assert asked == ["n"]
    assert found.connected.keys() == {("n", one), ("n", other)}


def test_a_lookup_is_shared_by_all_who_ask():
    """Who asks while the answer is under way waits for that one, and later it is known."""
    asked, release, answers = [], threading.Event(), []

    def slow(name: str) -> NameAnswer:
        asked.append(name)
        release.wait(30)
        return NameAnswer(name, addresses=("127.0.0.1",))

    lookups = Lookups(slow)
    threads = [threading.Thread(target=lambda: answers.append(lookups("n"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(30)
    assert (asked, [answer.addresses for answer in (*answers, lookups("n"))]) == (["n"], [("127.0.0.1",)] * 4)
