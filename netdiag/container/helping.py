"""A helper container, for one that has no Python: it lends its own, and shares network and processes.

It is made from an image that is here already, keeps nothing, and is removed by the engine when its one process ends,
whatever becomes of the host's. It sees the container's files by its first process (``/proc/1/root``), which takes the
one capability that a container does not have by itself.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from netdiag.container import answers, lending, running
from netdiag.container.allowed import ALLOWED
from netdiag.container.client import connected
from netdiag.container.looking import PYTHONS
from netdiag.container.refusal import Refused
from netdiag.container.stream import Stream

if TYPE_CHECKING:
    from docker import APIClient

_PYTHONS: Final = ("/opt/netdiag/bin/python", *PYTHONS)
_READY: Final = b"\0ready\n"

_SCRIPT: Final = """
loader=$1; count=$2; shift 2
while [ "$count" -gt 0 ]; do
    count=$((count - 1)); each=$1; shift
    [ -n "$found" ] && continue
    "$each" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null </dev/null && found=$each
done
[ -n "$found" ] || exit 127
printf '\\000ready\\n' >&2
exec "$found" -I -S -B -c "$loader" "$@"
"""


def has_image(client: "APIClient", image: str) -> bool:
    """Say whether an image is here; it is never fetched."""
    from docker.errors import ImageNotFound, NotFound  # noqa: PLC0415 - the extra `netdiag[docker]`

    try:
        client.inspect_image(image)
    except (ImageNotFound, NotFound):
        return False
    return True


def helped(visit: running.Visit, image: str) -> int:
    """Run netdiag in a helper container of ``image``; return its status."""
    said = visit.client.inspect_container(visit.container)
    loan = running.loan(visit)
    with answers.reading():
        configured = said["Config"]
        loan = replace(
            loan,
            environment={**_environment(configured.get("Env") or ()), **loan.environment},
            root="/proc/1/root",
            directory=str(configured.get("WorkingDir") or "/"),
            user=visit.request.user or str(configured.get("User") or ""),
        )
    with (
        visit.kept.alone() if visit.request.writes else contextlib.nullcontext(),
        connected(ALLOWED["help"]) as (client, _),
    ):
        packed = lending.packed(loan, lending.program())
        with _helper(client, visit, image) as stream:
            status = running.lend(stream, packed, visit)
    if status is None:
        raise Refused(word="helper_failed", image=image)
    return status


def _environment(entries: Sequence[str]) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


@contextlib.contextmanager
def _helper(client: "APIClient", visit: running.Visit, image: str) -> Iterator[Stream]:
    """Yield the connection to a helper container that waits for the program."""
    command = ["sh", "-c", _SCRIPT, "sh", lending.LOADER, str(len(_PYTHONS)), *_PYTHONS, *visit.request.argv]
    other = f"container:{answers.require_id(visit.container)}"
    shares = client.create_host_config(
        network_mode=other,
        pid_mode=other,
        cap_add=["SYS_PTRACE"],  # looking below /proc/1/root: ptrace(2), "Ptrace access mode checking"
        read_only=True,
        auto_remove=True,
        log_config={"Type": "none"},  # what is found is told here, and kept nowhere
    )
    made = client.create_container(
        image,
        entrypoint=command[:1],
        command=command[1:],
        user="0",
        working_dir="/",
        stdin_open=True,
        host_config=shares,
        labels={"netdiag.helper": visit.container},
    )
    with answers.reading():
        identity = answers.require_id(made["Id"])
    try:
        attached: Any = client.attach_socket(made, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        with contextlib.closing(Stream(attached)) as stream:
            client.start(made)
            if not stream.opens_with(_READY):  # nobody would take what is sent
                raise Refused(word="helper_failed", image=image)
            yield stream
    finally:
        _remove(client, identity)


def _remove(client: "APIClient", identity: str) -> None:
    """Remove the helper, unless the engine did so already, or is about to."""
    from docker.errors import APIError  # noqa: PLC0415 - the extra `netdiag[docker]`

    with contextlib.suppress(APIError):
        client.remove_container(identity, force=True)
