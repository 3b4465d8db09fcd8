"""What to type for each model of a service, proven by the call that KAG of this version would make.

Not more than a handful of models are called: those first that are surely for chats, and of these the largest, since a
knowledge base is built with them; and none that the service passes on to a provider.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from netdiag import failures, kag
from netdiag.kag.version import Version
from netdiag.model.attempt import Proof
from netdiag.model.endpoint import Endpoint, Kind
from netdiag.model.place import Candidate
from netdiag.model.suggestion import ANY_KEY, Form, FoundService, KeyNeed, Offer
from netdiag.platform.trust import Trust
from netdiag.probe.environment import Environment
from netdiag.probe.models import Model, by_name, is_of_chat_family, models
from netdiag.prove.alternatives import along_paths
from netdiag.prove.caller import Caller
from netdiag.suggest.discover import asking, origin
from netdiag.text import Secret

CALLED: Final = 5
"""Models of each kind that are called at most: a gateway may list hundreds, and some of the first may be broken."""

ENOUGH: Final = 3
"""Proven models of each kind after which no other is called: each may take a minute to load."""

PATIENCE_S: Final = 30.0
"""Seconds after which one proven model of a kind will do: on a slow machine each takes a minute."""

_KINDS: Final[tuple[Kind, ...]] = ("chat", "embedding")

_OF_VLLM: Final = frozenset({"vllm", "xinference", "sglang"})
"""Servers for which OpenSPG's documentation has the type ``vllm``; for others with OpenAI's API it has ``maas``."""

KEY: Final = frozenset({failures.KEY_MISSING, failures.KEY_REFUSED, failures.KEY_NOT_SENT, failures.KEY_MASKED})
"""How a call ends for want of the service's own key."""

_OF_THE_WAY: Final = failures.UNREACHED | {
    failures.FORBIDDEN,
    failures.CONNECTION_CLOSED,
    failures.CONNECTION_RESET,
    failures.NOT_A_MODEL_SERVICE,
    failures.DNS_NXDOMAIN,
    failures.DNS_NO_ADDRESS,
}
"""How a call ends that another address of the same service may take: an Ollama on loopback refuses some names."""

_OF_THE_USE: Final = frozenset(
    {failures.CANNOT_CHAT, failures.CANNOT_EMBED, failures.PATH_NOT_FOUND, failures.REQUEST_REFUSED}
    | {failures.SERVER_ERROR, failures.UNEXPECTED_ANSWER, failures.MODEL_NOT_FOUND, failures.NOT_A_MODEL_SERVICE}
    | {failures.UPSTREAM_FAILED, failures.UPSTREAM_LACKS_MODEL}
)
"""How a call ends that was made to a model of the other kind; servers agree on no way to say that."""

_TOO_SLOW: Final = failures.TOO_LATE | {failures.CLIENT_TIMED_OUT}


class Wanted(NamedTuple):
    """What the offers are for: where they are typed, for which KAG, and the user's key with who may be sent it."""

    form: Form
    version: Version
    certain: bool
    key: Secret | None = None
    trust: Mapping[str, Trust] = MappingProxyType({})


class Offers(NamedTuple):
    """The offers of one service in its own order, and the service with the models that were not called."""

    service: FoundService
    offers: tuple[Offer, ...]


def offers(found: FoundService, wanted: Wanted, caller: Caller, environment: Environment) -> Offers:
    """Return what to type for the models of ``found``."""
    return _Offering(found, wanted, caller, environment).offers()


