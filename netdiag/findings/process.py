"""What variables and files of KAG's own process do to its calls. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag import failures
from netdiag.findings.context import Context, call_line, origin_of
from netdiag.model.report import Examined, Finding

_REFUSED: Final = frozenset(
    {failures.KEY_REFUSED, failures.FORBIDDEN, failures.KEY_EXPIRED, failures.KEY_MASKED, failures.LOGIN_WANTED}
)
"""How a service answers a login that it does not take."""


def of_process(examined: Examined, _: Context) -> Iterator[Finding]:
    """Yield which variable or file of KAG's process stops a call, or put a login into it that was refused."""
    for proof in examined.proofs:
        where, evidence = examined.endpoint.where, (call_line(proof),)
        if proof.failure == failures.TLS_NO_KEY_LOG:
            yield Finding("ND322", where, {"file": proof.seen.get("file", "")}, evidence)
        elif proof.failure == failures.VARIABLE_UNSENDABLE:
            yield Finding("ND323", where, {"variable": proof.detail}, evidence)
        elif proof.failure in _REFUSED and "netrc" in proof.seen:
            yield Finding("ND324", where, {"file": proof.seen["netrc"], "address": origin_of(proof.url)}, evidence)
        elif proof.failure in _REFUSED and "sent" in proof.seen:
            yield Finding("ND325", where, {"sent": proof.seen["sent"], "address": origin_of(proof.url)}, evidence)
        else:
            continue
        return
