"""Make one HTTP call with httpx, the client that KAG's own SDKs stand on, and say how it ended.

The proxies of the environment apply as they do to KAG unless ``direct`` is asked for, and so do the certificates it
trusts. Redirects are followed as KAG's client follows them, without the key to another origin, and to another origin
only where that is asked for. Answers are bounded in bytes and in time.
"""

import functools
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

import httpcore  # noqa: F401 - httpx imports it with the first client, which a thread may make
import httpx

from netdiag import failures
from netdiag.clock import since
from netdiag.model.attempt import Answer, Redirect, Request
from netdiag.probe import redirects, tls
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.names import NAME_LIMIT_S
from netdiag.probe.proxies import DIRECT, Client, way

BODY_LIMIT: Final = 1024 * 1024
"""Bytes read of an answer unless more are asked for."""

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


class _TooLargeError(Exception):
    """The answer went on after as many bytes as are read."""


class _NoStoreError(Exception):
    """The file of trusted certificates that the environment names cannot be read."""


class Limits(NamedTuple):
    """What bounds a call: seconds for each connection and, once it stands, for the answer, and the answer's bytes.

    ``client_s`` is how long KAG's client waits for each connection and each piece of the answer, ``None`` for ever.
    """

    connect_s: float
    read_s: float
    client_s: float | None = None
    most_bytes: int = BODY_LIMIT


def send(  # noqa: PLR0913 - what there is to decide about a call
    request: Request,
    *,
    connect_s: float,
    read_s: float,
    direct: bool = False,
    environment: Environment | None = None,
    client: Client = "httpx",
    client_s: float | None = None,
    most_bytes: int = BODY_LIMIT,
    away: bool = False,
) -> Answer:
    """Send ``request`` and return what came back; every failure is a word, none an exception.

    The limits are those of :class:`Limits`; a model that is being loaded may need minutes. Proxies and trusted
    certificates are those that ``client`` takes from ``environment``, by default this process's own; ``direct`` leaves
    the proxies aside. Redirects to another origin are followed only with ``away``.
    """
    began = time.monotonic()
    limits = Limits(connect_s, read_s, client_s, most_bytes)
    answer = _Exchange(limits, direct, environment or of_shell(), client, away).answer(request)
    return answer._replace(duration_ms=since(began))


def warm() -> None:
    """Load now what the first call would load: 50 ms, which who waits has and who reacts has not."""
    _client(False, None)


