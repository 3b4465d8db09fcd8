"""What stands in the way of a write, and what stands beside the file: told with the file, the reason and the status."""

import os
import sys

import pytest
from cli.conftest import codes

pytestmark = pytest.mark.lab

BEFORE = "chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n  base_url: http://localhost:11434/\n"
AFTER = BEFORE.replace("localhost", "172.17.0.1")


@pytest.fixture
def file(place, tmp_path_factory):
    """A configuration in a directory of its own, which both sides of the lab see."""
    directory = place.directory / tmp_path_factory.mktemp("conf").name
    directory.mkdir()
    path = directory / "llm.yaml"
    path.write_text(BEFORE)
    return path


MOUNTED = {
    "read-only mount": ("mount --bind . . && mount -o remount,ro,bind . && cd .", "it is on a read-only file system"),
    "full disk": (
        "cp llm.yaml .. && mount -t tmpfs -o size=16k none . && cd . && cp ../llm.yaml . && ! cat /dev/zero > filler",
        "no space is left",
    ),
}


@pytest.mark.parametrize(("script", "says"), MOUNTED.values(), ids=MOUNTED.keys())
def test_a_file_system_that_takes_nothing(place, file, require, script, says):
    """The repair is proven and cannot be written: 77, and the file there is as it was."""
    command = (
        f"{{ {script}; }} 2>/dev/null || exit 99; netdiag fix-base-url llm.yaml; code=$?; cat llm.yaml; exit $code"
    )
    done = place.inside.run(["unshare", "--mount", "sh", "-c", command], cwd=file.parent)
    if done.returncode == 99 or "unshare" in done.stderr:
        require("namespaces", f"no mounts inside the lab here: {done.stderr}")
    assert done.returncode == 77
    assert f"llm.yaml: the fix is proven but cannot be written ({says})" in " ".join(done.stdout.split())
    assert done.stdout.endswith(BEFORE)


MEANWHILE = """
import os, shutil, sys
from netdiag import cli, repair
write = repair.write
def too_late(*arguments):
    {happens}
    return write(*arguments)
repair.write = too_late
sys.exit(cli.main(["fix-base-url", "llm.yaml"]))
"""


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        ("shutil.rmtree(os.getcwd())", "it vanished"),
        ("os.unlink('llm.yaml')", "it vanished"),
        ("os.unlink('llm.yaml'); os.mkdir('llm.yaml')", "it is not a file"),
        ("os.unlink('llm.yaml'); os.mkfifo('llm.yaml')", "it is not a file"),
        ("os.unlink('llm.yaml'); os.symlink('/dev/null', 'llm.yaml')", "its name leads to another file now"),
        ("open('llm.yaml', 'a').write('# mine')", "it was changed while netdiag was running"),
    ],
    ids=["directory gone", "file gone", "a directory now", "a FIFO now", "a device now", "edited"],
)
def test_what_happens_while_the_model_is_asked(place, file, happens, says):
    """Between reading and writing there are seconds: nothing of what happened in them is overwritten, or waited for."""
    done = place.inside.run([sys.executable, "-c", MEANWHILE.format(happens=happens)], cwd=file.parent)
    assert done.returncode == 77
    assert f"llm.yaml: the fix is proven but cannot be written ({says})" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert not file.is_file() or file.is_symlink() or file.read_text() == BEFORE + "# mine"


def test_a_file_of_somebody_else(place, file, require):
    """It can be read and not written: permission is denied, and the file is as it was."""
    if os.geteuid() != 0:
        require("root", "files of several users can be made by root only; run the tests as root in a container")
    os.chown(file, 1234, 1234)
    done = place.netdiag("fix-base-url", str(file))
    assert done.returncode == 77
    assert f"{file}: the fix is proven but cannot be written (permission is denied)" in " ".join(done.stdout.split())
    assert file.read_text() == BEFORE


def test_a_device(place, file):
    """What is no file is refused before anything is read from it."""
    device = file.with_name("device.yaml")
    device.symlink_to("/dev/zero")
    done = place.netdiag("fix-base-url", str(device))
    assert done.returncode == 78
    assert f"{device}: cannot be read (it is not a file)" in " ".join(done.stdout.split())


def test_nowhere_to_keep_the_journal(place, file):
    """Without a journal nothing is written, and where it was to be is named."""
    done = place.netdiag("fix-base-url", str(file), env={"NETDIAG_STATE_DIR": "/proc/none"})
    assert done.returncode == 77
    said = " ".join(done.stdout.split())
    assert "/proc/none: the fix is proven but cannot be written (there is nowhere to keep the journal)" in said
    assert file.read_text() == BEFORE


def test_a_journal_that_others_may_write(place, file):
    """Nothing is written where others might add to the journal, and what mends it is said; a check works."""
    state = file.with_name("others")
    state.mkdir()
    state.chmod(0o777)
    env = {"NETDIAG_STATE_DIR": str(state)}
    done = place.netdiag("fix-base-url", str(file), env=env)
    said = " ".join(done.stdout.split())
    assert (done.returncode, "ND620" in said, "ND621" in said) == (77, True, True), said
    assert (f"chmod go-w -- {state}" in said, "mode 0777" in said) == (True, True), said
    assert (file.read_text(), list(state.iterdir())) == (BEFORE, [])
    checked = place.netdiag("check", str(file), env=env)
    assert (checked.returncode, "ND62" in checked.stdout) == (1, False), checked.stdout
    state.chmod(0o755)
    assert place.netdiag("fix-base-url", str(file), env=env).returncode == 0
    assert file.read_text() == AFTER


def test_an_editor_beside_the_file(place, file):
    """It is repaired, and the user is told that the editor may undo that; so are other names of the file."""
    file.with_name(".llm.yaml.swp").touch()
    file.with_name("other").hardlink_to(file)
    report = place.report("fix-base-url", str(file))
    assert (report["exit_code"], codes(report)) == (0, {"ND607", "ND608"})
    assert file.with_name("other").read_text() == AFTER
    assert str(file.with_name(".llm.yaml.swp")) in report["findings"][0]["title"]
