"""A wait is told: a counting line on a terminal, a line now and then elsewhere, nothing when quiet."""

import io
import sys
import time

import pytest

from netdiag.cli import progress
from netdiag.model.event import Answered, Calling


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "begins", "ends"),
    [
        (Terminal(), False, "\r\x1b[Kwaiting for m at http://h: 0 s", "\r\x1b[K"),
        (io.StringIO(), False, "waiting for m at http://h: 0 s", ")\n"),
        (io.StringIO(), True, "", ""),
    ],
    ids=["terminal", "file", "quiet"],
)
def test_what_is_told(stream, quiet, begins, ends, monkeypatch):
    """The terminal's line is cleared when the answer comes; a file gets whole lines; quiet gets nothing."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "FIRST_AFTER_S", 0.0)
    told = progress.Progress(quiet=quiet)
    told.tell(Calling("m at http://h"))
    for _ in range(1000):
        if quiet or stream.getvalue():
            break
        time.sleep(0.005)
    told.tell(Answered("m at http://h"))
    told.close()
    assert stream.getvalue().startswith(begins)
    assert stream.getvalue().endswith(ends)


def test_a_quick_answer_is_not_told(monkeypatch):
    """Nothing is written for calls that answer at once."""
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    told = progress.Progress(quiet=False)
    told.tell(Calling("m"))
    told.tell(Answered("m"))
    assert stream.getvalue() == ""
