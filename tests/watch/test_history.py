"""The history: what changed from one check to the next, and what else had changed since it last worked."""

import pytest
from made_reports import broken, repairable, report, works

from netdiag.model.report import Finding, Report
from netdiag.watch.history import RUN, History

HOME = {"routes": "a", "/etc/hosts": "b"}
AWAY = {"routes": "z", "/etc/hosts": "b", "llm.json": "c"}
STARTING = Finding("ND534", "127.0.0.1:8887", {"address": "127.0.0.1:8887"})


def steps(*reports: Report) -> list[list[tuple[str, str | None, str]]]:
    """Observe one report after another; return what changed each time: node, from, to."""
    history = History()
    return [
        [(change.node, change.was, change.now) for change in history.observe(found, float(at), HOME)]
        for at, found in enumerate(reports)
    ]


def test_each_change_is_seen_once():
    """The first sight of an endpoint, and then only what is another way than before."""
    up, down = report(works()), report(broken("ND201"))
    assert steps(up, up, down, down, up) == [
        [("chat_llm", None, "works")],
        [],
        [("chat_llm", "works", "broken")],
        [],
        [("chat_llm", "broken", "works")],
    ]


def test_another_cause_is_a_change():
    """From refused to loading is progress, and told as such."""
    assert steps(report(broken("ND201")), report(broken("ND416")))[1] == [("chat_llm", "broken", "broken")]


def test_endpoints_come_and_go():
    """What is no longer configured is gone, once."""
    both = report(works(), works("openie_llm"))
    assert steps(both, report(works()), report(works()), both) == [
        [("chat_llm", None, "works"), ("openie_llm", None, "works")],
        [("openie_llm", "works", "gone")],
        [],
        [("openie_llm", None, "works")],
    ]


def test_what_is_about_no_endpoint():
    """A server that is starting is told as well, and when it has started."""
    starting = report(said=(STARTING,))
    assert steps(starting, starting, report(works())) == [
        [("", None, "broken")],
        [],
        [("chat_llm", None, "works"), ("", "broken", "works")],
    ]


def test_what_else_had_changed():
    """Beside the cause stands what of the surroundings is not as it was when the endpoint last worked."""
    history = History()
    history.observe(report(works()), 10.0, HOME)
    history.observe(report(works()), 20.0, HOME)
    (change,) = history.observe(report(broken("ND201")), 30.0, AWAY)
    assert (change.worked, change.changed) == (20.0, ("llm.json", "routes"))
    assert [cause.code for cause in change.causes] == ["ND201"]
    (change,) = history.observe(report(broken("ND208")), 40.0, HOME)
    assert (change.worked, change.changed) == (20.0, ())
    (change,) = history.observe(report(works()), 50.0, AWAY)
    assert (change.worked, change.changed) == (50.0, ())


def test_what_never_worked_has_nothing_to_compare_with():
    """No time, and no differences."""
    (change,) = History().observe(report(repairable()), 10.0, HOME)
    assert (change.worked, change.changed) == (0.0, ())


def test_when_it_last_worked():
    """It stays while the endpoint is broken, and is 0 for one that is not known."""
    history = History()
    history.observe(report(works()), 10.0, HOME)
    history.observe(report(broken("ND201")), 20.0, HOME)
    assert history.worked(("kag_config.yaml", "chat_llm")) == 10.0
    assert history.worked(("kag_config.yaml", "other")) == 0.0
    assert history.worked(RUN) == 20.0


@pytest.mark.parametrize("kept", [1, 7])
def test_it_is_bounded(kept):
    """The oldest changes are forgotten."""
    history = History(kept)
    for at in range(50):
        history.observe(report(works() if at % 2 else broken("ND201")), float(at), HOME)
    assert [change.at for change in history.changes] == [float(at) for at in range(50 - kept, 50)]
