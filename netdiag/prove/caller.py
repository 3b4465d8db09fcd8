"""Make KAG's own call at a base_url, after asking who is there; each distinct call is made once."""

import copy
from collections.abc import Mapping

from netdiag import config, failures, kag
from netdiag.findings.commands import quoted
from netdiag.kag.calls import Call
from netdiag.kag.refusals import FEWER_TOKENS
from netdiag.kag.version import Version
from netdiag.model.attempt import Answer, Proof, Request, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Answered, Called, Calling, Tell
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.identity import identify, listed, stranger
from netdiag.prove.between import Between, Cause
from netdiag.text import shown

CONNECT_LIMIT_S = 5.0
"""Seconds for a connection: what KAG 0.6's SDK allows; the addresses of the host were raced before anyway."""


class Caller:
    """Proves base_urls for one KAG version; ``read_s`` is how many seconds a model may take to answer.

    ``environment`` is that of the process KAG runs in, by default this one's: its proxies are taken. Where the version
    is not ``certain``, no path is asked for that only this version can use.
    """

    def __init__(
        self,
        version: Version,
        read_s: float,
        tell: Tell,
        environment: Environment | None = None,
        *,
        certain: bool = True,
    ) -> None:
        self.version = self._version = version
        self._certain = certain
        self.tell = tell
        self._environment = environment or of_shell()
        self._between = Between(self._environment, CONNECT_LIMIT_S, read_s)
        self._services: dict[str, tuple[Service, Answer]] = {}
        self._answers: dict[tuple[object, ...], Answer] = {}

    def telling(self, tell: Tell) -> "Caller":
        """Return the same caller, with what it knows by now and will know, telling somebody else."""
        other = copy.copy(self)
        other.tell = tell
        return other

    def refusal(self, endpoint: Endpoint) -> Proof | None:
        """Return what KAG says of this endpoint without sending anything, or ``None`` where it does send.

        A type that calls nobody is proven by that: its ``failure`` is ``None``.
        """
        refused = self._refused(endpoint)
        if refused:
            self.tell(Called(endpoint, refused))
        return refused

    def _refused(self, endpoint: Endpoint) -> Proof | None:
        call = kag.call(self._version, endpoint, endpoint.base_url)
        if isinstance(call, Call):
            if unable := self._between.refusal(call):
                return Proof("", endpoint.base_url, unable.failure, shown(unable.detail), seen=unable.seen)
            return None
        if call.failure == failures.BAD_URL:
            return None  # told with all that is wrong with it
        mended = self.mended(endpoint)
        instead = {"instead": mended.type} if mended and mended.type != endpoint.type else {}
        seen = {name: shown(said) for name, said in call.seen.items()}
        return Proof("", endpoint.base_url, call.failure, call.detail, seen={**seen, **instead})

    def prove(self, endpoint: Endpoint, host: str, base_url: str, *, trusted: bool) -> Proof:
        """Call ``endpoint`` at ``base_url`` as KAG would.

        The key goes along only when the place is ``trusted`` (configured, or named by the user) or has shown itself
        to be a model service.
        """
        proof = self._proven(endpoint, host, base_url, trusted=trusted)
        self.tell(Called(endpoint, proof))
        return proof

    def _proven(self, endpoint: Endpoint, host: str, base_url: str, *, trusted: bool) -> Proof:
        call = kag.call(self._version, endpoint, base_url)
        if not isinstance(call, Call):
            return Proof(host, base_url, call.failure, call.detail)
        by_proxy = trusted and self._between.way(call).proxy is not None  # directly it may not even be reached
        service, seen = (None, Answer()) if by_proxy else self._identify(call.request.url)
        if service and service.name == "other" and endpoint.secrets and not trusted:
            word = seen.failure or failures.NOT_A_MODEL_SERVICE
            cause = self._between.direct_cause(call, seen, word, _words(seen))
            said, who = shown(cause.detail), self._who(call.request.url, cause.failure)
            more = {**who, **_unheard(seen), **_suggested(cause, base_url)}
            return Proof(host, base_url, cause.failure, said, seen.status, seen.duration_ms, service, seen=more)
        answer = self._send(call, f"{endpoint.model} at {shown(base_url)}")
        if kag.judge(call, answer)[0] is None:
            length = _length(endpoint, call, answer)
            return Proof(host, base_url, None, "", answer.status, answer.duration_ms, service, seen=length)
        if service is None:
            service, seen = self._identify(call.request.url)
        return self._failed(endpoint, Proof(host, base_url, None, service=service), call, answer, seen)

    def _failed(self, endpoint: Endpoint, proof: Proof, call: Call, answer: Answer, unasked: Answer) -> Proof:
        """Return the ``proof`` with all there is to know of a call that failed; ``unasked`` told who is there."""
        base_url, service = proof.url, proof.service or Service("other")
        failure, detail = kag.judge(call, answer)
        if failure in kag.ABOUT_PATHS and service.name == "other" and not kag.is_provider(config.split(base_url).host):
            failure = failures.NOT_A_MODEL_SERVICE
        cause = self._between.cause(call, answer, failure or failures.UNKNOWN, detail)
        small = self._smaller(endpoint, call, answer, cause.failure)
        if small.get("tried") == WORKS:
            cause = cause._replace(failure=failures.TOO_MANY_TOKENS)
        secrets = endpoint.secrets
        wanted = self._wanted(endpoint, base_url, service) if cause.failure in kag.ABOUT_PATHS else ""
        if cause.failure == failures.MODEL_NOT_FOUND and not service.models and call.request.bearer:
            service = service._replace(models=self._listed(call, base_url))
        told = {**self._seen(endpoint, call, answer, cause.failure, wanted), **small}
        if not wanted and cause.failure in kag.ABOUT_PATHS and (other := self._other(endpoint, base_url)):
            told["other_kag"] = other
        return proof._replace(
            failure=cause.failure,
            detail=shown(cause.detail, secrets),
            status=answer.status,
            duration_ms=answer.duration_ms,
            service=service,
            wanted_url=wanted,
            seen={**told, **_unheard(unasked), **_suggested(cause, base_url)},
        )

    def through_proxy(self, endpoint: Endpoint, host: str) -> Proof | None:
        """Return the proof that the configured base_url works through KAG's proxy, where there is one and it does.

        A proxy may reach what this container does not: to one on the host, localhost is the host.
        """
        call = kag.call(self._version, endpoint, endpoint.base_url)
        if not isinstance(call, Call) or self._between.way(call).proxy is None:
            return None
        answer = self._send(call, f"{endpoint.model} at {shown(endpoint.base_url)}")
        if kag.judge(call, answer)[0]:
            return None
        proof = Proof(host, endpoint.base_url, None, "", answer.status, answer.duration_ms)
        self.tell(Called(endpoint, proof))
        return proof

    def mended(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint with a type and settings that this KAG can use, where it is known what was meant."""
        call = kag.call(self._version, endpoint, endpoint.base_url)
        refused = isinstance(call, kag.NotSent) and call.failure
        return kag.mended(self._version, endpoint, refused) if refused else None

    def _seen(self, endpoint: Endpoint, call: Call, answer: Answer, failure: str, wanted: str) -> Mapping[str, str]:
        """Return what the rules want of a failed call beside its failure, by name."""
        secrets = endpoint.secrets
        told = {name: shown(said, secrets) for name, said in kag.seen(call, answer).items()}
        told |= {
            "type": endpoint.type,
            "asked_path": shown(config.split(call.request.url).path),
            **self._who(call.request.url, failure),
        }
        if endpoint.model.isprintable() and shown(endpoint.model) != endpoint.model:
            told["model"] = quoted(endpoint.model)  # a blank at its end would be lost in a saved report
        if wanted:
            present, right = config.split(endpoint.base_url).path, config.split(wanted).path
            told["path_fault"] = kag.fault(self._version, endpoint, present, right)
        return told

    def _listed(self, call: Call, base_url: str) -> tuple[str, ...]:
        """Return the models that a provider lists only for a key, which it has just been sent."""
        request = Request("GET", f"{base_url.rstrip('/')}/models", call.request.headers, b"", call.request.bearer)
        return listed(self._between.send(call._replace(request=request)))

    def _who(self, url: str, failure: str) -> Mapping[str, str]:
        """Return under ``who`` what answers at ``url``, where that is no model service."""
        if failure != failures.NOT_A_MODEL_SERVICE:
            return {}
        return {"who": shown(stranger(_origin(url), connect_s=CONNECT_LIMIT_S, environment=self._environment))}

    def _identify(self, url: str) -> tuple[Service, Answer]:
        origin = _origin(url)
        if origin not in self._services:
            self._services[origin] = identify(origin, connect_s=CONNECT_LIMIT_S, environment=self._environment)
        return self._services[origin]

    def _send(self, call: Call, what: str) -> Answer:
        request = call.request
        key = (request.url, request.body, request.bearer)
        if key not in self._answers:
            self.tell(Calling(what))
            try:
                self._answers[key] = self._between.send(call)
            finally:
                self.tell(Answered(what))
        return self._answers[key]

    def _smaller(self, endpoint: Endpoint, call: Call, answer: Answer, failure: str) -> Mapping[str, str]:
        """Return what became of the same call with fewer tokens to answer with, where their number may be what failed.

        KAG 0.8 asks for 8192, and not every server says in its refusal that this is too many.
        """
        asked = call.body.get("max_tokens")
        if failure not in _PERHAPS_TOKENS or not isinstance(asked, int):
            return {}
        told = kag.seen(call, answer)
        fewer = int(told.get("fewer", FEWER_TOKENS))
        if not 0 < fewer < asked:
            return {}
        small = kag.smaller(call, fewer)
        failed = kag.judge(small, self._send(small, f"{endpoint.model}, max_tokens {fewer}"))[0]
        known = {"asked": str(asked), "limit": "?", **told, "fewer": str(fewer), "tried": failed or WORKS}
        return known if failed is None or failure == failures.TOO_MANY_TOKENS else {}

    def _wanted(self, endpoint: Endpoint, base_url: str, service: Service) -> str:
        url = config.split(base_url)
        path = kag.right_path(self._version, endpoint, url.path, url.host, service.name)
        if path is None or path == url.path.removesuffix("/") or {*"?#"} & {*url.path}:
            return ""  # a query may hold a key, which must not get into the journal with the path
        if self._other(endpoint, base_url):
            return ""
        return config.with_path(base_url, path or ("/" if url.path.endswith("/") else ""))

    def _other(self, endpoint: Endpoint, base_url: str) -> str | None:
        """Return the KAG that the present path is right for, where it is not certain that it is not the one here."""
        return None if self._certain else kag.other_version(self._version, endpoint, config.split(base_url).path)


_PERHAPS_TOKENS = frozenset({failures.TOO_MANY_TOKENS, failures.REQUEST_REFUSED, failures.SERVER_ERROR})

WORKS = "small_call_works"
"""What became of the smaller call (findings/terms.yaml)."""


_MOST_DIMENSIONS = 10**6
"""No vector is longer, and Python refuses to write numbers of more than 4300 digits."""


def _length(endpoint: Endpoint, call: Call, answer: Answer) -> Mapping[str, str]:
    """Return under ``dimensions`` how long a vector is that is not as long as its setting says."""
    said = endpoint.settings.get("vector_dimensions")
    if isinstance(said, int) and abs(said) > _MOST_DIMENSIONS:
        return {}
    length = kag.dimensions(call, answer) if said else 0
    return {"dimensions": str(length), "configured": shown(str(said))} if length and str(said) != str(length) else {}


def _origin(url: str) -> str:
    """Return scheme, host and port of a URL, without its user-info."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"


def _unheard(answer: Answer) -> Mapping[str, str]:
    """Return under ``unheard`` how the question who is there failed, where no HTTP came back to it at all."""
    return {"unheard": answer.failure} if answer.failure else {}


def _suggested(cause: Cause, base_url: str) -> Mapping[str, str]:
    """Return what was seen, with the whole base_url where another scheme is suggested for it."""
    scheme = cause.seen.get("suggestion")
    return {**cause.seen, "suggestion": f"{scheme}://{shown(base_url.rpartition('://')[2])}"} if scheme else cause.seen


def _words(answer: Answer) -> str:
    if answer.failure:
        return answer.detail
    kind = answer.headers.get("content-type", "no content type").partition(";")[0]
    return f"HTTP {answer.status}, {kind}: {answer.body[:200].decode('utf-8', 'replace')}"
