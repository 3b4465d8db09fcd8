"""Why a call got no answer although its connection was accepted: nobody behind it, or an answer without end. Pure."""

from collections.abc import Iterator

from netdiag import failures
from netdiag.findings.context import Context, call_line, line_of, origin_of, wanted
from netdiag.model.attempt import Attempt, Proof
from netdiag.model.report import Examined, Finding

_CLOSED = (failures.CONNECTION_CLOSED, failures.CONNECTION_RESET)
_UNHEARD = (*_CLOSED, failures.READ_TIMED_OUT)


def of_accepted(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what accepts connections at an address and then says nothing, or never ends what it says."""
    found = [(_code(proof, examined, context), proof) for proof in examined.proofs]
    known = sorted((code, number) for number, (code, _) in enumerate(found) if code)
    if not known:
        return
    code, number = known[0]
    proof = found[number][1]
    compared = _control(proof, examined)
    values = {
        **context.place,
        **wanted(examined.endpoint, _port(proof, examined)),
        "address": origin_of(proof.url),
        "host": proof.host,
        "failure": proof.failure or "",
        "seconds": f"{context.seconds:g}",
        "control": str(compared.port) if compared else "",
    }
    evidence = (call_line(proof), *([line_of(compared)] if compared else []))
    yield Finding(code, examined.endpoint.where, values, evidence)


def _code(proof: Proof, examined: Examined, context: Context) -> str:
    """Return the code for one call; codes sort by how much they tell: what accepts every port, before all else."""
    if proof.failure == failures.ANSWER_UNFINISHED:
        return "ND219"
    if proof.failure not in _UNHEARD or proof.seen.get("unheard") not in _UNHEARD:
        return ""  # a service that answered the question who it is has a fault of its own
    compared = _control(proof, examined)
    if compared and compared.failure is None:
        return "ND216"
    if proof.failure == failures.READ_TIMED_OUT:
        return "ND218"
    # a proxy may be who closed: only what answered the direct question in the same way is told of the address
    return "ND217" if compared and not context.proxy_variables else ""


def _control(proof: Proof, examined: Examined) -> Attempt | None:
    """Return the connect to a closed port of the address that the call went to, where one was made."""
    to = {a.address for a in examined.attempts if a.step == "tcp" and a.host == proof.host and a.failure is None}
    return next((a for a in examined.attempts if a.step == "control" and a.address in to), None)


def _port(proof: Proof, examined: Examined) -> int:
    return next((a.port for a in examined.attempts if a.host == proof.host), 0)
