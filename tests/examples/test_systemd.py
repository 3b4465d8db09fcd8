"""systemd's units: judged by systemd-analyze, and the command of the service run against a container."""

import configparser
import shlex
import shutil

import pytest
from examples.files import EXAMPLES

UNITS = EXAMPLES / "systemd"


def command() -> list[str]:
    """Return what the service runs."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(UNITS / "netdiag-check.service")
    return shlex.split(unit["Service"]["ExecStart"])


@pytest.mark.examples
def test_verify(tool):
    """Every line is one that systemd knows, and the timer has its service; systemd-analyze says nothing."""
    done = tool("systemd-analyze", "verify", "--man=no", *sorted(UNITS.iterdir()))
    said = "\n".join(line for line in done.stderr.splitlines() if "netdiag-check" in line)
    assert (done.returncode, said) == (0, "")


@pytest.mark.examples
def test_a_misspelled_line_is_seen(tool, tmp_path):
    """The check above can fail."""
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    unit = tmp_path / "netdiag-check.service"
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHouse="))
    assert "ProtectHouse" in tool("systemd-analyze", "verify", "--man=no", unit).stderr


@pytest.mark.examples
def test_security(tool):
    """The service is exposed to no more than 2.0 of 10, which systemd calls OK; one without these options to 9.6."""
    arguments = ("security", "--offline=yes", "--no-pager", "--threshold=20")
    done = tool("systemd-analyze", *arguments, UNITS / "netdiag-check.service")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.docker
def test_the_command(engine, images, ollama):
    """What the service runs succeeds where all is well; else it ends with the status and the words of netdiag."""
    assert command()[0] == "/usr/bin/docker"
    config = '{ "type": "ollama", "base_url": "http://%s:11434/", "model": "qwen2.5:3b" }\n'
    with engine.container(images.openspg, name="openspg") as server:
        outcomes = []
        for host in (server.gateway(), "localhost"):
            server.write("kag_config.yaml", f"chat_llm: {config % host}")
            outcomes.append(engine.command("docker", *command()[1:], check=False))
    right, wrong = outcomes
    assert right.returncode == 0, right.stdout
    assert "\nworks: kag_config.yaml:1 " in right.stdout
    assert wrong.returncode == 1
    assert "\ncan be repaired: kag_config.yaml:1 " in wrong.stdout
