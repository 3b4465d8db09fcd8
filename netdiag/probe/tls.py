"""TLS as KAG's clients speak it: whom they trust, what a failure means, and what the certificate itself says.

Whoever is trusted depends on the client and its environment: httpx takes certifi's certificates unless SSL_CERT_FILE or
SSL_CERT_DIR is set, requests knows REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE instead.
"""

import functools
import os
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import certifi
import httpx

from netdiag import failures
from netdiag.probe.bound import HEAD_LIMIT, Bound, TooLargeError
from netdiag.probe.environment import Environment
from netdiag.probe.proxies import DIRECT, Client, Way

_BY_VERDICT: Final = {  # openssl/x509_vfy.h
    9: failures.TLS_NOT_YET_VALID,
    10: failures.TLS_EXPIRED,
    18: failures.TLS_UNKNOWN_ISSUER,  # signed by itself
    19: failures.TLS_UNKNOWN_ISSUER,  # its chain ends in one that is signed by itself
    20: failures.TLS_UNKNOWN_ISSUER,
    21: failures.TLS_UNKNOWN_ISSUER,
    62: failures.TLS_WRONG_NAME,
    64: failures.TLS_WRONG_NAME,  # an address, not a name
}

_BY_REASON: Final = {
    "WRONG_VERSION_NUMBER": failures.TLS_NOT_SPOKEN,
    "HTTP_REQUEST": failures.TLS_NOT_SPOKEN,
    "UNKNOWN_PROTOCOL": failures.TLS_NOT_SPOKEN,
    "PACKET_LENGTH_TOO_LONG": failures.TLS_NOT_SPOKEN,
    "RECORD_LAYER_FAILURE": failures.TLS_NOT_SPOKEN,
    "NO_PROTOCOLS_AVAILABLE": failures.TLS_NO_COMMON_PROTOCOL,
    "NO_SHARED_CIPHER": failures.TLS_NO_COMMON_PROTOCOL,
    "UNSUPPORTED_PROTOCOL": failures.TLS_NO_COMMON_PROTOCOL,
    "WRONG_SSL_VERSION": failures.TLS_NO_COMMON_PROTOCOL,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": failures.TLS_NO_COMMON_PROTOCOL,
    "SSL/TLS_ALERT_HANDSHAKE_FAILURE": failures.TLS_NO_COMMON_PROTOCOL,  # its name since OpenSSL 3.2
    "TLSV1_ALERT_PROTOCOL_VERSION": failures.TLS_NO_COMMON_PROTOCOL,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": failures.TLS_NO_COMMON_PROTOCOL,
}

_NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME (openssl/x509_vfy.h), to which Python's ssl gives no name."""


class Certificate(NamedTuple):
    """What a certificate says: for whom, by whom, from when until when (seconds since 1970), and its names."""

    subject: str
    issuer: str
    starts: float
    ends: float
    names: tuple[str, ...]


class Look(NamedTuple):
    """What was seen without trusting it; ``ahead_s`` is by how many seconds the server's clock is ahead of this one."""

    certificate: Certificate | None = None
    fits_name: bool = True
    ahead_s: float | None = None


def context(environment: Environment, client: Client) -> ssl.SSLContext:
    """Return whom ``client`` trusts in ``environment``; raises :exc:`OSError` where what it names cannot be read."""
    file, folder = _store(environment.variables, client)
    return _context(file, folder, Path(file).stat().st_mtime_ns if file else 0)


@functools.lru_cache(maxsize=4)
def _context(file: str | None, folder: str | None, _changed: int) -> ssl.SSLContext:
    """Return what trusts the certificates of ``file`` and ``folder``: 15 ms for the usual ones, so only once."""
    # not ssl.create_default_context: that opens the file of SSLKEYLOGFILE, and is stricter since Python 3.13
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(cafile=file, capath=folder)
    return made


def unreadable(environment: Environment, client: Client, *, over_tls: bool) -> tuple[str, str] | None:
    """Return the variable and the file for want of which ``client`` sends nothing, or ``None``.

    httpx reads its certificates even where only http is spoken.
    """
    names = ("SSL_CERT_FILE",) if client == "httpx" else ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    name = next((name for name in names if environment.variables.get(name)), None)
    if name is None or (client == "requests" and not over_tls):
        return None
    try:
        context(environment, client)
    except OSError:  # ssl.SSLError is one
        return name, environment.variables[name]
    return None


def unwritable_log(environment: Environment, client: Client, *, over_tls: bool) -> str:
    """Return the file of SSLKEYLOGFILE where ``client`` fails to open it, and so sends nothing; empty for none.

    Python's ssl appends to it whenever a context is made: httpx makes one for every call, requests for https. It is
    only looked at here, since what is written to it would let others read what is sent.
    """
    file = environment.variables.get("SSLKEYLOGFILE", "")
    if not file or (client == "requests" and not over_tls):
        return ""
    path = environment.root / file.lstrip("/") if file.startswith("/") else Path(file)
    is_writable = os.access(path, os.W_OK) if path.exists() else os.access(path.parent, os.W_OK)
    return "" if is_writable and not path.is_dir() else file


