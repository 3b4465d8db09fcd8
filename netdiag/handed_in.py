"""What netdiag on the host handed in when it ran this one: what it saw, a password, and how it is called."""

import json
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from netdiag.model.report import Finding

if TYPE_CHECKING:
    from netdiag.model.host import HostView

HANDED: Final = "NETDIAG_HANDED_IN"
"""Says that :data:`DESCRIPTOR` holds what the host hands in: an environment may be read by others."""

DESCRIPTOR: Final = 3

CALLED: Final = "NETDIAG_CALLED"
"""How a person on the host calls the netdiag in a container: ``netdiag --container NAME``."""

FRESH_S: Final = 60
"""How old what the host showed may be: `check --wait` and `watch` go on for longer, and services come and go."""

_LIMIT: Final = 256 * 1024
"""Bytes that are handed in: a view has 64 KB at most (model/host.py), which JSON within JSON makes longer."""

_view = ""


def called(environ: Mapping[str, str] = os.environ) -> str:
    """Return how this netdiag is called from its host; empty where it was not run from there."""
    return environ.get("NETDIAG_CALLED", "")


def accept() -> None:
    """Take what the host hands to an installed netdiag, where it does: JSON at a descriptor."""
    is_handed = os.environ.get("NETDIAG_HANDED_IN") == str(DESCRIPTOR)
    os.environ.pop(HANDED, None)  # what this process starts is handed nothing
    if not is_handed:
        return
    try:
        with os.fdopen(DESCRIPTOR, "rb") as file:
            said = json.loads(file.read(_LIMIT))
        view, environment = said["view"], said["environment"]
        take(view if isinstance(view, str) else "?", {str(name): str(value) for name, value in environment.items()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        take("?")


def take(view: str, environment: Mapping[str, str] | None = None) -> None:
    """Keep the host's view, as JSON, and set variables in this process alone: ``/proc/PID/environ`` shows none."""
    global _view  # noqa: PLW0603 - one process is run from one host
    _view = view
    os.environ.update(environment or {})


def seen_from_host() -> "tuple[HostView | None, tuple[Finding, ...]]":
    """Return what was seen on the host, and what is wrong with that.

    Sockets and rules that were seen long ago say nothing of now, and are left out.
    """
    if not _view:
        return None, ()
    from netdiag.model.host import from_json  # noqa: PLC0415 - few runs have a view

    try:
        view = from_json(_view)
    except ValueError as error:
        return None, (Finding("ND279", values={"detail": str(error)}),)
    is_fresh = abs(time.time() - view.seen) <= FRESH_S
    return (view if is_fresh else view._replace(listeners=None, firewalls=())), ()
