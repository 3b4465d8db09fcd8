"""Product mode before anything is saved: what is printed is entered as the page would, and then all is well.

OpenSPG 0.6, 0.7 and 0.8 side by side, each with an empty database of its version in a real MariaDB. The model services
on their host are the real Ollama, or the lab's servers, which answer like recorded ones.
"""

import json
import re
import string
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from docker_ground import CACHE, LABEL, PORT, TESTS, Container, Engine, Images
from kag.judge.asking import ENVIRONMENTS, judge_of
from kag.judge.configurations import RELEASES
from openspg import unsaved

from netdiag.lab.servers.openai_compatible import KEY

pytestmark = pytest.mark.docker

VERSIONS = ("0.6", "0.7", "0.8")
MARKS = {
    "0.6.0": "/openspg_venv/lib/python3.8/site-packages",
    "0.7.0": "/home/admin/miniconda3/lib/python3.10/site-packages",
}
"""Where the images of these versions have KAG; 0.8 is the usual image of the tests."""

MARIADB_IMAGE = "netdiag-test/debian-mariadb:bookworm"
OLLAMA = CACHE / "ollama-0.17.4"
MODELS = {"qwen2.5:3b": CACHE / "tiny.gguf", "bge-m3": CACHE / "tiny-embedding.gguf"}
SHORT = "".join(f"PARAMETER stop {letter}\n" for letter in string.ascii_lowercase)
"""The model says whatever comes; a letter comes soon, whatever length KAG allows."""

STORE = """
import json, pymysql, sys
name, rows = json.load(sys.stdin)
cursor = pymysql.connect(host="mysql", user="root", password="openspg", database=name, charset="utf8mb4",
                         autocommit=True).cursor()
if name == "openspg08":
    cursor.execute("DELETE FROM kg_user_model")
for table, row in rows:
    if table == "kg_config":
        cursor.execute("UPDATE kg_config SET config = %s WHERE config_id = 'KAG_CONFIG'", row["config"])
    else:
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
"""


@dataclass(frozen=True)
class Entered:
    """What a person enters: a kind of model, the provider that is chosen, and the fields or the text."""

    kind: str
    provider: str
    settings: dict[str, Any]


def read(printed: str) -> list[Entered]:
    """What stands below each way through OpenSPG's pages, as a person reads it: fields by name, or a JSON text."""
    found = []
    for head, copied in re.findall(r"((?:^ {4}\S.*\n)+)((?:^ {10}\S.*\n)+)", printed, re.MULTILINE):
        way = " ".join(head.split())
        lines = [line.strip() for line in copied.splitlines()]
        if "OpenSPG 0." not in way:
            continue
        if lines[0].startswith("{"):
            kind = "embedding" if re.search("Vector|向量", way) else "chat"
            found.append(Entered(kind, "", json.loads(lines[0])))
        else:
            provider, kind = re.search("Ollama|OpenAI", way)[0], re.search("chat|embedding", way)[0]
            found.append(Entered(kind, provider, dict(line.split(": ", 1) for line in lines)))
    return found


@dataclass(frozen=True)
class Lab:
    """The three servers on an engine."""

    engine: Engine

    def server(self, version: str) -> Container:
        """The container of a version's server."""
        return Container(self.engine, f"openspg-{version}")

    def store(self, version: str, entered: list[Entered]) -> list[tuple[str, dict[str, Any]]]:
        """Store what was entered as the page of this version does; return each model as KAG is given it, by kind."""
        if version == "0.8":
            rows = unsaved.user_models([(each.provider, each.kind, each.settings) for each in entered])
            models = [model for _, row in rows for model in json.loads(str(row["config"]))]
            given = [(model["modelType"], model) for model in models]
        else:
            given = [(each.kind, each.settings) for each in entered]
            rows = [("kg_config", {"config": unsaved.global_config(dict(given)) if given else ""})]
        name = f"openspg{version.replace('.', '')}"
        stored = ("exec", "-i", f"openspg-{version}", "/opt/netdiag/bin/python", "-c", STORE)
        self.engine.docker(*stored, stdin=json.dumps([name, rows]))
        return given

    def from_host(self, version: str, *command: str) -> Any:
        """Run netdiag on the containers' host, in the server's container."""
        program = (sys.executable, "-m", "netdiag", "--container", f"openspg-{version}")
        return self.engine.on_host(*program, *command, check=False)


