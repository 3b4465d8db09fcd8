"""``netdiag fix-compose``, from the command line to the file: statuses, formats, undoing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
from cli.conftest import SCHEMA, codes

from netdiag import cli

FILE = """\
# OpenSPG
services:
  server:
    image: spg/openspg-server:latest
    container_name: release-openspg-server
    environment:
      PASSWORD: sk-canary-77

  mysql:
    image: spg/openspg-mysql
"""
LINE = '    extra_hosts: ["host.docker.internal:host-gateway"]\n'
FIXED = FILE.replace("\n\n  mysql", f"\n{LINE}\n  mysql")
OTHERS = "services: {a: {image: x}, b: {image: y}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with a compose file; the journal is elsewhere."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "docker-compose.yml").write_text(FILE)
    monkeypatch.chdir(here)
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return here


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """Run the command and return its JSON report, held against the shipped schema and the exit status."""
    status = cli.main(["fix-compose", *arguments, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert found["exit_code"] == status
    return found


def test_the_story(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file the one that compose finds is repaired, told with what is lost and to be run, and put back."""
    assert cli.main(["fix-compose"]) == 0
    assert (folder / "docker-compose.yml").read_text() == FIXED
    said = " ".join(capsys.readouterr().out.split())
    assert "written: docker-compose.yml:8 services.server" in said
    assert "docker compose up -d --no-deps server" in said
    assert "netdiag --container release-openspg-server fix-base-url" in said
    assert "own layer is lost" in said
    assert "sk-canary" not in said
    assert cli.main(["fix-compose", "docker-compose.yml"]) == 0
    assert "nothing to do [ND571]" in " ".join(capsys.readouterr().out.split())
    assert (folder / "docker-compose.yml").read_text() == FIXED
    assert cli.main(["rollback"]) == 0
    assert (folder / "docker-compose.yml").read_text() == FILE


