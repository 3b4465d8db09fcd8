"""A journal that somebody else may have written is obeyed by nobody: nothing outside is written, and it is said why.

Each forged record would make netdiag delete and rewrite a file of root's, at recovery or by a rollback.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from store.values import CONTENT, FIXED, HOST, NOBODY

from netdiag.store import CannotWrite, NotTrustedError, Store
from netdiag.store.disk import digest

RUN = "20261130T042228.000001Z-1"
NAME = f"00000001-{RUN}.jsonl"
EDIT = {"offset": CONTENT.index(HOST[0]), "old": HOST[0].decode(), "new": HOST[1].decode()}


class Ground(NamedTuple):
    """A state directory with a record that names files of somebody else's, and these files as they must stay."""

    state: Path
    victim: Path
    beside: Path
    other: Path

    @property
    def record(self) -> Path:
        """The forged record."""
        return self.state / NAME

    def write(self, **fields: object) -> None:
        """Make a record of a run that was killed when it was about to write the victim, with other ``fields``."""
        said = {
            "path": str(self.victim),
            "before": digest(CONTENT),
            "after": digest(FIXED),
            "how": "rename",
            "staged": str(self.victim.with_name(f".{self.victim.name}.netdiag-{RUN}")),
            "edits": [EDIT],
            "state": "ready",
            "undoes": "",
            "name": "",
        }
        run = {"schema": "netdiag/journal/1", "number": 1, "id": RUN, "time": "2026-11-30T04:22:28+00:00"}
        self.record.write_text(json.dumps({**run, "files": [said | fields]}))
        self.record.chmod(0o600)

    def files(self) -> dict[Path, bytes]:
        """What must stay."""
        return {path: path.read_bytes() for path in (self.victim, self.beside, self.other)}


@pytest.fixture
def ground(place: Path) -> Ground:
    """A file half written (or so a record may say), what lies beside it, and the temporary copy that a record names."""
    for each in ("state", "root"):
        (place / each).mkdir(mode=0o700)
    cut = CONTENT.index(HOST[0]) + 5
    made = Ground(place / "state", place / "root/victim", place / "root/passwd", place / f"root/.victim.netdiag-{RUN}")
    made.victim.write_bytes(FIXED[:cut] + CONTENT[cut:])
    made.beside.write_bytes(b"root:x:0:0::/root:/bin/sh\n")
    made.other.write_bytes(FIXED)
    made.write()
    return made


def test_the_record_would_be_obeyed(ground: Ground) -> None:
    """In a directory of the user's own it is: what is refused below is refused for its owner, mode or form."""
    assert [each.outcome for each in Store(ground.state).recover()] == ["done"]
    assert ground.victim.read_bytes() == FIXED
    assert not ground.other.exists()


def _give(name: str) -> Callable[[Ground], None]:
    return lambda ground: os.chown(getattr(ground, name), NOBODY, NOBODY, follow_symlinks=False)


def _mode(name: str, mode: int) -> Callable[[Ground], None]:
    return lambda ground: getattr(ground, name).chmod(mode)


def _moved(ground: Ground, to: str) -> Path:
    return ground.state.rename(ground.state.parent / to)


def _linked_by_nobody(ground: Ground) -> None:
    elsewhere = _moved(ground, "elsewhere")
    ground.state.symlink_to(elsewhere)
    os.chown(ground.state, NOBODY, NOBODY, follow_symlinks=False)


def _below(owner: int, mode: int) -> Callable[[Ground], None]:
    def made(ground: Ground) -> None:
        below = _moved(ground, "below")
        ground.state.mkdir()
        below.rename(ground.state / "below")
        os.chown(ground.state, owner, owner)
        ground.state.chmod(mode)

    return made


def _hard_linked(ground: Ground) -> None:
    ground.state.parent.joinpath("name").hardlink_to(ground.record)


def _record_linked(ground: Ground) -> None:
    ground.record.rename(ground.state.parent / "record")
    ground.record.symlink_to(ground.state.parent / "record")


def _fifo(ground: Ground) -> None:
    ground.record.unlink()
    os.mkfifo(ground.record)


def _lock_of_nobody(ground: Ground) -> None:
    (ground.state / "lock").touch(0o600)
    os.chown(ground.state / "lock", NOBODY, NOBODY)


