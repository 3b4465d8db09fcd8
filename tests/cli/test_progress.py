"""A wait is told: a counting line on a terminal, a line now and then elsewhere, nothing when quiet."""

import io
import sys
import time

import pytest

from netdiag.cli import progress
from netdiag.model.event import Accepted, Answered, Calling


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "begins", "ends"),
    [
        (Terminal(), False, "\r\x1b[Kwaiting for m (http://h): 0 s", "\r\x1b[K"),
        (io.StringIO(), False, "waiting for m (http://h): 0 s", ")\n"),
        (io.StringIO(), True, "", ""),
    ],
    ids=["terminal", "file", "quiet"],
)
def test_what_is_told(stream, quiet, begins, ends, monkeypatch):
    """The terminal's line is cleared when the answer comes; a file gets whole lines; quiet gets nothing."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "FIRST_AFTER_S", 0.05)
    told = progress.Progress(quiet=quiet)
    told.tell(Calling("m (http://h)"))
    told.tell(Accepted("m (http://h)"))
    for _ in range(1000):
        if quiet or stream.getvalue():
            break
        time.sleep(0.005)
    told.tell(Answered("m (http://h)"))
    told.close()
    assert stream.getvalue().startswith(begins)
    assert stream.getvalue().endswith(ends)


@pytest.mark.parametrize(
    ("language", "accepted", "line"),
    [
        ("en", False, "connecting to m (http://h): 0 s\n"),
        ("zh", False, "正在连接 m (http://h)：0 秒\n"),
        ("en", True, "waiting for m (http://h): 0 s (a model that is being loaded can take minutes)\n"),
        ("zh", True, "正在等待 m (http://h) 的回答：0 秒（加载模型可能需要几分钟）\n"),
    ],
)
def test_a_loading_model_is_told_of_who_accepted(language, accepted, line, monkeypatch):
    """Before anybody has accepted the connection, no model can be loading."""
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    monkeypatch.setattr(progress, "FIRST_AFTER_S", 0.05)
    told = progress.Progress(quiet=False, language=language)
    told.tell(Calling("m (http://h)"))
    if accepted:
        told.tell(Accepted("m (http://h)"))
    deadline = time.monotonic() + 5
    while not stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.005)
    told.close()
    assert stream.getvalue() == line


def test_a_quick_answer_is_not_told(monkeypatch):
    """Nothing is written for calls that answer at once."""
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    told = progress.Progress(quiet=False)
    told.tell(Calling("m"))
    told.tell(Answered("m"))
    assert stream.getvalue() == ""
