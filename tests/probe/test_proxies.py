"""Where a request goes first: held against what httpx and requests themselves do with the same environment."""

import os
import re
from unittest.mock import patch

import httpx
import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from netdiag.probe import no_proxy
from netdiag.probe.environment import Environment, of_server, of_shell
from netdiag.probe.proxies import DIRECT, Way, way

PROXY = {"HTTP_PROXY": "http://10.0.0.1:3128"}
CIDR = "localhost,127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


def of_httpx(variables, url: str) -> str:
    """Where httpx would go: the proxy, nothing for direct, or ``!`` when it cannot even be made."""
    with patch.dict(os.environ, variables, clear=True):
        try:
            client = httpx.Client(verify=False)
        except (httpx.InvalidURL, ValueError, ImportError):
            return "!"
        with client:
            transport = client._transport_for_url(httpx.URL(url))
            chosen = getattr(transport._pool, "_proxy_url", None)
    return f"{chosen.scheme.decode()}://{chosen.host.decode()}:{chosen.port}" if chosen else ""


def of_requests(variables, url: str) -> str:
    """Where requests would go, as it is written in the variable; nothing for direct."""
    with patch.dict(os.environ, variables, clear=True), requests.Session() as session:
        chosen = session.merge_environment_settings(url, {}, None, None, None)["proxies"]
        return requests.utils.select_proxy(url, chosen) or ""


def told(found: Way) -> str:
    """A way in the words of :func:`of_httpx`."""
    if found.problem and found.blocks:
        return "!"
    host = httpx.URL(found.proxy.reveal()).raw_host.decode() if found.proxy else ""
    port = httpx.URL(found.proxy.reveal()).port if found.proxy else None
    return f"{found.shown.partition(':')[0]}://{host}:{port}" if found.proxy else ""


@pytest.mark.parametrize(
    ("no", "url", "direct"),
    [
        (None, "http://127.0.0.1:11434/", False),
        (None, "http://localhost:11434/", False),
        ("localhost", "http://localhost:11434/", True),
        ("localhost", "http://127.0.0.1:11434/", False),
        ("172.17.0.1", "http://172.17.0.1:11434/", True),
        ("172.16.0.0/12", "http://172.17.0.1:11434/", False),
        ("172.17.0.1/16", "http://172.17.0.1:11434/", True),
        ("172.17.0.1:11434", "http://172.17.0.1:11434/", True),
        ("172.17.0.1:11435", "http://172.17.0.1:11434/", False),
        ("172.17.0.1:80", "http://172.17.0.1/", False),
        (".internal", "http://host.docker.internal:11434/", True),
        ("internal", "http://host.docker.internal:11434/", True),
        ("docker.internal", "http://host.docker.internal:11434/", True),
        ("ocker.internal", "http://host.docker.internal:11434/", False),
        (".docker.internal", "http://docker.internal/", False),
        ("*.internal", "http://host.docker.internal:11434/", False),
        ("172.17.*", "http://172.17.0.1:11434/", False),
        ("HOST.docker.internal", "http://host.docker.internal:11434/", True),
        ("a;172.17.0.1", "http://172.17.0.1:11434/", False),
        ("a 172.17.0.1", "http://172.17.0.1:11434/", False),
        (" a , 172.17.0.1 ", "http://172.17.0.1:11434/", True),
        ("*", "http://172.17.0.1:11434/", True),
        ("a,*", "http://172.17.0.1:11434/", True),
        ("http://172.17.0.1", "http://172.17.0.1:11434/", True),
        ("https://172.17.0.1", "http://172.17.0.1:11434/", False),
        ("::1", "http://[::1]:11434/", True),
        (CIDR, "http://192.168.1.5:8000/v1", False),
    ],
)
def test_what_no_proxy_exempts(no, url, direct):
    """The table of NO_PROXY for httpx: it is what httpx itself does."""
    variables = PROXY | ({"NO_PROXY": no} if no is not None else {})
    assert (way(Environment(variables), url) == DIRECT) == direct
    assert (of_httpx(variables, url) == "") == direct


