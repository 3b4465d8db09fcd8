"""Which calls of the Docker API each way of working makes: the client refuses every other one.

docs/docker-api.md is made from this table. ``{id}`` and ``{name}`` stand for one segment of the path.
"""

import re
from collections.abc import Mapping
from typing import Final

CONNECTING: Final = ("GET /version",)

LOOKING: Final = (
    "GET /info",
    "GET /containers/json",
    "GET /containers/{id}/json",
    "GET /networks",
)
"""Nothing is changed by these."""

RUNNING: Final = (
    "POST /containers/{id}/exec",
    "POST /exec/{id}/start",
    "GET /exec/{id}/json",
)
"""A process is started in the container, as `docker exec` does."""

HELPING: Final = (
    "GET /images/{name}/json",
    "POST /containers/create",
    "POST /containers/{id}/attach",
    "POST /containers/{id}/start",
    "DELETE /containers/{id}",
)
"""A container of netdiag's own beside the container, removed when it ends."""

ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "look": (*CONNECTING, *LOOKING),
    "run": (*CONNECTING, *LOOKING, *RUNNING),
    "help": (*CONNECTING, *LOOKING, *RUNNING, *HELPING),
}

_VERSION: Final = re.compile(r"^/v[0-9.]+(?=/)")
_PLACES: Final = (
    (re.compile(r"^/containers/(?!json$|create$)[^/]+"), "/containers/{id}"),
    (re.compile(r"^/exec/[^/]+"), "/exec/{id}"),
    (re.compile(r"^/images/.+/json$"), "/images/{name}/json"),
    (re.compile(r"^/networks/[^/]+"), "/networks/{id}"),
)


def template(method: str, path: str) -> str:
    """Return a call as the table names it: ``GET /v1.41/exec/4f2a/json?x=1`` is ``GET /exec/{id}/json``."""
    bare = _VERSION.sub("", path.partition("?")[0])
    for pattern, place in _PLACES:
        bare = pattern.sub(place, bare)
    return f"{method} {bare}"
