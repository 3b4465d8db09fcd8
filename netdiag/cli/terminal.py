"""Who reads what is printed: on a terminal of its own, or on that of the host that netdiag was started from."""

import os
import sys
from typing import Final, TextIO

from netdiag.text import harmless

VARIABLE: Final = "NETDIAG_TERMINAL"
"""Names, in a container, which of ``stdout`` and ``stderr`` end on a terminal of the host's."""


def complain(said: str) -> None:
    """Write one sentence about this program's own errand on standard error."""
    sys.stderr.write(f"netdiag: {harmless(said)}\n")


def is_terminal(stream: TextIO, name: str) -> bool:
    """Say whether a person reads ``stream``, which is called ``stdout`` or ``stderr``."""
    return stream.isatty() or name in os.environ.get("NETDIAG_TERMINAL", "").split()
