"""Make KAG's own call at a base_url, and ask who is there where it failed; each distinct call is made once."""

import copy
import time
from collections.abc import Mapping
from typing import Final

from netdiag import config, failures, kag
from netdiag.findings.commands import quoted
from netdiag.kag.calls import Call
from netdiag.kag.refusals import FEWER_TOKENS
from netdiag.kag.version import Version
from netdiag.model.attempt import Answer, Proof, Request, Service
from netdiag.model.endpoint import OLLAMA_PORT, Endpoint
from netdiag.model.event import Accepted, Answered, Called, Calling, Tell
from netdiag.platform.trust import WHEREVER_IT_LEADS, Trust
from netdiag.probe.environment import Environment, of_shell
from netdiag.probe.identity import IDENTITY_LIMIT_S, Asking, identify, listed, stranger
from netdiag.prove import remarks
from netdiag.prove.between import AFTERWARDS_S, Between, Cause
from netdiag.text import shown

CONNECT_LIMIT_S = 5.0
"""Seconds for a connection: what KAG 0.6's SDK allows; the addresses of the host were raced before anyway."""

_NOBODY: Final = failures.UNREACHED | {failures.BAD_URL}
"""How a call ends after which there is nobody to ask who it is."""


class Caller:
    """Proves base_urls for one KAG version; ``read_s`` is how many seconds a model may take to answer.

    ``environment`` is that of the process KAG runs in, by default this one's: its proxies are taken. Where the version
    is not ``certain``, no path is asked for that only this version can use. Who answers is asked where a call failed,
    within the same deadline, and with ``asks_who`` also where it succeeded.
    """

    def __init__(  # noqa: PLR0913 - two say how sure it is of KAG, and how curious
        self,
        version: Version,
        read_s: float,
        tell: Tell,
        environment: Environment | None = None,
        *,
        certain: bool = True,
        asks_who: bool = False,
    ) -> None:
        self.version = version
        self._certain = certain
        self._asks_who = asks_who
        self.read_s = read_s
        self._ends: float | None = None
        self.tell = tell
        self._environment = (environment or of_shell()).as_read_by(version)
        self._between = Between(self._environment, CONNECT_LIMIT_S, read_s)
        self._services: dict[str, tuple[Service, Answer]] = {}
        self._strangers: dict[str, str] = {}
        self._answers: dict[tuple[object, ...], Answer] = {}

    def telling(self, tell: Tell) -> "Caller":
        """Return the same caller, with what it knows by now and will know, telling somebody else."""
        other = copy.copy(self)
        other.tell = tell
        return other

    @property
    def ends(self) -> float:
        """When a call that begins now is over, by ``time.monotonic``."""
        return time.monotonic() + self.read_s if self._ends is None else self._ends

    def until(self, ends: float) -> "Caller":
        """Return the same caller, whose calls are over then, and soon after what is asked because they failed.

        Without it each call has ``read_s`` seconds of its own.
        """
        other = copy.copy(self)
        other._ends = ends  # noqa: SLF001 - its own class
        other._between = self._between.until(ends)  # noqa: SLF001
        return other

    def keyed(self, endpoint: Endpoint) -> Endpoint:
        """Return the endpoint with the key that KAG takes from its environment, where the configuration has null."""
        return kag.keyed(self.version, endpoint, self._environment.secrets)

    def _call(self, endpoint: Endpoint, base_url: str) -> Call | kag.NotSent:
        return kag.call(self.version, endpoint, base_url, environment=self._environment.secrets)

    def refusal(self, endpoint: Endpoint) -> Proof | None:
        """Return what KAG says of this endpoint without sending anything, or ``None`` where it does send.

        A type that calls nobody is proven by that: its ``failure`` is ``None``.
        """
        refused = self._refused(endpoint)
        if refused:
            self.tell(Called(endpoint, refused))
        return refused

    def _refused(self, endpoint: Endpoint) -> Proof | None:
        call = self._call(endpoint, endpoint.base_url)
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

    def prove(self, endpoint: Endpoint, host: str, base_url: str, to: Trust = WHEREVER_IT_LEADS) -> Proof:
        """Call ``endpoint`` at ``base_url`` as KAG would.

        A call with a secret is made only where ``to`` is trusted, by default since that is configured. Who answers
        decides nothing: it is asked for afterwards, to put a failure into words.
        """
        if self._ends is None:
            return self.until(self.ends).prove(endpoint, host, base_url, to)
        proof = self._masked(self._proven(endpoint, host, base_url, to))
        self.tell(Called(endpoint, proof))
        return proof

    def _masked(self, proof: Proof) -> Proof:
        """Return the proof without the values that KAG's process sends: a service may quote them."""
        secrets = tuple(self._environment.secrets.values())
        seen = {name: shown(value, secrets) for name, value in proof.seen.items()} if secrets else proof.seen
        return proof._replace(detail=shown(proof.detail, secrets), seen=seen) if secrets else proof

    def _proven(self, endpoint: Endpoint, host: str, base_url: str, to: Trust) -> Proof:
        call = self._call(endpoint, base_url)
        if not isinstance(call, Call):
            return Proof(host, base_url, call.failure, call.detail)
        if reason := self._between.kept_back(call, to):
            proof = not_trusted(host, base_url, to, reason)
            if reason == "container":  # whether it is worth a word depends on who that is; nothing secret is needed
                return proof._replace(service=self._identify(self._asking(call.request.url))[0])
            return proof
        answer = self._send(call, f"{endpoint.model} ({shown(base_url)})", to)
        if answer.failure == failures.NOT_TRUSTED:
            return not_trusted(host, base_url, to._replace(address=answer.detail), "moved")
        asking = self._asking(call.request.url, answer)
        if kag.judge(call, answer)[0] is None:
            known = self._identify(asking) if self._asks_who else self._services.get(asking.origin)
            who = known[0] if known else None
            return _worked(endpoint, Proof(host, base_url, None, service=who), call, answer)
        is_nobody = answer.failure in _NOBODY and self._between.way(call).proxy is None
        service, seen = (Service("other"), answer) if is_nobody else self._identify(asking)
        return self._failed(endpoint, Proof(host, base_url, None, service=service), call, answer, seen, to=to)

    def _failed(  # noqa: PLR0913 - all there is to know
        self, endpoint: Endpoint, proof: Proof, call: Call, answer: Answer, unasked: Answer, *, to: Trust
    ) -> Proof:
        """Return the ``proof`` with all there is to know of a call that failed; ``unasked`` told who is there."""
        base_url, service = proof.url, proof.service or Service("other")
        failure, detail = kag.judge(call, answer)
        is_stranger = service.name == "other" and unasked.failure != failures.READ_TIMED_OUT
        if failure in kag.ABOUT_PATHS and is_stranger and not kag.is_provider(config.split(base_url).host):
            failure = failures.NOT_A_MODEL_SERVICE
        cause = self._between.cause(call, answer, failure or failures.UNKNOWN, detail, to)
        if cause.failure == failure and remarks.is_lost(answer, failure):
            cause = cause._replace(failure=failures.REDIRECTED_AWAY)
        small = self._smaller(endpoint, call, answer, cause.failure, to)
        if small.get("tried") == WORKS:
            again = self._between.send(call, to=to)
            if kag.judge(call, again)[0] is None:  # then it was not the number of tokens
                first = f"HTTP {answer.status}: {detail}"
                return _worked(endpoint, proof, call, again._replace(earlier=(*answer.earlier, first, *again.earlier)))
            cause = cause._replace(failure=failures.TOO_MANY_TOKENS)
        secrets = endpoint.secrets
        if cause.failure == failures.MODEL_NOT_FOUND and not service.models and call.request.bearer:
            service = service._replace(models=self._listed(call, base_url, to))
        told = {**self._seen(endpoint, call, answer, cause.failure), **small}
        if cause.failure in kag.NO_API:
            told |= {"other_kag": other} if (other := self._other(endpoint, base_url)) else {}
            told |= {"is_provider": "yes"} if kag.is_provider(config.split(base_url).host) else {}
        return proof._replace(
            failure=cause.failure,
            detail=shown(cause.detail, secrets),
            status=answer.status,
            duration_ms=answer.duration_ms,
            service=service,
            seen={
                **told,
                **remarks.of_redirects(endpoint, base_url, answer),
                **_unheard(unasked),
                **_suggested(cause, base_url),
            },
        )

    def uses_proxy(self, endpoint: Endpoint, base_url: str) -> bool:
        """Tell whether KAG's process would call ``base_url`` through a proxy.

        A proxy may reach what this container does not: to one on the host, localhost is the host.
        """
        call = self._call(endpoint, base_url)
        return isinstance(call, Call) and self._between.way(call).proxy is not None

    def mended(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint with a type and settings that this KAG can use, where it is known what was meant."""
        call = self._call(endpoint, endpoint.base_url)
        refused = isinstance(call, kag.NotSent) and call.failure
        if refused in failures.ABOUT_SETTINGS and endpoint.table:
            return kag.completed(self.version, endpoint)
        return kag.mended(self.version, endpoint, refused) if refused else None

    def _seen(self, endpoint: Endpoint, call: Call, answer: Answer, failure: str) -> Mapping[str, str]:
        """Return what the rules want of a failed call beside its failure, by name."""
        secrets = endpoint.secrets
        told = {name: shown(said, secrets) for name, said in kag.seen(call, answer).items()}
        if failure == failures.CLIENT_TIMED_OUT:
            told |= remarks.of_limit(call)
        told |= {
            "type": endpoint.type,
            "asked_path": shown(config.split(call.request.url).path),
            **self._who(self._asking(call.request.url, answer), failure),
        }
        if endpoint.model.isprintable() and shown(endpoint.model) != endpoint.model:
            told["model"] = quoted(endpoint.model)  # a blank at its end would be lost in a saved report
        return told

    def _listed(self, call: Call, base_url: str, to: Trust) -> tuple[str, ...]:
        """Return the models that a provider lists only for a key, which it has just been sent."""
        request = Request("GET", f"{base_url.rstrip('/')}/models", call.request.headers, b"", call.request.bearer)
        return listed(self._between.once(call._replace(request=request), to=to))

    def _who(self, asking: Asking, failure: str) -> Mapping[str, str]:
        """Return under ``who`` what answers, where that is no model service; its front page is read once."""
        if failure != failures.NOT_A_MODEL_SERVICE:
            return {}
        if asking.origin not in self._strangers:
            self._strangers[asking.origin] = shown(stranger(asking))
        who = self._strangers[asking.origin]
        return {"who": who} if who else {}

    def _asking(self, url: str, answer: Answer | None = None) -> Asking:
        """Return whom to ask about ``url``, within what is left of the time for the call, and a little more.

        Who took long to answer may again.
        """
        took_s = answer.duration_ms / 1000 if answer and not answer.failure else 0.0
        each_s = max(IDENTITY_LIMIT_S, 2 * took_s)
        return Asking(_origin(url), CONNECT_LIMIT_S, each_s, self.ends + AFTERWARDS_S, self._environment)

    def _identify(self, asking: Asking) -> tuple[Service, Answer]:
        if asking.origin not in self._services:
            self._services[asking.origin] = identify(asking)
        return self._services[asking.origin]

    def _send(self, call: Call, what: str, to: Trust, *, once: bool = False) -> Answer:
        request = call.request
        key = (request.url, request.body, request.bearer, call.version, call.reads, kag.limit_s(call), to)
        if key not in self._answers:
            self.tell(Calling(what))
            try:
                between = self._between.hearing(lambda: self.tell(Accepted(what)))
                self._answers[key] = (between.once if once else between.send)(call, to=to)
            finally:
                self.tell(Answered(what))
        return self._answers[key]

    def _smaller(self, endpoint: Endpoint, call: Call, answer: Answer, failure: str, to: Trust) -> Mapping[str, str]:
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
        failed = kag.judge(small, self._send(small, f"{endpoint.model}, max_tokens {fewer}", to, once=True))[0]
        known = {"asked": str(asked), **told, "fewer": str(fewer), "tried": failed or WORKS}
        return known if failed is None or failure == failures.TOO_MANY_TOKENS else {}

    def other_urls(self, endpoint: Endpoint, proof: Proof) -> tuple[str, ...]:
        """Return the base_urls to try in place of that of ``proof``, whose call met no API; none for other failures."""
        url = config.split(proof.url)
        if proof.failure not in kag.NO_API or {*"?#"} & {*url.path} or "other_kag" in proof.seen:
            return ()  # a query may hold a key, which must not get into the journal with the path
        slash = "/" if url.path.endswith("/") else ""
        others = kag.paths(self.version, endpoint, url.path, url.host, proof.service.name if proof.service else "")
        return tuple(config.with_path(proof.url, p or slash) for p in others if p != url.path.removesuffix("/"))

    def corrected(self, endpoint: Endpoint, proof: Proof, right: str) -> Proof:
        """Return the ``proof`` of a call that failed by its path, with the base_url whose path is ``right``."""
        present, path = config.split(proof.url).path, config.split(right).path
        fault = kag.fault(self.version, endpoint, present, path)
        return proof._replace(wanted_url=right, seen={**proof.seen, "path_fault": fault})

    def other_types(self, endpoint: Endpoint) -> tuple[Endpoint, ...]:
        """Return the endpoint with each other type that this KAG has for such a node, and with its key."""
        return tuple(map(self.keyed, kag.others(self.version, endpoint)))

    def urls_of(self, other: Endpoint, start: Proof) -> tuple[str, ...]:
        """Return the base_urls at which a call of another type may find its API, where that of ``start`` found none."""
        base_url = start.url if "://" in start.url else f"http://{start.url}"  # only type ollama does without
        url = config.split(base_url)
        if {*"?#"} & {*url.path}:
            return ()
        base_url = base_url if url.port or "://" in start.url else config.with_port(base_url, OLLAMA_PORT)
        service = start.service.name if start.service else "other"
        others = kag.paths(self.version, other, url.path, url.host, service)
        present = () if other.type.lower() == "ollama" else (kag.without_call(url.path),)
        return tuple(config.with_path(base_url, path) for path in dict.fromkeys((*present, *others)))

    def _other(self, endpoint: Endpoint, base_url: str) -> str | None:
        """Return the KAG that the present path is right for, where it is not certain that it is not the one here."""
        return None if self._certain else kag.other_version(self.version, endpoint, config.split(base_url).path)


_PERHAPS_TOKENS = frozenset({failures.TOO_MANY_TOKENS, failures.REQUEST_REFUSED, failures.SERVER_ERROR})

WORKS = "small_call_works"
"""What became of the smaller call (findings/terms.yaml)."""


def _worked(endpoint: Endpoint, proof: Proof, call: Call, answer: Answer) -> Proof:
    """Return the ``proof`` of a call that KAG takes the answer of."""
    seen = remarks.of_success(endpoint, call, answer)
    dimensions = kag.dimensions(call, answer)
    return proof._replace(status=answer.status, duration_ms=answer.duration_ms, seen=seen, dimensions=dimensions)


def not_trusted(host: str, base_url: str, to: Trust, reason: str) -> Proof:
    """Return that nothing was sent to ``base_url``, with what the rules want of it: ``reason`` is why."""
    seen = {"distrust": reason, "address": to.address, "network": to.network}
    return Proof(host, base_url, failures.NOT_TRUSTED, shown(to.address), seen=seen)


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
