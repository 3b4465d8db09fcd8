"""Where the engine is looked for, and what is said where none answers."""

import errno
import gc
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdiag.container.address import find, named, socket_here
from netdiag.container.allowed import ALLOWED, template
from netdiag.container.client import connected
from netdiag.container.refusal import Refused
from netdiag.container.words import refusal

docker = pytest.importorskip("docker")

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
"""The SDK leaves a socket that could not be connected to the garbage collector."""

HERE = f"/run/user/{os.getuid()}"


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Whatever this machine's contexts are, they are not looked at."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    yield
    gc.collect()


@pytest.mark.parametrize(
    ("environ", "there", "url", "by"),
    [
        ({"DOCKER_HOST": "unix:///a.sock"}, [], "unix:///a.sock", "by_docker_host"),
        ({"DOCKER_HOST": "10.0.0.5:2375"}, [], "tcp://10.0.0.5:2375", "by_docker_host"),
        ({}, ["/var/run/docker.sock", f"{HERE}/docker.sock"], "unix:///var/run/docker.sock", "by_default"),
        ({}, [f"{HERE}/docker.sock"], f"unix://{HERE}/docker.sock", "by_rootless"),
        ({"XDG_RUNTIME_DIR": "/r"}, ["/r/podman/podman.sock"], "unix:///r/podman/podman.sock", "by_podman"),
        ({}, ["/run/podman/podman.sock"], "unix:///run/podman/podman.sock", "by_podman"),
        ({}, [], "unix:///var/run/docker.sock", "by_default"),
        ({"DOCKER_CONTEXT": "default"}, [], "unix:///var/run/docker.sock", "by_default"),
    ],
)
def test_where(environ, there, url, by):
    """As Docker's own command looks, and then where rootless Docker and Podman listen."""
    address = find(environ, exists=there.__contains__)
    assert (address.url, address.by) == (url, by)


@pytest.mark.parametrize(
    ("environ", "there", "name", "path"),
    [
        ({"DOCKER_HOST": "unix:///a.sock"}, [], "unix:///a.sock", "/a.sock"),
        ({"DOCKER_HOST": "/a.sock"}, [], "unix:///a.sock", "/a.sock"),
        ({"DOCKER_HOST": "10.0.0.5:2375"}, ["/var/run/docker.sock"], "tcp://10.0.0.5:2375", ""),
        ({"DOCKER_CONTEXT": "work"}, ["/var/run/docker.sock"], "work", ""),
        ({"DOCKER_CONTEXT": "default"}, ["/var/run/docker.sock"], "", "/var/run/docker.sock"),
        ({}, [f"{HERE}/podman/podman.sock"], "", f"{HERE}/podman/podman.sock"),
        ({}, [], "", ""),
    ],
)
def test_where_without_docker(environ, there, name, path):
    """Whether there may be an engine, and at which socket, is known before anything of Docker's is imported."""
    assert named(environ) == name
    assert socket_here(environ, exists=there.__contains__) == path


@pytest.mark.parametrize(
    ("text", "name"),
    [('{"currentContext": "desktop-linux"}', "desktop-linux"), ('{"auths": {}}', ""), ("{", ""), ("[]", "")],
    ids=["a context", "none", "damaged", "of another shape"],
)
def test_the_current_context_without_docker(text, name, tmp_path):
    """It is read where Docker's own command keeps it; what cannot be read names none."""
    (tmp_path / "config.json").write_text(text)
    assert named({"DOCKER_CONFIG": str(tmp_path)}) == name


def test_a_context(tmp_path):
    """The current context of Docker's configuration counts, and ``DOCKER_CONTEXT`` before it."""
    for name in ("work", "home"):
        meta = tmp_path / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
        meta.mkdir(parents=True)
        endpoints = {"docker": {"Host": f"unix:///{name}.sock", "SkipTLSVerify": False}}
        (meta / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": endpoints}))
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "work"}))
    current, chosen = find({}), find({"DOCKER_CONTEXT": "home"})
    assert (current.url, current.by, current.detail) == ("unix:///work.sock", "by_context", "work")
    assert chosen.url == "unix:///home.sock"


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"DOCKER_CONTEXT": "nowhere"}, "no_such_context"),
        ({"DOCKER_HOST": "ssh://me:c4n4ry@host"}, "engine_ssh"),
        ({"DOCKER_HOST": "ftp://me:c4n4ry@host"}, "engine_scheme"),
        (
            {"DOCKER_HOST": "tcp://127.0.0.1:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/nonexistent"},
            "engine_tls",
        ),
    ],
)
def test_what_cannot_be_an_engine(environ, word):
    """It is said before anything is tried, and a password in a URL is never said."""
    with pytest.raises(Refused) as refused:
        find(environ)
    assert refused.value.word == word
    for language in ("en", "zh"):
        assert "c4n4ry" not in refusal(refused.value, language)


def _listening(path: Path) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    return server


def test_no_engine_answers(tmp_path):
    """A socket that is missing, and one that nobody listens at."""
    for path in (tmp_path / "missing", tmp_path / "left"):
        if path.name == "left":
            _listening(path).close()
        with (
            pytest.raises(Refused, match="engine_not_running"),
            connected(ALLOWED["look"], {"DOCKER_HOST": f"unix://{path}"}),
        ):
            pass


def test_not_permitted(tmp_path, monkeypatch):
    """The socket is there and belongs to others: the group is named."""
    if os.geteuid() == 0:

        def refuse(*_: object, **__: object) -> None:  # root may do everything
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(docker.APIClient, "__init__", refuse)
    path = tmp_path / "engine"
    with _listening(path):
        path.chmod(0)
        with pytest.raises(Refused) as refused, connected(ALLOWED["look"], {"DOCKER_HOST": f"unix://{path}"}):
            pass
    assert "usermod -aG docker" in refusal(refused.value, "en")
    assert str(path) in refusal(refused.value, "zh")


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        ("GET", "/version", "GET /version"),
        ("GET", "/v1.41/containers/json?all=1", "GET /containers/json"),
        ("GET", "/v1.41/containers/4f2a/json", "GET /containers/{id}/json"),
        ("POST", "/v1.41/containers/create?name=x", "POST /containers/create"),
        ("POST", "/v1.41/containers/4f2a/exec", "POST /containers/{id}/exec"),
        ("POST", "/v1.41/exec/9/start", "POST /exec/{id}/start"),
        ("GET", "/v1.41/images/reg:5000/a/b:1/json", "GET /images/{name}/json"),
        ("DELETE", "/v1.41/containers/4f2a?force=True", "DELETE /containers/{id}"),
    ],
)
def test_how_a_call_is_called(method, path, call):
    """Version, names and parameters are left out."""
    assert template(method, path) == call


def test_looking_changes_nothing():
    """What only looks makes no call but GET."""
    assert {call.split()[0] for call in ALLOWED["look"]} == {"GET"}