class _Offering:
    def __init__(self, found: FoundService, wanted: Wanted, caller: Caller, environment: Environment) -> None:
        self._found = found
        self._wanted = wanted
        self._caller = caller
        self._environment = environment
        self._key = wanted.key if self._trust(found.candidate).is_trusted else None

    def offers(self) -> Offers:
        found = self._found
        if found.wants_key and (self._key is None or not found.service.models):
            return Offers(found, (self._of_nobody("chat"),))
        key = self._key if found.wants_key else None
        peers = self._trust(found.candidate).addresses
        listed = models(asking(found, self._environment, self._caller.ends, key, peers), found.service)
        made: dict[str, Offer] = {}
        left_out: set[str] = set()
        for kind in _KINDS:
            queue = [model for model in listed if model.use == kind]
            called = dict(self._of_kind(kind, sorted(queue, key=_rank)))
            made |= called
            left_out |= {model.name for model in queue} - called.keys()
        ordered = [made[model.name] for model in listed if model.name in made]
        kept = tuple(model.name for model in listed if model.name in left_out)
        return Offers(found._replace(left_out=kept), tuple(ordered))

    def _trust(self, way: Candidate) -> Trust:
        return self._wanted.trust.get(way.host, Trust("unproven"))

    def _of_kind(self, kind: Kind, queue: Sequence[Model]) -> Iterator[tuple[str, Offer]]:
        """Yield the offers of as many models of a kind as are called.

        After one that was too slow the smallest of them is called, and no other.
        """
        waiting = [model for model in queue[:CALLED] if not model.is_remote]
        proven, slow, began = 0, False, time.monotonic()
        while waiting and proven < ENOUGH and not (proven and time.monotonic() - began > PATIENCE_S):
            model = waiting.pop(0)
            offer = self._of(kind, model)
            yield model.name, offer
            proven += offer.is_proven
            if offer.proof.failure in _TOO_SLOW:
                waiting, slow = [] if slow else waiting[-1:], True

    def _of(self, kind: Kind, model: Model) -> Offer:
        """Return the offer of a model; where its use is not stated, a call that failed is made as the other kind.

        What fails as both is told as what its name has it for.
        """
        first = self._offer(kind, model.name)
        if first.is_proven or model.is_stated or first.proof.failure not in _OF_THE_USE:
            return first
        other = self._offer("embedding" if kind == "chat" else "chat", model.name)
        if other.is_proven:
            return other
        return other if other.kind == _named(model.name) else first

    def _offer(self, kind: Kind, model: str) -> Offer:
        """Return the offer at the first way to the service whose call does not fail because of the way."""
        found = self._found
        first = self._at(found.candidate, kind, model)
        if first.proof.failure not in _OF_THE_WAY:
            return first
        tried = (self._at(way, kind, model) for way in found.candidates if way != found.candidate)
        return next((offer for offer in tried if offer.is_proven), first)

    def _at(self, way: Candidate, kind: Kind, model: str) -> Offer:
        offer = self._proven(way, kind, model, own=self._found.wants_key)
        if offer.proof.failure not in KEY or offer.key == "own":
            return offer
        return self._proven(way, kind, model, own=True) if self._key else offer._replace(key="own")

    def _proven(self, way: Candidate, kind: Kind, model: str, *, own: bool) -> Offer:
        """Return the offer after KAG's own call, which has the user's key if the service wants its ``own``.

        Without one KAG may refuse, or make a header of it that its client does not send; then any key will do.
        """
        endpoint = self._endpoint(way, kind, model, own=own)
        key: KeyNeed = "own" if own else ""
        if not own and self._demands_key(endpoint):
            endpoint, key = endpoint._replace(api_key=Secret(ANY_KEY)), "any"
        proof = self._called(endpoint, way)
        if not key and proof.failure == failures.KEY_UNSENDABLE:
            endpoint, key = endpoint._replace(api_key=Secret(ANY_KEY)), "any"
            proof = self._called(endpoint, way)
        service = self._found._replace(candidate=way)
        return Offer(kind, endpoint.type, proof.url, model, key, service, proof, proof.dimensions)

    def _called(self, endpoint: Endpoint, way: Candidate) -> Proof:
        """Return what came of KAG's call, made again with another path where the path was what failed."""
        tried = tuple(along_paths(endpoint, way.host, endpoint.base_url, self._caller, self._trust(way)))
        return tried[-1] if tried[-1].failure is None else tried[0]

    def _endpoint(self, way: Candidate, kind: Kind, model: str, *, own: bool) -> Endpoint:
        type_ = self._type(kind, own=own)
        port = way.port or self._found.port
        bare = Endpoint("", 0, kind, kind, type_, model, origin(way, port), api_key=self._key if own else None)
        path = kag.right_path(self._wanted.version, bare, service=self._found.service.name)
        return bare._replace(base_url=bare.base_url + (path or ""))

    def _type(self, kind: Kind, *, own: bool) -> str:
        """Return the type of a model: what 0.8 makes of the page's provider, else what the documentation has.

        Up to 0.6 ``vllm`` sends no key, and its base_url means another path than from 0.7 on; ``ollama`` never does.
        """
        if kind == "embedding":
            return "openai"
        name = self._found.service.name
        if name == "ollama" and not own:
            return "ollama"
        is_vllm = name in _OF_VLLM and self._wanted.form != "models_page" and self._wanted.certain and not own
        return "vllm" if is_vllm else "maas"

    def _demands_key(self, endpoint: Endpoint) -> bool:
        """Tell whether KAG demands a key here: of a version that is not certain the strictest that it may be."""
        if not self._wanted.certain and self._wanted.form == "global_page" and endpoint.type == "maas":
            return True  # KAG 0.6
        refused = self._caller.refusal(endpoint)
        return refused is not None and (refused.failure, refused.detail) == (failures.MISSING_SETTING, "api_key")

    def _of_nobody(self, kind: Kind) -> Offer:
        """Return what is known of a service that lists its models only for a key that is not there."""
        found = self._found
        endpoint = self._endpoint(found.candidate, kind, "", own=True)
        failure = failures.KEY_REFUSED if self._key else failures.KEY_MISSING
        proof = Proof(found.candidate.host, endpoint.base_url, failure, status=401, service=found.service)
        return Offer(kind, endpoint.type, endpoint.base_url, "", "own", found, proof)


def _rank(model: Model) -> tuple[bool, bool, int]:
    """Return the order in which models are called; those that are alike keep the service's."""
    is_vague = model.use == "chat" and not model.is_stated and not is_of_chat_family(model.name)
    return model.is_remote, is_vague, -model.size


def _named(model: str) -> Kind:
    return "embedding" if by_name(model) == "embedding" else "chat"


def best(found: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return the pair to begin with: of the first service that has both, else the first of each kind; proven ones only.

    ``found`` is in the order of services, and of models within each.
    """
    proven = [offer for offer in found if offer.is_proven]
    by_service: dict[object, dict[Kind, Offer]] = {}
    for offer in proven:
        key = (offer.service.port, offer.service.service)
        by_service.setdefault(key, {}).setdefault(offer.kind, offer)
    pair: Mapping[Kind, Offer] = next((each for each in by_service.values() if len(each) == len(_KINDS)), {})
    firsts: dict[Kind, Offer] = {}
    for offer in proven:
        firsts.setdefault(offer.kind, offer)
    chosen = pair or firsts
    return tuple(chosen[kind] for kind in _KINDS if kind in chosen)


def ordered(found: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return offers as they are told: the best pair, then what is proven, then the rest, each in its order."""
    first = best(found)
    rest = [offer for offer in found if offer not in first]
    return (*first, *sorted(rest, key=lambda offer: not offer.is_proven))
