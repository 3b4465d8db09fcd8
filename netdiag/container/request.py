"""What is asked of netdiag in a container."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Final

from netdiag.container.ways import Name

HELPER_IMAGE: Final = "netdiag"
"""What the README calls netdiag's own image; it is never pulled."""


@dataclass(frozen=True)
class Request:
    """A command line for the netdiag in ``container``, and what it is run with.

    ``stdin`` is all of its standard input, ``environment`` what is set for it beside the container's own; it may hold
    secrets. ``writes`` is whether it may write, ``watches`` whether it ends only when it is told to. ``encoding`` is
    what this terminal takes.
    """

    container: str
    argv: tuple[str, ...]
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


@dataclass(frozen=True)
class Streams:
    """Where the output goes."""

    out: IO[bytes]
    err: IO[bytes]
