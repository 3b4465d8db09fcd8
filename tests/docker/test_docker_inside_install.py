"""`netdiag install NAME` puts netdiag there to stay, `netdiag uninstall NAME` leaves no trace; and the single file."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import CACHE, Engine
from inside_ground import CONFIG, FILE, READ_ONLY, Netdiag, bare, left, pythons, repaired, waiting_run

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("ollama")]


def test_to_stay_and_away_again(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """What a lent one wrote the installed one rolls back, and what that wrote the host does when it is gone."""
    with bare(engine, tmp_path) as container:
        assert netdiag("--container", container.name, "fix-base-url", FILE).returncode == 0
        for said in ("docker exec", "already"):
            done = netdiag("install", container.name)
            assert (done.returncode, said in done.stderr) == (0, True), done.stderr
        undone = container.run("netdiag", "rollback")
        assert undone.returncode == 0, undone.stdout + undone.stderr
        assert container.read(FILE) == CONFIG

        again = netdiag("--container", container.name, "fix-base-url", FILE, "-v")
        assert again.returncode == 0, again.stdout + again.stderr
        assert "/usr/local/bin/netdiag" in again.stderr
        assert container.read(FILE) == repaired(container.gateway())

        waiting = waiting_run(engine, container, tmp_path)
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=20)
        assert (waiting.returncode, pythons(container)) == (130, []), said
        container.write(FILE, repaired(container.gateway()))

        for said in ("taken away", "nothing of netdiag"):
            done = netdiag("uninstall", container.name)
            assert (done.returncode, said in done.stderr) == (0, True), done.stderr
        assert left(engine, container) == []
        undone = netdiag("--container", container.name, "rollback")
        assert undone.returncode == 0, undone.stdout + undone.stderr
        assert container.read(FILE) == CONFIG


def test_what_is_refused(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """A read-only root file system takes nothing, and what came with an image is not taken away."""
    with bare(engine, tmp_path, *READ_ONLY) as container:
        done = netdiag("install", container.name, "--lang", "zh")
        assert (done.returncode, "只读" in done.stderr) == (1, True), done.stderr
    with bare(engine, tmp_path) as container:
        container.run("mkdir", "/opt/netdiag")
        for command in ("install", "uninstall"):
            done = netdiag(command, container.name)
            assert (done.returncode, "left as it is" in done.stderr) == (1, True), done.stderr
        assert left(engine, container) == ["C /opt", "A /opt/netdiag"]


@pytest.fixture(scope="module")
def single_file(require: Callable[[str, str], NoReturn]) -> Path:
    """Return the file that tools/single-file builds, if it was built."""
    path = CACHE / "single-file"
    if not path.exists():
        require("single-file", f"{path} is not built; run: tests/grounds/up single-file")
    return path


def test_the_single_file(engine: Engine, single_file: Path, tmp_path: Path) -> None:
    """One file without an environment of its own, under 25 MB, repairs in a container, and what it needs is in it."""
    assert single_file.stat().st_size < 25e6
    fresh = {"PATH": os.defpath, "HOME": str(tmp_path), "DOCKER_HOST": engine.environment["DOCKER_HOST"]}
    with bare(engine, tmp_path) as container:
        command = (single_file, "--container", container.name, "fix-base-url", FILE)
        done = subprocess.run(command, env=fresh, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert container.read(FILE) == repaired(container.gateway())
        assert left(engine, container) == []
        engine.docker("cp", str(single_file), f"{container.name}:/usr/local/bin/netdiag")
        undone = container.run("netdiag", "check", FILE)
        assert undone.returncode == 0, undone.stdout + undone.stderr
