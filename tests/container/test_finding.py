"""Which container is meant, by whatever a person may call it."""

import pytest

from netdiag.container.finding import Listed, pick
from netdiag.container.refusal import Refused

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
    assert pick(wanted, ALL) == meant


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ([OWN, OLLAMA], OWN),
        ([STOPPED, OLLAMA], STOPPED),
        ([STOPPED, OWN._replace(name="x"), OLLAMA], OWN._replace(name="x")),
    ],
    ids=["by name", "by image", "by image, the one that runs"],
)
def test_the_server_is_known_without_a_name(listed, meant):
    """``auto`` is OpenSPG's server: by the names that its compose file and guides give it, or else by its image."""
    assert pick("auto", listed) == meant


def test_a_container_may_be_called_auto():
    """Then that one is meant."""
    assert pick("auto", [*ALL, OLLAMA._replace(name="auto")]).name == "auto"


@pytest.mark.parametrize(
    ("wanted", "listed", "word", "choices"),
    [
        ("4f2", ALL, "several_containers", ["openspg ", "release-openspg-server"]),
        ("openspg-server", ALL, "several_containers", ["openspg ", "release-openspg-server", "old-server"]),
        ("nobody", ALL, "no_such_container", ["openspg", "release-openspg-server", "old-server", "ollama"]),
        ("auto", [OLLAMA], "no_well_known", ["ollama"]),
        ("auto", [], "no_well_known", []),
        ("", ALL, "no_such_container", ["ollama"]),
    ],
)
def test_none_or_several(wanted, listed, word, choices):
    """It is never guessed: the refusal lists what there is, and ends as a mistyped command line does."""
    with pytest.raises(Refused) as refused:
        pick(wanted, listed)
    assert (refused.value.word, refused.value.status) == (word, 2)
    assert all(choice in str(refused.value.values["choices"]) for choice in choices)
