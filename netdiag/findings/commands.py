"""Commands that a person copies: words for a shell, and how netdiag itself is called where they are printed. Pure.

In the registry ``netdiag check`` and ``netdiag --container openspg check`` both mean the netdiag that looks at the
container of OpenSPG, from inside or from its host. How that is called depends on where the text is read.
"""

import re
import shlex
from typing import Final

OURS: Final = "netdiag"
"""How it is called where it runs: in a container that has it, or on a developer's machine."""

FROM_HOST: Final = f"{OURS} --container openspg"
"""How it is called on a host: ``openspg`` finds the container that is the server (netdiag/container/finding.py)."""

_HARMLESS: Final = r"[\w./:@%+,=-]+"
_COMMANDS: Final = "fix-base-url|check|suggest|detect|chat|report|rollback|watch"
_RUNS_THERE: Final = re.compile(
    rf"^((?:sleep \d+; |echo '[^'\n]*' \| )?){OURS}(?: --container openspg)?(?= (?:{_COMMANDS})\b)", re.MULTILINE
)
"""A line that runs netdiag where models are called from; ``fix-compose`` and ``explain`` run anywhere."""

_CONTAINER: Final = re.compile(r"(?<![\w.-])(?:CONTAINER|release-openspg-server)(?![\w.-])")
_NAMED: Final = re.compile(rf"{OURS} --container (\S+)")


def quoted(text: str) -> str:
    """Return ``text`` as one word of a shell, without quotes where it needs none."""
    return text if re.fullmatch(_HARMLESS, text) else shlex.quote(text)


def runs_there(command: str) -> bool:
    """Tell whether a line of ``command`` runs netdiag where models are called from."""
    return bool(_RUNS_THERE.search(command))


def as_called(command: str, called: str) -> str:
    """Return ``command`` with netdiag ``called`` as it is there; empty leaves it as it is written."""
    return _RUNS_THERE.sub(lambda found: found[1] + called, command) if called else command


def naming(command: str, called: str) -> str:
    """Return ``command`` with the container that ``called`` names, where it stands for OpenSPG's."""
    named = _NAMED.match(called)
    return _CONTAINER.sub(lambda _: named[1], command) if named else command
