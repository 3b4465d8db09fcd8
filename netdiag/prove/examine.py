"""Examine every endpoint: call the configured URL, and after it each way to the host, until one call succeeds.

A base_url that works is never touched, so the configured one is always called first, on every platform, and with KAG's
own patience; the others follow in the order of preference. What fails leaves its evidence.
"""

import time
from collections.abc import Iterator, Sequence

from netdiag import config, failures
from netdiag.model.attempt import Attempt, Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Called, Tell, tell_all
from netdiag.model.place import Candidate
from netdiag.model.report import Examined, Verdict
from netdiag.prove.alike import once_each
from netdiag.prove.alternatives import along_paths, along_types
from netdiag.prove.beside import side_by_side
from netdiag.prove.caller import Caller, not_trusted
from netdiag.prove.target import Target
from netdiag.prove.url_check import mistyped, problem
from netdiag.prove.ways import Ways


def examine(endpoints: Sequence[Endpoint], ways: Ways, caller: Caller) -> tuple[Examined, ...]:
    """Return each endpoint with its verdict and evidence, in the order given.

    Services are asked side by side, but each of them one call after another, as to load two models at once would slow
    both. Endpoints that differ only in where they stand are examined once.
    """

    def copied(examined: Examined, endpoint: Endpoint) -> Examined:
        tell_all(caller.tell, [Called(endpoint, proof) for proof in examined.proofs])
        return examined._replace(endpoint=endpoint)

    return once_each(endpoints, lambda distinct: _distinct(distinct, ways, caller), copied)


def _distinct(endpoints: Sequence[Endpoint], ways: Ways, caller: Caller) -> tuple[Examined, ...]:
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
        return (
            _with_other_types(_called(to, ways, caller), to, ways, caller) if to else Examined(endpoint, "left_alone")
        )
    if refused.failure is None:
        return Examined(endpoint, "works", (), (refused,))
    if endpoint.is_overlay and refused.failure == failures.MISSING_SETTING:
        return Examined(endpoint, "left_alone", (), (refused,))
    return _refused(refused, to, ways, caller) if to else Examined(endpoint, "broken", (), (refused,))


def _refused(refused: Proof, to: Target, ways: Ways, caller: Caller) -> Examined:
    """Return what KAG refuses, with what became of the same call once its type is mended: a second fault shows then."""
    mended = caller.mended(to.endpoint)
    other = ways.target(mended) if mended else None
    if other is None or other.endpoint.left_alone == "absent":
        return Examined(to.endpoint, "broken", (), (refused,))
    tried = _called(other, ways, caller)
    attempts = tried.attempts if tried.verdict == "broken" else ()  # what was tried in vain does not matter then
    proofs = (refused, *tried.proofs)
    return tried._replace(endpoint=to.endpoint, verdict="broken", attempts=attempts, proofs=proofs)


def _called(to: Target, ways: Ways, caller: Caller) -> Examined:
    endpoint = to.endpoint
    if word := problem(to, caller.version):
        return _unusable(to, word)
    if word := mistyped(to, caller.version):
        proof = caller.prove(endpoint, to.url.host, endpoint.base_url)
        if proof.failure:
            return _unusable(to, word)._replace(attempts=_calls(to, [proof]))
        return Examined(endpoint, "works", _calls(to, [proof]), (proof,), proven_url=proof.url)
    began = time.monotonic()
    proofs = _configured(to, ways, caller)
    if to.local and all(proof.failure for proof in proofs):
        return _elsewhere(to, proofs, ways, caller, caller.read_s - (time.monotonic() - began))
    attempts = ways.attempts(to) if to.local else ()
    tried = Examined(endpoint, "broken", attempts + _calls(to, proofs), proofs)
    if proofs[-1].failure:
        return tried
    verdict: Verdict = "works" if len(proofs) == 1 else "repairable"
    chosen = next((each for each in ways.candidates if to.local and to.is_at(each)), None)
    runner_up = ways.next_open(to, chosen) if to.local else None
    return tried._replace(verdict=verdict, chosen=chosen, proven_url=proofs[-1].url, runner_up=runner_up)


def _with_other_types(item: Examined, to: Target, ways: Ways, caller: Caller) -> Examined:
    """Return the endpoint with what became of calls with other types, where its own met no API."""
    tried = along_types(item, to, ways, caller)
    return tried._replace(attempts=tried.attempts + _calls(to, tried.proofs[len(item.proofs) :]))


