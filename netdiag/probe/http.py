"""Make one HTTP call with httpx, the client that KAG's own SDKs stand on, and say how it ended.

The proxies of the environment apply as they do to KAG unless ``direct`` is asked for, and so do the certificates it
trusts. Redirects are followed only within one origin, so that a key never leaves the place it was meant for; answers
are bounded in bytes and in time.
"""

import functools
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Final

import httpx

from netdiag import failures
from netdiag.clock import since
from netdiag.model.attempt import Answer, Request
from netdiag.probe import tls
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.proxies import DIRECT, Client, way

BODY_LIMIT: Final = 1024 * 1024
"""Bytes read of an answer. An embedding of 4,096 numbers as JSON text takes some 90 KB."""

REDIRECT_LIMIT: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_FAILURES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.ConnectTimeout, failures.TIMED_OUT),
    (httpx.ReadTimeout, failures.READ_TIMED_OUT),
    (httpx.TimeoutException, failures.TIMED_OUT),
    (httpx.ProxyError, failures.PROXY_FAILED),
    (httpx.UnsupportedProtocol, failures.BAD_URL),
    (httpx.InvalidURL, failures.BAD_URL),
    (httpx.LocalProtocolError, failures.KEY_UNSENDABLE),
    (httpx.RemoteProtocolError, failures.NOT_HTTP),
    (httpx.DecodingError, failures.NOT_HTTP),
)


class _TooLateError(Exception):
    """An answer began, and had not ended when its time was up."""


class _TooLargeError(Exception):
    """The answer went on after ``BODY_LIMIT`` bytes."""


class _NoStoreError(Exception):
    """The file of trusted certificates that the environment names cannot be read."""


def send(  # noqa: PLR0913 - what there is to decide about a call
    request: Request,
    *,
    connect_s: float,
    read_s: float,
    direct: bool = False,
    environment: Environment | None = None,
    client: Client = "httpx",
) -> Answer:
    """Send ``request`` and return what came back; every failure is a word, none an exception.

    ``connect_s`` bounds the connection, ``read_s`` the whole answer (a model that is being loaded may need minutes),
    both in seconds. Proxies and trusted certificates are those that ``client`` takes from ``environment``, by default
    this process's own; ``direct`` leaves the proxies aside.
    """
    began = time.monotonic()
    try:
        answer = _send(request, httpx.Timeout(read_s, connect=connect_s), direct, environment or of_shell(), client)
    except _TooLateError:
        answer = Answer(failure=failures.ANSWER_UNFINISHED)
    except _TooLargeError:
        answer = Answer(failure=failures.TOO_LARGE, detail=f"more than {BODY_LIMIT} bytes")
    except _NoStoreError:
        answer = Answer(failure=failures.TLS_NO_STORE)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        answer = Answer(failure=_word(error), detail=str(error))
    return answer._replace(duration_ms=since(began))


def warm() -> None:
    """Load now what the first call would load: 50 ms, which who waits has and who reacts has not."""
    _client(False, None)


def _send(request: Request, timeout: httpx.Timeout, direct: bool, environment: Environment, client: Client) -> Answer:
    deadline = time.monotonic() + (timeout.read or 0)
    to = DIRECT if direct else way(environment, request.url, client)
    if to.problem:
        return Answer(failure=failures.PROXY_UNUSABLE, detail=to.problem)
    headers = dict(request.headers)
    if request.bearer is not None:
        bearer = f"Bearer {request.bearer.reveal()}"
        # a blank at the end means nothing to a server (RFC 9110, 5.5): requests sends it, httpx refuses to
        headers["Authorization"] = bearer.rstrip(" \t") if client == "requests" else bearer
    headers |= {name: value.reveal() for name, value in request.secret_headers.items()}
    proxy = to.proxy.reveal() if to.proxy else None
    verify = _verify(request.url, environment, client)
    session = _client(verify, proxy)
    session.cookies.clear()
    url, content = httpx.URL(request.url), request.body or None
    for _ in range(REDIRECT_LIMIT):
        with session.stream(request.method, url, headers=headers, content=content, timeout=timeout) as response:
            target = _redirect(response)
            if target is None:
                body = b"".join(_bounded(response, deadline))
                return Answer(response.status_code, dict(response.headers), body)
            if _origin(target) != _origin(url):
                status = response.status_code
                return Answer(
                    status, {}, b"", failures.REDIRECTED_AWAY, f"to {target.scheme}://{target.netloc.decode()}"
                )
            url = target
    return Answer(failure=failures.NOT_HTTP, detail=f"more than {REDIRECT_LIMIT} redirects")


@functools.lru_cache(maxsize=8)
def _client(verify: ssl.SSLContext | bool, proxy: str | None) -> httpx.Client:
    """Return the client for all calls of this sort: to make one takes as long as a call.

    Each call has a connection of its own nevertheless, as KAG's first one has, and no cookie of an earlier one.
    """
    never = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(trust_env=False, proxy=proxy, verify=verify, limits=never)


def _verify(url: str, environment: Environment, client: Client) -> ssl.SSLContext | bool:
    """Certificates matter to https only; leaving the trust store unread saves 15 ms of a plain call."""
    if not url.lower().startswith("https:"):
        return False
    try:
        return tls.context(environment, client)
    except OSError as error:
        raise _NoStoreError from error


def _redirect(response: httpx.Response) -> httpx.URL | None:
    if response.status_code not in _REDIRECTS or "location" not in response.headers:
        return None
    return response.url.join(response.headers["location"])


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _bounded(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    size = 0
    try:
        # Without a chunk size: with one, httpx collects a whole chunk first and a trickle would outlast the deadline.
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > BODY_LIMIT:
                raise _TooLargeError
            if time.monotonic() > deadline:
                raise _TooLateError
            yield chunk
    except httpx.ReadTimeout:
        raise _TooLateError from None


def _word(error: Exception) -> str:
    """Return the failure word of an exception: by the error of TLS or the errno underneath, else by its type."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return tls.meaning(cause)
        if isinstance(cause, OSError) and cause.errno:
            return failures.DNS_FAILED if isinstance(cause, socket.gaierror) else failures.from_errno(cause.errno)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" in str(error):
        return failures.CONNECTION_CLOSED
    return next((word for kind, word in _FAILURES if isinstance(error, kind)), failures.UNKNOWN)
