"""What comes from the process in the container: two streams, and lines for this program among the second."""

import io
import socket
import struct

import pytest

from netdiag.container.stream import Stream


def _frame(kind: int, data: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(data)) + data


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_streams_are_told_apart(size):
    """However the bytes arrive, standard output stays as it is, and lines that begin with NUL reach nobody else."""
    said = b"one\n\0pid 54\ntwo\0journal AAAA\n"
    frames = b"".join(_frame(2, said[at : at + size]) for at in range(0, len(said), size)) + _frame(1, b"\0out\xff")
    here, there = socket.socketpair()
    out, err, heard = io.BytesIO(), io.BytesIO(), []
    with there:
        there.sendall(frames)
    stream = Stream(here)
    stream.pass_on(out, err, heard.append)
    stream.close()
    assert (out.getvalue(), err.getvalue()) == (b"\0out\xff", b"one\ntwo")
    assert heard == [b"pid 54", b"journal AAAA"]


def test_a_frame_that_is_cut_off():
    """The engine went away: what arrived was passed on, and nothing is waited for."""
    here, there = socket.socketpair()
    with there:
        there.sendall(_frame(1, b"whole") + _frame(1, b"cut off")[:-2])
    out = io.BytesIO()
    stream = Stream(here)
    stream.pass_on(out, io.BytesIO(), lambda _: None)
    stream.close()
    assert out.getvalue() == b"wholecut o"
