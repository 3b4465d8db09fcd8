"""A base_url is taken apart whatever people type, and every offset is exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag.config import (
    HOST_NAMES,
    address_of,
    is_host_local,
    is_host_name,
    split,
    with_host,
    with_path,
    with_port,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://localhost:11434/", ("http", "", "localhost", 11434, "/")),
        ("https://api.deepseek.com", ("https", "", "api.deepseek.com", None, "")),
        ("HTTP://LocalHost:8000/v1/chat/completions", ("http", "", "LocalHost", 8000, "/v1/chat/completions")),
        ("http://user:p@w@h:1/p?q=a@b#f", ("http", "user:p@w", "h", 1, "/p?q=a@b#f")),
        ("http://localhost@evil/", ("http", "localhost", "evil", None, "/")),
        ("http://h?q", ("http", "", "h", None, "?q")),
        ("http://h:80#f", ("http", "", "h", 80, "#f")),
        ("http://[::1]:11434/v1", ("http", "", "::1", 11434, "/v1")),
        ("http://u@[fe80::1%25eth0]", ("http", "u", "fe80::1%25eth0", None, "")),
        ("http://h:/", ("http", "", "h", None, "/")),
        ("http://h:00080/", ("http", "", "h", 80, "/")),
        ("localhost:11434", ("", "", "localhost", 11434, "")),
        ("localhost", ("", "", "localhost", None, "")),
        ("[::1]:11434/x", ("", "", "::1", 11434, "/x")),
        ("127.1", ("", "", "127.1", None, "")),
        ("localhost:11434//v1", ("", "", "localhost", 11434, "//v1")),
        ("http.example.com:80/v1", ("", "", "http.example.com", 80, "/v1")),
        ("http://例え.jp/路径", ("http", "", "例え.jp", None, "/路径")),
        ("http://my-server:8000/v1", ("http", "", "my-server", 8000, "/v1")),
        ("http://yourcompany.example:8000", ("http", "", "yourcompany.example", 8000, "")),
        ("http://xinference:9997/v1", ("http", "", "xinference", 9997, "/v1")),
    ],
)
def test_parts_of_a_sound_url(text, parts):
    """A base_url that can work comes apart without a problem."""
    url = split(text)
    assert (url.scheme, url.userinfo, url.host, url.port, url.path) == parts
    assert url.problem == ""


@pytest.mark.parametrize(
    ("text", "problem", "host"),
    [
        ("", "empty", ""),
        (" \t\n", "empty", ""),
        ("http://", "no_host", ""),
        ("http://user@/v1", "no_host", ""),
        ("http://?q", "no_host", ""),
        (":11434", "no_host", ""),
        ("/v1", "no_host", ""),
        ("http://[::1:11434/", "no_host", "[::1:11434"),
        ("http://[localhost]/", "no_host", "localhost"),
        ("http://h[1]:80/", "no_host", "h[1]"),
        ("]://", "no_host", "]"),
        ("http:/localhost:11434", "scheme_typo", "localhost"),
        ("http//localhost:11434/", "scheme_typo", "localhost"),
        ("htp://localhost/", "scheme_typo", "localhost"),
        ("htttp://localhost/", "scheme_typo", "localhost"),
        ("http:///localhost/", "scheme_typo", "localhost"),
        ("http;//localhost/", "scheme_typo", "localhost"),
        ("http://http://localhost/", "scheme_typo", "localhost"),
        ("http:\\\\localhost\\v1", "scheme_typo", "localhost\\v1"),
        ("http:localhost:11434", "scheme_typo", "localhost"),
        ("http://:8000/v1", "no_host", ""),
        ("//localhost/", "scheme_typo", "localhost"),
        ("://localhost/", "scheme_typo", "localhost"),
        ("ftp://localhost/", "scheme_typo", "localhost"),
        ('"http://localhost/"', "scheme_typo", "localhost"),
        (" http://localhost/", "blanks", "localhost"),
        ("http://localhost/ ", "blanks", "localhost"),
        ("http://local host/", "blanks", "local host"),
        ("http://localhost/\n", "blanks", "localhost"),
        ("http://localhost/\u3000", "blanks", "localhost"),
        ("http：//localhost：11434／v1", "full_width", "localhost"),
        ("http://127。0。0。1:11434/", "full_width", "127。0。0。1"),
        ("http://ｌｏｃａｌhost/", "full_width", "ｌｏｃａｌhost"),
        ("“http://localhost/”", "full_width", "localhost"),
        ("http://h:port/", "bad_port", "h"),
        ("http://h:65536/", "bad_port", "h"),
        ("http://h:0/", "bad_port", "h"),
        ("http://h:-1/", "bad_port", "h"),
        ("http://h:1:2/", "bad_port", "h"),
        ("http://h:" + "9" * 5000, "bad_port", "h"),
        ("http://h:１１４３４/", "full_width", "h"),
        ("http://h:٣/", "bad_port", "h"),
        ("http://[::1]x/", "bad_port", "::1"),
        ("http://fe80::1/", "bad_port", "fe80"),
        ("http://local\u200bhost/", "control_characters", "local\u200bhost"),
        ("http://h/\x1b[2J", "control_characters", "h"),
        ("http://h/\x00 ", "control_characters", "h"),
        ("\ufeffhttp://h/", "control_characters", "h"),
        ("http://h/\ud800", "control_characters", "h"),
        ("http://<ip>:11434/v1", "placeholder", "<ip>"),
        ("http://{host}:11434", "placeholder", "{host}"),
        ("http://your-server-ip:8000/v1", "placeholder", "your-server-ip"),
        ("http://YOUR_IP/v1", "placeholder", "YOUR_IP"),
        ("http://host-ip:11434", "placeholder", "host-ip"),
        ("http://x.x.x.x:11434", "placeholder", "x.x.x.x"),
        ("http://192.168.1.xxx:11434", "placeholder", "192.168.1.xxx"),
        ("http://替换为你的地址/v1", "placeholder", "替换为你的地址"),
        ("http://宿主机IP:11434", "placeholder", "宿主机IP"),
    ],
)
def test_problem_has_a_name(text, problem, host):
    """Each typing error has its word, and the host is still found where one can be guessed."""
    assert (split(text).problem, split(text).host) == (problem, host)


LOCAL = """
localhost LocalHost localhost. ollama.localhost a.b.LOCALHOST.
127.0.0.1 127.255.255.254 127.1 127.0.1 0x7f000001 0X7F.1 2130706433 0177.0.0.1 0.0.0.0 0 0.0 0x0 00000000177.1
::1 [::1] :: [::] 0:0:0:0:0:0:0:1 ::ffff:127.0.0.1 [::ffff:7f00:1] ::ffff:0.0.0.0 ::1%lo
"""

NOT_LOCAL = """
localhostess.com localhost.evil.com 127.0.0.1.nip.io notlocalhost .localhost localhost.. host.docker.internal . [] :
[::1 ::2 126.255.255.255 0.0.0.1 1 127.0.0.256 127.0.0.0.1 127..1 127.0.0.1. 08 0x 4294967296 １２７.0.0.1 7f000001
128.0.0.1 ::127.0.0.1 ::ffff:10.0.0.1 fe80::1
"""


@pytest.mark.parametrize("host", LOCAL.split())
def test_host_is_local(host):
    """Every spelling of this very machine is recognised."""
    assert is_host_local(host)


@pytest.mark.parametrize("host", [*NOT_LOCAL.split(), "", "1" * 5000], ids=lambda host: host[:20])
def test_host_is_not_local(host):
    """Names that only look like this machine are not it."""
    assert not is_host_local(host)


@pytest.mark.parametrize(("host", "is_one"), [*((h, True) for h in sorted(HOST_NAMES)), ("host.docker.interal", False)])
def test_host_names(host, is_one):
    """The names of the platforms are known in any case and with the final dot; a typing error is not one."""
    assert [is_host_name(h) for h in (host, host.upper(), host + ".")] == [is_one] * 3


@pytest.mark.parametrize(
    ("text", "host", "expected"),
    [
        ("http://localhost:11434/", "172.17.0.1", "http://172.17.0.1:11434/"),
        ("http://localhost:11434/", "fd00::1", "http://[fd00::1]:11434/"),
        ("http://[::1]:11434/", "172.17.0.1", "http://172.17.0.1:11434/"),
        ("http://[::1]:11434/", "[fd00::1]", "http://[fd00::1]:11434/"),
        ("http://u:localhost@localhost/localhost?localhost", "h", "http://u:localhost@h/localhost?localhost"),
        ("localhost:11434", "h", "h:11434"),
        (" http:/localhost ", "h", " http:/h "),
    ],
)
def test_with_host(text, host, expected):
    """Only the host's characters change."""
    assert with_host(text, host) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://h:8080/v1", "http://h:11434/v1"),
        ("http://h/v1", "http://h:11434/v1"),
        ("http://h:/v1", "http://h:11434/v1"),
        ("http://[::1]", "http://[::1]:11434"),
        ("h", "h:11434"),
        ("http://u:p@h?x", "http://u:p@h:11434?x"),
    ],
)
def test_with_port(text, expected):
    """The port is replaced, or put where none is; everything around it stays."""
    assert with_port(text, 11434) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("http://h:1", "/v1", "http://h:1/v1"),
        ("http://h:1/api?x#y", "", "http://h:1"),
        ("h:1/", "/v1", "h:1/v1"),
        ("http://h/v1 ", "/v1/chat/completions", "http://h/v1/chat/completions "),
    ],
)
def test_with_path(text, path, expected):
    """Only what follows the authority changes."""
    assert with_path(text, path) == expected