OWNERS: dict[str, tuple[Callable[[Ground], None], str, str]] = {
    "a directory of another user": (_give("state"), "trust_owner", "state"),
    "a directory that a group may write": (_mode("state", 0o770), "trust_writable", "state"),
    "a directory that all may write": (_mode("state", 0o707), "trust_writable", "state"),
    "a directory that all may write, sticky": (_mode("state", 0o1777), "trust_writable", "state"),
    "another user's link to it": (_linked_by_nobody, "trust_link", "state"),
    "below a directory of another user": (_below(NOBODY, 0o755), "trust_parent_owner", "state"),
    "below a directory that all may write": (_below(0, 0o777), "trust_parent_writable", "state"),
    "below a directory that a group may write": (_below(0, 0o775), "trust_parent_writable", "state"),
    "a record of another user": (_give("record"), "trust_record_owner", f"state/{NAME}"),
    "a record that all may write": (_mode("record", 0o602), "trust_record_writable", f"state/{NAME}"),
    "a record that a group may write": (_mode("record", 0o660), "trust_record_writable", f"state/{NAME}"),
    "a record with two names": (_hard_linked, "trust_record_kind", f"state/{NAME}"),
    "a link to a record": (_record_linked, "trust_record_kind", f"state/{NAME}"),
    "a FIFO": (_fifo, "trust_record_kind", f"state/{NAME}"),
}


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(("made", "why", "what"), OWNERS.values(), ids=OWNERS)
def test_who_may_have_written_it(ground: Ground, made: Callable[[Ground], None], why: str, what: str) -> None:
    """Neither recovered nor rolled back, listed or added to: which path is at fault, whose it is, its mode."""
    made(ground)
    store = Store(ground.state / "below" if "below" in {each.name for each in ground.state.iterdir()} else ground.state)
    before = ground.files()
    for act in (store.recover, store.rollback, store.runs, lambda: store.write([_change(ground)], "run")):
        with pytest.raises(NotTrustedError) as refused:
            act()
        assert (refused.value.why, refused.value.path) == (why, ground.state.parent / what)
        assert refused.value.owner in str(refused.value)
        assert refused.value.mode in str(refused.value)
    assert store.writable(ground.beside) == "not_trusted" or why.startswith("trust_record")
    assert ground.files() == before


def _change(ground: Ground) -> Any:
    from store.driver import change  # noqa: PLC0415 - it changes what Python looks for

    return change(ground.beside, (b"root", b"toor"))


@pytest.mark.usefixtures("root")
def test_a_lock_of_another_user(ground: Ground) -> None:
    """A file that another user has made is no lock: he might hold it for ever, or have linked it to anything."""
    _lock_of_nobody(ground)
    before = ground.files()
    with pytest.raises(NotTrustedError, match="lock"):
        Store(ground.state).recover()
    assert ground.files() == before


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("parent", "mode"), [(0, 0o755), (0, 0o1777), (NOBODY, 0o700)], ids=["root's", "sticky", "his own"]
)
def test_another_user_has_his_own(ground: Ground, parent: int, mode: int, as_nobody: Any) -> None:
    """The rule is each user's: his own directory, below his own, root's or a sticky one, is believed by him."""
    _below(parent, mode)(ground)
    ground.state.parent.chmod(0o755)
    state = ground.state / "below"
    for each in (state, state / NAME, ground.victim.parent, *ground.files()):
        os.chown(each, NOBODY, NOBODY)
    assert as_nobody("recover", [], state) == (0, ["done"])
    assert ground.victim.read_bytes() == FIXED


FORMS: dict[str, tuple[dict[str, object], str]] = {
    "a temporary copy elsewhere": ({"staged": "{beside}"}, "record_staged"),
    "a temporary copy that is the file": ({"staged": "{victim}"}, "record_staged"),
    "a temporary copy of another run": ({"staged": "{root}/.victim.netdiag-other"}, "record_staged"),
    "a temporary copy by two dots": ({"staged": f"{{root}}/x/../.victim.netdiag-{RUN}"}, "record_staged"),
    "no temporary copy": ({"staged": ""}, "record_staged"),
    "a relative path": ({"path": "victim"}, "record_path"),
    "a path with two dots": ({"path": "{root}/x/../victim"}, "record_path"),
    "a path with two slashes": ({"path": "/{victim}"}, "record_path"),
    "a path with NUL": ({"path": "{victim}\0"}, "record_path"),
    "a directory": ({"path": "/"}, "record_path"),
    "a row that is a file": ({"path": "{victim}", "how": "row", "staged": ""}, "record_path"),
    "a row with a copy": ({"path": "openspg:h:1/d/kg_config/1", "how": "row"}, "record_path"),
    "a digest that is none": ({"before": "0"}, "record_shape"),
    "a digest in capitals": ({"after": digest(FIXED).upper()}, "record_shape"),
    "an unknown state": ({"state": "rolled_back"}, "record_shape"),
    "an unknown way": ({"how": "delete"}, "record_shape"),
    "a number for a path": ({"path": 1}, "record_shape"),
    "a field more": ({"mode": "0777"}, "record_shape"),
    "a path for a run": ({"undoes": "../x"}, "record_shape"),
    "a negative offset": ({"edits": [EDIT | {"offset": -1}]}, "record_edits"),
    "an offset that is none": ({"edits": [EDIT | {"offset": True}]}, "record_edits"),
    "edits that overlap": ({"edits": [EDIT, EDIT]}, "record_edits"),
    "edits without a form": ({"edits": [[0, "a", "b"]]}, "record_edits"),
    "bytes that are none": ({"edits": [EDIT | {"new": "\ud800"}]}, "record_edits"),
}