@pytest.fixture(scope="module")
def lab(
    engine: Engine, images: Images, tmp_path_factory: pytest.TempPathFactory, require: Callable[[str, str], NoReturn]
) -> Iterator[Lab]:
    """The compose project, once for everything here."""
    if engine.docker("image", "inspect", MARIADB_IMAGE, check=False).returncode:
        require("docker", f"there is no image {MARIADB_IMAGE}; run, as root: tests/grounds/up mariadb")
    for kag, folder in MARKS.items():
        options = (f"BASE={images.openspg}", f"KAG={kag}", f"SITE_PACKAGES={folder}")
        arguments = (word for option in options for word in ("--build-arg", option))
        engine.build(f"{LABEL}/openspg-with-kag-{kag}", TESTS / "docker/openspg-older", *arguments)
    settings = tmp_path_factory.mktemp("unsaved") / "settings"
    settings.write_text(f"TESTS={TESTS}\n")
    compose = ("compose", "--project-name", f"{LABEL}-unsaved", "--env-file", str(settings))
    compose += ("--file", str(TESTS / "docker/unsaved-compose.yml"))
    try:
        engine.docker(*compose, "up", "--detach", "--wait", timeout=180)
        yield Lab(engine)
    finally:
        engine.docker(*compose, "down", "--volumes", check=False)


@pytest.fixture(autouse=True)
def emptied(lab: Lab) -> Iterator[None]:
    """Every test finds the databases empty."""
    yield
    for version in VERSIONS:
        lab.store(version, [])


