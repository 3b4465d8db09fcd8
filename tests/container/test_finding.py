"""Which container is meant, by whatever a person may call it."""

import shlex

import pytest

from netdiag.container.finding import Picked, pick
from netdiag.container.refusal import Refused
from netdiag.container.servers import Listed

SERVER = Listed(
    "4f2aaa", "release-openspg-server", "reg.example:5000/openspg/openspg-server:0.8", "running", "spg", "server"
)
OWN = Listed("4f2bbb", "openspg", "openspg-server:netdiag", "running", "", "")
STOPPED = Listed("9c0ccc", "old-server", "openspg-server:0.7", "exited", "old", "server")
OLLAMA = Listed("77dddd", "ollama", "ollama/ollama", "running", "spg", "ollama")
ALL = [SERVER, OWN, STOPPED, OLLAMA]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("openspg", OWN),  # a name before the image, and before the beginning of another name
        ("release-openspg-server", SERVER),
        ("4f2b", OWN),
        ("9c0ccc", STOPPED),
        ("server", SERVER),  # a service of two projects, of which one runs
        ("old/server", STOPPED),
        ("spg-ollama", OLLAMA),
        ("ollama/ollama", OLLAMA),
        ("openspg-server:netdiag", OWN),
        ("reg.example:5000/openspg/openspg-server", SERVER),
        ("rel", SERVER),
        ("auto", SERVER),
    ],
)
def test_who_is_meant(wanted, meant):
    """The first kind of match counts: name, id, compose service, image, beginning of a name; who runs before others."""
    assert pick(wanted, ALL) == Picked(meant, "name" if wanted == "auto" else None)


@pytest.mark.parametrize("wanted", ["auto", "openspg", "release-openspg-server"])
@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ([STOPPED, OLLAMA], STOPPED),
        ([STOPPED, OWN._replace(name="x"), OLLAMA], OWN._replace(name="x")),
        ([SERVER._replace(name="spg-server-1"), OLLAMA], SERVER._replace(name="spg-server-1")),
    ],
    ids=["by image", "by image, the one that runs", "named by compose"],
)
def test_the_server_is_known_without_a_name(wanted, listed, meant):
    """``auto`` and the names in OpenSPG's guides are its server where no container has them; what told is said."""
    assert pick(wanted, listed) == Picked(meant, "image")


def test_a_container_may_be_called_auto():
    """Then that one is meant."""
    assert pick("auto", [*ALL, OLLAMA._replace(name="auto")]) == Picked(OLLAMA._replace(name="auto"))


@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_container_of_openspgs_name_is_that_one(state):
    """Whatever it is, and whatever else runs: who has the name is meant by it."""
    own = OWN._replace(image="mine:1", state=state)
    assert pick("openspg", [SERVER, own]) == Picked(own)


def pasted(refused):
    """What a shell runs of each line: what stands behind the command is a comment."""
    return [shlex.join(shlex.split(line, comments=True)) for line in refused.value.values["choices"].splitlines()[1:]]


def test_of_several_servers_each_has_its_command():
    """The command line that was typed, with the name of each; of stopped ones the command that starts it."""
    one, other = SERVER._replace(name="spg-a"), SERVER._replace(name="spg-b", id="5")
    with pytest.raises(Refused) as refused:
        pick("openspg", [one, other, STOPPED, OLLAMA], lambda name: f"netdiag --container {name} check")
    assert refused.value.word == "several_servers"
    assert pasted(refused) == [
        "netdiag --container spg-a check",
        "netdiag --container spg-b check",
    ]
    with pytest.raises(Refused) as refused:
        pick("openspg", [one._replace(state="exited"), STOPPED, OLLAMA])
    assert refused.value.word == "several_stopped"
    assert pasted(refused) == [
        "docker start old-server",
        "docker start spg-a",
    ]
    with pytest.raises(Refused) as refused:
        pick("openspg", [one._replace(state="exited"), STOPPED], program="podman")
    assert "podman start old-server" in refused.value.values["choices"]


@pytest.mark.parametrize(
    ("wanted", "listed", "word", "choices"),
    [
        ("4f2", ALL, "several_containers", ["openspg ", "release-openspg-server"]),
        ("openspg-server", ALL, "several_containers", ["openspg ", "release-openspg-server", "old-server"]),
        ("nobody", ALL, "no_such_container", ["openspg", "release-openspg-server", "old-server", "ollama"]),
        ("auto", [OLLAMA], "no_server", ["ollama"]),
        ("auto", [], "no_containers", []),
        ("openspg", [], "no_containers", []),
        ("openspg", [OLLAMA], "no_server", ["ollama"]),
        ("", ALL, "no_such_container", ["ollama"]),
    ],
)
def test_none_or_several(wanted, listed, word, choices):
    """It is never guessed: the refusal lists what there is, and ends as a mistyped command line does."""
    with pytest.raises(Refused) as refused:
        pick(wanted, listed)
    assert (refused.value.word, refused.value.status) == (word, 2)
    assert all(choice in str(refused.value.values["choices"]) for choice in choices)
