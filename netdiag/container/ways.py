"""By which way netdiag is run in a container's network: a pure choice among three, the least foreign first."""

from dataclasses import dataclass
from typing import Final, Literal

from netdiag.container.looking import Inside
from netdiag.container.refusal import Refused
from netdiag.model.container import Container

Name = Literal["installed", "lent", "helper"]

NAMES: Final[tuple[Name, ...]] = ("installed", "lent", "helper")


@dataclass(frozen=True)
class Way:
    """The way, the program it begins with, and why the ways before it were not taken: words of ``words.py``."""

    name: Name
    program: str = ""
    passed_over: tuple[str, ...] = ()


def require_running(container: Container) -> None:
    """Raise :class:`Refused` where nothing can be run in the container as it is."""
    if container.system not in ("", "linux"):
        raise Refused(word="not_linux", name=container.name, system=container.system)
    if container.status != "running":
        word = f"is_{container.status}" if container.status in ("paused", "restarting") else "is_not_running"
        raise Refused(word, name=container.name, status=container.status)


def choose(
    container: Container, inside: Inside, helper: str, *, helper_is_there: bool = False, only: Name | None = None
) -> Way:
    """Return the way for ``container``, or raise :class:`Refused` with all that were tried and what would help.

    ``helper`` names the image of the helper container, ``only`` the way that the user wants.
    """
    passed: list[str] = []
    for name in NAMES:
        why = _obstacle(name, inside, helper_is_there=helper_is_there)
        if only not in (None, name):
            continue
        if not why:
            return Way(
                name, {"installed": inside.netdiag, "lent": inside.python, "helper": helper}[name], tuple(passed)
            )
        passed.append(why)
    older = ", ".join(inside.older) or "-"
    raise Refused(word="no_way", name=container.name, older=older, image=helper, why=tuple(passed))


def _obstacle(name: Name, inside: Inside, *, helper_is_there: bool) -> str:
    """Return why a way cannot be gone, or nothing."""
    if name == "installed":
        return "" if inside.netdiag and inside.shell else "not_installed"
    if name == "lent":
        if inside.python:
            return ""
        return "python_too_old" if inside.older else "no_python"
    return "" if helper_is_there else "no_helper_image"
