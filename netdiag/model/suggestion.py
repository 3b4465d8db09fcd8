"""What could be configured where nothing is: the model services that were found, and what to type for each model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from netdiag.model.attempt import Attempt, Proof, Service
    from netdiag.model.endpoint import Kind
    from netdiag.model.place import Candidate

Form = Literal["models_page", "global_page", "file"]
"""Where it is typed: the model page of OpenSPG 0.8, the global configuration of 0.6 and 0.7, or a kag_config.yaml."""

KeyNeed = Literal["", "any", "own"]
"""Which API key: none; one that KAG demands and the service does not look at; or the service's own."""

ANY_KEY: Final = "EMPTY"
"""What is typed where KAG demands a key and the service does not look at it; vLLM's documentation uses this word."""


class FoundService(NamedTuple):
    """A model service that answered: ``candidate`` and ``port`` are where, ``program`` who listens there if known.

    ``candidates`` are all addresses of this host at which the same service answered, best first. ``wants_key`` tells
    that it lists its models only to who has its key. ``left_out`` are models that could be used and were not called,
    since not more than a handful of each service are.
    """

    service: Service
    candidate: Candidate
    port: int
    candidates: tuple[Candidate, ...] = ()
    program: str = ""
    wants_key: bool = False
    left_out: tuple[str, ...] = ()


class Offer(NamedTuple):
    """One model, and the settings with which KAG of this version uses it; proven where ``proof.failure`` is ``None``.

    ``dimensions`` is the length of an embedding's vector, 0 where that was not seen. ``model`` is empty where the
    service tells its models only to who has its key.
    """

    kind: Kind
    type: str
    base_url: str
    model: str
    key: KeyNeed
    service: FoundService
    proof: Proof
    dimensions: int = 0

    @property
    def is_proven(self) -> bool:
        """Tell whether KAG's own call succeeded with it."""
        return self.proof.failure is None


class Suggestions(NamedTuple):
    """What to type, and where: ``offers`` best first, those that were proven before the others.

    ``best`` is the pair to begin with: the first proven chat model and embedding model, of one service where it has
    both. ``tried`` are the connects that were made, ``ports`` and ``addresses`` what they were made to.
    """

    form: Form
    kag: str
    services: tuple[FoundService, ...] = ()
    offers: tuple[Offer, ...] = ()
    best: tuple[Offer, ...] = ()
    tried: tuple[Attempt, ...] = ()
    ports: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Tell whether there is anything to type of which KAG's own call succeeded."""
        return any(offer.is_proven for offer in self.offers)
