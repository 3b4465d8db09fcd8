"""The listening sockets of a world, each opened in the network it belongs to; the kernel answers on them at once."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from ctypes import addressof, create_string_buffer
from ipaddress import ip_address
from typing import Final

from netdiag.lab.namespaces import inside_network
from netdiag.lab.topology import Service, World

_SO_ATTACH_FILTER: Final = 26  # asm-generic/socket.h
_RETURN: Final = 0x06  # BPF_RET | BPF_K, linux/bpf_common.h
_BACKLOG: Final = 128


def listen(service: Service, namespace: int | None = None) -> socket.socket:
    """Open the service's socket here, or in the network ``namespace`` (a file descriptor)."""
    with _place(namespace, f"listen on {service.listen} port {service.port}"):
        return _listening(service)


def name_server_socket(world: World, container: int) -> socket.socket | None:
    """Open the UDP socket at the world's nameserver: in the container for a loopback address, else on the host."""
    if not world.nameserver or world.nameserver in world.dead or world.manners == "closed":
        return None
    # 127.0.0.11 is Docker's embedded DNS, which answers inside the container
    inside = ip_address(world.nameserver).is_loopback
    with _place(container if inside else None, f"listen on {world.nameserver} port 53"):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((world.nameserver, 53))
    return udp


@contextmanager
def _place(namespace: int | None, call: str) -> Iterator[None]:
    try:
        with nullcontext() if namespace is None else inside_network(namespace):
            yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, call) from error


def _listening(service: Service) -> socket.socket:
    tcp = socket.socket(socket.AF_INET6 if ":" in service.listen else socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if service.drop:
        _drop_everything(tcp)
    tcp.bind((service.listen, service.port))
    tcp.listen(_BACKLOG)
    return tcp


def _drop_everything(tcp: socket.socket) -> None:
    """Do what ``iptables -j DROP`` does for one port, without any privilege.

    A filter on a listening socket sees every SYN; this one is the single instruction "accept 0 bytes", and the
    kernel discards the SYN without an answer (net/ipv4/tcp_ipv4.c, tcp_filter; Documentation/networking/filter.rst).
    The address still answers ARP, as behind a real firewall; unlike there, the host itself is dropped too.
    """
    program = create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
    tcp.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", 1, addressof(program)))