def meaning(error: ssl.SSLError) -> str:
    """Return the failure word for an error of a handshake, or of what came after it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERDICT.get(error.verify_code, failures.TLS_UNTRUSTED)
    return _BY_REASON.get(error.reason or "", failures.TLS_FAILED)


def look(url: str, *, limit_s: float, way: Way = DIRECT) -> Look:
    """Return what the certificate at ``url`` says, by handshakes that trust anybody; nothing but a HEAD is sent.

    All of them together take ``limit_s`` seconds at most, and what is not known by then is left out.
    The first accepts every certificate, which leaves it undecoded. The next trusts that very one, for whatever time,
    so that OpenSSL decodes it, and judges its name by the way.
    """
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    bound = Bound(time.monotonic() + limit_s)
    shown, ahead_s = _handshake(url, anybody, bound, way)
    if shown is None:
        return Look()
    der = shown[0]
    named, _ = _handshake(url, _only(der, named=True), bound, way)
    decoded = named or _handshake(url, _only(der, named=False), bound, way)[0]
    return Look(_certificate(decoded[1]) if decoded else None, named is not None or decoded is None, ahead_s)


def is_spoken(url: str, *, limit_s: float) -> bool:
    """Tell whether TLS is spoken at the host and port of ``url``, whatever its scheme, within ``limit_s`` seconds."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return _handshake(url, anybody, Bound(time.monotonic() + limit_s), DIRECT)[0] is not None


def _store(variables: Mapping[str, str], client: Client) -> tuple[str | None, str | None]:
    """Return the file or the directory of trusted certificates: httpx/_config.py and requests/sessions.py."""
    if client == "httpx":
        if file := variables.get("SSL_CERT_FILE"):
            return file, None
        folder = variables.get("SSL_CERT_DIR")
        return (None, folder) if folder else (certifi.where(), None)
    return variables.get("REQUESTS_CA_BUNDLE") or variables.get("CURL_CA_BUNDLE") or certifi.where(), None


def _only(der: bytes, *, named: bool) -> ssl.SSLContext:
    """Return a context that trusts this one certificate, whoever signed it and whenever it is valid."""
    pinned = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    pinned.load_verify_locations(cadata=der)
    pinned.verify_flags = ssl.VerifyFlags(ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME)
    pinned.check_hostname = named
    return pinned


def _handshake(
    url: str, trusting: ssl.SSLContext, bound: Bound, way: Way
) -> tuple[tuple[bytes, Mapping[str, Any]] | None, float | None]:
    """Return the certificate, as bytes and decoded as far as it is trusted, and how far the server's clock is ahead.

    No header is sent but those of httpx; a proxy is used as the call would use it.
    """
    from netdiag.probe.transport import session  # noqa: PLC0415 - httpcore takes 20 ms, and only calls need it

    found: list[tuple[bytes, Mapping[str, Any]]] = []

    def note(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.complete"):  # the last is the server's, an https proxy's comes before
            tls = info["return_value"].get_extra_info("ssl_object")
            found.append((tls.getpeercert(True), tls.getpeercert() or {}))

    proxy = way.proxy.reveal() if way.proxy else None
    ahead_s = None
    bound.allow(HEAD_LIMIT)
    with (
        suppress(httpx.HTTPError, httpx.InvalidURL, OSError, TooLargeError),
        session(bound, trusting, proxy) as client,
    ):
        answer = client.head(_root(url), extensions={"trace": note})
        with suppress(ValueError, TypeError):
            ahead_s = parsedate_to_datetime(answer.headers.get("date")).timestamp() - time.time()
    return (found[-1] if found else None), ahead_s


def _root(url: str) -> httpx.URL:
    """Return ``https://`` at the host and port of ``url``; a default port stays that of its own scheme."""
    parsed = httpx.URL(url)
    port = parsed.port or (80 if parsed.scheme == "http" else 443)
    return httpx.URL(scheme="https", host=parsed.host, port=port, path="/")


def _certificate(decoded: Mapping[str, Any]) -> Certificate:
    names = tuple(str(value) for _, value in decoded.get("subjectAltName", ()))
    return Certificate(
        _name(decoded.get("subject", ())),
        _name(decoded.get("issuer", ())),
        float(ssl.cert_time_to_seconds(decoded["notBefore"])),
        float(ssl.cert_time_to_seconds(decoded["notAfter"])),
        names,
    )


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Return what people know a subject or an issuer by: its common name, its organization, or what there is."""
    told = {key: value for part in parts for key, value in part}
    return told.get("commonName") or told.get("organizationName") or next(iter(told.values()), "")
