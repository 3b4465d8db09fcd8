"""Ask name servers directly, without ``/etc/hosts`` and without a search list, and say how each answered.

All questions leave at once and one poll loop waits for the answers, so a silent server costs one time limit however
many names there are. Nothing goes over TCP: an answer that does not fit says so (the names asked for here have one).
"""

import contextlib
import os
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from netdiag import failures
from netdiag.clock import since
from netdiag.model.place import NameAnswer

PORT: Final = 53

LIMIT_S: Final = 1.0
"""Longest wait for all answers. Docker's resolver answers from memory, or asks on for names it does not know."""

AGAIN_S: Final = 0.35
"""When questions without an answer are sent once more: UDP may lose a packet."""

MOST_SERVERS: Final = 3
"""What the C library reads of ``/etc/resolv.conf`` too (resolv.conf(5): MAXNS)."""

_TYPES: Final = (dns.rdatatype.A, dns.rdatatype.AAAA)
_RCODES: Final = {
    dns.rcode.NXDOMAIN: failures.DNS_NXDOMAIN,
    dns.rcode.SERVFAIL: failures.DNS_SERVFAIL,
    dns.rcode.REFUSED: failures.DNS_REFUSED,
}
_TELLING: Final = (
    failures.DNS_REFUSED,
    failures.DNS_SERVFAIL,
    failures.DNS_WRONG_ANSWER,
    failures.DNS_TRUNCATED,
    failures.DNS_NXDOMAIN,
    failures.DNS_TIMED_OUT,
    failures.DNS_NO_ADDRESS,
)
"""When A and AAAA fail differently, the word that says more comes first."""


class _Heard(NamedTuple):
    """What became of one question: addresses, or a failure with its detail."""

    addresses: tuple[str, ...] = ()
    failure: str | None = None
    detail: str = ""
    after_ms: float = 0.0


_SILENT: Final = _Heard(failure=failures.DNS_TIMED_OUT)


class _Server:
    """One server under question: its socket, the questions by their number, what was heard, and what made no sense."""

    def __init__(
        self, address: str, connection: socket.socket, questions: Mapping[int, dns.message.QueryMessage]
    ) -> None:
        self.address = address
        self.socket = connection
        self.questions = questions
        self.heard: dict[int, _Heard] = {}
        self.strange = _SILENT

    @property
    def unheard(self) -> list[int]:
        return [number for number in self.questions if number not in self.heard]


def ask(
    names: Iterable[str], servers: Sequence[str], *, limit_s: float = LIMIT_S, port: int = PORT
) -> tuple[NameAnswer, ...]:
    """Ask each of the first three ``servers`` for the IPv4 and IPv6 addresses of ``names``; return all answers.

    They come in the order of servers and names, each with its addresses (IPv4 first) or a failure word, after
    ``limit_s`` seconds at the latest. Without a server every name fails with ``dns_no_server``.
    """
    wanted = tuple(dict.fromkeys(names))
    if not servers:
        return tuple(NameAnswer(name, failure=failures.DNS_NO_SERVER) for name in wanted)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        asked: list[_Server] = []
        answers: dict[str, tuple[NameAnswer, ...]] = {}
        for address in tuple(dict.fromkeys(servers))[:MOST_SERVERS]:
            try:
                server = _connected(address, wanted, port)
            except OSError as error:
                answers[address] = tuple(_failed(name, address, failures.DNS_UNREACHABLE, error) for name in wanted)
                continue
            stack.enter_context(server.socket)
            asked.append(server)
            answers[address] = ()
        _listen(asked, began, limit_s)
        answers |= {server.address: tuple(_answers(server, wanted)) for server in asked}
    return tuple(answer for of_server in answers.values() for answer in of_server)


def _connected(address: str, names: Sequence[str], port: int) -> _Server:
    """Open a socket that hears only this server, and the kernel's word that nobody listens there."""
    family, _, _, _, target = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    udp = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        udp.connect(target)
    except OSError:
        udp.close()
        raise
    messages = [dns.message.make_query(f"{name}.", kind, use_edns=False) for name in names for kind in _TYPES]
    return _Server(address, udp, {number: _numbered(message, number) for number, message in _numbers(messages)})