def _unusable(to: Target, word: str) -> Examined:
    """Return that the base_url cannot work as it is written; ``word`` is what is wrong with it."""
    base_url = to.endpoint.base_url
    unusable = Proof(to.url.host, base_url, failures.BAD_URL, word, wanted_url=config.suggest(base_url))
    return Examined(to.endpoint, "broken", proofs=(unusable,))


def _configured(to: Target, ways: Ways, caller: Caller) -> tuple[Proof, ...]:
    """Return KAG's own call at the configured URL; nothing where that is the host's and nobody accepts connections.

    Where KAG's process uses a proxy for it, what can be reached from here says nothing, so the call is made.
    """
    endpoint = to.endpoint
    if not to.local:
        return tuple(along_paths(endpoint, to.url.host, endpoint.base_url, caller))
    if not caller.uses_proxy(endpoint, endpoint.base_url) and not ways.is_reached(to, caller.tell, caller.read_s):
        return ()
    return tuple(along_paths(endpoint, ways.configured(to).host, endpoint.base_url, caller))


def _elsewhere(
    to: Target, configured: tuple[Proof, ...], ways: Ways, caller: Caller, configured_left_s: float
) -> Examined:
    """Call each other way to the host, after the configured one has failed for good with the proofs ``configured``.

    All addresses of a machine have the time for one call together, and so has all that a proxy is asked for; of that
    time the configured one has left ``configured_left_s``. A machine on which the call was taken and not answered in
    time is not asked again by another of its addresses.
    """
    proofs = list(configured)
    strangers: set[tuple[str, int]] = set()
    first = ways.machine(ways.configured(to))
    too_slow = {first} if any(map(_is_too_late, proofs)) else set()
    left_s: dict[tuple[str, bool], float] = {}
    if configured:
        left_s[_side(first, caller.uses_proxy(to.endpoint, to.endpoint.base_url))] = configured_left_s
    for candidate in ways.open(to, caller.tell):
        machine = ways.machine(candidate)
        side = _side(machine, caller.uses_proxy(to.endpoint, to.base_url(candidate)))
        side_left_s = left_s.get(side, caller.read_s)
        if machine in too_slow or side_left_s <= 0:
            continue
        ends = time.monotonic() + side_left_s
        for proof in _at(to, candidate, ways, caller.until(ends)):
            if _is_stranger(candidate, proof):
                strangers.add((candidate.host, candidate.port))
                continue
            proofs.append(proof)
            if _is_too_late(proof):
                too_slow.add(machine)
            if proof.failure is None:
                return Examined(
                    to.endpoint,
                    "repairable",
                    ways.attempts(to) + _calls(to, proofs),
                    tuple(proofs),
                    candidate,
                    proof.url,
                    runner_up=ways.next_open(to, candidate),
                )
        left_s[side] = ends - time.monotonic()
    tried = tuple(attempt for attempt in ways.attempts(to) if (attempt.host, attempt.port) not in strangers)
    return Examined(to.endpoint, "broken", tried + _calls(to, proofs), tuple(proofs))


def _side(machine: str, by_proxy: bool) -> tuple[str, bool]:
    """Return the same for what one machine answers: through a proxy that is the proxy, whatever it is asked for."""
    return ("", True) if by_proxy else (machine, False)


def _at(to: Target, candidate: Candidate, ways: Ways, caller: Caller) -> Iterator[Proof]:
    """Call at a candidate, with what is secret where it is trusted.

    A name of the host's that stands for another container, or for a public address, is nobody's that a base_url could
    be given to: it is not called at all.
    """
    url, trust = to.base_url(candidate), ways.trust(to, candidate)
    if candidate.kind in ("name", "answer") and trust.distrust in ("neighbour", "public"):
        proof = not_trusted(candidate.host, url, trust, trust.distrust)
        caller.tell(Called(to.endpoint, proof))
        yield proof
    else:
        yield from along_paths(to.endpoint, candidate.host, url, caller, trust)


def _is_too_late(proof: Proof) -> bool:
    """Tell whether a service took the call and gave no answer in time: another address of it changes nothing.

    Of a proxy's silence that is not known.
    """
    return proof.failure in failures.TOO_LATE and "direct" not in proof.seen


def _is_stranger(candidate: Candidate, proof: Proof) -> bool:
    """Tell whether a container that only has the same port serves no models: it is none of our business."""
    is_other = proof.service is not None and proof.service.name == "other"
    return candidate.kind == "alike" and proof.failure is not None and is_other


def _calls(to: Target, proofs: Sequence[Proof]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt("call", p.host, "", to.port, 0.0, p.duration_ms, p.failure, p.detail, p.status)
        for p in proofs
        if p.status is not None or p.duration_ms
    )
