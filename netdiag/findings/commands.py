"""Words for a shell: what a person copies may come from a server, or from a pasted page. Pure."""

import re
import shlex
from typing import Final

_HARMLESS: Final = r"[\w./:@%+,=-]+"


def quoted(text: str) -> str:
    """Return ``text`` as one word of a shell, without quotes where it needs none."""
    return text if re.fullmatch(_HARMLESS, text) else shlex.quote(text)
