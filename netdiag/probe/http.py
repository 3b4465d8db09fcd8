"""Make one HTTP call with httpx, the client that KAG's own SDKs stand on, and say how it ended.

The environment's proxies apply as they do to KAG unless ``direct`` is asked for. Redirects are followed only within
one origin, so that a key never leaves the place it was meant for; answers are bounded in bytes and in time.
"""

import os
import socket
import time
from collections.abc import Iterator
from typing import Final

import httpx

from netdiag import failures
from netdiag.model.attempt import Answer, Request

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
    (ImportError, failures.PROXY_FAILED),  # a SOCKS proxy without its package
    (ValueError, failures.PROXY_FAILED),  # an unknown scheme in a proxy variable
)
_TLS_FAILURES: Final = (
    ("CERTIFICATE_VERIFY_FAILED", failures.TLS_UNTRUSTED),
    ("[SSL", failures.TLS_NOT_SPOKEN),
)


class _TooLateError(Exception):
    """The whole answer took longer than allowed, though bytes kept coming."""


class _TooLargeError(Exception):
    """The answer went on after ``BODY_LIMIT`` bytes."""


def send(request: Request, *, connect_s: float, read_s: float, direct: bool = False) -> Answer:
    """Send ``request`` and return what came back; every failure is a word, none an exception.

    ``connect_s`` bounds the connection, ``read_s`` the whole answer (a model that is being loaded may need minutes),
    both in seconds; ``direct`` leaves the environment's proxies aside.
    """
    began = time.monotonic()
    try:
        answer = _send(request, connect_s, read_s, direct)
    except _TooLateError:
        answer = Answer(failure=failures.READ_TIMED_OUT)
    except _TooLargeError:
        answer = Answer(failure=failures.TOO_LARGE, detail=f"more than {BODY_LIMIT} bytes")
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError, OSError) as error:
        answer = Answer(failure=_word(error), detail=str(error))
    duration = (time.monotonic() - began) * 1000
    return Answer(answer.status, answer.headers, answer.body, answer.failure, answer.detail, round(duration, 3))


def proxy_variables() -> tuple[str, ...]:
    """Return the names of the environment's proxy variables that are set; their values may hold passwords."""
    known = ("http_proxy", "https_proxy", "all_proxy")
    return tuple(sorted(name for name, value in os.environ.items() if value and name.lower() in known))


def _send(request: Request, connect_s: float, read_s: float, direct: bool) -> Answer:
    deadline = time.monotonic() + read_s
    timeout = httpx.Timeout(read_s, connect=connect_s)
    headers = dict(request.headers)
    if request.bearer is not None:
        headers["Authorization"] = f"Bearer {request.bearer.reveal()}"
    with httpx.Client(timeout=timeout, trust_env=not direct, verify=_verify(request.url)) as client:
        url = httpx.URL(request.url)
        for _ in range(REDIRECT_LIMIT):
            with client.stream(request.method, url, headers=headers, content=request.body or None) as response:
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


def _verify(url: str) -> bool:
    """Certificates matter to https (or a proxy) only; leaving the trust store unread saves 15 ms of a plain call."""
    return url.lower().startswith("https:") or bool(proxy_variables())


def _redirect(response: httpx.Response) -> httpx.URL | None:
    if response.status_code not in _REDIRECTS or "location" not in response.headers:
        return None
    return response.url.join(response.headers["location"])


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _bounded(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    size = 0
    # Without a chunk size: with one, httpx collects a whole chunk first and a trickle would outlast the deadline.
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > BODY_LIMIT:
            raise _TooLargeError
        if time.monotonic() > deadline:
            raise _TooLateError
        yield chunk


def _word(error: Exception) -> str:
    """Return the failure word of an exception: by its text for TLS, by the errno underneath, else by its type."""
    text = str(error)
    for part, word in _TLS_FAILURES:
        if part in text:
            return word
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno:
            return failures.DNS_FAILED if isinstance(cause, socket.gaierror) else failures.from_errno(cause.errno)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" in text:
        return failures.CONNECTION_CLOSED
    return next((word for kind, word in _FAILURES if isinstance(error, kind)), failures.UNKNOWN)
