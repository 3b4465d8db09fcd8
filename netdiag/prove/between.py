"""What stands between KAG and a service: the proxies of KAG's process, and TLS. Looked into only when a call failed."""

import copy
import re
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from netdiag import failures, json_limits, kag
from netdiag.kag.calls import Call
from netdiag.model.attempt import Answer, Request
from netdiag.platform.trust import WHEREVER_IT_LEADS, Trust
from netdiag.probe import netrc, no_proxy, tls
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.http import send
from netdiag.probe.proxies import DIRECT, Client, Way, entries, settings, way
from netdiag.prove import certificate, secrets
from netdiag.text import shown

_UNTRUSTED: Final = frozenset(
    {failures.TLS_UNKNOWN_ISSUER, failures.TLS_EXPIRED, failures.TLS_NOT_YET_VALID, failures.TLS_WRONG_NAME}
    | {failures.TLS_UNTRUSTED}
)
_PERHAPS_TLS: Final = frozenset({failures.NOT_HTTP, failures.CONNECTION_CLOSED, failures.CONNECTION_RESET})
"""How plain HTTP ends at a port that speaks TLS: with an alert, or without a word."""

_PERHAPS_PLAIN: Final = _PERHAPS_TLS | {failures.TLS_NOT_SPOKEN, failures.TLS_FAILED}
"""How a handshake ends at a port that speaks plain HTTP: with an answer that is none, or closed."""

_ABOUT_TLS: Final = re.compile(rb"(?i)https|\bssl\b|\btls\b")
"""What servers say to plain HTTP on a port for TLS: nginx, Apache, Go and Jetty answer 400 in words of their own."""

_PROXYS_OWN: Final = frozenset({403, 451, 502, 503, 504})
"""Statuses with which proxies answer themselves (RFC 9110, 15.6.3); 407 is theirs alone."""

ANSWER_LIMIT: Final = 8 * 1024 * 1024
"""Bytes read of an answer to KAG's call. KAG reads all there is; an embedding of 4,096 numbers takes some 90 KB, and a
stream of the 8,192 tokens that KAG asks for 3 MB."""


AFTERWARDS_S: Final = 0.4
"""Seconds after the time for a call in which is asked who has not answered it, and what stands in between. Whoever
lives answers such questions from memory, in milliseconds."""


class Cause(NamedTuple):
    """What a failed call ended with, in the end: a failure word, the words of whoever said it, and what was seen."""

    failure: str
    detail: str
    seen: Mapping[str, str]


