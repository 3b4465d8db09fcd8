"""Whether a proven repair may be written now: not too often, and not against somebody who changes it back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from netdiag.model.plan import Edit

TIMES: Final = 3
"""The same edit of the same source is written so often. Who sees the old value come back a third time is not alone:
a deployment, a page that was left open, another netdiag."""

Leave = Literal["write", "wait", "give_up", "gave_up"]


@dataclass
class _Past:
    wrote: float | None = None
    edits: dict[tuple[str, str], int] = field(default_factory=dict)
    has_given_up: bool = False


class Mending:
    """What was written to each source, and when; ``every_s`` seconds have to lie between two repairs of one."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._past: dict[str, _Past] = {}

    def may(self, source: str, edits: Sequence[Edit], now: float) -> Leave:
        """Say what is to be done about ``edits`` of ``source`` at ``now`` seconds of the clock.

        ``give_up`` comes once, when it is time to say so; ``gave_up`` from then on.
        """
        past = self._past.setdefault(source, _Past())
        if past.has_given_up:
            return "gave_up"
        if any(past.edits.get(_what(edit), 0) >= TIMES for edit in edits):
            past.has_given_up = True
            return "give_up"
        return "wait" if past.wrote is not None and now - past.wrote < self._every_s else "write"

    def wrote(self, source: str, edits: Sequence[Edit], now: float) -> None:
        """Take note that ``edits`` were written, or that this was tried."""
        past = self._past.setdefault(source, _Past())
        past.wrote = now
        for what in {_what(edit) for edit in edits}:
            past.edits[what] = past.edits.get(what, 0) + 1


def _what(edit: Edit) -> tuple[str, str]:
    return str(edit.old), str(edit.new)