@pytest.mark.parametrize(("fields", "fault"), FORMS.values(), ids=FORMS)
def test_what_netdiag_would_not_have_written(ground: Ground, fields: dict[str, object], fault: str) -> None:
    """Even in the user's own journal such a record is passed over and told; others go on."""
    root = ground.victim.parent
    places = {"victim": str(ground.victim), "beside": str(ground.beside), "root": str(root)}
    filled = {name: value.format(**places) if isinstance(value, str) else value for name, value in fields.items()}
    ground.write(**filled)
    before, store = ground.files(), Store(ground.state)
    assert store.recover() == ()
    with pytest.raises(CannotWrite, match="nothing to undo"):
        store.rollback()
    assert store.passed_over() == ((ground.record, fault),)
    assert ground.files() == before
    store.write([_change(ground)], "run")
    assert store.passed_over() == ((ground.record, fault),)


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"schema": "netdiag/journal/1", "files": [null], "number": 1, "id": "%s"}' % RUN.encode()],
    ids=["nested without end", "files that are none"],
)
def test_what_is_no_record_at_all(ground: Ground, content: bytes) -> None:
    """It makes no exception."""
    ground.record.write_bytes(content)
    assert (Store(ground.state).recover(), Store(ground.state).runs()) == ((), ())


def test_a_record_under_another_name(ground: Ground) -> None:
    """A record says its own name, so one that was copied to another place in the order counts for nothing."""
    ground.record.rename(ground.state / NAME.replace("00000001", "00000009"))
    assert (Store(ground.state).runs(), Store(ground.state).passed_over()[0][1]) == ((), "record_shape")


def test_what_was_undone_must_be_what_was_recorded(ground: Ground) -> None:
    """The present bytes are those that the run wrote, but what its edits make of them is not what it says was there."""
    ground.victim.write_bytes(FIXED)
    ground.write(state="done", edits=[{"offset": 0, "old": "evil", "new": FIXED[:4].decode()}])
    before = ground.files()
    with pytest.raises(CannotWrite, match="damaged"):
        Store(ground.state).rollback()
    assert ground.files() == before


@pytest.mark.parametrize("kind", ["link", "fifo", "directory", "another's bytes", "too long"])
def test_what_stands_in_the_place_of_the_copy(ground: Ground, kind: str) -> None:
    """In the file's directory anybody may make anything: it is not followed, waited for, or taken for the new bytes."""
    torn, passwd = ground.victim.read_bytes(), ground.beside.read_bytes()
    ground.other.unlink()
    if kind == "link":
        ground.other.symlink_to(ground.beside)
    elif kind == "fifo":
        os.mkfifo(ground.other)
    elif kind == "directory":
        ground.other.mkdir()
    else:
        with ground.other.open("wb") as copy:
            copy.write(b"evil")
            copy.truncate(1 << 40 if kind == "too long" else 4)
    assert [each.outcome for each in Store(ground.state).recover()] == ["left"]
    assert (ground.victim.read_bytes(), ground.beside.read_bytes()) == (torn, passwd)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_command_says(ground: Ground, language: str) -> None:
    """A rollback ends with 77; which directory, whose it is, its mode, and what mends it is said."""
    os.chown(ground.state, NOBODY, NOBODY)
    before = ground.files()
    for command in ("rollback", "rollback --list"):
        done = _netdiag(ground, *command.split(), "--lang", language)
        said = " ".join((done.stdout + done.stderr).split())
        assert (done.returncode, "ND621" in said, "ND620" in said) == (77, True, False), said
        for part in (str(ground.state), f"({NOBODY})", "0700", "mv -- "):
            assert part in said
        assert ("属于其他用户" in said) == (language == "zh")
    assert ground.files() == before


def test_what_is_said_of_a_record_that_is_none(ground: Ground) -> None:
    """It is told with the command that takes it away; there is nothing to undo."""
    ground.write(staged=str(ground.beside))
    done = _netdiag(ground, "rollback")
    assert (done.returncode, "ND622" in done.stdout, "rm -i -- " in done.stdout) == (1, True, True), done.stdout
    assert ground.beside.exists()


def _netdiag(ground: Ground, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "netdiag", *words],
        env=os.environ | {"NETDIAG_STATE_DIR": str(ground.state), "LANG": "C.UTF-8"},
        input="project: {id: 1}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
