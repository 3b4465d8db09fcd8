"""A container that means harm, and one that is killed: the run ends with the reason, and nothing outside is written."""

import base64
import io
import lzma
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from docker_ground import BASE_IMAGE, LABEL, PORT, Container, Engine
from inside_ground import CONFIG, FILE, Netdiag, bare, left

pytestmark = [pytest.mark.docker]

BOUND_S = 55
"""A run ends within this: 30 s of silence, and what a machine needs that runs all of these side by side."""

MEMORY_KB = 250_000
"""Some 60 MB of netdiag and the Docker package, and what is taken of a journal: 32 MB, in base64 and not."""

RECORD = "00000001-20261130T042228.000001Z-1.jsonl"

_TELLS = """#!/bin/sh
case "$*" in *version_info*) echo "python {version} {path}"; exit;; esac
"""
_PATH = "/usr/local/bin/python3"


def tar(*members: tuple[str, bytes, bytes, str]) -> bytes:
    """A tar of members: name, kind, content, and what a link leads to."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind, content, to in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), to
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def handing_back(journal: bytes) -> str:
    """What a Python does that reads the program, hands this back, and says that all is well."""
    return (
        "exec 3<&0; cat <&3 >/dev/null & sleep 0.5\n"
        f"printf '\\000journal ' >&2; cat /srv/{_name(journal)} >&2; printf '\\n' >&2\n"
        "printf '\\000status 0\\n' >&2"
    )


def _name(journal: bytes) -> str:
    return f"journal-{len(journal)}-{journal[:4].hex()}"


BOMB = lzma.compress(tar((RECORD, tarfile.REGTYPE, bytes(100 << 20), "")))
SHAPES = tar(
    (f"../{RECORD}", tarfile.REGTYPE, b"x", ""),
    (f"/tmp/{RECORD}", tarfile.REGTYPE, b"x", ""),
    (RECORD, tarfile.SYMTYPE, b"", "/etc/passwd"),
    (RECORD.replace("1-", "2-", 1), tarfile.LNKTYPE, b"", "/etc/passwd"),
    (RECORD.replace("1-", "3-", 1), tarfile.FIFOTYPE, b"", ""),
    ("lock", tarfile.REGTYPE, b"x", ""),
    ("00000004-a.jsonl/x", tarfile.REGTYPE, b"x", ""),
)
MANY = tar(*((f"{number:08d}-a.jsonl", tarfile.REGTYPE, b"", "") for number in range(3000)))


class Case(NamedTuple):
    """What the container's python3 does once it is lent netdiag; how the run ends, and what is said."""

    does: str
    status: int
    says: str
    version: str = "3.11"
    path: str = _PATH
    command: tuple[str, ...] = ("rollback",)


CASES = {
    "does not read": Case("exec sleep 300", 1, "has taken nothing of the program for 30 s"),
    "reads, and says nothing": Case("exec cat >/dev/null", 1, "has not answered for 3"),
    "ends at once": Case("exit 0", 1, "without saying what came of it (status 0)"),
    "is killed": Case("kill -9 $$", 1, "was killed (signal 9)"),
    "a status that is none": Case("printf '\\000status 300\\n\\000status x\\n\\000status\\n' >&2", 1, "(status 0)"),
    "a status of many digits": Case("head -c 9000 /dev/zero | tr '\\0' 1 | (printf '\\000status '; cat) >&2", 1, "(st"),
    "a version that is none": Case("", 1, "no Python to lend netdiag to", version="3.x"),
    "a journal that is compressed": Case(handing_back(BOMB), 0, "cannot be kept"),
    "a journal of links and paths": Case(handing_back(SHAPES), 0, ""),
    "a journal of many files": Case(handing_back(MANY), 0, "cannot be kept"),
    "a journal that never ends": Case(
        "exec 3<&0; cat <&3 >/dev/null & (printf '\\000journal '; head -c 120000000 /dev/zero | tr '\\0' A; echo) >&2\n"
        "printf '\\000status 0\\n' >&2",
        0,
        "cannot be kept",
    ),
    "a line that never ends": Case(
        "exec 3<&0; cat <&3 >/dev/null & (printf '\\0'; head -c 120000000 /dev/zero | tr '\\0' A) >&2", 1, "(status 0)"
    ),
    "a report that never ends": Case(
        "head -c 120000000 /dev/zero | tr '\\0' '['; printf '\\000status 0\\n' >&2",
        1,
        "",
        command=("report", "-o", "{state}.html"),
    ),
}


_MEASURES = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
"""Between this process and the one that is measured: a child's greatest memory is its parent's at first (fork(2))."""


class Ended(NamedTuple):
    """How a run ended: its status, what it said on standard error, its seconds, and its greatest memory in KB."""

    status: int
    said: str
    seconds: float
    memory: int


