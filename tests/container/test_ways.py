"""By which way netdiag gets into a container, and what is said where there is none."""

import pytest

from netdiag.container.looking import Inside, read
from netdiag.container.refusal import Refused
from netdiag.container.ways import Way, choose, require_running
from netdiag.container.words import refusal
from netdiag.model.container import Container

RUNNING = Container("4f2a", "openspg", "running", "openspg-server")
PYTHON = "/home/admin/miniconda3/bin/python"


@pytest.mark.parametrize(
    ("inside", "there", "only", "way"),
    [
        (Inside("/usr/local/bin/netdiag", PYTHON, shell=True), True, None, Way("installed", "/usr/local/bin/netdiag")),
        (Inside("/usr/local/bin/netdiag", PYTHON, shell=True), True, "lent", Way("lent", PYTHON)),
        (Inside("", PYTHON, shell=True), True, None, Way("lent", PYTHON, ("not_installed",))),
        (Inside("", "python3"), True, None, Way("lent", "python3", ("not_installed",))),
        (Inside(older=("3.8",)), True, None, Way("helper", "netdiag", ("not_installed", "python_too_old"))),
        (Inside(), True, None, Way("helper", "netdiag", ("not_installed", "no_python"))),
    ],
)
def test_the_way(inside, there, only, way):
    """What is there already comes first, then what leaves nothing, then a container beside it."""
    assert choose(RUNNING, inside, "netdiag", helper_is_there=there, only=only) == way


def test_no_way():
    """The refusal names all that were tried, why each cannot be, and the command that opens one."""
    with pytest.raises(Refused) as refused:
        choose(RUNNING, Inside(older=("2.7", "3.8"), shell=True), "netdiag", helper_is_there=False)
    said = refusal(refused.value, "en")
    for part in (
        "not installed",
        "Python 2.7, 3.8 is older than 3.10",
        "no image netdiag",
        "docker build --target netdiag",
    ):
        assert part in said
    assert "早于 3.10" in refusal(refused.value, "zh")
    assert refused.value.status == 1


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("exited", "docker start openspg"),
        ("created", "docker start openspg"),
        ("paused", "docker unpause openspg"),
        ("restarting", "docker logs --tail 50 openspg"),
    ],
)
def test_a_container_that_does_not_run(status, command):
    """Nothing can be run in it: the command that changes that is told."""
    with pytest.raises(Refused) as refused:
        require_running(Container("4f2a", "openspg", status, ""))
    assert command in refusal(refused.value, "en")
    assert command in refusal(refused.value, "zh")


def test_a_container_of_windows():
    """netdiag knows Linux only."""
    with pytest.raises(Refused, match="not_linux"):
        require_running(Container("4f2a", "w", "running", "", system="windows"))


@pytest.mark.parametrize(
    ("said", "inside"),
    [
        (
            "shell\nnetdiag /opt/net diag\npython 3.11 /usr/bin/python3\n",
            Inside("/opt/net diag", "/usr/bin/python3", (), True),
        ),
        ("shell\npython 3.8 /usr/bin/python3\npython 3.10 /a b/python\n", Inside("", "/a b/python", ("3.8",), True)),
        ("shell\npython 3.9 /a\npython 3.9 /b\n", Inside("", "", ("3.9",), True)),
        ("shell\npython 3.x /a\npython 3.1٢ /a\npython 99999.11 /a\npython 3.11 a\nnetdiag :\n", Inside(shell=True)),
        ("shell\n", Inside(shell=True)),
        ("", Inside()),
    ],
)
def test_what_is_there(said, inside):
    """The lines that a look into a container gives."""
    assert read(said) == inside
