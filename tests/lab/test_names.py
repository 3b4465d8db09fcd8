"""The name server of the lab knows its names, misbehaves as declared, and cannot be confused."""

import struct
from ipaddress import ip_address, ip_network
from typing import get_args

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.lab import World
from netdiag.lab.servers.names import answer
from netdiag.lab.topology import Manners

HOST = "host.docker.internal"
NAMES = (
    ("192.168.65.254", HOST),
    ("fdc4:f303:9324::254", HOST),
    ("10.0.0.7", "Two.Example"),
    ("10.0.0.8", "two.example."),
    ("fd00::7", "six.example"),
)
QUERY = dns.message.make_query(HOST, "A", id=0x1234)


def asked(name: str, kind: str, manners: Manners = "ordinary") -> str:
    """Return the answer to one query in words: its code, what it is about if not ``name``, and its addresses."""
    query = dns.message.make_query(name, kind)
    sent = answer(query.to_wire(), World(names=NAMES, manners=manners))
    if sent is None:
        return "silence"
    try:
        response = dns.message.from_wire(sent)
    except dns.exception.DNSException:
        return "no message"
    assert response.id == query.id
    assert response.flags & dns.flags.QR
    words = [dns.rcode.to_text(response.rcode())]
    words += ["TC"] if response.flags & dns.flags.TC else []
    words += [] if response.question == query.question else [response.question[0].name.to_text()]
    for records in response.answer:
        assert (records.name, records.rdtype) == (response.question[0].name, response.question[0].rdtype)
        words += [record.address for record in records]
    return " ".join(words)


MANNERS: dict[Manners, tuple[str, str, str, str]] = {
    # of HOST the A and the AAAA, of no.such.name the A and the AAAA
    "ordinary": ("NOERROR 192.168.65.254", "NOERROR fdc4:f303:9324::254", "NXDOMAIN", "NXDOMAIN"),
    "silent": ("silence",) * 4,
    "closed": ("silence",) * 4,
    "servfail": ("SERVFAIL",) * 4,
    "refused": ("REFUSED",) * 4,
    "no-address": ("NOERROR",) * 4,
    "garbage": ("no message",) * 4,
    "other-question": (
        "NOERROR elsewhere.example. 10.99.0.98",
        "NOERROR elsewhere.example. fd00:99::98",
        "NOERROR elsewhere.example. 10.99.0.98",
        "NOERROR elsewhere.example. fd00:99::98",
    ),
    "truncated": ("NOERROR TC",) * 4,
    "answers-everything": ("NOERROR 10.99.0.99", "NOERROR", "NOERROR 10.99.0.99", "NOERROR"),
    "fake-ip": ("NOERROR 198.18.178.2", "NOERROR", "NOERROR 198.18.69.215", "NOERROR"),
    "null-address": ("NOERROR 0.0.0.0", "NOERROR", "NXDOMAIN", "NXDOMAIN"),
    "ipv6-only": ("NOERROR", "NOERROR fdc4:f303:9324::254", "NOERROR", "NXDOMAIN"),
    "slow": ("NOERROR 192.168.65.254", "NOERROR fdc4:f303:9324::254", "NXDOMAIN", "NXDOMAIN"),
    "late": ("NOERROR 192.168.65.254", "NOERROR fdc4:f303:9324::254", "NXDOMAIN", "NXDOMAIN"),
}


@pytest.mark.parametrize("manners", get_args(Manners))
def test_manners(manners: Manners) -> None:
    """Every way to behave says to A and AAAA, of a name it knows and of one it does not, what the table says."""
    questions = [(name, kind) for name in (HOST, "no.such.name") for kind in ("A", "AAAA")]
    assert tuple(asked(name, kind, manners) for name, kind in questions) == MANNERS[manners]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        pytest.param("HOST.docker.Internal", "A", "NOERROR 192.168.65.254", id="without-case"),
        pytest.param("two.example", "A", "NOERROR 10.0.0.7 10.0.0.8", id="two-addresses"),
        pytest.param("two.example", "AAAA", "NOERROR", id="no-ipv6"),
        pytest.param("six.example", "A", "NOERROR", id="no-ipv4"),
        pytest.param("docker.internal", "A", "NXDOMAIN", id="a-name-above"),
        pytest.param(f"{HOST}.example", "A", "NXDOMAIN", id="a-search-list"),
        pytest.param(HOST, "MX", "NOERROR", id="another-type"),
        pytest.param("no.such.name", "MX", "NXDOMAIN", id="another-type-of-an-unknown-name"),
        pytest.param(".", "A", "NXDOMAIN", id="the-root"),
    ],
)
def test_names(name: str, kind: str, expected: str) -> None:
    """A name is known whole and without case, and exists for every type once it is known."""
    assert asked(name, kind) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("host.containers.internal", "NOERROR 0.0.0.0"), ("internal.example", "NXDOMAIN")]
)
def test_a_null_address_is_for_all_that_is_internal(name: str, expected: str) -> None:
    """The end of a name decides, not a part of it."""
    assert asked(name, "A", "null-address") == expected


