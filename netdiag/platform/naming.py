"""Name the platform from facts: a table of rows, the first whose signs are all there wins. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from netdiag.model import Fact, Facts, Platform

_DOCKER: Final = frozenset({"dockerenv", "docker_mount"})
_CONTAINER: Final = _DOCKER | {"containerenv", "container_variable", "kubernetes"}

_DESKTOP_NAME: Final = "gateway.docker.internal"
"""A name that Docker Desktop's resolver knows and Docker Engine's doesn't (docker docs: networking how-tos)."""


@dataclass(frozen=True)
class Row:
    """One platform. Each set in ``signs`` needs one of its marks present; marks in ``against`` lower the confidence."""

    name: str
    signs: tuple[frozenset[str], ...]
    confidence: Literal["certain", "likely", "guess"] = "certain"
    against: frozenset[str] = frozenset()
    in_container: bool = True
    shares_host_network: bool = False


def _one(*names: str) -> frozenset[str]:
    return frozenset(names)


ROWS: Final = (
    Row("docker-host-network", (_DOCKER, _one("host_interfaces")), shares_host_network=True),
    Row("docker-desktop-mac", (_DOCKER, _one("kernel_linuxkit")), against=_one("kernel_wsl2")),
    Row("docker-desktop-windows", (_DOCKER, _one("kernel_wsl2"), _one("desktop_name"))),
    Row("docker-compose", (_DOCKER, _one("embedded_dns")), against=_one("containerenv", "kubernetes")),
    Row("docker-bridge", (_DOCKER,), against=_one("containerenv", "kubernetes")),
    Row("unknown-container", (_CONTAINER,), "likely"),
    Row("linux-host", (), "likely", in_container=False),
)
"""In order of decision. ``docker-compose`` means any user-defined network; ``docker-desktop-mac`` also stands for
Docker Desktop on Linux, whose kernel carries the same suffix."""


def name(facts: Facts, resolved: Mapping[str, tuple[str, ...]] | None = None) -> Platform:
    """Return the platform that ``facts``, and the addresses of the names ``resolved`` so far, speak for."""
    marks = {fact.name: fact for fact in facts.marks}
    answers = (resolved or {}).get(_DESKTOP_NAME, ())
    if answers and not facts.pinned(_DESKTOP_NAME):
        marks["desktop_name"] = Fact("desktop_name", answers[0], f"DNS: {_DESKTOP_NAME}")
    row = next(row for row in ROWS if all(marks.keys() & group for group in row.signs))
    evidence = tuple(marks[mark] for group in row.signs for mark in sorted(group) if mark in marks)
    against = tuple(marks[mark] for mark in sorted(row.against) if mark in marks)
    return Platform(
        name=row.name,
        in_container=row.in_container,
        shares_host_network=row.shares_host_network,
        confidence="guess" if against else row.confidence,
        evidence=evidence or _absence(marks),
        against=against,
    )


def _absence(marks: Mapping[str, Fact]) -> tuple[Fact, ...]:
    kernel = (marks["kernel"],) if "kernel" in marks else ()
    return (Fact("no_container_marks", "none", "/.dockerenv, /run/.containerenv, mounts, environment"), *kernel)
