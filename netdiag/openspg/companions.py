"""The other parts of OpenSPG: a quick look at each, since the model service is blamed when one of them is away.

Told as warnings, and never changed. To each goes one connect, and where that is accepted one greeting of its protocol:
a process that hangs still accepts connections.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from netdiag import background
from netdiag.model.place import Candidate
from netdiag.model.report import Finding
from netdiag.openspg.parts import Part
from netdiag.probe import greeting
from netdiag.probe.race import race

LIMIT_S: Final = 1.5
"""As long as the host is waited for; they are on one bridge, where an answer takes microseconds."""

_CODES: Final[Mapping[greeting.Outcome, str]] = {
    "silent": "ND235",
    "other": "ND236",
    "closed": "ND237",
    "refused": "ND238",
}


class Look:
    """A look at ``parts`` that is under way from now on, beside whatever else is done."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._found: dict[Part, Finding | None] = {}
        self._threads = [background.start(partial(self._look, part), f"look {part.name}") for part in parts]

    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with them, after at most a bit more than both limits since the look began."""
        for thread in self._threads:
            thread.join(LIMIT_S + greeting.LIMIT_S + 0.5)
        found = dict(self._found)
        return tuple(finding for part in self._parts if (finding := found.get(part)))

    def _look(self, part: Part) -> None:
        self._found[part] = looked_at(part)


def looked_at(part: Part) -> Finding | None:
    """Return what is wrong with ``part``, or nothing when it answers as it should."""
    where, values = f"{part.host}:{part.port}", {"part": part.name, "host": part.host, "port": str(part.port)}
    found = race([Candidate(part.host, "name", "", 0)], [part.port], limit_s=LIMIT_S)
    if not found.connected:
        last = found.last_failed
        failure = last.failure if last and last.failure else "timed_out"
        return Finding("ND230" if last is None or last.step == "dns" else "ND231", where, values | {"failure": failure})
    if part.protocol is None:
        return None
    (address,) = found.connected.values()
    answer = greeting.greet(part.protocol, part.host, address, part.port)
    code = _CODES.get(answer.outcome)
    return Finding(code, where, values | {"said": answer.said}) if code else None
