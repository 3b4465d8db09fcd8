"""Which connections, once they are accepted, mean that another run is worth it. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from netdiag import failures
from netdiag.model.report import Examined, Finding, Report

Door = tuple[str, int]
"""A host, by name or address, and a port."""

_CLOSING: Final = frozenset({failures.CONNECTION_CLOSED, failures.CONNECTION_RESET})

_CALLED: Final = frozenset(
    {
        failures.READ_TIMED_OUT,
        failures.ANSWER_UNFINISHED,
        failures.CLIENT_TIMED_OUT,
        *(word for word in failures.WORDS if word.startswith(("proxy_", "tls_"))),
    }
)
"""What only a call tells: somebody answered, or stands between."""

_OF_SERVER: Final = frozenset({"ND534", "ND540"})
_OF_DATABASE: Final = frozenset({"db_refused", "db_timed_out", "db_name_unknown", "db_unreachable"})
"""How a connection to the server's database ends that one to be accepted would change, whatever the finding is."""


def doors(report: Report, stopping: Sequence[Finding]) -> tuple[frozenset[Door], ...]:
    """Return for each broken endpoint, and for each thing else in the way, what to try to connect to.

    An empty set is something that no connection tells: a service that accepts connections and cannot answer yet.
    """
    broken = [frozenset(_of_endpoint(item)) for item in report.endpoints if item.verdict == "broken"]
    beside = [frozenset(_of_finding(finding)) for finding in stopping if finding in report.findings]
    return (*broken, *beside)


def _of_endpoint(item: Examined) -> Iterator[Door]:
    """Yield where nobody answered; nothing when somebody did who has to be called to know more."""
    answered = [p for p in item.proofs if p.status is not None or p.failure in _CALLED]
    if answered:
        return
    connected = {a.address for a in item.attempts if a.step == "tcp" and not a.failure}
    closing = {p.host for p in item.proofs if p.failure in _CLOSING}
    for attempt in item.attempts:
        if attempt.step != "tcp" or not attempt.address:
            continue
        if attempt.address not in connected or attempt.host in closing:
            yield attempt.address, attempt.port
    configured = _host_and_port(item.endpoint.base_url)
    if configured and not any(a.step == "tcp" and a.host == configured[0] for a in item.attempts):
        yield configured


def _of_finding(finding: Finding) -> Iterator[Door]:
    where = ""
    if finding.code in _OF_SERVER:
        where = finding.values.get("address", "")
    elif finding.values.get("reason") in _OF_DATABASE:
        where = finding.values.get("database", "").partition("/")[0]
    found = _host_and_port(f"http://{where}") if where else None
    if found:
        yield found


def _host_and_port(url: str) -> Door | None:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
