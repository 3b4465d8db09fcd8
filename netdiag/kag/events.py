"""Server-sent events as the openai SDK reads them (openai/_streaming.py, ``SSEDecoder``). Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from netdiag.text import is_integer

DONE = "[DONE]"
"""How the data of the last event begins; what comes after it is not looked at."""

_UNNAMED = ("response.", "transcript.")
"""Names of events that the SDK treats like events without a name."""


class Event(NamedTuple):
    """One event: its name, empty where it has none, and its ``data:`` lines, joined."""

    name: str
    data: str

    @property
    def is_wrapped(self) -> bool:
        """Whether the SDK hands the data on inside another object, where KAG finds no ``choices``."""
        return bool(self.name) and not self.name.startswith(_UNNAMED)


def decoded(body: bytes) -> list[Event]:
    """Return the events of ``body`` before ``[DONE]``; an event without a blank line after it is not one.

    Raises :exc:`UnicodeDecodeError` where a line is not UTF-8, also after ``[DONE]``: the SDK reads to the end.
    """
    events: list[Event] = []
    is_done = False
    for event in _events(body):
        is_done = is_done or event.data.startswith(DONE)
        if not is_done:
            events.append(event)
    return events


def has_data(body: bytes) -> bool:
    """Tell whether any line of ``body`` is data of an event, whether the event is complete or not."""
    return body.startswith(b"data:") or b"\ndata:" in body or b"\rdata:" in body


def _events(body: bytes) -> Iterator[Event]:
    name, data, has_id, has_retry = "", list[str](), False, False
    for raw in body.splitlines():  # of bytes: at CR, LF and CRLF only
        line = raw.decode("utf-8")
        if not line:
            if name or data or has_id or has_retry:
                yield Event(name, "\n".join(data))
            name, data, has_retry = "", [], False  # the id is kept, and makes an event of every blank line
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            has_id = bool(value)
        elif field == "retry":
            has_retry = is_integer(value) or has_retry
