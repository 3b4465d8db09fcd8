"""A situation made real: the lab, its services, netdiag's run in the container, and KAG's verdicts from there."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from kag.end_to_end import services
from kag.end_to_end.comparison import Came, Verdict, claims
from kag.end_to_end.situations import Node, Situation
from kag.judge.asking import ENVIRONMENTS
from kag.judge.configurations import RELEASES

from netdiag import lab
from netdiag.kag.version import Version

HERE: Final = Path(__file__).parent
LIMIT_S: Final = 6.0
"""How long KAG may take for a verdict; it has no limit of its own, and a silent service would hold it for good."""
PATIENT_S: Final = 60.0
"""How long it may take where it would differ from netdiag for being late."""
COMMAND: Final = ("netdiag", "fix-base-url", "--timeout", "5", "--format", "json")
NOTHING: Final[Mapping[str, Verdict]] = MappingProxyType({})
_START_S: Final = 120.0


class Judge:
    """A running KAG; questions of several threads are answered side by side."""

    def __init__(self, process: "subprocess.Popen[bytes]", path: Path) -> None:
        self._process = process
        self._path = path

    def verdict(self, container: int, directory: Path, asked: Situation, node: Node, limit_s: float) -> Verdict:
        """Return KAG's verdict on a node of the file in this directory."""
        environment = _environment(asked.version) | dict(asked.world.environment)
        question = {
            "container": container,
            "directory": str(directory),
            "file": asked.file,
            "node": node.name,
            "kind": node.kind,
            "environment": environment,
            "limit_s": limit_s,
        }
        with self._connected() as connection, connection.makefile("rw", encoding="utf-8") as stream:
            connection.settimeout(limit_s + _START_S)
            stream.write(json.dumps(question) + "\n")
            stream.flush()
            answer = json.loads(stream.readline())
        assert "broken" not in answer, f"KAG could not be asked: {answer}"
        return Verdict(**answer)

    def _connected(self) -> socket.socket:
        """Connect, as soon as KAG has been imported."""
        connection, deadline = socket.socket(socket.AF_UNIX), time.monotonic() + _START_S
        while connection.connect_ex(str(self._path)):
            assert self._process.poll() is None, "KAG ended"
            assert time.monotonic() < deadline, "KAG is not imported yet"
            time.sleep(0.05)
        return connection


def _environment(version: Version) -> dict[str, str]:
    """Return the variables of KAG's process that are not the situation's."""
    home = ENVIRONMENTS / RELEASES[version]
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "MPLCONFIGDIR": str(home),
        "KAG_PROJECT_HOST_ADDR": "http://127.0.0.1:9",
        # every client of the SDKs reads all certificates there are anew, which is most of the time it takes
        "SSL_CERT_FILE": str(home / "one.pem"),
        "PYTHONIOENCODING": "utf-8",
    }


@contextmanager
def judge(version: Version, folder: Path) -> Iterator[Judge]:
    """Run KAG of this version; its socket and its log are in ``folder``."""
    home, path = ENVIRONMENTS / RELEASES[version], folder / f"{version}.socket"
    with (folder / f"{version}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(home / "bin/python"), str(HERE / "judge_server.py"), str(path)],
            cwd=home,
            env=_environment(version) | {"NO_PROXY": "*"},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        try:
            yield Judge(process, path)
        finally:
            process.communicate()


class Services:
    """The services of a lab, as they run."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def anew(self) -> list[str]:
        """Let every service begin anew; return the requests that came since the last time."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        requests: list[str] = json.loads(self._process.stdout.readline())
        return requests


@contextmanager
def serving(hosted: services.Hosted, container: int, log: IO[bytes]) -> Iterator[Services]:
    """Run the services in the lab of the container whose first process this is."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "services.py"), services.as_line(hosted, container)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
    )
    try:
        assert process.stdout
        ready = process.stdout.readline()
        log.seek(0)
        assert ready == "ready\n", log.read().decode()
        yield Services(process)
    finally:
        process.communicate()


def first_process(inside: lab.Lab) -> int:
    """Return the first process of a lab's container, by its number outside."""
    mounts = inside.run(["readlink", "/proc/self/ns/mnt"]).stdout.strip()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str((process / "ns/mnt").readlink()) == mounts:
                numbers = (process / "status").read_text().partition("NSpid:")[2].splitlines()[0].split()
                if numbers[-1] == "1":
                    return int(process.name)
    msg = f"no process has the mounts {mounts}"
    raise LookupError(msg)


def came_of(asked: Situation, judges: Mapping[Version, Judge]) -> Came:
    """Make the situation, let KAG judge the file, netdiag repair it, and KAG judge what came of it."""
    with lab.make(asked.world) as inside, (inside.directory / "services.log").open("w+b") as log:
        container, file = first_process(inside), inside.directory / asked.file
        file.write_text(asked.text)
        with serving(asked.hosted, container, log) as running:

            def by_kag(limit_s: float = LIMIT_S, known: Mapping[str, Verdict] = NOTHING) -> tuple[Verdict, ...]:
                found = []
                for node in asked.nodes:
                    running.anew()
                    if node.name in known:
                        found.append(known[node.name])
                    else:
                        found.append(judges[asked.version].verdict(container, inside.directory, asked, node, limit_s))
                    sent.setdefault("KAG", []).append(f"{node.name}: {running.anew()}")
                return tuple(found)

            sent: dict[str, list[str]] = {}
            before = by_kag()
            running.anew()
            done = inside.run(
                [
                    "netdiag",
                    "fix-base-url",
                    "--kag-version",
                    asked.version,
                    "--timeout",
                    "5",
                    "--format",
                    "json",
                    file.name,
                ],
                timeout=180,
            )
            sent["netdiag"] = running.anew()
            after = before
            try:
                report = json.loads(done.stdout)
            except ValueError:
                report = {"endpoints": [], "applied": [], "crash": done.stdout + done.stderr}
            said = claims(asked, report)
            if (text := file.read_text()) != asked.text:
                sent["KAG before"] = sent.pop("KAG")
                # what KAG waited for in vain, and netdiag does not call working, need not be waited for again
                after = by_kag(known={each.node: each for each in before if each.late and not said.get(each.node)})
            if any(each.late and said.get(each.node) for each in after):
                after = by_kag(PATIENT_S)
        return Came(before, report, done.returncode, after, text, sent)