class Between:
    """Sends KAG's calls by the way that KAG's process would take, and says what stood there when one fails.

    Every call is sent from here, so here it is decided who is sent a secret: only who is trusted with it
    (:mod:`netdiag.platform.trust`), and only over a connection that leads there.
    """

    def __init__(
        self,
        environment: Environment,
        connect_s: float,
        read_s: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._environment = environment
        self._connect_s = min(connect_s, read_s)
        self._read_s = read_s
        self._sleep = sleep
        self._ends: float | None = None
        self._accepted: Callable[[], None] | None = None
        self._unreachable: dict[str, Answer] = {}
        self._stores: dict[tuple[Client, bool], tuple[str, str] | None] = {}
        self._looks: dict[tuple[str, str], tls.Look] = {}

    def until(self, ends: float) -> "Between":
        """Return the same, with calls that end by then (``time.monotonic``); the time is ``read_s`` seconds without it.

        What is asked because a call failed ends :data:`AFTERWARDS_S` later, all of it together.
        """
        other = copy.copy(self)
        other._ends = ends  # noqa: SLF001 - its own class
        return other

    def hearing(self, accepted: Callable[[], None]) -> "Between":
        """Return the same, which calls ``accepted`` whenever the connection of a call is accepted, by no proxy."""
        other = copy.copy(self)
        other._accepted = accepted  # noqa: SLF001 - its own class
        return other

    def way(self, call: Call) -> Way:
        """Return where KAG's client goes first with this call."""
        return way(self._environment, call.request.url, client_of(call))

    def kept_back(self, call: Call, to: Trust, *, direct: bool = False) -> str:
        """Return why a call is not sent where ``to`` is thought of so; empty where it is.

        A proxy of another machine may know another machine by the host's address, so evidence does not count there.
        """
        if not (secrets.are_in(call) or self._login(call)):
            return ""
        if to.addresses is not None and not direct and self.way(call).proxy:
            return "proxy"
        return to.distrust

    def send(self, call: Call, *, to: Trust = WHEREVER_IT_LEADS) -> Answer:
        """Send one call as KAG would, as often as its client would, within the time for all tries together.

        Redirects to another origin are followed only where ``to`` is trusted. A proxy that could not be reached once is
        not tried again.
        """
        by = self.way(call)
        if by.shown in self._unreachable and by.proxy:
            return self._unreachable[by.shown]
        answer = self._repeated(call, to)
        if by.proxy and answer.failure in failures.UNREACHED:  # it is the proxy that was not reached
            self._unreachable[by.shown] = answer
        return answer

    def once(self, call: Call, *, to: Trust = WHEREVER_IT_LEADS) -> Answer:
        """Send one request the same way, without repeating it: one that KAG does not make."""
        return self._send(call, to, self._questions_end(), direct=False)

    def _calls_end(self) -> float:
        return time.monotonic() + self._read_s if self._ends is None else self._ends

    def _questions_end(self) -> float:
        return self._calls_end() + AFTERWARDS_S

    def _looks_s(self) -> float:
        """Return how many seconds a look at what is in between may take."""
        return min(self._connect_s, self._questions_end() - time.monotonic())

    def _repeated(self, call: Call, to: Trust) -> Answer:
        """Return the last answer: it is the one that counts for KAG, with the earlier ones in words."""
        deadline = self._calls_end()
        earlier: list[str] = []
        while True:
            answer = self._send(call, to, deadline, direct=False)
            failure, said = kag.judge(call, answer)
            pause_s = kag.pause_s(call, answer, len(earlier) + 1, failed=failure is not None, now=time.time())
            if pause_s is None or time.monotonic() + pause_s >= deadline:
                return answer._replace(earlier=tuple(earlier))
            earlier.append(f"HTTP {answer.status}: {said}" if answer.status and not answer.failure else failure or "")
            self._sleep(pause_s)

    def refusal(self, call: Call) -> Cause | None:
        """Return why KAG's client cannot be made at all, whatever it is to call; ``None`` where it can."""
        client = client_of(call)
        to = self.way(call)
        if to.blocks and client == "httpx":  # requests looks at a proxy only when it is to be used
            return Cause(failures.PROXY_UNUSABLE, to.problem, self._proxy_seen(call, to))
        if store := self._unreadable(client, over_tls=call.request.url.lower().startswith("https:")):
            return Cause(failures.TLS_NO_STORE, store[1], {"variable": store[0], "file": shown(store[1])})
        over_tls = call.request.url.lower().startswith("https:")
        if log := tls.unwritable_log(self._environment, client, over_tls=over_tls):
            return Cause(failures.TLS_NO_KEY_LOG, log, {"variable": "SSLKEYLOGFILE", "file": shown(log)})
        return None

    def cause(self, call: Call, answer: Answer, failure: str, detail: str, to: Trust = WHEREVER_IT_LEADS) -> Cause:
        """Return what a failed call really failed at, with what KAG's process had put into it."""
        found = self._cause(call, answer, Cause(failure, detail, {}), to)
        return found._replace(seen={**found.seen, **self._added(call)})

    def _added(self, call: Call) -> Mapping[str, str]:
        """Return by name what the environment of KAG's process put into a call; never a value of a variable."""
        login = self._login(call)
        sent = ", ".join(call.request.secret_headers)
        return {**({"netrc": shown(login.file)} if login else {}), **({"sent": sent} if sent else {})}

    def _login(self, call: Call) -> netrc.Login | None:
        """Return the login that KAG's client takes from the ``.netrc`` of its process for a call."""
        return netrc.login(self._environment, call.request.url) if client_of(call) == "requests" else None

    def _cause(self, call: Call, answer: Answer, said: Cause, to: Trust) -> Cause:
        by = self.way(call)
        if by.problem:
            return Cause(failures.PROXY_UNUSABLE, by.problem, self._proxy_seen(call, by))
        if by.proxy:
            return self._through_proxy(call, by, answer, said, to)
        return self._direct_cause(call, answer, said.failure, said.detail)

    def _direct_cause(self, call: Call, answer: Answer, failure: str, detail: str) -> Cause:
        """The same for what was sent without a proxy: only TLS can stand in between."""
        url = call.request.url
        if url.lower().startswith("https:"):
            seen = self._of_tls(call, failure, DIRECT)
            return Cause(failures.TLS_NOT_SPOKEN if "suggestion" in seen else failure, detail, seen)
        if (failure in _PERHAPS_TLS or _is_about_tls(answer)) and tls.is_spoken(url, limit_s=self._looks_s()):
            return Cause(failures.TLS_SPOKEN, detail, {"suggestion": "https"})
        return Cause(failure, detail, {})

    def _through_proxy(self, call: Call, by: Way, answer: Answer, said: Cause, to: Trust) -> Cause:
        directly = self._send(call, to, self._questions_end(), direct=True)
        outcome = kag.judge(call, directly)[0]
        seen = {**self._proxy_seen(call, by), "direct": outcome or "works"}
        if said.failure in failures.UNREACHED:
            return Cause(failures.PROXY_UNREACHABLE, said.detail, {**seen, "hop_failure": said.failure})
        status = _own_status(answer, directly)
        if status:
            seen |= {"status": str(status), "by": shown(answer.headers.get("via") or answer.headers.get("server", ""))}
            word = failures.PROXY_LOGIN if status == 407 else failures.PROXY_FORBIDS
            return Cause(word if status < 500 else failures.PROXY_NO_WAY, said.detail, seen)
        if outcome is None:
            return Cause(failures.PROXY_FAILED, said.detail, seen)
        return Cause(said.failure, said.detail, {**seen, **self._of_tls(call, said.failure, by)})

    def _proxy_seen(self, call: Call, to: Way) -> Mapping[str, str]:
        """Return what is to be told of a proxy in the way; nothing of a variable's value but scheme, host and port."""
        variables = self._environment.variables
        host = _host(call.request.url)
        exempt = settings(variables).get("no")
        entry = no_proxy.meant(exempt.value, host) if exempt and to.proxy else to.entry
        own = way(of_shell(), call.request.url, client_of(call))
        differs = self._environment.source == "server" and (own.shown, own.problem) != (to.shown, to.problem)
        return {
            "proxy": to.shown if to.problem in ("", "socks") else "",
            "proxy_port": str(to.port),
            "variable": to.variable,
            "whose": self._environment.source,
            "at": "own" if to.is_own else "elsewhere",
            "reason": to.problem,
            "entry": _without_login(entry),
            "exempt": ",".join(_without_login(each) for each in entries(exempt.value)) if exempt else "",
            "line": no_proxy.line(variables, host),
            "shell": (own.shown or own.problem or "direct") if differs else "",
        }

    def _of_tls(self, call: Call, failure: str, to: Way) -> Mapping[str, str]:
        """Return what the certificate says where it is not trusted, or whether plain HTTP is spoken instead of TLS."""
        url = call.request.url
        if failure in _UNTRUSTED:
            store = "SSL_CERT_FILE" if client_of(call) == "httpx" else "REQUESTS_CA_BUNDLE"
            return {**certificate.told(self._look(url, to), failure), "store": store}
        if failure in _PERHAPS_PLAIN and not to.proxy:
            plain = Request("GET", "http:" + _with_port(url).partition(":")[2])
            answer = send(plain, connect_s=self._connect_s, read_s=self._looks_s(), direct=True)
            return {"suggestion": "http"} if answer.status and not _is_about_tls(answer) else {}
        return {}

    def _unreadable(self, client: Client, *, over_tls: bool) -> tuple[str, str] | None:
        """Ask once for each client: to read a file of issuers takes some 25 ms, and there may be many endpoints."""
        if (client, over_tls) not in self._stores:
            self._stores[client, over_tls] = tls.unreadable(self._environment, client, over_tls=over_tls)
        return self._stores[client, over_tls]

    def _look(self, url: str, to: Way) -> tls.Look:
        origin = _with_port(url)
        if (origin, to.shown) not in self._looks:
            self._looks[origin, to.shown] = tls.look(url, limit_s=self._looks_s(), way=to)
        return self._looks[origin, to.shown]

    def _send(self, call: Call, to: Trust, ends: float, *, direct: bool) -> Answer:
        if reason := self.kept_back(call, to, direct=direct):
            return Answer(failure=failures.NOT_TRUSTED, detail=reason)
        if (left := ends - time.monotonic()) <= 0:
            return Answer(failure=failures.READ_TIMED_OUT)
        request, client, login = call.request, client_of(call), self._login(call)
        if login:
            request = request._replace(bearer=None, secret_headers={"Authorization": login.authorization})
        has_secrets = bool(login) or secrets.are_in(call)
        return send(
            request,
            connect_s=self._connect_s,
            read_s=left,
            direct=direct,
            environment=self._environment,
            client=client,
            client_s=kag.limit_s(call),
            most_bytes=ANSWER_LIMIT,
            away=to.is_trusted and not (secrets.are_in_body(call) or call.request.secret_headers),
            peers=to.addresses if has_secrets else None,
            accepted=self._accepted if direct or not self.way(call).proxy else None,
        )


def client_of(call: Call) -> Client:
    """Return which client KAG makes this call with."""
    return kag.client_of(call).library


def _own_status(answer: Answer, directly: Answer) -> int:
    """Return the status with which the proxy itself answered, or 0 where it passed on what the service said.

    To CONNECT it answers always itself. Otherwise it says so in a header, or answers something that is not JSON with a
    status of proxies, which the service asked directly does not.
    """
    if answer.failure == failures.PROXY_FAILED:
        digits = answer.detail[:3]
        return int(digits) if digits.isdecimal() else 0
    status = answer.status or 0
    if status == 407 or (status >= 400 and {"x-squid-error", "proxy-authenticate"} & answer.headers.keys()):
        return status
    return status if status in _PROXYS_OWN and status != directly.status and not _is_json(answer.body) else 0


def _is_about_tls(answer: Answer) -> bool:
    return answer.status == 400 and _ABOUT_TLS.search(answer.body[:2000]) is not None


def _without_login(entry: str) -> str:
    return shown(entry.rpartition("@")[2])


def _host(url: str) -> str:
    """Return the host of a URL as NO_PROXY names it: an IPv6 address without brackets."""
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]


def _with_port(url: str) -> str:
    """Return the origin of a URL, always with its port."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].rpartition("@")[2]
    has_port = ":" in authority.rpartition("]")[2]
    return f"{scheme}://{authority}" + ("" if has_port else ":443" if scheme.lower() == "https" else ":80")


def _is_json(body: bytes) -> bool:
    try:
        json_limits.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
