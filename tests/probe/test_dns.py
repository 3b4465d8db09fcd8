"""Asking name servers directly: real servers on loopback, one for each way to misbehave."""

import asyncio
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag import failures
from netdiag.lab.servers.names import NameServer
from netdiag.lab.topology import World
from netdiag.probe import dns as asking
from netdiag.probe.dns import ask

KNOWN, UNKNOWN = "host.docker.internal", "host.orb.internal"
NAMES = (("192.168.65.254", KNOWN), ("fdc4:f303:9324::254", KNOWN))


@contextmanager
def serving(manners: str = "ordinary", address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Run a name server on loopback; yields its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((address, port))
        loops: queue.SimpleQueue[asyncio.AbstractEventLoop] = queue.SimpleQueue()
        stop = asyncio.Event()

        async def serve() -> None:
            world = World(names=NAMES, manners=manners)
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: NameServer(world), sock=udp
            )
            loops.put(asyncio.get_running_loop())
            await stop.wait()
            transport.close()

        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        loop = loops.get(timeout=10)
        try:
            yield udp.getsockname()[1]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()


@pytest.mark.parametrize(
    ("manners", "known", "unknown"),
    [
        ("ordinary", ("192.168.65.254", "fdc4:f303:9324::254"), failures.DNS_NXDOMAIN),
        ("silent", failures.DNS_TIMED_OUT, failures.DNS_TIMED_OUT),
        ("late", failures.DNS_TIMED_OUT, failures.DNS_TIMED_OUT),
        ("servfail", failures.DNS_SERVFAIL, failures.DNS_SERVFAIL),
        ("refused", failures.DNS_REFUSED, failures.DNS_REFUSED),
        ("no-address", failures.DNS_NO_ADDRESS, failures.DNS_NO_ADDRESS),
        ("garbage", failures.DNS_WRONG_ANSWER, failures.DNS_WRONG_ANSWER),
        ("other-question", failures.DNS_WRONG_ANSWER, failures.DNS_WRONG_ANSWER),
        ("truncated", failures.DNS_TRUNCATED, failures.DNS_TRUNCATED),
        ("answers-everything", ("10.99.0.99",), ("10.99.0.99",)),
        ("null-address", ("0.0.0.0",), ("0.0.0.0",)),
        ("ipv6-only", ("fdc4:f303:9324::254",), failures.DNS_NXDOMAIN),
    ],
)
def test_each_way_to_answer(manners, known, unknown):
    """Every behaviour has a word of its own, or the addresses as they were given, IPv4 first."""
    with serving(manners) as port:
        found = {answer.name: answer for answer in ask((KNOWN, UNKNOWN), ("127.0.0.1",), limit_s=0.3, port=port)}
    for name, expected in ((KNOWN, known), (UNKNOWN, unknown)):
        answer = found[name]
        assert (answer.addresses or answer.failure) == expected
        assert answer.server == "127.0.0.1"


def test_nobody_listens():
    """A closed port is told by the kernel, at once and for all names."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = ask((KNOWN, UNKNOWN), ("127.0.0.1",), limit_s=30, port=port)
    assert {answer.failure for answer in found} == {failures.DNS_PORT_CLOSED}


def test_no_server():
    """Without a name server nothing is sent, and every name says so."""
    assert [answer.failure for answer in ask((KNOWN, UNKNOWN), ())] == [failures.DNS_NO_SERVER] * 2


@pytest.mark.parametrize("server", ["255.255.255.255", "not-an-address", "fe80::1"])
def test_a_server_that_cannot_be_reached(server):
    """An address to which no way leads is a word, not an exception; the other servers are asked all the same."""
    with serving() as port:
        found = ask((KNOWN,), (server, "127.0.0.1"), limit_s=0.5, port=port)
    assert [answer.failure for answer in found] == [failures.DNS_UNREACHABLE, None]


def test_servers_are_asked_at_the_same_time_and_each_once():
    """A silent first server keeps nothing of the second's away; the fourth is not asked, as the C library doesn't."""
    with serving("silent") as port, serving("ordinary", "127.0.0.2", port), serving("servfail", "127.0.0.3", port):
        servers = ("127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.4")
        found = ask((KNOWN,), servers, limit_s=0.3, port=port)
    assert [(a.server, a.failure) for a in found] == [
        ("127.0.0.1", failures.DNS_TIMED_OUT),
        ("127.0.0.2", None),
        ("127.0.0.3", failures.DNS_SERVFAIL),
    ]


@contextmanager
def answering(*replies) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that answers each datagram by the next of ``replies`` (functions of the query to what is sent)."""
    received: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(5)

        def serve() -> None:
            for reply in replies:
                data, sender = udp.recvfrom(4096)
                received.append(data)
                for datagram in reply(data):
                    udp.sendto(datagram, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        yield udp.getsockname()[1], received
        thread.join()


def right(query: bytes) -> list[bytes]:
    """The right answer: no such name."""
    response = dns.message.make_response(dns.message.from_wire(query))
    response.set_rcode(3)
    return [response.to_wire()]


def test_a_lost_question_is_asked_again():
    """UDP may lose a packet: what got no answer is sent once more within the limit."""
    with answering(lambda _: [], lambda _: [], right, right) as (port, received):
        (answer,) = ask((KNOWN,), ("127.0.0.1",), limit_s=3, port=port)
    assert answer.failure == failures.DNS_NXDOMAIN
    assert received[:2] == received[2:]


def test_a_forged_answer_is_waited_past():
    """An answer with another number, or about another name, does not keep the right one out (RFC 5452)."""

    def forged(query: bytes) -> list[bytes]:
        other = dns.message.make_response(dns.message.make_query("elsewhere.example.", "A"))
        other.id = dns.message.from_wire(query).id
        stranger = bytearray(right(query)[0])
        stranger[:2] = struct.pack("!H", (struct.unpack("!H", query[:2])[0] + 99) % 0x10000)
        return [other.to_wire(), bytes(stranger), *right(query)]

    with answering(forged, forged) as (port, _):
        (answer,) = ask((KNOWN,), ("127.0.0.1",), limit_s=3, port=port)
    assert answer.failure == failures.DNS_NXDOMAIN


def test_questions_are_absolute_and_plain():
    """Names end in the root, so that no search list is added, and both families are asked for."""
    with answering(right, right) as (port, received):
        ask((KNOWN,), ("127.0.0.1",), limit_s=3, port=port)
    asked = [dns.message.from_wire(data).question[0] for data in received]
    assert [(question.name.to_text(), question.rdtype.name) for question in asked] == [
        (f"{KNOWN}.", "A"),
        (f"{KNOWN}.", "AAAA"),
    ]


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_read(datagram):
    """No datagram makes it raise: each is an answer or a word."""
    question = dns.message.make_query(f"{KNOWN}.", "A", use_edns=False)
    heard = asking._read(datagram, question)
    assert heard.addresses or heard.failure in failures.WORDS
