"""What netdiag on the host handed in when it ran this one: what it saw, and how it is called; anybody may set them."""

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from netdiag.model.report import Finding

if TYPE_CHECKING:
    from netdiag.model.host import HostView

VARIABLE: Final = "NETDIAG_HOST_VIEW"

CALLED: Final = "NETDIAG_CALLED"
"""How a person on the host calls the netdiag in a container: ``netdiag --container NAME``."""

FRESH_S: Final = 60
"""How old what the host showed may be: `check --wait` and `watch` go on for longer, and services come and go."""


def called(environ: Mapping[str, str] = os.environ) -> str:
    """Return how this netdiag is called from its host; empty where it was not run from there."""
    return environ.get("NETDIAG_CALLED", "")


def seen_from_host(environ: Mapping[str, str] = os.environ) -> "tuple[HostView | None, tuple[Finding, ...]]":
    """Return what was seen on the host, and what is wrong with that.

    Sockets and rules that were seen long ago say nothing of now, and are left out.
    """
    text = environ.get(VARIABLE)
    if not text:
        return None, ()
    from netdiag.model.host import from_json  # noqa: PLC0415 - few runs have a view

    try:
        view = from_json(text)
    except ValueError as error:
        return None, (Finding("ND279", values={"variable": VARIABLE, "detail": str(error)}),)
    is_fresh = abs(time.time() - view.seen) <= FRESH_S
    return (view if is_fresh else view._replace(listeners=None, firewalls=())), ()