@pytest.fixture(scope="module")
def models(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the real Ollama keeps its models, once they were made."""
    if missing := [str(path) for path in (OLLAMA, *MODELS.values()) if not path.exists()]:
        require("ollama", f"{missing} are not there; build them (as root, with Go): tests/grounds/up ollama")
    return tmp_path_factory.mktemp("ollama")


@pytest.fixture
def ollama(engine: Engine, models: Path) -> Iterator[None]:
    """The real Ollama on all addresses of the host, with a chat and an embedding model."""
    environment = {"OLLAMA_HOST": f"0.0.0.0:{PORT}", "OLLAMA_MODELS": str(models / "models"), "HOME": str(models)}
    with engine.serving(str(OLLAMA), "serve", log=models / "log", **environment):
        for name, file in MODELS.items():
            if (models / name).exists():
                continue
            (models / name).write_text(f"FROM {file}\n" + (SHORT if name == "qwen2.5:3b" else ""))
            create = (str(OLLAMA), "create", name, "--file", str(models / name))
            engine.command(str(TESTS / "grounds/host"), "env", f"HOME={models}", *create)
        yield


def kag_refuses(engine: Engine, version: str, given: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """What KAG's own checkers of this version have against the models, run where the containers' host is."""
    release = RELEASES[version]
    asked = "".join(json.dumps({"kind": kind, "config": model}) + "\n" for kind, model in given)
    command, environment = judge_of(release, "127.0.0.1:9")
    variables = (f"{name}={value}" for name, value in environment.items())
    alone = ("env", "-i", f"--chdir={ENVIRONMENTS / release}", *variables)
    done = engine.command(str(TESTS / "grounds/host"), *alone, *command, stdin=asked, timeout=300)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(verdicts) == len(given), done.stderr
    return [verdict for verdict in verdicts if not verdict["ok"]]


def in_container(lab: Lab, version: str, *command: str) -> Any:
    """Run netdiag as the guides write it: `docker exec openspg netdiag …`."""
    return lab.server(version).run("netdiag", *command)


@pytest.mark.ollama
@pytest.mark.kag
@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_printed_is_what_works(
    engine: Engine, lab: Lab, ollama: None, version: str, require: Callable[[str, str], NoReturn]
) -> None:
    """From an empty database: a chat and an embedding model are printed, stored, healthy, and accepted by KAG itself.

    It is the same in both languages, and from the host.
    """
    if not (ENVIRONMENTS / RELEASES[version] / "made").exists():
        require("kag-judge", f"no KAG {RELEASES[version]} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    told = [
        in_container(lab, version, "fix-base-url"),
        in_container(lab, version, "fix-base-url", "--lang", "zh"),
        in_container(lab, version, "suggest"),
        lab.from_host(version, "fix-base-url"),
        lab.from_host(version, "fix-base-url", "--lang", "zh"),
    ]
    assert [done.returncode for done in told] == [3] * len(told), "\n".join(d.stdout + d.stderr for d in told)
    assert told[0].stdout.startswith("to be entered: qwen2.5:3b")
    assert told[1].stdout.startswith("待填写：qwen2.5:3b")
    assert f"netdiag --container openspg-{version} check" in told[3].stdout
    entered = read(told[0].stdout)
    assert {each.kind for each in entered} == {"chat", "embedding"}
    assert all(read(done.stdout) == entered for done in told)
    assert in_container(lab, version, "check").returncode == 78

    given = lab.store(version, entered)
    checked = in_container(lab, version, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert ("2 working" if version == "0.8" else "3 working") in checked.stdout, checked.stdout
    assert kag_refuses(engine, version, given) == []


LLAMA_CPP = "llama-cpp-python"


@dataclass(frozen=True)
class Served:
    """One of the lab's servers on the containers' host."""

    server: str
    port: int
    models: tuple[str, ...]
    listen: str = "0.0.0.0"


HOSTS = {
    "a vLLM": [Served("vllm", 8000, ("Qwen/Qwen2.5-3B-Instruct",))],
    "a vLLM that wants a key": [Served("vllm-with-key", 8000, ("qwen25-7B-chat",))],
    "two services": [
        Served("ollama", PORT, ("qwen2.5:3b", "bge-m3")),
        Served("vllm", 8000, ("Qwen/Qwen2.5-3B-Instruct",)),
    ],
    "none": [],
    "one on loopback only": [Served("ollama", PORT, ("qwen2.5:3b", "bge-m3"), "127.0.0.1")],
}


@pytest.fixture
def host(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """The servers of one of the hosts above."""
    with ExitStack() as stack:
        for at, each in enumerate(HOSTS[request.param]):
            program = (sys.executable, "-m", "netdiag.lab.servers", each.server, "--listen", each.listen)
            program += ("--port", str(each.port), *(word for model in each.models for word in ("--model", model)))
            stack.enter_context(engine.serving(*program, log=tmp_path / str(at), port=each.port))
        yield


@pytest.mark.parametrize(
    ("host", "version", "status", "kinds", "told"),
    [
        ("a vLLM", "0.7", 3, "chat", ("to be entered: Qwen/Qwen2.5-3B-Instruct", "no embedding model")),
        ("a vLLM that wants a key", "0.7", 78, "", ("problem: model services answer", "suggest --api-key-env")),
        ("two services", "0.7", 3, "chat embedding", ("to be entered: qwen2.5:3b", "Qwen/Qwen2.5-3B-Instruct")),
        ("two services", "0.8", 3, "chat embedding", ("to be entered: qwen2.5:3b", "tried, and not to be used")),
        ("none", "0.8", 78, "", ("problem: no model service was found", "netdiag suggest --port PORT")),
        ("one on loopback only", "0.8", 78, "", ("problem: no model service was found", "OLLAMA_HOST")),
    ],
    indirect=["host"],
)
def test_other_hosts(lab: Lab, host: None, version: str, status: int, kinds: str, told: tuple[str, str]) -> None:  # noqa: PLR0917
    """The first line is the one that is of use, and the way out stands below it."""
    done = in_container(lab, version, "fix-base-url")
    assert done.returncode == status, done.stdout + done.stderr
    first, below = told
    assert done.stdout.startswith(first)
    assert below in " ".join(done.stdout.split())
    assert {each.kind for each in read(done.stdout)} == set(kinds.split())


@pytest.mark.parametrize("host", ["a vLLM that wants a key"], indirect=True)
def test_with_the_key(lab: Lab, host: None) -> None:
    """The printed command proves it once the variable holds the key, which is printed nowhere."""
    name = "openspg-0.7"
    run = ("exec", "-e", f"API_KEY={KEY}", name, "netdiag", "suggest", "--api-key-env", "API_KEY")
    done = lab.engine.docker(*run, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert {each.settings["api_key"] for each in read(done.stdout)} == {"YOUR_API_KEY"}
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("host", ["one on loopback only"], indirect=True)
def test_from_the_host_loopback_is_a_fact(lab: Lab, host: None) -> None:
    """What a container can only guess the host has seen: who listens, for the host itself only."""
    done = lab.from_host("0.8", "fix-base-url")
    assert done.returncode == 78, done.stdout + done.stderr
    assert f"port {PORT} is open for the host itself only" in " ".join(done.stdout.splitlines()[0:3])
