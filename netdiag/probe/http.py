"""Make one HTTP call with httpx, the client that KAG's own SDKs stand on, and say how it ended.

The proxies of the environment apply as they do to KAG unless ``direct`` is asked for, and so do the certificates it
trusts. Redirects are followed as KAG's client follows them, without the key to another origin, and to another origin
only where that is asked for. One deadline bounds the call from the name to the last byte, redirects included, and what
comes is bounded in bytes while it comes (:mod:`netdiag.probe.bound`).
"""

import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import httpx

from netdiag import failures
from netdiag.clock import since
from netdiag.model.attempt import Answer, Redirect, Request
from netdiag.probe import redirects, tls
from netdiag.probe.bound import HEAD_LIMIT, Bound, StrangerError, TooLargeError
from netdiag.probe.decoding import BadEncodingError, decoded
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.proxies import DIRECT, Client, way
from netdiag.probe.transport import session

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


class _NoStoreError(Exception):
    """The file of trusted certificates that the environment names cannot be read."""


class Limits(NamedTuple):
    """What bounds a call: seconds for each connection, seconds for all of it, and the answer's bytes.

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
    peers: frozenset[str] | None = None,
    accepted: Callable[[], None] | None = None,
) -> Answer:
    """Send ``request`` and return what came back; every failure is a word, none an exception.

    The limits are those of :class:`Limits`; a model that is being loaded may need minutes. Proxies and trusted
    certificates are those that ``client`` takes from ``environment``, by default this process's own; ``direct`` leaves
    the proxies aside. Redirects to another origin are followed only with ``away``. With ``peers`` nothing is sent over
    a connection to any other address, whatever the name stands for at that moment; the answer is ``not_trusted`` then,
    with that address as its detail. ``accepted`` is called for each connection that somebody accepts.
    """
    began = time.monotonic()
    limits = Limits(connect_s, read_s, client_s, most_bytes)
    bound = Bound(began + read_s, peers, accepted=accepted)
    answer = _Exchange(limits, bound, direct, environment or of_shell(), client, away=away).answer(request)
    return answer._replace(duration_ms=since(began))


def warm() -> None:
    """Load now what the first call would load: 50 ms, which who waits has and who reacts has not."""
    session(Bound(0.0), None)


class _Exchange:
    """One request and what follows from its redirects."""

    def __init__(  # noqa: PLR0913 - what there is to decide about a call
        self,
        limits: Limits,
        bound: Bound,
        direct: bool,
        environment: Environment,
        client: Client,
        *,
        away: bool,
    ) -> None:
        self._limits = limits
        self._bound = bound
        self._direct = direct
        self._environment = environment
        self._client: Client = client
        self._away = away
        self._status: int | None = None
        self._followed: list[Redirect] = []

    def answer(self, request: Request) -> Answer:
        """Return what came back in the end."""
        try:
            answer = self._followed_to_the_end(request)
        except TooLargeError as error:
            answer = Answer(failure=failures.TOO_LARGE, detail=str(error))
        except BadEncodingError as error:
            answer = Answer(failure=failures.NOT_HTTP, detail=str(error))
        except _NoStoreError:
            answer = Answer(failure=failures.TLS_NO_STORE)
        except StrangerError as error:
            answer = Answer(failure=failures.NOT_TRUSTED, detail=str(error))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            answer = Answer(failure=self._word(error), detail=str(error))
        status = answer.status if answer.status is not None else self._status
        return answer._replace(status=status, redirects=tuple(self._followed))

    def _followed_to_the_end(self, request: Request) -> Answer:
        url: str | httpx.URL = request.url
        onward: httpx.Request | None = None
        cookies: httpx.Cookies | None = None
        while True:
            to = DIRECT if self._direct else way(self._environment, str(url), self._client)
            if to.problem:
                return Answer(failure=failures.PROXY_UNUSABLE, detail=to.problem)
            verify = _verify(str(url), self._environment, self._client)
            client = session(self._bound, verify, to.proxy.reveal() if to.proxy else None, cookies)
            if onward is None:
                ready, auth = self._first(client, request), None
            else:
                ready, auth = onward, httpx.Auth()  # the user-info of a redirect is not a login
            ready.extensions = {**ready.extensions, "timeout": self._timeout().as_dict()}
            self._bound.allow(HEAD_LIMIT)
            response = client.send(ready, stream=True, auth=auth)
            try:
                onward = redirects.following(response, self._client)
                if onward is None:
                    return self._read(response)
                if refused := self._refused(response, onward):
                    return refused
            finally:
                response.close()
            url, cookies = onward.url, client.cookies

    def _refused(self, response: httpx.Response, onward: httpx.Request) -> Answer | None:
        """Note a redirect, and return the answer instead where it is not followed."""
        step = redirects.redirect(response, onward)
        if step.away and not self._away:
            return Answer(response.status_code, {}, b"", failures.REDIRECTED_AWAY, f"to {step.url}")
        if len(self._followed) == redirects.LIMITS[self._client]:
            return Answer(failure=failures.TOO_MANY_REDIRECTS, detail=f"more than {len(self._followed)} redirects")
        self._followed.append(step)
        if step.away and "authorization" not in onward.headers:
            self._bound.peers = None  # nothing goes there that is not told to everybody
        return None

    def _first(self, client: httpx.Client, request: Request) -> httpx.Request:
        headers = dict(request.headers)
        if request.bearer is not None:
            bearer = f"Bearer {request.bearer.reveal()}"
            # a blank at the end means nothing to a server (RFC 9110, 5.5): requests sends it, httpx refuses to
            headers["Authorization"] = bearer.rstrip(" \t") if self._client == "requests" else bearer
        headers |= {name: value.reveal() for name, value in request.secret_headers.items()}
        return client.build_request(request.method, request.url, headers=headers, content=request.body or None)

    def _timeout(self) -> httpx.Timeout:
        """Return the client's limits for each operation, and netdiag's own for a connection."""
        each = self._limits.client_s
        return httpx.Timeout(each, connect=min(self._limits.connect_s, math.inf if each is None else each))

    def _read(self, response: httpx.Response) -> Answer:
        self._status = response.status_code
        try:
            body = b"".join(self._pieces(response))
        except httpx.ReadTimeout:
            is_clients = self._bound.is_clients
            return Answer(failure=failures.CLIENT_TIMED_OUT if is_clients else failures.ANSWER_UNFINISHED)
        return Answer(response.status_code, dict(response.headers), body)

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        most = self._limits.most_bytes
        # chunks of single bytes are legal; what is no answer at all, as their extensions, is bounded by this
        self._bound.allow(_MOST_OVERHEAD * most + HEAD_LIMIT)
        try:
            yield from decoded(response.iter_raw(), response.headers.get("content-encoding", ""), most, self._check)
        except httpx.RemoteProtocolError:
            # urllib3 1.26, which requests 2.31 stands on in KAG's image, takes a body that is shorter than announced
            if self._client != "requests" or "content-length" not in response.headers:
                raise

    def _check(self) -> None:
        """End the call where it is time, however quickly more comes."""
        if self._bound.left_s <= 0:
            self._bound.is_clients = False
            raise httpx.ReadTimeout(failures.ANSWER_UNFINISHED)

    def _word(self, error: Exception) -> str:
        is_late = isinstance(error, httpx.TimeoutException) and self._bound.is_clients
        if is_late and not (isinstance(error, httpx.ConnectTimeout) and self._connects_longer()):
            return failures.CLIENT_TIMED_OUT
        if isinstance(error, httpx.ConnectTimeout) and self._is_taken():
            return failures.READ_TIMED_OUT
        return _word(error)

    def _is_taken(self) -> bool:
        """Tell whether somebody has taken the call who let its time pass: in a handshake, or by redirects."""
        return self._bound.is_connected or (bool(self._followed) and self._bound.left_s <= 0)

    def _connects_longer(self) -> bool:
        """Tell whether KAG's client waits longer for a connection than netdiag does."""
        return self._limits.client_s is None or self._limits.client_s > self._limits.connect_s


_MOST_OVERHEAD: Final = 2
"""Bytes on the way for each byte of an answer, at most."""


def _verify(url: str, environment: Environment, client: Client) -> ssl.SSLContext | None:
    """Certificates matter to https only; leaving the trust store unread saves 15 ms of a plain call."""
    if not url.lower().startswith("https:"):
        return None
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
    if isinstance(error, httpx.RemoteProtocolError) and "too long" in str(error):  # h11, of headers and trailers
        return failures.TOO_LARGE
    return next((word for kind, word in _FAILURES if isinstance(error, kind)), failures.UNKNOWN)
