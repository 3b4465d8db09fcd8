"""The playbook, run by Ansible itself over several containers; each host stands for a machine with one of them."""

import configparser
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from docker_ground import LABEL, Container, Done, Engine, Images
from examples.files import EXAMPLES, document

FILE = "kag_config.yaml"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://HOST:11434/", "model": "qwen2.5:3b" }\n'
HEALTHY, REPAIR, BROKEN, GONE = "healthy", "to-repair", "broken", "gone"
HOSTS = (HEALTHY, REPAIR, BROKEN)

Play = Callable[..., Done]


@pytest.fixture(scope="module")
def servers(engine: Engine, images: Images, ollama: None) -> Iterator[dict[str, Container]]:
    """Three servers: one is right, one says localhost, one asks a port at which nothing listens."""
    with ExitStack() as stack:
        made = {name: stack.enter_context(engine.container(images.openspg, name=f"{LABEL}-{name}")) for name in HOSTS}
        made[HEALTHY].write(FILE, CONFIG.replace("HOST", made[HEALTHY].gateway()))
        made[REPAIR].write(FILE, CONFIG.replace("HOST", "localhost"))
        made[BROKEN].write(FILE, CONFIG.replace("HOST:11434", "localhost:11435"))
        yield made


@pytest.fixture
def play(tool, engine: Engine, servers: dict[str, Container], tmp_path: Path) -> Play:
    """Return the way to run the playbook: ``play("--check")``; beside the three is a host without the container."""

    def run(*options: str) -> Done:
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        hosts = {name: local | {"openspg_container": f"{LABEL}-{name}"} for name in (*HOSTS, GONE)}
        inventory = tmp_path / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"openspg": {"hosts": hosts}}))
        quiet = {"ANSIBLE_HOME": str(tmp_path / "ansible"), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORKS": "4"}
        arguments = ("--inventory", inventory, *options, EXAMPLES / "ansible/repair.yml")
        return tool("ansible-playbook", *arguments, env=engine.environment | quiet | {"LC_ALL": "C.UTF-8"})

    return run


def recap(done: Done) -> dict[str, tuple[int, int]]:
    """Return how many tasks changed something, and how many failed, by host."""
    found = re.findall(r"^(\S+) +: ok=\d+ +changed=(\d+) .* failed=(\d+) ", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return {host: (int(changed), int(failed)) for host, changed, failed in found}


@pytest.mark.docker
@pytest.mark.examples
def test_what_becomes_of_each(play, servers):
    """A dry run first, then the repair, and at last nothing to do: changed and failed are what happened."""
    dry = play("--check")
    assert recap(dry) == {HEALTHY: (0, 0), REPAIR: (1, 0), BROKEN: (0, 1), GONE: (0, 1)}
    assert "localhost:11434" in servers[REPAIR].read(FILE)

    first = play()
    assert recap(first) == {HEALTHY: (0, 0), REPAIR: (1, 0), BROKEN: (0, 1), GONE: (0, 1)}
    assert servers[REPAIR].read(FILE) == CONFIG.replace("HOST", servers[REPAIR].gateway())
    assert first.returncode == 2  # Ansible's own status for hosts that failed
    told = f"{BROKEN}: ND201: docker exec {LABEL}-{BROKEN} netdiag explain ND201"
    assert told in " ".join(first.stdout.split())
    assert f"No such container: {LABEL}-{GONE}" in first.stdout  # Docker's words, and no error of the playbook
    assert "template" not in first.stdout + first.stderr

    assert recap(play()) == {HEALTHY: (0, 0), REPAIR: (0, 0), BROKEN: (0, 1), GONE: (0, 1)}


def test_the_inventory_names_the_group():
    """The machines are in the playbook's group, and what is set for them is a variable of the playbook."""
    inventory = configparser.ConfigParser(allow_no_value=True, delimiters=("\0",))
    inventory.read(EXAMPLES / "ansible/inventory.ini")
    (playbook,) = document("ansible/repair.yml")
    assert inventory.sections() == [playbook["hosts"]]
    text = (EXAMPLES / "ansible/inventory.ini").read_text()
    assert re.findall(r"(\w+)=", text) == ["openspg_container"]
    assert "openspg_container |" in playbook["vars"]["container"]
