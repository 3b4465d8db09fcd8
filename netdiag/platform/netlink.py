"""Lists that the kernel gives over a netlink socket: no privilege, and quicker than what it prints below /proc."""

import os
import socket
import struct
from typing import Final

_HEADER: Final = struct.Struct("IHHII")  # nlmsghdr (linux/netlink.h): length, type, flags, sequence, port
_DUMP_REQUEST: Final = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
_ERROR, _DONE = 2, 3
_LARGEST: Final = 1 << 18
_ANSWER_LIMIT_S: Final = 1.0


def dump(protocol: int, ask: int, body: bytes, answer: int) -> list[bytes]:
    """Return the bodies of the messages of type ``answer`` that answer a request of type ``ask``.

    Raises :exc:`OSError` where the kernel has no such list (gVisor), or does not give it.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as kernel:
        kernel.settimeout(_ANSWER_LIMIT_S)
        kernel.send(_HEADER.pack(_HEADER.size + len(body), ask, _DUMP_REQUEST, 1, 0) + body)
        found: list[bytes] = []
        while True:
            data = kernel.recv(_LARGEST)
            while len(data) >= _HEADER.size:
                length, kind = struct.unpack_from("IH", data)
                if kind == _DONE:
                    return found
                if kind == _ERROR:
                    number = -struct.unpack_from("i", data, _HEADER.size)[0]
                    raise OSError(number, os.strerror(number))
                if kind == answer:
                    found.append(data[_HEADER.size : length])
                data = data[max((length + 3) & ~3, _HEADER.size) :]