pieces = st.sampled_from(
    [
        "http",
        "://",
        ":",
        "/",
        "//",
        "@",
        "[",
        "]",
        "::1",
        "localhost",
        "127.1",
        ":11434",
        "?",
        "#",
        "。",
        "：",
        " ",
        "\\",
        "%",
        "htp",
    ]
)
url_like = st.one_of(st.text(), st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=8).map("".join))


@given(url_like)
def test_split_never_raises_and_its_offsets_agree(text):
    """For any text the offsets cut out exactly the host and the path, in this order."""
    url = split(text)
    start, end = url.host_at
    assert text[start:end] in (url.host, f"[{url.host}]")
    assert text[slice(*url.path_at)] == url.path
    assert 0 <= start <= end <= url.path_at[0] <= url.path_at[1] <= len(text)
    assert url.port is None or 0 < url.port < 65536


@given(url_like)
def test_another_host_keeps_the_rest(text):
    """Giving a URL another host changes nothing else of it."""
    before = split(text)
    after = split(with_host(text, "172.17.0.1"))
    if before.host and not before.problem:
        rest = (before.scheme, before.userinfo, before.port, before.path, "")
        assert (after.scheme, after.userinfo, after.port, after.path, after.problem) == rest
        assert after.host == "172.17.0.1"


@given(st.text())
def test_is_host_local_never_raises(text):
    """Any text is local or is not."""
    assert is_host_local(text) in (True, False)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("172.17.0.1", "172.17.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f.0.0.9", "127.0.0.9"),
        ("2130706433", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "::1"),
        ("0:0::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("localhost", ""),
        ("host.docker.internal", ""),
        ("127.0.0.1.nip.io", ""),
        ("", ""),
    ],
)
def test_the_address_that_a_host_spells(host, address):
    """As the C library reads it; a name spells none."""
    assert address_of(host) == address
