"""What a proxy does to KAG's calls, and which line in the environment ends it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import failures
from netdiag.findings import answers
from netdiag.findings.context import Context, call_line
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined, Finding

BY_FAILURE: Final = {
    failures.PROXY_UNREACHABLE: "ND304",
    failures.PROXY_LOGIN: "ND309",
    failures.PROXY_FORBIDS: "ND310",
    failures.PROXY_NO_WAY: "ND311",
    failures.PROXY_UNUSABLE: "ND307",
    failures.PROXY_FAILED: "ND301",
}
BY_PROBLEM: Final = {"socks": "ND306", "no_proxy": "ND308"}
"""What is wrong with a setting, where it has a code of its own; ND307 tells all else in its own words."""

_OF_CALLS: Final = "ND301"
"""Raised by :mod:`netdiag.findings.service`, among all that calls can end with."""


def of_proxies(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what the proxy in the way did, the setting that was meant to keep it out of the way before that."""
    proof = _telling(examined)
    if proof is None:
        return
    values, evidence = _values(proof, examined, context), _evidence(proof)
    works = proof.seen.get("direct") == "works"
    code = _code(proof)
    if works and proof.seen.get("entry"):
        yield Finding("ND305", examined.endpoint.where, values, evidence)
    if code != _OF_CALLS:
        yield Finding(code, examined.endpoint.where, values, evidence)


def is_half(examined: Examined) -> bool:
    """Tell whether the host was reached neither through the proxy nor directly: then each is a cause of its own."""
    proof = _telling(examined)
    tried = [attempt for attempt in examined.attempts if attempt.step == "tcp"]
    is_apart = bool(tried) and all(attempt.failure for attempt in tried)
    return is_apart and proof is not None and proof.seen.get("direct") in failures.UNREACHED


def of_shell(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield that this shell would go another way than the server, where that way is the cause."""
    proof = _telling(examined)
    if proof and (shell := proof.seen.get("shell")):
        variable = f"/proc/1/environ: {_setting(proof)}"
        values = _values(proof, examined, context)
        yield Finding("ND312", examined.endpoint.where, values, (variable, f"this shell: {shell}"))


def _telling(examined: Examined) -> Proof | None:
    """Return the failed call that says most: one that works directly, and else the first.

    Where another address was reached by its way, and a service answered there, that is the cause.
    """
    spoiled = [proof for proof in examined.proofs if proof.failure in BY_FAILURE and proof.seen.get("variable")]
    answered = any(
        proof.service and proof.service.name != "other" for proof in examined.proofs if proof.failure not in BY_FAILURE
    )
    if answered or not spoiled:
        return None
    return next((proof for proof in spoiled if proof.seen.get("direct") == "works"), spoiled[0])


def _code(proof: Proof) -> str:
    code = BY_FAILURE[proof.failure or ""]
    if code == "ND307":
        return BY_PROBLEM.get(proof.seen.get("reason", ""), code)
    return "ND303" if code == "ND304" and proof.seen.get("at") == "own" else code


def _values(proof: Proof, examined: Examined, context: Context) -> Mapping[str, str]:
    seen = proof.seen
    return {
        **answers.values(proof, examined, context),
        "failure": seen.get("hop_failure") or proof.failure or "",
        "proxy_host": seen.get("proxy", "").partition("://")[2],
        "directly": "yes" if seen.get("direct") == "works" else "no",
    }


def _setting(proof: Proof) -> str:
    return f"{proof.seen.get('variable')}={proof.seen.get('proxy') or '…'}"


def _evidence(proof: Proof) -> tuple[str, ...]:
    seen = proof.seen
    whose = "/proc/1/environ: " if seen.get("whose") == "server" else ""
    name = seen.get("line", "").partition("=")[0]
    lines = [
        f"{whose}{_setting(proof)}" if seen.get("variable") != name else "",
        f"{whose}{name}={seen['exempt']}" if seen.get("exempt") else "",
        f"{call_line(proof)} {seen.get('by', '')}".rstrip(),
        f"{proof.url}, without the proxy: {seen['direct']}" if seen.get("direct") else "",
    ]
    return tuple(line for line in lines if line)
