"""Texts that the system keeps: below /proc, below /etc."""

from pathlib import Path
from typing import Final

LIMIT: Final = 256 * 1024
"""Bytes read of one, whatever it holds."""


def read_text(path: Path, limit: int = LIMIT) -> str:
    """Return what the file holds, at most ``limit`` bytes of it; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""
