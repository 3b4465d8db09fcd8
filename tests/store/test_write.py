"""A write changes the planned bytes and nothing else about a file."""

import errno
import os
import re
import stat
import struct
from pathlib import Path

import pytest
from store.driver import WRITTEN, change
from store.values import CANARY, CONTENT, FIXED, HOST, NOBODY, Act, Mounted

import netdiag.store
from netdiag.model.journal import Applied
from netdiag.store import CannotWrite, Change, Store

ACL = "system.posix_acl_access"
DEFAULT_ACL = "system.posix_acl_default"


def _acl(user: int) -> bytes:
    """Return the extended attribute of an ACL that lets ``user`` read; linux/posix_acl_xattr.h."""
    nobody = 0xFFFFFFFF
    entries = [(0x01, 6, nobody), (0x02, 4, user), (0x04, 4, nobody), (0x10, 4, nobody), (0x20, 0, nobody)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def _strays(directory: Path) -> list[Path]:
    return [*directory.glob("**/.*netdiag*"), *directory.glob("**/*.staged")]


def test_the_planned_bytes_are_written(config: Path, store: Store, tmp_path: Path) -> None:
    """The file holds the new bytes, what was done is told, and nothing lies beside it."""
    applied = store.write([change(config, HOST)], "run-1")
    assert applied == (Applied(str(config), "run-1", "rename", 1),)
    assert config.read_bytes() == FIXED
    assert _strays(tmp_path) == []


def test_the_state_directory_is_private_and_made_for_a_write_only(config: Path, store: Store) -> None:
    """Looking, recovering, undoing nothing and changing nothing leave no trace."""
    assert store.runs() == ()
    assert store.recover() == ()
    assert store.write([Change(config, CONTENT, CONTENT, ())], "run-1") == ()
    with pytest.raises(CannotWrite):
        store.rollback()
    assert store.writable(config) == ""
    assert not store.directory.exists()
    store.write([change(config, HOST)], "run-2")
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in store.directory.iterdir()} == {0o600}


def test_the_journal_holds_the_replaced_bytes_and_no_others(config: Path, store: Store) -> None:
    """The key that stands two lines above the edit is nowhere in the state directory."""
    store.write([change(config, HOST)], "run-1")
    record = b"".join(each.read_bytes() for each in store.directory.iterdir())
    assert b'"old": "//localhost", "new": "//172.17.0.1"' in record
    assert CANARY.encode() not in record
    assert b"ollama" not in record


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755, 0o2640])
def test_the_mode_is_kept(config: Path, store: Store, mode: int) -> None:
    """Also where the process's own mask would say otherwise."""
    config.chmod(mode)
    store.write([change(config, HOST)], "run-1")
    assert stat.S_IMODE(config.stat().st_mode) == mode