@given(st.from_regex(r"[a-z]{1,20}\.[A-Z]{1,20}", fullmatch=True))
def test_a_fake_address_follows_from_the_name(name: str) -> None:
    """It is a host's in Clash's range, and one name has one address, whatever its case."""
    address = ip_address(asked(name, "A", "fake-ip").removeprefix("NOERROR "))
    assert address in ip_network("198.18.0.0/15")
    assert ip_address("198.18.0.1") < address < ip_address("198.18.255.255")
    assert asked(name.swapcase(), "A", "fake-ip") == f"NOERROR {address}"


@pytest.mark.parametrize("edns", [False, 0], ids=["plain", "with-edns"])
def test_repeats_number_and_question(edns: bool | int) -> None:
    """The answer begins with both, byte for byte, and announces recursion; what follows them is not read."""
    query = dns.message.make_query("HOST.nowhere", "AAAA", use_edns=edns)
    question = query.to_wire()[12:30]
    assert answer(query.to_wire(), World()) == struct.pack("!6H", query.id, 0x8183, 1, 0, 0, 0) + question


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(QUERY.to_wire()[:-1], id="cut-short"),
        pytest.param(QUERY.to_wire()[:12], id="no-question"),
        pytest.param(QUERY.to_wire()[:20], id="cut-in-the-name"),
        pytest.param(b"\x12\x34\x01\x00" + bytes(8), id="none-announced"),
        pytest.param(b"\x12\x34\x01\x00\x00\x02" + bytes(6) + QUERY.to_wire()[12:] * 2, id="two-questions"),
        pytest.param(dns.message.make_response(QUERY).to_wire(), id="an-answer"),
        pytest.param(b"\x12\x34\x28\x00" + QUERY.to_wire()[4:], id="an-update"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: 172.17.0.1:53\r\n\r\n", id="http"),
    ],
)
@pytest.mark.parametrize("manners", get_args(Manners))
def test_says_nothing_to_what_is_no_question(manners: Manners, sent: bytes) -> None:
    """Neither rubbish nor another server's answer is answered, whatever the manners."""
    assert answer(sent, World(names=NAMES, manners=manners)) is None


NUMBERS = st.integers(0, 0xFFFF)
HEADS = st.builds(
    lambda number, flags, questions, rest: struct.pack("!3H", number, flags, questions) + rest,
    NUMBERS,
    st.sampled_from([0x0100, 0x0120, 0x0000]) | NUMBERS,
    st.just(1) | st.integers(0, 3),
    st.binary(min_size=6, max_size=6),
)
KINDS = st.builds(
    lambda kind, of: struct.pack("!2H", kind, of), st.sampled_from([1, 28]) | NUMBERS, st.just(1) | NUMBERS
)
QUERIES = st.builds(
    lambda *parts: b"".join(parts), HEADS, st.just(QUERY.to_wire()[12:-4]), KINDS, st.binary(max_size=20)
)


@given(st.binary(max_size=64) | QUERIES, st.sampled_from(get_args(Manners)))
def test_answers_only_what_was_asked(sent: bytes, manners: Manners) -> None:
    """Whatever arrives, an answer that is one has its number, and its question unless that is the misbehaviour."""
    found = answer(sent, World(names=NAMES, manners=manners))
    if found is None or manners == "garbage":
        return
    response = dns.message.from_wire(found)
    assert response.id.to_bytes(2, "big") == sent[:2]
    same = response.question == dns.message.from_wire(sent, question_only=True).question
    assert same is (manners != "other-question")
