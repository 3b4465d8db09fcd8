"""httpx over connections that know when their call ends.

httpx's own limits are for each operation of a socket, and whoever sends a byte now and then has a new one each time.
Here every byte of a call, those of handshakes and proxies included, comes through one :class:`Stream`, which waits no
longer than the call has left and counts what comes (:class:`netdiag.probe.bound.Bound`).
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

import httpcore
import httpx

from netdiag.probe.bound import Bound, StrangerError, TooLargeError
from netdiag.probe.decoding import ACCEPTED
from netdiag.probe.names import NAME_LIMIT_S, endpoints

MOST_HEADERS: Final = 500
"""Header lines of an answer; Python's http.client takes 100. Each may be a cookie, and parsing those is slow."""

_RECORD: Final = 16 * 1024
"""Bytes of a TLS record (RFC 8446, 5.1)."""

Result = TypeVar("Result")


def session(
    bound: Bound, verify: ssl.SSLContext | None, proxy: str | None = None, cookies: httpx.Cookies | None = None
) -> httpx.Client:
    """Return a client whose calls all end within ``bound``, each on a connection of its own.

    ``verify`` is who is trusted; it may be nothing where only http is spoken.
    """
    return httpx.Client(
        transport=_Transport(bound, verify, httpx.Proxy(proxy) if proxy else None),
        headers={"Accept-Encoding": ACCEPTED},
        cookies=cookies,
        trust_env=False,
    )


class _Transport(httpx.HTTPTransport):
    """httpx's transport with a pool of its own making: it has no parameter for the network's side."""

    def __init__(self, bound: Bound, verify: ssl.SSLContext | None, proxy: httpx.Proxy | None) -> None:
        self._pool: Any = (
            httpcore.ConnectionPool(verify, max_keepalive_connections=0, network_backend=Backend(bound))
            if proxy is None
            else httpcore.HTTPProxy(
                httpcore.URL(
                    scheme=proxy.url.raw_scheme,
                    host=proxy.url.raw_host,
                    port=proxy.url.port,
                    target=proxy.url.raw_path,
                ),
                proxy_auth=proxy.raw_auth,
                proxy_headers=proxy.headers.raw,
                ssl_context=verify,
                proxy_ssl_context=proxy.ssl_context,
                max_keepalive_connections=0,
                network_backend=Backend(bound),
            )
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises :exc:`TooLargeError` for too many headers, beside httpx's own exceptions."""
        response = super().handle_request(request)
        if len(response.headers.raw) > MOST_HEADERS:
            response.close()
            msg = f"more than {MOST_HEADERS} headers"
            raise TooLargeError(msg)
        return response


class Backend(httpcore.NetworkBackend):
    """Connects for httpcore: the name and every address within what the call has left."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's own
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Return a stream to ``host``, whose addresses are tried in the resolver's order, ``timeout`` for each.

        Raises :exc:`StrangerError` where it stands for nobody whom this call may go to, beside httpcore's exceptions.
        """
        self._bound.is_connected = False
        try:
            found = endpoints(host, port, min(NAME_LIMIT_S, self._bound.wait_s()))
            return Stream(self._connected(self._allowed(found), timeout), self._bound)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    def _allowed(self, found: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        peers = self._bound.peers
        allowed = [each for each in found if peers is None or _peer(each) in peers]
        if found and not allowed:
            raise StrangerError(_peer(found[0]))
        return allowed

    def _connected(self, found: Iterable[tuple[Any, ...]], timeout: float | None) -> socket.socket:
        failed: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
        for family, kind, protocol, _, address in found:
            connection = None
            try:
                connection = socket.socket(family, kind, protocol)
                connection.settimeout(self._bound.wait_s(timeout))
                connection.connect(address)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                failed = error
                if connection:
                    connection.close()
                continue
            self._bound.connect()
            return connection
        raise failed


def _peer(found: tuple[Any, ...]) -> str:
    """Return the address of one of ``getaddrinfo``'s entries, IPv4 as such (RFC 4291, 2.5.5)."""
    return str(found[4][0]).removeprefix("::ffff:")


class Stream(httpcore.NetworkStream):
    """A TCP connection. ``timeout`` is the client's own limit for one operation, ``None`` where it has none."""

    def __init__(self, connection: socket.socket, bound: Bound) -> None:
        self._socket = connection
        self._bound = bound

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, and nothing at the end."""
        try:
            self._socket.settimeout(self._bound.wait_s(timeout))
            got = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        self._bound.take(len(got))
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``."""
        rest = memoryview(buffer)
        try:
            while rest:
                self._socket.settimeout(self._bound.wait_s(timeout))
                rest = rest[self._socket.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return a stream of TLS over this one, whose whole handshake takes ``timeout`` at most."""
        return _with_tls(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        """Return the ``socket``."""
        return self._socket if info == "socket" else None


class TlsStream(httpcore.NetworkStream):
    """TLS over another stream, be that TCP or TLS itself, as to a service behind an https proxy."""

    def __init__(self, below: httpcore.NetworkStream, context: ssl.SSLContext, name: str | None) -> None:
        self._below = below
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=name)

    def shake_hands(self, timeout: float | None) -> None:
        """Do the handshake within ``timeout`` seconds altogether."""
        wait_s = Bound(time.monotonic() + timeout).wait_s if timeout is not None else lambda: None
        self._do(self._tls.do_handshake, wait_s)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, and nothing at the end, even where that was not announced."""
        try:
            return self._do(partial(self._tls.read, max_bytes), lambda: timeout)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``."""
        rest = memoryview(buffer)
        try:
            while rest:
                rest = rest[self._do(partial(self._tls.write, rest), lambda: timeout) :]
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return a stream of TLS within this one."""
        return _with_tls(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        """Return the ``ssl_object``, or what the stream below knows."""
        return self._tls if info == "ssl_object" else self._below.get_extra_info(info)

    def _do(self, step: Callable[[], Result], wait_s: Callable[[], float | None]) -> Result:
        """Return what ``step`` of OpenSSL returns once enough has come; ``wait_s`` is asked before each wait."""
        while True:
            with suppress(ssl.SSLWantReadError):
                return self._done(step, wait_s)
            # not where the wish for more is being handled: what fails here would be told as an error of TLS
            self._flush(wait_s)
            if got := self._below.read(_RECORD, wait_s()):
                self._in.write(got)
            else:
                self._in.write_eof()

    def _done(self, step: Callable[[], Result], wait_s: Callable[[], float | None]) -> Result:
        try:
            result = step()
        except ssl.SSLWantReadError:
            raise
        except ssl.SSLError:
            with suppress(httpcore.NetworkError, httpcore.TimeoutException, TimeoutError):
                self._flush(wait_s)  # the alert that tells the other side
            raise
        self._flush(wait_s)
        return result

    def _flush(self, wait_s: Callable[[], float | None]) -> None:
        if self._out.pending:
            self._below.write(self._out.read(), wait_s())


def _with_tls(
    below: httpcore.NetworkStream, context: ssl.SSLContext, name: str | None, timeout: float | None
) -> httpcore.NetworkStream:
    above = TlsStream(below, context, name)
    try:
        above.shake_hands(timeout)
    except (httpcore.TimeoutException, TimeoutError) as error:
        below.close()
        raise httpcore.ConnectTimeout(str(error)) from error
    except (httpcore.NetworkError, OSError) as error:  # ssl.SSLError is an OSError
        below.close()
        raise httpcore.ConnectError(str(error)) from error
    except BaseException:
        below.close()
        raise
    return above
