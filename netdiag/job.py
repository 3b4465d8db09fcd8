"""What is asked for, and what is known of the place before anything is looked at."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag import config, openspg, sources
from netdiag.model.place import Facts, Platform
from netdiag.text import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from netdiag.kag.version import Installed
    from netdiag.model.host import HostView

ANSWER_LIMIT_S: Final = 120.0
"""Seconds a model may take to answer, unless the user says otherwise: loading one from disk takes up to a minute."""


class Job(NamedTuple):
    """What is asked for: which configurations, which addresses to try beside the known ones, and whether to write.

    ``asks_who`` has services asked who they are even where they answer KAG's call. ``ports`` and ``key`` are for the
    search for model services, which is made where nothing is configured, if ``suggests``.
    """

    command: str
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    write: bool = False
    answer_s: float = ANSWER_LIMIT_S
    kag_version: str = ""
    only: sources.Only | None = None
    scope: openspg.Scope = "all"
    database: openspg.Given | None = None
    stdin: bytes = b""
    asks_who: bool = False
    ports: tuple[int, ...] = ()
    key: Secret | None = None
    suggests: bool = True
    directory: Path = Path()
    root: Path = Path("/")


class Known(NamedTuple):
    """What is known before anything is looked for: ``view`` is what the host showed, with all its containers."""

    facts: Facts
    place: Platform
    server: openspg.Server
    view: "HostView | None" = None


def server_of(job: Job, facts: Facts, place: Platform) -> openspg.Server:
    """Return what speaks for an OpenSPG server here."""
    asked_for = job.only == "server"
    return openspg.find(
        job.root,
        facts,
        in_container=place.in_container,
        named=asked_for,
        said=job.database,
        shares_host_network=place.shares_host_network,
    )


def process_of(job: Job, place: Platform) -> config.Process:
    """Return the process of KAG that reads the files here; what it depends on is looked up where a file needs it."""

    def installed() -> "Installed":
        from netdiag import kag  # noqa: PLC0415 - where a file needs it

        return kag.chosen(job.kag_version, job.root)

    def values(names: "Collection[str]") -> "Mapping[str, str]":
        from netdiag.probe.environment import values_of  # noqa: PLC0415 - the same

        return values_of(job.root, names, in_container=place.in_container)

    return config.Process(installed, values)
