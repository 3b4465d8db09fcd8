"""`netdiag --container NAME` on the host, with nothing of netdiag in the container before, and nothing afterwards."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, LABEL, PORT, Container, Engine
from inside_ground import (
    CONFIG,
    FILE,
    READ_ONLY,
    USER,
    Netdiag,
    bare,
    check_repair_and_rollback,
    left,
    pythons,
    repaired,
    waiting_run,
)

from netdiag.container import lending

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("ollama")]


@pytest.mark.parametrize("options", [(), (*READ_ONLY, *USER)], ids=["plain", "read-only, another user"])
def test_repair_and_rollback(engine: Engine, netdiag: Netdiag, tmp_path: Path, options: tuple[str, ...]) -> None:
    """The file is repaired and put back from the host; in the container nothing is left, and the journal is here."""
    with bare(engine, tmp_path, *options) as container:
        check_repair_and_rollback(engine, netdiag, container)
    assert len(list((tmp_path / "state").glob("containers/*/*.jsonl"))) == 2


def test_a_file_of_the_container_itself(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """Of a file in its own layer the container's difference shows that file, its directory, and nothing else."""
    with bare(engine, tmp_path) as container:
        container.write("/etc/kag_config.yaml", CONFIG)
        done = netdiag("--container", container.name, "fix-base-url", "/etc/kag_config.yaml")
        assert done.returncode == 0, done.stdout + done.stderr
        assert left(engine, container) == ["C /etc", "A /etc/kag_config.yaml"]


TIMES = re.compile(r"(?<=ms\": )[\d.]+|[\d.]+ (ms|毫秒)|\d{4}-\d\d-\d\dT[\d:.]+")


def test_every_format(engine: Engine, netdiag: Netdiag, plain: Container, tmp_path: Path) -> None:
    """Output and status are those of a netdiag that is there, but for times and what the host sees."""
    (tmp_path / "program").write_bytes(lending.program())
    engine.docker("cp", str(tmp_path / "program"), f"{plain.name}:/srv/program")
    code = "import sys; sys.path.insert(0, '/srv/program'); from netdiag.cli import main; sys.exit(main())"
    for options in (("--lang", "zh"), ("--format", "json"), ("--format", "jsonl", "--lang", "zh")):
        lent = netdiag("--container", plain.name, "check", FILE, *options)
        command = ("python3", "-I", "-S", "-B", "-c", code, "check", FILE, *options)
        called = f"NETDIAG_CALLED=netdiag --container {plain.name}"
        there = engine.docker("exec", "--env", "LC_ALL=C.UTF-8", "--env", called, plain.name, *command, check=False)
        assert lent.returncode == there.returncode == 1
        assert _steady(lent.stdout) == _steady(there.stdout)


def _steady(said: str) -> str:
    """What is the same in every run, and with or without what only the host can see."""
    host = re.compile(r'(?s)"host": \{.*?\}(?=\s*\}|, ")')
    return TIMES.sub("T", host.sub('"host": null', said))


def test_standard_input(netdiag: Netdiag, plain: Container) -> None:
    """A configuration goes in by standard input and comes out corrected, alone on standard output."""
    done = netdiag("--container", plain.name, "fix-base-url", "-", stdin=CONFIG)
    assert (done.returncode, done.stdout) == (0, repaired(plain.gateway())), done.stderr


def test_a_key_is_in_no_argument(engine: Engine, netdiag: Netdiag, plain: Container) -> None:
    """A key from the host's environment reaches the call, and neither a process's arguments nor its environment."""
    look = "while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; sleep 0.02; done"
    seen = ("docker", "exec", plain.name, "timeout", "4", "sh", "-c", look)
    call = ("chat", "--type", "ollama", "--base-url", f"http://{plain.gateway()}:{PORT}", "--model", "qwen2.5:3b")
    with subprocess.Popen(seen, env=engine.environment, stdout=subprocess.PIPE, text=True) as watching:
        done = netdiag("--container", plain.name, *call, "--api-key-env", "MY_KEY", MY_KEY="c4n4ry")
        found, _ = watching.communicate()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--api-key-stdin" in found
    assert "c4n4ry" not in found + done.stdout + done.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_signals(engine: Engine, plain: Container, tmp_path: Path, number: signal.Signals, status: int) -> None:
    """A signal ends the netdiag in the container in good order, and nothing of it stays."""
    waiting = waiting_run(engine, plain, tmp_path)
    waiting.send_signal(number)
    _, said = waiting.communicate(timeout=20)
    assert waiting.returncode == status, said
    assert "Traceback" not in said
    assert pythons(plain) == []


