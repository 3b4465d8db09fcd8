"""Which files are found, and that reading one never waits, never surprises."""

import os
import stat
from pathlib import Path

import pytest

from netdiag.config import LIMIT, Unreadable, discovery, find, load


def test_first_directory_upwards_wins(tmp_path):
    """All configurations of the nearest directory that holds one are found, none of those above."""
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    (tmp_path / "kag_config.yaml").touch()
    for name in ("kag_config.json", "kag_config.yaml", "kag_config.cfg", "other.yaml"):
        (tmp_path / "a" / name).touch()
    expected = tuple(tmp_path / "a" / name for name in ("kag_config.yaml", "kag_config.cfg", "kag_config.json"))
    assert find(inner) == find(tmp_path / "a") == expected
    assert find(tmp_path) == (tmp_path / "kag_config.yaml",)


def test_relative_start(tmp_path, monkeypatch):
    """A relative start is meant from the working directory."""
    (tmp_path / "kag_config.cfg").touch()
    monkeypatch.chdir(tmp_path)
    assert find(Path()) == (tmp_path / "kag_config.cfg",)


def test_any_yaml_with_a_base_url_where_no_kag_config_is(tmp_path):
    """As knext does, the first other YAML file is taken, here by name and only if it configures a model."""
    inner = tmp_path / "a"
    (inner / "d.yaml").mkdir(parents=True)
    (inner / "a.yaml").write_text("base_urls: 1")
    (inner / "b.yaml").write_text("llm: {base_url: ")
    (inner / ".c.yaml").write_text("llm: {base_url: u}")
    (inner / "e.yaml").write_text("llm: {base_url: u}")
    (inner / "f.yaml").write_text("llm: {base_url: u}")
    assert find(inner) == find(inner, upwards=False) == (inner / "e.yaml",)
    (tmp_path / "kag_config.cfg").touch()
    assert find(inner) == (tmp_path / "kag_config.cfg",)
    assert find(inner, upwards=False) == (inner / "e.yaml",)


def test_one_directory_only(tmp_path):
    """Where only one directory is asked for, its parents are not looked at."""
    (tmp_path / "kag_config.yaml").touch()
    (tmp_path / "a").mkdir()
    assert find(tmp_path / "a", upwards=False) == ()


def test_nothing_is_found(tmp_path, monkeypatch):
    """Where no directory up to the root holds one, nothing is found; names that cannot be searched hold none."""
    monkeypatch.setattr(discovery, "NAMES", ("no-such-name-anywhere.yaml", "x" * 300))
    monkeypatch.setattr(discovery, "_has_base_url", lambda path: False)
    assert find(tmp_path / "missing") == ()


def test_load_reads_the_bytes(tmp_path):
    """Bytes come as they are, through a symbolic link too, up to the limit."""
    file = tmp_path / "f"
    for data in (b"", b"\xef\xbb\xbfa: b\r\n\0\xff", b"x" * LIMIT):
        file.write_bytes(data)
        assert load(file) == data
    (tmp_path / "link").symlink_to(file)
    assert load(tmp_path / "link") == data


def _socket(path):
    os.mknod(path, stat.S_IFSOCK | 0o600)


def _large(path):
    with path.open("wb") as file:
        file.truncate(LIMIT + 1)


def _loop(path):
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "missing"),
        (lambda path: path.symlink_to("nowhere"), "missing"),
        (Path.mkdir, "not_a_file"),
        (os.mkfifo, "not_a_file"),
        (_socket, "not_a_file"),
        (lambda path: path.symlink_to("/dev/zero"), "not_a_file"),
        (_large, "too_large"),
        (_loop, "io_error"),
    ],
    ids=["missing", "dangling link", "directory", "FIFO", "socket", "device", "large", "link to itself"],
)
def test_load_refuses(tmp_path, make, reason):
    """What is no readable regular file is refused at once, in a word and with its name."""
    path = tmp_path / "kag_config.yaml"
    make(path)
    with pytest.raises(Unreadable) as refused:
        load(path)
    error = refused.value
    assert (error.reason, error.source, error.line) == (reason, str(path), 0)
    assert error.detail


@pytest.mark.parametrize(
    ("path", "reason"),
    [("a\0b", "missing"), ("x" * 300, "io_error"), ("/proc/self/mem", "io_error"), ("/etc/passwd/x", "missing")],
)
def test_load_refuses_odd_names(path, reason):
    """Names that no file can have, and files that cannot be read, are refused."""
    with pytest.raises(Unreadable) as refused:
        load(Path(path))
    assert refused.value.reason == reason


def test_load_without_permission(tmp_path, monkeypatch):
    """A file that may not be read is refused as that (root may read any, so the answer is given here)."""
    path = tmp_path / "f"
    path.write_bytes(b"a: b")

    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(discovery.os, "open", refuse)
    with pytest.raises(Unreadable) as refused:
        load(path)
    assert (refused.value.reason, refused.value.detail) == ("not_permitted", "permission denied")
