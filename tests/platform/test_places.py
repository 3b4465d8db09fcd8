"""Every platform of the table, from the files its containers read to the address that would be written."""

import pytest
from places import PLACES

from netdiag import findings, platform
from netdiag.model.report import Evidence, Finding
from netdiag.platform.table import ROWS

each_place = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


@pytest.fixture
def read(tmp_path):
    """Return the way to read a place's facts."""
    return lambda place: platform.read(place.root(tmp_path), place.environ, place.links)


def test_every_row_has_a_place():
    """No platform can be named that is not tried here."""
    assert {row.name for row in ROWS} == {place.platform for place in PLACES.values()}


@each_place
def test_the_platform_is_named(place, read):
    """Name, confidence and what carries it are right, and there is evidence to look at."""
    found = platform.name(read(place), place.answers)
    assert (found.name, found.confidence, found.below) == (place.platform, place.confidence, place.below)
    assert found.evidence
    assert found.reaches_loopback == place.loopback


@each_place
def test_the_candidates_are_an_experts(place, read):
    """localhost is asked first, then what an expert on that platform would try, and nothing else."""
    facts = read(place)
    listed = platform.candidates(facts, platform.name(facts, place.answers), (), place.answers)
    assert [candidate.host for candidate in listed] == ["localhost", *place.first]


@each_place
def test_nothing_is_missed_before_a_name_server_was_asked(place, read):
    """What the first race tries, with nobody asked, includes whatever would have been written."""
    facts = read(place)
    named = platform.name(facts)
    hosts = {candidate.host for candidate in platform.candidates(facts, named)}
    assert place.written is None or place.written in hosts or named.name == "linux-host"


@each_place
def test_the_choice_is_explained(place, read):
    """The address that would be written is the expert's, what comes next is another way, and there is a reason."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    choice = platform.choice(platform.candidates(facts, named, (), place.answers), named)
    assert (choice.candidate.host if choice else None) == place.written
    if choice:
        assert choice.reason == ("own_network" if place.written == "localhost" else choice.reason)
        assert (choice.reason == "stable_name") == (choice.candidate.kind == "name")
        assert choice.runner_up is None or choice.runner_up.addresses != choice.candidate.addresses


@each_place
def test_what_the_user_names_comes_first(place, read):
    """--host is tried before all else, on every platform, and would be written."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    listed = platform.candidates(facts, named, ("198.51.100.7",), place.answers)
    choice = platform.choice(listed, named)
    assert listed[0].host == "198.51.100.7"
    assert choice is not None
    assert (choice.candidate.host, choice.reason) == ("198.51.100.7", "named_by_you")


@each_place
def test_a_router_is_never_tried(place, read):
    """Where the gateway is a router, or a cluster's, neither it nor 172.17.0.1 behind it is a candidate."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    is_windows = platform.host(named).gateway == "wsl"  # from WSL itself
    is_shared = named.shares_host_network and not is_windows
    if platform.host(named).gateway in ("router", "node") or is_shared or not named.in_container:
        hosts = {candidate.host for candidate in platform.candidates(facts, named, (), place.answers)}
        constants = {address for row in ROWS if row.name == named.below for address in row.constants}
        assert not hosts & {"172.17.0.1", *(each.address for each in facts.gateways)} - constants


@each_place
def test_the_way_is_drawn_from_the_container_to_the_host(place, read):
    """The way begins here and ends at the host; where localhost is the host nothing lies between."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    kinds = [hop.kind for hop in platform.path(facts, named)]
    assert (kinds[0], kinds[-1]) == ("container", "host")
    assert (len(kinds) == 2) == (named.localhost_is_host or named.name == "no-network")


@each_place
@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_every_finding_about_a_place_can_be_said(place, read, language):
    """No value is missing from what is said of a place, in either language."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    said = findings.of_detection(named, Evidence(facts, place.answers))
    for words in (findings.words(finding, language) for finding in said):
        assert "?" not in words.title + words.explanation


SAID = {
    "docker-bridge": {"ND105"},
    "docker-bridge-with-host-gateway": set(),
    "docker-desktop": set(),
    "rancher-desktop": {"ND118"},
    "docker-in-wsl2": {"ND105", "ND121"},
    "podman-in-wsl2": {"ND121"},
    "docker-rootless": {"ND105", "ND122"},
    "podman-rootless-pasta": {"ND122"},
    "podman-rootless-slirp": {"ND122"},
    "kubernetes": {"ND105", "ND123"},
    "kubernetes-in-k3d": set(),
    "aws-fargate": {"ND105", "ND124"},
    "codespaces": {"ND105", "ND124"},
    "shared-network": {"ND105", "ND125"},
    "docker-in-docker": {"ND105", "ND126"},
    "docker-internal": {"ND105", "ND127"},
    "macvlan": {"ND105", "ND120"},
    "no-network": {"ND104", "ND105"},
    "unknown-container": {"ND105", "ND128"},
    "apple-container": {"ND105"},
    "linux-host": {"ND101"},
    "host-network": {"ND102"},
    "docker-desktop-host-network": {"ND221"},
    "lima-host-network": {"ND221"},
    "docker-in-wsl2-host-network": {"ND105", "ND221"},
    "docker-in-mirrored-wsl2-host-network": {"ND102"},
}


@pytest.mark.parametrize(("name", "codes"), SAID.items(), ids=SAID)
def test_what_is_special_about_a_place(name, codes, read):
    """Second translations of addresses, rootless engines, foreign networks and the like are told by their codes."""
    place = PLACES[name]
    facts = read(place)
    said = findings.of_detection(platform.name(facts, place.answers), Evidence(facts, place.answers))
    assert {finding.code for finding in said} == codes


ANYWHERE = {"kubernetes": {"New-NetFirewallRule", "launchctl"}}
"""The machine that carries a cluster may be any, so the commands of all systems are shown."""


@each_place
def test_only_a_hosts_own_network_makes_localhost_certain(place, read):
    """In the network of a virtual machine nothing is certain: the engine may have joined it with the computer's."""
    named = platform.name(read(place), place.answers)
    assert not (named.name == "machine-network" and named.confidence == "certain")
    assert named.localhost_is_host == (place.written == "localhost" or named.name == "linux-host")


