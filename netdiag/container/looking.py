"""What a container has that netdiag could run with: netdiag itself, or a Python that is new enough."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
    """Return what the lines say: ``shell``, ``netdiag PATH``, ``python 3.11 PATH``."""
    lines = [line.split(" ", 2) for line in said.splitlines()]
    pythons = [
        (tuple(map(int, words[1].split("."))), words) for words in lines if words[0] == "python" and len(words) == 3
    ]
    return Inside(
        netdiag=next((" ".join(words[1:]) for words in lines if words[0] == "netdiag"), ""),
        python=next((words[2] for version, words in pythons if version >= (3, 10)), ""),
        older=tuple(dict.fromkeys(words[1] for version, words in pythons if version < (3, 10))),
        shell=["shell"] in lines,
    )


def output(client: "APIClient", identity: str, user: str, command: list[str]) -> str:
    """Return what a command in the container prints, empty where it cannot be started."""
    from docker.errors import APIError  # noqa: PLC0415 - the extra `netdiag[docker]`

    created = client.exec_create(identity, command, user=user, stderr=False)["Id"]
    try:
        said = client.exec_start(created)
    except APIError:  # Podman says so at once, Docker by the status
        return ""
    status = client.exec_inspect(created)["ExitCode"]
    return "" if status else said.decode("utf-8", "replace")
