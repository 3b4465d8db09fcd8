"""Commands that people copy: every one of the registry, in each way in which netdiag may have been called."""

import re
import shlex

import pytest

from netdiag import findings
from netdiag.cli.parser import parser
from netdiag.findings.commands import as_called, naming, runs_there
from netdiag.model.report import Finding

REMEDIES = [
    (code, remedy.command, remedy.on)
    for code in findings.catalog()
    for remedy, _ in findings.described(code).remedies
    if remedy.command
]
FROM_HOST = "netdiag --container spg-server-1"
FILLED = {"ADDRESS": "192.0.2.1", "COMMAND": "check", "KIND": "chat", "OTHER_KAG": "0.7", "PORT": "8000"}
_RUN = re.compile(r"(?:^|; |&& |' \| |docker exec (?:-i )?\S+ |sudo )((?:netdiag|\"\$\(command -v netdiag\)\") .*)")


def lines(command):
    """The lines of a command that run netdiag, without what a shell does around them."""
    for line in command.splitlines():
        if found := _RUN.search(line):
            yield re.split(r" [<>|] ?", found[1])[0]


OURS = [pytest.param(line, id=f"{code}: {line}") for code, command, _ in REMEDIES for line in lines(command)]


@pytest.mark.parametrize("line", OURS)
def test_a_command_of_netdiags_is_one(line):
    """Its command and its options are there, whatever name or value is put in place of the capitals."""
    words = [FILLED.get(word, word) for word in shlex.split(line)]
    assert parser().parse_args(words[1:]).command


def test_every_command_that_runs_netdiag_is_looked_at():
    """No way of writing one is missed: what is left beside comments and files of that name."""
    told = [line for _, command, _ in REMEDIES for line in command.splitlines() if re.search(r"\bnetdiag [a-z-]", line)]
    assert [line for line in told if not any(lines(line))] == []


def test_docker_exec_is_for_containers_that_have_netdiag():
    """It stands only where the place says so; otherwise netdiag comes from the host."""
    told = {(code, on) for code, command, on in REMEDIES if re.search(r"(docker|podman) exec .*netdiag", command)}
    assert told == {("ND578", "on the host, where netdiag is in the container only")}


def test_containers_are_known_by_no_other_name():
    """A name in a command is one that is filled in, CONTAINER, or one that OpenSPG's own compose file gives."""
    for code, command, _ in REMEDIES:
        for named in re.findall(r"docker (?:exec|start|cp|logs|unpause)(?: -\S+(?: \d+)?)* ([\w-]+)", command):
            assert named.isupper() or named == "release-openspg-server", (code, command)
        assert not re.search(r"(?<!--container )\bopenspg$", command, re.MULTILINE), (code, command)


CALLS = sorted({(code, command) for code, command, _ in REMEDIES if runs_there(command)})


@pytest.mark.parametrize("code", sorted({code for code, _ in CALLS}))
def test_from_the_host_it_is_called_as_it_was_there(code, monkeypatch):
    """Each command that looks at models names the container, and is run where it is read: no place stands before it."""
    plain = [(remedy.command, remedy.on) for remedy, _ in findings.described(code).remedies]
    monkeypatch.setenv("NETDIAG_CALLED", FROM_HOST)
    called = [(remedy.command, remedy.on) for remedy, _ in findings.described(code).remedies]
    for (before, on), (after, there) in zip(plain, called, strict=True):
        if runs_there(before):
            assert on
            assert there == ""
            assert not runs_there(after.replace(FROM_HOST, ""))
            assert FROM_HOST in after
        else:
            assert "--container" not in after or after == before


@pytest.mark.parametrize(
    ("command", "called", "expected"),
    [
        ("netdiag check --timeout 600", "", "netdiag check --timeout 600"),
        ("netdiag check --timeout 600", FROM_HOST, f"{FROM_HOST} check --timeout 600"),
        ("netdiag --container openspg check", "", "netdiag --container openspg check"),
        ("netdiag --container openspg check", "netdiag", "netdiag check"),
        ("netdiag --container openspg check", FROM_HOST, f"{FROM_HOST} check"),
        ("netdiag --container auto check", FROM_HOST, "netdiag --container auto check"),
        ("sleep 20; netdiag fix-base-url", FROM_HOST, f"sleep 20; {FROM_HOST} fix-base-url"),
        ("echo '{}' | netdiag fix-base-url -", FROM_HOST, f"echo '{{}}' | {FROM_HOST} fix-base-url -"),
        ("base_url: x\nnetdiag fix-base-url a.yaml", FROM_HOST, f"base_url: x\n{FROM_HOST} fix-base-url a.yaml"),
        ("netdiag fix-compose docker-compose.yml", FROM_HOST, "netdiag fix-compose docker-compose.yml"),
        ("tee /etc/systemd/system/ollama.service.d/netdiag.conf", FROM_HOST, None),
        ("docker network connect bridge CONTAINER", FROM_HOST, "docker network connect bridge spg-server-1"),
        ("docker network connect NETWORK SERVICE_CONTAINER", FROM_HOST, None),
        ("docker logs release-openspg-server 2>&1", FROM_HOST, "docker logs spg-server-1 2>&1"),
        ("docker logs release-openspg-server 2>&1", "", None),
    ],
)
def test_a_command_as_it_is_called(command, called, expected):
    """From its host netdiag is called with the container, and that container's name stands where one is wanted."""
    assert naming(as_called(command, called), called) == (expected or command)


def test_where_a_command_runs_that_was_called_where_it_is():
    """What was run in a container, or beside a file, says that the command is for the same place."""
    (remedy,) = findings.words(Finding("ND546")).remedies
    assert (remedy.command, remedy.on) == ("netdiag check -v -v", "where this netdiag ran")
    (remedy,) = findings.words(Finding("ND546"), "zh").remedies
    assert remedy.on == "在运行本次 netdiag 的地方"


@pytest.mark.parametrize(
    ("called", "command", "on"),
    [
        ("netdiag", "netdiag check", "in this container"),
        ("netdiag --container openspg", "netdiag --container openspg check", ""),
    ],
)
def test_a_pasted_text_is_about_another_place(called, command, on):
    """What it means is looked up in a container or on its host: the command is for where it is read."""
    (remedy,) = findings.words(Finding("ND702", values={"called": called})).remedies
    assert (remedy.command, remedy.on) == (command, on)
