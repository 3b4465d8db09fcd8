"""What the tests of product mode share: a MariaDB, a server on top of it, a model service, and netdiag beside them.

All of it is on loopback: the model service at 127.0.0.2 stands for the host, which localhost does not lead to.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from openspg import mariadb, tables
from openspg.beside import HOST, Beside
from openspg.server import Api


@pytest.fixture(scope="session")
def database(require: Callable[[str, str], NoReturn]) -> Iterator[mariadb.MariaDb]:
    """A MariaDB of the session's own, in memory where there is a place for that."""
    if reason := mariadb.missing():
        require("mariadb", reason)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as directory:
        made = mariadb.MariaDb(Path(directory))
        yield made
        made.stop()


@contextmanager
def serving(*what: str) -> Iterator[int]:
    """Keep a model service on what stands for the host; yields its port."""
    program = [sys.executable, "-m", "netdiag.lab.servers", *what, "--listen", HOST, "--port", "0"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline().split()[-1])
        server.terminate()


@pytest.fixture(scope="session")
def model_port() -> Iterator[int]:
    """The port of an Ollama with a chat model and an embedding model."""
    with serving("ollama", "--model", "qwen2.5:3b", "--model", "bge-m3") as port:
        yield port


@pytest.fixture(scope="session")
def keyed_port() -> Iterator[int]:
    """The port of a service that wants a key."""
    with serving("vllm-with-key") as port:
        yield port


@pytest.fixture(params=["0.6", "0.7", "0.8"])
def version(request: pytest.FixtureRequest) -> str:
    """Every version of OpenSPG."""
    return request.param


@pytest.fixture
def beside(
    version: str, database: mariadb.MariaDb, model_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Beside]:
    """netdiag beside a server of a version, whose every model is at localhost."""
    database.filled(version, tables.rows(version, model_port))
    api = Api(database, version)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state"))
    place = Beside(database, api, version, model_port, tmp_path)
    place.patch(monkeypatch.setattr)
    yield place
    api.close()
