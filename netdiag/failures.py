"""The closed vocabulary of what can go wrong on the way to an answer.

An attempt's ``failure`` is ``None`` (it went well) or one of the words below; a word is never reused with another
meaning, so reports of different versions can be compared. The idea is OONI's (ooni/spec df-007).
"""

import errno
import os
from typing import Final

# on the way to the address
CONNECTION_REFUSED: Final = "connection_refused"
CONNECTION_RESET: Final = "connection_reset"
TIMED_OUT: Final = "timed_out"
HOST_UNREACHABLE: Final = "host_unreachable"
NETWORK_UNREACHABLE: Final = "network_unreachable"
NOT_PERMITTED: Final = "not_permitted"
ADDRESS_UNUSABLE: Final = "address_unusable"
NOT_AWAITED: Final = "not_awaited"
NOT_TRUSTED: Final = "not_trusted"
# names
DNS_NXDOMAIN: Final = "dns_nxdomain"
DNS_NO_ADDRESS: Final = "dns_no_address"
DNS_SERVFAIL: Final = "dns_servfail"
DNS_REFUSED: Final = "dns_refused"
DNS_TIMED_OUT: Final = "dns_timed_out"
DNS_PORT_CLOSED: Final = "dns_port_closed"
DNS_UNREACHABLE: Final = "dns_unreachable"
DNS_TRUNCATED: Final = "dns_truncated"
DNS_WRONG_ANSWER: Final = "dns_wrong_answer"
DNS_NO_SERVER: Final = "dns_no_server"
DNS_FAILED: Final = "dns_failed"
# TLS
TLS_UNTRUSTED: Final = "tls_untrusted"
TLS_NOT_SPOKEN: Final = "tls_not_spoken"
TLS_UNKNOWN_ISSUER: Final = "tls_unknown_issuer"
TLS_EXPIRED: Final = "tls_expired"
TLS_NOT_YET_VALID: Final = "tls_not_yet_valid"
TLS_WRONG_NAME: Final = "tls_wrong_name"
TLS_NO_COMMON_PROTOCOL: Final = "tls_no_common_protocol"
TLS_SPOKEN: Final = "tls_spoken"
TLS_FAILED: Final = "tls_failed"
TLS_NO_STORE: Final = "tls_no_store"
TLS_NO_KEY_LOG: Final = "tls_no_key_log"
# HTTP
BAD_URL: Final = "bad_url"
CONNECTION_CLOSED: Final = "connection_closed"
READ_TIMED_OUT: Final = "read_timed_out"
ANSWER_UNFINISHED: Final = "answer_unfinished"
NOT_HTTP: Final = "not_http"
PROXY_FAILED: Final = "proxy_failed"
PROXY_UNUSABLE: Final = "proxy_unusable"
PROXY_UNREACHABLE: Final = "proxy_unreachable"
PROXY_LOGIN: Final = "proxy_login"
PROXY_FORBIDS: Final = "proxy_forbids"
PROXY_NO_WAY: Final = "proxy_no_way"
REDIRECTED_AWAY: Final = "redirected_away"
TOO_LARGE: Final = "too_large"
TOO_MANY_REDIRECTS: Final = "too_many_redirects"
CLIENT_TIMED_OUT: Final = "client_timed_out"
# the model service
NOT_A_MODEL_SERVICE: Final = "not_a_model_service"
PATH_NOT_FOUND: Final = "path_not_found"
MODEL_NOT_FOUND: Final = "model_not_found"
KEY_REFUSED: Final = "key_refused"
FORBIDDEN: Final = "forbidden"
REQUEST_REFUSED: Final = "request_refused"
RATE_LIMITED: Final = "rate_limited"
SERVICE_UNAVAILABLE: Final = "service_unavailable"
SERVER_ERROR: Final = "server_error"
UNEXPECTED_ANSWER: Final = "unexpected_answer"
WEB_PAGE: Final = "web_page"
MODEL_LOADING: Final = "model_loading"
MODEL_FORBIDDEN: Final = "model_forbidden"
CANNOT_EMBED: Final = "cannot_embed"
CANNOT_CHAT: Final = "cannot_chat"
CANNOT_RERANK: Final = "cannot_rerank"
TOO_MANY_TOKENS: Final = "too_many_tokens"
FIELD_REFUSED: Final = "field_refused"
OUT_OF_MEMORY: Final = "out_of_memory"
OUT_OF_CREDIT: Final = "out_of_credit"
ORIGIN_REFUSED: Final = "origin_refused"
LOCATION_REFUSED: Final = "location_refused"
LOGIN_WANTED: Final = "login_wanted"
SIGN_IN_WANTED: Final = "sign_in_wanted"
KEY_MISSING: Final = "key_missing"
KEY_MASKED: Final = "key_masked"
KEY_EXPIRED: Final = "key_expired"
KEY_NOT_SENT: Final = "key_not_sent"
KEY_DISABLED: Final = "key_disabled"
KEY_HEADER: Final = "key_header"
# behind a gateway
UPSTREAM_FAILED: Final = "upstream_failed"
UPSTREAM_LACKS_MODEL: Final = "upstream_lacks_model"
UPSTREAM_REFUSES_KEY: Final = "upstream_refuses_key"
# KAG refuses before anything is sent
UNSUPPORTED_TYPE: Final = "unsupported_type"
LOCAL_TYPE: Final = "local_type"
BROKEN_TYPE: Final = "broken_type"
MISSING_SETTING: Final = "missing_setting"
WRONG_SETTING: Final = "wrong_setting"
STREAM_UNREADABLE: Final = "stream_unreadable"
KEY_UNSENDABLE: Final = "key_unsendable"
VARIABLE_UNSENDABLE: Final = "variable_unsendable"
# the only escape
UNKNOWN: Final = "unknown_failure"

