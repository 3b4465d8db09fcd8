"""Faults of the way: made of iptables and routes, and where iptables is missing, said so."""

import errno
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from netdiag import cli
from netdiag.lab import Fault, Lab, LabError, Network, Service, World, firewall, lacking, make

DROPPED = World(services=(Service("ollama", 11434),), faults=(Fault("drop", 11434),))
FORBIDDEN = World(faults=(Fault("route-prohibit", address="172.17.0.1"),))
BOTH_FAMILIES = Network("br0", "172.18.0.1/16", "172.18.0.2/16", "fd00::1/64", "fd00::2/64")


@pytest.fixture
def without_iptables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine have no iptables."""
    monkeypatch.setattr(firewall, "_program", lambda _: None)


@pytest.mark.usefixtures("without_iptables")
def test_what_is_missing_is_said() -> None:
    """A world with a firewall needs iptables; one without, or with routes only, does not."""
    assert "iptables" in lacking(DROPPED)
    assert [lacking(world) for world in (World(), FORBIDDEN)] == ["", ""]
    with pytest.raises(LabError, match="iptables, which is not installed"), make(DROPPED):
        pass


@pytest.mark.usefixtures("without_iptables")
def test_demo_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """`netdiag demo SCENARIO` ends with a problem, and one line that says what to install."""
    assert cli.main(["demo", "ufw-default"]) == 1
    assert "which is not installed; run: sudo apt-get install iptables" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "ipv4", "ipv6"),
    [
        (Fault("drop"), "-A INPUT -p tcp -j DROP", "-A INPUT -p tcp -j DROP"),
        (Fault("drop", 1), "-A INPUT -p tcp --dport 1 -j DROP", "-A INPUT -p tcp --dport 1 -j DROP"),
        (Fault("drop", 1, "172.18.0.1"), "-A INPUT -d 172.18.0.1 -p tcp --dport 1 -j DROP", ""),
        (Fault("drop", None, "fd00::1"), "", "-A INPUT -d fd00::1 -p tcp -j DROP"),
        (
            Fault("lose-first", 1, "172.18.0.1"),
            "-A INPUT -d 172.18.0.1 -p tcp --dport 1 --syn -m statistic --mode nth --every 2 --packet 0 -j DROP",
            "",
        ),
        (
            Fault("reject-icmp-host-prohibited"),
            "-A INPUT -p tcp -j REJECT --reject-with icmp-host-prohibited",
            "-A INPUT -p tcp -j REJECT --reject-with icmp6-adm-prohibited",
        ),
        (
            Fault("reject-icmp-proto-unreachable"),
            "-A INPUT -p tcp -j REJECT --reject-with icmp-proto-unreachable",
            "",
        ),
        (Fault("accept-everything", 9), "-A PREROUTING -p tcp -j REDIRECT --to-ports 9", ""),
        (Fault("route-blackhole", None, "172.18.0.1"), "", ""),
    ],
)
def test_rules(fault: Fault, ipv4: str, ipv6: str) -> None:
    """Each fault is a rule of the family it is about; a host without IPv6 gets no rules for it."""
    world = World(networks=(BOTH_FAMILIES,), faults=(fault,))
    for version, rule in ((4, ipv4), (6, ipv6)):
        assert rule in firewall._rules(world, version).splitlines() or not rule
        assert bool(firewall._rules(world, version)) == bool(rule) or fault.kind == "accept-everything"
    assert firewall._rules(World(faults=(Fault("drop"),)), 6) == ""


ENDS = """
import errno, socket
def ended(port):
    connection = socket.socket()
    connection.settimeout(0.3)
    try:
        connection.connect(("172.17.0.1", port))
        return "connected"
    except TimeoutError:
        return "silent"
    except OSError as error:
        return errno.errorcode[error.errno]
seen = [ended(port) for port in (11434, 1)]
"""


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("world", "ends"),
    [
        (DROPPED, ["silent", "ECONNREFUSED"]),
        (FORBIDDEN, ["EACCES", "EACCES"]),
        (World(faults=(Fault("reject-icmp-admin-prohibited"),)), ["EHOSTUNREACH", "EHOSTUNREACH"]),
        (
            World(services=(Service("closes-read", 7890),), faults=(Fault("accept-everything", 7890),)),
            ["connected", "connected"],
        ),
    ],
    ids=["one port", "a route", "firewalld", "every port"],
)
def test_faults_are_real(
    world: World, ends: list[str], look: Callable[[Lab, str], Any], require: Callable[[str, str], NoReturn]
) -> None:
    """What is declared is what the container meets, on the port and beside it."""
    if reason := lacking(world):
        require("iptables", reason)
    with make(world) as lab:
        assert look(lab, ENDS) == ends


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
def test_a_rule_that_is_refused_is_no_riddle(require: Callable[[str, str], NoReturn]) -> None:
    """Where iptables does not work (an old kernel, a missing module), its own words are the reason."""
    if reason := lacking(DROPPED):
        require("iptables", reason)
    with pytest.raises(OSError, match="iptables") as raised:
        firewall._load("iptables-restore", "*filter\n-A INPUT -j NOWHERE\nCOMMIT\n")
    assert raised.value.errno == errno.EOPNOTSUPP
