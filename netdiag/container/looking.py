"""What a container has that netdiag could run with: netdiag itself, or a Python that is new enough."""

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from netdiag.container import answers
from netdiag.container.stream import Stream

if TYPE_CHECKING:
    from docker import APIClient

PYTHONS: Final = (
    "python3",
    "/home/admin/miniconda3/bin/python",  # OpenSPG's images from 0.7 on
    "/opt/netdiag/python/bin/python3",  # what netdiag's Dockerfile adds to older ones
    "/usr/local/bin/python3",
    "/usr/bin/python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
)

_TELL: Final = 'import sys; print("python", "%d.%d" % sys.version_info[:2], sys.executable)'

LIMIT_S: Final = 30.0
"""Seconds for what looks: it starts ten programs at most, each of which says its version and ends."""

_SAID: Final = 1 << 16
"""Bytes that are read of what is printed there."""

_PYTHON: Final = re.compile(r"python ([0-9]{1,3})\.([0-9]{1,3}) (/\S.*)")
_NETDIAG: Final = re.compile(r"netdiag (/.+)")

_SCRIPT: Final = r"""
echo shell
command -v netdiag >/dev/null 2>&1 && echo "netdiag $(command -v netdiag)"
for each do
    said=$("$each" -I -S -c "$tell" 2>/dev/null) || continue
    echo "$said"
    case $said in "python 3."[0-9]" "*|"python 2."*) ;; *) break ;; esac
done
"""


@dataclass(frozen=True)
class Inside:
    """What is in a container: netdiag's path, the first Python from 3.10 on, those that are older, and a shell."""

    netdiag: str = ""
    python: str = ""
    older: tuple[str, ...] = ()
    shell: bool = False


def look(client: "APIClient", identity: str, user: str) -> Inside:
    """Start a shell in the container that looks; where there is none, the Pythons themselves."""
    script = f"tell='{_TELL}'{_SCRIPT}"
    found = read(output(client, identity, user, ["sh", "-c", script, "sh", *PYTHONS]))
    if found.shell:
        return found
    said = "".join(output(client, identity, user, [each, "-I", "-S", "-c", _TELL]) for each in PYTHONS[:-1])
    return read(said)


def read(said: str) -> Inside:
    """Return what the lines say: ``shell``, ``netdiag PATH``, ``python 3.11 PATH``; any other line says nothing."""
    lines = said.splitlines()
    found = [((int(each[1]), int(each[2])), each[3]) for each in map(_PYTHON.fullmatch, lines) if each]
    return Inside(
        netdiag=next((each[1] for each in map(_NETDIAG.fullmatch, lines) if each), ""),
        python=next((path for version, path in found if version >= (3, 10)), ""),
        older=tuple(dict.fromkeys(f"{major}.{minor}" for (major, minor), _ in found if (major, minor) < (3, 10))),
        shell="shell" in lines,
    )


def output(client: "APIClient", identity: str, user: str, command: list[str]) -> str:
    """Return what a command in the container prints, empty where it cannot be started.

    Raises :class:`Refused` where it has not ended after :data:`LIMIT_S`.
    """
    from docker.errors import APIError  # noqa: PLC0415 - the extra `netdiag[docker]`

    with answers.reading():
        created = answers.require_id(client.exec_create(identity, command, user=user, stderr=False)["Id"])
    try:
        connection = client.exec_start(created, socket=True)
    except APIError:  # Podman says so at once, Docker by the status
        return ""
    with contextlib.closing(Stream(connection)) as stream:
        said = stream.output(_SAID, limit_s=LIMIT_S)
    with answers.reading():
        status = client.exec_inspect(created)["ExitCode"]
    return "" if status else said.decode("utf-8", "replace")
