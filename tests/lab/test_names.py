"""The name server of the lab knows no name, and cannot be confused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.lab.servers.names import no_such_name

QUESTION = b"\x04host\x06docker\x08internal\0" + struct.pack("!2H", 28, 1)
QUERY = struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0) + QUESTION


@pytest.mark.parametrize("more", [b"", b"\0\0\x29\x04\xd0\0\0\0\0\0\0"], ids=["plain", "with-edns"])
def test_says_no_such_name(more: bytes) -> None:
    """The answer repeats number and question, and carries NXDOMAIN."""
    assert no_such_name(QUERY + more) == struct.pack("!6H", 0x1234, 0x8183, 1, 0, 0, 0) + QUESTION


@pytest.mark.parametrize(
    "sent",
    [b"", QUERY[:-1], QUERY[:12], QUERY[:20], struct.pack("!6H", 1, 0x8183, 1, 0, 0, 0) + QUESTION],
    ids=["nothing", "cut-short", "no-question", "cut-in-the-name", "an-answer"],
)
def test_says_nothing_to_what_is_no_question(sent: bytes) -> None:
    """Neither rubbish nor another server's answer is answered."""
    assert no_such_name(sent) is None


@given(st.binary(max_size=64))
def test_answers_only_what_was_asked(sent: bytes) -> None:
    """Whatever arrives, an answer has its number and its question."""
    answer = no_such_name(sent)
    assert answer is None or (answer[:2] == sent[:2] and sent[12:].startswith(answer[12:]))