def _timed(engine: Engine, state: Path, *words: str) -> Ended:
    environment = engine.environment | {"NETDIAG_STATE_DIR": str(state), "LANG": "C.UTF-8"}
    command = (sys.executable, "-c", _MEASURES, sys.executable, "-m", "netdiag", *words)
    began = time.monotonic()
    with (
        state.with_suffix(".err").open("w+b") as said,
        subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        ) as run,
    ):
        late = threading.Timer(4 * BOUND_S, run.kill)
        late.start()
        run.wait()
        late.cancel()
        said.seek(0)
        *text, memory = said.read().decode("utf-8", "replace").split()
        return Ended(run.returncode, " ".join(text), time.monotonic() - began, int(memory))


@contextmanager
def _waiting(engine: Engine, container: Container, state: Path, *words: str) -> "Iterator[subprocess.Popen[str]]":
    container.write(FILE, CONFIG.replace(str(PORT), "9"))
    command = (sys.executable, "-m", "netdiag", "--container", container.name, "check", FILE, "--wait", "100s", *words)
    environment = engine.environment | {"NETDIAG_STATE_DIR": str(state), "LANG": "C.UTF-8"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr
        assert "waiting" in run.stderr.readline()
        yield run
        run.kill()


def _stop(engine: Engine, container: Container, number: str) -> None:
    shell = f'for each in /proc/[0-9]*; do grep -q ^python "$each/comm" && kill -s {number} "${{each#/proc/}}"; done'
    container.run("sh", "-c", shell)


HAPPENS: dict[str, tuple[Callable[[Engine, Container], object], str]] = {
    "paused": (lambda engine, container: engine.docker("pause", container.name), "docker unpause"),
    "stopped by a signal": (lambda engine, container: _stop(engine, container, "STOP"), "has not answered"),
    "killed": (lambda engine, container: _stop(engine, container, "KILL"), "was killed (signal 9)"),
    "the container killed": (
        lambda engine, container: engine.docker("kill", container.name),
        "was killed (signal 9)|docker start",
    ),
    "the container removed": (
        lambda engine, container: engine.docker("rm", "-f", container.name),
        "No such|was killed|docker start|has ended",
    ),
}


def _meanwhile(engine: Engine, made: Path, name: str) -> Ended:
    """Return how a run ended in whose midst something happens."""
    place = made / name.replace(" ", "-")
    place.mkdir()
    with bare(engine, place, name=f"journal-{place.name}") as container, ExitStack() as stack:
        stack.callback(engine.docker, "unpause", container.name, check=False)
        with _waiting(engine, container, place / "state") as waiting:
            began = time.monotonic()
            HAPPENS[name][0](engine, container)
            _, said = waiting.communicate(timeout=2 * BOUND_S)
            return Ended(waiting.returncode, " ".join(said.split()), time.monotonic() - began, 0)


@pytest.fixture(scope="module")
def ended(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> "dict[str, Ended]":
    """How a run ended in each container, all side by side, since most of them only wait."""
    made = tmp_path_factory.mktemp("hostile")
    for journal in (BOMB, SHAPES, MANY):
        (made / _name(journal)).write_bytes(base64.b64encode(journal))

    def run(number: int, case: Case) -> Ended:
        program = made / f"python-{number}"
        program.write_text(_TELLS.format(version=case.version, path=case.path) + case.does + "\n")
        program.chmod(0o755)
        options = ("--volume", f"{made}:/srv:ro", "--volume", f"{program}:{_PATH}:ro")
        with engine.container(BASE_IMAGE, *options, name=f"{LABEL}-journal-{number}") as container:
            # what comes after it in the list of Pythons would be taken otherwise
            container.run("sh", "-c", "rm -f /usr/bin/python3* /usr/bin/python")
            words = [word.format(state=made / f"state-{number}") for word in case.command]
            return _timed(engine, made / f"state-{number}", "--container", container.name, *words)

    with ThreadPoolExecutor(len(CASES) + len(HAPPENS)) as threads:
        meanwhile = threads.map(partial(_meanwhile, engine, made), HAPPENS)
        runs = threads.map(run, range(len(CASES)), CASES.values())
        return dict(zip((*CASES, *HAPPENS), (*runs, *meanwhile), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_what_a_container_may_do(
    ended: "dict[str, Ended]", tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """Each run ends in time with a reason and a documented status, holds little memory, and keeps no record."""
    case, run = CASES[name], ended[name]
    assert (run.status, case.says in run.said) == (case.status, True), run
    assert run.seconds < BOUND_S, run
    assert run.memory < MEMORY_KB, run
    assert "ND701" not in run.said
    assert "Traceback" not in run.said


def test_what_was_written(ended: "dict[str, Ended]", tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of all that was handed back nothing is a file here: there are state directories with locks."""
    made = next(tmp_path_factory.getbasetemp().glob("hostile*"))
    states = [path for path in made.glob("state-*/**/*") if path.is_file()]
    assert {path.name for path in states} == {"lock"}
    assert not list(made.parent.glob(f"**/{RECORD}"))


@pytest.mark.parametrize("name", HAPPENS)
def test_what_happens_meanwhile(ended: "dict[str, Ended]", name: str) -> None:
    """Whatever becomes of the container or its Python while netdiag works there, the run here ends and says it."""
    run = ended[name]
    assert (run.status, any(reason in run.said for reason in HAPPENS[name][1].split("|"))) == (1, True), run
    assert run.seconds < BOUND_S, run
    assert "ND701" not in run.said


def test_too_little_memory(engine: Engine, tmp_path: Path) -> None:
    """A memory limit in which no Python can work ends the run with a reason, whatever it kills."""
    with bare(engine, tmp_path, "--memory", "8m", "--memory-swap", "8m", name="journal-small") as container:
        run = _timed(engine, tmp_path / "state", "--container", container.name, "check", FILE)
    assert (run.status, "Traceback" in run.said) == (1, False), run
    assert run.seconds < BOUND_S


def test_each_user_of_a_container_has_a_journal(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """What one user of a container hands back is never given to another one, root above all."""
    with bare(engine, tmp_path, "--user", "1234:1234", name="journal-users") as container:
        at = ("--container", container.name)
        with engine.like_ollama("0.0.0.0", tmp_path / "log"):
            assert netdiag(*at, "fix-base-url", FILE).returncode == 0
            fixed = container.read(FILE)
            refused = netdiag(*at, "--user", "root", "rollback")
            assert (refused.returncode, container.read(FILE)) == (1, fixed), refused.stdout
            assert netdiag(*at, "--user", "1234", "rollback").returncode == 0
            assert container.read(FILE) == CONFIG


def test_an_installed_one_believes_its_own_user(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """In a container that is not run as root each of the two has a journal, and root does not obey the other's."""
    with bare(engine, tmp_path, "--user", "1234:1234", name="journal-installed") as container:
        victim = f"/opt/netdiag/state/{RECORD}"
        assert netdiag("install", container.name).returncode == 0
        with engine.like_ollama("0.0.0.0", tmp_path / "log"):
            done = container.run("netdiag", "fix-base-url", FILE)
            assert done.returncode == 0, done.stdout
            as_root = engine.docker("exec", "-u", "0", container.name, "netdiag", "rollback", check=False)
            assert (as_root.returncode, "nothing to undo" in " ".join(as_root.stdout.split())) == (1, True), (
                as_root.stdout
            )
            state = ("--env", "NETDIAG_STATE_DIR=/opt/netdiag/state")
            told = engine.docker("exec", "-u", "0", *state, container.name, "netdiag", "rollback", check=False)
            assert (told.returncode, "ND621" in told.stdout, "(1234)" in told.stdout or "1234" in told.stdout) == (
                77,
                True,
                True,
            ), told.stdout
            container.run("ln", "-s", "/etc/passwd", victim)
            owner = engine.docker("exec", container.name, "stat", "-c", "%u", "/etc/passwd").stdout
            for command in ("uninstall", "install", "uninstall"):
                done = netdiag(command, container.name)
                assert done.returncode == 0, done.stderr
            assert engine.docker("exec", container.name, "stat", "-c", "%u", "/etc/passwd").stdout == owner
            undone = netdiag("--container", container.name, "rollback")
            assert (undone.returncode, container.read(FILE)) == (0, CONFIG), undone.stdout
        assert left(engine, container) == []


def test_no_environment_shows_a_password(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """The database's password and the host's view reach an installed netdiag past every environment and argument."""
    with bare(engine, tmp_path, name="journal-password") as container:
        assert netdiag("install", container.name).returncode == 0
        look = (
            "while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; sleep 0.02; done"
        )
        seen = ("docker", "exec", container.name, "timeout", "4", "sh", "-c", look)
        at = ("--container", container.name, "check", FILE, "--db-url", "mysql://u@127.0.0.1:3306/openspg")
        with subprocess.Popen(seen, env=engine.environment, stdout=subprocess.PIPE, text=True) as watching:
            done = netdiag(*at, "--db-password-env", "DB_PASSWORD", "--format", "json", DB_PASSWORD="c4n4ry")
            found, _ = watching.communicate()
        assert '"listeners"' in done.stdout, done.stdout + done.stderr
        assert "NETDIAG_HANDED_IN=3" in found
        for shown in (found, done.stdout, done.stderr):
            assert "c4n4ry" not in shown
        assert '"listeners"' not in found
        assert "listeners" not in found