@pytest.mark.parametrize(
    ("variables", "variable"),
    [
        ({"HTTP_PROXY": "http://a:1", "http_proxy": "http://b:1"}, "http_proxy"),
        ({"http_proxy": "http://b:1", "HTTP_PROXY": "http://a:1"}, "http_proxy"),
        ({"HTTP_PROXY": "http://a:1", "http_proxy": ""}, ""),
        ({"ALL_PROXY": "http://a:1", "HTTP_PROXY": "http://b:1"}, "HTTP_PROXY"),
        ({"ALL_PROXY": "http://a:1"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "http://a:1"}, ""),
        ({"Http_Proxy": "http://a:1"}, "Http_Proxy"),
        ({"HTTP_PROXY": "http://a:1", "NO_PROXY": "h", "no_proxy": ""}, "HTTP_PROXY"),
        ({"HTTP_PROXY": "http://a:1", "NO_PROXY": "x", "no_proxy": "h"}, ""),
    ],
)
def test_which_variable_counts(variables, variable):
    """Lower case wins, even when it is empty; ALL_PROXY comes last."""
    found = way(Environment(variables), "http://h:11434/")
    assert found.variable == variable
    assert told(found) == of_httpx(variables, "http://h:11434/")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("http://127.0.0.1:7890", ""),
        ("127.0.0.1:7890", ""),
        ("http://user:secret@proxy:3128/", ""),
        ("http://http://127.0.0.1:7890", "proxy_twice"),
        ("http:/127.0.0.1:7890", "proxy_no_host"),
        ("http://", "proxy_no_host"),
        ("http://127.0.0.1:abc", "bad_port"),
        ("http://127.0.0.1:78900", "bad_port"),
        ("socks5://127.0.0.1:7890", "socks"),
        ("socks5h://127.0.0.1:7890", "socks"),
        ("socks://127.0.0.1:7890", "proxy_scheme"),
        ("socks4://127.0.0.1:7890", "proxy_scheme"),
        ("'http://127.0.0.1:7890'", "proxy_quoted"),
        (" http://127.0.0.1:7890", "blanks"),
        ("http://127.0.0.1:7890 ", ""),
        ("http：//127.0.0.1:7890", "full_width"),
        ("http://user:se/cret@proxy:3128", "proxy_not_a_url"),
    ],
)
def test_what_is_wrong_with_a_variable(value, problem):
    """Each mistake has its word, blocks all calls exactly where httpx cannot be made, and shows no password."""
    found = way(Environment({"HTTP_PROXY": value}), "http://h:11434/")
    assert found.problem == problem
    assert found.blocks == (of_httpx({"HTTP_PROXY": value}, "http://h:11434/") == "!")
    assert not re.search("user|secret|cret", repr(found))


@pytest.mark.parametrize("entry", ["fd00::/8", "[::1]", "::1/128", "host:abc", "本机", "a，b"])
def test_entries_that_stop_every_call(entry):
    """There are entries at which httpx fails before anything is sent, whatever is called; they are named."""
    variables = PROXY | {"NO_PROXY": f"localhost,{entry}"}
    found = way(Environment(variables), "http://localhost:1/")
    assert (found.problem, found.entry, found.variable) == ("no_proxy", entry, "NO_PROXY")
    assert of_httpx(variables, "http://localhost:1/") == "!"


