"""The other parts of OpenSPG: a quick look at each, since the model service is blamed when one of them is away.

Told as warnings, and never changed.
"""

import threading
from collections.abc import Sequence
from typing import Final

from netdiag.model.place import Candidate
from netdiag.model.report import Finding
from netdiag.openspg.settings import Part

LIMIT_S: Final = 1.5
"""As long as the host is waited for; they are on one bridge, where an answer takes microseconds."""


class Look:
    """A look at ``parts`` that is under way from now on, beside whatever else is done."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._found: dict[Part, Finding | None] = {}
        self._threads = [threading.Thread(target=self._look, args=(part,), daemon=True) for part in parts]
        for thread in self._threads:
            thread.start()

    def findings(self) -> tuple[Finding, ...]:
        """Return what cannot be reached, after at most a bit more than LIMIT_S since the look began."""
        for thread in self._threads:
            thread.join(LIMIT_S + 0.5)
        found = dict(self._found)
        return tuple(finding for part in self._parts if (finding := found.get(part)))

    def _look(self, part: Part) -> None:
        self._found[part] = reached(part)


def reached(part: Part) -> Finding | None:
    """Return why ``part`` cannot be reached, or nothing when its port answers."""
    from netdiag.probe.race import race  # noqa: PLC0415 - needed beside a server only

    found = race([Candidate(part.host, "name", "", 0)], [part.port], limit_s=LIMIT_S)
    if found.connected:
        return None
    failed = [attempt for attempt in found.attempts if attempt.failure]
    last = failed[-1] if failed else None
    failure = last.failure if last and last.failure else "timed_out"
    values = {"part": part.name, "host": part.host, "port": str(part.port), "failure": failure}
    return Finding("ND230" if last is None or last.step == "dns" else "ND231", f"{part.host}:{part.port}", values)
