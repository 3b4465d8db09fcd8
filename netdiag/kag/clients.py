"""How the HTTP clients behave that KAG calls with: their time limits and their retries, by version and call. Pure.

``ROWS`` is the table, read in openai 1.59.9, 1.75.0 and 1.91.0 (_base_client.py, _constants.py), ollama 0.3.3, 0.4.8
and 0.5.1 (_client.py), requests 2.31.0 and KAG's own decorators, and measured with the released KAG 0.6.0, 0.7 and
0.8.0 (tests/kag/judge). Redirects are followed by the library (:mod:`netdiag.probe.redirects`).
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from netdiag import failures
from netdiag.kag.calls import Call, Reads
from netdiag.kag.version import EARLY, LATE, Version
from netdiag.model.attempt import Answer

if TYPE_CHECKING:
    from netdiag.probe.proxies import Client

Retries = Literal["never", "openai", "tenacity"]


class Row(NamedTuple):
    """The client of some calls.

    ``limit_s`` is how long it waits for each piece of an answer, ``None`` for ever. ``takes_timeout`` says whether the
    setting ``timeout`` replaces that limit; one that no client can use is refused before (:mod:`netdiag.kag.settings`).
    """

    versions: tuple[Version, ...]
    reads: tuple[Reads, ...]
    library: "Client"
    retries: Retries
    limit_s: float | None
    takes_timeout: bool


OPENAI_LIMIT_S: Final = 600.0
"""openai/_constants.py, ``DEFAULT_TIMEOUT``. From 0.7 on KAG passes ``timeout=None``, which replaces it."""

ROWS: Final = (
    Row(EARLY, ("openai_chat", "embedding"), "httpx", "openai", OPENAI_LIMIT_S, False),
    Row(LATE, ("openai_chat", "embedding"), "httpx", "openai", None, True),
    Row(EARLY, ("generate",), "httpx", "never", None, False),
    Row(LATE, ("ollama_chat",), "httpx", "never", None, True),
    Row(LATE, ("ollama_embedding",), "httpx", "never", None, True),
    Row(EARLY, ("unchecked_chat",), "requests", "never", None, False),
    Row(LATE, ("rerank",), "requests", "tenacity", None, False),
)  # fmt: skip

TRIES: Final[Mapping[Retries, int]] = {"never": 1, "openai": 3, "tenacity": 3}
"""The openai SDK's ``DEFAULT_MAX_RETRIES`` is 2 more; KAG's rerank has ``@retry(stop=stop_after_attempt(3))``."""

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 8.0
"""openai/_constants.py. The SDK shortens each pause by up to a quarter, at random."""

_LONGEST_RETRY_AFTER_S: Final = 60.0
_RETRIED_STATUSES: Final = frozenset({408, 409, 429})

_NOT_RETRIED: Final = frozenset(
    {failures.BAD_URL, failures.KEY_UNSENDABLE, failures.PROXY_UNUSABLE, failures.TOO_LARGE, failures.REDIRECTED_AWAY}
    | {failures.CONNECTION_REFUSED, failures.TIMED_OUT, failures.HOST_UNREACHABLE, failures.NETWORK_UNREACHABLE}
    | {failures.NOT_PERMITTED, failures.ADDRESS_UNUSABLE, failures.DNS_FAILED, failures.UNKNOWN}
    | {word for word in failures.WORDS if word.startswith("tls_")}
)
"""Failures that reached no service, or that are netdiag's own. KAG's clients repeat the former, too."""


def client_of(call: Call) -> Row:
    """Return the row of ``call``."""
    return next(row for row in ROWS if call.version in row.versions and call.reads in row.reads)


def limit_s(call: Call) -> float | None:
    """Return how many seconds KAG's client waits for each piece of an answer, ``None`` where it waits for ever."""
    row = client_of(call)
    if not row.takes_timeout:
        return row.limit_s
    timeout = call.timeout
    return timeout if isinstance(timeout, int | float) and not isinstance(timeout, bool) else None


def pause_s(call: Call, answer: Answer, tries: int, *, failed: bool, now: float) -> float | None:
    """Return how many seconds KAG's client waits before it makes ``call`` again, ``None`` where it does not.

    ``tries`` is how many there were, ``failed`` whether KAG fails with ``answer``, ``now`` the seconds since 1970.
    """
    retries = client_of(call).retries
    if tries >= TRIES[retries] or (answer.failure in _NOT_RETRIED and not answer.redirects):
        return None
    if retries == "tenacity":
        return 0.0 if failed else None
    if not _is_retried(call, answer):
        return None
    asked = _retry_after_s(answer.headers, now)
    if asked is not None and 0 < asked <= _LONGEST_RETRY_AFTER_S:
        return asked
    return min(math.ldexp(_FIRST_PAUSE_S, tries - 1), _LONGEST_PAUSE_S)


def _is_retried(call: Call, answer: Answer) -> bool:
    """Tell whether the openai SDK makes the call again; of a stream it sees only how it begins."""
    if answer.failure:
        return not (answer.status and call.streamed)
    status = answer.status or 0
    if 200 <= status < 300:
        return False
    wanted = answer.headers.get("x-should-retry")
    if wanted in ("true", "false"):
        return wanted == "true"
    return status in _RETRIED_STATUSES or status >= 500


def _retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that ``retry-after-ms`` or ``retry-after`` ask for, or ``None``."""
    milliseconds, asked = _number(headers.get("retry-after-ms", "")), headers.get("retry-after", "")
    if milliseconds is not None:
        return milliseconds / 1000
    seconds = _number(asked)
    return seconds if seconds is not None or not asked else _seconds_until(asked, now)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _seconds_until(date: str, now: float) -> float | None:
    from email.utils import mktime_tz, parsedate_tz  # noqa: PLC0415 - only where a service writes a date

    parsed = parsedate_tz(date)
    return None if parsed is None else float(mktime_tz(parsed)) - now