WORDS: Final = frozenset(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))

ABOUT_SETTINGS: Final = frozenset({MISSING_SETTING, WRONG_SETTING})
"""KAG refuses a setting, or the want of one, before it calls anybody."""

UNREACHED: Final = frozenset(
    {CONNECTION_REFUSED, TIMED_OUT, HOST_UNREACHABLE, NETWORK_UNREACHABLE, NOT_PERMITTED, ADDRESS_UNUSABLE, DNS_FAILED}
)
"""How a call ends whose connection did not come about: it reached nobody."""

TOO_LATE: Final = frozenset({READ_TIMED_OUT, ANSWER_UNFINISHED})
"""How a call ends that a service has taken and not answered in time."""

NO_WAY: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
"""Error numbers of a connect for which no way leads to the address, whoever may listen there."""

EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Error numbers by which this system refuses a socket: they say nothing of an address, and no run can go on."""

_BY_ERRNO: Final = {
    errno.ECONNREFUSED: CONNECTION_REFUSED,
    errno.ECONNRESET: CONNECTION_RESET,
    errno.EPIPE: CONNECTION_RESET,
    errno.ETIMEDOUT: TIMED_OUT,
    errno.EHOSTUNREACH: HOST_UNREACHABLE,  # firewalld's icmp-host-prohibited, or no answer to ARP
    errno.ENETUNREACH: NETWORK_UNREACHABLE,  # no route, or libslirp with the host's loopback disabled
    errno.ENETDOWN: NETWORK_UNREACHABLE,
    errno.EACCES: NOT_PERMITTED,  # `ip route add prohibit`
    errno.EPERM: NOT_PERMITTED,  # a local iptables OUTPUT rule
    errno.EINVAL: ADDRESS_UNUSABLE,  # `ip route add blackhole`
    errno.EADDRNOTAVAIL: ADDRESS_UNUSABLE,
    errno.EAFNOSUPPORT: ADDRESS_UNUSABLE,
    errno.ENOPROTOOPT: HOST_UNREACHABLE,  # icmp-proto-unreachable
}


def from_errno(number: int) -> str:
    """Return the word for an ``errno`` of ``socket``, ``connect``, ``send`` or ``recv``; measured on Linux 6.18.

    Raises :exc:`OSError` for one of :data:`EXHAUSTED`.
    """
    if number in EXHAUSTED:
        raise OSError(number, os.strerror(number))
    return _BY_ERRNO.get(number, UNKNOWN)