HOSTS = st.sampled_from(
    ["localhost", "127.0.0.1", "172.17.0.1", "host.docker.internal", "ollama", "[::1]", "proxy.example"]
)
URLS = st.builds(
    "{}://{}{}/v1".format, st.sampled_from(["http", "https"]), HOSTS, st.sampled_from(["", ":80", ":11434"])
)
ENTRIES = st.one_of(
    st.sampled_from(
        [
            "localhost",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "172.17.0.1",
            "172.17.0.1/16",
            "172.17.0.1:11434",
            "*",
            "ollama",
            "*.internal",
            ".internal",
            "internal",
            ".docker.internal",
            "::1",
            "ollama:11434",
            "http://",
            "all://",
            "http://ollama",
            "fd00::/8",
            "LOCALHOST",
            "<local>",
            "127.0.0.1;ollama",
            "https://172.17.0.1:80",
        ]
    ),
    st.text("0127.ai:/*-_ @[]", max_size=8),
)
NO_PROXIES = st.lists(ENTRIES, max_size=4).map(",".join)
VALUES = st.sampled_from(
    [
        "http://10.0.0.1:3128",
        "https://10.0.0.1",
        "proxy:80",
        "http://u:p@proxy",
        "socks5://h:1",
        "socks://h:1",
        "http://[::1]:1",
        "http://p:abc",
        "http：//p",
        "ftp://h",
    ]
)
NAMES = st.sampled_from(["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
VARIABLES = st.builds(
    lambda proxies, no: proxies | no,
    st.dictionaries(NAMES, VALUES | st.just(""), max_size=4),
    st.dictionaries(st.sampled_from(["NO_PROXY", "no_proxy", "No_Proxy"]), NO_PROXIES, max_size=2),
)


@given(VARIABLES, URLS)
@example({"HTTP_PROXY": "socks5://h:1", "NO_PROXY": "http://"}, "http://ollama/v1")
def test_the_prediction_is_what_httpx_does(variables, url):
    """Any environment, any URL: the same proxy, the same direct call, the same refusal to start."""
    assert told(way(Environment(variables), url)) == of_httpx(variables, url)


WHOLE = st.lists(
    st.sampled_from(
        [
            "localhost",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "172.17.0.1",
            "172.17.0.1/33",
            "172.17.0.1/0",
            "*",
            "ollama",
            "*.internal",
            "internal",
            "docker.internal",
            "::1",
            "ollama:11434",
            "1/8",
            "172.17.0.1:11434",
        ]
    ),
    max_size=3,
).map(",".join)


@given(
    st.dictionaries(NAMES, st.sampled_from(["", "http://10.0.0.1:3128"]), max_size=4),
    st.dictionaries(st.sampled_from(["NO_PROXY", "no_proxy"]), WHOLE, max_size=2),
    URLS,
)
def test_the_prediction_is_what_requests_does(proxies, no, url):
    """The same for requests, of which KAG pins 2.31; entries are whole labels, since 2.34 no longer cuts into one."""
    variables = proxies | no
    found = way(Environment(variables), url, "requests")
    assert (found.proxy.reveal() if found.proxy else "") == of_requests(variables, url)


def test_requests_2_31_takes_any_ending():
    """requests 2.31 compares endings letter by letter (requests/utils.py, should_bypass_proxies)."""
    variables = PROXY | {"NO_PROXY": "ternal"}
    assert way(Environment(variables), "http://host.docker.internal/", "requests") == DIRECT


@given(VARIABLES, HOSTS, st.sampled_from(["", ":11434"]), st.sampled_from(["httpx", "requests"]))
def test_the_line_does_what_it_is_for(variables, host, port, client):
    """With the line that is proposed, both clients go directly, unless a variable spoils all calls by itself."""
    url = f"http://{host}{port}/v1"
    name, _, value = no_proxy.line(variables, host.strip("[]")).partition("=")
    found = way(Environment(variables | {name: value}), url, client)
    assert found == DIRECT or found.problem


@pytest.mark.parametrize(
    ("variables", "host", "line"),
    [
        (PROXY, "172.18.0.1", "NO_PROXY=localhost,127.0.0.1,172.18.0.1"),
        ({"NO_PROXY": "localhost, 172.16.0.0/12"}, "172.18.0.1", "NO_PROXY=localhost,172.16.0.0/12,172.18.0.1"),
        ({"NO_PROXY": "a", "no_proxy": "b"}, "h", "no_proxy=b,h"),
        ({"NO_PROXY": "a", "no_proxy": ""}, "h", "no_proxy=localhost,127.0.0.1,h"),
        ({"no_proxy": '"localhost;172.17.0.1"'}, "172.17.0.1", "no_proxy=localhost,172.17.0.1"),
        ({"NO_PROXY": "localhost,fd00::/8,u:p@h"}, "172.17.0.1", "NO_PROXY=localhost,172.17.0.1"),
    ],
)
def test_the_line(variables, host, line):
    """What is exempt stays exempt, the variable is the one that counts, and what stops httpx goes."""
    assert no_proxy.line(variables, host) == line


@pytest.mark.parametrize(
    ("text", "host", "entry"),
    [
        (CIDR, "172.18.0.1", "172.16.0.0/12"),
        (CIDR, "host.docker.internal", ""),
        ("localhost,*.internal", "host.docker.internal", "*.internal"),
        ("172.17.*", "172.17.0.1", "172.17.*"),
        ("172.17.", "172.17.0.1", "172.17."),
        ("a;172.17.0.1", "172.17.0.1", "172.17.0.1"),
        ("<local>", "ollama", "<local>"),
        ("fd00::/8", "fd00::1", "fd00::/8"),
        ("localhost,10.0.0.0/8,a/b", "172.17.0.1", ""),
        ("", "172.17.0.1", ""),
    ],
)
def test_which_entry_was_meant(text, host, entry):
    """The entry by which somebody wanted this host exempt is found, though httpx does not see it so."""
    assert no_proxy.meant(text, host) == entry


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:7890", True),
        ("http://localhost:7890", True),
        ("http://[::1]:7890", True),
        ("http://0.0.0.0:7890", True),
        ("http://172.17.0.1:7890", False),
        ("http://proxy:7890", False),
    ],
)
def test_a_proxy_at_localhost_is_the_containers_own(url, own):
    """localhost in a proxy variable is the container itself, one level above the same mistake in a base_url."""
    assert way(Environment({"HTTP_PROXY": url}), "http://h/").is_own == own


