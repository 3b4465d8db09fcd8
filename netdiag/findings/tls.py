"""Why TLS with a service fails: what is wrong with its certificate, or who speaks what. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import failures
from netdiag.findings import answers
from netdiag.findings.context import Context, call_line
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined, Finding

BY_FAILURE: Final = {
    failures.TLS_UNKNOWN_ISSUER: "ND313",
    failures.TLS_EXPIRED: "ND314",
    failures.TLS_NOT_YET_VALID: "ND315",
    failures.TLS_WRONG_NAME: "ND316",
    failures.TLS_SPOKEN: "ND317",
    failures.TLS_NOT_SPOKEN: "ND318",
    failures.TLS_NO_COMMON_PROTOCOL: "ND319",
    failures.TLS_NO_STORE: "ND320",
    failures.TLS_FAILED: "ND302",
}
CLOCKS: Final = "ND321"


def of_tls(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield everything that is wrong with TLS at the address where the least is, and the clocks before it."""
    failed = [proof for proof in examined.proofs if proof.failure in BY_FAILURE and _is_told(proof)]
    answered = any(
        proof.service and proof.service.name != "other" for proof in examined.proofs if proof.failure not in BY_FAILURE
    )
    if answered or not failed:
        return
    proof = min(failed, key=lambda each: len(_faults(each)))
    codes = [BY_FAILURE[fault] for fault in _faults(proof)]
    if proof.seen.get("clock") == "differs":
        codes.insert(0, CLOCKS)
    values, evidence = _values(proof, examined, context), _evidence(proof)
    yield from (Finding(code, examined.endpoint.where, values, evidence) for code in codes)


def _is_told(proof: Proof) -> bool:
    """Where TLS is not spoken, nor plain HTTP, nothing is known to be wrong with the scheme: ND302 tells it."""
    return proof.failure != failures.TLS_NOT_SPOKEN or bool(proof.seen.get("suggestion"))


def _faults(proof: Proof) -> list[str]:
    return proof.seen.get("faults", "").split() or [proof.failure or ""]


def _values(proof: Proof, examined: Examined, context: Context) -> Mapping[str, str]:
    values = answers.values(proof, examined, context)
    names = [name for name in proof.seen.get("names", "").split(", ") if _is_name(name)]
    url = proof.url.replace(f"//{proof.host}", f"//{names[0]}", 1) if names else ""
    return {**values, "named": "yes" if names else "no", "name": names[0] if names else "", "named_url": url}


def _is_name(name: str) -> bool:
    """Tell whether this is a name that can be pinned: no address, no wildcard."""
    return "*" not in name and ":" not in name and not name.replace(".", "").isdecimal() and name not in ("", "-")


def _evidence(proof: Proof) -> tuple[str, ...]:
    seen = proof.seen
    if "subject" not in seen:
        return (call_line(proof),)
    certificate = f"{seen['subject']} by {seen['issuer']}, {seen['starts']} to {seen['ends']}, for {seen['names']}"
    return (call_line(proof), certificate)
