"""What a configured host is, by its addresses and its name: a table."""

import pytest

from netdiag.model.place import Facts, Gateway, Interface
from netdiag.platform.meaning import may_be_host, meaning

FACTS = Facts(
    interfaces=(Interface("lo", ("127.0.0.1/8",)), Interface("eth0", ("172.18.0.2/16",), "veth")),
    gateways=(Gateway("172.18.0.1", "eth0"),),
)
LAN = "192.168.31.80"

MEANINGS = [
    # host, scheme, addresses, what the host is known to have → kind
    (LAN, "http", [LAN], [LAN], "host"),
    (LAN, "http", [LAN], [], "private"),
    (LAN, "https", [LAN], [], "private"),
    ("172.18.0.9", "http", ["172.18.0.9"], [], "container"),
    ("203.0.113.10", "http", ["203.0.113.10"], [], "elsewhere"),
    ("fd00::9", "http", ["fd00::9"], [], "private"),
    ("model-runner.docker.internal", "http", [], [], "platform"),
    ("Model-Runner.docker.internal.", "http", [], [], "platform"),
    ("ollama", "http", [], [], "container"),
    ("ollama", "https", [], [], "container"),
    ("ollama", "http", ["172.18.0.9"], [], "container"),
    ("gpu-box", "http", [LAN], [], "private"),
    ("api.siliconflow.cn", "https", [], [], "elsewhere"),
    ("api.siliconflow.cn", "https", ["203.0.113.10"], [], "elsewhere"),
    ("api.siliconflow.cn", "https", ["198.18.0.7"], [], "elsewhere"),
    ("api.siliconflow.cn", "https", ["0.0.0.0"], [], "elsewhere"),
    ("llm.example.com", "http", [], [], "private"),
    ("llm.example.com", "http", ["203.0.113.10"], [], "elsewhere"),
    ("gpu.lan", "https", [], [], "private"),
    ("llm.example.com", "https", [LAN], [], "private"),
]


@pytest.mark.parametrize(("host", "scheme", "addresses", "own", "kind"), MEANINGS)
def test_what_a_configured_host_is(host, scheme, addresses, own, kind):
    """Evidence of the network comes before what a name looks like, and an invented address is none."""
    assert meaning(host, scheme, addresses, FACTS, own) == kind
    assert may_be_host(kind) == (kind != "elsewhere")