def test_the_copy_is_private_until_it_is_whole(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is in the staged copy before it has the file's mode; until then nobody else can read it."""
    config.chmod(0o644)
    before = []
    fchmod = os.fchmod

    def looked_at(descriptor: int, mode: int) -> None:
        status = os.fstat(descriptor)
        before.append((status.st_size, stat.S_IMODE(status.st_mode)))
        fchmod(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", looked_at)
    store.write([change(config, HOST)], "run-1")
    assert before == [(len(FIXED), 0o600)]


def test_a_file_system_that_ignores_modes(config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the copy does not become like the file, though nothing failed, the file itself is written."""
    config.chmod(0o644)
    monkeypatch.setattr(os, "fchmod", lambda _descriptor, _mode: None)
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert (applied.how, stat.S_IMODE(config.stat().st_mode)) == ("in_place", 0o644)


def test_somebody_elses_file_in_the_place_of_the_copy(config: Path, store: Store, tmp_path: Path) -> None:
    """A link laid out under the copy's name is neither followed nor removed."""
    other = tmp_path / "other"
    other.write_bytes(b"theirs")
    trap = tmp_path / f".{config.name}.netdiag-run-1"
    trap.symlink_to(other)
    with pytest.raises(CannotWrite) as refused:
        store.write([change(config, HOST)], "run-1")
    assert refused.value.reason == "io_error"
    assert trap.is_symlink()
    assert (config.read_bytes(), other.read_bytes()) == (CONTENT, b"theirs")
    assert store.recover() == ()


@pytest.mark.usefixtures("root")
def test_the_owner_is_kept(config: Path, store: Store) -> None:
    """Root repairs a file that stays its user's."""
    os.chown(config, 1234, 5678)
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert (applied.how, config.stat().st_uid, config.stat().st_gid) == ("rename", 1234, 5678)


@pytest.mark.usefixtures("root")
def test_the_owner_is_kept_where_only_root_could_give_files_away(place: Path, as_nobody: Act) -> None:
    """A file of another user, writable for us in our own directory, is written in place."""
    config = place / "kag_config.yaml"
    config.write_bytes(CONTENT)
    config.chmod(0o666)
    os.chown(config, 1234, 5678)
    assert as_nobody("write", [config], place / "state") == (WRITTEN, [[str(config), "in_place"]])
    assert (config.read_bytes(), config.stat().st_uid, config.stat().st_mode & 0o777) == (FIXED, 1234, 0o666)


@pytest.mark.parametrize(("name", "value"), [("user.origin", b"git"), (ACL, _acl(os.getuid()))], ids=["user", "acl"])
def test_extended_attributes_are_kept(config: Path, store: Store, name: str, value: bytes) -> None:
    """Labels and access lists come along when the file is replaced."""
    os.setxattr(config, name, value)
    mode = config.stat().st_mode
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert applied.how == "rename"
    assert os.getxattr(config, name) == value
    assert config.stat().st_mode == mode


def test_a_default_acl_of_the_directory_does_not_come_to_the_file(store: Store, tmp_path: Path) -> None:
    """The staged copy would inherit it, and with it readers whom the file never had."""
    config = tmp_path / "conf/kag_config.yaml"
    config.parent.mkdir()
    config.write_bytes(CONTENT)
    os.setxattr(config.parent, DEFAULT_ACL, _acl(os.getuid()))
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert applied.how == "rename"
    assert ACL not in os.listxattr(config)


@pytest.mark.parametrize("chain", [["a"], ["a", "b", "c"], ["directory/a"]], ids=["link", "links", "linked directory"])
def test_a_symlink_stays_and_its_target_is_written(
    config: Path, store: Store, tmp_path: Path, chain: list[str]
) -> None:
    """The link is followed, not replaced; what is told is the path that was asked for."""
    (tmp_path / "real").mkdir()
    (tmp_path / "directory").symlink_to("real")
    target = config
    for name in chain:
        link = tmp_path / name
        link.symlink_to(os.path.relpath(target, os.path.realpath(link.parent)))
        target = link
    (applied,) = store.write([change(target, HOST)], "run-1")
    assert (applied.source, applied.how) == (str(target), "rename")
    assert target.is_symlink()
    assert not config.is_symlink()
    assert target.read_bytes() == config.read_bytes() == FIXED
    assert _strays(tmp_path) == []


def test_hard_links_stay_one_file(config: Path, store: Store, tmp_path: Path) -> None:
    """A file with two names is written in place, so both names show the change."""
    other = tmp_path / "other"
    other.hardlink_to(config)
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert applied.how == "in_place"
    assert other.samefile(config)
    assert other.read_bytes() == FIXED
    assert _strays(tmp_path) == []


def test_a_file_under_two_names_is_written_once(config: Path, store: Store, tmp_path: Path) -> None:
    """A link and its target in one plan are one write; two different plans for it are a mistake of the caller's."""
    link = tmp_path / "link"
    link.symlink_to(config)
    changes = [change(config, HOST), change(link, HOST)]
    with pytest.raises(ValueError, match="two different changes"):
        store.write([changes[0], change(link, (b"//localhost", b"//10.0.0.1"))], "run-1")
    assert [each.source for each in store.write(changes, "run-2")] == [str(config)]
    assert config.read_bytes() == FIXED


def test_a_name_too_long_for_a_copy_beside_it_is_staged_elsewhere(store: Store, tmp_path: Path) -> None:
    """With a name of 255 bytes there is no longer one; the copy goes to the state directory."""
    config = tmp_path / ("k" * 255)
    config.write_bytes(CONTENT)
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert (applied.how, config.read_bytes()) == ("in_place", FIXED)
    assert _strays(tmp_path) == []


def test_a_directory_without_write_permission_needs_no_rename(place: Path, as_nobody: Act) -> None:
    """The file itself may be written, so it is, by way of a copy in the state directory."""
    directory = place / "conf"
    directory.mkdir()
    config = directory / "kag_config.yaml"
    config.write_bytes(CONTENT)
    config.chmod(0o666)
    directory.chmod(0o555)
    state = place / "state"
    assert as_nobody("write", [config], state) == (WRITTEN, [[str(config), "in_place"]])
    assert config.read_bytes() == FIXED
    assert as_nobody("rollback", [], state)[0] == WRITTEN
    assert config.read_bytes() == CONTENT
    assert _strays(place) == []
    directory.chmod(0o755)


@pytest.mark.usefixtures("root")
def test_a_sticky_directory_lets_the_copy_in_but_not_over_the_file(place: Path, as_nobody: Act) -> None:
    """In a directory like /tmp another user's file cannot be renamed over: it is written in place."""
    place.chmod(0o1777)
    config = place / "kag_config.yaml"
    config.write_bytes(CONTENT)
    os.chown(config, 0, NOBODY)
    config.chmod(0o660)
    assert as_nobody("write", [config], place / "state")[1] == [[str(config), "in_place"]]
    assert config.read_bytes() == FIXED
    assert _strays(place) == []


def test_a_bind_mounted_file_is_written_in_place(
    config: Path, store: Store, tmp_path: Path, act: Act, mounted: Mounted
) -> None:
    """A file that is itself a mount point, as `docker run -v FILE:FILE` makes it, cannot be renamed over."""
    inside = tmp_path / "inside.yaml"
    inside.write_bytes(CONTENT)
    prefix = mounted(f"mount --bind {config} {inside}")
    assert act("write", [inside], store.directory, *prefix) == (WRITTEN, [[str(inside), "in_place"]])
    assert config.read_bytes() == FIXED
    assert inside.read_bytes() == CONTENT
    assert _strays(tmp_path) == []
    assert act("rollback", [], store.directory, *prefix)[0] == WRITTEN
    assert config.read_bytes() == CONTENT


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM], ids=lambda number: errno.errorcode[number])
def test_where_renaming_is_impossible_the_file_itself_is_written(
    config: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A mount point, a mount in between, a sticky directory: what rename says decides, not what it looks like."""

    def impossible(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "rename", impossible)
    file = config.stat().st_ino
    (applied,) = store.write([change(config, HOST)], "run-1")
    assert (applied.how, config.read_bytes(), config.stat().st_ino) == ("in_place", FIXED, file)
    assert _strays(tmp_path) == []


def test_all_files_are_written(config: Path, store: Store, tmp_path: Path) -> None:
    """One run, one record, each file in its own way."""
    second = tmp_path / "second"
    second.write_bytes(CONTENT)
    (tmp_path / "other").hardlink_to(second)
    applied = store.write([change(config, HOST), change(second, HOST)], "run-1")
    assert [each.how for each in applied] == ["rename", "in_place"]
    assert config.read_bytes() == second.read_bytes() == FIXED
    (run,) = store.runs()
    assert [(file.path, file.state) for file in run.files] == [(str(config), "done"), (str(second), "done")]


def test_the_calling_order_is_checked(config: Path, store: Store) -> None:
    """A plan whose edits do not make its new bytes could not be undone; a run's name is used once."""
    planned = change(config, HOST)
    with pytest.raises(ValueError, match="do not make its new bytes"):
        store.write([planned._replace(edits=())], "run-1")
    with pytest.raises(ValueError, match="not a name for a run"):
        store.write([planned], "../run")
    store.write([planned], "run-1")
    with pytest.raises(ValueError, match="in the journal already"):
        store.write([change(config, (b"ollama", b"vllm"))], "run-1")
    assert config.read_bytes() == FIXED


@pytest.mark.parametrize(
    ("variables", "user", "expected"),
    [
        ({"NETDIAG_STATE_DIR": "/srv/n", "XDG_STATE_HOME": "/x"}, 0, "/srv/n"),
        ({"XDG_STATE_HOME": "/x"}, 0, "/var/lib/netdiag"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/home/u"}, 1000, "/x/netdiag"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/u"}, 1000, "/home/u/.local/state/netdiag"),
        ({"HOME": "/home/u"}, 1000, "/home/u/.local/state/netdiag"),
    ],
    ids=["named", "root", "xdg", "xdg must be absolute", "home"],
)
def test_the_state_directory_by_default(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], user: int, expected: str
) -> None:
    """Where the journal lives when nobody says where."""
    for name in ("NETDIAG_STATE_DIR", "XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert Store().directory == Path(expected)


def test_runs_have_names_of_their_own() -> None:
    """A name tells the time, in an order that sorts, and the process."""
    assert re.fullmatch(rf"\d{{8}}T\d{{6}}\.\d{{6}}Z-{os.getpid()}", Store.new_run())


def test_the_public_names_are_all_there_and_sorted() -> None:
    """What the room offers is what its ``__all__`` says."""
    names = netdiag.store.__all__
    assert names == sorted(names)
    assert all(hasattr(netdiag.store, name) for name in names)