class _Exchange:
    """One request and what follows from its redirects."""

    def __init__(self, limits: Limits, direct: bool, environment: Environment, client: Client, away: bool) -> None:
        self._limits = limits
        self._direct = direct
        self._environment = environment
        self._client: Client = client
        self._away = away
        self._deadline = time.monotonic() + limits.read_s
        self._connecting_s = 0.0
        self._began = 0.0
        self._is_clients = False
        self._status: int | None = None
        self._followed: list[Redirect] = []

    def answer(self, request: Request) -> Answer:
        """Return what came back in the end."""
        try:
            answer = self._followed_to_the_end(request)
        except _TooLargeError:
            answer = Answer(failure=failures.TOO_LARGE, detail=f"more than {self._limits.most_bytes} bytes")
        except _NoStoreError:
            answer = Answer(failure=failures.TLS_NO_STORE)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            answer = Answer(failure=self._word(error), detail=str(error))
        status = answer.status if answer.status is not None else self._status
        connecting_ms = round(1000 * self._connecting_s)
        return answer._replace(status=status, redirects=tuple(self._followed), connecting_ms=connecting_ms)

    def _followed_to_the_end(self, request: Request) -> Answer:
        url: str | httpx.URL = request.url
        onward: httpx.Request | None = None
        while True:
            to = DIRECT if self._direct else way(self._environment, str(url), self._client)
            if to.problem:
                return Answer(failure=failures.PROXY_UNUSABLE, detail=to.problem)
            session = _client(
                _verify(str(url), self._environment, self._client), to.proxy.reveal() if to.proxy else None
            )
            if onward is None:
                session.cookies.clear()
                ready, auth = self._first(session, request), None
            else:
                ready, auth = onward, httpx.Auth()  # the user-info of a redirect is not a login
            ready.extensions = {**ready.extensions, "timeout": self._timeout().as_dict(), "trace": self._traced}
            response = session.send(ready, stream=True, auth=auth)
            try:
                onward = redirects.following(response, self._client)
                if onward is None:
                    return self._read(response)
                if refused := self._refused(response, onward):
                    return refused
            finally:
                response.close()
            url = onward.url

    def _refused(self, response: httpx.Response, onward: httpx.Request) -> Answer | None:
        """Note a redirect, and return the answer instead where it is not followed."""
        step = redirects.redirect(response, onward)
        if step.away and not self._away:
            return Answer(response.status_code, {}, b"", failures.REDIRECTED_AWAY, f"to {step.url}")
        if len(self._followed) == redirects.LIMITS[self._client]:
            return Answer(failure=failures.TOO_MANY_REDIRECTS, detail=f"more than {len(self._followed)} redirects")
        self._followed.append(step)
        return None

    def _first(self, session: httpx.Client, request: Request) -> httpx.Request:
        headers = dict(request.headers)
        if request.bearer is not None:
            bearer = f"Bearer {request.bearer.reveal()}"
            # a blank at the end means nothing to a server (RFC 9110, 5.5): requests sends it, httpx refuses to
            headers["Authorization"] = bearer.rstrip(" \t") if self._client == "requests" else bearer
        headers |= {name: value.reveal() for name, value in request.secret_headers.items()}
        return session.build_request(request.method, request.url, headers=headers, content=request.body or None)

    def _timeout(self) -> httpx.Timeout:
        """Return the limits of the next request, and note whether they are the client's own."""
        left = max(self._deadline - time.monotonic(), _LEAST_S)
        each = left if self._limits.client_s is None else min(left, self._limits.client_s)
        self._is_clients = each < left
        return httpx.Timeout(each, connect=min(self._limits.connect_s, each))

    def _traced(self, event: str, _: object) -> None:
        """Put off the end of the answer by what its connection took: the resolver's time is not the model's."""
        if event.endswith("connect_tcp.started"):
            self._began = time.monotonic()
        elif event.endswith("connect_tcp.complete"):
            took_s = min(time.monotonic() - self._began, NAME_LIMIT_S + self._limits.connect_s)
            self._connecting_s += took_s
            self._deadline += took_s

    def _read(self, response: httpx.Response) -> Answer:
        self._status = response.status_code
        try:
            body = b"".join(self._pieces(response))
        except httpx.ReadTimeout:
            return Answer(failure=failures.CLIENT_TIMED_OUT if self._is_clients else failures.ANSWER_UNFINISHED)
        return Answer(response.status_code, dict(response.headers), body)

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        size = 0
        try:
            # Without a size: with one, httpx collects that much first and a trickle would outlast the deadline.
            for piece in response.iter_bytes():
                size += len(piece)
                if size > self._limits.most_bytes:
                    raise _TooLargeError
                if time.monotonic() > self._deadline:
                    self._is_clients = False
                    raise httpx.ReadTimeout(failures.ANSWER_UNFINISHED)
                yield piece
        except httpx.RemoteProtocolError:
            # urllib3 1.26, which requests 2.31 stands on in KAG's image, takes a body that is shorter than announced
            if self._client != "requests" or "content-length" not in response.headers:
                raise

    def _word(self, error: Exception) -> str:
        is_late = isinstance(error, httpx.TimeoutException) and self._is_clients
        if is_late and not (isinstance(error, httpx.ConnectTimeout) and self._connects_longer()):
            return failures.CLIENT_TIMED_OUT
        return _word(error)

    def _connects_longer(self) -> bool:
        """Tell whether KAG's client waits longer for a connection than netdiag does."""
        return self._limits.client_s is None or self._limits.client_s > self._limits.connect_s


_LEAST_S: Final = 0.001
"""What is left of a call whose time is up; httpx takes 0 for "do not wait at all"."""


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
