"""A name server that knows the names of a world, and the ways in which name servers misbehave: a table.

Messages are those of RFC 1035, read and packed by dnspython. As Docker's embedded server does for the containers' names
(moby, libnetwork/resolver.go), it answers without EDNS (RFC 6891): what follows the question is not read.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Any, Final
from zlib import crc32

import dns.exception
import dns.message
import dns.name
import dns.rrset
from dns.flags import Flag
from dns.opcode import Opcode
from dns.rcode import Rcode
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from netdiag.lab.topology import Manners, World

DELAYS_S: Final[Mapping[Manners, float]] = {"slow": 0.1, "late": 3.0}

_TTL_S: Final = 600  # Docker's
_IP_VERSION: Final = {RdataType.A: 4, RdataType.AAAA: 6}
_SEARCH_PAGE: Final = "10.99.0.99"
_ELSEWHERE: Final = ("10.99.0.98", "fd00:99::98")
_FAKE: Final = IPv4Address("198.18.0.2")  # Clash's fake-ip-range is 198.18.0.1/16, in RFC 2544's 198.18.0.0/15
_INTERNAL: Final = dns.name.from_text("internal")
_GARBAGE: Final = b"\xff" * 32  # 65535 questions are announced, the first behind a pointer to nowhere


@dataclass(frozen=True)
class _Said:
    """An answer in short: of ``addresses`` those go in that the question's type asks for.

    With ``about`` it is the answer to a question about that name.
    """

    rcode: Rcode = Rcode.NOERROR
    addresses: tuple[str, ...] = ()
    truncated: bool = False
    about: str = ""


_Speaks = Callable[[dns.rrset.RRset, tuple[str, ...]], "_Said | bytes | None"]
"""From a question, and all addresses known of its name, to an answer, to bytes that are none, or to silence."""


def _ordinary(_: dns.rrset.RRset, known: tuple[str, ...]) -> _Said:
    # a name without an address of the family asked for exists all the same (RFC 2308, 2.2)
    return _Said(addresses=known) if known else _Said(Rcode.NXDOMAIN)


def _fake_ip(question: dns.rrset.RRset, _: tuple[str, ...]) -> _Said:
    # 16 bits, less the network's address, its gateway's and the broadcast one; OrbStack's 198.19.248.0/23 is far away
    number = crc32(question.name.to_digestable()) % (2**16 - 3)
    return _Said(addresses=(str(_FAKE + number),))


def _null_address(question: dns.rrset.RRset, known: tuple[str, ...]) -> _Said:
    blocked = bool(known) or question.name.is_subdomain(_INTERNAL)
    return _Said(addresses=("0.0.0.0",)) if blocked else _Said(Rcode.NXDOMAIN)  # noqa: S104 - nothing is bound to it


def _ipv6_only(question: dns.rrset.RRset, known: tuple[str, ...]) -> _Said:
    return _Said() if question.rdtype == RdataType.A else _ordinary(question, known)


_MANNERS: Final[Mapping[Manners, _Speaks]] = {
    "ordinary": _ordinary,
    "silent": lambda *_: None,
    "closed": lambda *_: None,  # never asked: its socket is not opened
    "servfail": lambda *_: _Said(Rcode.SERVFAIL),
    "refused": lambda *_: _Said(Rcode.REFUSED),
    "no-address": lambda *_: _Said(),
    "garbage": lambda *_: _GARBAGE,
    "other-question": lambda *_: _Said(addresses=_ELSEWHERE, about="elsewhere.example"),
    "truncated": lambda *_: _Said(truncated=True),
    "answers-everything": lambda *_: _Said(addresses=(_SEARCH_PAGE,)),
    "fake-ip": _fake_ip,
    "null-address": _null_address,
    "ipv6-only": _ipv6_only,
    "slow": _ordinary,  # the delay is NameServer's, here and below
    "late": _ordinary,
}


def answer(sent: bytes, world: World) -> bytes | None:
    """Return what the world's name server answers to ``sent``, or ``None`` for silence, as to all that is no query."""
    query = _query(sent)
    if query is None:
        return None
    question = query.question[0]
    # dnspython compares names without case, as RFC 4343 has it
    known = tuple(address for address, name in world.names if dns.name.from_text(name) == question.name)
    said = _MANNERS[world.manners](question, known)
    return _packed(query, said) if isinstance(said, _Said) else said


class NameServer(asyncio.DatagramProtocol):
    """Answers every query with :func:`answer`, later by what :data:`DELAYS_S` has for the world's manners."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._delay_s = DELAYS_S.get(world.manners, 0.0)

    def connection_made(self, transport: Any) -> None:
        """Keep the way to answer."""
        self._transport: asyncio.DatagramTransport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer one query."""
        if found := answer(data, self._world):
            asyncio.get_running_loop().call_later(self._delay_s, self._transport.sendto, found, addr)


def _query(sent: bytes) -> dns.message.Message | None:
    try:
        message = dns.message.from_wire(sent, question_only=True)
    except dns.exception.DNSException:
        return None
    # an answer is not answered, or two servers could keep each other busy; RFC 9619: a query has one question
    asks = not message.flags & Flag.QR and message.opcode() == Opcode.QUERY and len(message.question) == 1
    return message if asks else None


def _packed(query: dns.message.Message, said: _Said) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(said.rcode)
    response.flags |= Flag.TC if said.truncated else 0
    asked = query.question[0]
    if said.about:
        response.question = [dns.rrset.RRset(dns.name.from_text(said.about), asked.rdclass, asked.rdtype)]
    version = _IP_VERSION.get(asked.rdtype) if asked.rdclass == RdataClass.IN else None
    addresses = [address for address in said.addresses if ip_address(address).version == version]
    if addresses:
        name = response.question[0].name
        response.answer = [dns.rrset.from_text_list(name, _TTL_S, asked.rdclass, asked.rdtype, addresses)]
    return response.to_wire(want_shuffle=False)  # in the order declared: dnspython would mix them, as many servers do
