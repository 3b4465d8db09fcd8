"""A run on a host that found no configuration: which OpenSPG servers are in containers there, or why nobody knows."""

import contextlib
import json
import os
import re
import socket
import sys
import threading
import time

import pytest

from netdiag import engine
from netdiag.container import on_host
from netdiag.container.servers import Listed
from netdiag.findings import words
from netdiag.job import Job
from netdiag.model.event import nobody
from netdiag.model.place import Gateway, Interface
from netdiag.platform.network import Network
from netdiag.report.as_text import as_text
from netdiag.report.rendered import FORMATS, rendered

pytest.importorskip("docker")

# Docker's SDK leaves the socket to the garbage collector where it could not connect.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SERVER = Listed("4f2a", "release-openspg-server", "spg/openspg-server:latest", "running", "release", "server")
STOPPED = SERVER._replace(id="9c0c", name="old-server", state="exited")
IN_A_CONTAINER = Network((Interface("eth0", ("172.17.0.2/16",), "veth"),), (Gateway("172.17.0.1", "eth0"),))
MYSQL = Listed("1111", "release-openspg-mysql", "spg/openspg-mysql:latest", "running", "release", "mysql")
SAID = {"command": "fix-base-url", "url": "unix:///var/run/docker.sock", "engine": "docker"}


def told(findings, language="en"):
    """Code and commands of each finding."""
    return [(each.code, [remedy.command for remedy in words(each, language).remedies]) for each in findings]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([SERVER, MYSQL], [("ND590", ["netdiag --container release-openspg-server fix-base-url"])]),
        (
            [STOPPED, MYSQL],
            [("ND591", ["docker start old-server\nnetdiag --container old-server fix-base-url"])],
        ),
        (
            [STOPPED, SERVER],
            [
                ("ND590", ["netdiag --container release-openspg-server fix-base-url"]),
                ("ND591", ["docker start old-server\nnetdiag --container old-server fix-base-url"]),
            ],
        ),
        (
            [SERVER._replace(state="paused")],
            [
                (
                    "ND591",
                    ["docker unpause release-openspg-server\nnetdiag --container release-openspg-server fix-base-url"],
                )
            ],
        ),
        ([SERVER._replace(state="restarting")], [("ND591", ["docker logs --tail 50 release-openspg-server"])]),
        ([MYSQL], [("ND592", ["netdiag --container NAME fix-base-url"])]),
        ([], [("ND592", ["netdiag --container NAME fix-base-url"])]),
    ],
    ids=["running", "stopped", "one of each", "paused", "restarting", "only MySQL", "nothing at all"],
)
def test_what_the_engine_lists(listed, expected):
    """Each server is named with the command that means it, whatever its state; without any the others are named."""
    found = on_host.findings(listed, SAID)
    assert told(found) == told(found, "zh") == expected


@pytest.mark.parametrize(("listed", "said"), [([MYSQL], "release-openspg-mysql"), ([], "none")])
def test_what_there_is_in_place_of_a_server(listed, said):
    """Containers that are there are named, and that there are none is said."""
    (finding,) = on_host.findings(listed, SAID)
    assert words(finding).title.endswith(f"containers there: {said}")