REMEDIES = {
    "docker-bridge": {
        *(
            "sudo ufw allow from 172.17.0.0/16 ",
            "--zone=trusted --add-source=172.17.0.0/16 ",
            "systemctl restart ollama",
        ),
        *("extra_hosts", "OLLAMA_HOST=172.17.0.1:11434"),
    },
    "docker-compose": {"sudo ufw allow from 172.18.0.0/16 ", "OLLAMA_HOST=172.18.0.1:11434"},
    "docker-userns-remap": {"sudo ufw allow from 10.201.0.0/24", "firewall-cmd", "OLLAMA_HOST=10.201.0.1:11434"},
    "docker-in-wsl2": {
        *("New-NetFirewallRule", "-InterfaceAlias (Get-NetAdapter", "SetEnvironmentVariable", "sudo ufw"),
        *("systemctl restart ollama", "OLLAMA_HOST=0.0.0.0:11434"),
    },
    "docker-rootless": {
        "DISABLE_HOST_LOOPBACK=false",
        "host-gateway-ip",
        "OLLAMA_HOST=0.0.0.0:11434",
        "INPUT ! -i lo -p",
    },
    "docker-in-docker": {"OLLAMA_HOST=0.0.0.0:11434"},
    "podman": {
        *("--add-host host.docker.internal:host-gateway", "sudo ufw allow from 10.88.0.0/16"),
        "OLLAMA_HOST=10.88.0.1:11434",
    },
    "podman-rootless-pasta": {"--network pasta:-T,11434"},
    "podman-rootless-slirp": {"slirp4netns:allow_host_loopback=true"},
    "lxc": {"incus config device add", "bind=instance"},
    "kubernetes": {"kind: Service", "kind: EndpointSlice", "OLLAMA_HOST=0.0.0.0:11434"},
    "apple-container": {"container system dns create", "launchctl setenv OLLAMA_HOST"},
    "macvlan": {"docker network connect bridge"},
}
NARROW = {"docker-bridge", "docker-compose", "docker-userns-remap", "podman", "lxc"}
"""Places whose gateway is an address of the host itself, where nobody needs to listen on all of them."""

ONLY_ON = {
    "New-NetFirewallRule": "docker-in-wsl2",
    "launchctl": "apple-container",
    "incus": "lxc",
    "kubectl": "kubernetes",
    "pasta:": "podman-rootless-pasta",
    "slirp4netns:": "podman-rootless-slirp",
    "DISABLE_HOST_LOOPBACK": "docker-rootless",
}
"""Pieces of commands, and the one of the places above where each belongs."""


def commands(place, read) -> str:
    """All commands that could be shown on a platform, whatever went wrong there."""
    facts = read(place)
    named = platform.name(facts, place.answers)
    values = {**findings.values(facts, named), "port": "11434", "service": "ollama", "model": "m"}
    codes = ("ND103", "ND105", "ND120", "ND122", "ND123", "ND201", "ND202")
    said = [findings.words(Finding(code, values=values)) for code in codes]
    return "\n".join(remedy.command for words in said for remedy in words.remedies)


@pytest.mark.parametrize(("name", "wanted"), REMEDIES.items(), ids=REMEDIES)
def test_remedies_are_the_platforms_own(name, wanted, read):
    """What helps on a platform is shown there, and what belongs to another one is not."""
    shown = commands(PLACES[name], read)
    assert {piece for piece in wanted if piece not in shown} == set()
    assert ("0.0.0.0:11434" not in shown) == (name in NARROW), shown
    assert "/12" not in shown
    assert {piece for piece, place in ONLY_ON.items() if (piece in shown) != (place == name)} <= ANYWHERE.get(
        name, set()
    )
