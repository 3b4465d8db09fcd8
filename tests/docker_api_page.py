"""Make docs/docker-api.md from the table of calls that the client lets through."""

from collections.abc import Sequence

from netdiag.container.allowed import CONNECTING, HELPING, LOOKING, RUNNING

HEAD = """\
# What netdiag asks of the Docker API

Made from `netdiag/container/allowed.py`; `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_readme.py` makes it anew.

netdiag speaks to the engine only for `--container`, `install` and `uninstall`, and to look for OpenSPG's server where
it was run on a host and found no configuration there. Its client refuses every call that is not in the table for what
is being done, before it is sent, and a test compares the table with what a real engine gets. A proxy
before the engine's socket can let the same calls through and no other.

No image is fetched, no network, volume or setting is changed, no container is started, stopped or removed but netdiag's
own helper.
"""

SECTIONS = (
    ("always", "The version of the API is agreed on.", CONNECTING),
    ("to find the container or the server, and to know it", "Nothing is changed by these.", LOOKING),
    (
        "to run netdiag in it, to install it, to take it away",
        (
            "A process is started in the container, as `docker exec` does: it is as much as this user may do with "
            "`docker exec`, and no more."
        ),
        RUNNING,
    ),
    (
        "only where the container has no Python, or with `--way helper`",
        (
            "A container is made of a local image, in the network and beside the processes of the other, with a "
            "read-only root, no log, and the capability `SYS_PTRACE`, by which it sees the other's files; the engine "
            "removes it when its process ends."
        ),
        HELPING,
    ),
)


def page() -> str:
    """Return the page."""
    return HEAD + "".join(_section(*section) for section in SECTIONS)


def _section(title: str, said: str, calls: Sequence[str]) -> str:
    return f"\n## {title[0].upper()}{title[1:]}\n\n{said}\n\n" + "".join(f"- `{call}`\n" for call in calls)
