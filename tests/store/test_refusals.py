"""What cannot be written is refused with one word and a reason, and everything is as it was."""

import errno
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from store.driver import REFUSED, WRITTEN, change
from store.values import CONTENT, FIXED, HOST, Act, Mounted

from netdiag.store import CannotWrite, Reason, Run, Store
from netdiag.store.journal import Journal
from netdiag.store.refusal import refusing, refusing_state


def _remove(path: Path) -> None:
    path.unlink()


def _remove_directory(path: Path) -> None:
    shutil.rmtree(path.parent)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _socket(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/null")


def _link_elsewhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("elsewhere")


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_remove, "vanished"),
        (_remove_directory, "vanished"),
        (_dangling, "vanished"),
        (_fifo, "not_a_file"),
        (_socket, "not_a_file"),
        (_directory, "not_a_file"),
        (_device, "not_a_file"),
        (_loop, "not_a_file"),
    ],
    ids=["removed", "directory removed", "dangling link", "fifo", "socket", "directory", "device", "link to itself"],
)
def test_what_is_no_file_any_more(tmp_path: Path, store: Store, happens: Callable[[Path], None], reason: str) -> None:
    """Between planning and writing the file became something else: nothing is opened, made or written."""
    config = tmp_path / "conf/kag_config.yaml"
    config.parent.mkdir()
    config.write_bytes(CONTENT)
    planned = change(config, HOST)
    happens(config)
    with pytest.raises(CannotWrite) as refused:
        store.write([planned], "run-1")
    assert (refused.value.reason, refused.value.path) == (reason, config)
    assert str(config) in str(refused.value)
    assert store.writable(config) == reason
    assert store.runs() == ()


def test_a_device_is_not_even_opened(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """To open some devices is to do something with them (a tape rewinds)."""
    planned = change(config, HOST)
    _device(config)
    names = []
    real_open = os.open

    def noted(path: Any, *arguments: Any, **options: Any) -> int:
        names.append(Path(path).name)
        return real_open(path, *arguments, **options)

    monkeypatch.setattr(os, "open", noted)
    with pytest.raises(CannotWrite):
        store.write([planned], "run-1")
    assert "lock" in names
    assert "null" not in names


@pytest.mark.parametrize("happens", [_link_elsewhere, _fifo], ids=["link", "fifo"])
def test_what_comes_between_check_and_use(
    config: Path, store: Store, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], None]
) -> None:
    """A link put in the file's place after it was looked at is not followed, not even to the very same bytes."""
    planned = change(config, HOST)
    config.with_name("elsewhere").write_bytes(CONTENT)
    real_open = os.open

    def too_late(path: Any, *arguments: Any, **options: Any) -> int:
        if path == config.name:
            happens(config)
        return real_open(path, *arguments, **options)

    monkeypatch.setattr(os, "open", too_late)
    with pytest.raises(CannotWrite) as refused:
        store.write([planned], "run-1")
    assert refused.value.reason == "not_a_file"
    assert config.with_name("elsewhere").read_bytes() == CONTENT


def _edited(path: Path) -> None:
    path.write_bytes(CONTENT + b"# mine\n")


def _edited_as_editors_do(path: Path) -> None:
    other = path.with_name("swap")
    other.write_bytes(CONTENT.replace(b"ollama", b"vllmmm"))
    other.replace(path)


@pytest.mark.parametrize("happens", [_edited, _edited_as_editors_do], ids=["in place", "by rename"])
def test_a_file_changed_since_it_was_read(config: Path, store: Store, happens: Callable[[Path], None]) -> None:
    """The plan was made for other bytes, so somebody's edit stays."""
    planned = change(config, HOST)
    happens(config)
    theirs = config.read_bytes()
    with pytest.raises(CannotWrite) as refused:
        store.write([planned], "run-1")
    assert refused.value.reason == "changed_since"
    assert config.read_bytes() == theirs


