"""Files that hold what the program prints: compared on every run, rewritten with ``UPDATE_GOLDEN=1``.

After an update, read the difference as a user would.
"""

import os
import re
from pathlib import Path

UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


def steady(text: str) -> str:
    """Return what is the same in every run: durations stand as 2 ms."""
    return re.sub(r"\b\d+(\.\d+)? (ms|毫秒)", r"2 \2", text)


def check(path: Path, text: str) -> None:
    """Assert that ``path`` holds ``text``, or write it there when updating."""
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def check_block(path: Path, marker: str, text: str) -> None:
    """The same for the fenced block after ``<!-- marker -->`` in a Markdown file."""
    page = path.read_text("utf-8")
    head, fence, rest = page.partition(f"<!-- {marker} -->\n```\n")
    assert fence, f"{path} has no block for {marker}"
    present, end, tail = rest.partition("\n```\n")
    if UPDATE:
        path.write_text(f"{head}{fence}{text.rstrip()}{end}{tail}", "utf-8")
        return
    assert present == text.rstrip()
