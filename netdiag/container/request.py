"""What is asked of netdiag in a container."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Final

from netdiag.container.ways import Name
from netdiag.findings.commands import quoted

HELPER_IMAGE: Final = "netdiag"
"""What the README calls netdiag's own image; it is never pulled."""

PLACE: Final = "\0"
"""A word that no command line has."""


@dataclass(frozen=True)
class Request:
    """A command line for the netdiag in ``container``, and what it is run with.

    ``stdin`` is all of its standard input, ``environment`` what is set for it beside the container's own. What is in
    ``secrets`` are variables too, and ``view`` what was seen on the host: both go by standard input, as others may
    read an environment. ``writes`` is whether it may write, ``watches`` whether it ends only when it is told to.
    ``encoding`` is what this terminal takes. ``caller`` and ``typed`` are the command line as it was typed: how the
    netdiag there is called, with :data:`PLACE` for the container, and what follows.
    """

    container: str
    argv: tuple[str, ...]
    caller: tuple[str, ...] = ("netdiag", "--container", PLACE)
    typed: tuple[str, ...] = ()
    language: str = "en"
    verbose: bool = False
    user: str = ""
    way: Name | None = None
    helper_image: str = HELPER_IMAGE
    stdin: bytes = field(default=b"", repr=False)
    writes: bool = False
    watches: bool = False
    encoding: str = "utf-8"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    view: str = field(default="", repr=False)

    def calling(self, name: str) -> str:
        """Return the command line that does the same in the container of this ``name``."""
        return " ".join((self.called(name), *map(quoted, self.typed)))

    def called(self, name: str) -> str:
        """Return how the netdiag in the container of this ``name`` is called."""
        return " ".join(quoted(name if word == PLACE else word) for word in self.caller)


@dataclass(frozen=True)
class Streams:
    """Where the output goes."""

    out: IO[bytes]
    err: IO[bytes]
