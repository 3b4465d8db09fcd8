"""Repairs while watching: not too often, and not against somebody who changes them back."""

from netdiag.model.endpoint import Span
from netdiag.model.plan import Edit
from netdiag.watch.mending import Mending


def edit(old: str = "localhost", new: str = "172.17.0.1", source: str = "a.yaml") -> Edit:
    """An edit of a host."""
    return Edit(source, 3, "chat_llm", Span(10, 19), old.encode(), new.encode(), "host")


def played(*steps: tuple[float, Edit], every_s: float = 600.0) -> list[str]:
    """At each time an edit is wanted, and written where it may be."""
    mending, said = Mending(every_s), []
    for now, wanted in steps:
        said.append(mending.may(wanted.source, [wanted], now))
        if said[-1] == "write":
            mending.wrote(wanted.source, [wanted], now)
    return said


def test_not_too_often():
    """The same source has to wait, another one does not."""
    other = edit(source="b.yaml")
    steps = [(0, edit()), (10, edit()), (10, other), (599, edit()), (600, edit())]
    assert played(*steps) == ["write", "wait", "write", "wait", "write"]


def test_not_against_another_writer():
    """What was written three times and is back again is left to whoever wants it so; that is said once."""
    steps = [(at * 600.0, edit()) for at in range(6)]
    assert played(*steps) == ["write", "write", "write", "give_up", "gave_up", "gave_up"]


def test_networks_may_change():
    """Another address each time is no quarrel."""
    steps = [(at * 600.0, edit(f"172.{17 + at}.0.1", f"172.{18 + at}.0.1")) for at in range(8)]
    assert set(played(*steps)) == {"write"}


def test_one_source_given_up_leaves_the_others():
    """The limit is each source's own."""
    steps = [(at * 600.0, edit()) for at in range(4)]
    assert played(*steps, (2400.0, edit(source="b.yaml")))[-1] == "write"
