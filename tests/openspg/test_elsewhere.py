"""A server that is seen from here and is not here: its process in a container, its port published on the host."""

from pathlib import Path

import pytest
from openspg.test_settings import BESIDE, ELSEWHERE, OFFICIAL, process

from netdiag.model.place import Facts
from netdiag.openspg import find

HERE = "net:[4026531840]"
THERE = "net:[4026532999]"


def link(root: Path, process_: str, target: str) -> None:
    """Let a process be on a network, as /proc shows it."""
    (root / "proc" / process_ / "ns").mkdir(parents=True)
    (root / "proc" / process_ / "ns/net").symlink_to(target)


def status(root: Path, number: int, *numbers: int) -> None:
    """Give a process its numbers in each process namespace that it is in, this one's first."""
    text = "Name:\tjava\nNSpid:\t" + "\t".join(map(str, numbers)) + "\nNSsid:\t1\n"
    (root / "proc" / str(number) / "status").write_text(text)


@pytest.mark.parametrize(
    ("numbers", "network", "runs"),
    [
        ((812,), HERE, True),
        ((812,), "", True),
        ((812, 1), "", False),
        ((812, 1), THERE, False),
        ((812,), THERE, False),
        ((), "", True),
        ((), HERE, True),
    ],
    ids=[
        "here",
        "here, of another user",
        "in a container, of another user",
        "in a container",
        "in a container that shares this one's processes",
        "gVisor tells nothing",
        "an old kernel",
    ],
)
def test_a_process_that_is_seen(tmp_path, numbers, network, runs):
    """It is the server here unless it is known to be in a container of its own."""
    process(tmp_path, 812, OFFICIAL)
    link(tmp_path, "self", HERE)
    if numbers:
        status(tmp_path, 812, *numbers)
    if network:
        link(tmp_path, "812", network)
    assert find(tmp_path, ELSEWHERE, in_container=True, named=False).runs is runs


@pytest.mark.parametrize(
    ("place", "facts", "line", "named", "asked"),
    [
        ("a container", BESIDE, ("bash",), False, True),
        ("a container", Facts(), ("bash",), False, True),
        ("a host", BESIDE, ("docker-proxy", "-host-port", "8887"), False, False),
        ("a host", BESIDE, OFFICIAL, False, True),
        ("a host", BESIDE, ("bash",), True, True),
        ("a host", Facts(), ("bash",), False, False),
        ("a host's network", BESIDE, ("bash",), False, False),
        ("a host's network", BESIDE, OFFICIAL, False, True),
        ("a host's network", BESIDE, ("bash",), True, True),
    ],
)
def test_who_listens_on_the_servers_port(tmp_path, place, facts, line, named, asked):  # noqa: PLR0917 - the columns of the table
    """On a host it is asked only where it runs there itself, or the user means it: a published port leads elsewhere."""
    process(tmp_path, 812, line)
    server = find(
        tmp_path,
        facts,
        in_container=place != "a host",
        named=named,
        shares_host_network=place == "a host's network",
    )
    assert server.listens is asked
    assert place != "a host" or server.database is None
