"""Containers without Python, Podman's engine, and which calls of the Docker API are made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, Container, Engine, Podman
from inside_ground import (
    CONFIG,
    FILE,
    READ_ONLY,
    USER,
    Netdiag,
    Recorder,
    bare,
    check_repair_and_rollback,
    left,
    on_host,
    without_python,
)

from netdiag.container.allowed import ALLOWED, LOOKING, RUNNING

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("ollama")]

HELPER = ("--helper-image", BASE_IMAGE)


@pytest.fixture(scope="module")
def no_python(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image without Python."""
    return without_python(engine, tmp_path_factory.mktemp("no-python"))


@pytest.mark.parametrize("options", [(), (*READ_ONLY, *USER)], ids=["plain", "read-only, another user"])
def test_a_helper_lends_its_python(
    engine: Engine, netdiag: Netdiag, no_python: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """A container without Python is repaired all the same, as its own user, and no helper is left."""
    with bare(engine, tmp_path, *options, image=no_python) as container:
        check_repair_and_rollback(engine, netdiag, container, *HELPER)
        assert engine.docker("ps", "--all", "--quiet", "--filter", "label=netdiag.helper").stdout == ""


def test_a_helper_sees_what_is_there(engine: Engine, netdiag: Netdiag, no_python: str, tmp_path: Path) -> None:
    """Platform and evidence are those that netdiag in the container itself sees."""
    with bare(engine, tmp_path) as container:
        lent, helped = (
            netdiag("--container", container.name, "--way", way, *HELPER, "detect").stdout for way in ("lent", "helper")
        )
    assert "docker-bridge, certain" in lent
    assert lent == helped


def test_no_way(engine: Engine, netdiag: Netdiag, no_python: str, tmp_path: Path) -> None:
    """Without a helper's image the refusal says what was tried and what to run; nothing is fetched."""
    with bare(engine, tmp_path, image=no_python) as container:
        done = netdiag("--container", container.name, "fix-base-url", FILE, "--helper-image", "no-such-image")
        assert done.returncode == 1
        assert "no image no-such-image" in done.stderr
        assert "docker build --target netdiag" in done.stderr
        done = netdiag("--container", container.name, "check", FILE, "--helper-image", no_python)
        assert (done.returncode, "too early" in done.stderr) == (1, True), done.stderr
        assert container.read(FILE) == CONFIG
        assert left(engine, container) == []


@pytest.fixture
def recorder(engine: Engine, tmp_path: Path) -> Iterator[Recorder]:
    """Yield what notes the calls that the engine gets."""
    recorder = Recorder(tmp_path / "recorder", engine.environment["DOCKER_HOST"].removeprefix("unix://"))
    yield recorder
    recorder.close()


def test_calls_of_the_api(engine: Engine, recorder: Recorder, plain: Container, tmp_path: Path) -> None:
    """The engine gets the calls of the table, and each of them: those for a helper only where there is one."""
    netdiag = on_host(engine, tmp_path / "state", DOCKER_HOST=f"unix://{tmp_path}/recorder")
    assert netdiag("--container", "nobody-of-that-name", "check").returncode == 2
    assert recorder.calls == {"GET /version", "GET /containers/json"}
    assert netdiag("--container", plain.name, "check", FILE, "-v").returncode == 1
    assert recorder.calls == {"GET /version", *LOOKING, *RUNNING}
    done = netdiag("--container", plain.name, "--way", "helper", *HELPER, "check", FILE)
    assert done.returncode == 1, done.stderr
    assert recorder.calls == set(ALLOWED["help"])


@pytest.mark.parametrize(
    ("options", "way"),
    [((*READ_ONLY, *USER), "lent"), ((), "helper")],
    ids=["lent, read-only, another user", "helper"],
)
def test_podman(podman_api: Podman, tmp_path: Path, options: tuple[str, ...], way: str) -> None:
    """Podman's socket serves the same, by the same calls."""
    with bare(podman_api, tmp_path, *options) as container:
        netdiag = on_host(podman_api, tmp_path / "state")
        check_repair_and_rollback(podman_api, netdiag, container, "--way", way, *HELPER)
        assert podman_api.docker("ps", "--all", "--quiet", "--filter", "label=netdiag.helper").stdout == ""
        said = netdiag("--container", container.name, "detect", "-v")
        assert "podman 4" in said.stderr
        podman_api.docker("stop", "--time", "0", container.name)
        done = netdiag("--container", container.name, "check", FILE)
        assert (done.returncode, f"docker start {container.name}" in done.stderr) == (1, True), done.stderr
