"""What tells causes apart: one connect more to each address, and the kernel's table of neighbours."""

import socket
import struct
import threading

import pytest
from probe.sockets import dropping, listening
from probe.test_race import at

from netdiag.probe import control
from netdiag.probe.race import race

ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
172.18.0.1       0x1         0x2         02:42:8a:11:22:33     *        eth0
172.18.0.9       0x1         0x0         00:00:00:00:00:00     *        eth0
172.18.0.8       0x1         0x6         02:42:8a:11:22:34     *        eth0
10.0.0.1         0x1         0x0         00:00:00:00:00:00     *        eth0
10.0.0.1         0x1         0x2         02:42:8a:11:22:35     *        eth1
10.0.0.2         0x1         0x2         02:42:8a:11:22:36     *        eth0
10.0.0.2         0x1         0x0         00:00:00:00:00:00     *        eth1
garbage
garbage          x           y
"""


def test_neighbours(tmp_path):
    """Flag 2 is an address that somebody answered for, on whichever interface; without it nobody has."""
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/arp").write_text(ARP)
    known = control.neighbours(tmp_path)
    assert {address for address, state in known.items() if state == "complete"} == {
        "172.18.0.1",
        "172.18.0.8",
        "10.0.0.1",
        "10.0.0.2",
    }
    assert known["172.18.0.9"] == "incomplete"


def test_without_the_table_nothing_is_known(tmp_path):
    """A /proc without the table (gVisor, another system) is no error."""
    assert control.neighbours(tmp_path) == {}


def test_each_address_is_asked_once():
    """An address that several candidates stand for gets one connect; nobody listens on the port."""
    found = control.control(["127.0.0.1", "127.0.0.2", "127.0.0.1"], limit_s=1)
    assert sorted((a.step, a.address, a.port, a.failure) for a in found) == [
        ("control", "127.0.0.1", 1, "connection_refused"),
        ("control", "127.0.0.2", 1, "connection_refused"),
    ]


def test_packets_of_one_hop_reach_what_is_here():
    """An address of this machine refuses as ever; what is behind a router does not (the lab's lan-machine-refuses)."""
    assert control.near(["127.0.0.1", "127.0.0.2"], limit_s=1) == dict.fromkeys(
        ("127.0.0.1", "127.0.0.2"), "connection_refused"
    )


@pytest.mark.parametrize(("port_of", "failure"), [(listening, None), (dropping, "timed_out")])
def test_what_accepts_and_what_drops(monkeypatch, port_of, failure):
    """What accepts the control accepts anything; what drops it is waited for as long as is allowed."""
    with port_of() as port:
        monkeypatch.setattr(control, "PORT", port)
        (found,) = control.control(["127.0.0.1"], limit_s=0.2)
    assert found.failure == failure
    assert found.duration_ms < 300


def test_the_kernel_itself_forbids():
    """What connect(2) says at once was not sent; the kernel knows no TCP to a broadcast address."""
    (found,) = race([at("255.255.255.255")], [9]).attempts
    assert (found.failure, found.unsent) == ("network_unreachable", "no_route")


def test_a_link_local_address_without_its_interface_is_no_black_hole():
    """EINVAL is what a blackhole route says too; here it only means that the address is not complete."""
    (found,) = race([at("fe80::1")], [9]).attempts
    assert (found.failure, found.unsent) == ("address_unusable", "")


def test_reset_after_it_was_accepted_is_accepted():
    """A reset that arrives before the race looks is no refusal: the call is made, and says what is wrong."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def accept() -> None:
            for _ in range(20):
                connection, _ = server.accept()
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        port = server.getsockname()[1]
        ended = [race([at("127.0.0.1")], [port]).attempts[0].failure for _ in range(20)]
        thread.join()
    assert ended == [None] * 20
