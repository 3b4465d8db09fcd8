"""Whole runs where nothing is configured: what was found, the status, and what is said, in namespaces."""

import json
import time

import pytest
from suggest.ground import COMPOSE, OLLAMA, Container, container

from netdiag import lab
from netdiag.lab import Fault, Service, World
from netdiag.lab.servers.openai_compatible import KEY
from netdiag.model.host import Attached, HostView, Listener, Sibling

pytestmark = pytest.mark.lab

PENDING, UNREADABLE = 3, 78
AT = "http://172.18.0.1"
LOOPBACK = Service("ollama", 11434, listen="127.0.0.1")
KEYED = Service("vllm-with-key", 8000)
LLAMA = Service("llama-cpp-python", 8080, models=("qwen-tiny",))


def world(*services: Service) -> World:
    """A compose network, and what listens on the host."""
    return World(networks=(COMPOSE,), nameserver="127.0.0.11", services=services)


def codes(report: dict) -> list[str]:
    """The codes of a report's problems, without those by which what is proven is put into words."""
    said = (each["code"] for each in report["findings"] if each["severity"] == "error")
    return sorted(code for code in said if code not in ("ND585", "ND586", "ND588"))


@pytest.fixture(scope="module")
def none(namespaces):
    """A host on which nothing listens."""
    with container(world()) as made:
        yield made


@pytest.fixture(scope="module")
def loopback(namespaces):
    """A host whose Ollama listens on 127.0.0.1 only."""
    with container(world(LOOPBACK)) as made:
        yield made


@pytest.fixture(scope="module")
def keyed(namespaces):
    """A host with a vLLM that wants a key."""
    with container(world(KEYED)) as made:
        yield made


@pytest.fixture(scope="module")
def several(namespaces):
    """A host with an Ollama, a vLLM that wants a key, and llama.cpp's server by way of Python."""
    with container(world(OLLAMA, KEYED, LLAMA)) as made:
        yield made


@pytest.mark.parametrize(("command", "status"), [("fix-base-url", 3), ("suggest", 3), ("check", 78)])
def test_something_is_proven(several: Container, command, status):
    """What is proven and to be typed is a change that is pending; a check says what is there, which is nothing."""
    ended, report = several.run(command)
    assert ended == status
    assert codes(report) == ([] if command == "suggest" else ["ND502"])


@pytest.mark.parametrize(("command", "said"), [("fix-base-url", ["ND502", "ND581"]), ("suggest", ["ND581"])])
def test_nothing_is_found(none: Container, command, said):
    """None at all: which ports were tried at which addresses, and the commands to run next."""
    ended, report = none.run(command)
    assert (ended, codes(report)) == (UNREADABLE, said)
    (told,) = [each for each in report["findings"] if each["code"] == "ND581"]
    assert "11434, 8000, 30000" in told["title"]
    assert "172.18.0.1, 172.17.0.1" in told["title"]
    refused = "connection_refused: 11434, 8000, 30000, 9997, 1234, 8080, 12434, 3000, 4000, 7997"
    assert told["evidence"] == [f"{address} {refused}" for address in ("172.18.0.1", "172.17.0.1")]
    commands = [each["command"] for each in told["remedies"]]
    assert any("OLLAMA_HOST=172.18.0.1:11434" in each for each in commands)
    assert any(each.endswith("netdiag suggest --port PORT") for each in commands)


def view(*listeners: Listener, siblings: tuple[Sibling, ...] = ()) -> HostView:
    """What the host shows now."""
    return HostView(int(time.time()), "Debian", "openspg", ("release_default",), listeners, (), siblings)


def test_on_loopback_only(loopback: Container):
    """From inside it looks like none; from the host it is a fact, with the remedy that ND270 has."""
    assert codes(loopback.run("suggest")[1]) == ["ND581"]
    ended, report = loopback.run("suggest", view=view(Listener("127.0.0.1", 11434, "ollama")))
    assert (ended, codes(report)) == (UNREADABLE, ["ND270", "ND584"])
    (told,) = [each for each in report["findings"] if each["code"] == "ND270"]
    assert told["evidence"] == ["host: 127.0.0.1:11434 LISTEN, ollama"]
    assert any("OLLAMA_HOST=172.18.0.1:11434" in each["command"] for each in told["remedies"])


def test_nothing_listens(none: Container):
    """The host shows that nothing listens that may be one: a fact, without a word of ports that nobody tried."""
    ended, report = none.run("suggest", view=view(Listener("0.0.0.0", 22, "sshd"), Listener("127.0.0.1", 631, "cupsd")))
    assert (ended, codes(report)) == (UNREADABLE, ["ND584"])
    (told,) = report["findings"]
    assert told["evidence"] == ["host: 0.0.0.0:22 LISTEN, sshd"]
    assert any(each["command"].endswith("netdiag suggest") for each in told["remedies"])