def test_dry_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The diff holds the line and nothing of its neighbours; the file stays, and the status is 3."""
    assert cli.main(["fix-compose", "--dry-run"]) == 3
    assert (folder / "docker-compose.yml").read_text() == FILE
    said = capsys.readouterr().out
    assert f"+++ b/docker-compose.yml\n@@ docker-compose.yml:8 services.server @@\n+{LINE}" in said
    assert "nothing was written (--dry-run)" in said
    found = report(capsys, "--dry-run")
    (edit,) = found["plan"]["edits"]
    assert (edit["part"], edit["old"], edit["line"], edit["start"]) == ("extra_hosts", "", 8, edit["end"])
    assert "sk-canary" not in json.dumps(found)


def test_quiet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet, nothing is told but problems; Chinese is there too."""
    assert cli.main(["fix-compose", "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["fix-compose", "--lang", "zh"]) == 0
    assert "无需更改" in "".join(capsys.readouterr().out.split())


def test_a_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a network two places of the file are written in one run, and put back in one."""
    found = report(capsys, "--network", "release_default")
    assert (folder / "docker-compose.yml").read_text() == (
        FILE.replace("\n\n  mysql", '\n    networks: ["default", "release_default"]\n\n  mysql')
        + 'networks: {"release_default": {"external": true}}\n'
    )
    assert [edit["part"] for edit in found["plan"]["edits"]] == ["networks", "networks"]
    assert "docker network ls" in json.dumps(found)
    assert cli.main(["rollback"]) == 0
    assert (folder / "docker-compose.yml").read_text() == FILE


def test_all_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hosts past a proxy, a name server and a network are one run, told as one, and put back as one."""
    options = ("--no-proxy", "localhost,172.17.0.1", "--dns", "192.0.2.1", "--network", "release_default")
    (folder / "ours.yml").write_text("services:\n  server:\n    environment:\n    - no_proxy=localhost\n")
    both = ("docker-compose.yml", "ours.yml")
    found = report(capsys, *both, *options)
    assert (folder / "docker-compose.yml").read_text() == (
        FILE.replace("\n\n  mysql", '\n    dns: ["192.0.2.1"]\n    networks: ["default", "release_default"]\n\n  mysql')
        + 'networks: {"release_default": {"external": true}}\n'
    )
    assert (folder / "ours.yml").read_text().endswith("    - no_proxy=localhost,172.17.0.1\n")
    assert [edit["part"] for edit in found["plan"]["edits"]] == ["environment", "dns", "networks"]
    commands = [remedy["command"] for remedy in found["findings"][0]["remedies"]]
    assert "netdiag --container release-openspg-server fix-base-url" in commands
    assert codes(report(capsys, *both, *options)) == {"ND571"}
    assert cli.main(["rollback"]) == 0
    assert (folder / "docker-compose.yml").read_text() == FILE


def test_what_a_file_of_variables_sets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A NO_PROXY of `env_file` would be hidden by one of `environment`: what it says is written again; keys are not."""
    (folder / "vars").write_text("NO_PROXY=intern\nAPI_KEY=sk-canary-78\n")
    text = FILE.replace("    environment", "    env_file: [vars]\n    environment", 1)
    (folder / "docker-compose.yml").write_text(text)
    found = report(capsys, "--no-proxy", "172.17.0.1")
    line = '      PASSWORD: sk-canary-77\n      NO_PROXY: "intern,172.17.0.1"\n'
    assert line in (folder / "docker-compose.yml").read_text()
    assert "sk-canary" not in json.dumps(found)


def test_several_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file with hosts of its own gets the entry, and the command names all files."""
    (folder / "ours.yml").write_text("services:\n  server:\n    extra_hosts:\n      - a:1.2.3.4\n")
    found = report(capsys, "-f", "docker-compose.yml", "-f", "ours.yml")
    assert (folder / "ours.yml").read_text().endswith("      - a:1.2.3.4\n      - host.docker.internal:host-gateway\n")
    assert (folder / "docker-compose.yml").read_text() == FILE
    command = found["findings"][0]["remedies"][0]["command"]
    assert command == "docker compose -f docker-compose.yml -f ours.yml up -d --no-deps server"


def test_names_for_a_shell(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed to be copied has quotes where a shell needs them."""
    (folder / "a b.yml").write_text("services: {'$x': {image: openspg-server}}")
    commands = [remedy["command"] for remedy in report(capsys, "a b.yml")["findings"][0]["remedies"]]
    assert commands[0] == "docker compose -f 'a b.yml' up -d --no-deps '$x'"
    assert commands[1] == "netdiag --container '$x' fix-base-url"


def test_who_shares_the_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A service in the network of this one would be left in that of a container that is gone: it is re-created too."""
    (folder / "docker-compose.yml").write_text(FILE + "  tunnel:\n    image: t\n    network_mode: service:server\n")
    command = report(capsys)["findings"][0]["remedies"][0]["command"]
    assert command == "docker compose up -d --no-deps server tunnel"


def test_the_file_to_write_by_hand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the file is left as it is, what is printed instead is a file that does the same."""
    (folder / "docker-compose.yml").write_text("x-s: &s {image: x}\nservices: {kag: *s}\n")
    for options in ((), ("--network", "n_default"), ("--no-proxy", "a,b"), ("--dns", "192.0.2.1")):
        (remedy,) = report(capsys, *options)["findings"][0]["remedies"]
        (folder / "by-hand.yml").write_text(remedy["command"])
        assert codes(report(capsys, "by-hand.yml", *options)) == {"ND571"}


def test_standard_input(folder: Path) -> None:
    """A container that cannot see the file reads it and prints it corrected, byte for byte; the report goes aside."""
    argv = [sys.executable, "-m", "netdiag", "fix-compose", "-"]
    done = subprocess.run(argv, input=b"\xef\xbb\xbf" + FILE.encode(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"\xef\xbb\xbf" + FIXED.encode())
    assert b"docker compose up -d --no-deps server" in done.stderr
    refused = subprocess.run(argv, input=OTHERS.encode(), capture_output=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (1, OTHERS.encode())


class Case(NamedTuple):
    """A file that is left as it is: how the run ends, the code, and a part of what is said."""

    text: str | bytes
    status: int
    code: str
    said: str
    options: tuple[str, ...] = ()


ELSEWHERE = FILE.replace("    environment", "    extra_hosts: ['host.docker.internal:10.0.0.5']\n    environment", 1)
OF_HOST = FILE.replace("    environment", "    network_mode: host\n    environment", 1)
OF_VPN = OF_HOST.replace("mode: host", "mode: service:vpn")
REFUSED = {
    "several services": Case(OTHERS, 1, "ND573", "There are: a, b."),
    "none is the server": Case(OTHERS, 1, "ND573", "none has its image"),
    "another service's network, by what is asked for": Case(
        OF_VPN, 1, "ND574", "netdiag fix-compose --dns 192.0.2.1 --service vpn", ("--dns", "192.0.2.1")
    ),
    "a mistyped service": Case(FILE, 1, "ND573", "There are: server, mysql.", ("--service", "sever")),
    "another address": Case(ELSEWHERE, 1, "ND572", "10.0.0.5"),
    "the host's network": Case(OF_HOST, 1, "ND574", "localhost is the host"),
    "another service's network": Case(OF_VPN, 1, "ND574", "netdiag fix-compose --service vpn"),
    "an anchor": Case("x-s: &s {image: x}\nservices: {server: *s}\n", 1, "ND575", "from an anchor"),
    "no services": Case("version: '3'\n", 78, "ND580", "holds no services"),
    "a tab": Case("services:\n\tserver: {}\n", 78, "ND501", "a tab, where YAML allows only blanks"),
    "a key twice": Case("services: {a: {}, a: {}}\n", 78, "ND501", "for the second time"),
    "no text": Case(b"\xff\xfe\0", 78, "ND501", "not UTF-8"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused(folder: Path, capsys: pytest.CaptureFixture[str], case: Case) -> None:
    """What is not meant, or cannot be written exactly, is left as it is, with the reason and what to do."""
    raw = case.text if isinstance(case.text, bytes) else case.text.encode()
    (folder / "docker-compose.yml").write_bytes(raw)
    found = report(capsys, *case.options)
    assert (found["exit_code"], codes(found)) == (case.status, {case.code})
    assert cli.main(["fix-compose", *case.options]) == case.status
    assert case.said in " ".join(capsys.readouterr().out.split())
    assert (folder / "docker-compose.yml").read_bytes() == raw


def test_no_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where compose finds nothing nothing is guessed; a file that is named and missing is named."""
    (folder / "docker-compose.yml").unlink()
    found = report(capsys)
    assert (found["exit_code"], codes(found)) == (78, {"ND578"})
    assert codes(report(capsys, "none.yml")) == {"ND501"}


def test_who_else_gets_it_and_a_swarm(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Services that extend this one get the name too, and settings for a swarm are pointed at."""
    text = FILE + "    extends: server\n    deploy: {}\n"
    (folder / "docker-compose.yml").write_text(
        text.replace("    environment", "    deploy: {placement: {}}\n    environment", 1)
    )
    found = report(capsys)
    assert (found["exit_code"], codes(found)) == (0, {"ND570", "ND576", "ND577"})
    assert "these get too: mysql" in json.dumps(found)


def test_a_file_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without a place for the journal nothing is written, and nothing is told as done."""
    (tmp_path / "state").write_text("")
    found = report(capsys)
    assert (found["exit_code"], codes(found), found["applied"]) == (77, {"ND601"}, [])
    assert (folder / "docker-compose.yml").read_text() == FILE


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-proxy", "http://a"),
        ("--no-proxy", ","),
        ("--no-proxy", "a b"),
        ("--dns", "8.8.8.8:53"),
        ("--dns", "dns.lan"),
        ("--network", "-x"),
        ("--network", "a b"),
        ("--container", "c"),
        ("--format", "junit"),
        ("--servce", "x"),
    ],
)
def test_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    """What cannot be meant is a usage error."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["fix-compose", *arguments])
    assert ended.value.code == 2