@pytest.fixture
def place(tmp_path):
    """A host as far as its files tell, with a directory in which nobody configured anything."""
    for name in ("root/proc/1", "empty"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def run(place, command="fix-base-url", **more):
    """Run in the empty directory of a host, and say how long it took."""
    began = time.monotonic()
    job = Job(command, root=place / "root", directory=place / "empty", **more)
    return engine.run(job, nobody), time.monotonic() - began


def codes(report):
    """The codes about configurations, in their order."""
    return [finding.code for finding in report.findings if finding.code.startswith("ND5")]


@contextlib.contextmanager
def listening(path, answer=None):
    """A socket that accepts; it says ``answer``, or nothing at all."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        kept = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    kept.append(client)
                    if answer is not None:
                        client.recv(1 << 16)
                        client.sendall(answer)
                        client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)
        for client in kept:
            client.close()


def test_no_engine(place, monkeypatch):
    """Where nothing says that there is one, nothing is said of it, and the package is not even imported."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(place))
    monkeypatch.setattr("netdiag.container.address.DEFAULT", str(place / "none.sock"))
    monkeypatch.setattr(
        "netdiag.container.address._sockets", lambda _: iter([(str(place / "none.sock"), "by_default")])
    )
    monkeypatch.setitem(sys.modules, "docker", None)
    report, _ = run(place)
    assert (codes(report), report.exit_code) == (["ND502"], 78)


def reason(report):
    """Why the engine did not tell."""
    (finding,) = (each for each in report.findings if each.code == "ND593")
    return finding.values["reason"]


def test_an_engine_that_is_not_there(place, monkeypatch):
    """One that a variable names and that is not running is told, with how it is started."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    report, _ = run(place)
    assert (codes(report), report.exit_code) == (["ND593", "ND502"], 78)
    assert reason(report) == "engine_not_running"
    assert "sudo systemctl restart docker" in as_text(report)


def test_a_podman_that_is_not_there(place, monkeypatch):
    """Podman's socket is started by another command."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/podman.sock")
    report, _ = run(place)
    assert reason(report) == "engine_not_running"
    assert "systemctl --user restart podman.socket" in as_text(report)


def test_an_engine_that_hangs(place, monkeypatch):
    """It is waited for as long as is documented, once, and the cause is told."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    with listening(place / "docker.sock"):
        report, seconds = run(place)
    assert reason(report) == "engine_hangs"
    assert seconds < on_host.LIMIT_S + 1.5


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", b"SSH-2.0-OpenSSH_9\r\n", b"", b"HTTP/1.1 403 F\r\n\r\nno"],
    ids=["of another shape", "no HTTP", "closed", "refused by a proxy"],
)
def test_something_else_at_its_socket(place, monkeypatch, answer):
    """Whatever it says, the run ends as it would have, and says that nothing is known."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    with listening(place / "docker.sock", answer):
        report, _ = run(place)
    assert (codes(report), report.exit_code) == (["ND593", "ND502"], 78)
    assert "docker version" in as_text(report)


def test_without_the_package(place, monkeypatch):
    """The socket is there, so the package is named, for this very Python."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    monkeypatch.setitem(sys.modules, "docker", None)
    with listening(place / "docker.sock"):
        report, _ = run(place)
    assert reason(report) == "engine_no_package"
    assert f"{sys.executable} -m pip install docker" in as_text(report)


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("ssh://host", "ssh -fN -L"),
        ("sctp://host", "docker version"),
        ("tcp://127.0.0.1:1", "unset DOCKER_HOST"),
    ],
)
def test_an_address_that_cannot_be_used(place, monkeypatch, url, command):
    """Nothing is raised, the address is told as it was given, and no engine of this machine is blamed for it."""
    monkeypatch.setenv("DOCKER_HOST", url)
    report, _ = run(place)
    assert codes(report) == ["ND593", "ND502"]
    text = as_text(report)
    assert url in text.replace("\n         ", " ")
    assert command in text
    assert "systemctl" not in text


def test_a_damaged_context(place, monkeypatch):
    """What Docker's own command could not read either is one more reason, and no failure of netdiag's."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    monkeypatch.setenv("DOCKER_CONFIG", str(place))
    report, _ = run(place)
    assert (reason(report), report.exit_code) == ("no_such_context", 78)
    assert "docker context ls" in as_text(report)


def open_to_all(directory):
    """Let other users enter a directory of the test's: those above it are root's alone as pytest makes them."""
    for each in (directory, *directory.parents):
        if each.name.startswith("pytest-") or each == directory:
            each.chmod(0o755)


@contextlib.contextmanager
def as_nobody():
    """Make this process one of the user nobody, who can become root again.

    A fork would not do: what other tests' threads held when it was made stays locked in it.
    """
    groups = os.getgroups()
    try:
        os.setgroups([])
        os.setresgid(65534, 65534, 0)
        os.setresuid(65534, 65534, 0)
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("mode", [0o600, 0o660, 0o000])
def test_an_engine_that_this_user_may_not_use(place, monkeypatch, mode):
    """Nobody may ask it: that is told with both ways out, and Docker's package is not needed for it."""
    path = place / "docker.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    open_to_all(place)
    with listening(path):
        path.chmod(mode)
        run(place)  # what is imported later nobody may not read
        with as_nobody():
            assert not os.access(path, os.R_OK | os.W_OK)
            report, _ = run(place)
    assert reason(report) == "engine_not_permitted", report.findings
    assert report.exit_code == 78
    said = as_text(report)
    assert 'sudo "$(command -v netdiag)" --container openspg fix-base-url' in said
    assert "sudo usermod -aG docker $USER" in said


def test_in_every_format(place, monkeypatch):
    """The finding, its command and the status are the same, whoever reads them."""
    monkeypatch.setattr(on_host, "_told", lambda environ, values: on_host.findings([SERVER, STOPPED], values))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    report, _ = run(place, "check")
    assert (codes(report), report.exit_code) == (["ND590", "ND591", "ND502"], 78)
    for form in FORMATS[1:]:
        for language in ("en", "zh"):
            said = rendered(report, form, language)
            assert "ND590" in said
            assert "release-openspg-server" in said
    for language in ("en", "zh"):
        assert "netdiag --container release-openspg-server check" in as_text(report, language)
    found = json.loads(rendered(report, "json", "en"))["findings"][0]
    assert found["values"]["container"] == "release-openspg-server"
    assert found["remedies"][0]["command"] == "netdiag --container release-openspg-server check"


@pytest.mark.parametrize("where", ["with a file", "in a container", "with a missing file"])
def test_who_is_not_asked(place, monkeypatch, where):
    """With a file, named or found, or in a container, no engine is asked for anything."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    asked = []
    monkeypatch.setattr(on_host, "look", lambda *_: asked.append(1) or ())
    files = ()
    if where == "with a file":
        (place / "empty/kag_config.yaml").write_text("a: 1\n")
    elif where == "with a missing file":
        files = (str(place / "nowhere.yaml"),)
    else:
        (place / "root/.dockerenv").touch()
        monkeypatch.setattr("netdiag.platform.network.read", lambda: IN_A_CONTAINER)
    report, _ = run(place, files=files)
    assert report.exit_code == 78
    assert asked == []


def test_names_are_words_of_a_shell():
    """A name from an engine is quoted where it has to be, and no text of its drives a terminal."""
    odd = SERVER._replace(name="a b$(x)", image="\x1b[31mred", command="java -jar arks-sofaboot-0.0.1.jar")
    (finding,) = on_host.findings([odd], SAID)
    said = words(finding)
    assert said.remedies[0].command == "netdiag --container 'a b$(x)' fix-base-url"
    report = engine.Report("check", "", 0.0, 78, findings=(finding,))
    assert not re.search(r"\x1b", as_text(report))
