"""Docker Compose judges: what it makes of a file is the same after the repair, but for the one entry."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from compose.judging import ENTRY, fixed
from compose.test_compose_edits import NETWORKS, PUT_IN
from compose.test_compose_settings import ASK, EXEMPT, HOSTS

pytestmark = pytest.mark.compose

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(path.name for path in CORPUS.glob("[!.]*.*"))
CACHE = Path(os.environ.get("NETDIAG_GROUNDS") or Path.home() / ".cache/netdiag-grounds")
OF_V1 = ("openspg-0.8.yml", "openspg-crlf-bom.yml", "version-2.yml")
"""What docker-compose 1.29 takes: a version, and neither includes nor profiles of the newer specification."""

Config = Callable[[bytes], Any]


def _reader(directory: Path, command: tuple[str, ...], load: Callable[[str], Any]) -> Config:
    """Return what gives a file of ``directory`` to compose: what it makes of it, or ``None`` where it refuses it."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "COMPOSE_PROJECT_NAME": "judged"}

    def config(data: bytes) -> Any:
        file = directory / "judged.yml"
        file.write_bytes(data)
        argv = (command[0], "-f", file, *command[1:])
        done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=30, check=False)
        return None if done.returncode else load(done.stdout)

    return config


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a directory with the files that those of the corpus extend from."""
    (tmp_path / "parts").mkdir()
    for part in (CORPUS / "parts").iterdir():
        (tmp_path / "parts" / part.name).write_bytes(part.read_bytes())
    return tmp_path


@pytest.fixture
def v2(place: Path, require: Callable[[str, str], NoReturn]) -> Config:
    """Return Docker Compose v2's reading of a file; it needs no engine for it."""
    program = CACHE / "docker-config/cli-plugins/docker-compose"
    if not program.exists():
        require("compose", f"there is no {program}; build it: tests/grounds/up compose")
    return _reader(place, (str(program), "--profile", "*", "config", "--format", "json"), json.loads)


@pytest.fixture
def v1(place: Path, require: Callable[[str, str], NoReturn]) -> Config:
    """Return docker-compose 1.29's reading of a file."""
    program = shutil.which("docker-compose")
    if not program:
        require("compose-1", "there is no docker-compose; install it: tests/grounds/up compose-1")
    return _reader(place, (program, "config"), yaml.safe_load)


def with_entry(read: Any, service: str) -> Any:
    """Return what compose is to read afterwards: v2 writes a list with ``=``, 1.29 a mapping or a list."""
    of_service = read["services"][service]
    present = of_service.get("extra_hosts")
    if isinstance(present, dict):
        of_service["extra_hosts"] = {**present, "host.docker.internal": "host-gateway"}
    else:
        separator = "=" if read.get("name") else ":"
        of_service["extra_hosts"] = sorted([*(present or []), ENTRY.replace(":", separator)])
    return read


def sorted_hosts(read: Any) -> Any:
    """Return it with the hosts in an order of ours: 1.29 and v2 have their own."""
    for of_service in read["services"].values():
        if isinstance(of_service.get("extra_hosts"), list):
            of_service["extra_hosts"].sort()
    return {key: value for key, value in read.items() if not key.startswith("x-")}


def service_of(edits: Any) -> str:
    """Return the service that was edited."""
    return str(edits[0].node.split(".")[1])


@pytest.mark.parametrize("name", FILES)
def test_compose_reads_the_same(v2: Config, name: str) -> None:
    """Of files as users have them Docker Compose v2 reads what it read, and one entry more at OpenSPG's service."""
    data = (CORPUS / name).read_bytes()
    before, found = v2(data), fixed(data)
    assert before is not None
    assert found.edits
    assert sorted_hosts(v2(found.data)) == sorted_hosts(with_entry(before, service_of(found.edits)))


@pytest.mark.parametrize("name", FILES)
def test_compose_reads_one_network_more(v2: Config, name: str) -> None:
    """With a network to join instead, the service is in that one as well, and in those where it was."""
    data = (CORPUS / name).read_bytes()
    before, found = v2(data), fixed(data, network="release_default")
    of_service = before["services"][service_of(found.edits)]
    of_service["networks"] = {**of_service["networks"], "release_default": None}
    after = v2(found.data)
    assert after["networks"].pop("release_default")["external"] is True
    joined = after["services"][service_of(found.edits)]["networks"]
    joined["release_default"] = joined["release_default"] or None
    assert sorted_hosts(after) == sorted_hosts(before)


