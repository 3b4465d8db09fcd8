"""When model services are looked for unasked: where it is certain that nothing is configured. Pure."""

from collections.abc import Iterable
from typing import Final

from netdiag.model.report import Finding

COMMANDS: Final = frozenset({"check", "fix-base-url"})
"""Commands that suggest by themselves; ``watch`` does not, since nobody reads it while he fills in a page."""

NOTHING: Final = frozenset({"ND505", "ND537", "ND538"})
"""Findings that say: this was read, and holds no model."""

_IN_ALL: Final = "ND543"
"""The same of what was looked at in a database: it has to be all of it."""

_NOWHERE: Final = "ND502"
"""No configuration was found: in a container the page is still empty; elsewhere it is merely another directory."""

_AROUND: Final = frozenset({"ND230", "ND231", "ND541"})
"""Findings about the other parts of OpenSPG, which configure no model."""


def is_called_for(command: str, findings: Iterable[Finding], *, in_container: bool, all_read: bool) -> bool:
    """Tell whether ``findings`` about the sources, which hold no endpoint, say that nothing is configured anywhere.

    Every source has to have been read: of one that was not, nobody knows what it holds. ``all_read`` tells that no
    option left out a source that there may be.
    """
    codes = {finding.code for finding in findings} - _AROUND
    empty = NOTHING | ({_IN_ALL} if all_read else set()) | ({_NOWHERE} if in_container and all_read else set())
    return command in COMMANDS and bool(codes) and codes <= empty
