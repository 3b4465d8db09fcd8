"""The two targets of the ``Dockerfile``, built without a network on a real engine."""

import shutil
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, LABEL, TESTS, Engine, Images

import netdiag

pytestmark = pytest.mark.docker

KAG_PREFIX = "/home/admin/miniconda3"
LISTING = (
    f"cd {KAG_PREFIX} && find . -type f -exec sha256sum {{}} + | sort -k 2 && find . -type l -printf '%p %l\\n' | sort"
)


def test_each_target_runs_netdiag(engine: Engine, images: Images) -> None:
    """The small image is netdiag itself; the server's image has it on the PATH that `docker exec` sees."""
    alone = engine.docker("run", "--rm", "--network", "none", images.netdiag, "--version")
    with engine.container(images.openspg, "--network", "none") as server:
        inside = server.run("netdiag", "--version")
    assert {alone.stdout, inside.stdout} == {f"netdiag {netdiag.__version__}\n"}


def test_kag_is_untouched(engine: Engine, images: Images) -> None:
    """Every file of KAG's own environment is byte for byte the one of the server's image."""
    before, after = (
        engine.docker("run", "--rm", "--network", "none", image, "sh", "-c", LISTING).stdout
        for image in (images.server, images.openspg)
    )
    assert "openspg_kag-0.8.0.dist-info/METADATA" in before
    assert before == after


@pytest.mark.parametrize("target", ["netdiag", "openspg"])
def test_nothing_is_compiled_at_run_time(engine: Engine, images: Images, target: str) -> None:
    """The .pyc files are in the image: a run that imports nearly everything adds none."""
    image = {"netdiag": images.netdiag, "openspg": images.openspg}[target]
    with engine.container(image, "--network", "none", "--workdir", "/tmp") as container:
        detected = container.run("netdiag", "check", "--format", "json")
        assert '"schema": "netdiag/report/1"' in detected.stdout, detected.stderr
        changed = engine.docker("diff", container.name).stdout
    assert "__pycache__" not in changed


@pytest.mark.parametrize(
    "interpreter",
    ["/home/admin/miniconda3/bin/python", "/openspg_venv/bin/python"],
    ids=["missing", "Python 3.8"],
)
def test_old_server_image_is_refused_clearly(engine: Engine, images: Images, interpreter: str) -> None:
    """An image of OpenSPG 0.6 has no Python that netdiag can use: the build says so and where to read on."""
    engine.build(f"{LABEL}/openspg-0.6", TESTS / "docker/openspg-0.6", "--build-arg", f"BASE={BASE_IMAGE}")
    options = ("--target", "openspg", "--build-arg", f"BASE={BASE_IMAGE}", "--build-arg", f"PYTHON={interpreter}")
    server = ("--build-arg", f"OPENSPG_IMAGE={LABEL}/openspg-0.6")
    failed = engine.build(f"{LABEL}/refused", images.context, *options, *server, check=False)
    assert failed.returncode != 0
    assert f"netdiag needs Python 3.10 or newer; {interpreter} is older or missing" in failed.stdout + failed.stderr


def test_old_server_image_with_a_python_beside_the_dockerfile(engine: Engine, images: Images, tmp_path: Path) -> None:
    """A relocatable Python in the build context serves an image whose own is too old; Debian's is one when moved."""
    context = tmp_path / "context"
    shutil.copytree(images.context, context)
    (context / "python/bin").mkdir(parents=True)
    (context / "python/lib").mkdir()
    with engine.container(images.server, "--network", "none") as donor:
        engine.docker("cp", f"{donor.name}:/usr/bin/python3.11", str(context / "python/bin/python3"))
        engine.docker("cp", f"{donor.name}:/usr/lib/python3.11", str(context / "python/lib/python3.11"))
    engine.build(f"{LABEL}/openspg-0.6", TESTS / "docker/openspg-0.6", "--build-arg", f"BASE={BASE_IMAGE}")
    options = ("--target", "openspg", "--build-arg", f"BASE={BASE_IMAGE}")
    python = ("--build-arg", "PYTHON=/opt/netdiag/python/bin/python3")
    engine.build(f"{LABEL}/old", context, *options, *python, "--build-arg", f"OPENSPG_IMAGE={LABEL}/openspg-0.6")
    with engine.container(f"{LABEL}/old", "--network", "none") as server:
        where = server.run("/opt/netdiag/bin/python", "-c", "import httpx, sys; print(sys.base_prefix)")
        version = server.run("netdiag", "--version")
    assert where.stdout == "/opt/netdiag/python\n"
    assert version.stdout == f"netdiag {netdiag.__version__}\n"