@pytest.mark.parametrize("happens", [_edited, _edited_as_editors_do], ids=["in place", "by rename"])
@pytest.mark.parametrize("hard_linked", [False, True], ids=["rename", "in place"])
def test_a_file_changed_in_the_last_moment(
    config: Path, store: Store, monkeypatch: pytest.MonkeyPatch, *, happens: Callable[[Path], None], hard_linked: bool
) -> None:
    """An edit made while the copies were being staged stays, and the copies go."""
    if hard_linked:
        config.with_name("other").hardlink_to(config)
    record = Journal.record

    def edit_when_ready(journal: Journal, run: Run) -> None:
        record(journal, run)
        if run.files[0].state == "ready":
            happens(config)

    monkeypatch.setattr(Journal, "record", edit_when_ready)
    with pytest.raises(CannotWrite) as refused:
        store.write([change(config, HOST)], "run-1")
    assert refused.value.reason == "changed_since"
    theirs = config.read_bytes()
    assert theirs not in (CONTENT, FIXED)
    assert not list(config.parent.glob(".*"))
    assert store.recover() == ()
    assert config.read_bytes() == theirs


def test_one_refused_file_refuses_all(config: Path, store: Store, tmp_path: Path) -> None:
    """The first file of two is not written when the second cannot be."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    changes = [change(config, HOST), change(second, HOST)]
    _edited(second)
    with pytest.raises(CannotWrite):
        store.write(changes, "run-1")
    assert config.read_bytes() == CONTENT
    assert store.runs() == ()


def test_a_running_program(store: Store, tmp_path: Path) -> None:
    """A file that is being executed cannot be written (ETXTBSY)."""
    program = tmp_path / "sleep"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    old = program.read_bytes()
    with subprocess.Popen([program, "60"]) as process:
        with pytest.raises(CannotWrite) as refused:
            store.write([change(program, (old[:4], b"\x7fabc"))], "run-1")
        process.kill()
    assert refused.value.reason == "busy"
    assert program.read_bytes() == old


def test_a_file_without_permission(place: Path, as_nobody: Act) -> None:
    """A file made read-only is respected as such, even in a directory where a rename could be done."""
    config = place / "kag_config.yaml"
    config.write_bytes(CONTENT)
    config.chmod(0o444)
    code, told = as_nobody("write", [config], place / "state")
    assert (code, told) == (REFUSED, ["not_permitted", f"{config}: not permitted: Permission denied"])
    for mode in (0o444, 0o000):
        config.chmod(mode)
        assert as_nobody("writable", [config], place / "state") == (WRITTEN, ["not_permitted"])
    config.chmod(0o600)
    assert config.read_bytes() == CONTENT


def test_a_read_only_mount(config: Path, store: Store, act: Act, mounted: Mounted) -> None:
    """A configuration mounted `:ro` is told before and when writing."""
    prefix = mounted(f"mount --bind {config} {config}; mount -o remount,bind,ro {config}")
    code, told = act("write", [config], store.directory, *prefix)
    assert (code, told[0]) == (REFUSED, "read_only")
    assert told[1] == f"{config}: the file system is mounted read-only: Read-only file system"
    assert act("writable", [config], store.directory, *prefix) == (WRITTEN, ["read_only"])
    assert config.read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["kag_config.yaml", "k" * 255], ids=["rename", "in place"])
def test_a_full_disk(tmp_path: Path, act: Act, mounted: Mounted, name: str) -> None:
    """There is no room for a copy, or for the one byte more: the file is the old one, and nothing lies beside it."""
    disk, copy, kept = tmp_path / "disk", tmp_path / "copy", tmp_path / "kept"
    disk.mkdir()
    kept.write_bytes(CONTENT + b"#" * (65536 - len(CONTENT)))  # whole pages, so that one byte more needs another
    fill = f"cp {kept} {disk}/{name}; dd if=/dev/zero of={disk}/filler 2>/dev/null || true"
    prefix = mounted(f"mount -t tmpfs -o size=96k none {disk}; {fill}", f"cp -r {disk} {copy}")
    code, told = act("write", [disk / name], tmp_path / "state", *prefix)
    assert (code, told[0]) == (REFUSED, "no_space")
    assert {each.name for each in copy.iterdir()} == {name, "filler"}
    assert (copy / name).read_bytes() == kept.read_bytes()
    assert not list((tmp_path / "state").glob("*.staged"))


def test_a_failure_that_cannot_be_tidied_up(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where putting back fails too, the message says who will do it, and the next start does."""
    rename, fsync = os.rename, os.fsync

    def last_good_call(*arguments: Any, **options: Any) -> None:
        rename(*arguments, **options)
        monkeypatch.setattr(os, "fsync", failing)

    def failing(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "rename", last_good_call)
    with pytest.raises(CannotWrite) as refused:
        store.write([change(config, HOST)], "run-1")
    assert refused.value.reason == "io_error"
    assert str(refused.value).endswith("netdiag does that when it runs next")
    monkeypatch.setattr(os, "fsync", fsync)
    assert [each.outcome for each in store.recover()] == ["done"]
    assert config.read_bytes() == FIXED
    assert not list(config.parent.glob(".*"))