def first_process(root, environ: bytes, comm: bytes = b"java\n"):
    """A root with a first process that was started like this."""
    folder = root / "proc/1"
    folder.mkdir(parents=True)
    (folder / "environ").write_bytes(environ)
    (folder / "comm").write_bytes(comm)
    return root


ENVIRON = (
    b"PATH=/bin\0OPENAI_API_KEY=sk-canary\0HTTP_PROXY=http://u:canary@p:1\0no_proxy=a=b\0SSL_CERT_FILE=/ca\0bare\0"
)


def test_the_servers_environment_is_read(tmp_path):
    """Of the first process's variables only those about proxies and trust are kept, and none of them prints."""
    found = of_server(first_process(tmp_path, ENVIRON), in_container=True)
    assert found.variables == {"HTTP_PROXY": "http://u:canary@p:1", "no_proxy": "a=b", "SSL_CERT_FILE": "/ca"}
    assert (found.source, found.proxy_variables) == ("server", ("HTTP_PROXY",))
    assert "canary" not in repr(found)


@pytest.mark.parametrize(("in_container", "comm"), [(False, b"java\n"), (True, b"systemd\n"), (True, b"pause\n")])
def test_where_the_first_process_is_no_server(tmp_path, monkeypatch, in_container, comm):
    """Outside a container, and where something else comes first, this process's own environment counts."""
    monkeypatch.setenv("HTTP_PROXY", "http://own:1")
    found = of_server(first_process(tmp_path, ENVIRON, comm), in_container=in_container)
    assert (found.source, found.variables["HTTP_PROXY"]) == ("shell", "http://own:1")


def test_where_the_first_process_cannot_be_looked_at(tmp_path):
    """What may not be read is not guessed."""
    assert of_server(tmp_path, in_container=True) == of_shell()
