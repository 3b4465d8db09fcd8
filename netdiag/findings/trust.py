"""Which address was sent nothing that is secret, and why. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag import failures
from netdiag.findings.context import Context, origin_of
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined, Finding

_CODES: Final = {
    "moved": "ND285",
    "neighbour": "ND280",
    "public": "ND281",
    "container": "ND283",
    "proxy": "ND284",
    "router": "ND282",
    "unproven": "ND282",
    "unresolved": "ND282",
    "loopback": "ND282",
}
"""By why it is not trusted, what is most suspicious first."""


def of_trust(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield for each reason which addresses were sent nothing secret, and how to name one that is right."""
    kept = [proof for proof in examined.proofs if proof.failure == failures.NOT_TRUSTED]
    for code in dict.fromkeys(_CODES.values()):
        alike = [proof for proof in kept if _CODES.get(proof.seen.get("distrust", "")) == code]
        if alike:
            yield _finding(code, alike, examined, context)


def _finding(code: str, alike: list[Proof], examined: Examined, context: Context) -> Finding:
    proof = alike[0]
    host, address = proof.host, proof.seen.get("address", "")
    is_name = address not in ("", host)
    # a container's own name outlives its address; of another name nobody knows what it stands for tomorrow
    named = host if code in ("ND283", "ND284") or not address else address
    known = next((each.source for each in context.candidates if each.host == host), "")
    values = {
        **context.place,
        "at": f"{host} ({address})" if is_name else host,
        "address": address or host,
        "network": proof.seen.get("network", ""),
        "named": named,
        "source": known,
        "server": context.place.get("nameservers", ""),
        "reason": f"distrust_{proof.seen.get('distrust', '')}",
    }
    evidence = tuple(dict.fromkeys(f"{origin_of(each.url)}: {each.failure} ({_where(each)})" for each in alike))
    return Finding(code, examined.endpoint.where, values, evidence)


def _where(proof: Proof) -> str:
    return " ".join(filter(None, (proof.seen.get("distrust"), proof.seen.get("address"), proof.seen.get("network"))))
