"""Every scenario is complete, can be made, and promises only what is there."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from netdiag.lab import Lab, Scenario, lacking, make
from netdiag.lab.scenarios import SCENARIOS, by_name, names

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=names())


def test_names_find_their_scenarios() -> None:
    """Names are unique, and every scenario is found by its own."""
    assert len(names()) == len(SCENARIOS)
    assert tuple(by_name(name) for name in names()) == SCENARIOS


@each_scenario
def test_is_told_in_two_languages(scenario: Scenario) -> None:
    """Title and story exist in English and Chinese; a story has one to three sentences."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", scenario.name)
    for text in (scenario.title, scenario.story):
        assert text.keys() == {"en", "zh"}
        assert re.search("[\u4e00-\u9fff]", text["zh"])
    assert 1 <= len(re.findall(r"[.:](?= |$)", scenario.story["en"])) <= 4
    assert 1 <= len(re.findall("[。：]", scenario.story["zh"])) <= 4


@each_scenario
def test_keys_are_invented(scenario: Scenario) -> None:
    """No configuration holds anything that could be a real key."""
    assert set(re.findall(r"sk-[\w-]+", scenario.config)) <= {"sk-lab-invented-key"}


@each_scenario
def test_only_addresses_and_paths_change(scenario: Scenario) -> None:
    """What is expected differs from the configuration in base_urls only, and only where something is repaired."""
    if scenario.expect_config is not None:
        assert scenario.expect_exit in (0, 1)  # another endpoint of the same file may be beyond repair
        assert scenario.expect_config != scenario.config
        without_urls = re.compile(r"https?://(?!127)[^\s\"]+")
        assert without_urls.sub("", scenario.expect_config) == without_urls.sub("", scenario.config)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@each_scenario
def test_the_expected_address_is_the_one_that_answers(
    scenario: Scenario, look: Callable[[Lab, str], Any], require: Callable[[str, str], NoReturn]
) -> None:
    """In the world made real, a service accepts at every address to be written, and at none that is replaced.

    What is left alone accepts where the scenario ends well, and else in the host's network at most, where the service
    is what fails. A configuration without a base_url (a compose file that starts Ollama, a unit) has no address to
    try. Where the container has a proxy, who accepts directly does not decide: only what is to be written must accept.
    """
    if "base_url" not in scenario.config:
        return
    if reason := lacking(scenario.world):
        require("iptables", reason)
    snippet = """
import socket
def accepts(host, port):
    try:
        socket.create_connection((host, port), 1.5).close()  # a lost packet is sent again after 1 s
    except OSError:
        return False
    return True
seen = [accepts(host, port) for host, port in {targets}]
"""
    before, after = (_targets(config) for config in (scenario.config, scenario.expect_config or scenario.config))
    everything = sorted(before | after)
    with make(scenario.world) as lab:
        seen = look(lab, snippet.replace("{targets}", repr(everything)))
    accepting = {target for target, accepts in zip(everything, seen, strict=True) if accepts}
    if any("proxy" in name.lower() for name, _ in scenario.world.environment):
        assert after - before <= accepting
        return
    if before != after:
        assert accepting & (before ^ after) == after - before
    else:
        leads_there = bool(before) and accepting == before
        assert leads_there or scenario.expect_exit != 0
        assert scenario.world.host_network or scenario.expect_exit == 0 or not leads_there


def _targets(config: str) -> set[tuple[str, int]]:
    """Return host and port of every base_url; without a port it is that of http."""
    found = re.findall(r"base_url\W+?\w+:/+(?:[^@/\s\"]*@)?(\[.*?\]|[^:/：\s\"]+)(?:[:：](\d+))?", config)
    return {(host.strip("[]"), int(port or 80)) for host, port in found}
