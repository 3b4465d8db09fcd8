"""What is put into a compose file, as tables of bytes; PyYAML judges what it means then."""

import pytest
from compose.judging import expected, fixed, read, without

from netdiag.config import Unreadable

LINE = '    extra_hosts: ["host.docker.internal:host-gateway"]'
SERVER = "services:\n  server:\n"

PUT_IN = {
    "block style, at the end": (f"{SERVER}    image: x\n", f"{SERVER}    image: x\n{LINE}\n"),
    "no newline at the end": (f"{SERVER}    image: x", f"{SERVER}    image: x\n{LINE}"),
    "behind a comment on the line": (f"{SERVER}    image: x # c", f"{SERVER}    image: x # c\n{LINE}"),
    "before the comments at the end": (
        f"{SERVER}    image: x\n    # ports: [80]\n\n# volumes\n",
        f"{SERVER}    image: x\n{LINE}\n    # ports: [80]\n\n# volumes\n",
    ),
    "between two services": (
        f"{SERVER}    image: x\n\n  mysql:\n    image: y\n",
        f"{SERVER}    image: x\n{LINE}\n\n  mysql:\n    image: y\n",
    ),
    "one blank of indentation": (
        "services:\n server:\n  image: x\n",
        'services:\n server:\n  image: x\n  extra_hosts: ["host.docker.internal:host-gateway"]\n',
    ),
    "eight blanks": (
        "services:\n        server:\n                image: x\n",
        (
            "services:\n        server:\n                image: x\n"
            '                extra_hosts: ["host.docker.internal:host-gateway"]\n'
        ),
    ),
    "CRLF": (
        f"{SERVER}    image: x\n".replace("\n", "\r\n"),
        f"{SERVER}    image: x\n{LINE}\n".replace("\n", "\r\n"),
    ),
    "CRLF without the last one": (
        f"{SERVER}    image: x".replace("\n", "\r\n"),
        f"{SERVER}    image: x\n{LINE}".replace("\n", "\r\n"),
    ),
    "a byte order mark": (f"\ufeff{SERVER}    image: x\n", f"\ufeff{SERVER}    image: x\n{LINE}\n"),
    "Chinese before it": (f"# 服务器\n{SERVER}    image: 镜像\n", f"# 服务器\n{SERVER}    image: 镜像\n{LINE}\n"),
    "a list that is not indented": (
        f"{SERVER}    image: x\n    ports:\n    - '80'\n",
        f"{SERVER}    image: x\n    ports:\n    - '80'\n{LINE}\n",
    ),
    "a key without a value": (f"{SERVER}    image: x\n    tty:\n", f"{SERVER}    image: x\n    tty:\n{LINE}\n"),
    "a flow collection of several lines": (
        f"{SERVER}    command: [\n      'a'\n      ]\n",
        f"{SERVER}    command: [\n      'a'\n      ]\n{LINE}\n",
    ),
    "a block of text last: before it": (
        f"{SERVER}    image: x\n    command: |+\n      ls\n\n",
        f"{SERVER}    image: x\n{LINE}\n    command: |+\n      ls\n\n",
    ),
    "nothing but a block of text": (
        f"{SERVER}    command: >-\n      ls\n",
        f"{SERVER}{LINE}\n    command: >-\n      ls\n",
    ),
    "a flow service": (
        "services: {server: {image: x}}\n",
        'services: {server: {image: x, extra_hosts: ["host.docker.internal:host-gateway"]}}\n',
    ),
    "an empty service": (
        "services: {server: {}}\n",
        'services: {server: {extra_hosts: ["host.docker.internal:host-gateway"]}}\n',
    ),
    "a comma at the end": (
        "services:\n  server: {\n    image: x, # c\n  }\n",
        'services:\n  server: {\n    image: x, extra_hosts: ["host.docker.internal:host-gateway"], # c\n  }\n',
    ),
    "JSON": (
        '{"services": {"server": {"image": "x"}}}',
        '{"services": {"server": {"image": "x", "extra_hosts": ["host.docker.internal:host-gateway"]}}}',
    ),
    "a list of hosts": (
        f"{SERVER}    extra_hosts:\n      - 'a:1.1.1.1' # c\n    image: x\n",
        (
            f"{SERVER}    extra_hosts:\n      - 'a:1.1.1.1' # c\n"
            "      - 'host.docker.internal:host-gateway'\n    image: x\n"
        ),
    ),
    "a bare list of hosts that is not indented": (
        f"{SERVER}    image: x\n    extra_hosts:\n    -   a=1.1.1.1",
        f"{SERVER}    image: x\n    extra_hosts:\n    -   a=1.1.1.1\n    -   host.docker.internal=host-gateway",
    ),
    "a flow list of hosts": (
        f"{SERVER}    extra_hosts: [a:1.1.1.1, ] # c\n",
        f'{SERVER}    extra_hosts: [a:1.1.1.1, "host.docker.internal:host-gateway", ] # c\n',
    ),
    "an empty list of hosts": (
        f"{SERVER}    extra_hosts: [ ]\n",
        f'{SERVER}    extra_hosts: [ "host.docker.internal:host-gateway"]\n',
    ),
    "a mapping of hosts": (
        f"{SERVER}    extra_hosts:\n      a: '1.1.1.1'\n    image: x\n",
        f"{SERVER}    extra_hosts:\n      a: '1.1.1.1'\n      host.docker.internal: 'host-gateway'\n    image: x\n",
    ),
    "a flow mapping of hosts": (
        f'{SERVER}    extra_hosts: {{"a": "1.1.1.1"}}\n',
        f'{SERVER}    extra_hosts: {{"a": "1.1.1.1", "host.docker.internal": "host-gateway"}}\n',
    ),
    "an empty mapping of hosts": (
        f"{SERVER}    extra_hosts: {{}}\n",
        f"{SERVER}    extra_hosts: {{host.docker.internal: host-gateway}}\n",
    ),
    "inherited by a merge: written again, or the new key would hide it": (
        f"x-c: &c {{extra_hosts: ['a:1.1.1.1']}}\n{SERVER}    <<: *c\n    image: x\n",
        (
            f"x-c: &c {{extra_hosts: ['a:1.1.1.1']}}\n{SERVER}    <<: *c\n    image: x\n"
            '    extra_hosts: ["a:1.1.1.1", "host.docker.internal:host-gateway"]\n'
        ),
    ),
    "the second document": (
        f"services:\n  mysql:\n    image: y\n---\n{SERVER}    image: x\n...\n",
        f"services:\n  mysql:\n    image: y\n---\n{SERVER}    image: x\n{LINE}\n...\n",
    ),
    "a list that replaces the one before it": (
        f"{SERVER}    extra_hosts: !override [a:1.1.1.1]\n",
        f'{SERVER}    extra_hosts: !override [a:1.1.1.1, "host.docker.internal:host-gateway"]\n',
    ),
    "variables stay": (
        f"{SERVER}    image: ${{REGISTRY:-x}}/y\n    extra_hosts: ['a:${{IP}}']\n",
        f"{SERVER}    image: ${{REGISTRY:-x}}/y\n    extra_hosts: ['a:${{IP}}', 'host.docker.internal:host-gateway']\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PUT_IN.values(), ids=PUT_IN)
def test_what_is_put_in(before: str, after: str) -> None:
    """The file gets one entry in its own style; every other byte and everything else it says stay."""
    found = fixed(before.encode(), "server")
    assert found.data.decode() == after
    assert without(found.data, found.edits) == before.encode()
    assert read(found.data) == expected(before.encode(), "server")


@pytest.mark.parametrize("before", [before for before, _ in PUT_IN.values()], ids=PUT_IN)
def test_once_is_enough(before: str) -> None:
    """A second time there is nothing to do."""
    once = fixed(before.encode(), "server").data
    again = fixed(once, "server")
    assert again.data == once
    assert again.where.startswith("c.yml:")


def test_the_first_of_two_merges_counts() -> None:
    """As the merge key is specified and compose reads it; PyYAML 6.0.4 takes the last, so it is no judge of this."""
    before = (
        "x-a: &a {extra_hosts: {a: 1.1.1.1}}\nx-b: &b {extra_hosts: [b:1.1.1.1]}\n"
        f"{SERVER}    image: x\n    <<: [*a, *b]\n"
    )
    added = '    extra_hosts: {"a": "1.1.1.1", "host.docker.internal": "host-gateway"}\n'
    assert fixed(before.encode()).data.decode() == before + added


ALREADY = {
    "a list": f"{SERVER}    extra_hosts: [host.docker.internal:host-gateway]\n",
    "with =": f"{SERVER}    extra_hosts: ['host.docker.internal=host-gateway']\n",
    "a mapping": f"{SERVER}    extra_hosts: {{host.docker.internal: host-gateway}}\n",
    "a mapping to lists": f"{SERVER}    extra_hosts: {{host.docker.internal: [host-gateway]}}\n",
    "capitals": f"{SERVER}    extra_hosts: ['Host.Docker.Internal:host-gateway']\n",
    "inherited": f"x-c: &c {{extra_hosts: ['host.docker.internal:host-gateway']}}\n{SERVER}    <<: *c\n",
    "an alias": f"x-h: &h ['host.docker.internal:host-gateway']\n{SERVER}    extra_hosts: *h\n",
    "extended": f"{SERVER}    extends: base\n  base:\n    extra_hosts: ['host.docker.internal:host-gateway']\n",
    "a variable's default": f"{SERVER}    extra_hosts: ['host.docker.internal:${{HOST_IP:-host-gateway}}']\n",
}


@pytest.mark.parametrize("text", ALREADY.values(), ids=ALREADY)
def test_already_there(text: str) -> None:
    """Whoever has the name, however written, is left as it is."""
    found = fixed(text.encode(), "server")
    assert (found.edits, found.refused) == ((), None)
    assert found.where


REFUSED = {
    "another address": (f"{SERVER}    extra_hosts: ['host.docker.internal:10.0.0.5']\n", "ND572", "10.0.0.5"),
    "another address by a variable": (
        f"{SERVER}    extra_hosts: ['host.docker.internal:${{IP}}']\n",
        "ND572",
        "10.0.0.9",
    ),
    "another address, inherited": (
        f"x-c: &c {{extra_hosts: {{host.docker.internal: 10.0.0.5}}}}\n{SERVER}    <<: *c\n",
        "ND572",
        "10.0.0.5",
    ),
    "the host's network": (f"{SERVER}    network_mode: host\n", "ND574", "mode_host"),
    "the host's network by a variable": (f"{SERVER}    network_mode: ${{MODE:-host}}\n", "ND574", "mode_host"),
    "no network": (f"{SERVER}    network_mode: none\n", "ND574", "mode_none"),
    "another service's network": (f"{SERVER}    network_mode: service:vpn\n", "ND574", "vpn"),
    "another container's network": (f"{SERVER}    network_mode: container:vpn\n", "ND574", "vpn"),
    "hosts of an anchor": (f"x-h: &h [a:1]\n{SERVER}    extra_hosts: *h\n", "ND575", "compose_shared"),
    "a service of an anchor": ("x-s: &s {image: x}\nservices: {server: *s}\n", "ND575", "compose_shared"),
    "a service that is a list": ("services: {server: [x]}\n", "ND575", "compose_shape"),
    "hosts that are reset": (f"{SERVER}    extra_hosts: !reset []\n", "ND575", "compose_shape"),
    "hosts without a value": (f"{SERVER}    extra_hosts:\n    image: x\n", "ND575", "compose_shape"),
    "a host in a block of text": (f"{SERVER}    extra_hosts:\n      - |\n        a:1\n", "ND575", "compose_shape"),
    "keys with a question mark": ("services:\n  ? server\n  : image: x\n", "ND575", "compose_shape"),
    "no services": ("server:\n  image: x\n", "ND580", ""),
    "services without any": ("services:\n", "ND580", ""),
    "a list": ("- services\n", "ND580", ""),
}


@pytest.mark.parametrize(("text", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, code: str, said: str) -> None:
    """What cannot be written exactly, or is not meant, stays as it is, and the reason is told."""
    found = fixed(text.encode(), environ={"IP": "10.0.0.9"})
    assert found.refused.code == code
    assert said in " ".join(found.refused.values.values())
    assert found.data == text.encode()


UNREADABLE = {
    "a tab": f"{SERVER}\timage: x\n",
    "a key twice": f"{SERVER}    image: x\n    image: y\n",
    "a service twice": f"{SERVER}    image: x\n  server:\n    image: y\n",
    "an alias of nothing": f"{SERVER}    <<: *nothing\n",
    "nothing": " \n",
    "half a list": "services: {server: [",
    "a statement of Jinja": "services:\n{% for a in b %}\n  a: {}\n",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(text: str) -> None:
    """What compose refuses to read is refused too, with the place."""
    with pytest.raises(Unreadable):
        fixed(text.encode())


NETWORKS = {
    "none yet: the default one stays": (
        f"{SERVER}    image: x\n",
        (
            f'{SERVER}    image: x\n    networks: ["default", "n_default"]\n'
            'networks: {"n_default": {"external": true}}\n'
        ),
    ),
    "no newline at the end": (
        f"{SERVER}    image: x",
        (
            f'{SERVER}    image: x\n    networks: ["default", "n_default"]\n'
            'networks: {"n_default": {"external": true}}'
        ),
    ),
    "a list": (
        f"{SERVER}    networks:\n      - a\nnetworks:\n  a:\n",
        f'{SERVER}    networks:\n      - a\n      - n_default\nnetworks:\n  a:\n  n_default: {{"external": true}}\n',
    ),
    "a mapping": (
        f"{SERVER}    networks:\n      a: {{aliases: [s]}}\nnetworks: {{a: {{}}}}\n",
        (
            f"{SERVER}    networks:\n      a: {{aliases: [s]}}\n      n_default: {{}}\n"
            'networks: {a: {}, n_default: {"external": true}}\n'
        ),
    ),
    "known under another name": (
        f"{SERVER}    image: x\nnetworks:\n  shared:\n    name: n_default\n    external: true\n",
        (
            f'{SERVER}    image: x\n    networks: ["default", "shared"]\n'
            "networks:\n  shared:\n    name: n_default\n    external: true\n"
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), NETWORKS.values(), ids=NETWORKS)
def test_joining_a_network(before: str, after: str) -> None:
    """The service joins the network beside those that it is in, and the file says that it exists already."""
    found = fixed(before.encode(), "server", "n_default")
    assert found.data.decode() == after
    assert without(found.data, found.edits) == before.encode()
    assert fixed(found.data, "server", "n_default").where


def test_a_network_beside_a_network_mode() -> None:
    """Compose takes only one of the two."""
    found = fixed(f"{SERVER}    network_mode: bridge\n".encode(), "server", "n_default")
    assert (found.refused.code, found.refused.values["reason"]) == ("ND575", "compose_network_mode")


def test_a_network_of_the_file_s_own() -> None:
    """A network that the project makes itself has another name in Docker: the two are not mixed up."""
    found = fixed(f"{SERVER}    image: x\nnetworks: {{n_default: {{}}}}\n".encode(), "server", "n_default")
    assert (found.refused.code, found.refused.values["reason"]) == ("ND575", "compose_own_network")
