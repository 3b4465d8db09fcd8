"""A base_url is refused only where KAG's client refuses it; what is mistyped is called all the same, and then told."""

import json

import pytest
from probe.web import serving
from prove.test_examine import FACTS, GATEWAY, LOOPBACK, endpoint, no_proxies, ollama, openai  # noqa: F401 - a fixture

from netdiag import config
from netdiag.findings.rules import of_endpoints
from netdiag.model.place import Candidate, Facts, HostsLine, Platform
from netdiag.model.report import Evidence, Examined
from netdiag.platform import candidates
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.ways import Ways

HERE = Candidate("localhost", "loopback", "test", 0, ("127.0.0.1",))


def proven(base_url: str, type_: str, *ways: Candidate) -> Examined:
    """What KAG 0.8 would do with a chat endpoint."""
    chat = endpoint(base_url, type=type_)
    (item,) = examine([chat], Ways(ways, [chat], facts=FACTS), Caller("0.8", 2.0, lambda event: None))
    return item


def told(item: Examined) -> str:
    """The word for what is wrong with the base_url, or nothing."""
    return next((proof.detail for proof in item.proofs if proof.failure == "bad_url"), "")


@pytest.mark.parametrize(
    ("written", "type_", "verdict", "word"),
    [
        ("http://127.0.0.1:{port}\n", "ollama", "works", ""),
        ("http://127.0.0.1:{port}/v1\n", "maas", "broken", "blanks"),
        (" http://127.0.0.1:{port}", "ollama", "broken", "blanks"),
        ("http://127.0.0.1:{port} ", "ollama", "broken", "blanks"),
        ("http://127.0.0.1:{port}/v1 ", "maas", "broken", "blanks"),
        ("http://127。0。0。1:{port}/v1", "maas", "works", ""),
        ("http://127｡0｡0｡1:{port}", "ollama", "works", ""),
        ("http://１２７.0.0.1:{port}/v1", "maas", "broken", "full_width"),
        ("127.0.0.1:{port}", "ollama", "works", ""),
        ("127.0.0.1:{port}/v1", "maas", "broken", "no_scheme"),
        ("HTTP://127.0.0.1:{port}/v1", "maas", "works", ""),
        ("http://127.0.0.1:000{port}/v1", "maas", "works", ""),
        ("http://127.0.0.1:{port}x/v1", "maas", "broken", "bad_port"),
        ("http//127.0.0.1:{port}/v1", "maas", "broken", "scheme_typo"),
        ("", "maas", "broken", "empty"),
    ],
)
def test_only_kags_client_refuses(written, type_, verdict, word):
    """The same text works with one client and not with another; where it does not, the typing error has its name."""
    with serving(ollama if type_ == "ollama" else openai) as site:
        item = proven(written.format(port=site.port), type_, HERE)
    assert (item.verdict, told(item)) == (verdict, word)


def test_what_works_although_it_looks_mistyped_is_called_once():
    """A path that ends in a blank is another path; a server that has it is right."""
    with serving(lambda method, path: openai(method, path.replace("%20", ""))) as site:
        item = proven(f"{site.origin}/v1 ", "maas", HERE)
    assert (item.verdict, item.proven_url) == ("works", f"{site.origin}/v1 ")
    assert [path for _, path, *_ in site.requests if "chat" in path] == ["/v1%20/chat/completions"]


def test_a_line_break_is_kept_when_the_host_is_replaced():
    """The proven base_url differs from the written one in its host only."""
    with serving(ollama) as site:
        item = proven(f"http://localhost:{site.port}\n", "ollama", LOOPBACK, GATEWAY)
    assert (item.verdict, item.proven_url) == ("repairable", f"http://127.0.0.1:{site.port}\n")


def test_a_port_that_is_none_is_connected_to_by_nobody():
    """No candidate is raced for it."""
    item = proven("http://localhost:99999/v1", "maas", HERE)
    assert (item.verdict, told(item), item.attempts) == ("broken", "bad_port", ())


HOSTS = Facts(
    hosts=(
        HostsLine("127.0.0.1", ("localhost", "localhost.localdomain"), 1),
        HostsLine("::1", ("localhost", "ip6-localhost", "IP6-loopback"), 2),
        HostsLine("127.0.1.1", ("both",), 3),
        HostsLine("172.18.0.5", ("0123456789ab", "both"), 4),
    )
)
CONTAINER = Platform("docker-compose", in_container=True, shares_host_network=False, confidence="certain")


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("ip6-localhost", True), ("ip6-loopback", True), ("localhost.localdomain", True),
        ("LOCALHOST.localdomain", True), ("[::1]", True), ("127.0.1.1", True), ("0", True),
        ("both", False), ("0123456789ab", False), ("other", False),
    ],
)  # fmt: skip
def test_names_of_loopback_in_etc_hosts(host, is_own):
    """A name to which this container's own file gives loopback addresses only means the container."""
    listed = candidates(HOSTS, CONTAINER)
    ways = Ways((), [])
    ways.candidates = listed
    to = ways.target(endpoint(f"http://{host}:1/v1"))
    loopback = next(each for each in listed if each.kind == "loopback")
    assert (to.local, to.is_at(loopback)) == (is_own, is_own)


def test_such_a_name_is_replaced():
    """What is written is the address by which the host was reached."""
    with serving(openai) as site:
        named = LOOPBACK._replace(aliases=("ip6-localhost",))
        item = proven(f"http://ip6-localhost:{site.port}/v1", "maas", named, GATEWAY)
    assert (item.verdict, item.proven_url) == ("repairable", f"http://127.0.0.1:{site.port}/v1")


@pytest.mark.parametrize("written", [8000, [], {"a": 1}, True])
def test_a_base_url_that_is_no_text(written):
    """KAG wants text: the setting is named, and nothing is called."""
    text = json.dumps({"chat_llm": {"type": "maas", "model": "m", "api_key": "k", "base_url": written}})
    (chat,) = config.parse(text.encode(), "kag_config.json").endpoints
    (item,) = examine([chat], Ways((), [chat]), Caller("0.8", 2.0, lambda event: None))
    (proof,) = item.proofs
    assert (item.verdict, proof.failure, proof.detail) == ("broken", "wrong_setting", "base_url")


@pytest.mark.parametrize(
    ("type_", "codes"),
    [("ollama", ["ND506"]), ("maas", ["ND503"])],
)
def test_a_block_of_text_is_repaired_by_hand(type_, codes, tmp_path):
    """With the client that does not mind its line break the base_url is proven; it is not edited, and that is said."""
    with serving(ollama) as site:
        text = f"chat_llm:\n  type: {type_}\n  model: m\n  base_url: |\n    http://localhost:{site.port}\n"
        (chat,) = config.parse(text.encode(), "kag_config.yaml").endpoints
        ways = Ways((LOOPBACK, GATEWAY), [chat], facts=FACTS)
        examined = examine([chat], ways, Caller("0.8", 2.0, lambda event: None))
    (item,) = of_endpoints(examined, ways.candidates, CONTAINER, Evidence(Facts()))
    assert [finding.code for finding in item.findings] == codes
