"""What httpx makes of a URL. KAG's SDKs stand on it, so a URL that it cannot use is one that KAG cannot call."""

import re
import socket
from typing import Final

_SCHEMES: Final = frozenset({"http", "https"})
_HIGHEST_PORT: Final = 65535
_FOUR_NUMBERS: Final = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


class UnusableError(ValueError):
    """A URL that cannot be called. ``word`` says why (``findings/terms.yaml``)."""

    def __init__(self, word: str, said: str = "") -> None:
        super().__init__(said or word)
        self.word = word


def requested(text: str) -> str:
    """Return the URL that httpx requests for ``text``: lower case, IDNA and percent-encoding as httpx writes them.

    Raises :class:`UnusableError` for what httpx cannot parse or has no transport for, and for a host or port that the
    socket library refuses before a packet is sent.
    """
    import httpx  # noqa: PLC0415 - 50 ms that a run pays while the first packets are under way

    if not text:
        raise UnusableError(word="empty")
    try:
        url = httpx.URL(text)
        host, port = url.raw_host.decode("ascii"), url.port
        host.encode("idna")  # socket.getaddrinfo encodes names so: a label must have 1 to 63 characters
    except (httpx.InvalidURL, ValueError, OverflowError) as error:  # ValueError: lone surrogates, and idna's own
        raise UnusableError(word="client_refuses", said=str(error)) from None
    if url.scheme not in _SCHEMES:
        raise UnusableError(word="client_refuses" if "://" in text else "no_scheme")
    if not host:
        raise UnusableError(word="no_host")
    if port is not None and not 0 <= port <= _HIGHEST_PORT:
        raise UnusableError(word="bad_port")
    return str(url)


def dotted(host: str) -> str:
    """Return ``host`` without the zeros of inet_aton(3) in an address such as ``0177.0.0.01``, which httpx refuses."""
    if not _FOUR_NUMBERS.fullmatch(host):
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host
