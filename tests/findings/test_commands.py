"""Commands that people copy: every one of the registry, in each way in which netdiag may have been called."""

import re
import shlex

import pytest

from netdiag import findings
from netdiag.cli.invoked import invocation, program
from netdiag.cli.parser import parser
from netdiag.findings.commands import TAKES, as_called, naming, runs_there
from netdiag.invocation import OPTIONS, Invocation, as_plain, restored, use
from netdiag.model.report import Finding

REMEDIES = [
    (code, remedy.command, remedy.on)
    for code in findings.catalog()
    for remedy, _ in findings.described(code).remedies
    if remedy.command
]
FROM_HOST = "netdiag --container spg-server-1"
FILLED = {
    "ADDRESS": "192.0.2.1",
    "COMMAND": "check",
    "KIND": "chat",
    "OTHER_KAG": "0.7",
    "NAME_SERVER": "192.0.2.1",
    "PORT": "8000",
}
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


RUN = Invocation(
    files=("a.yaml", "with blank.yaml"),
    options=(("--host", "10.0.0.7"), ("--kag-version", "0.6"), ("--timeout", "5"), ("--api-key-env", "KEY")),
)
FILES = "a.yaml 'with blank.yaml'"


@pytest.mark.parametrize(
    ("command", "called", "expected"),
    [
        ("netdiag check", "", f"netdiag check --host 10.0.0.7 --kag-version 0.6 --timeout 5 {FILES}"),
        (
            "netdiag fix-base-url --kag-version 0.7",
            FROM_HOST,
            f"{FROM_HOST} fix-base-url --kag-version 0.7 --host 10.0.0.7 --timeout 5 {FILES}",
        ),
        (
            "netdiag check --timeout 600 --host 10.0.0.7",
            "",
            f"netdiag check --timeout 600 --host 10.0.0.7 --kag-version 0.6 {FILES}",
        ),
        (
            "netdiag fix-base-url --host 10.0.0.8",
            "",
            f"netdiag fix-base-url --host 10.0.0.8 --host 10.0.0.7 --kag-version 0.6 --timeout 5 {FILES}",
        ),
        (
            "netdiag check other.yaml",
            "",
            "netdiag check other.yaml --host 10.0.0.7 --kag-version 0.6 --timeout 5",
        ),
        (
            "netdiag check -v -v > /dev/shm/n.txt",
            "",
            f"netdiag check -v -v --host 10.0.0.7 --kag-version 0.6 --timeout 5 {FILES} > /dev/shm/n.txt",
        ),
        (
            "netdiag suggest",
            FROM_HOST,
            f"{FROM_HOST} suggest --host 10.0.0.7 --kag-version 0.6 --timeout 5 --api-key-env KEY",
        ),
        (
            "netdiag chat --type ollama --base-url 'http://h/?a=b' --model m --kind chat",
            "",
            "netdiag chat --type ollama --base-url 'http://h/?a=b' --model m --kind chat --kag-version 0.6 --timeout 5",
        ),
        ("netdiag rollback --list", "", "netdiag rollback --list"),
        ("netdiag --container openspg check", "", None),
        ("netdiag --container spg-2 check", FROM_HOST, None),
        ("echo '{}' | netdiag fix-base-url -", "", None),
        ("netdiag fix-compose docker-compose.yml", "", "netdiag fix-compose docker-compose.yml"),
    ],
)
def test_a_command_repeats_what_the_run_was_given(command, called, expected):
    """Its own options win, a FILE that it names is the only one, and another place has other files."""
    expected = expected or f"{command} --host 10.0.0.7 --kag-version 0.6 --timeout 5"
    assert as_called(command, called, RUN) == expected


def test_standard_input_is_given_again():
    """What the run read of it is not there for the next one: the command says that a file goes in."""
    assert as_called("netdiag check", "", Invocation(files=("-",))) == "netdiag check - < FILE"


@pytest.mark.parametrize("line", OURS)
def test_a_command_with_all_that_a_run_may_be_given_is_one(line):
    """Whatever options and files are added, the command takes them."""
    given = {"--only": "files", "--scope": "global", "--timeout": "5", "--port": "80", "--kag-version": "0.7"}
    given |= {"--db-url": "mysql://h/openspg", "--host": "10.0.0.7"}
    run = Invocation(files=("a.yaml",), options=tuple((name, given.get(name, "HOME")) for name in OPTIONS))
    words = [FILLED.get(word, word) for word in shlex.split(as_called(line, "", run))]
    assert parser().parse_args(words[1:]).command


def test_every_option_that_is_kept_is_given_on():
    """The table says of each option and of FILE which commands take it."""
    assert set(TAKES) == {*OPTIONS, "FILE"}


@pytest.mark.parametrize(
    ("argv", "code", "command"),
    [
        (
            "fix-base-url --kag-version 0.8 a.yaml",
            "ND452",
            "netdiag fix-base-url --kag-version 0.6 a.yaml",
        ),
        ("check --config a.yaml --host 10.0.0.7", "ND546", "netdiag check -v -v --host 10.0.0.7 a.yaml"),
        ("check --only server --db-url mysql://root@db/x", "ND546", None),
    ],
)
def test_what_was_typed_is_what_is_advised(argv, code, command):
    """From the command line to the remedy nothing that decides the run is lost."""
    use(invocation(parser().parse_args(argv.split())))
    said = findings.words(Finding(code, "", {"other_kag": "0.6"})).remedies
    assert (command or "netdiag check -v -v --db-url mysql://db:3306/x --only server") in [r.command for r in said]


@pytest.mark.parametrize("name", ["netdiag", "./netdiag", "/elsewhere/netdiag"])
def test_the_file_that_was_run_is_called_again(name, tmp_path, monkeypatch):
    """A copied file that no directory of PATH holds is called by its path; elsewhere netdiag by its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "netdiag").touch(0o755)
    monkeypatch.setattr("sys.argv", [name])
    monkeypatch.setenv("PATH", "/nowhere")
    assert program() == (name if name.startswith(".") else "netdiag")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == "netdiag"


FROM_CONTAINER = RUN._replace(program=("netdiag", "--container", "spg-server-1"))


def test_a_saved_report_brings_how_it_was_made():
    """Its commands are for the container that was looked into, wherever the report is read."""
    use(restored(as_plain(FROM_CONTAINER)))
    (remedy,) = findings.words(Finding("ND546")).remedies
    assert remedy.command.startswith(f"{FROM_HOST} check -v -v --host 10.0.0.7")
    assert remedy.on == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"program": ["rm", "-rf", "/"]},
        {"program": ["./netdiag"]},
        {"program": ["netdiag", "--container", "x; rm -rf ~"]},
        {"program": ["netdiag", "--way", "lent"]},
        {"program": ["netdiag", "--container"]},
        {"files": ["a\nrm b"]},
        {"options": [["--output", "/etc/passwd"]]},
        {"options": [["--host"]]},
        {"files": [1]},
    ],
    ids=str,
)
def test_what_netdiag_never_writes_is_not_taken_from_a_report(changed):
    """Who copies a command of a page that was handed on runs netdiag and nothing else."""
    with pytest.raises(ValueError, match=r"."):
        restored({**as_plain(FROM_CONTAINER), **changed})
