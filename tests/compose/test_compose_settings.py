"""Hosts past a proxy and name servers, as tables of bytes; PyYAML judges what a file means then."""

import pytest
from compose.judging import fixed, read, without

SERVER = "services:\n  server:\n"
BOTH = '{"NO_PROXY": "localhost,172.17.0.1", "no_proxy": "localhost,172.17.0.1"}'
HOSTS = ("localhost", "172.17.0.1")

EXEMPT = {
    "no environment": (f"{SERVER}    image: x\n", f"{SERVER}    image: x\n    environment: {BOTH}\n"),
    "a mapping, as OpenSPG has": (
        f"{SERVER}    environment:\n      TZ: Asia/Shanghai\n    image: x\n",
        (
            f"{SERVER}    environment:\n      TZ: Asia/Shanghai\n"
            '      NO_PROXY: "localhost,172.17.0.1"\n      no_proxy: "localhost,172.17.0.1"\n    image: x\n'
        ),
    ),
    "a list": (
        f"{SERVER}    environment:\n    - TZ=UTC\n    image: x\n",
        (
            f"{SERVER}    environment:\n    - TZ=UTC\n    - NO_PROXY=localhost,172.17.0.1\n"
            "    - no_proxy=localhost,172.17.0.1\n    image: x\n"
        ),
    ),
    "an empty mapping": (
        f"{SERVER}    environment: {{}}\n",
        f'{SERVER}    environment: {{NO_PROXY: "localhost,172.17.0.1", no_proxy: "localhost,172.17.0.1"}}\n',
    ),
    "an empty list": (
        f"{SERVER}    environment: []\n",
        f'{SERVER}    environment: ["NO_PROXY=localhost,172.17.0.1", "no_proxy=localhost,172.17.0.1"]\n',
    ),
    "one is there": (
        f"{SERVER}    environment:\n      NO_PROXY: localhost # c\n      A: b\n",
        f"{SERVER}    environment:\n      NO_PROXY: localhost,172.17.0.1 # c\n      A: b\n",
    ),
    "the last thing of the file": (
        f"{SERVER}    environment:\n      no_proxy: localhost",
        f"{SERVER}    environment:\n      no_proxy: localhost,172.17.0.1",
    ),
    "each has what it lacks": (
        f"{SERVER}    environment:\n      NO_PROXY: 'a,172.17.0.1'\n      no_proxy: \"LOCALHOST,\"\n",
        (
            f"{SERVER}    environment:\n      NO_PROXY: 'a,172.17.0.1,localhost'\n"
            '      no_proxy: "LOCALHOST,172.17.0.1"\n'
        ),
    ),
    "an item": (
        f"{SERVER}    environment:\n      - NO_PROXY=localhost\n      - A=b\n",
        f"{SERVER}    environment:\n      - NO_PROXY=localhost,172.17.0.1\n      - A=b\n",
    ),
    "an item in quotes": (
        f"{SERVER}    environment: ['NO_PROXY=localhost', A=b]\n",
        f"{SERVER}    environment: ['NO_PROXY=localhost,172.17.0.1', A=b]\n",
    ),
    "a bare item, which a comma would end": (
        f"{SERVER}    environment: [A=b, NO_PROXY=localhost]\n",
        f"{SERVER}    environment: [A=b, 'NO_PROXY=localhost,172.17.0.1']\n",
    ),
    "a bare value in braces": (
        f"{SERVER}    environment: {{NO_PROXY: localhost, A: b}}\n",
        f"{SERVER}    environment: {{NO_PROXY: 'localhost,172.17.0.1', A: b}}\n",
    ),
    "JSON": (
        '{"services": {"server": {"environment": {"NO_PROXY": "localhost"}}}}',
        '{"services": {"server": {"environment": {"NO_PROXY": "localhost,172.17.0.1"}}}}',
    ),
    "set to nothing": (
        f'{SERVER}    environment:\n      NO_PROXY: ""\n',
        f'{SERVER}    environment:\n      NO_PROXY: "localhost,172.17.0.1"\n',
    ),
    "passed on from where compose runs": (
        f"{SERVER}    environment:\n      NO_PROXY:\n      A: b\n",
        f'{SERVER}    environment:\n      NO_PROXY: "${{NO_PROXY:-}},localhost,172.17.0.1"\n      A: b\n',
    ),
    "passed on, in a list": (
        f"{SERVER}    environment:\n      - no_proxy\n",
        f"{SERVER}    environment:\n      - no_proxy=${{no_proxy:-}},localhost,172.17.0.1\n",
    ),
    "a variable of compose's": (
        f"{SERVER}    environment:\n      NO_PROXY: ${{NONE:-localhost}}\n",
        f"{SERVER}    environment:\n      NO_PROXY: ${{NONE:-localhost}},172.17.0.1\n",
    ),
    "inherited by a merge into the mapping: written again, or the new key would hide it": (
        f"x-e: &e {{NO_PROXY: a}}\n{SERVER}    environment:\n      <<: *e\n      B: c\n",
        (
            f"x-e: &e {{NO_PROXY: a}}\n{SERVER}    environment:\n      <<: *e\n      B: c\n"
            '      NO_PROXY: "a,localhost,172.17.0.1"\n'
        ),
    ),
    "what it extends has it": (
        f"{SERVER}    extends: base\n    environment: {{A: b}}\n  base: {{environment: [NO_PROXY=a]}}\n",
        (
            f'{SERVER}    extends: base\n    environment: {{A: b, NO_PROXY: "a,localhost,172.17.0.1"}}\n'
            "  base: {environment: [NO_PROXY=a]}\n"
        ),
    ),
    "CRLF and a mark": (
        f"\ufeff{SERVER}    environment:\n      A: b\n".replace("\n", "\r\n"),
        (
            f"\ufeff{SERVER}    environment:\n      A: b\n"
            '      NO_PROXY: "localhost,172.17.0.1"\n      no_proxy: "localhost,172.17.0.1"\n'
        ).replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize(("before", "after"), EXEMPT.values(), ids=EXEMPT)
def test_hosts_past_a_proxy(before: str, after: str) -> None:
    """A value that is there gets what it lacks, no key stands twice, nothing else changes, and once is enough."""
    found = fixed(before.encode(), "server", hosts=HOSTS)
    assert found.data.decode() == after
    assert without(found.data, found.edits) == before.encode()
    assert read(found.data)
    again = fixed(found.data, "server", hosts=HOSTS)
    assert (again.data, again.where[:6]) == (found.data, "c.yml:")


def test_what_a_file_of_variables_sets() -> None:
    """`environment` hides what `env_file` sets, so that is written again; where it has the hosts nothing is to do."""
    text = f"{SERVER}    image: x\n"
    found = fixed(text.encode(), hosts=HOSTS, filed={"NO_PROXY": "intern,localhost"})
    assert found.data.decode() == f'{text}    environment: {{"NO_PROXY": "intern,localhost,172.17.0.1"}}\n'
    assert fixed(text.encode(), hosts=HOSTS, filed={"no_proxy": "172.17.0.1 localhost"}).where == "c.yml:3"


@pytest.mark.parametrize("value", ["'*'", "172.17.0.1,localhost", '"localhost,172.17.0.1,more"'])
def test_hosts_that_are_exempt_already(value: str) -> None:
    """Whatever the order, and by a star."""
    text = f"{SERVER}    environment:\n      NO_PROXY: {value}\n"
    assert fixed(text.encode(), hosts=HOSTS).where == "c.yml:4"


ASK = {
    "none yet": (f"{SERVER}    image: x\n", f'{SERVER}    image: x\n    dns: ["192.0.2.1", "fd00::1"]\n'),
    "a list: before the others": (
        f"{SERVER}    dns:\n      - 8.8.8.8 # c\n    image: x\n",
        f"{SERVER}    dns:\n      - 192.0.2.1\n      - fd00::1\n      - 8.8.8.8 # c\n    image: x\n",
    ),
    "a list in brackets": (
        f"{SERVER}    dns: ['8.8.8.8']\n",
        f"{SERVER}    dns: ['192.0.2.1', 'fd00::1', '8.8.8.8']\n",
    ),
    "an empty list": (f"{SERVER}    dns: []\n", f'{SERVER}    dns: ["192.0.2.1", "fd00::1"]\n'),
    "a single address": (
        f"{SERVER}    dns: 8.8.8.8 # c\n    image: x\n",
        f'{SERVER}    dns: ["192.0.2.1", "fd00::1", 8.8.8.8] # c\n    image: x\n',
    ),
    "a single address in braces": (
        'services: {server: {dns: "8.8.8.8"}}\n',
        'services: {server: {dns: ["192.0.2.1", "fd00::1", "8.8.8.8"]}}\n',
    ),
    "one of them is there": (
        f"{SERVER}    dns: [192.0.2.1]\n",
        f'{SERVER}    dns: ["fd00::1", 192.0.2.1]\n',
    ),
    "inherited by a merge": (
        f"x-c: &c {{dns: 8.8.8.8}}\n{SERVER}    <<: *c\n    image: x\n",
        (f'x-c: &c {{dns: 8.8.8.8}}\n{SERVER}    <<: *c\n    image: x\n    dns: ["192.0.2.1", "fd00::1", "8.8.8.8"]\n'),
    ),
    "in the host's network too": (
        f"{SERVER}    network_mode: host\n",
        f'{SERVER}    network_mode: host\n    dns: ["192.0.2.1", "fd00::1"]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), ASK.values(), ids=ASK)
def test_name_servers(before: str, after: str) -> None:
    """They are asked before the others; nothing else changes, and once is enough."""
    found = fixed(before.encode(), "server", servers=("192.0.2.1", "fd00::1"))
    assert found.data.decode() == after
    assert without(found.data, found.edits) == before.encode()
    assert read(found.data)
    assert fixed(found.data, "server", servers=("fd00::1", "192.0.2.1")).where.startswith("c.yml:")


REFUSED = {
    "an environment of an anchor": (f"x-e: &e {{A: b}}\n{SERVER}    environment: *e\n", "ND575", "compose_shared"),
    "an environment by a merge": (f"x-c: &c {{environment: [A=b]}}\n{SERVER}    <<: *c\n", "ND575", "compose_shared"),
    "an environment without a value": (f"{SERVER}    environment:\n    image: x\n", "ND575", "compose_shape"),
    "a value that others have": (
        f"{SERVER}    environment: {{NO_PROXY: &n localhost, B: *n}}\n",
        "ND575",
        "compose_shape",
    ),
    "a block of text": (f"{SERVER}    environment:\n      NO_PROXY: |-\n        a\n", "ND575", "compose_shape"),
    "an inherited value that a list cannot hold": (
        f"{SERVER}    extends: base\n    environment: [A=b]\n  base: {{environment: ['NO_PROXY=a #b']}}\n",
        "ND575",
        "compose_shape",
    ),
    "name servers of an anchor": (f"x-d: &d [8.8.8.8]\n{SERVER}    dns: *d\n", "ND575", "compose_shared"),
    "no value": (f"{SERVER}    dns:\n    image: x\n", "ND575", "compose_shape"),
    "another service's network": (f"{SERVER}    network_mode: service:vpn\n", "ND574", "mode_service"),
}


@pytest.mark.parametrize(("text", "code", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, code: str, reason: str) -> None:
    """What cannot be written exactly stays as it is, and the reason is told."""
    how = {"hosts": HOSTS} if "nviron" in text else {"servers": ("192.0.2.1",)}
    found = fixed(text.encode(), "server", **how)
    assert (found.refused.code, found.refused.values["reason"]) == (code, reason)
    assert found.data == text.encode()