@pytest.mark.parametrize("name", FILES)
def test_compose_reads_the_variables_and_the_name_server(v2: Config, name: str) -> None:
    """Of files as users have them it reads NO_PROXY and the name server at OpenSPG's service, and else what it read."""
    data = (CORPUS / name).read_bytes()
    before, found = v2(data), fixed(data, hosts=("localhost", "172.17.0.1"))
    asked = fixed(found.data, servers=("192.0.2.1",))
    assert found.edits
    assert asked.edits
    after = v2(asked.data)
    of_service, had = (read["services"][service_of(found.edits)] for read in (after, before))
    assert of_service.pop("dns") == ["192.0.2.1", *had.pop("dns", [])]
    for variable in ("NO_PROXY", "no_proxy"):
        assert of_service["environment"].pop(variable) == "localhost,172.17.0.1"
        for other in after["services"].values():  # who shares the mapping by an anchor, which ND576 tells
            (other.get("environment") or {}).pop(variable, None)
    had.setdefault("environment", {})
    assert sorted_hosts(after) == sorted_hosts(before)


def of_an_image(text: str) -> bytes:
    """Return the file with an image for every service, without which compose takes none."""
    text = re.sub(r"(?m)^(  \w+:)\n(?!    image)", r"\1\n    image: x\n", text)
    return re.sub(r"(\w+\"?: \{)(?=\"?(?:dns|environment)\b)", r'\1"image": "x", ', text).encode()


def test_compose_agrees_with_the_tables_of_settings(v2: Config) -> None:
    """Of the tables' files that compose takes it takes every repaired one, and reads what was asked for."""
    judged = 0
    for name, (text, _) in EXEMPT.items():
        whole = of_an_image(text)
        if v2(whole) is not None:
            judged += 1
            read = v2(fixed(whole, "server", hosts=HOSTS).data)["services"]["server"]["environment"]
            values = [read.get(each, "").lower().split(",") for each in ("NO_PROXY", "no_proxy")]
            assert any(set(HOSTS) <= set(value) for value in values), name
    for name, (text, _) in ASK.items():
        whole = of_an_image(text)
        if v2(whole) is not None:
            judged += 1
            read = v2(fixed(whole, "server", servers=("192.0.2.1",)).data)["services"]["server"]["dns"]
            assert read[0] == "192.0.2.1", name
    assert judged >= 20


def test_compose_agrees_with_the_tables(v2: Config) -> None:
    """Of the tables' files that compose takes it takes every repaired one, too, and reads what it is to read."""
    judged = 0
    for name, (text, _) in PUT_IN.items():
        before, found = v2(text.encode()), fixed(text.encode(), "server")
        if before is not None:
            judged += 1
            assert sorted_hosts(v2(found.data)) == sorted_hosts(with_entry(before, "server")), name
    for name, (text, _) in NETWORKS.items():
        if v2(text.encode()) is not None:
            judged += 1
            after = v2(fixed(text.encode(), "server", "n_default").data)
            assert "n_default" in {network["name"] for network in after["networks"].values()}, name
    assert judged >= 25


@pytest.mark.parametrize("name", OF_V1)
def test_docker_compose_1_29_reads_the_same(v1: Config, name: str) -> None:
    """docker-compose 1.29, which many servers still have, takes the entry too."""
    data = (CORPUS / name).read_bytes()
    before, found = v1(data), fixed(data)
    assert before is not None
    after = v1(found.data)
    hosts = after["services"][service_of(found.edits)].pop("extra_hosts")
    present = before["services"][service_of(found.edits)].pop("extra_hosts", [])
    assert sorted(hosts) == sorted([*present, ENTRY])
    assert after == before
    whole = v1(fixed(fixed(data, hosts=("localhost",)).data, servers=("192.0.2.1",)).data)
    of_service = whole["services"][service_of(found.edits)]
    assert of_service["environment"]["NO_PROXY"] == of_service["environment"]["no_proxy"] == "localhost"
    assert "192.0.2.1" in of_service["dns"]
