"""What is tried where KAG's call met no API of its type: other paths first, then other types, at the same address.

Who answers decides nothing: each alternative is KAG's own call, and counts by what comes back. What was tried stays
among the proofs, so that no remedy offers what has just failed.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from netdiag import config, failures, kag
from netdiag.model.attempt import Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined
from netdiag.platform.trust import WHEREVER_IT_LEADS, Trust
from netdiag.prove.caller import Caller
from netdiag.prove.target import Target
from netdiag.prove.ways import Ways

MOST_PATHS: Final = 5
MOST_TYPES: Final = 7
"""Calls that are made in place of one that met no API, at one address, with other paths and with other types."""

_MOST_MACHINES: Final = 2
"""Machines at which other types are tried: one that only has the same port may answer beside the one that is meant."""

_IS_API: Final = frozenset(
    {failures.MODEL_NOT_FOUND, failures.CANNOT_CHAT, failures.CANNOT_EMBED, failures.TOO_MANY_TOKENS}
    | {failures.FIELD_REFUSED, failures.MODEL_LOADING, failures.MODEL_FORBIDDEN, failures.OUT_OF_CREDIT}
    | {failures.RATE_LIMITED, failures.KEY_REFUSED, failures.KEY_MISSING, failures.KEY_MASKED, failures.KEY_EXPIRED}
)
"""How a call fails that all the same has met the API of its type."""

_PERHAPS_API: Final = frozenset(
    {failures.REQUEST_REFUSED, failures.SERVER_ERROR, failures.SERVICE_UNAVAILABLE, failures.STREAM_UNREADABLE}
)
"""How a call at OpenAI's paths may fail too; a path like Ollama's ``/api/chat`` other programs have as well."""


def along_paths(
    endpoint: Endpoint, host: str, base_url: str, caller: Caller, trust: Trust = WHEREVER_IT_LEADS
) -> Iterator[Proof]:
    """Call at ``base_url``, and where that meets no API with each other path that the type's API may have.

    The last proof is of the path that met it, and only then has the first one a ``wanted_url``. What was tried in vain
    has ``alternative`` in ``seen``. All calls have the time for one together.
    """
    caller = caller.until(caller.ends)
    first = caller.prove(endpoint, host, base_url, trust)
    tried: list[Proof] = []
    for url in islice(caller.other_urls(endpoint, first), MOST_PATHS):
        again = caller.prove(endpoint, host, url, trust)
        if _is_met(endpoint, again):
            yield caller.corrected(endpoint, first, url)
            yield from tried
            yield again
            return
        if again.failure not in kag.NO_API:
            break
        tried.append(_in_vain(again, "path"))
    yield first
    yield from tried


def _is_met(endpoint: Endpoint, proof: Proof) -> bool:
    """Tell whether a call met the API of its type; at a path that is only guessed it has to succeed."""
    if proof.failure is None:
        return True
    is_guessed = endpoint.kind != "rerank" and config.split(proof.url).path.rstrip("/") in kag.GUESSED
    return proof.failure not in kag.NO_API and not (is_guessed and endpoint.type.lower() != "ollama")


def along_types(item: Examined, to: Target, ways: Ways, caller: Caller) -> Examined:
    """Return the endpoint with what became of KAG's calls of other types, where that of its own type met no API.

    The last one has the name of its type as ``other_type`` in ``seen`` if it met the API of that type, and ``filled``
    where it needs a key that is not configured. The verdict stays: no type is written.
    """
    found: list[Proof] = []
    for start, trust in _starts(item, to, ways):
        found += _at(start, trust, to.endpoint, caller)
        if found and "other_type" in found[-1].seen:
            break
    return item._replace(proofs=(*item.proofs, *found))


def _starts(item: Examined, to: Target, ways: Ways) -> tuple[tuple[Proof, Trust], ...]:
    """Return the calls that met no API, one of each machine, with what is thought of who was called.

    There are none where another call says more than that, or where a corrected path was enough.
    """
    called = [proof for proof in item.proofs if "alternative" not in proof.seen]
    if item.verdict != "broken" or any(p.failure is None or p.failure in _IS_API or p.wanted_url for p in called):
        return ()
    no_api = kag.NO_API | ({failures.KEY_NOT_SENT} if to.endpoint.api_key else set())
    starts: dict[str, tuple[Proof, Trust]] = {}
    for proof in called:
        if proof.failure in no_api and "other_kag" not in proof.seen:
            way = next((each for each in ways.candidates if each.host == proof.host and not to.is_at(each)), None)
            machine = ways.machine(way or ways.configured(to))
            if machine not in starts:
                starts[machine] = (proof, ways.trust(to, way) if way else WHEREVER_IT_LEADS)
    return tuple(islice(starts.values(), _MOST_MACHINES))


def _at(start: Proof, trust: Trust, endpoint: Endpoint, caller: Caller) -> Iterator[Proof]:
    """Call with each other type, the paths of its API in turn, until one succeeds."""
    caller = caller.until(caller.ends)
    calls = ((other, url) for other in caller.other_types(endpoint) for url in caller.urls_of(other, start))
    for other, url in islice(calls, MOST_TYPES):
        proof = caller.prove(other, start.host, url, trust)
        if proof.failure in (failures.NOT_TRUSTED, failures.BAD_URL):
            continue
        filled = {"filled": "api_key"} if other.api_key != endpoint.api_key else {}
        # a service that wants a key for every path has refused no type
        is_met = proof.failure is None or (start.failure != failures.KEY_NOT_SENT and _has_met(other, proof))
        yield _in_vain(proof, "type", {"type": other.type, **filled, **({"other_type": other.type} if is_met else {})})
        if is_met:
            return


def _has_met(other: Endpoint, proof: Proof) -> bool:
    """Tell whether a call of another type that failed has met that type's API all the same."""
    says = _IS_API if other.type.lower() == "ollama" else _IS_API | _PERHAPS_API
    return proof.failure in says and _is_met(other, proof)


def _in_vain(proof: Proof, what: str, more: Mapping[str, str] = MappingProxyType({})) -> Proof:
    return proof._replace(seen={**proof.seen, **more, "alternative": what})
