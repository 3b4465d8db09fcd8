"""Make KAG's own call at a base_url, after asking who is there; each distinct call is made once."""

from collections.abc import Callable

from netdiag import config, failures, kag
from netdiag.kag.calls import Call
from netdiag.kag.version import Version
from netdiag.model.attempt import Answer, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.probe.http import proxy_variables, send
from netdiag.probe.identity import identify
from netdiag.text import shown

CONNECT_LIMIT_S = 5.0
"""Seconds for a connection: what KAG 0.6's SDK allows; the addresses of the host were raced before anyway."""

Tell = Callable[[str, str], None]
"""Told what happens: ``("calling", "qwen2.5:3b at http://…")`` when a call begins, ``("answered", "…")`` at its end."""


class Caller:
    """Proves base_urls for one KAG version; ``read_s`` is how many seconds a model may take to answer."""

    def __init__(self, version: Version, read_s: float, tell: Tell) -> None:
        self._version = version
        self._read_s = read_s
        self._tell = tell
        self._services: dict[str, tuple[Service, Answer]] = {}
        self._answers: dict[tuple[object, ...], Answer] = {}

    def refusal(self, endpoint: Endpoint) -> Proof | None:
        """Return what KAG says of this endpoint without sending anything, or ``None`` where it does send.

        A type that calls nobody is proven by that: its ``failure`` is ``None``.
        """
        call = kag.call(self._version, endpoint, endpoint.base_url)
        return None if isinstance(call, Call) else Proof("", endpoint.base_url, call.failure, call.detail)

    def prove(self, endpoint: Endpoint, host: str, base_url: str, *, trusted: bool) -> Proof:
        """Call ``endpoint`` at ``base_url`` as KAG would.

        The key goes along only when the place is ``trusted`` (configured, or named by the user) or has shown itself
        to be a model service.
        """
        call = kag.call(self._version, endpoint, base_url)
        if not isinstance(call, Call):
            return Proof(host, base_url, call.failure, call.detail)
        service, seen = self._identify(call.request.url)
        if service.name == "other" and endpoint.api_key and not trusted:
            stranger = seen.failure or failures.NOT_A_MODEL_SERVICE
            return Proof(host, base_url, stranger, shown(_words(seen)), seen.status, seen.duration_ms, service)
        answer = self._send(call, f"{endpoint.model} at {shown(base_url)}")
        failure, detail = kag.judge(call, answer)
        if failure == failures.PATH_NOT_FOUND and service.name == "other":
            failure = failures.NOT_A_MODEL_SERVICE
        if failure and proxy_variables() and self._works_directly(call):
            failure = failures.PROXY_FAILED
        secrets = [endpoint.api_key] if endpoint.api_key else []
        return Proof(
            host,
            base_url,
            failure,
            shown(detail, secrets),
            answer.status,
            answer.duration_ms,
            service,
            self._wanted(endpoint, base_url) if failure == failures.PATH_NOT_FOUND else "",
        )

    def _identify(self, url: str) -> tuple[Service, Answer]:
        scheme, _, rest = url.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"
        if origin not in self._services:
            self._services[origin] = identify(origin, connect_s=CONNECT_LIMIT_S)
        return self._services[origin]

    def _send(self, call: Call, what: str) -> Answer:
        request = call.request
        key = (request.url, request.body, request.bearer)
        if key not in self._answers:
            self._tell("calling", what)
            try:
                self._answers[key] = send(request, connect_s=CONNECT_LIMIT_S, read_s=self._read_s)
            finally:
                self._tell("answered", what)
        return self._answers[key]

    def _works_directly(self, call: Call) -> bool:
        answer = send(call.request, connect_s=CONNECT_LIMIT_S, read_s=self._read_s, direct=True)
        return kag.judge(call, answer)[0] is None

    def _wanted(self, endpoint: Endpoint, base_url: str) -> str:
        path = kag.right_path(self._version, endpoint)
        present = config.split(base_url).path
        if path is None or path == present.rstrip("/"):
            return ""
        return config.with_path(base_url, path or ("/" if present.endswith("/") else ""))


def _words(answer: Answer) -> str:
    if answer.failure:
        return answer.detail
    kind = answer.headers.get("content-type", "no content type").partition(";")[0]
    return f"HTTP {answer.status}, {kind}: {answer.body[:200].decode('utf-8', 'replace')}"
