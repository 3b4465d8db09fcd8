"""Who listens here, from what the kernel prints."""

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.platform import network
from netdiag.platform.listening import listeners

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
TCP = HEAD + (
    "   0: 0100007F:22B7 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   1: 00000000:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   2: 0B00007F:9C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   3: 020012AC:C350 010012AC:2CAA 01 00000000:00000000 00:00000000 00000000     0\n"
)
TCP6 = HEAD + "   0: 00000000000000000000000001000000:1F90 " + "0" * 32 + ":0000 0A 00000000:00000000 00:0 0\n"


@pytest.mark.parametrize(
    ("tcp", "tcp6", "expected"),
    [
        (TCP, "", ("127.0.0.1:8887", "0.0.0.0:11434")),
        (TCP, TCP6, ("[::1]:8080", "127.0.0.1:8887", "0.0.0.0:11434")),
        ("", "", ()),
        (HEAD, HEAD, ()),
    ],
    ids=["IPv4", "both families, by port", "unreadable", "nobody"],
)
def test_listening_sockets(tcp, tcp6, expected):
    """Sockets in the listening state, without Docker's resolver and without connections."""
    assert listeners(tcp, tcp6) == expected


@given(st.text(alphabet="0123456789ABCDEF: \n", max_size=200))
def test_whatever_it_says(text):
    """Rubbish yields nothing, or addresses with ports, and never an exception."""
    assert all(":" in entry for entry in listeners(HEAD + text, text))


def test_a_real_socket():
    """A socket that listens on this machine is found where the kernel prints it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert f"127.0.0.1:{port}" in listeners(Path("/proc/net/tcp").read_text(), "")


def test_the_kernel_says_what_it_prints():
    """Asked for its listening sockets, in either family, the kernel names those that stand below /proc."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as other,
    ):
        mine = {f"127.0.0.1:{one.getsockname()[1]}", f"[::1]:{other.getsockname()[1]}"}
        printed = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6")]
        said = network.listeners()
    assert mine <= set(said) == set(listeners(*printed))
    assert list(said) == sorted(said, key=lambda entry: int(entry.rpartition(":")[2]))


def test_a_kernel_that_does_not_say(monkeypatch):
    """Without that kind of socket, as in gVisor, what is printed has to do."""
    monkeypatch.setattr(network, "_SOCK_DIAG", 99)
    assert network.listeners() is None
