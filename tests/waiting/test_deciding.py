"""What follows a run: a report and the time in, a decision out."""

import pytest
from made_reports import broken, repairable, report, works

from netdiag.model.report import Finding
from netdiag.waiting import Waiting, after
from netdiag.waiting.deciding import FIRST_AT_DOORS_S, FIRST_S, LONGEST_AT_DOORS_S, LONGEST_S, retry_after

STARTING = Finding("ND534", "127.0.0.1:8887", {"address": "127.0.0.1:8887"})
DOOR = ("172.17.0.1", 11434)


@pytest.mark.parametrize(
    ("found", "end"),
    [
        (report(works()), "settled"),
        (report(broken("ND201")), None),
        (report(broken("ND201"), works("openie_llm")), None),
        (report(broken("ND416")), None),
        (report(broken("ND404")), "settled"),
        (report(broken("ND403")), "settled"),
        (report(broken("ND201"), broken("ND404", "openie_llm")), "settled"),
        (report(repairable()), "settled"),
        (report(repairable(), broken("ND201", "openie_llm")), "settled"),
        (report(repairable(), broken("ND201", "openie_llm"), command="fix-base-url"), None),
        (report(said=(STARTING,)), None),
        (report(said=(Finding("ND536", severity="error"),)), None),
        (report(said=(Finding("ND537", severity="error"),)), "settled"),
        (report(said=(Finding("ND502"),)), "settled"),
        (report(broken("ND201"), said=(Finding("ND537"),)), None),
        (report(broken("ND201"), said=(Finding("ND603"),)), "settled"),
        (report(broken("ND201"), said=(Finding("ND231"),)), None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_whether_to_wait(found, end):
    """It goes on where all that is in the way can heal, and ends at once where one thing cannot."""
    assert after(Waiting(100.0), found, 1.0, chance=1.0)[1].end == end


def test_time_runs_out():
    """At the deadline what could still heal has had its time."""
    assert after(Waiting(100.0), report(broken("ND201")), 100.0, chance=1.0)[1].end == "expired"
    assert after(Waiting(100.0), report(works()), 100.0, chance=1.0)[1].end == "settled"


@pytest.mark.parametrize(
    ("code", "pauses"),
    [
        ("ND416", [FIRST_S, 0.4, 0.8, 1.6, 3.2, LONGEST_S, LONGEST_S]),
        ("ND201", [FIRST_AT_DOORS_S, 2.0, 4.0, 8.0, 16.0, LONGEST_AT_DOORS_S]),
    ],
)
def test_pauses_grow(code, pauses):
    """Each is twice the one before, up to a bound; where connections are tried anyway, runs can be rare."""
    waiting, seen = Waiting(1e6), []
    for _ in pauses:
        waiting, following = after(waiting, report(broken(code)), 0.0, chance=1.0)
        seen.append(following.until)
    assert seen == pytest.approx(pauses)


def test_a_run_that_takes_long_is_not_repeated_soon():
    """Where connections tell, most of the time has to be spent on trying them."""
    slow = report(broken("ND201"))._replace(duration_ms=2000.0)
    assert after(Waiting(99.0), slow, 10.0, chance=0.0)[1].until == 16.0
    assert after(Waiting(99.0), report(broken("ND416"))._replace(duration_ms=2000.0), 10.0, chance=0.0)[1].until == 10.0


def test_jitter_is_full():
    """Chance decides of the whole pause, so that a hundred that started together come apart."""
    found = report(broken("ND416"))
    until = [after(Waiting(1e6, 5), found, 10.0, chance=c)[1].until for c in (0.0, 0.5, 1.0)]
    assert until == pytest.approx([10.0, 12.0, 14.0])


def test_a_pause_ends_with_the_time():
    """Nothing is waited for after the deadline."""
    assert after(Waiting(100.0, 9), report(broken("ND201")), 99.0, chance=1.0)[1].until == 100.0


def test_a_run_that_could_not_end_in_time_is_not_begun():
    """One that took 3 s is not made again when 2 s are left; one that took 1 s is."""
    for took, until in ((3000.0, 100.0), (1000.0, 98.0)):
        found = report(broken("ND416"))._replace(duration_ms=took)
        assert after(Waiting(100.0, 0), found, 98.0, chance=0.0)[1].until == until


def test_doors_are_those_that_were_closed():
    """A refused connection can be tried again cheaply; who answered and cannot work yet has to be called."""
    assert after(Waiting(9.0), report(broken("ND201")), 0.0, chance=1.0)[1].doors == {DOOR}
    assert after(Waiting(9.0), report(broken("ND416")), 0.0, chance=1.0)[1].doors == frozenset()
    mixed = report(broken("ND201"), broken("ND416", "openie_llm"))
    assert after(Waiting(9.0, 9), mixed, 0.0, chance=1.0)[1].doors == {DOOR}
    assert after(Waiting(99.0, 9), mixed, 0.0, chance=1.0)[1].until == LONGEST_S
    server = report(said=(STARTING,))
    assert after(Waiting(9.0), server, 0.0, chance=1.0)[1].doors == {("127.0.0.1", 8887)}


def test_a_door_that_changed_nothing_means_nothing():
    """Where a run for an open door found what was there before, the next one waits its turn, or it would not end."""
    waiting, _ = after(Waiting(99.0), report(broken("ND201")), 0.0, chance=1.0)
    assert after(waiting, report(broken("ND201")), 0.0, chance=1.0, knocked=True)[1].doors == frozenset()
    assert after(waiting, report(broken("ND208")), 0.0, chance=1.0, knocked=True)[1].doors == {DOOR}


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("30 s", 30.0),
        ("0 s", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("999999999 s", 86400.0),
        ("Thu, 01 Jan 1970 00:20:00 GMT", 200.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 0.0),
        ("Xyz, 99 Foo 1970 00:20:00 GMT", 0.0),
    ],
)
def test_what_a_service_asks_for(asked, seconds):
    """Seconds or a date, bounded, and nothing where it makes no sense; the time of day is 00:16:40."""
    assert retry_after(Finding("ND417", values={"retry_after": asked}), 1000.0) == seconds


def test_retry_after_is_honoured():
    """No run, and not even a connection, before the service wants one; nor after the deadline."""
    overloaded = report(broken("ND417", retry_after="30 s"), broken("ND201", "openie_llm"))
    following = after(Waiting(100.0), overloaded, 10.0, chance=0.0)[1]
    assert (following.not_before, following.until) == (40.0, 40.0)
    assert after(Waiting(20.0), overloaded, 10.0, chance=0.0)[1].not_before == 20.0


def test_only_a_change_is_told():
    """The same failure is told once, another one when it comes, and the first one again when it is back."""
    waiting, told = Waiting(1e6), []
    refused, loading = report(broken("ND201", port="11434")), report(broken("ND416"))
    for found in (refused, refused, loading, loading, refused):
        waiting, following = after(waiting, found, 0.0, chance=1.0)
        told.append([finding.code for finding in following.tell])
    assert told == [["ND201"], [], ["ND416"], [], ["ND201"]]


def test_one_cause_in_many_places_is_told_once():
    """A hundred endpoints of one service that is not there are one line."""
    many = report(*(broken("ND201", f"llm_{n}", port="11434") for n in range(100)))
    assert len(after(Waiting(9.0), many, 0.0, chance=1.0)[1].tell) == 1