def test_killed_on_the_host(engine: Engine, plain: Container, tmp_path: Path) -> None:
    """Where netdiag on the host is killed, the one in the container notices and ends, leaving nothing."""
    waiting = waiting_run(engine, plain, tmp_path)
    waiting.kill()
    waiting.communicate()
    for _ in range(50):
        if not pythons(plain):
            break
        time.sleep(0.1)
    assert pythons(plain) == []


def test_what_a_killed_run_left_is_taken_up(netdiag: Netdiag, plain: Container, tmp_path: Path) -> None:
    """A journal that could not be handed over waits in the container's memory: the next run takes it from there."""
    state = tmp_path / "state"
    done = netdiag("--container", plain.name, "fix-base-url", FILE)
    assert done.returncode == 0, done.stdout + done.stderr
    (record,) = state.glob("containers/*/*.jsonl")
    there = f"/dev/shm/netdiag-{record.parent.name[:12]}"
    plain.run("mkdir", "-m", "700", there)
    plain.write(f"{there}/{record.name}", record.read_text())
    record.unlink()
    undone = netdiag("--container", plain.name, "rollback")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert plain.read(FILE) == CONFIG
    assert len(list(state.glob("containers/*/*.jsonl"))) == 2


def test_on_two_networks_and_in_anothers(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """A container on two networks, and one in its network, are repaired by an address of the host that they reach."""
    with engine.network() as network, bare(engine, tmp_path) as container:
        engine.docker("network", "connect", network, container.name)
        beside = ("--network", f"container:{container.name}", "--volume", f"{tmp_path}/srv:/srv")
        with engine.container(BASE_IMAGE, *beside, name=f"{LABEL}-side") as side:
            for each in (container, side):
                container.write(FILE, CONFIG)
                done = netdiag("--container", each.name, "fix-base-url", FILE)
                assert done.returncode == 0, done.stdout + done.stderr
                assert re.search(r"http://172\.\d+\.0\.1:11434", container.read(FILE))


def test_not_permitted_to_write_and_not_running(engine: Engine, netdiag: Netdiag, tmp_path: Path) -> None:
    """The container's own user is who writes; where it may not, and where nothing runs, what changes that is told."""
    with bare(engine, tmp_path, *USER) as container:
        (tmp_path / "srv").chmod(0o755)
        (tmp_path / "srv/kag_config.yaml").chmod(0o644)
        done = netdiag("--container", container.name, "fix-base-url", FILE)
        assert (done.returncode, "--user root" in done.stderr) == (77, True), done.stdout + done.stderr
        done = netdiag("--container", container.name, "--user", "root", "fix-base-url", FILE)
        assert done.returncode == 0, done.stdout + done.stderr
        assert container.read(FILE) == repaired(container.gateway())
        for change, command in (("pause", "docker unpause"), ("stop", "docker start")):
            engine.docker(change, container.name)
            done = netdiag("--container", container.name, "check", FILE)
            assert (done.returncode, f"{command} {container.name}" in done.stderr) == (1, True), done.stderr
            assert "Traceback" not in done.stderr
            engine.docker("unpause", container.name, check=False)


def test_nobody_of_that_name(netdiag: Netdiag) -> None:
    """The choices are listed, and the status is that of a mistyped command line."""
    done = netdiag("--container", "nobody-of-that-name", "check")
    assert (done.returncode, "docker ps --all" in done.stderr) == (2, True)


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_a_page_is_written_here(netdiag: Netdiag, plain: Container, tmp_path: Path, form: str) -> None:
    """The check runs in the container, and the page of it is a file of the host's."""
    path = tmp_path / f"report.{form}"
    done = netdiag("--container", plain.name, "report", FILE, "-o", str(path))
    assert (done.returncode, f"wrote {path}" in done.stderr) == (1, True), done.stderr
    assert plain.gateway() in path.read_text("utf-8")


def test_json_is_all_there_is_on_standard_output(netdiag: Netdiag, plain: Container) -> None:
    """What is said of the way there goes to standard error."""
    done = netdiag("--container", plain.name, "detect", "--format", "json", "-v")
    assert json.loads(done.stdout)["platform"]["name"] == "docker-bridge"
    assert "lent to the container's Python" in " ".join(done.stderr.split())
