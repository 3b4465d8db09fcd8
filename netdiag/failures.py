"""The closed vocabulary of what can go wrong on the way to an answer.

An attempt's ``failure`` is ``None`` (it went well) or one of the words below; a word is never reused with another
meaning, so reports of different versions can be compared. The idea is OONI's (ooni/spec df-007).
"""

import errno
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
# HTTP
BAD_URL: Final = "bad_url"
CONNECTION_CLOSED: Final = "connection_closed"
READ_TIMED_OUT: Final = "read_timed_out"
NOT_HTTP: Final = "not_http"
PROXY_FAILED: Final = "proxy_failed"
REDIRECTED_AWAY: Final = "redirected_away"
TOO_LARGE: Final = "too_large"
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
# KAG refuses before anything is sent
UNSUPPORTED_TYPE: Final = "unsupported_type"
MISSING_SETTING: Final = "missing_setting"
KEY_UNSENDABLE: Final = "key_unsendable"
# the only escape
UNKNOWN: Final = "unknown_failure"

WORDS: Final = frozenset(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))

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
    """Return the word for an ``errno`` of ``connect``, ``send`` or ``recv``; measured on Linux 6.18."""
    return _BY_ERRNO.get(number, UNKNOWN)