def test_directories_that_cannot_be_fsynced(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that knows no fsync of a directory (9p, CIFS) is written all the same."""
    fsync = os.fsync

    def of_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_only)
    store.write([change(config, HOST)], "run-1")
    assert config.read_bytes() == FIXED


@pytest.mark.parametrize("below", [False, True], ids=["a file", "below a file"])
def test_a_state_directory_that_is_none(config: Path, tmp_path: Path, below: bool) -> None:
    """The way to another one is told."""
    occupied = tmp_path / "occupied"
    occupied.touch()
    store = Store(occupied / "state" if below else occupied)
    with pytest.raises(CannotWrite) as refused:
        store.write([change(config, HOST)], "run-1")
    assert refused.value.reason == "no_state_directory"
    assert "NETDIAG_STATE_DIR" in str(refused.value)
    assert store.writable(config) == "no_state_directory"
    assert config.read_bytes() == CONTENT


@pytest.mark.parametrize("do", ["write", "rollback", "recover"])
def test_a_state_directory_that_cannot_be_written(
    config: Path, tmp_path: Path, act: Act, mounted: Mounted, do: str
) -> None:
    """Without a journal nothing is written; without one to read there is nothing to undo or to recover."""
    state = tmp_path / "disk/state"
    state.parent.mkdir()
    prefix = mounted(f"mount -t tmpfs -o ro none {state.parent}")
    expected = {"write": "no_state_directory", "rollback": "nothing_to_undo"}
    code, told = act(do, [config] if do == "write" else [], state, *prefix)
    assert (code, told and told[0]) == ((REFUSED, expected[do]) if do in expected else (WRITTEN, []))
    assert act("writable", [config], state, *prefix) == (WRITTEN, ["no_state_directory"])
    assert config.read_bytes() == CONTENT


def test_an_unreadable_journal(place: Path, as_nobody: Act) -> None:
    """The journal of another user is not read, nor one's own that cannot be."""
    reason = "not_trusted" if os.geteuid() == 0 else "no_state_directory"
    config, state = place / "kag_config.yaml", place / "state"
    config.write_bytes(CONTENT)
    state.mkdir(mode=0o000)
    for do in ("write", "rollback", "recover"):
        code, told = as_nobody(do, [config], state)
        assert (code, told[0]) == (REFUSED, reason)
    state.chmod(0o700)


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id that /etc/passwd does not know, without HOME, has no state directory by default."""
    for name in ("NETDIAG_STATE_DIR", "XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 2_000_000_000)
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_000)
    with pytest.raises(CannotWrite) as refused:
        Store()
    assert refused.value.reason == "no_state_directory"


@pytest.mark.parametrize(
    ("number", "of_file", "of_state"),
    [
        (errno.EROFS, "read_only", "no_state_directory"),
        (errno.EACCES, "not_permitted", "no_state_directory"),
        (errno.EPERM, "not_permitted", "no_state_directory"),
        (errno.ENOSPC, "no_space", "no_space"),
        (errno.EDQUOT, "no_space", "no_space"),
        (errno.EFBIG, "no_space", "no_space"),
        (errno.EBUSY, "busy", "busy"),
        (errno.ENOENT, "vanished", "no_state_directory"),
        (errno.EISDIR, "not_a_file", "no_state_directory"),
        (errno.EIO, "io_error", "io_error"),
        (errno.ENOMEM, "io_error", "io_error"),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else None,
)
def test_every_error_has_a_word(number: int, of_file: str, of_state: str) -> None:
    """What the operating system says about a file or the state directory becomes a word of the closed set."""
    for guard, word in ((refusing, of_file), (refusing_state, of_state)):
        with pytest.raises(CannotWrite) as refused, guard(Path("/x")):
            raise OSError(number, os.strerror(number))
        assert refused.value.reason == word
        assert word in get_args(Reason)
        assert os.strerror(number) in str(refused.value)


def test_a_refusal_cannot_drive_the_terminal() -> None:
    """A file's name is shown without its control characters (CWE-150)."""
    refusal = CannotWrite("busy", Path("/tmp/\x1b]0;owned\x07"), "a\r\nb")
    assert str(refusal).isprintable()
