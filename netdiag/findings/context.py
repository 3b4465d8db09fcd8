"""What the rules need beside the evidence of one endpoint, and the words in which evidence is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from netdiag.model.attempt import Attempt, Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate, Facts, NameAnswer
from netdiag.model.report import Finding

if TYPE_CHECKING:
    from netdiag.model.host import HostView

_SERVICES: Final = {11434: "ollama", 8000: "vllm"}
"""Default ports of the two servers whose documentation KAG's own points to."""


class Context(NamedTuple):
    """What the rules need beside the evidence.

    The candidates tried, KAG's version, the patience in seconds, the proxy variables set, what is known of the place
    (:func:`netdiag.findings.places.values`), why it offers no address of a host, where it offers none, where
    something listens in this network (``127.0.0.1:8887``), and what the host saw, where netdiag was run from there.
    ``strangers`` are the addresses tried that are not known to be the host's own, each with the word for why.
    ``facts`` and what the name servers said of ``names`` tell what a configured host is.
    """

    candidates: tuple[Candidate, ...]
    kag: str
    seconds: float
    proxy_variables: tuple[str, ...] = ()
    place: Mapping[str, str] = MappingProxyType({})
    no_way: Finding | None = None
    listeners: tuple[str, ...] = ()
    host: "HostView | None" = None
    strangers: Mapping[str, str] = MappingProxyType({})
    facts: Facts = Facts()
    names: tuple[NameAnswer, ...] = ()


def wanted(endpoint: Endpoint, port: int) -> dict[str, str]:
    """Return what remedies ask of an endpoint: ``port``, ``service`` (``ollama``, ``vllm`` or ``other``), ``model``."""
    return {"port": str(port), "service": service_of(endpoint, port), "model": endpoint.model}


def service_of(endpoint: Endpoint, port: int) -> str:
    """Return which server an endpoint is meant for, by its type or the port that is that server's default."""
    if endpoint.type.lower() == "ollama":
        return "ollama"
    return _SERVICES.get(port, "vllm" if endpoint.type == "vllm" else "other")


def line_of(attempt: Attempt) -> str:
    """Return one attempt in the words of the vocabulary, the same in every language."""
    address = f"[{attempt.address}]" if ":" in attempt.address else attempt.address
    where = address if attempt.host in ("", attempt.address) else f"{attempt.host} {address}".rstrip()
    return f"{where}:{attempt.port} {attempt.step} {attempt.failure or 'connected'} ({attempt.duration_ms:.1f} ms)"


def call_line(proof: Proof) -> str:
    """Return one call in the words of the vocabulary."""
    status = f"HTTP {proof.status}, " if proof.status else ""
    type_ = f"type {proof.seen.get('type')}, " if proof.seen.get("alternative") == "type" else ""
    return f"{type_}{proof.url}: {status}{proof.failure or 'works'}"


def taken_apart(base_url: str) -> SplitResult:
    """Return the parts of a base_url, which type ``ollama`` takes without a scheme; raises :exc:`ValueError`."""
    return urlsplit(base_url if "://" in base_url else f"//{base_url}")


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    scheme, _, rest = url.rpartition("://")
    return f"{scheme}://{rest.partition('/')[0]}" if scheme else rest.partition("/")[0]
