"""Tell a person at a terminal what is being waited for: a model may take a minute to load, and silence looks dead."""

import contextlib
import sys
import threading
import time
from typing import Final

from netdiag import background
from netdiag.cli.terminal import is_terminal
from netdiag.model.event import Accepted, Answered, Calling, Event
from netdiag.report.labels import label
from netdiag.text import harmless, shown

FIRST_AFTER_S: Final = 2.0
"""Nothing is said of calls that answer sooner."""

EVERY_S: Final = 1.0
EVERY_WITHOUT_TERMINAL_S: Final = 15.0
END_LIMIT_S: Final = 0.5


class Progress:
    """Writes to standard error while a call is under way: one line that counts on a terminal, few lines elsewhere.

    That a model may be loading is said only of a call whose connection was accepted: until then nobody has it.
    """

    def __init__(self, *, quiet: bool, language: str = "en") -> None:
        self._quiet = quiet
        self._language = language
        self._terminal = is_terminal(sys.stderr, "stderr")
        self._waits: dict[str, float] = {}
        self._accepted: set[str] = set()
        self._due = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, event: Event) -> None:
        """Hear from the engine: a call begins a wait, its answer ends it, and anything else clears the line."""
        if self._quiet:
            return
        if isinstance(event, Accepted):
            self._accepted.add(event.what)
            return
        self.close()
        if isinstance(event, Calling):
            now = time.monotonic()
            if not self._waits:
                self._due = now + FIRST_AFTER_S
            self._waits[event.what] = now
            self._accepted.discard(event.what)
        elif isinstance(event, Answered):
            self._waits.pop(event.what, None)
        if self._waits:
            self._stop.clear()
            with contextlib.suppress(RuntimeError):  # no thread is left: a run without progress is none the worse
                self._thread = background.start(self._count, "progress")

    def close(self) -> None:
        """End the wait that is under way, if any, and leave the terminal's line empty."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join(END_LIMIT_S)  # it may be writing to a pipe that nobody reads
            self._thread = None

    def _count(self) -> None:
        what, began = next(iter(self._waits.items()))
        written = False
        while not self._stop.wait(self._due - time.monotonic()):
            name = "answering" if what in self._accepted else "connecting"
            line = label(name, self._language, what=harmless(shown(what)), seconds=time.monotonic() - began)
            sys.stderr.write(f"\r\033[K{line}" if self._terminal else f"{line}\n")
            sys.stderr.flush()
            self._due += EVERY_S if self._terminal else EVERY_WITHOUT_TERMINAL_S
            written = True
        if written and self._terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
