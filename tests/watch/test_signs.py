"""What the surroundings look like: it changes when they do, and only then."""

from pathlib import Path

import pytest

from netdiag.watch.signs import look

TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 172.17.0.2
        /32 host LOCAL
     |-- 172.17.255.255
        /32 link BROADCAST
"""
ROUTES = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010011AC\t0003\t0\t{use}\t0\t0\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's files."""
    for name, text in {
        "etc/resolv.conf": "nameserver 127.0.0.11\n",
        "etc/hosts": "127.0.0.1 localhost\n",
        "proc/net/fib_trie": TRIE,
        "proc/net/route": ROUTES.format(use=0),
        "proc/1/comm": "java\n",
        "proc/1/environ": "HTTP_PROXY=http://user:canary@p:1\0OTHER=x\0",
        "project/kag_config.yaml": "a: 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def signs(root: Path, *files: str) -> dict[str, str]:
    """Look at the machine."""
    return look([str(root / name) for name in files], root / "project", root, in_container=True)


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("etc/resolv.conf", "nameserver 10.0.0.1\n", "/etc/resolv.conf"),
        ("etc/hosts", "127.0.0.1 localhost\n172.17.0.1 h\n", "/etc/hosts"),
        ("proc/net/fib_trie", TRIE.replace("172.17.0.2", "172.18.0.2"), "addresses"),
        ("proc/net/route", ROUTES.format(use=0).replace("010011AC", "010012AC"), "routes"),
        ("proc/1/environ", "HTTP_PROXY=http://user:canary@p:2\0", "proxy variables"),
    ],
)
def test_what_changes(root, name, text, part):
    """Each part by its name, and no other."""
    before = signs(root)
    assert signs(root) == before
    (root / name).write_text(text)
    after = signs(root)
    assert {each for each in after if after[each] != before[each]} == {part}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("proc/net/route", ROUTES.format(use=17)),
        ("proc/net/fib_trie", TRIE.replace("3 0 5", "2 0 2")),
        ("proc/1/environ", "HTTP_PROXY=http://user:canary@p:1\0OTHER=y\0"),
    ],
    ids=["a route is used", "the trie is built another way", "a variable of no interest"],
)
def test_what_does_not_matter(root, name, text):
    """Counters of the kernel's, and what has nothing to do with the network."""
    before = signs(root)
    (root / name).write_text(text)
    assert signs(root) == before


def test_configurations(root):
    """A file that is written, replaced, removed, or comes where KAG would look for one."""
    config = root / "project/kag_config.yaml"
    seen = [signs(root)[str(config)]]
    config.write_text("a: 12\n")
    seen.append(signs(root)[str(config)])
    config.rename(root / "project/old.yaml")
    seen.append(signs(root)[str(config)])
    assert len(set(seen)) == 3
    named = signs(root, "project", "elsewhere.yaml")
    assert {str(config), str(root / "elsewhere.yaml"), str(root / "project")} <= set(named)


def test_no_text_is_kept(root):
    """A proxy's password is in none of it."""
    assert "canary" not in str(signs(root))


def test_names_that_cannot_be_files(root):
    """A NUL byte, a file taken for a directory, a name that is too long: each is a stamp like any other."""
    named = signs(root, "a\0b", "etc/hosts/x", "y" * 300)
    assert len([name for name in named if name.startswith(str(root))]) == 3
    assert signs(root, "a\0b", "etc/hosts/x", "y" * 300) == named