def _numbers(messages: Sequence[dns.message.QueryMessage]) -> Iterator[tuple[int, dns.message.QueryMessage]]:
    """Give each question a number of its own, from a random start: an answer is known by it (RFC 5452)."""
    start = int.from_bytes(os.urandom(2), "big")
    for count, message in enumerate(messages):
        yield (start + count) % 0x10000, message


def _numbered(message: dns.message.QueryMessage, number: int) -> dns.message.QueryMessage:
    message.id = number
    return message


def _listen(servers: Sequence[_Server], began: float, limit_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        for server in servers:
            selector.register(server.socket, selectors.EVENT_READ, server)
            _send(server, began)
        resend_at, deadline = began + min(AGAIN_S, limit_s / 2), began + limit_s
        while any(server.unheard for server in servers) and (now := time.monotonic()) < deadline:
            for key, _ in selector.select(max(0.0, min(resend_at, deadline) - now)):
                _receive(key.data, began)
            if time.monotonic() >= resend_at:
                resend_at = deadline
                for server in servers:
                    _send(server, began)


def _send(server: _Server, began: float) -> None:
    try:
        for number in server.unheard:
            server.socket.send(server.questions[number].to_wire())
    except BlockingIOError:
        pass  # the send buffer is full; what is left goes with the second round
    except OSError as error:
        _closed(server, error, began)


def _receive(server: _Server, began: float) -> None:
    """Take every datagram that is there; what answers none of the questions is noted, and waited past (RFC 5452)."""
    while server.unheard:
        try:
            datagram = server.socket.recv(65535)
        except BlockingIOError:
            return
        except OSError as error:
            _closed(server, error, began)
            return
        number = int.from_bytes(datagram[:2], "big")
        if number in server.questions:
            heard = _read(datagram, server.questions[number])
        else:
            heard = _Heard(failure=failures.DNS_WRONG_ANSWER, detail="it answers nothing that was asked")
        if heard.failure == failures.DNS_WRONG_ANSWER:
            server.strange = heard
        else:
            server.heard.setdefault(number, heard._replace(after_ms=since(began)))


def _read(datagram: bytes, question: dns.message.QueryMessage) -> _Heard:
    try:
        answer = dns.message.from_wire(datagram, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError) as error:
        return _Heard(failure=failures.DNS_WRONG_ANSWER, detail=f"not a DNS message ({type(error).__name__})")
    if not question.is_response(answer):
        return _Heard(failure=failures.DNS_WRONG_ANSWER, detail="the answer is about another question")
    if answer.flags & dns.flags.TC:
        return _Heard(failure=failures.DNS_TRUNCATED)
    if answer.rcode() != dns.rcode.NOERROR:
        word = _RCODES.get(answer.rcode(), failures.DNS_FAILED)
        return _Heard(failure=word, detail=dns.rcode.to_text(answer.rcode()))
    wanted = question.question[0].rdtype
    found = [record.address for rrset in answer.answer if rrset.rdtype == wanted for record in rrset]
    return _Heard(tuple(found)) if found else _Heard(failure=failures.DNS_NO_ADDRESS)


def _closed(server: _Server, error: OSError, began: float) -> None:
    """The kernel says that nobody listens, or that no way leads there; that goes for every question."""
    word = failures.DNS_PORT_CLOSED if isinstance(error, ConnectionRefusedError) else failures.DNS_UNREACHABLE
    for number in server.unheard:
        server.heard[number] = _Heard(failure=word, detail=error.strerror or "", after_ms=since(began))


def _answers(server: _Server, names: Sequence[str]) -> Iterator[NameAnswer]:
    heard = iter([server.heard.get(number, server.strange) for number in server.questions])
    for name in names:
        both = [next(heard) for _ in _TYPES]
        addresses = tuple(address for each in both for address in each.addresses)
        worst = min(both, key=lambda each: _TELLING.index(each.failure) if each.failure in _TELLING else -1)
        failure, detail = (None, "") if addresses else (worst.failure, worst.detail)
        yield NameAnswer(name, server.address, addresses, failure, detail, max(each.after_ms for each in both))


def _failed(name: str, server: str, word: str, error: OSError) -> NameAnswer:
    return NameAnswer(name, server, failure=word, detail=error.strerror or str(error))
