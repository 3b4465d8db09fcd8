"""Examine every endpoint: call the configured URL, and after it each way to the host, until one call succeeds.

A base_url that works is never touched, so the configured one is always called first; the others follow in the order
of preference. What fails leaves its evidence.
"""

from collections.abc import Iterator, Sequence

from netdiag import config, failures
from netdiag.model.attempt import Attempt, Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Tell
from netdiag.model.place import Candidate
from netdiag.model.report import Examined, Verdict
from netdiag.prove.beside import side_by_side
from netdiag.prove.caller import Caller
from netdiag.prove.target import Target
from netdiag.prove.url_check import mistyped, problem
from netdiag.prove.ways import Ways


def examine(endpoints: Sequence[Endpoint], ways: Ways, caller: Caller) -> tuple[Examined, ...]:
    """Return each endpoint with its verdict and evidence, in the order given.

    Services are asked side by side, but each of them one call after another, as to load two models at once would slow
    both.
    """
    groups: dict[object, list[int]] = {}
    for at, endpoint in enumerate(endpoints):
        groups.setdefault(_service(ways.target(endpoint)), []).append(at)
    if len(groups) < 2:
        return tuple(_one(endpoint, ways, caller) for endpoint in endpoints)

    def one(at: int, tell: Tell) -> Examined:
        return _one(endpoints[at], ways, caller.telling(tell))

    results = side_by_side(list(groups.values()), one, caller.tell)
    return tuple(results[at] for at in range(len(endpoints)))


def _service(to: Target | None) -> object:
    """Return what is the same for endpoints that one service answers: a port, of the host by whatever address."""
    return to and ("" if to.local else to.url.host, to.port)


def _one(endpoint: Endpoint, ways: Ways, caller: Caller) -> Examined:
    to = ways.target(endpoint)
    if to is None and endpoint.left_alone != "not_a_string":
        return Examined(endpoint, "left_alone")
    refused = caller.refusal(endpoint)
    if refused is None:
        return _called(to, ways, caller) if to else Examined(endpoint, "left_alone")
    if refused.failure is None:
        return Examined(endpoint, "works", (), (refused,))
    return _refused(refused, to, ways, caller) if to else Examined(endpoint, "broken", (), (refused,))


def _refused(refused: Proof, to: Target, ways: Ways, caller: Caller) -> Examined:
    """Return what KAG refuses, with what became of the same call once its type is mended: a second fault shows then."""
    mended = caller.mended(to.endpoint)
    other = ways.target(mended) if mended else None
    if other is None:
        return Examined(to.endpoint, "broken", (), (refused,))
    tried = _called(other, ways, caller)
    attempts = tried.attempts if tried.verdict == "broken" else ()  # what was tried in vain does not matter then
    proofs = (refused, *tried.proofs)
    return tried._replace(endpoint=to.endpoint, verdict="broken", attempts=attempts, proofs=proofs)


def _called(to: Target, ways: Ways, caller: Caller) -> Examined:
    if word := problem(to, caller.version):
        return _unusable(to, word)
    if word := mistyped(to, caller.version):
        proof = caller.prove(to.endpoint, to.url.host, to.endpoint.base_url, trusted=True)
        if proof.failure:
            return _unusable(to, word)._replace(attempts=_calls(to, [proof]))
        return Examined(to.endpoint, "works", _calls(to, [proof]), (proof,), proven_url=proof.url)
    return _host(to, ways, caller) if to.raced else _elsewhere(to, caller)


def _unusable(to: Target, word: str) -> Examined:
    """Return that the base_url cannot work as it is written; ``word`` is what is wrong with it."""
    base_url = to.endpoint.base_url
    unusable = Proof(to.url.host, base_url, failures.BAD_URL, word, wanted_url=config.suggest(base_url))
    return Examined(to.endpoint, "broken", proofs=(unusable,))


def _host(to: Target, ways: Ways, caller: Caller) -> Examined:
    """The configured host is this container's own host, by a name or address that may not work here."""
    if through := caller.through_proxy(to.endpoint, to.url.host):
        calls = _calls(to, [through])
        return Examined(to.endpoint, "works", ways.attempts(to) + calls, (through,), proven_url=through.url)
    proofs: list[Proof] = []
    strangers: set[tuple[str, int]] = set()
    for candidate in ways.open(to, caller.tell):
        for proof in _proofs(to, candidate, caller):
            if _is_stranger(candidate, proof):
                strangers.add((candidate.host, candidate.port))
                continue
            proofs.append(proof)
            if proof.failure is None:
                verdict: Verdict = "works" if proof.url == to.endpoint.base_url else "repairable"
                return Examined(
                    to.endpoint,
                    verdict,
                    ways.attempts(to) + _calls(to, proofs),
                    tuple(proofs),
                    candidate,
                    proof.url,
                    runner_up=ways.next_open(to, candidate),
                )
    tried = tuple(attempt for attempt in ways.attempts(to) if (attempt.host, attempt.port) not in strangers)
    return Examined(to.endpoint, "broken", tried + _calls(to, proofs), tuple(proofs))


def _is_stranger(candidate: Candidate, proof: Proof) -> bool:
    """Tell whether a container that only has the same port serves no models: it is none of our business."""
    is_other = proof.service is not None and proof.service.name == "other"
    return candidate.kind == "alike" and proof.failure is not None and is_other


def _proofs(to: Target, candidate: Candidate, caller: Caller) -> Iterator[Proof]:
    """Call at the candidate, and once more with the path that KAG's rules ask for when the path was what failed."""
    trusted = candidate.kind == "user" or to.is_at(candidate)
    first = caller.prove(to.endpoint, candidate.host, to.base_url(candidate), trusted=trusted)
    yield first
    if first.wanted_url:
        yield caller.prove(to.endpoint, candidate.host, first.wanted_url, trusted=trusted)


def _elsewhere(to: Target, caller: Caller) -> Examined:
    """The configured address is not this host's: nothing else is tried in its place, but its path may be mended."""
    proofs = [caller.prove(to.endpoint, to.url.host, to.endpoint.base_url, trusted=True)]
    if wanted := proofs[0].wanted_url:
        proofs.append(caller.prove(to.endpoint, to.url.host, wanted, trusted=True))
    last = proofs[-1]
    verdict: Verdict = "broken" if last.failure else "works" if len(proofs) == 1 else "repairable"
    return Examined(
        to.endpoint, verdict, _calls(to, proofs), tuple(proofs), proven_url="" if last.failure else last.url
    )


def _calls(to: Target, proofs: Sequence[Proof]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt("call", p.host, "", to.port, 0.0, p.duration_ms, p.failure, p.detail, p.status)
        for p in proofs
        if p.status is not None or p.duration_ms
    )