def test_no_model_runs_there(namespaces):
    """A service that answers and lists no model is told as that: no call was made, and none is said to have failed."""
    with container(world(Service("ollama", 11434, models=("x-rerank",)))) as made:
        ended, report = made.run("suggest")
    assert (ended, codes(report)) == (UNREADABLE, ["ND587"])


def test_others_answer(namespaces):
    """Who answers and is no model service is named, and a port that is open is laid to no firewall's charge."""
    with container(world(Service("web-page", 8000), Service("silent", 3000))) as made:
        ended, report = made.run("suggest")
    assert (ended, codes(report)) == (UNREADABLE, ["ND581"])
    (told,) = report["findings"]
    assert any(
        each.startswith("172.18.0.1 not_a_model_service: ") and each.endswith(": 8000") for each in told["evidence"]
    )
    assert "172.18.0.1 read_timed_out: 3000" in told["evidence"]


AWAY = Sibling(
    "my-ollama",
    "running",
    networks=(Attached("models_default", "172.20.0.2", ("my-ollama",)),),
    ports=(11434,),
    listeners=(Listener("0.0.0.0", 11434),),
)
WEB = AWAY._replace(name="open-webui", networks=(Attached("web", "172.21.0.2", ("open-webui",)),), ports=(8080,))

BESIDE = {
    "on another network": (AWAY, ["ND274", "ND584"]),
    "stopped": (AWAY._replace(state="exited", listeners=None), ["ND277", "ND584"]),
    "listening for itself": (AWAY._replace(listeners=(Listener("127.0.0.1", 11434),)), ["ND275", "ND584"]),
    "of another kind": (WEB, ["ND584"]),
}


@pytest.mark.parametrize(("sibling", "said"), BESIDE.values(), ids=BESIDE)
def test_a_container_out_of_reach(none: Container, sibling, said):
    """From the host it is known that another container would serve, and what keeps this one from it."""
    ended, report = none.run("suggest", view=view(siblings=(sibling,)))
    assert (ended, codes(report)) == (UNREADABLE, said)


FILTERS = {
    "one that drops all": ((Fault("drop"),), (OLLAMA,), ["ND210", "ND581"]),
    "one that drops a port": ((Fault("drop", 11434),), (OLLAMA,), ["ND209", "ND581"]),
    "one that rejects": ((Fault("reject-icmp-host-prohibited"),), (OLLAMA,), ["ND212", "ND581"]),
}


@pytest.mark.parametrize(("faults", "services", "said"), FILTERS.values(), ids=FILTERS)
def test_behind_a_firewall(namespaces, require, faults, services, said):
    """Connects that end in another way than in a refusal have another cause than a service that is not there."""
    there = World(networks=(COMPOSE,), nameserver="127.0.0.11", services=services, faults=faults)
    if reason := lab.lacking(there):
        require("iptables", reason)
    with container(there) as made:
        ended, report = made.run("suggest")
    assert (ended, codes(report)) == (UNREADABLE, said)


def test_it_wants_a_key(keyed: Container):
    """A service that lists nothing without its key is told of, and how to give it."""
    ended, report = keyed.run("suggest")
    assert (ended, codes(report)) == (UNREADABLE, ["ND582"])
    (told,) = [each for each in report["findings"] if each["code"] == "ND582"]
    assert "vllm 172.18.0.1:8000" in told["title"]
    assert any("--api-key-env API_KEY" in each["command"] for each in told["remedies"])
    assert KEY not in json.dumps(report)


def test_its_key_is_given(keyed: Container):
    """With the key, by a variable or on standard input, the model is called; 0.7's call suits this small window."""
    for words, options in ((["--api-key-env", "MINE"], {}), (["--api-key-stdin"], {"input": f"{KEY}\n"})):
        done = keyed._inside.run(
            ["netdiag", "suggest", "--kag-version", "0.7", *words, "--format", "json"], env={"MINE": KEY}, **options
        )
        assert done.returncode == PENDING, done.stdout + done.stderr
        assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(("given", "says"), [(None, "add `-e API_KEY`"), ("wrong", "refuses the key")])
def test_what_is_said_of_the_key(keyed: Container, given, says):
    """A key that was not given is asked for; one that was given and is refused is told as refused."""
    words, env = (["--api-key-env", "MINE"], {"MINE": given}) if given else ([], {})
    done = keyed._inside.run(["netdiag", "suggest", *words], env=env)
    assert done.returncode == UNREADABLE
    assert says in " ".join(done.stdout.split())


def test_a_variable_that_is_not_there(keyed: Container):
    """With docker exec the variable is in the other shell: that is said before anything is asked."""
    done = keyed._inside.run(["netdiag", "suggest", "--api-key-env", "MINE"])
    assert (done.returncode, done.stdout) == (2, "")
    assert "docker exec -e MINE" in done.stderr


def test_one_search_however_often_is_waited(none: Container):
    """With --wait nobody is looked for again and again: what is not configured does not heal."""
    began = time.monotonic()
    ended, report = none.run("check", "--wait", "20s")
    assert (ended, codes(report)) == (UNREADABLE, ["ND502", "ND581"])
    assert time.monotonic() - began < 15
