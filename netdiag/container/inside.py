"""Run the same command inside a container that has netdiag, through the Docker API, with its output and exit status."""

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag import exits
from netdiag.container import hostview
from netdiag.text import shown

NOT_EXECUTABLE: Final = 126
NOT_FOUND: Final = 127
"""What the engine's exec answers when the program is not there (POSIX shell's numbers)."""


def run_inside(name: str, argv: Sequence[str]) -> int:
    """Run ``netdiag`` with ``argv``, less its ``--container`` option, inside container ``name``; return its status."""
    try:
        import docker  # noqa: PLC0415 - the extra `netdiag[docker]`
        import docker.errors  # noqa: PLC0415
    except ImportError:
        return _refuse("--container needs one more package: pip install 'netdiag[docker]'", exits.USAGE)
    try:
        with contextlib.closing(docker.from_env()) as client:
            container = client.containers.get(name)
            if container.status != "running":
                return _refuse(f"container {name} is {container.status}: docker start {name}", exits.PROBLEM)
            environment = hostview.environment(client.api, container.id)
            return _execute(client, container.id, ["netdiag", *without_container(argv)], name, environment)
    except docker.errors.NotFound:
        return _refuse(f"there is no container {name}: docker ps --all", exits.USAGE)
    except docker.errors.DockerException as error:
        return _refuse(f"the Docker Engine cannot be used: {shown(str(error))}", exits.PROBLEM)


def without_container(argv: Sequence[str]) -> Iterator[str]:
    """Yield ``argv`` without ``--container NAME`` or ``--container=NAME``."""
    arguments = iter(argv)
    for argument in arguments:
        if argument == "--container":
            next(arguments, None)
        elif not argument.startswith("--container="):
            yield argument


def _execute(
    client: "docker.DockerClient",  # type: ignore[name-defined]  # noqa: F821
    identity: str,
    command: Sequence[str],
    name: str,
    environment: Mapping[str, str],
) -> int:
    created = client.api.exec_create(identity, command, environment=environment)
    for out, err in client.api.exec_start(created["Id"], stream=True, demux=True):
        _pass_on(out, sys.stdout)
        _pass_on(err, sys.stderr)
    status = int(client.api.exec_inspect(created["Id"])["ExitCode"])
    if status in (NOT_EXECUTABLE, NOT_FOUND):
        return _refuse(f"container {name} has no netdiag: see README.md, delivery", exits.PROBLEM)
    return status


def _pass_on(data: bytes | None, stream: object) -> None:
    if data:
        stream.buffer.write(data)  # type: ignore[attr-defined]
        stream.flush()  # type: ignore[attr-defined]


def _refuse(message: str, status: int) -> int:
    sys.stderr.write(f"netdiag: {message}\n")
    return status
