"""Redirects as the two clients follow them that KAG calls with: where to, by which method, with which headers.

httpx 0.27 and 0.28 (``follow_redirects=True`` in the SDKs of OpenAI and Ollama) and requests 2.31. Both turn 301, 302
and 303 into a GET without a body and keep method and body for 307 and 308. Both leave out the key when the origin
changes, except from http to https of the same host at the default ports.
"""

from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from netdiag.model.attempt import Redirect
from netdiag.probe.proxies import Client

LIMITS: Final[dict[Client, int]] = {"httpx": 20, "requests": 30}
"""How many redirects a client follows before it gives up (httpx/_config.py, requests/models.py)."""

_KEEP_BODY: Final = (307, 308)
_CARRIED: Final = frozenset(
    {b"accept", b"accept-encoding", b"authorization", b"connection", b"content-length", b"content-type", b"cookie"}
    | {b"host", b"transfer-encoding", b"user-agent"}
)
"""``authorization`` is there only from http to https of the same host, ``cookie`` only where it belongs."""

_PORTS: Final = {"http": 80, "https": 443}


def following(response: httpx.Response, client: Client) -> httpx.Request | None:
    """Return the request with which ``client`` goes on after ``response``, or ``None`` where it does not.

    httpx itself has made it (``next_request``). To another origin go only the headers of :data:`_CARRIED`: KAG's
    client sends there what else its process adds, but netdiag sends nobody's secrets on. Raises
    :exc:`httpx.RemoteProtocolError` for a place that is no URL.
    """
    onward = response.next_request
    if onward is not None and client == "requests":
        onward = _of_requests(response, onward)
    if onward is not None and _origin(onward.url) != _origin(response.url):
        onward.headers = httpx.Headers([each for each in onward.headers.raw if each[0].lower() in _CARRIED])
    return onward


def _of_requests(response: httpx.Response, onward: httpx.Request) -> httpx.Request | None:
    """Return the request as requests makes it (requests/sessions.py, ``resolve_redirects``).

    An empty ``Location`` is none, one that names no host is of the same host and port, and without the body its type
    is not sent either.
    """
    location = next(value for name, value in response.headers.raw if name.lower() == b"location")
    try:
        place = location.decode("utf-8")
        is_complete = bool(urlsplit(place).netloc)
    except ValueError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
    if not place:
        return None
    if not is_complete:
        onward.url = httpx.URL(urljoin(str(response.url), place))
        onward.headers = httpx.Headers({**onward.headers, "host": response.request.headers["host"]})
        if authorization := response.request.headers.get("authorization"):
            onward.headers["authorization"] = authorization
    if response.status_code not in _KEEP_BODY:
        onward.headers.pop("content-type", None)
    return onward


def redirect(response: httpx.Response, onward: httpx.Request) -> Redirect:
    """Return what is told of a redirect."""
    url = onward.url.copy_with(userinfo=b"", query=None, fragment=None)
    return Redirect(response.status_code, onward.method, str(url), _origin(onward.url) != _origin(response.url))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
