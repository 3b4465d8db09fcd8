"""The one exception of this room."""

from typing import Literal

Reason = Literal[
    "empty", "binary", "too_large", "syntax", "too_deep", "missing", "not_permitted", "not_a_file", "io_error"
]  # fmt: skip


class Unreadable(Exception):  # noqa: N818 - a state of the file, not a fault of the program
    """A configuration that cannot be read: the ``reason`` in a word, the ``source``, the ``line``, the ``detail``.

    ``line`` counts from 1 and is 0 where it is the whole file; ``detail`` holds nothing of the file's contents.
    """

    def __init__(self, reason: Reason, source: str, line: int, detail: str) -> None:
        super().__init__(f"{source}:{line}: {detail}" if line else f"{source}: {detail}")
        self.reason = reason
        self.source = source
        self.line = line
        self.detail = detail
